/** Conditions on the files of a pull request (api.md §3.7): a delegate asks the provider, and what it says decides. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskOutcome } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;
let event: { readonly payload: Record<string, unknown> };

const pipeline = (identifier: string): string => `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  stages:
    - stage:
        name: s
        identifier: s
        type: Custom
        spec:
          execution:
            steps:
              - step: { name: w, identifier: w, type: Wait, spec: { duration: 1h } }
`;

const trigger = (of: string, conditions: readonly string[], identifier = 'on_docs'): string => `trigger:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: ${of}
  source:
    type: Webhook
    spec:
      type: Github
      spec:
        type: PullRequest
        spec:
          connectorRef: ${of}
          autoAbortPreviousExecutions: false
          payloadConditions: [${conditions.join(', ')}]
`;

const DOCS = '{ key: changedFiles, operator: StartsWith, value: docs/ }';
const TO_MAIN = '{ key: targetBranch, operator: Equals, value: main }';
const TO_NEXT = '{ key: targetBranch, operator: Equals, value: next }';

beforeAll(async () => {
  server = await createTestApp();
  const path = join(import.meta.dirname, '../../../../examples/events/github-pull-request.json');
  event = JSON.parse(await readFile(path, 'utf8')) as typeof event;
  const secret = { type: 'SecretText', identifier: 'hub', name: 'hub', spec: { value: 'plain-token' } };
  await server.call('POST', '/ng/api/v2/secrets', { body: { secret } });
});
afterAll(() => server.close());

/** A repository, a connector and a pipeline of one name. */
async function define(name: string, ...triggers: readonly string[]): Promise<void> {
  const login = { type: 'UsernameToken', spec: { username: 'ci', tokenRef: 'hub' } };
  const connector = {
    name,
    identifier: name,
    orgIdentifier: 'default',
    projectIdentifier: 'myproject',
    type: 'Github',
    spec: {
      url: `https://github.com/lighthouse/${name}`,
      type: 'Repo',
      authentication: { type: 'Http', spec: login },
    },
  };
  const answers = [
    await server.call('POST', '/ng/api/connectors', { body: { connector } }),
    await server.call('POST', '/pipeline/api/pipelines/v2', { body: pipeline(name) }),
  ];
  for (const body of triggers) {
    answers.push(await server.call('POST', '/pipeline/api/triggers', { body, query: { targetIdentifier: name } }));
  }
  expect(answers.map(({ body }) => body.status)).toEqual(answers.map(() => 'SUCCESS'));
}

async function send(name: string): Promise<string> {
  const repository = {
    full_name: `lighthouse/${name}`,
    clone_url: `https://github.com/lighthouse/${name}.git`,
    html_url: `https://github.com/lighthouse/${name}`,
  };
  const answer = await server.call('POST', '/ng/api/webhook', {
    isPublic: true,
    body: JSON.stringify({ ...event.payload, repository }),
    headers: { 'x-github-event': 'pull_request', 'content-type': 'application/json' },
  });
  return String(answer.body.data);
}

async function detailsOf(eventId: string): Promise<Record<string, unknown>> {
  const path = '/pipeline/api/webhook/triggerProcessingDetails';
  const { body } = await server.call('GET', path, { query: { eventId } });
  return body.data as unknown as Record<string, unknown>;
}

async function until(eventId: string, expected: Record<string, unknown>): Promise<Record<string, unknown>> {
  return await vi.waitFor(
    async () => {
      const details = await detailsOf(eventId);
      expect(details).toMatchObject(expected);
      return details;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** What the delegate is asked, and answers. */
async function answer(outcome: TaskOutcome): Promise<void> {
  const task = await server.startTask();
  expect(task.stepType).toBe('ChangedFiles');
  await server.completeTask(task, outcome);
}

const files = (...names: readonly string[]): TaskOutcome => ({ kind: 'succeeded', outputs: { files: [...names] } });
const failure = (type: 'CONNECTIVITY' | 'AUTHENTICATION', message: string): TaskOutcome => ({
  kind: 'failed',
  outputs: {},
  failure: { message, types: [type] },
});

it('nobody connected who could ask: that is tried again, and then told', async () => {
  await define('alone', trigger('alone', [DOCS]));
  const details = await until(await send('alone'), { status: 'SCM_SERVICE_CONNECTION_FAILED' });
  expect(details).toMatchObject({ triggerIdentifier: 'on_docs', exceptionOccured: true, pipelineExecutionId: null });
  expect(details['message']).toBe(
    'The files that the pull request changes could not be read: No delegate is connected that serves the project and has the selectors of the connector.',
  );
});

describe('a condition on changed files', () => {
  beforeAll(async () => {
    await server.runTasks();
    await define('harbour', trigger('harbour', [DOCS, TO_MAIN]));
  });

  it('is judged by what the provider says, asked with the credentials of the connector', async () => {
    const eventId = await send('harbour');
    const task = await server.startTask();
    expect(task).toMatchObject({
      stepType: 'ChangedFiles',
      spec: { connectorRef: 'harbour', number: '118' },
      connectors: { harbour: { type: 'Github' } },
      secrets: { hub: { kind: 'text', text: 'plain-token' } },
    });
    expect(await detailsOf(eventId)).toMatchObject({
      status: 'QUEUED',
      message: 'Trigger execution is queued: the provider is asked for the files that the pull request changes.',
    });
    await server.completeTask(task, files('src/a.ts', 'docs/tides.md'));
    const details = await until(eventId, { status: 'TARGET_EXECUTION_REQUESTED', triggerIdentifier: 'on_docs' });
    expect(details['pipelineExecutionId']).toEqual(expect.any(String));
    const history = await server.call('GET', '/pipeline/api/triggers/eventHistory/on_docs', {
      query: { targetIdentifier: 'harbour' },
    });
    expect(history.body.data).toMatchObject({
      content: [
        {
          eventCorrelationId: eventId,
          conditions: [
            { key: 'targetBranch', holds: true },
            { key: 'changedFiles', actual: 'docs/tides.md', holds: true },
          ],
        },
      ],
    });
  });

  it('that does not hold starts nothing', async () => {
    const eventId = await send('harbour');
    await answer(files('src/a.ts'));
    const details = await until(eventId, { status: 'NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS' });
    expect(details).toMatchObject({ pipelineExecutionId: null });
  });

  it('is not asked about where another condition does not hold, and once for all triggers of a connector', async () => {
    await define(
      'several',
      trigger('several', [DOCS, TO_NEXT], 'on_next'),
      trigger('several', [DOCS], 'on_docs'),
      trigger('several', ['{ key: changedFiles, operator: EndsWith, value: .ts }'], 'on_code'),
    );
    const eventId = await send('several');
    await answer(files('docs/a.md'));
    await until(eventId, { status: 'TARGET_EXECUTION_REQUESTED', triggerIdentifier: 'on_docs' });
    const path = `/pipeline/api/triggers/eventHistory/v2/eventCorrelation/${eventId}`;
    const rows = (await server.call('GET', path)).body.data as unknown as readonly Record<string, unknown>[];
    expect(Object.fromEntries(rows.map((row) => [row['triggerIdentifier'], row['finalStatus']]))).toEqual({
      on_code: 'NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS',
      on_docs: 'TARGET_EXECUTION_REQUESTED',
      on_next: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
    });
    expect(rows).toHaveLength(3);
    expect(await server.runTasks()).toEqual([]);
    await define('elsewhere', trigger('elsewhere', [DOCS, TO_NEXT]));
    await until(await send('elsewhere'), { status: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS' });
    expect(await server.runTasks()).toEqual([]);
  });

  it('waits while the provider is away, and says so', async () => {
    const eventId = await send('harbour');
    await answer(failure('CONNECTIVITY', 'https://api.github.com answers with status 502.'));
    const second = await server.startTask();
    expect((await detailsOf(eventId))['message']).toBe(
      'Trigger execution is queued: the provider is asked for the files that the pull request changes. The last try: https://api.github.com answers with status 502.',
    );
    await server.completeTask(second, files('docs/a.md'));
    await until(eventId, { status: 'TARGET_EXECUTION_REQUESTED' });
  });

  it('is given up when the provider stays away', async () => {
    const eventId = await send('harbour');
    const away = failure('CONNECTIVITY', 'https://api.github.com cannot be reached.');
    for (let attempt = 0; attempt < 3; attempt += 1) await answer(away);
    const details = await until(eventId, { status: 'SCM_SERVICE_CONNECTION_FAILED' });
    expect(details['message']).toContain('https://api.github.com cannot be reached.');
    expect(await server.runTasks()).toEqual([]);
  });

  it('is not asked about again when the provider refuses', async () => {
    const eventId = await send('harbour');
    await answer(failure('AUTHENTICATION', 'https://api.github.com does not accept the credentials.'));
    const details = await until(eventId, { status: 'FAILED_TO_FETCH_PR_DETAILS' });
    expect(details['message']).toContain('does not accept the credentials');
    expect(await server.runTasks()).toEqual([]);
  });

  it('holds up no other event', async () => {
    const waiting = await send('harbour');
    const task = await server.startTask();
    await define('quick', trigger('quick', [TO_MAIN]));
    await until(await send('quick'), { status: 'TARGET_EXECUTION_REQUESTED' });
    expect(await detailsOf(waiting)).toMatchObject({ status: 'QUEUED' });
    await server.completeTask(task, files('docs/a.md'));
    await until(waiting, { status: 'TARGET_EXECUTION_REQUESTED' });
  });
});
