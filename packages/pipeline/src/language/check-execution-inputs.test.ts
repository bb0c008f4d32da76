/** Values for a node that waits for them: what is asked, and what is said of what was supplied. */
import { describe, expect, test } from 'vitest';
import { checkExecutionInputs, printExecutionInputTemplate } from './check-execution-inputs.ts';
import type { ExecutionInput } from './node-parts.ts';

const SCRIPT: ExecutionInput = { path: ['spec', 'source', 'spec', 'script'], type: 'String', required: true };
const TAG: ExecutionInput = {
  path: ['variables', 'tag', 'value'],
  type: 'String',
  default: 'latest',
  allowedValues: ['latest', 'stable', '1.10'],
  required: false,
};
const COUNT: ExecutionInput = { path: ['spec', 'count'], type: 'Number', required: true };
const MANY: ExecutionInput = {
  path: ['spec', 'many'],
  type: 'String',
  allowedValues: ['a', 'b'],
  isMultiple: true,
  required: true,
};
const MAIL: ExecutionInput = { path: ['spec', 'mail'], type: 'String', regex: '.+@.+', required: true };
const OBJECT: ExecutionInput = { path: ['spec', 'headers'], type: 'Object', required: true };

describe('a filled template', () => {
  test('gives values by path', () => {
    const yaml = `
step:
  identifier: s
  type: ShellScript
  spec: {source: {spec: {script: "echo 1"}}}
  variables:
    - {name: tag, type: String, value: stable}
`;
    expect(checkExecutionInputs([SCRIPT, TAG], yaml)).toEqual({
      values: { 'spec.source.spec.script': 'echo 1', 'variables.tag.value': 'stable' },
      problems: [],
    });
  });

  test.each([
    ['data', { spec: { count: 3 } }],
    ['data with a root', { step: { identifier: 's', spec: { count: '3' } } }],
    ['flat data', { 'spec.count': 3 }],
    ['flat text', 'spec.count: 3'],
  ])('may be %s', (_, supplied) => {
    expect(checkExecutionInputs([COUNT], supplied)).toEqual({ values: { 'spec.count': 3 }, problems: [] });
  });

  test('members of lists are found by name or by position', () => {
    const named: ExecutionInput = { path: ['spec', 'env', 'A', 'value'], type: 'String', required: true };
    const placed: ExecutionInput = { path: ['spec', 'args', '1'], type: 'String', required: true };
    const supplied = { spec: { env: [{ name: 'A', value: 'x' }], args: ['<+input>.executionInput()', 'y'] } };
    expect(checkExecutionInputs([named, placed], supplied).values).toEqual({
      'spec.env.A.value': 'x',
      'spec.args.1': 'y',
    });
  });

  test('what is left as it was takes its default', () => {
    const yaml = 'variables: [{name: tag, value: <+input>.default(latest).executionInput()}]';
    expect(checkExecutionInputs([TAG], yaml)).toEqual({ values: {}, problems: [] });
    expect(checkExecutionInputs([TAG], '')).toEqual({ values: {}, problems: [] });
  });

  test('numbers keep their spelling where text is asked for', () => {
    expect(checkExecutionInputs([TAG], 'variables: [{name: tag, value: 1.10}]').values).toEqual({
      'variables.tag.value': '1.10',
    });
  });

  test('several chosen values are joined by commas', () => {
    expect(checkExecutionInputs([MANY], { spec: { many: ['a', 'b'] } }).values).toEqual({ 'spec.many': 'a,b' });
    expect(checkExecutionInputs([MANY], { spec: { many: 'b' } }).values).toEqual({ 'spec.many': 'b' });
  });

  test('an object is taken whole', () => {
    const headers = [{ key: 'a', value: 'b' }];
    expect(checkExecutionInputs([OBJECT], { spec: { headers } })).toEqual({
      values: { 'spec.headers': headers },
      problems: [],
    });
  });

  test('an expression is checked when the node begins', () => {
    const supplied = { spec: { count: '<+pipeline.sequenceId>' } };
    expect(checkExecutionInputs([COUNT], supplied).values).toEqual({ 'spec.count': '<+pipeline.sequenceId>' });
  });
});

describe('problems', () => {
  test.each<readonly [string, ExecutionInput, string, string]>([
    ['nothing', COUNT, '', 'A value is required.'],
    ['empty', SCRIPT, 'spec: {source: {spec: {script: ""}}}', 'A value is required.'],
    ['still asked', SCRIPT, 'spec: {source: {spec: {script: <+input>}}}', 'A value is required.'],
    ['no number', COUNT, 'spec: {count: many}', 'A number is asked for, but it is "many".'],
    ['a list', COUNT, 'spec: {count: [1]}', 'One value is asked for, but it is a list.'],
    [
      'not allowed',
      TAG,
      'variables: [{name: tag, value: x}]',
      '"x" is not among the allowed values latest, stable, 1.10.',
    ],
    ['one not allowed', MANY, 'spec: {many: [a, c]}', '"a,c" is not among the allowed values a, b.'],
    ['nested lists', MANY, 'spec: {many: [[a]]}', 'One value is asked for, but it is a list.'],
    ['no match', MAIL, 'spec: {mail: nobody}', '"nobody" does not match .+@.+.'],
  ])('%s', (_, input, yaml, message) => {
    expect(checkExecutionInputs([input], yaml)).toEqual({
      values: {},
      problems: [{ path: input.path.join('.'), message }],
    });
  });

  test('what is not asked for', () => {
    const yaml =
      'step: {identifier: s, name: S, spec: {count: 1, other: 2, deep: {type: x}}, timeout: 1h, nothing: null}';
    expect(checkExecutionInputs([COUNT], yaml).problems).toEqual([
      { path: 'step.spec.other', message: 'This is not asked for.' },
      { path: 'step.spec.deep.type', message: 'This is not asked for.' },
      { path: 'step.timeout', message: 'This is not asked for.' },
    ]);
  });

  test('broken YAML, and what is no map', () => {
    expect(checkExecutionInputs([COUNT], 'a: [').problems).toHaveLength(1);
    expect(checkExecutionInputs([COUNT], '- a').problems).toEqual([
      { path: '', message: 'The inputs are a list, not a map.' },
    ]);
  });
});

test('the template shows what is asked, with what locates it', () => {
  const spec = {
    shell: 'Bash',
    source: { type: 'Inline', spec: { script: '<+input>.executionInput()' } },
    environmentVariables: [
      { name: 'A', type: 'String', value: '<+input>.default(x).executionInput()' },
      { name: 'B', type: 'String', value: 'fixed' },
    ],
  };
  const inputs: readonly ExecutionInput[] = [
    SCRIPT,
    { path: ['spec', 'environmentVariables', 'A', 'value'], type: 'String', required: false, default: 'x' },
  ];
  const template = printExecutionInputTemplate({ kind: 'step', identifier: 's', type: 'ShellScript', spec }, inputs);
  expect(template).toBe(`step:
  identifier: s
  type: ShellScript
  spec:
    source:
      type: Inline
      spec:
        script: <+input>.executionInput()
    environmentVariables:
    - name: A
      type: String
      value: <+input>.default(x).executionInput()
`);
  expect(checkExecutionInputs(inputs, template).problems).toEqual([
    { path: 'spec.source.spec.script', message: 'A value is required.' },
  ]);
});
