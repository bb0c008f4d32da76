import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText } from './evaluate.ts';
import { VALUE_SIZE_MAX } from './limits.ts';
import { payloadScope, testScope } from './test-scope.ts';
import type { Value } from './values.ts';

describe('properties', () => {
  const token = fc.constantFrom(
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
      '}',
      '.',
      ',',
      ':',
      '?',
      '??',
      '?:',
      '+',
      '-',
      '*',
      '/',
      '%',
      '==',
      '!=',
      '=~',
      '=^',
      '&&',
      '||',
      '!',
      ' ',
      '\\',
      '..',
      ';',
      '=',
    ],
    ...[
      'pipeline',
      'variables',
      'env',
      'list',
      'trigger',
      'payload',
      'commits',
      'hostile',
      'secrets',
      'getValue',
      'json',
      'select',
      'split',
      'replace',
      'size',
      'empty',
      'null',
      'true',
      '1',
      '2.5',
      '0',
      'é',
      '\u0000',
    ],
    ...[
      'pipeline.variables.list',
      'trigger.payload.commits',
      '<+pipeline.name>',
      '<+trigger.payload>',
      '<+secrets.getValue("a")>',
      'spec',
      '.toString()',
      '.contains("a")',
    ],
  );
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(token, { maxLength: 25 }).map((parts) => parts.join('')),
    fc.array(token, { maxLength: 15 }).map((parts) => `<+${parts.join('')}>`),
  );

  test('no text makes it throw; values stay in their limits; the same text gives the same result', () => {
    fc.assert(
      fc.property(text, (leaf) => {
        const first = resolveText(leaf, testScope, { trace: true });
        expect(JSON.stringify(first.value)?.length ?? 0).toBeLessThanOrEqual(VALUE_SIZE_MAX * 4);
        expect(resolveText(leaf, testScope, { trace: true })).toEqual(first);
        const condition = evaluateCondition(leaf, testScope);
        expect(evaluateCondition(leaf, testScope)).toEqual(condition);
        if (condition.error !== undefined) expect(condition.holds).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test('text without an expression is itself', () => {
    fc.assert(
      fc.property(
        fc.string().filter((leaf) => !leaf.includes('<+')),
        (leaf) => {
          expect(resolveText(leaf, testScope)).toEqual({ value: leaf, unresolved: [], secretRefs: [], trace: [] });
        },
      ),
    );
  });

  test('any JSON value comes through an expression unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const { scope } = payloadScope(value as Value);
        const plain = JSON.parse(JSON.stringify(value)) as Value;
        expect(resolveText('<+trigger.payload.text>', payloadScope(plain).scope).value).toEqual(plain);
        expect(resolveText('<+trigger.payload.text>', scope).error).toBeUndefined();
      }),
    );
  });
});
