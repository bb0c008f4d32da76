/** Events of Git providers (api.md §1.8): which triggers they fire, who may send them, and what the history says (S1, S2, I1). */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

const EVENTS = join(import.meta.dirname, '../../../../examples/events');
const readEvent = async (name: string): Promise<string> => await readFile(join(EVENTS, name), 'utf8');

interface Sent {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly path?: string;
}

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

interface TriggerText {
  readonly provider?: string;
  readonly event?: string;
  readonly spec?: string;
  readonly more?: string;
}

const trigger = (identifier: string, of: string, text: TriggerText = {}): string => `trigger:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: ${of}
${text.more ?? ''}  source:
    type: Webhook
    spec:
      type: ${text.provider ?? 'Github'}
      spec:
        type: ${text.event ?? 'Push'}
        spec:
          connectorRef: harbour
          autoAbortPreviousExecutions: false
${text.spec ?? ''}`;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

async function create(path: string, body: string | Record<string, unknown>, query = {}): Promise<void> {
  const answer = await server.call('POST', path, { body, query });
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
}

/** A pipeline of its own for the triggers. */
async function define(of: string, ...triggers: readonly string[]): Promise<void> {
  await create('/pipeline/api/pipelines/v2', pipeline(of));
  for (const text of triggers) await create('/pipeline/api/triggers', text, { targetIdentifier: of });
}

async function connect(identifier: string, url: string, more: Record<string, unknown> = {}): Promise<void> {
  await create('/ng/api/connectors', {
    connector: {
      name: identifier,
      identifier,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      type: 'Github',
      spec: { url, type: 'Repo', authentication: { type: 'Http', spec: { type: 'Anonymous' } }, ...more },
    },
  });
}

async function send({ body, headers = {}, query = {}, path = '/ng/api/webhook' }: Sent): Promise<string> {
  const answer = await server.call('POST', path, { isPublic: true, body, headers, query });
  expect([answer.status, answer.body.message]).toEqual([200, undefined]);
  expect(answer.body.data).toMatch(/^[0-9a-f]{24}$/);
  return String(answer.body.data);
}

/** What was decided about the event: not what becomes of the run. */
async function decided(eventId: string): Promise<Record<string, unknown>> {
  return await vi.waitFor(
    async () => {
      const query = { eventId };
      const path = '/pipeline/api/webhook/triggerProcessingDetails';
      const { data } = (await server.call('GET', path, { query })).body;
      expect(data).not.toMatchObject({ status: 'QUEUED' });
      return data as unknown as Record<string, unknown>;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** All rows of the event. */
async function rowsOf(eventId: string): Promise<readonly Record<string, unknown>[]> {
  await decided(eventId);
  const answer = await server.call('GET', `/pipeline/api/triggers/eventHistory/v2/eventCorrelation/${eventId}`);
  return answer.body.data as unknown as readonly Record<string, unknown>[];
}

async function summaryOf(executionId: unknown): Promise<Record<string, unknown>> {
  const answer = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${String(executionId)}`);
  return (answer.body.data as unknown as { pipelineExecutionSummary: Record<string, unknown> })
    .pipelineExecutionSummary;
}

const sign = (body: string | Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** GitHub's push to `main` of lighthouse/harbour, with another commit. */
async function pushOf(sha: string, more: Record<string, unknown> = {}): Promise<string> {
  const push = JSON.parse(await readEvent('github-push.json')) as Record<string, unknown>;
  return JSON.stringify({ ...push, after: sha, head_commit: { id: sha, message: `commit ${sha}` }, ...more });
}

const GITHUB_PUSH = { 'x-github-event': 'push', 'content-type': 'application/json' };
const sha = (digit: string): string => digit.repeat(40);

async function setSetting(identifier: string, value: string): Promise<void> {
  const answer = await server.call('PUT', '/ng/api/settings', {
    query: { orgIdentifier: 'default', projectIdentifier: 'myproject' },
    body: JSON.stringify([{ identifier, value, updateType: 'UPDATE', allowOverrides: true }]),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
}

describe('a push to a repository', () => {
  beforeAll(async () => {
    await connect('harbour', 'https://github.com/lighthouse/harbour');
    await connect('account_of_all', 'https://github.com/lighthouse', { type: 'Account' });
    const all = trigger('by_account', 'pushed').replace(
      'connectorRef: harbour',
      'connectorRef: account_of_all\n          repoName: harbour',
    );
    await define(
      'pushed',
      trigger('on_push', 'pushed'),
      all,
      trigger('on_merge_request', 'pushed', { provider: 'Gitlab', event: 'MergeRequest' }),
    );
  });

  it('fires every trigger of it once, and says so (I1)', async () => {
    const eventId = await send({ body: await readEvent('github-push.json'), headers: GITHUB_PUSH });
    const rows = await rowsOf(eventId);
    expect(rows.map(({ triggerIdentifier, finalStatus, type }) => [triggerIdentifier, finalStatus, type])).toEqual([
      ['by_account', 'TARGET_EXECUTION_REQUESTED', 'Webhook'],
      ['on_push', 'TARGET_EXECUTION_REQUESTED', 'Webhook'],
    ]);
    expect(rows[0]).toMatchObject({
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      targetIdentifier: 'pushed',
    });
    expect((await decided(eventId))['warningMsg']).toContain('There are multiple trigger events');
  });

  it('tells the run who and what caused it', async () => {
    const eventId = await send({ body: await pushOf(sha('1')), headers: GITHUB_PUSH });
    const { pipelineExecutionId } = await decided(eventId);
    expect(await summaryOf(pipelineExecutionId)).toMatchObject({
      executionTriggerInfo: {
        triggerType: 'WEBHOOK',
        isRerun: false,
        triggeredBy: {
          uuid: 'systemUser',
          identifier: 'ines-m',
          triggerIdentifier: 'by_account',
          triggerName: 'by_account',
          extraInfo: {
            triggerRef: `${ACCOUNT}/default/myproject/by_account`,
            eventCorrelationId: eventId,
            gitUser: 'ines-m',
            sourceEventId: '1111111',
            sourceEventLink: `https://github.com/lighthouse/harbour/commit/${sha('1')}`,
            execution_trigger_tag_needed_for_abort: `${ACCOUNT}:default:myproject:lighthouse/harbour:main`,
          },
        },
      },
    });
  });

  it('may come as a form, and by the other address', async () => {
    const body = new URLSearchParams({ payload: await pushOf(sha('2')) }).toString();
    const headers = { 'x-github-event': 'push', 'content-type': 'application/x-www-form-urlencoded' };
    const path = '/gateway/pipeline/api/webhook/trigger';
    const eventId = await send({
      body,
      headers,
      path,
      query: { orgIdentifier: 'default', projectIdentifier: 'myproject' },
    });
    expect((await decided(eventId))['status']).toBe('TARGET_EXECUTION_REQUESTED');
  });

  it('fires one of them where a header names it', async () => {
    const headers = { ...GITHUB_PUSH, 'X-HARNESS-TRIGGER-ID': 'on_push' };
    const rows = await rowsOf(await send({ body: await pushOf(sha('3')), headers }));
    expect(rows.map(({ triggerIdentifier }) => triggerIdentifier)).toEqual(['on_push']);
  });

  it('that says so in its commit is skipped', async () => {
    const body = await pushOf(sha('4'), { head_commit: { id: sha('4'), message: 'words only [skip ci]' } });
    const [row] = await rowsOf(await send({ body, headers: GITHUB_PUSH }));
    expect(row).toMatchObject({
      finalStatus: 'SKIPPED',
      exceptionOccurred: false,
      triggerEventStatus: { status: 'SKIPPED' },
      triggerIdentifier: 'by_account',
    });
  });

  it.each([
    [
      'of a repository that no trigger is for',
      'NO_MATCHING_TRIGGER_FOR_REPO',
      { repository: { full_name: 'a/b', clone_url: 'https://github.com/a/b.git' } },
      'No trigger found for repoUrl: https://github.com/a/b.git for Account',
    ],
    [
      'that deletes its branch',
      'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION',
      { deleted: true, after: sha('0') },
      'was deleted',
    ],
    ['that is none', 'INVALID_PAYLOAD', { ref: 7 }, 'the payload is not one'],
  ])('%s starts nothing: %s', async (_, status, more, message) => {
    const eventId = await send({ body: await pushOf(sha('5'), more), headers: GITHUB_PUSH });
    expect(await decided(eventId)).toMatchObject({
      status,
      message: expect.stringContaining(message),
      exceptionOccured: true,
      pipelineExecutionId: null,
    });
  });

  it.each([
    [
      'a ping',
      { 'x-github-event': 'ping' },
      'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION',
      'ping events of Github are not served',
    ],
    ['a provider without triggers', { 'x-event-key': 'repo:push' }, 'INVALID_PAYLOAD', 'Bitbucket'],
    [
      'a provider that is not served',
      { 'x-vss-subscriptionid': 'a' },
      'NO_ENABLED_TRIGGER_FOR_ACCOUNT_SOURCE_REPO',
      `No enabled trigger found for Account:${ACCOUNT}, SourceRepoType: AZURE_REPO`,
    ],
  ])('%s is heard, and the history says why nothing started', async (_, headers, status, message) => {
    const eventId = await send({ body: '{"zen":"words"}', headers });
    expect(await decided(eventId)).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('is refused without a header of a provider, and for an account that is not there', async () => {
    const call = (query: Record<string, string>, headers: Record<string, string>): ReturnType<TestApp['call']> =>
      server.call('POST', '/ng/api/webhook', { isPublic: true, body: '{}', query, headers });
    const unknown = await call({}, {});
    expect([unknown.status, unknown.body.code, unknown.body.message]).toEqual([
      400,
      'INVALID_REQUEST',
      expect.stringContaining('Unrecognized Webhook'),
    ]);
    expect((await call({ accountIdentifier: 'nobody' }, GITHUB_PUSH)).body.message).toContain('The account nobody');
  });
});

describe('a pull request', () => {
  beforeAll(async () => {
    const conditions = `          actions: [Open, Synchronize]
          payloadConditions:
            - { key: targetBranch, operator: Equals, value: main }
            - { key: <+trigger.payload.pull_request.draft>, operator: NotEquals, value: "true" }
`;
    await define('requested', trigger('on_request', 'requested', { event: 'PullRequest', spec: conditions }));
  });

  const open = async (change: (request: Record<string, unknown>) => void = () => undefined): Promise<Sent> => {
    const { headers, payload } = JSON.parse(await readEvent('github-pull-request.json')) as {
      readonly headers: Record<string, string>;
      readonly payload: Record<string, unknown>;
    };
    change(payload);
    return { body: JSON.stringify(payload), headers };
  };

  it('fires by its action and branches', async () => {
    const decision = await decided(await send(await open()));
    expect(decision).toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED', triggerIdentifier: 'on_request' });
    expect(await summaryOf(decision['pipelineExecutionId'])).toMatchObject({
      executionTriggerInfo: { triggeredBy: { extraInfo: { sourceEventId: '118' } } },
    });
  });

  it('with another action does not', async () => {
    const closed = await open((payload) => (payload['action'] = 'closed'));
    expect(await decided(await send(closed))).toMatchObject({
      status: 'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION',
      message: expect.stringContaining('on_request: The action is Close. The trigger is for Open, Synchronize.'),
    });
  });

  it('to another branch does not, and every condition is told', async () => {
    const elsewhere = await open((payload) => {
      (payload['pull_request'] as { base: { ref: string } }).base.ref = 'next';
    });
    const [row] = await rowsOf(await send(elsewhere));
    expect(row).toMatchObject({
      finalStatus: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
      triggerIdentifier: 'on_request',
      conditions: [{ key: 'targetBranch', actual: 'next', holds: false }, { holds: true }],
    });
  });
});

it('each trigger that asks for the event tells why it did not answer; who asks by its id hears of the run', async () => {
  await connect('several', 'https://github.com/lighthouse/several');
  const on = (name: string, branch: string): string =>
    trigger(name, 'several', {
      spec: `          payloadConditions:\n            - { key: targetBranch, operator: Equals, value: ${branch} }\n`,
    }).replace('connectorRef: harbour', 'connectorRef: several');
  await define('several', on('a_next', 'next'), on('b_main', 'main'), on('c_old', 'old'));
  const repository = { full_name: 'lighthouse/several', clone_url: 'https://github.com/lighthouse/several.git' };
  const eventId = await send({ body: await pushOf(sha('8'), { repository }), headers: GITHUB_PUSH });
  const rows = await rowsOf(eventId);
  expect(rows.map(({ triggerIdentifier, finalStatus }) => [triggerIdentifier, finalStatus])).toEqual([
    ['b_main', 'TARGET_EXECUTION_REQUESTED'],
    expect.arrayContaining(['NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS']),
    expect.arrayContaining(['NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS']),
  ]);
  expect(await decided(eventId)).toMatchObject({ triggerIdentifier: 'b_main', exceptionOccured: false });
  const history = await server.call('GET', '/pipeline/api/triggers/eventHistory/c_old', {
    query: { targetIdentifier: 'several' },
  });
  expect(history.body.data).toMatchObject({
    totalElements: 1,
    content: [{ eventCorrelationId: eventId, conditions: [{ key: 'targetBranch', actual: 'main', holds: false }] }],
  });
});

describe('changed files', () => {
  it('decide last', async () => {
    await connect('files', 'https://github.com/lighthouse/files');
    const spec = `          payloadConditions:\n            - { key: changedFiles, operator: StartsWith, value: docs/ }\n`;
    await define(
      'documented',
      trigger('on_docs', 'documented', { spec }).replace('connectorRef: harbour', 'connectorRef: files'),
    );
    const repository = { full_name: 'lighthouse/files', clone_url: 'https://github.com/lighthouse/files.git' };
    const commits = (file: string): Record<string, unknown> => ({ repository, commits: [{ added: [file] }] });
    const sources = await send({ body: await pushOf(sha('6'), commits('src/a.ts')), headers: GITHUB_PUSH });
    expect((await decided(sources))['status']).toBe('NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS');
    const docs = await send({ body: await pushOf(sha('6'), commits('docs/a.md')), headers: GITHUB_PUSH });
    expect((await decided(docs))['status']).toBe('TARGET_EXECUTION_REQUESTED');
  });
});

describe('a trigger with a secret (S1)', () => {
  const secret = 'between us';

  beforeAll(async () => {
    const keep = (identifier: string, value: string): Promise<void> =>
      create('/ng/api/v2/secrets', {
        secret: {
          type: 'SecretText',
          name: identifier,
          identifier,
          orgIdentifier: 'default',
          projectIdentifier: 'myproject',
          spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value },
        },
      });
    await keep('hook_secret', secret);
    await connect('signed', 'https://github.com/lighthouse/signed');
    await connect('gitlab', 'https://gitlab.example/lighthouse/tower', { type: 'Repo' });
    const more = '  encryptedWebhookSecretIdentifier: hook_secret\n';
    const signed = trigger('on_signed', 'signed', { more }).replace('connectorRef: harbour', 'connectorRef: signed');
    const gone = trigger('on_gone', 'signed', { more: more.replace('hook_secret', 'no_secret') });
    const gitlab = trigger('on_token', 'signed', { more, provider: 'Gitlab', event: 'MergeRequest' });
    await define(
      'signed',
      signed,
      gone.replace('connectorRef: harbour', 'connectorRef: signed'),
      gitlab.replace('connectorRef: harbour', 'connectorRef: gitlab'),
    );
  });

  const push = (digit: string): Promise<string> =>
    pushOf(sha(digit), {
      repository: { full_name: 'lighthouse/signed', clone_url: 'https://github.com/lighthouse/signed.git' },
    });
  const statusOf = async (sent: Sent, name: string): Promise<unknown> =>
    (await rowsOf(await send(sent))).find(({ triggerIdentifier }) => triggerIdentifier === name)?.['finalStatus'];

  it('fires for who knows it, over the bytes as they came', async () => {
    const body = Buffer.from(` ${await push('a')}\n`);
    const headers = { ...GITHUB_PUSH, 'x-hub-signature-256': sign(body, secret) };
    expect(await statusOf({ body, headers }, 'on_signed')).toBe('TARGET_EXECUTION_REQUESTED');
  });

  it.each([
    ['without a signature', () => ({})],
    ['with another secret', (body: string) => ({ 'x-hub-signature-256': sign(body, 'guessed') })],
    ['with the signature of another body', (body: string) => ({ 'x-hub-signature-256': sign(`${body} `, secret) })],
    ['with a weaker one', () => ({ 'x-hub-signature': 'sha1=0000' })],
    ['with half of one', (body: string) => ({ 'x-hub-signature-256': sign(body, secret).slice(0, 40) })],
    ['with the secret itself', () => ({ 'x-hub-signature-256': secret })],
  ])('starts nothing %s', async (_, headersOf) => {
    const body = await push('b');
    const [row] = await rowsOf(await send({ body, headers: { ...GITHUB_PUSH, ...headersOf(body) } })).then((rows) =>
      rows.filter(({ triggerIdentifier }) => triggerIdentifier === 'on_signed'),
    );
    expect(row).toMatchObject({
      finalStatus: 'TRIGGER_AUTHENTICATION_FAILED',
      message: 'Please check if the secret provided for webhook is correct.',
      exceptionOccurred: true,
    });
    expect(row).not.toHaveProperty('targetExecutionSummary');
  });

  it('starts nothing when its secret is not there', async () => {
    const body = await push('c');
    const rows = await rowsOf(
      await send({ body, headers: { ...GITHUB_PUSH, 'x-hub-signature-256': sign(body, secret) } }),
    );
    expect(rows.find(({ triggerIdentifier }) => triggerIdentifier === 'on_gone')).toMatchObject({
      finalStatus: 'TRIGGER_AUTHENTICATION_FAILED',
      message: expect.stringContaining('There is no secret no_secret in the project myproject.'),
    });
  });

  it('of GitLab compares tokens, and keeps none of them', async () => {
    const event = JSON.parse(await readEvent('gitlab-merge-request.json')) as Record<string, unknown>;
    const project = {
      ...(event['project'] as object),
      path_with_namespace: 'lighthouse/tower',
      git_http_url: 'https://gitlab.example/lighthouse/tower.git',
      web_url: 'https://gitlab.example/lighthouse/tower',
    };
    const body = JSON.stringify({ ...event, project });
    const headers = { 'x-gitlab-event': 'Merge Request Hook' };
    expect(await statusOf({ body, headers: { ...headers, 'x-gitlab-token': 'guessed' } }, 'on_token')).toBe(
      'TRIGGER_AUTHENTICATION_FAILED',
    );
    expect(await statusOf({ body, headers }, 'on_token')).toBe('TRIGGER_AUTHENTICATION_FAILED');
    const eventId = await send({ body, headers: { ...headers, 'x-gitlab-token': secret } });
    expect(await decided(eventId)).toMatchObject({
      status: 'TARGET_EXECUTION_REQUESTED',
      triggerIdentifier: 'on_token',
    });
    const stored = await server.db
      .selectFrom('trigger_events')
      .selectAll()
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(stored.headers)).not.toContain(secret);
    expect(stored.sender_token_hash).toBeNull();
  });

  it('is compulsory where a setting says so', async () => {
    await setSetting('mandate_webhook_secrets_for_github_triggers', 'true');
    const headers = { ...GITHUB_PUSH, 'X-HARNESS-TRIGGER-ID': 'on_push' };
    const eventId = await send({ body: await pushOf(sha('7')), headers });
    expect(await decided(eventId)).toMatchObject({
      status: 'TRIGGER_AUTHENTICATION_FAILED',
      message: expect.stringContaining('every trigger of GitHub needs one'),
    });
    await setSetting('mandate_webhook_secrets_for_github_triggers', 'false');
  });

  it('fires once per signed request, whoever sends it again, and wherever (S2)', async () => {
    const body = await push('d');
    const headers = { ...GITHUB_PUSH, 'x-hub-signature-256': sign(body, secret) };
    const count = async (): Promise<number> =>
      (await server.db.selectFrom('executions').select('id').where('pipeline_identifier', '=', 'signed').execute())
        .length;
    const first = await send({ body, headers });
    await decided(first);
    const before = await count();
    const again = await Promise.all(Array.from({ length: 1_000 }, () => send({ body, headers })));
    expect(new Set(again)).toEqual(new Set([first]));
    // What is not signed may be changed by whoever captured the rest.
    const moved = await send({ body, headers: { ...headers, 'X-HARNESS-TRIGGER-ID': 'on_signed' } });
    expect(moved).not.toBe(first);
    const rows = await rowsOf(moved);
    expect(rows.find(({ triggerIdentifier }) => triggerIdentifier === 'on_signed')).toMatchObject({
      finalStatus: 'TRIGGER_AUTHENTICATION_FAILED',
      message: `This signed request has fired the trigger before, by the event ${first}.`,
    });
    expect(await count()).toBe(before);
  });

  it('may be sent again when nothing came of it', async () => {
    const repository = { full_name: 'lighthouse/new', clone_url: 'https://github.com/lighthouse/new.git' };
    const body = await pushOf(sha('e'), { repository });
    const headers = { ...GITHUB_PUSH, 'x-hub-signature-256': sign(body, secret) };
    const early = await send({ body, headers });
    expect((await decided(early))['status']).toBe('NO_MATCHING_TRIGGER_FOR_REPO');
    await connect('late', 'https://github.com/lighthouse/new');
    await define('late', trigger('on_late', 'late').replace('connectorRef: harbour', 'connectorRef: late'));
    const late = await send({ body, headers });
    expect(late).not.toBe(early);
    expect((await decided(late))['status']).toBe('TARGET_EXECUTION_REQUESTED');
  });
});

describe('autoAbortPreviousExecutions', () => {
  it('aborts what a newer push of the same branch makes useless, and nothing else', async () => {
    await connect('aborting', 'https://github.com/lighthouse/aborting');
    const text = trigger('on_newer', 'aborting')
      .replace('connectorRef: harbour', 'connectorRef: aborting')
      .replace('autoAbortPreviousExecutions: false', 'autoAbortPreviousExecutions: true');
    await define('aborting', text);
    const repository = { full_name: 'lighthouse/aborting', clone_url: 'https://github.com/lighthouse/aborting.git' };
    const start = async (digit: string, ref: string): Promise<string> => {
      // Whoever pushes writes the message.
      const head = { id: sha(digit), message: 'nul \u0000 half \ud800', author: { name: 'nul \u0000' } };
      const body = await pushOf(sha(digit), { repository, ref, head_commit: head, commits: [head] });
      const eventId = await send({ body, headers: GITHUB_PUSH });
      return String((await decided(eventId))['pipelineExecutionId']);
    };
    const old = await start('a', 'refs/heads/main');
    const other = await start('b', 'refs/heads/next');
    const newer = await start('c', 'refs/heads/main');
    await server.until(old, ({ status }) => status === 'Aborted');
    expect(await summaryOf(old)).toMatchObject({ status: 'Aborted', abortedBy: { userName: 'trigger on_newer' } });
    expect((await summaryOf(other))['status']).toBe('WaitStepRunning');
    expect((await summaryOf(newer))['status']).toBe('WaitStepRunning');
  });
});
