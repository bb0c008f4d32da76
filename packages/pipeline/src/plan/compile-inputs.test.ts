/** A run with input sets is the run with what they come to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeInputs } from '../language/input-sets.ts';
import { extractInputTemplate, fillInputTemplate } from '../language/input-template.ts';
import { compilePlan } from './compile-plan.ts';

const PIPELINE = `
pipeline:
  identifier: p
  name: p
  variables:
    - {name: a, type: String, value: <+input>.default(none)}
    - {name: b, type: String, value: "<+input>.default(x).selectManyFrom(x,y)"}
  stages:
    - stage:
        identifier: one
        name: one
        type: Custom
        when: <+input>.default()
        delegateSelectors: <+input>.default()
        spec: {execution: {steps: [{step: {identifier: s, name: s, type: Wait, spec: {duration: <+input>.default(1m)}}}]}}
`;
const { inputs: FIELDS } = extractInputTemplate(PIPELINE);
const value = fc.constantFrom('', '<+input>', 'x', 'x,y', 'z', '2m', '<+trigger.tag>', ['x', 'y'], {
  condition: 'true',
});
const given = fc
  .dictionary(fc.constantFrom(...FIELDS.map(({ path }) => path)), value)
  .map((values) => fillInputTemplate(PIPELINE, values));
const asSet = (inputYaml: string, identifier: string): string =>
  `inputSet:\n  identifier: ${identifier}\n  name: n\n${inputYaml.replaceAll(/^(?=.)/gm, '  ')}`;

test('sets are folded below what is supplied by hand', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(given, given, given, (a, b, manual) => {
      const inputSets = [asSet(a, 'a'), asSet(b, 'b')];
      const { inputYaml } = mergeInputs({ yaml: PIPELINE, inputSets, inputYamls: [manual] });
      const run = compilePlan({ yaml: PIPELINE, inputSets, inputYaml: manual, seed: 's' });
      const atOnce = compilePlan({ yaml: PIPELINE, inputYaml, seed: 's' });
      kinds.add(run.kind);
      expect(run.kind).toBe(atOnce.kind);
      if (run.kind !== 'compiled' || atOnce.kind !== 'compiled') return;
      expect(run.inputYaml).toBe(inputYaml);
      expect(run.resolvedYaml).toBe(atOnce.resolvedYaml);
      expect(run.plan).toEqual(atOnce.plan);
    }),
    { numRuns: 80 },
  );
  expect(kinds).toEqual(new Set(['compiled', 'refused']));
});
