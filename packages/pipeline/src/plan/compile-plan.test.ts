/** What holds for every compiled plan; the rules of the language are in the data files beside the language. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillInputTemplate } from '../language/input-template.ts';
import { isBlocked } from '../language/diagnostics.ts';
import { nodesBelow } from './nodes-below.ts';
import { compilePipeline, compilePlan, type CompiledPlan } from './compile-plan.ts';

const A = 'pipeline.variables[0].value';
const SCRIPT = 'pipeline.stages[0].stage.spec.execution.steps[0].step.spec.source.spec.script';
const YAML = `
pipeline:
  identifier: p
  name: P
  tags: {team: core}
  variables:
    - {name: a, type: String, value: <+input>} # stays
  stages:
    - stage:
        identifier: one
        name: One
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: s
                  name: s
                  type: ShellScript
                  spec:
                    source:
                      type: Inline
                      spec:
                        script: |
                          <+input>.default(echo)
              - parallel:
                  - step: {identifier: w, name: w, type: Wait, spec: {duration: 1m}}
              - stepGroup:
                  identifier: g
                  name: g
                  strategy: {matrix: {x: [1, 2]}}
                  steps:
                    - parallel:
                        - step:
                            identifier: ask
                            name: ask
                            type: CustomApproval
                            strategy: {parallelism: 2}
                            spec:
                              source: {type: Inline, spec: {script: echo}}
                              approvalCriteria: {type: Jexl, spec: {expression: "true"}}
                  rollbackSteps:
                    - parallel:
                        - step: {identifier: parallel0, name: undo, type: Wait, strategy: {parallelism: 2}, spec: {duration: 1m}}
            rollbackSteps:
              - parallel:
                  - step: {identifier: parallel0, name: undo, type: Wait, spec: {duration: 1m}}
    - parallel:
        - stage:
            identifier: two
            name: Two
            type: CI
            spec: {execution: {steps: [{step: {identifier: s, name: s, type: Run, spec: {command: make}}}]}}
`;

function compiled(inputYaml: string, seed = 'seed', yaml = YAML): CompiledPlan {
  const result = compilePlan({ yaml, inputYaml, seed });
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result));
  return result;
}

/** Anything a person can type, but for text that is an expression or asks for an input. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('a\nb', '# no comment', '- x', '"', "it's", 'a: b', '}', ']', '1.10', 'null'),
  )
  .filter((text) => !text.includes('<+'));

describe('freezing', () => {
  test('any supplied text reaches the plan as it is, and every node keeps its line', () => {
    const lines = linesOf(compiled(fillInputTemplate(YAML, { [A]: 'x' })));
    fc.assert(
      fc.property(anyText, anyText, (a, script) => {
        const result = compiled(fillInputTemplate(YAML, { [A]: a, [SCRIPT]: script }));
        const nodes = Object.values(result.plan.nodes);
        expect(nodes.find(({ kind }) => kind === 'pipeline')).toMatchObject({ variables: [{ value: a }] });
        expect(nodes.find(({ fqn }) => fqn.endsWith('one.spec.execution.steps.s'))).toMatchObject({
          spec: { source: { spec: { script } } },
        });
        expect(linesOf(result)).toEqual(lines);
        expect(result.resolvedYaml).toContain('# stays');
      }),
      { numRuns: 150 },
    );
  });

  test('the resolved text compiles to the same plan without inputs', () => {
    fc.assert(
      fc.property(anyText, (a) => {
        const first = compiled(fillInputTemplate(YAML, { [A]: a }));
        const second = compiled('', 'seed', first.resolvedYaml);
        const root = first.plan.nodes[first.plan.rootId];
        if (root?.kind !== 'pipeline') throw new Error('the root is no pipeline');
        const { inputs, ...rest } = root;
        expect(inputs).toMatchObject({ pipeline: { variables: [{ name: 'a', value: a }] } });
        expect(second.plan).toEqual({ ...first.plan, nodes: { ...first.plan.nodes, [root.id]: rest } });
        expect(second.resolvedYaml).toBe(first.resolvedYaml);
      }),
    );
  });

  test('the normalised inputs compile to the same plan', () => {
    const first = compiled('pipeline: {variables: [{value: "1.10", name: a}]}');
    expect(compiled(first.inputYaml)).toEqual(first);
  });
});

describe('the plan', () => {
  const result = compiled(fillInputTemplate(YAML, { [A]: 'x' }));
  const nodes = Object.values(result.plan.nodes);

  test('is a tree: each node is the child of its parent, once, and paths are unique', () => {
    const children = nodes.flatMap((node) => nodesBelow(node).map((child) => `${node.id}>${child}`));
    expect(children.toSorted()).toEqual(
      nodes
        .filter(({ parentId }) => parentId !== undefined)
        .map(({ id, parentId }) => `${String(parentId)}>${id}`)
        .toSorted(),
    );
    expect(new Set(nodes.map(({ fqn }) => fqn)).size).toBe(nodes.length);
    expect(result.plan.nodes[result.plan.rootId]?.kind).toBe('pipeline');
  });

  test('has ids that only the seed and the path decide', () => {
    expect(compiled(fillInputTemplate(YAML, { [A]: 'other' })).plan.rootId).toBe(result.plan.rootId);
    expect(compiled(fillInputTemplate(YAML, { [A]: 'x' }))).toEqual(result);
    expect(compiled(fillInputTemplate(YAML, { [A]: 'x' }), 'other seed').plan.rootId).not.toBe(result.plan.rootId);
    expect(nodes.every(({ id }) => /^[A-Za-z0-9_-]{22}$/.test(id))).toBe(true);
  });

  test('survives being stored as JSON', () => {
    expect(JSON.parse(JSON.stringify(result.plan))).toEqual(result.plan);
  });

  test('comes with what lists show of the pipeline', () => {
    expect(result.pipeline).toEqual({
      identifier: 'p',
      name: 'P',
      tags: { team: 'core' },
      modules: ['pms', 'ci'],
      stageNames: ['One', 'Two'],
    });
  });
});

describe('a refusal', () => {
  test('never comes with a plan, and always with what blocks the run', () => {
    const scraps = fc.array(
      fc.constantFrom(
        '\n',
        'stage: ',
        'identifier: a',
        'type: Custom',
        '- ',
        '  ',
        '<+input>',
        '{',
        '}',
        'when: ',
        'All',
        '*a',
        '&a ',
        'strategy: {repeat: 2}',
        'spec: ',
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(scraps, scraps, (yaml, inputs) => {
        const result = compilePlan({
          yaml: `${YAML}${yaml.join('')}`,
          inputYaml: `pipeline:\n${inputs.join('')}`,
          seed: 's',
        });
        if (result.kind === 'refused') expect(isBlocked(result.diagnostics, 'run')).toBe(true);
        else expect(result.kind === 'compiled' && !isBlocked(result.warnings, 'run')).toBe(true);
      }),
    );
  });

  test('says what is wrong with the pipeline and with the inputs at once', () => {
    const yaml = YAML.replace('type: Run', 'type: Action');
    const result = compilePlan({ yaml, inputYaml: 'pipeline: {stages: []}\n', seed: 's' });
    expect(
      result.kind === 'refused' &&
        result.diagnostics.filter(({ blocks }) => blocks !== 'nothing').map(({ code }) => code),
    ).toEqual(['INPUT_MISSING', 'STEP_TYPE_NOT_RUN_YET']);
  });

  test.each([
    ['.regex(^[a-z]+$)', 'abc', undefined],
    ['.regex(^[a-z]+$)', '<+x>; rm', 'INPUT_REGEX_MISMATCH'],
    ['.allowedValues(a,b)', '<+a>', 'INPUT_NOT_ALLOWED'],
  ])('S9: holds %s against what an expression is known to give: %s', (rule, gives, code) => {
    const expression = '<+trigger.payload.a>';
    const inputs = `pipeline:\n  variables:\n    - {name: a, type: String, value: "${expression}"}\n`;
    const result = compilePipeline({
      yaml: YAML.replace('value: <+input>}', `value: "<+input>${rule}"}`),
      inputYaml: inputs,
      known: new Map([[expression, gives]]),
    });
    if (result.kind === 'needsDocuments') throw new Error('The pipeline refers to no documents.');
    const found = result.kind === 'refused' ? result.diagnostics : result.warnings;
    expect(found.find(({ document }) => document === 'inputs')?.code).toBe(code);
    if (result.kind === 'compiled') expect(result.resolvedYaml).toContain(expression);
  });
});

function linesOf({ plan }: CompiledPlan): readonly string[] {
  return Object.values(plan.nodes).map(({ fqn, line }) => `${fqn} ${String(line)}`);
}
