import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../expressions/values.ts';
import { loadYaml } from '../language/load-yaml.ts';
import { printYaml, fromValue } from '../language/print-yaml.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import { compareWritten } from './compare.ts';

function nodeOf(yaml: string): YamlNode {
  const { root } = loadYaml(yaml);
  if (root === undefined) throw new Error('no YAML');
  return root;
}

test.each<readonly [string, Value, string | undefined]>([
  ['1.10', '1.10', undefined],
  ['1.10', '1.1', ''],
  ['1.10', 1.1, undefined],
  ['"true"', true, undefined],
  ['~', null, undefined],
  ['~', 'text', ''],
  ['text', null, ''],
  ['{a: 1}', { a: 1, b: 2 }, undefined],
  ['{a: 1, c: ~}', { a: 1, b: 2 }, undefined],
  ['{a: 1, c: 3}', { a: 1, b: 2 }, 'c'],
  ['{a: {b: [1, 3]}}', { a: { b: [1, 2] } }, 'a.b[1]'],
  ['[1, 2]', [1, 2, 3], ''],
  ['[]', [], undefined],
  ['[x]', '["x"]', undefined],
  ['{a: 1}', '{"a": 1}', undefined],
  ['{a: 1}', 'no JSON', ''],
])('%s against %j differs at %s', (yaml, actual, path) => {
  expect(compareWritten(nodeOf(yaml), actual)?.path).toBe(path);
});

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('a value that is written as it is has no difference', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(compareWritten(nodeOf(printYaml(fromValue({ value }, ''))), { value })).toBeUndefined();
    }),
  );
});
