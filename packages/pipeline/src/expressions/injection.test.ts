/** S9: data is never code. */
import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText, resolveTree } from './evaluate.ts';
import { payloadScope } from './test-scope.ts';

const bodies = [
  'secrets.getValue("x")',
  'pipeline.name',
  'trigger.payload.text',
  '1+1',
  '"a"',
  'json.select("a","{}")',
  '',
  ' ',
];
const frames = [
  '<+@>',
  '<+<+@>>',
  '"<+@>"',
  "'<+@>'",
  '<+@',
  '@>',
  '$(@)',
  '`@`',
  '${@}',
  '"+<+@>+"',
  "\\'<+@>",
  '>@<+',
  '}<+@>{',
  '\n<+@>\n',
  '<+@>.x',
  '<+"<+@>">',
];
const carriers = [
  '<+input>',
  '$(id)',
  '`id`',
  '"; rm -rf /; "',
  "' || '1'=='1",
  '") + secrets.getValue("x',
  '__proto__',
  '${jndi:x}',
  '\\"',
  '\u0000<+a>',
];
const HOSTILE = [
  ...frames.flatMap((frame) => bodies.map((body) => frame.replace('@', body))),
  ...carriers,
  ...carriers.flatMap((text) => [
    `${text}<+x>`,
    `<+${text}`,
    `${text}>`,
    `a ${text} b`,
    text.repeat(3),
    `<+<+${text}>>`,
    `"${text}"`,
  ]),
];

describe('S9: hostile payload texts are data', () => {
  test('the corpus has at least 200 texts', () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(200);
  });

  test.each([
    ['<+trigger.payload.text>', (text: string) => text],
    ['a <+trigger.payload.text> b', (text: string) => `a ${text} b`],
    ['<+"<+trigger.payload.text>">', (text: string) => text],
    ['<+<+trigger.payload.text>.toString()>', (text: string) => text],
    ['<+[trigger.payload.text][0]>', (text: string) => text],
    ['<+"" + trigger.payload.text>', (text: string) => text],
    ['<+json.object(json.format(trigger.payload)).text>', (text: string) => text],
    ['<+trigger.payload["text"].concat("")>', (text: string) => text],
    ['<+true ? <+trigger.payload.text> : 1>', (text: string) => text],
  ])('%s', (leaf, expected) => {
    for (const text of HOSTILE) {
      const { scope, asked } = payloadScope(text);
      const { value, error, secretRefs } = resolveText(leaf, scope);
      expect(error).toBeUndefined();
      expect(value).toBe(expected(text));
      expect(secretRefs).toEqual([]);
      expect(new Set(asked)).toEqual(new Set(['trigger']));
    }
  });

  test('as a whole tree, and in a condition', () => {
    for (const text of HOSTILE) {
      const { scope, asked } = payloadScope({ text, list: [text] });
      expect(resolveTree({ a: '<+trigger.payload.text>' }, scope).value).toEqual({ a: { text, list: [text] } });
      const condition = evaluateCondition(
        '<+trigger.payload.text.text> == "true" || <+trigger.payload.text.list>.contains("x")',
        scope,
      );
      expect(condition).toMatchObject({ holds: false, value: false });
      expect(new Set(asked)).toEqual(new Set(['trigger']));
    }
  });
});
