import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resolveText } from '../expressions/evaluate.ts';
import { eventCause, readEventFile } from './event-file.ts';
import { triggerScope, type WebhookEvent } from './trigger-scope.ts';

const EXAMPLES = new URL('../../../../examples/events/', import.meta.url);
const example = (name: string): WebhookEvent => read(readFileSync(new URL(name, EXAMPLES), 'utf8'));
const ORIGIN = { identifier: 'hook', name: 'The hook', eventId: 'e1' };

function read(text: string): WebhookEvent {
  const file = readEventFile(text);
  if (file.kind === 'refused') throw new Error(file.message);
  return file.event;
}

const valuesOf = (event: WebhookEvent, ...texts: readonly string[]): readonly unknown[] =>
  texts.map((text) => {
    const { value, error, unresolved } = resolveText(text, triggerScope(event));
    expect([error, unresolved]).toEqual([undefined, []]);
    return value;
  });

describe('the examples', () => {
  test.each([
    [
      'github-push.json',
      [
        'Webhook',
        'Github',
        'PUSH',
        'main',
        'main',
        null,
        null,
        null,
        null,
        'ines-m',
        'https://github.com/lighthouse/harbour',
      ],
    ],
    [
      'github-pull-request.json',
      [
        ...['Webhook', 'Github', 'PR', 'round-tides', 'main', 'round-tides', '118', 'Tides: round to the minute', null],
        ...['tomasz-w', 'https://github.com/lighthouse/harbour'],
      ],
    ],
    [
      'gitlab-merge-request.json',
      [
        ...['Webhook', 'Gitlab', 'PR', 'dim-at-dawn', 'main', 'dim-at-dawn', '42', 'Lamp: dim at dawn', null],
        ...['ada.bello', 'https://gitlab.example/lighthouse/sea/beacon'],
      ],
    ],
    [
      'bitbucket-push.json',
      [
        ...['Webhook', 'Bitbucket', 'PUSH', 'release/2.4', 'release/2.4', null, null, null, null],
        ...['priya', 'https://bitbucket.org/lighthouse/foghorn'],
      ],
    ],
    ['custom.json', ['Custom', 'Custom', null, null, null, null, null, null, null, null, null]],
  ])('%s', (name, values) => {
    const names = [
      ...['type', 'sourceRepo', 'event', 'branch', 'targetBranch', 'sourceBranch', 'prNumber', 'prTitle', 'tag'],
      ...['gitUser', 'repoUrl'],
    ];
    expect(valuesOf(example(name), ...names.map((each) => `<+trigger.${each}>`))).toEqual(values);
  });

  test('every example is read, and there are no others', () => {
    const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'));
    expect(names.toSorted()).toEqual([
      ...['bitbucket-push.json', 'custom.json', 'github-pull-request.json', 'github-push.json'],
      'gitlab-merge-request.json',
    ]);
  });

  test('the whole payload and the headers stay in reach', () => {
    expect(
      valuesOf(
        example('github-push.json'),
        ...['<+trigger.payload.head_commit.author.name>', '<+eventPayload.commits[0].added[0]>'],
        ...['<+trigger.commitSha>', '<+trigger.baseCommitSha>', '<+trigger.connectorRef>'],
      ),
    ).toEqual([
      ...['Ines Moreau', 'src/berths/closed.ts'],
      ...['8c3d1f6b2a9e4d7c5b0f8e1a6d3c2b9f7e4a5d10', '5e1f0c2a9b7d4c83a6e2f1d0b9c8a7e6d5f4c3b2', null],
    ]);
    expect(
      valuesOf(example('custom.json'), "<+trigger.header['X-Source']>", '<+trigger.payload.environments[1]>'),
    ).toEqual(['registry', 'production']);
  });
});

describe('the file', () => {
  test('without an envelope the payload is the text of the file', () => {
    expect(read('{ "payload": 1 }')).toEqual({ payload: '{ "payload": 1 }', headers: {} });
    expect(read('{"payload": 1, "headers": {}, "more": 1}').headers).toEqual({});
    expect(read('[1]')).toEqual({ payload: '[1]', headers: {} });
  });

  test('in an envelope the payload may be any JSON, or the body as text', () => {
    expect(read('{"headers": {"X-A": ["b", "c"]}, "payload": {"a": 1}}')).toEqual({
      payload: '{"a":1}',
      headers: { 'x-a': 'b,c' },
    });
    expect(read('{"headers": {}, "payload": "a=1"}').payload).toBe('a=1');
  });

  test.each([
    ['', 'The event is empty.'],
    ['{"headers": [], "payload": 1}', 'The headers of the event are no map'],
    ['{"headers": {"X": 1}, "payload": 1}', 'The header X of the event is 1, and no text.'],
    ['{"headers": {"X-GitHub-Event": "star"}, "payload": {}}', 'star events of Github are not served'],
    [
      JSON.stringify({
        ref: 'refs/heads/old',
        after: '0'.repeat(40),
        deleted: true,
        repository: { full_name: 'team/app' },
      }),
      'The event deletes the branch old: no pipeline starts for it.',
    ],
  ])('%s is refused', (text, message) => {
    const file = readEventFile(text);
    expect(file).toMatchObject({ kind: 'refused' });
    expect(file.kind === 'refused' ? file.message : '').toContain(message);
  });

  test.each([
    ['{\n  "a": 1,\n  b\n}', 3, 3],
    ['{"a": [1', 1, 9],
    ['ref: main', 1, 1],
    ['{\n  "ref": main }', 2, 10],
    ['{"list": [1, ]}', 1, 14],
    ['{"a": "b" } x', 1, 13],
    ['"\\u12"', 1, 6],
  ])('what is no JSON is shown where it is not: %j', (text, line, column) => {
    expect(readEventFile(text)).toMatchObject({ kind: 'refused', position: { line, column } });
  });

  test('the text about a mistake has nothing of the payload', () => {
    const file = readEventFile('{"password": hunter2, "a": 1}');
    expect(file.kind === 'refused' ? file.message : '').toBe("The event is not JSON: Unexpected token 'h'.");
  });
});

describe('the cause', () => {
  test('of a Git event: the user who caused it', () => {
    const event = example('bitbucket-push.json');
    expect(eventCause(event, ORIGIN)).toEqual({
      triggerType: 'WEBHOOK',
      triggeredBy: { uuid: 'systemUser', identifier: 'priya', email: 'priya@lighthouse.example' },
      trigger: { ...ORIGIN, ...event },
    });
  });

  test('of a custom one: the trigger', () => {
    expect(eventCause(example('custom.json'), ORIGIN)).toMatchObject({
      triggerType: 'WEBHOOK_CUSTOM',
      triggeredBy: { uuid: 'systemUser', identifier: 'hook' },
    });
  });
});
