/** Templates, inputs and plans together: what a pipeline with templates asks for is exactly what a run of it takes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceKey, type Documents } from '../language/documents.ts';
import { extractInputTemplate, fillInputTemplate } from '../language/input-template.ts';
import { compilePlan } from './compile-plan.ts';

const duration = fc
  .constantFrom('1m', '<+input>', '<+input>.default(2m)', '<+input>.regex([0-9]+m)', '<+pipeline.name>')
  .map((text) => `"${text}"`);
const given = fc.option(duration, { nil: undefined });

/** Step lists whose members are steps, links to the step template `pause`, and groups or links to the group template. */
const { steps } = fc.letrec<{ steps: readonly string[] }>((tie) => ({
  steps: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      duration.map((text) => `type: Wait, spec: {duration: ${text}}`),
      given.map(
        (text) =>
          `template: {templateRef: pause${text === undefined ? '' : `, templateInputs: {spec: {duration: ${text}}}`}}`,
      ),
      given.map(
        (text) =>
          `group: template: {templateRef: group${text === undefined ? '' : `, templateInputs: {steps: [{step: {identifier: i0, template: {templateInputs: {spec: {duration: ${text}}}}}}]}`}}`,
      ),
      tie('steps').map((list) => `group: steps: ${listOf(list)}`),
    ),
    { minLength: 1, maxLength: 3 },
  ),
}));

function listOf(bodies: readonly string[]): string {
  const items = bodies.map((body, index) => {
    const isGroup = body.startsWith('group: ');
    const identity = `identifier: i${String(index)}, name: n`;
    return isGroup ? `{stepGroup: {${identity}, ${body.slice('group: '.length)}}}` : `{step: {${identity}, ${body}}}`;
  });
  return `[${items.join(', ')}]`;
}

const world = fc.record({
  yaml: steps.map(
    (list) =>
      `pipeline: {identifier: p, name: p, stages: [{stage: {identifier: s, name: s, type: Custom, spec: {execution: {steps: ${listOf(list)}}}}}]}`,
  ),
  pause: duration.map(
    (text) =>
      `template: {identifier: pause, name: p, versionLabel: "1", type: Step, spec: {type: Wait, spec: {duration: ${text}}}}`,
  ),
  group: given.map(
    (text) =>
      `template: {identifier: group, name: g, versionLabel: "1", type: StepGroup, spec: {steps: [{step: {identifier: i0, name: n, template: {templateRef: pause${text === undefined ? '' : `, templateInputs: {spec: {duration: ${text}}}`}}}}]}}`,
  ),
});

function documentsOf({ pause, group }: { readonly pause: string; readonly group: string }): Documents {
  const stored = new Map(
    Object.entries({ pause, group }).map(([identifier, yaml]) => [
      referenceKey({ kind: 'template', scope: 'project', identifier }),
      { yaml, versionLabel: '1' },
    ]),
  );
  return { find: (reference) => stored.get(referenceKey(reference)) ?? null };
}

describe('for every pipeline with templates', () => {
  test('the filled input template is all that a run needs, and every part of it is taken', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(world, ({ yaml, ...templates }) => {
        const documents = documentsOf(templates);
        const { inputs, needsDocuments } = extractInputTemplate(yaml, undefined, documents);
        expect(needsDocuments).toEqual([]);
        const inputYaml = fillInputTemplate(
          yaml,
          Object.fromEntries(inputs.map(({ path }) => [path, '7m'])),
          documents,
        );
        const compiled = compilePlan({ yaml, inputYaml, documents, seed: 's' });
        expect(compiled.kind === 'refused' ? compiled.diagnostics : []).toEqual([]);
        if (compiled.kind === 'compiled') {
          expect(compiled.inputYaml).toBe(inputYaml);
          const durations = Object.values(compiled.plan.nodes).filter(
            (node) => node.kind === 'step' && JSON.stringify(node.spec) === '{"duration":"7m"}',
          );
          expect(durations).toHaveLength(inputs.length);
        }
        seen.add(inputYaml.includes('templateInputs') ? 'below a link' : inputs.length > 0 ? 'at a node' : 'nothing');
      }),
      { numRuns: 150 },
    );
    expect(seen).toEqual(new Set(['below a link', 'at a node', 'nothing']));
  });

  test('a run of the resolved text is the same run without templates', () => {
    fc.assert(
      fc.property(world, ({ yaml, ...templates }) => {
        const documents = documentsOf(templates);
        const { inputs } = extractInputTemplate(yaml, undefined, documents);
        const inputYaml = fillInputTemplate(
          yaml,
          Object.fromEntries(inputs.map(({ path }) => [path, '7m'])),
          documents,
        );
        const compiled = compilePlan({ yaml, inputYaml, documents, seed: 's' });
        expect(compiled.kind).toBe('compiled');
        if (compiled.kind !== 'compiled') return;
        const again = compilePlan({ yaml: compiled.resolvedYaml, inputYaml: '', seed: 's' });
        expect(again.kind).toBe('compiled');
        if (again.kind !== 'compiled') return;
        const withoutLines = (plan: typeof again.plan): unknown =>
          Object.values(plan.nodes).map((node) => ({ ...node, line: 0, inputs: undefined }));
        expect(withoutLines(again.plan)).toEqual(withoutLines(compiled.plan));
      }),
      { numRuns: 100 },
    );
  });
});
