import { describe, expect, test } from 'vitest';
import type { ExecutionCause } from '../engine/execution.ts';
import { compilePipeline, type PipelineRequest } from '../plan/compile-plan.ts';
import { previewPlan, type PreviewRequest } from './preview-plan.ts';
import { printPreview } from './print-preview.ts';
import { RICH_DOCUMENTS, RICH_YAML } from './rich-pipeline.ts';

const SCOPE = { accountId: 'local', orgIdentifier: 'default', projectIdentifier: 'shop' };

function event(payload: object): ExecutionCause {
  return {
    triggerType: 'WEBHOOK_CUSTOM',
    triggeredBy: { uuid: 'systemUser', identifier: 'hook' },
    trigger: { identifier: 'hook', name: 'hook', eventId: 'e', payload: JSON.stringify(payload), headers: {} },
  };
}

function request(given: Partial<PipelineRequest> & { readonly yaml: string }, cause?: ExecutionCause): PreviewRequest {
  const documents = given.documents ?? RICH_DOCUMENTS;
  const compiled = compilePipeline({ inputYaml: '', documents, ...given });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return { compiled, source: { yaml: given.yaml, documents }, scope: SCOPE, ...(cause === undefined ? {} : { cause }) };
}

test('a rich pipeline, with an event', async () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }, event({ tag: 'v1.2' })));
  await expect(printPreview(preview)).toMatchFileSnapshot('testdata/rich-with-event.txt');
});

test('the same without one', async () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }));
  await expect(printPreview(preview)).toMatchFileSnapshot('testdata/rich-without-event.txt');
});

test('a preview is data', () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }));
  expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
});

describe('what is not known before', () => {
  const lines = (steps: string): readonly string[] => {
    const yaml = `pipeline:
  identifier: p
  name: P

  stages:
    - stage:
        identifier: s
        name: S
        type: Custom
        spec:
          execution:
            steps:
${steps}
`;
    return printPreview(previewPlan(request({ yaml }))).split('\n');
  };
  const step = (identifier: string, script: string, more = ''): string =>
    `              - step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: '${script}'}}, outputVariables: [{name: out, type: String, value: OUT}]}}`;
  const value = (expression: string, before: readonly string[] = []): string => {
    const printed = lines([...before, step('reader', expression)].join('\n'));
    const found = printed.find((line) => line.includes(`spec.source.spec.script ${expression} = `)) ?? '';
    return found.slice(found.indexOf(' = ') + 3);
  };

  test.each([
    ['<+pipeline.executionId>', 'later: the start of the run'],
    ['<+pipeline.startTs>', 'later: the time at which P runs'],
    ['<+steps.a.output.outputVariables.out>', 'later: the output of a (out)'],
    ['<+steps.a.exitCode>', 'later: the exit code of a'],
    ['<+steps.a.status>', '"SUCCEEDED"'],
    ['<+steps.a.spec.shell>', '"Bash"'],
    ['<+steps.z.status>', 'NEVER: there is no steps.z.status. Did you mean a?'],
    ['<+stage.status>', '"RUNNING"'],
    ['<+pipeline.triggeredBy.name>', '"you"'],
    ['<+steps.reader.output.outputVariables.out>', 'NEVER: there is no steps.reader.output.outputVariables.out.'],
    ['<+exportedVariables.getValue("stage.x.y")>', 'null'],
  ])('%s', (expression, told) => {
    expect(value(expression, [step('a', 'true')])).toBe(told);
  });

  test('why a step has nothing to give', () => {
    const never = 'NEVER: there is no steps.other.output.outputVariables.out. ';
    const expression = '<+steps.other.output.outputVariables.out>';
    const skipped = step('other', 'true', 'when: {stageStatus: Failure}, ');
    expect(value(expression, [skipped])).toBe(`${never}steps.other is skipped.`);
    const printed = lines([step('reader', expression), step('other', 'true')].join('\n'));
    expect(printed.join('\n')).toContain(`${never}steps.other has not run by then.`);
  });

  test('what somebody is asked for when the run gets there', () => {
    const printed = lines(step('asks', '<+input>.executionInput()'));
    expect(printed.find((line) => line.includes('spec.source.spec.script'))).toBe(
      '        :13 spec.source.spec.script <+input> = later: the input spec.source.spec.script, asked for when the run gets there',
    );
  });

  test('how things stand while others wait', () => {
    const waits = '              - step: {identifier: w, name: w, type: Wait, spec: {duration: 1s}}';
    expect(value('<+stage.status>', [waits])).toBe('later: how S stands then');
  });

  test('turns of a loop beside the reader, whichever stands first', () => {
    const member = (text: string): string => text.replace(/^ {14}/, '                  ');
    const expression = '<+execution.steps.loop_0.output.outputVariables.out>';
    const loop = member(step('loop', 'true', 'strategy: {repeat: {times: 2}}, '));
    const reader = member(step('reader', expression));
    for (const members of [
      [loop, reader],
      [reader, loop],
    ]) {
      const printed = lines(['              - parallel:', ...members].join('\n'));
      const found = printed.find((line) => line.includes(`spec.source.spec.script ${expression} = `)) ?? '';
      expect(found).toContain('= later: loop, which runs at the same time');
    }
  });

  test('what may be skipped, seen from outside', () => {
    const late = 'when: {stageStatus: Success, condition: <+steps.a.output.outputVariables.out> == "x"}, ';
    const before = [step('a', 'true'), step('maybe', 'true', late)];
    expect(value('<+steps.maybe.status>', before)).toBe('later: whether maybe runs (the output of a (out))');
  });

  test('a condition that cannot be evaluated fails its node', () => {
    const printed = lines(step('a', 'true', "when: {stageStatus: Success, condition: '<+stage.name> > 3'}, "));
    expect(printed.at(-1)).toContain('FATAL line 13: The condition of a cannot be evaluated');
    expect(printed.find((line) => line.includes('step a'))).toContain('FAILS: The condition of a cannot be evaluated');
  });

  test('a name in a condition that is probably a slip is told, one that is asked about is not', () => {
    const printed = lines(
      [
        step('a', 'true', 'when: {stageStatus: Success, condition: <+stage.nmae> == "S"}, '),
        step('b', 'true', 'when: {stageStatus: Success, condition: <+trigger.payload.tag> == "v1"}, '),
      ].join('\n'),
    );
    expect(printed.filter((line) => line.startsWith('!'))).toEqual([
      '! line 13: <+stage.nmae> of the condition: there is no stage.nmae. Did you mean name?',
    ]);
  });

  test('a pause that is none fails, and so does a label of delegates that is not there', () => {
    const pause = "              - step: {identifier: w, name: w, type: Wait, spec: {duration: '<+stage.name>'}}";
    expect(lines(pause).at(-1)).toBe(
      'FATAL line 13: w cannot start: The duration of w is "S", which is not a duration such as 10m or 1h 30m..',
    );
    const chosen = step('a', 'true').replace(
      'spec: {shell',
      "spec: {delegateSelectors: ['<+pipeline.variables.no>'], shell",
    );
    expect(lines(chosen).at(-1)).toContain('FATAL line 13: <+pipeline.variables.no> of spec.delegateSelectors.0');
  });

  test('a loop without turns fails', () => {
    const printed = lines(step('a', 'true', 'strategy: {repeat: {items: <+stage.tags>}}, '));
    expect(printed.find((line) => line.startsWith('FATAL'))).toContain('The loop of a cannot start: items is no list.');
  });
});
