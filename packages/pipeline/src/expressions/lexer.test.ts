import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findExpressions, type ExpressionSpan } from './lexer.ts';

const outline = (spans: readonly ExpressionSpan[]): unknown[] =>
  spans.map(({ text, children }) => (children.length === 0 ? text : [text, ...outline(children)]));

test.each([
  ['a <+b> c <+d>', ['b', 'd']],
  ['<+<+a.b> == "x">', [['<+a.b> == "x"', 'a.b']]],
  ['<+a<+b<+c>>><+d>', [['a<+b<+c>>', ['b<+c>', 'c']], 'd']],
  ['L1 quotes do not protect <+"a>b">', ['"a']],
  ['L2 never closed <+a', []],
  ['L2 > closes > nothing', []],
  ['L2 <+open <+a> <+open <+b> <+c>', ['a', 'b', 'c']],
  ['<+>', ['']],
  ['<<++>>', ['+']],
])('%s', (text, expected) => {
  expect(outline(findExpressions(text))).toEqual(expected);
});

test('L1–L2 spans hold what stands between the delimiters, in order and inside their parents', () => {
  const piece = fc.constantFrom('<+', '>', '<', '+', 'a', '.', '"', ' ');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const check = (spans: readonly ExpressionSpan[], from: number, to: number): void => {
        let at = from;
        for (const span of spans) {
          expect(span.start).toBeGreaterThanOrEqual(at);
          expect(span.end).toBeLessThanOrEqual(to);
          expect(text.slice(span.start, span.end)).toBe(`<+${span.text}>`);
          check(span.children, span.start + 2, span.end - 1);
          at = span.end;
        }
      };
      check(findExpressions(text), 0, text.length);
    }),
  );
});

test('L3 hostile texts are read in one pass', () => {
  expect(findExpressions('<+'.repeat(500_000))).toEqual([]);
  expect(findExpressions(`${'<+'.repeat(200_000)}${'>'.repeat(200_000)}`)).toHaveLength(1);
  expect(findExpressions('<+ <+a> '.repeat(100_000))).toHaveLength(100_000);
});
