/** Properties of the language that hold for every text, not only for the examples of the data files. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../expressions/values.ts';
import { isBlocked } from './diagnostics.ts';
import { DURATION_MS_MAX, parseDuration } from './durations.ts';
import { extractInputTemplate, fillInputTemplate, NO_INPUTS_YAML } from './input-template.ts';
import { loadYaml, YAML_DEPTH_MAX, YAML_LENGTH_MAX, YAML_NODES_MAX } from './load-yaml.ts';
import { mergeInputs } from './input-sets.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { fromValue, printInline, printYaml } from './print-yaml.ts';
import { parseRuntimeInput, splitValues } from './runtime-input.ts';
import { suggest } from './suggest.ts';
import { parseTrigger } from './trigger-document.ts';
import { toValue, walk, type YamlNode } from './yaml-node.ts';

/** Words and signs of the language in any order: nearer to real mistakes than random characters. */
const SCRAPS = [
  'pipeline:',
  'stages:',
  'stage:',
  'step:',
  'parallel:',
  '- ',
  '\n',
  '\n  ',
  '\n    ',
  'identifier: a',
  'type: Custom',
  'type: Http',
  'spec:',
  'steps:',
  '<+input>',
  '.default(a)',
  '.regex((',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '<<: ',
  '!t ',
  '#',
  '%',
  '? ',
  '\t',
  '---',
  'variables:',
  'value: ',
  'name: x',
  '\u0000',
  '\uFEFF',
  '1.10',
  '~',
  'when: ',
  'failureStrategies: ',
  'execution: ',
  'trigger:',
  'source: ',
  'inputYaml: ',
];
const scraps = fc.array(fc.constantFrom(...SCRAPS), { maxLength: 60 }).map((parts) => parts.join(''));
const anyText = fc.oneof(
  scraps,
  fc.string({ unit: 'binary', maxLength: 200 }),
  scraps.map((text) => `pipeline:\n  ${text}`),
);

const jsonText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  scraps,
  fc.constantFrom(
    '',
    'true',
    'null',
    '1.10',
    '0x1',
    ' a',
    'a ',
    'a\n',
    'a\n\n',
    '\n',
    ' a\nb',
    'a\n b\n',
    '- a',
    'a: b',
    'a #b',
    '~',
    '1e5',
    '.inf',
    'Null',
    '=',
    '<<',
  ),
);
const { value: jsonValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    jsonText,
    fc.constantFrom(null, true, false, 0, 1, -1.5, 1e21, 123456),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(jsonText, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('parsing never throws', () => {
  test.each([
    ['pipelines', parsePipeline],
    ['triggers', parseTrigger],
    ['input templates', extractInputTemplate],
  ])('%s of any text', (_, parse) => {
    fc.assert(
      fc.property(anyText, (text) => parse(text) !== undefined),
      { numRuns: 400 },
    );
  });

  test('what cannot be read says why, and what is no pipeline blocks saving', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { pipeline, diagnostics } = parsePipeline(text);
        expect(pipeline !== undefined || isBlocked(diagnostics, 'save')).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe('limits', () => {
  test.each([
    ['flow lists', '['.repeat(50_000)],
    ['compact lists', '- '.repeat(20_000)],
    ['closed lists', '['.repeat(YAML_DEPTH_MAX + 2) + ']'.repeat(YAML_DEPTH_MAX + 2)],
    ['flow maps', '{a: '.repeat(20_000)],
  ])('deep nesting of %s is refused', (_, text) => {
    const { diagnostics } = loadYaml(text);
    expect(diagnostics.some(({ code }) => code === 'YAML_TOO_DEEP' || code === 'YAML_SYNTAX')).toBe(true);
    expect(isBlocked(diagnostics, 'save')).toBe(true);
  });

  test('a text that is too long is refused unread', () => {
    expect(loadYaml('a'.repeat(YAML_LENGTH_MAX + 1)).diagnostics.map(({ code }) => code)).toEqual(['YAML_TOO_LARGE']);
  });

  test('aliases of aliases do not grow without bounds', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${String(level)}: &a${String(level)} [${Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*a${String(level - 1)}`)).join(',')}]`,
    );
    expect(9 ** 11).toBeGreaterThan(YAML_NODES_MAX);
    expect(loadYaml(levels.join('\n')).diagnostics.map(({ code }) => code)).toEqual(['YAML_TOO_LARGE']);
  });
});

describe('printing keeps the meaning', () => {
  test('in blocks', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(toValue(loadYaml(printYaml(fromValue(value, ''))).root)).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  test('in one line, also inside of other text', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = printInline(fromValue(value, ''));
        expect(text).not.toContain('\n');
        expect(toValue(loadYaml(`a: [${text}, {b: ${text}}] # c`).root)).toEqual({ a: [value, { b: value }] });
      }),
      { numRuns: 1000 },
    );
  });

  test('of every document that can be read, with the spelling of its scalars', () => {
    const shape = (root: YamlNode | undefined): readonly string[] => {
      const found: string[] = [];
      if (root === undefined) return found;
      walk(root, (node) => {
        found.push(
          node.kind === 'scalar' ? `${node.path} ${typeof node.value} ${node.text}` : `${node.path} ${node.kind}`,
        );
      });
      return found;
    };
    fc.assert(
      fc.property(anyText, (text) => {
        const { root } = loadYaml(text);
        fc.pre(root !== undefined);
        expect(shape(loadYaml(printYaml(root ?? fromValue(null, ''))).root)).toEqual(shape(root));
      }),
      { numRuns: 600 },
    );
  });

  test('of numbers with their spelling', () => {
    expect(printYaml(loadYaml('a: 1.10\nb: 0x10\nc: 12345678901234567890').root ?? fromValue(null, ''))).toBe(
      'a: 1.10\nb: 0x10\nc: 12345678901234567890\n',
    );
  });
});

const PIPELINE = `
pipeline:
  identifier: p
  name: p
  variables:
    - {name: a, type: String, value: <+input>}
    - {name: b, type: String, value: <+input>.default(x)}
    - {name: c, type: String, value: fixed}
  stages:
    - parallel:
        - stage:
            identifier: one
            name: one
            type: Custom
            timeout: <+input>
            spec: {execution: {steps: [{step: {identifier: s, name: s, type: Wait, spec: {duration: <+input>}}}]}}
        - stage:
            identifier: two
            name: two
            type: Custom
            when: <+input>
            spec: {execution: {steps: [{stepGroup: {identifier: g, name: g, steps: [{step: {identifier: s, name: s, type: Wait, spec: {duration: <+input>}}}]}}]}}
`;
const { inputs: FIELDS, templateYaml: TEMPLATE } = extractInputTemplate(PIPELINE);
/** One input document: any choice of the inputs with any values. */
const inputYaml = fc
  .dictionary(
    fc.constantFrom(...FIELDS.map(({ path }) => path)),
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('<+')),
  )
  .map((values) => fillInputTemplate(PIPELINE, values));
const fold = (...documents: readonly string[]): string =>
  mergeInputs({ yaml: PIPELINE, inputYamls: documents }).inputYaml;

describe('runtime inputs', () => {
  test('a pipeline without inputs has no template', () => {
    const yaml = PIPELINE.replaceAll(/<\+input>(\.default\(x\))?/g, 'x');
    expect(extractInputTemplate(yaml)).toEqual({ inputs: [], needsDocuments: [] });
    expect(fillInputTemplate(yaml, {})).toBe(NO_INPUTS_YAML);
  });

  test('the template sent back as it came supplies nothing', () => {
    expect(mergeInputs({ yaml: PIPELINE, inputYamls: [String(TEMPLATE)] })).toMatchObject({
      inputYaml: NO_INPUTS_YAML,
      pipelineYaml: PIPELINE,
      diagnostics: [],
    });
  });

  test('only the inputs of the wanted stages are asked for, and always those of the pipeline', () => {
    expect(
      extractInputTemplate(PIPELINE, ['two']).inputs.map(({ label, owner }) => `${owner.identifier}.${label}`),
    ).toEqual(['p.a', 'p.b', 'two.when', 's.duration']);
  });

  test('what a filled template says is read back', () => {
    fc.assert(
      fc.property(inputYaml, (document) => {
        expect(mergeInputs({ yaml: PIPELINE, inputYamls: [document] })).toMatchObject({
          inputYaml: document,
          diagnostics: [],
        });
      }),
    );
  });

  test('folding is associative', () => {
    fc.assert(
      fc.property(inputYaml, inputYaml, inputYaml, (a, b, c) => {
        expect(fold(fold(a, b), c)).toBe(fold(a, fold(b, c)));
      }),
    );
  });

  test('folding is idempotent, and nothing is neutral on both sides', () => {
    fc.assert(
      fc.property(inputYaml, (document) => {
        expect(fold(document, document)).toBe(fold(document));
        expect(fold(NO_INPUTS_YAML, document)).toBe(fold(document, ''));
      }),
    );
  });

  test('the later document wins per input, and the order of lists does not matter', () => {
    const first = 'pipeline: {variables: [{name: b, value: 1}, {name: a, value: 1}]}';
    const second =
      'pipeline: {variables: [{name: b, value: 2}], stages: [{stage: {identifier: two, when: {condition: "true"}}}, {stage: {identifier: one, timeout: 1m}}]}';
    expect(toValue(loadYaml(fold(first, second)).root)).toEqual({
      pipeline: {
        identifier: 'p',
        variables: [
          { name: 'a', type: 'String', value: 1 },
          { name: 'b', type: 'String', value: 2 },
        ],
        stages: [
          {
            parallel: [
              { stage: { identifier: 'one', type: 'Custom', timeout: '1m' } },
              { stage: { identifier: 'two', type: 'Custom', when: { condition: 'true' } } },
            ],
          },
        ],
      },
    });
  });
});

describe('the grammar of runtime inputs', () => {
  test.each([
    ['<+input>', { isMany: false, isExecutionInput: false }],
    [' <+input>.default(a b)\n', { default: 'a b', isMany: false, isExecutionInput: false }],
    ['<+input>.default()', { default: '', isMany: false, isExecutionInput: false }],
    [
      '<+input>.regex(^(a|b)\\)$).default(x)',
      { regex: '^(a|b)\\)$', default: 'x', isMany: false, isExecutionInput: false },
    ],
    ['<+input>.allowedValues(a, b ,c)', { allowedValues: ['a', 'b', 'c'], isMany: false, isExecutionInput: false }],
    ['<+input>.selectManyFrom(a).executionInput()', { allowedValues: ['a'], isMany: true, isExecutionInput: true }],
    ['<+input>.default("{\\"a\\": 1}")', { default: '{"a": 1}', isMany: false, isExecutionInput: false }],
    ['<+input>.default("x)', { default: '"x', isMany: false, isExecutionInput: false }],
  ])('%s', (text, input) => {
    expect(parseRuntimeInput(text)).toEqual({ kind: 'input', input });
  });

  test.each([
    'echo <+input>',
    '<+input>x',
    '<+input>.other(a)',
    '<+input>.default(a',
    '<+input> <+input>',
    '<+input>.default',
  ])('%s is a text that contains an input', (text) => {
    expect(parseRuntimeInput(text).kind).toBe('text');
  });

  test.each(['', 'input', '<+inputSet>', '<+ input>', '<+pipeline.input>'])('%s is no input', (text) => {
    expect(parseRuntimeInput(text).kind).toBe('none');
  });

  test('commas stay in quoted values and in expressions', () => {
    expect(splitValues("a,\\'b,c\\',<+x.get(1,2)>,,d ")).toEqual(['a', 'b,c', '<+x.get(1,2)>', '', 'd']);
  });
});

describe('durations', () => {
  test.each([
    ['10s', 10_000],
    ['1h30m', 5_400_000],
    ['1d 4h 30m', 102_600_000],
    ['500ms', 500],
    ['53w', DURATION_MS_MAX],
    [' 2m ', 120_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    '5',
    's',
    '10 m',
    '1h  30m',
    '1.5h',
    '-1m',
    '10mins',
    '10m!',
    '54w',
    '53w 1ms',
    '1'.repeat(200) + 'm',
  ])('%s is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

test.each([
  ['ShelScript', 'ShellScript'],
  ['shellscript', 'ShellScript'],
  ['Wiat', 'Wait'],
  ['Docker', undefined],
  ['x'.repeat(1000), undefined],
])('for %s the nearest word is %s', (word, nearest) => {
  expect(suggest(word, ['ShellScript', 'Run', 'Http', 'Wait'])).toBe(nearest);
});
