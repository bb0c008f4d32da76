import { expect, test } from 'vitest';
import { resolveText } from '../expressions/evaluate.ts';
import { triggerScope } from './trigger-scope.ts';

const scope = triggerScope({ payload: '{ "a": {"b": [1, "x"]}, "type": "mine" }', headers: { 'X-Name': 'v' } });

test.each([
  ['<+trigger.type>', 'Custom'],
  ['<+trigger.sourceRepo>', 'Custom'],
  ['<+trigger.payload.a.b[1]>', 'x'],
  ['<+trigger.payload.type>', 'mine'],
  ['<+trigger.payload>', { a: { b: [1, 'x'] }, type: 'mine' }],
  ['p=<+trigger.payload.a>', 'p={"b":[1,"x"]}'],
  ['<+eventPayload.a.b[0]>', 1],
  ['<+trigger.eventPayload.a.b[0]>', 1],
  ['<+eventPayload>', '{ "a": {"b": [1, "x"]}, "type": "mine" }'],
  ['<+json.select("a.b[1]", eventPayload)>', 'x'],
  ["<+trigger.header['x-NAME']>", 'v'],
  ['<+trigger.header.get("X-Name")>', 'v'],
  ['<+trigger.header>', { 'x-name': 'v' }],
  ['<+trigger.branch>', null],
  ['<+trigger.prNumber> <+trigger.payload.zip>', 'null null'],
])('%s', (leaf, value) => {
  expect(resolveText(leaf, scope)).toMatchObject({ value });
  expect(resolveText(leaf, scope).error).toBeUndefined();
});

test('what a git event would have is null, not unresolved', () => {
  expect(resolveText('<+trigger.commitSha>', scope).unresolved).toEqual([]);
  expect(resolveText('<+trigger.zip>', scope).unresolved).toEqual(['trigger.zip']);
});

test('nothing else is in reach', () => {
  expect(scope.root('pipeline')).toBeUndefined();
  expect(scope.root('secrets')).toBeUndefined();
});
