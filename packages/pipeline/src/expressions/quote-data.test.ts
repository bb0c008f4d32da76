/** What was resolved once and is resolved again is still the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveTree } from './evaluate.ts';
import { quoteData } from './quote-data.ts';
import type { ExpressionScope } from './scope.ts';
import { testScope } from './test-scope.ts';
import type { Value } from './values.ts';

const NOTHING: ExpressionScope = { root: () => undefined };
const mark = fc.constantFrom(
  '<+',
  '<',
  '+',
  '>',
  '"',
  "'",
  '<+input>',
  '<+secrets.getValue("x")>',
  '${',
  'a',
  '\n',
  '<<++',
);
const text = fc.oneof(
  fc.array(mark, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.constantFrom(null, true, 1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '<+c>'), tie('value'), { maxKeys: 3 }),
  ),
}));

describe('quoted data', () => {
  test('is read back as it was, whatever it looks like', () => {
    fc.assert(
      fc.property(value, (data) => {
        const { value: again, secretRefs, unresolved, error } = resolveTree(quoteData(data), NOTHING);
        expect({ again, secretRefs, unresolved, error }).toEqual({
          again: data,
          secretRefs: [],
          unresolved: [],
          error: undefined,
        });
      }),
      { numRuns: 500 },
    );
  });

  test('keeps its secrets references, and no other', () => {
    const data = resolveTree(
      { a: ['<+secrets.getValue("s")> and <+trigger.payload.hostile>', { b: '<+secrets.getValue("t")>' }] },
      testScope,
    );
    const again = resolveTree(quoteData(data.value, data.secretRefs), testScope);
    expect(again.value).toEqual(data.value);
    expect(again.secretRefs).toEqual(data.secretRefs);
    expect(again.secretRefs.map(({ identifier }) => identifier)).toEqual(['s', 't']);
  });

  test('that holds no mark is the same text', () => {
    expect(quoteData({ a: ['x > 1', 'a<b', 5] })).toEqual({ a: ['x > 1', 'a<b', 5] });
  });

  test('asks for no input', () => {
    expect(JSON.stringify(quoteData('<+input>.default(a)'))).not.toContain('<+input>');
  });
});
