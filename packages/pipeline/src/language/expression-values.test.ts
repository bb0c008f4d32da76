/** Supplied values stand for their expressions wherever these stand: in text, in other expressions, in conditions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateCondition, resolveText } from '../expressions/evaluate.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import { Findings } from './diagnostics.ts';
import { placeExpressionValues } from './expression-values.ts';
import { loadYaml } from './load-yaml.ts';

const EXPRESSION = '<+pipeline.stages.other.output.name>';
const NOTHING: ExpressionScope = { root: () => undefined };

/** The text after the value was put into it. */
function placed(text: string, value: string): string {
  const { root } = loadYaml(JSON.stringify({ text }));
  if (root?.kind !== 'map') throw new Error('JSON is YAML.');
  const findings = new Findings();
  const choice = { unchosen: ['other'], expressionValues: { [EXPRESSION]: value } };
  const { values } = placeExpressionValues(root, new Map(), choice, findings);
  expect(findings.list()).toEqual([]);
  const node = values.get('text');
  return node?.kind === 'scalar' ? node.text : 'nothing was put in place';
}

/** Anything but an expression, which is put in place as it is. */
const anyValue = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a>b', '"', '\\', "it's", '<', '->', '\n', '\\u003e', '\\n'),
  )
  .filter((value) => !value.includes('<+'));

test('any value comes out of a text as it was supplied', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(resolveText(placed(EXPRESSION, value), NOTHING).value).toBe(value);
      expect(resolveText(placed(`a ${EXPRESSION} b ${EXPRESSION}`, value), NOTHING).value).toBe(
        `a ${value} b ${value}`,
      );
      expect(resolveText(placed(`<+"x".concat(${EXPRESSION})>`, value), NOTHING).value).toBe(`x${value}`);
      expect(resolveText(placed(`<+"(${EXPRESSION})">`, value), NOTHING).value).toBe(`(${value})`);
    }),
  );
});

test('conditions compare it', () => {
  expect(evaluateCondition(placed(`${EXPRESSION} == "a>b"`, 'a>b'), NOTHING)).toMatchObject({ holds: true });
  expect(evaluateCondition(placed(`${EXPRESSION} > 2`, '3'), NOTHING)).toMatchObject({ holds: true });
  expect(evaluateCondition(placed(EXPRESSION, 'true'), NOTHING)).toMatchObject({ holds: true });
});
