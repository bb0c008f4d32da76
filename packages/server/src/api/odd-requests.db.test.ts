/** Requests that nobody would send by mistake, and what they must not do to others. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Retention } from '../retention/retention.ts';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
  await server.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

describe('YAML with very many keys', () => {
  const body = Array.from({ length: 20_000 }, (_, index) => `k${String(index)}: 1`).join('\n');
  const yaml = { 'content-type': 'application/yaml' };

  it.each([
    ['/bridle/api/session', true],
    ['/pipeline/api/pipelines/list', false],
    ['/ng/api/connectors', false],
    ['/ng/api/v2/secrets/yaml', false],
  ])('keeps nobody waiting: %s', async (path, isPublic) => {
    const from = process.cpuUsage();
    const { status } = await server.call('POST', path, { isPublic, body, headers: yaml });
    expect(status).toBeLessThan(500);
    // The time of the processor: compared each with each, they take ten seconds and more.
    expect(process.cpuUsage(from).user).toBeLessThan(5_000_000);
  });

  it('is refused where a key occurs twice in what is kept', async () => {
    const secret = 'secret:\n  type: SecretText\n  identifier: twice\n  identifier: thrice\n  name: x\n';
    const answer = await server.call('POST', '/ng/api/v2/secrets/yaml', { body: secret, headers: yaml });
    expect(answer.status).toBe(400);
  });
});

it('a webhook with a long name takes no other call along', async () => {
  const send = async (headers: Record<string, string>, query: Record<string, string> = {}): Promise<number> => {
    const all = { 'x-github-event': 'ping', ...headers };
    return (await server.call('POST', '/ng/api/webhook', { isPublic: true, body: '{}', headers: all, query })).status;
  };
  const long = randomBytes(3_000).toString('hex');
  expect(
    await Promise.all([send({ 'x-harness-trigger-id': long }), send({}), send({}, { orgIdentifier: long }), send({})]),
  ).toEqual([400, 200, 400, 200]);
});

it('times that no clock shows are asked by', async () => {
  const path = '/pipeline/api/pipelines/execution/summary';
  const statusOf = async (url: string, body: Record<string, unknown>): Promise<number> =>
    (await server.call('POST', url, { body })).status;
  for (const time of [1.5, 1e19, 1e300, -1e300]) {
    const timeRange = { startTime: time, endTime: time };
    expect([time, await statusOf(path, { filterType: 'PipelineExecution', timeRange })]).toEqual([time, 200]);
    expect(await statusOf('/audit/api/audits/list', timeRange)).toBeLessThan(500);
  }
  const query = { lastSeenStartTime: '1e30' };
  expect((await server.call('POST', `${path}/outline`, { body: {}, query })).status).toBe(400);
});

it('half of a character in a secret is the fault of who sends it', async () => {
  const body = 'secret:\n  type: SecretText\n  identifier: half\n  name: half\n  tags: { a: "\\uD800" }\n';
  const { status } = await server.call('POST', '/ng/api/v2/secrets/yaml', { body });
  expect(status).toBe(400);
});

it('an invitation lives as long as it says, however soon idle sessions end', async () => {
  const users = await server.call('POST', '/ng/api/user/users', {
    query: { orgIdentifier: '', projectIdentifier: '' },
    body: { emails: ['new@lighthouse.example'] },
  });
  const { signInLinks } = users.body.data as unknown as { readonly signInLinks: Readonly<Record<string, string>> };
  const code = new URL(Object.values(signInLinks)[0] ?? '').searchParams.get('code');
  await sql`update sessions set last_used_at = last_used_at - 3600000 where purpose = 'sign-in'`.execute(server.db);
  await new Retention({ db: server.db, usualSettings: {}, sessionIdleMs: 1_800_000 }).sweep();
  expect((await server.call('POST', '/bridle/api/session', { isPublic: true, body: { code } })).status).toBe(200);
});

it('the audit log names what has a long text', async () => {
  const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
  const yaml = `service:\n  name: long\n  identifier: long\n  orgIdentifier: default\n  projectIdentifier: myproject\n  # ${'x'.repeat(70_000)}\n`;
  await server.call('POST', '/ng/api/servicesV2', { body: { identifier: 'long', name: 'long', yaml } });
  const { body } = await server.call('POST', '/audit/api/audits/list', {
    body: { scopes: [{ accountIdentifier: ACCOUNT, ...scope }] },
  });
  const { content } = body.data as unknown as { readonly content: readonly { readonly resource: object }[] };
  expect(content[0]?.resource).toMatchObject({ type: 'SERVICE', identifier: 'long' });
});

it('who leaves before a stream begins leaves nothing behind', { timeout: 60_000 }, async () => {
  const { port } = server.app.server.address() as AddressInfo;
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  for (let index = 0; index < 10; index += 1) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        const head = `GET /bridle/api/events?accountIdentifier=${ACCOUNT} HTTP/1.1\r\nhost: x\r\nx-api-key: ${server.token}\r\n\r\n`;
        socket.write(head, () => {
          socket.destroy();
          resolve();
        });
      });
    });
  }
  // Connections to the database that were needed for it idle for ten seconds.
  await expect.poll(timers, { timeout: 40_000 }).toBeLessThanOrEqual(before);
});

it('a project is deleted, or a pipeline of it starts: never both', { timeout: 60_000 }, async () => {
  const query = { orgIdentifier: 'default', projectIdentifier: 'gone' };
  const project = { identifier: 'gone', name: 'gone', orgIdentifier: 'default' };
  await server.call('POST', '/ng/api/projects', { query: { orgIdentifier: 'default' }, body: { project } });
  const step = { name: 'w', identifier: 'w', type: 'Wait', spec: { duration: '1h' } };
  const stage = { name: 's', identifier: 's', type: 'Custom', spec: { execution: { steps: [{ step }] } } };
  const pipeline = { name: 'p', identifier: 'p', ...query, stages: [{ stage }] };
  await server.call('POST', '/pipeline/api/pipelines/v2', { query, body: JSON.stringify({ pipeline }) });
  await sql`insert into run_sequences (account_id, org_identifier, project_identifier, pipeline_identifier, last)
    values (${ACCOUNT}, 'default', 'gone', 'p', 1)`.execute(server.db);
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ count: string }>`select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(server.db);
    return Number(rows[0]?.count);
  };
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holder = server.db.transaction().execute(async (tx) => {
    await sql`select 1 from run_sequences where project_identifier = 'gone' for update`.execute(tx);
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const start = server.call('POST', '/pipeline/api/pipeline/execute/p', { query, body: '' });
  // In the middle of its transaction, with all that it has read.
  await expect.poll(waiting).toBe(1);
  const deletion = server.call('DELETE', '/ng/api/projects/gone', {
    query: { orgIdentifier: 'default', projectIdentifier: '' },
  });
  let isOver = false;
  void deletion.finally(() => {
    isOver = true;
  });
  await expect.poll(async () => isOver || (await waiting()) === 2).toBe(true);

  release.resolve();
  await holder;
  const statuses = (await Promise.all([start, deletion])).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
});
