/** S10: no expression gets out or runs away. */
import { describe, expect, test } from 'vitest';
import { resolveText } from './evaluate.ts';
import { LEAF_LENGTH_MAX } from './limits.ts';
import { payloadScope, testScope } from './test-scope.ts';
import type { Value } from './values.ts';

describe('S10: nothing is reached that is not in the scope', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'getClass'];
  const values = [
    'trigger.payload',
    'pipeline',
    'pipeline.variables',
    'pipeline.variables.list',
    'pipeline.variables.env',
    '"a"',
    '[1]',
    '{"a": 1}',
    '1',
    'true',
    'spec',
  ];
  const reads = values.flatMap((value) =>
    names.flatMap((name) => [`${value}.${name}`, `${value}["${name}"]`, `${value}.${name}.${name}`]),
  );

  test.each(reads)('%s is null', (read) => {
    const { value } = resolveText(`<+(${read})>`, testScope);
    expect(value).toBeNull();
  });

  test.each(
    values.flatMap((value) =>
      [...names, 'toLocaleString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'call', 'apply', 'bind'].map(
        (name) => `${value}.${name}()`,
      ),
    ),
  )('%s is refused', (call) => {
    expect(resolveText(`<+${call}>`, testScope).error?.code).toBe('EXPRESSION_FUNCTION');
  });

  test.each(['toString', 'valueOf', 'hasOwnProperty', 'constructor', '__proto__'])(
    'inherited names are no members: %s',
    (name) => {
      expect(resolveText(`<+trigger.payload.${name}>`, testScope).value).toBeNull();
      expect(resolveText(`<+trigger.payload.get("${name}")>`, testScope).value).toBeNull();
      expect(resolveText(`<+"${name}" =~ trigger.payload>`, testScope).value).toBe(false);
    },
  );

  test('a key __proto__ in a payload changes nothing', () => {
    const { scope } = payloadScope(JSON.parse('{"__proto__":{"polluted":1},"a":1}') as Value);
    expect(resolveText('<+trigger.payload.text.polluted>', scope).value).toBeNull();
    const whole = resolveText('<+trigger.payload.text>', scope).value;
    expect(JSON.stringify(whole)).toBe('{"__proto__":{"polluted":1},"a":1}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('S10: what would run away ends at a named limit', () => {
  const big = 'a'.repeat(200_000);
  const { scope } = payloadScope(big);
  const chain = (count: number, part: string): string => Array.from({ length: count }, () => part).join('+');
  test.each([
    ['deep parentheses', `<+${'('.repeat(5_000)}1${')'.repeat(5_000)}>`],
    ['deep lists', `<+${'['.repeat(5_000)}${']'.repeat(5_000)}>`],
    ['many negations', `<+${'!'.repeat(5_000)}true>`],
    ['a long chain of operators', `<+${chain(5_000, '1')}>`],
    ['a long chain of calls', `<+"a"${'.trim()'.repeat(3_000)}>`],
    ['a long chain of members', `<+a${'.b'.repeat(5_000)}>`],
    ['deep nesting', `${'<+'.repeat(1_000)}1${'>'.repeat(1_000)}`],
    [
      'nesting and parentheses together',
      `${'<+(('.repeat(30)}1${'))>'.repeat(30)}`.replaceAll('((', '('.repeat(20)).replaceAll('))', ')'.repeat(20)),
    ],
    ['a long expression', `<+"${'x'.repeat(40_000)}">`],
    ['a long leaf', `<+1>${'x'.repeat(LEAF_LENGTH_MAX)}`],
    ['text that doubles', `<+${chain(20, 'trigger.payload.text')}>`],
    ['lists that double', `<+[${Array.from({ length: 50 }, () => 'trigger.payload.text').join(',')}]>`],
    ['texts joined in a leaf', '<+trigger.payload.text>'.repeat(100)],
    ['replacing each character', '<+trigger.payload.text.replace("a", trigger.payload.text)>'],
    ['replacing by a regular expression', '<+trigger.payload.text.replaceAll("a", "aaaaaaaaaaaaaaaaaaaaaaaa")>'],
    ['joining', `<+trigger.payload.text.join(${Array.from({ length: 100 }, () => 'trigger.payload.text').join(',')})>`],
    ['splitting into characters', '<+trigger.payload.text.split("")>'],
    ['a range', '<+1..1000000000>'],
    ['counted repetitions', `<+"a" =~ "${'(a{1,30}){1,30}'.repeat(40)}">`],
    ['a long regular expression', `<+"a" =~ "${'a?'.repeat(2_000)}">`],
    [
      'many regular expressions',
      `<+[${Array.from({ length: 500 }, () => 'trigger.payload.text.matches("(a|b|c)*d")').join(',')}]>`,
    ],
    ['too many expressions in a leaf', '<+1> '.repeat(3_000)],
    ['a set of many', `<+{${Array.from({ length: 2_000 }, (_, index) => index).join(',')}}>`],
  ])('%s', (_what, leaf) => {
    expect(resolveText(leaf, scope).error?.code).toBe('EXPRESSION_LIMIT');
  });

  test.each(['(a+)+$', '(a|aa)+$', '([a-zA-Z]+)*$', '(.*)*b', '(a?){20}a{20}', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'expressions that backtrack elsewhere: %s',
    (pattern) => {
      const { scope: evil } = payloadScope(`${'a'.repeat(5_000)}!`);
      const { error } = resolveText(`<+trigger.payload.text.matches("${pattern}")>`, evil);
      expect(error).toBeUndefined();
    },
  );

  test.each([
    ['descents multiply', '$..*..*..*..zz'],
    ['filters multiply', '$..[?@..[?@..zz]]'],
    ['selectors multiply', `$${'[*,*]'.repeat(20)}.zz`],
    ['what is found is too much', '$[*][*]'],
  ])('JSON paths: %s', (_what, path) => {
    const rows = Array.from({ length: 200 }, () => Array.from({ length: 100 }, () => 1));
    const { scope: wide } = payloadScope(rows);
    expect(resolveText(`<+json.select("${path}", trigger.payload.text)>`, wide).error?.code).toBe('EXPRESSION_LIMIT');
  });

  test.each([
    ['descents multiply', '//*[.//zz]', '<b/>'.repeat(1_500)],
    ['axes multiply', '//b[preceding::zz]', '<b/>'.repeat(1_500)],
    ['ways back multiply', '/a/b/../b/../b/../b', '<b/>'.repeat(300)],
    ['roots in conditions multiply', '//b[/a/b]', '<b/>'.repeat(1_500)],
    ['too many nodes', '/a', '<b/>'.repeat(5_000)],
    ['too deep', '/a', `${'<b>'.repeat(500)}${'</b>'.repeat(500)}`],
    ['too long', '/a', 'x'.repeat(200_000)],
  ])('XML paths: %s', (_what, path, inner) => {
    const { scope: xml } = payloadScope(`<a>${inner}</a>`);
    expect(resolveText(`<+xml.select("${path}", trigger.payload.text)>`, xml).error?.code).toBe('EXPRESSION_LIMIT');
  });

  test('a value as deep as JSON can be is refused, not followed', () => {
    const { scope: deep } = payloadScope(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as Value);
    for (const leaf of [
      '<+trigger.payload>',
      '<+trigger.payload.text>',
      'a <+trigger.payload.text>',
      '<+json.format(trigger.payload.text)>',
      '<+trigger.payload.text == "a">',
    ]) {
      expect(resolveText(leaf, deep).error?.code).toBe('EXPRESSION_LIMIT');
    }
  });

  test('XML with a document type is refused', () => {
    const { scope: bomb } = payloadScope('<!DOCTYPE a [<!ENTITY b "cccccc"><!ENTITY d "&b;&b;">]><a>&d;</a>');
    expect(resolveText('<+xml.select("/a", trigger.payload.text)>', bomb).error?.code).toBe('EXPRESSION_VALUE');
  });
});
