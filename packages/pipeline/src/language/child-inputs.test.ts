/** Inputs for a chained pipeline, as its input YAML. */
import { expect, test } from 'vitest';
import { printChildInputs } from './child-inputs.ts';
import { NO_INPUTS_YAML } from './input-template.ts';

test.each([[null], [''], [{}], [[]], ['text'], [5]])('%j gives nothing', (inputs) => {
  expect(printChildInputs(inputs)).toBe(NO_INPUTS_YAML);
});

test('a tree stands below pipeline', () => {
  expect(printChildInputs({ identifier: 'child', variables: [{ name: 'tag', value: '1.10' }] })).toBe(`pipeline:
  identifier: child
  variables:
  - name: tag
    value: "1.10"
`);
});
