import { describe, expect, test } from 'vitest';
import { matchConditions, type TriggerConditions } from './conditions.ts';
import { CONDITION_OPERATORS, judge, type ConditionOperator } from './operators.ts';
import { splitCsv } from './csv.ts';
import type { CustomWebhookEvent } from './trigger-scope.ts';

const event: CustomWebhookEvent = {
  payload: JSON.stringify({
    ref: 'refs/heads/main',
    number: 42,
    draft: false,
    labels: ['a', 'b'],
    nothing: null,
    blank: ' ',
    text: 'line one\nline two',
    hostile: '<+trigger.payload.ref>',
  }),
  headers: { 'X-Event': 'push', Accept: 'a/b, c/d' },
};

const payloadCondition = (key: string, operator: string, value: string): TriggerConditions => ({
  payloadConditions: [{ key, operator, value }],
});

describe('operators', () => {
  const table: readonly (readonly [ConditionOperator, string | null, string, boolean])[] = [
    ['Equals', 'a', 'a', true],
    ['Equals', 'a', 'A', false],
    ['Equals', null, 'a', false],
    ['NotEquals', 'a', 'b', true],
    ['NotEquals', 'a', 'a', false],
    ['NotEquals', null, 'a', true],
    ['In', 'b', 'a, b ,c', true],
    ['In', 'x', 'a,b', false],
    ['In', 'release/1', 'main,release/.*', true],
    ['In', 'release', 'elea', false],
    ['In', 'a,b', '"a,b",c', true],
    ['In', 'say "hi"', '"say ""hi""",x', true],
    ['In', '(', '(,x', true],
    ['In', 'y', '(,x', false],
    ['In', null, '.*', false],
    ['NotIn', 'x', 'a,b', true],
    ['NotIn', 'release/1', 'main,release/.*', false],
    ['NotIn', null, 'a', true],
    ['Regex', 'main', 'ma.n', true],
    ['Regex', 'main', 'ma', false],
    ['Regex', 'one\ntwo', 'one.two', true],
    ['Regex', null, '.*', false],
    ['StartsWith', 'main', 'ma', true],
    ['StartsWith', 'main', 'MA', false],
    ['EndsWith', 'main', 'in', true],
    ['EndsWith', 'main', 'x', false],
    ['Contains', 'main', 'ai', true],
    ['Contains', null, 'ai', false],
    ['DoesNotContain', 'main', 'ai', false],
    ['DoesNotContain', 'main', 'x', true],
    ['DoesNotContain', null, 'x', true],
  ];

  test.each(table)('%s: %j against %j is %s', (operator, actual, value, holds) => {
    expect(judge(operator, actual, value)).toEqual({ holds });
  });

  test.each(CONDITION_OPERATORS)('a blank value: %s', (operator) => {
    const holds = (actual: string | null): boolean => judge(operator, actual, ' ').holds;
    const expected =
      operator === 'Equals'
        ? [false, true, true]
        : operator === 'NotEquals'
          ? [true, false, false]
          : [true, true, true];
    expect([holds('x'), holds(' '), holds(null)]).toEqual(expected);
  });

  test('a broken regular expression is named', () => {
    const result = matchConditions(payloadCondition('<+trigger.payload.ref>', 'Regex', '('), event);
    expect(result).toMatchObject({ matched: false, failedKind: 'payload' });
    expect(result.message).toContain('is not a regular expression');
  });

  test('lists are CSV', () => {
    expect(splitCsv('a, "b, c" ,"d ""e""",,f"')).toEqual(['a', 'b, c', 'd "e"', '', 'f']);
  });
});

describe('keys', () => {
  test.each([
    ['<+trigger.payload.ref>', 'refs/heads/main'],
    ['<+eventPayload.ref>', 'refs/heads/main'],
    ['<+trigger.eventPayload.number>', '42'],
    ['<+trigger.payload.draft>', 'false'],
    ['<+trigger.payload.labels>', '["a","b"]'],
    ["<+trigger.header['x-event']>", 'push'],
    ["<+trigger.header['X-EVENT']>", 'push'],
    ["<+trigger.header['accept']>", 'a/b, c/d'],
    ['<+trigger.payload.ref.substring(11)>', 'main'],
    ['<+trigger.payload.hostile>', '<+trigger.payload.ref>'],
  ])('%s', (key, actual) => {
    const { results } = matchConditions(payloadCondition(key, 'Equals', actual), event);
    expect(results).toEqual([{ kind: 'payload', key, operator: 'Equals', value: actual, actual, holds: true }]);
  });

  test.each([
    '<+trigger.payload.zip>',
    '<+trigger.payload.nothing>',
    '<+trigger.header["none"]>',
    'targetBranch',
    'build',
  ])('what the event does not have is null: %s', (key) => {
    expect(matchConditions(payloadCondition(key, 'Equals', 'x'), event).results[0]).toMatchObject({
      actual: null,
      holds: false,
    });
    expect(matchConditions(payloadCondition(key, 'NotEquals', 'x'), event).matched).toBe(true);
  });

  test.each(['sourceBranch', 'changedFiles'])('conditions only git events answer are skipped: %s', (key) => {
    expect(matchConditions(payloadCondition(key, 'Equals', 'x'), event)).toMatchObject({ matched: true, results: [] });
  });

  test('a header condition may name the header alone', () => {
    expect(
      matchConditions({ headerConditions: [{ key: 'x-event', operator: 'Equals', value: 'push' }] }, event).matched,
    ).toBe(true);
  });

  test('a broken key does not hold and says why', () => {
    const result = matchConditions(payloadCondition('<+trigger.payload.>', 'NotEquals', 'x'), event);
    expect(result).toMatchObject({ matched: false, failedKind: 'payload' });
    expect(result.results[0]?.problem).toContain('a value is');
  });

  test('an unknown operator does not hold and names the known ones', () => {
    const { matched, message } = matchConditions(payloadCondition('<+trigger.payload.ref>', 'Like', 'x'), event);
    expect(matched).toBe(false);
    expect(message).toContain('"Like" is not an operator; there are In, NotIn, Equals');
  });
});

describe('the expression', () => {
  test.each([
    ['<+trigger.payload.number> == 42 || <+trigger.payload.zip> == "x"', true],
    ['<+trigger.payload.ref> =~ "refs/heads/.*" && <+trigger.header[\'X-Event\']> == "push"', true],
    ['<+trigger.payload.number> > 50', false],
    ['"true"', true],
  ])('%s', (jexlCondition, matched) => {
    expect(matchConditions({ jexlCondition }, event)).toMatchObject({
      matched,
      results: [{ kind: 'jexl', holds: matched }],
    });
  });

  test('null does not match, in the words of the contract', () => {
    const jexlCondition = '<+trigger.payload.zip>';
    expect(matchConditions({ jexlCondition }, event)).toMatchObject({
      matched: false,
      failedKind: 'jexl',
      message: 'Expression <+trigger.payload.zip> was evaluated to null. Expected type is Boolean',
    });
  });

  test('what cannot be judged does not match', () => {
    const result = matchConditions({ jexlCondition: '<+trigger.payload.number> ==' }, event);
    expect(result).toMatchObject({ matched: false, failedKind: 'jexl', results: [{ actual: null }] });
    expect(result.message).toContain('the expression ends');
  });
});

describe('all together', () => {
  const holds = { key: '<+trigger.payload.ref>', operator: 'Contains', value: 'main' };
  const fails = { key: '<+trigger.payload.ref>', operator: 'Contains', value: 'dev' };

  test('no conditions match every event', () => {
    expect(matchConditions({}, { payload: '', headers: {} })).toEqual({
      matched: true,
      results: [],
      message: 'The trigger has no conditions.',
    });
  });

  test('C1 the first group that fails is named; C2 all are judged', () => {
    const result = matchConditions(
      { headerConditions: [fails], payloadConditions: [holds, fails], jexlCondition: 'false' },
      event,
    );
    expect(result.failedKind).toBe('header');
    expect(result.results.map(({ kind, holds: held }) => [kind, held])).toEqual([
      ['header', false],
      ['payload', true],
      ['payload', false],
      ['jexl', false],
    ]);
    expect(
      matchConditions({ headerConditions: [holds], payloadConditions: [holds, fails], jexlCondition: 'true' }, event)
        .failedKind,
    ).toBe('payload');
    expect(
      matchConditions({ headerConditions: [holds], payloadConditions: [holds], jexlCondition: 'true' }, event),
    ).toMatchObject({ matched: true, message: 'All conditions hold.' });
  });

  test('the message says what was asked and what was there', () => {
    expect(matchConditions({ payloadConditions: [fails] }, event).message).toBe(
      'The payload condition <+trigger.payload.ref> Contains "dev" does not hold: the event has "refs/heads/main".',
    );
  });

  test('a body that is no JSON is text', () => {
    const plain = { payload: 'not json', headers: {} };
    expect(matchConditions(payloadCondition('<+trigger.payload>', 'Equals', 'not json'), plain).matched).toBe(true);
    expect(matchConditions(payloadCondition('<+trigger.payload.a>', 'Equals', 'x'), plain).matched).toBe(false);
  });

  test('a large value is kept shortened, and judged whole', () => {
    const large = { payload: JSON.stringify({ text: `${'x'.repeat(5_000)}end` }), headers: {} };
    const result = matchConditions(payloadCondition('<+trigger.payload.text>', 'EndsWith', 'end'), large);
    expect(result.matched).toBe(true);
    expect(result.results[0]?.actual).toHaveLength(1_000);
  });
});
