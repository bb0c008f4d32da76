import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExecutionCause } from '../engine/execution.ts';
import { compilePipeline } from '../plan/compile-plan.ts';
import { explainExpression, openPlace, type Place } from './explain-expression.ts';
import type { PreviewRequest } from './preview-plan.ts';
import { RICH_DOCUMENTS, RICH_YAML } from './rich-pipeline.ts';

const CAUSE: ExecutionCause = {
  triggerType: 'WEBHOOK_CUSTOM',
  triggeredBy: { uuid: 'systemUser', identifier: 'hook' },
  trigger: { identifier: 'hook', name: 'hook', eventId: 'e', payload: '{"tag":"v1"}', headers: {} },
};
const REQUEST = request();

function request(): PreviewRequest {
  const compiled = compilePipeline({ yaml: RICH_YAML, inputYaml: '', documents: RICH_DOCUMENTS });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  const scope = { accountId: 'local', orgIdentifier: 'default', projectIdentifier: 'shop' };
  return { compiled, source: { yaml: RICH_YAML, documents: RICH_DOCUMENTS }, scope, cause: CAUSE };
}

function place(at: string): Place {
  const found = openPlace(REQUEST, at);
  if (found.kind === 'unknown') throw new Error(`${found.message} ${found.hint ?? ''}`);
  return found;
}

describe('a place is found', () => {
  const upload = 'pipeline.stages.build.spec.execution.steps.publish.steps.upload';
  const unit = 'pipeline.stages.build.spec.execution.steps.unit';
  test.each([
    [upload, upload],
    ['upload', upload],
    ['build.publish.upload', upload],
    ['publish.upload', upload],
    ['build.unit_1_0', unit],
    ['pipeline.stages[0].stage.spec.execution.steps[2].stepGroup.steps[0].step', upload],
    ['pipeline.stages[0].stage.spec.execution.steps[1].parallel[0].step.spec.source.spec.script', unit],
    [`${unit}.spec.source.spec.script`, unit],
    ['pipeline.stages.build.spec.execution.steps.unit_1_0', unit],
    ['58', unit],
    ['47', 'pipeline.stages.build.spec.execution.steps.compile'],
    ['pipeline', 'pipeline'],
    ['pipeline.variables.tag', 'pipeline'],
  ])('%s', (at, address) => {
    expect(place(at).address).toBe(address);
  });

  test.each([
    ['pipeline.stages.build.spec.execution.steps.uplaod', undefined],
    ['uplod', 'Did you mean upload?'],
    ['build.upload', undefined],
    ['9999', undefined],
    ['undo', undefined],
  ])('and %s is none', (at, hint) => {
    const found = openPlace(REQUEST, at);
    expect(found.kind).toBe('unknown');
    if (hint !== undefined) expect(found).toMatchObject({ hint });
  });
});

describe('an expression is explained', () => {
  test('with its value, part by part', () => {
    const explained = explainExpression(
      REQUEST,
      'compile',
      '<+<+pipeline.variables.region> == "eu" ? "here" : <+steps.x.y>>',
    );
    expect(explained).toEqual({
      text: '<+<+pipeline.variables.region> == "eu" ? "here" : <+steps.x.y>>',
      result: { kind: 'value', value: 'here', isSecret: false },
      trace: [
        { expression: '<+pipeline.variables.region>', value: 'eu' },
        { expression: '<+pipeline.variables.region> == "eu"', value: 'true' },
        {
          expression: '<+<+pipeline.variables.region> == "eu" ? "here" : <+steps.x.y>>',
          value: 'here',
        },
      ],
    });
  });

  test('without its signs, as a condition, and as a text', () => {
    expect(place('compile').explain('pipeline.name')).toMatchObject({ result: { value: 'Release' } });
    expect(place('compile').explain('<+pipeline.name> == "x" || true')).toMatchObject({ result: { value: true } });
    expect(place('compile').explain('<+pipeline.name>/<+stage.name>')).toMatchObject({
      result: { value: 'Release/Build' },
    });
  });

  test('where it is read: what has run by then is waited for, what has not is not there', () => {
    const text = '<+pipeline.stages.build.spec.execution.steps.compile.output.outputVariables.digest>';
    expect(place('compile').explain(text).result).toMatchObject({ kind: 'neverKnown', fails: false });
    expect(place('roll').explain(text).result).toMatchObject({
      kind: 'knownLater',
      waitsFor: [{ kind: 'output', node: 'pipeline.stages.build.spec.execution.steps.compile' }],
    });
  });

  test('in a stage that a run skips', () => {
    expect(place('ring')).toMatchObject({ outlook: { kind: 'runs' }, skippedAround: ['Alarm'] });
    expect(place('alarm').outlook).toMatchObject({ kind: 'skipped' });
    expect(place('ring').explain('<+stage.name>').result).toMatchObject({ value: 'Alarm' });
  });

  test.each([
    ['<+pipeline.variables.regin>', 'Did you mean region?'],
    ['<+pipelin.name>', 'Did you mean pipeline?'],
    ['<+pipeline.nme>', 'Did you mean name?'],
    ['<+steps.compil.status>', 'Did you mean compile?'],
    ['<+matrix.oss>', 'Did you mean os?'],
    ['<+json.selct("a", "b")>', 'Did you mean select?'],
    ['<+pipeline.name.toUppercase()>', 'Did you mean toUpperCase?'],
    ['<+pipeline.variables.zzzzzz>', 'pipeline.variables has: tag, region, token, image.'],
  ])('with what was probably meant by %s', (text, hint) => {
    expect(place('unit').explain(text).result).toMatchObject({ kind: 'neverKnown', hint });
  });

  test('a secret is not shown', () => {
    expect(place('compile').explain('<+pipeline.variables.token>').result).toEqual({
      kind: 'value',
      value: '<+secrets.getValue("account.token")>',
      isSecret: true,
    });
  });

  test('a mistake in its signs is told', () => {
    expect(place('compile').explain('<+pipeline.name + >').result).toMatchObject({ kind: 'neverKnown', fails: true });
  });
});

test('names are completed as far as they are known', () => {
  const { complete } = place('unit');
  expect(complete('<+pipeline.variables.t')).toEqual({ partial: 't', names: ['tag', 'token'] });
  expect(complete('<+steps.comp')).toEqual({ partial: 'comp', names: ['compile'] });
  expect(complete('<+pipe')).toEqual({ partial: 'pipe', names: ['pipeline'] });
  expect(complete('<+matrix.')).toEqual({ partial: '', names: ['node', 'os'] });
  expect(complete('<+json.').names).toContain('select');
  expect(complete('<+trigger.payload.').names).toEqual(['tag']);
  expect(complete('<+execution.steps.compile.output.outputVariables.').names).toEqual(['digest']);
});

test('whatever is typed is answered', () => {
  const typed = fc.array(
    fc.constantFrom(
      ...[
        '<+',
        '>',
        '"',
        "'",
        '(',
        ')',
        '[',
        ']',
        '{',
        '.',
        ' ',
        '==',
        '&&',
        '!',
        '?',
        ':',
        '??',
        '__proto__',
        '1',
        ',',
      ],
      ...[
        'pipeline',
        'variables',
        'steps',
        'compile',
        'output',
        'outputVariables',
        'digest',
        'matrix',
        'json',
        'select',
      ],
      ...[
        'repeat',
        'item',
        '\u0000',
        '\\',
        'trigger',
        'payload',
        'exportedVariables',
        'getValue',
        'toString',
        'strategy',
      ],
    ),
    { maxLength: 14 },
  );
  const places = ['upload', 'each', 'roll', 'unit', 'pipeline'].map(place);
  fc.assert(
    fc.property(
      typed.map((pieces) => pieces.join('')),
      fc.constantFrom(...places),
      (text, { explain, complete }) => {
        expect(['value', 'knownLater', 'neverKnown']).toContain(explain(text).result.kind);
        expect(complete(text).names.every((name) => name.startsWith(complete(text).partial))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
