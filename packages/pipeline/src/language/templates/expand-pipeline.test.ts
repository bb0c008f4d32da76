/** What holds for every pipeline with templates, and the limits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScopedIdentifier, referenceKey, type Documents } from '../documents.ts';
import { extractInputTemplate } from '../input-template.ts';
import { loadYaml, YAML_LENGTH_MAX, YAML_NODES_MAX } from '../load-yaml.ts';
import { walk } from '../yaml-node.ts';
import { expandPipeline, type ExpandedPipeline } from './expand-pipeline.ts';
import { TEMPLATE_LEVELS_MAX } from './expander.ts';
import { joinInputs } from './overlay-inputs.ts';
import { parseTemplate } from './template-document.ts';

/** Templates by reference, all of version 1, which is the stable one. */
function documentsOf(templates: Readonly<Record<string, string>>): Documents {
  const stored = new Map(
    Object.entries(templates).flatMap(([ref, yaml]) => {
      const reference = { kind: 'template', ...parseScopedIdentifier(ref) } as const;
      const document = { yaml, versionLabel: '1' };
      return [
        [referenceKey(reference), document],
        [referenceKey({ ...reference, versionLabel: '1' }), document],
      ];
    }),
  );
  return { find: (reference) => stored.get(referenceKey(reference)) ?? null };
}

/** One document at a time, in the order they are asked for or in the reverse one. */
function loadSlowly(yaml: string, all: Documents, isReverse: boolean): ExpandedPipeline {
  const given = new Set<string>();
  for (;;) {
    const result = expandPipeline(yaml, {
      find: (reference) => (given.has(referenceKey(reference)) ? all.find(reference) : undefined),
    });
    const next = isReverse ? result.needsDocuments.at(-1) : result.needsDocuments[0];
    if (next === undefined) return result;
    expect(given).not.toContain(referenceKey(next));
    given.add(referenceKey(next));
  }
}

const REFS = ['a', 'org.b', 'account.c', 'org.missing'];
const ref = fc.constantFrom(...REFS);
const duration = fc.constantFrom(
  '1m',
  '<+input>',
  '<+input>.default(2m)',
  '<+input>.executionInput()',
  '<+stage.name>',
);
/** An item of a step list; links have inputs that may or may not fit. */
const { item } = fc.letrec<{ item: string; items: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    duration.map((text) => `{step: {identifier: w, name: w, type: Wait, spec: {duration: ${text}}}}`),
    fc
      .tuple(ref, duration, fc.boolean())
      .map(
        ([templateRef, text, isStable]) =>
          `{stepGroup: {identifier: g, name: g, template: {templateRef: ${templateRef}, ${isStable ? '' : 'versionLabel: "1", '}` +
          `templateInputs: {steps: [{step: {identifier: w, spec: {duration: ${text}}}}]}}}}`,
      ),
    tie('items').map((items) => `{parallel: ${items}}`),
    tie('items').map((items) => `{stepGroup: {identifier: h, name: h, steps: ${items}}}`),
  ),
  items: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
}));
const items = fc.array(item, { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(', ')}]`);
const pipelineOf = (steps: string): string =>
  `pipeline: {identifier: p, name: p, stages: [{stage: {identifier: s, name: s, type: Custom, spec: {execution: {steps: ${steps}}}}}]}`;
const groupOf = (steps: string): string =>
  `template: {identifier: t, name: t, versionLabel: "1", type: StepGroup, spec: {steps: ${steps}}}`;
const world = fc.record({
  yaml: items.map(pipelineOf),
  templates: fc.record({ a: items.map(groupOf), 'org.b': items.map(groupOf), 'account.c': items.map(groupOf) }),
});

describe('for every pipeline', () => {
  test('the expansion is the same, however its documents come', () => {
    fc.assert(
      fc.property(world, ({ yaml, templates }) => {
        const all = documentsOf(templates);
        const whole = expandPipeline(yaml, all);
        expect(whole.needsDocuments).toEqual([]);
        expect(loadSlowly(yaml, all, false)).toEqual(whole);
        expect(loadSlowly(yaml, all, true)).toEqual(whole);
      }),
      { numRuns: 80 },
    );
  });

  test('what was expanded has no links left, or says why; and its text is the same tree', () => {
    fc.assert(
      fc.property(world, ({ yaml, templates }) => {
        const { text, loaded, templates: used } = expandPipeline(yaml, documentsOf(templates));
        const isBroken = loaded.diagnostics.some(({ blocks }) => blocks !== 'nothing');
        expect(text.includes('templateRef')).toBe(isBroken && text.includes('templateRef'));
        if (used.length === 0) return;
        const again = expandPipeline(text, documentsOf(templates));
        if (!isBroken) expect(again.text).toBe(text);
        expect(spellings(loadYaml(text).root)).toEqual(spellings(loaded.root));
      }),
      { numRuns: 150 },
    );
  });

  test('every place of a node is in the document that its start names', () => {
    fc.assert(
      fc.property(world, ({ yaml, templates }) => {
        const texts = new Map<string | undefined, string>([
          [undefined, yaml],
          ['template a 1', templates.a],
          ['template org.b 1', templates['org.b']],
          ['template account.c 1', templates['account.c']],
        ]);
        const { loaded } = expandPipeline(yaml, documentsOf(templates));
        if (loaded.root === undefined) return;
        walk(loaded.root, (node) => {
          const { start, end } = node.range;
          expect(start.document).toBe(end.document);
          const text = texts.get(start.document);
          if (node.kind === 'scalar' && !node.text.includes('<+input>'))
            expect(text?.slice(start.offset, end.offset).replaceAll('"', '')).toBe(node.text);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('templates of any text are read without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), ref, (text, templateRef) => {
        const yaml = pipelineOf(`[{stepGroup: {identifier: g, name: g, template: {templateRef: ${templateRef}}}}]`);
        for (const body of [text, `template: ${text}`, `template:\n  type: StepGroup\n  spec: ${text}`]) {
          expect(parseTemplate(body)).toBeDefined();
          const { loaded, needsDocuments } = expandPipeline(yaml, documentsOf({ [templateRef]: body }));
          expect(needsDocuments).toEqual([]);
          expect(loaded.root).toBeDefined();
        }
      }),
      { numRuns: 300 },
    );
  });
});

function spellings(root: ExpandedPipeline['loaded']['root']): readonly string[] {
  const found: string[] = [];
  if (root !== undefined)
    walk(root, (node) => found.push(node.kind === 'scalar' ? `${node.path} ${node.text}` : node.path));
  return found;
}

describe('what is needed', () => {
  test('all references that can be reached are named at once, each once, in the order of the text', () => {
    const yaml = pipelineOf(
      '[{step: {identifier: a, name: a, template: {templateRef: x}}}, {step: {identifier: b, name: b, template: {templateRef: org.y, versionLabel: "2"}}}, {step: {identifier: c, name: c, template: {templateRef: x}}}]',
    );
    expect(expandPipeline(yaml, { find: () => undefined })).toMatchObject({
      text: yaml,
      needsDocuments: [
        { kind: 'template', scope: 'project', identifier: 'x' },
        { kind: 'template', scope: 'org', identifier: 'y', versionLabel: '2' },
      ],
      templates: [],
    });
    expect(extractInputTemplate(yaml).needsDocuments).toHaveLength(2);
  });

  test('the versions that were found are named', () => {
    const documents = documentsOf({
      a: groupOf('[{step: {identifier: w, name: w, type: Wait, spec: {duration: 1m}}}]'),
    });
    const yaml = pipelineOf('[{stepGroup: {identifier: g, name: g, template: {templateRef: a}}}]');
    expect(expandPipeline(yaml, documents).templates).toEqual([
      { kind: 'template', scope: 'project', identifier: 'a', versionLabel: '1' },
    ]);
  });

  test('inputs of another pipeline are no links', () => {
    const yaml =
      'pipeline: {identifier: p, name: p, stages: [{stage: {identifier: s, name: s, type: Pipeline, spec: {pipeline: o, inputs: ' +
      '{stages: [{stage: {identifier: x, template: {templateRef: a, templateInputs: {timeout: 1h}}}}]}}}}]}';
    expect(expandPipeline(yaml, { find: () => undefined }).needsDocuments).toEqual([]);
  });
});

describe('limits', () => {
  const link = (templateRef: string, identifier = 'g'): string =>
    `{stepGroup: {identifier: ${identifier}, name: g, template: {templateRef: ${templateRef}}}}`;
  const wait = '{step: {identifier: w, name: w, type: Wait, spec: {duration: 1m}}}';
  /** `t0` holds a step, each other one holds the one before so many times. */
  const tower = (height: number, times: number, inner = wait): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: height }, (_, level) => {
        const links = Array.from({ length: times }, (__, index) => link(`t${String(level - 1)}`, `g${String(index)}`));
        return [`t${String(level)}`, groupOf(level === 0 ? `[${inner}]` : `[${links.join(', ')}]`)];
      }),
    );
  const codes = (height: number, times: number, inner = wait): readonly string[] => {
    const yaml = pipelineOf(`[${link(`t${String(height - 1)}`)}]`);
    const { loaded } = expandPipeline(yaml, documentsOf(tower(height, times, inner)));
    return [...new Set(loaded.diagnostics.map(({ code }) => code))];
  };

  test('templates stand in each other so deep, and no deeper', () => {
    expect(codes(TEMPLATE_LEVELS_MAX, 1)).toEqual([]);
    expect(codes(TEMPLATE_LEVELS_MAX + 1, 1)).toEqual(['TEMPLATE_TOO_DEEP']);
  });

  test('the depth counts too when a tower is known already', () => {
    const templates = {
      ...tower(TEMPLATE_LEVELS_MAX, 1),
      top: groupOf(`[${link(`t${String(TEMPLATE_LEVELS_MAX - 1)}`)}]`),
    };
    const yaml = pipelineOf(`[${link(`t${String(TEMPLATE_LEVELS_MAX - 1)}`)}, ${link('top', 'h')}]`);
    const { loaded } = expandPipeline(yaml, documentsOf(templates));
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['TEMPLATE_TOO_DEEP']);
  });

  test('templates of templates do not grow without bounds', () => {
    expect(9 ** 9).toBeGreaterThan(YAML_NODES_MAX);
    expect(codes(10, 9)).toEqual(['YAML_TOO_LARGE']);
  });

  test('the compiled text has a limit of its own', () => {
    const script = 'x'.repeat(YAML_LENGTH_MAX / 4);
    const step = `{step: {identifier: w, name: w, type: ShellScript, spec: {source: {type: Inline, spec: {script: "${script}"}}}}}`;
    expect(codes(2, 3, step)).toEqual([]);
    expect(codes(2, 4, step)).toEqual(['YAML_TOO_LARGE']);
  });

  test('deeply nested bodies in each other are refused before anything runs out', () => {
    const deep = `${'{stepGroup: {identifier: g, name: g, steps: ['.repeat(40)}${link('t0')}${']}}'.repeat(40)}`;
    const templates = {
      t0: groupOf(`[${deep.replace('t0', 't1')}]`),
      t1: groupOf(`[${deep.replace('t0', 't2')}]`),
      t2: groupOf(`[${wait}]`),
    };
    const { loaded } = expandPipeline(pipelineOf(`[${link('t0')}]`), documentsOf(templates));
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['YAML_TOO_DEEP']);
  });

  test('what is deep enough in the pipeline leaves less room for templates', () => {
    const around = (depth: number, inner: string): string =>
      `${'{stepGroup: {identifier: g, name: g, steps: ['.repeat(depth)}${inner}${']}}'.repeat(depth)}`;
    const expand = (depth: number): readonly string[] => {
      const documents = documentsOf({ t0: groupOf(`[${around(depth, wait)}]`) });
      const { loaded } = expandPipeline(pipelineOf(`[${around(depth, link('t0'))}]`), documents);
      return loaded.diagnostics.map(({ code }) => code);
    };
    expect(expand(20)).toEqual([]);
    expect(expand(40)).toEqual(['YAML_TOO_DEEP']);
  });
});

describe('an input given for an input', () => {
  const join = (
    text: string,
    given: string,
    more: { readonly default?: string; readonly isExecutionInput?: boolean } = {},
  ) => joinInputs({ text, isExecutionInput: false, ...more }, given);

  test.each([
    ['<+input>', '<+input>', '<+input>'],
    ['<+input>', '<+input>.default(a)', '<+input>.default(a)'],
    ['<+input>.regex(a.*)', '<+input>.default(a).executionInput()', '<+input>.default(a).regex(a.*).executionInput()'],
    ['<+input>.selectOneFrom(a,b,c)', '<+input>.selectManyFrom(a,c)', '<+input>.selectManyFrom(a,c)'],
    ['echo <+input>', '<+input>.default(a)', 'echo <+input>'],
    ['<+input>.default(a)', 'echo <+input>', 'echo <+input>'],
  ])('%s and %s', (text, given, joined) => {
    expect(join(text, given)).toEqual({ text: joined, lost: [] });
  });

  test('the template keeps what it says', () => {
    expect(join('<+input>.default(a)', '<+input>.default(b)', { default: 'a' })).toEqual({
      text: '<+input>.default(a)',
      lost: ['a default'],
    });
    expect(join('<+input>.regex(a)', '<+input>.regex(b)')).toEqual({
      text: '<+input>.regex(a)',
      lost: ['a regular expression'],
    });
    expect(join('<+input>', '<+input>.default(b)', { default: 'a' })).toEqual({
      text: '<+input>',
      lost: ['a default'],
    });
  });

  test('a default of what is asked for during the run may be changed', () => {
    const own = '<+input>.default(a).executionInput()';
    expect(join(own, '<+input>.default(b)', { default: 'a', isExecutionInput: true })).toEqual({
      text: '<+input>.default(b).executionInput()',
      lost: [],
    });
  });
});
