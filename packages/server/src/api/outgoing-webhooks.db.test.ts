/** Webhooks by API, against a receiver that the test drives. */
import { BridleEvent } from '@bridle/protocol';
import { Ajv } from 'ajv';
import { sql } from 'kysely';
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isSigned, openTestReceiver, type TestReceiver } from '../notifications/test-receiver.ts';
import { JITTER, RETRY_AFTER_MS } from '../notifications/webhook-schedule.ts';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { startRun, untilStatus } from './test-runs.ts';

const WEBHOOKS = '/bridle/api/webhooks';
const isEvent = new Ajv({ strict: false }).compile(BridleEvent);

let server: TestApp;
let receiver: TestReceiver;

beforeAll(async () => {
  server = await createTestApp();
});
afterAll(() => server.close());

beforeEach(async () => {
  receiver = await openTestReceiver();
});
afterEach(async () => {
  for (const { identifier } of await list()) await server.call('DELETE', `${WEBHOOKS}/${identifier}`);
  await receiver.close();
});

interface Hook {
  readonly identifier: string;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: number | null;
}
interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly state: string;
  readonly nextAttemptAt: number | null;
  readonly attempts: readonly {
    readonly status: number | null;
    readonly error: string | null;
    readonly response: string;
    readonly durationMs: number;
  }[];
}

const list = async (): Promise<readonly Hook[]> =>
  (await server.call('GET', WEBHOOKS)).body.data as unknown as readonly Hook[];
const hook = async (id: string): Promise<Hook> =>
  (await server.call('GET', `${WEBHOOKS}/${id}`)).body.data as unknown as Hook;

async function create(body: Record<string, unknown> = {}): Promise<{ readonly id: string; readonly secret: string }> {
  const answer = await server.call('POST', WEBHOOKS, { body: { name: 'ours', url: receiver.url, ...body } });
  expect(answer.status).toBe(200);
  const { webhook, secret } = answer.body.data as unknown as { webhook: Hook; secret: string };
  return { id: webhook.identifier, secret };
}

async function deliveries(id: string, query: Record<string, string> = {}): Promise<readonly Delivery[]> {
  const answer = await server.call('GET', `${WEBHOOKS}/${id}/deliveries`, { query });
  return (answer.body.data as unknown as { content: readonly Delivery[] }).content;
}

async function only(id: string): Promise<Delivery> {
  const [first] = await deliveries(id);
  const answer = await server.call('GET', `${WEBHOOKS}/${id}/deliveries/${first?.id ?? ''}`);
  return answer.body.data as unknown as Delivery;
}

/** Waits until so many attempts are kept. */
async function attempts(id: string, count: number): Promise<Delivery> {
  for (;;) {
    const delivery = await only(id);
    if (delivery.attempts.length >= count) return delivery;
    await sql`select pg_sleep(0.01)`.execute(server.db);
  }
}

/** One execution, and with it one event of this type. */
async function run(): Promise<string> {
  const id = await startRun(server, 'test');
  await server.runTasks();
  await untilStatus(server, id, 'Success');
  return id;
}

/** The time until the next attempt passes. */
async function due(): Promise<void> {
  await sql`update webhook_deliveries set due_at = bridle_now() where state = 'pending'`.execute(server.db);
}

const FINISHED = { eventTypes: ['execution.finished'] };

describe('a webhook', () => {
  it('is called with signed events, and its secret is shown once', async () => {
    const { id, secret } = await create();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const execution = await run();
    const types: string[] = [];
    while (!types.includes('execution.finished')) {
      const call = await receiver.next();
      call.answer(200, 'thanks');
      const event = JSON.parse(call.body) as { type: string; data: { planExecutionId: string } };
      expect([isSigned(call, secret), isSigned(call, `whsec_${Buffer.alloc(32).toString('base64')}`)]).toEqual([
        true,
        false,
      ]);
      expect([isEvent(event), event.data.planExecutionId]).toEqual([true, execution]);
      expect(Math.abs(Number(call.headers['webhook-timestamp']) * 1_000 - Date.now())).toBeLessThan(300_000);
      expect([call.headers['content-type'], call.headers['user-agent']]).toEqual(['application/json', 'Bridle/0.0.0']);
      types.push(event.type);
    }
    for (const path of ['', `/${id}`])
      expect((await server.call('GET', `${WEBHOOKS}${path}`)).text).not.toContain(secret);
    const kept = await server.db.selectFrom('webhook_secrets').select('content').executeTakeFirstOrThrow();
    expect(kept.content.includes(Buffer.from(secret))).toBe(false);
  });

  it('is changed, and refuses what makes no sense', async () => {
    const { id } = await create();
    const body = { name: 'theirs', url: `${receiver.url}?a=b`, eventTypes: ['approval.waiting'], enabled: false };
    expect((await server.call('PUT', `${WEBHOOKS}/${id}`, { body })).body.data).toMatchObject(body);
    const wrong = async (more: Record<string, unknown>): Promise<unknown> =>
      (await server.call('POST', WEBHOOKS, { body: { name: 'x', url: receiver.url, ...more } })).status;
    for (const url of ['ftp://a', 'nowhere', 'http://me:secret@host/', '']) expect(await wrong({ url })).toBe(400);
    expect(await wrong({ eventTypes: ['step.done'] })).toBe(400);
    expect((await server.call('GET', `${WEBHOOKS}/none`)).status).toBe(404);
    const elsewhere = { query: { projectIdentifier: '', orgIdentifier: 'default' } };
    expect((await server.call('GET', `${WEBHOOKS}/${id}`, elsewhere)).status).toBe(404);
    expect((await server.call('GET', WEBHOOKS, elsewhere)).body.data).toEqual([]);
  });

  it('changes are in the audit log, without addresses and secrets', async () => {
    const { id, secret } = await create();
    await server.call('PUT', `${WEBHOOKS}/${id}`, { body: { name: 'b', url: receiver.url } });
    await server.call('POST', `${WEBHOOKS}/${id}/rotate-secret`, { body: {} });
    await server.call('DELETE', `${WEBHOOKS}/${id}`);
    const rows = await server.db
      .selectFrom('audit_events')
      .selectAll()
      .where('resource_type', '=', 'WEBHOOK')
      .where('resource_identifier', '=', id)
      .orderBy('position')
      .execute();
    expect(rows.map(({ action }) => action)).toEqual(['CREATE', 'UPDATE', 'ROTATE_TOKEN', 'DELETE']);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('goes with its project', async () => {
    const query = { orgIdentifier: 'default', projectIdentifier: '' };
    const body = { project: { identifier: 'passing', name: 'Passing', orgIdentifier: 'default' } };
    expect((await server.call('POST', '/ng/api/projects', { query, body })).status).toBe(200);
    const place = { orgIdentifier: 'default', projectIdentifier: 'passing' };
    const made = await server.call('POST', WEBHOOKS, { query: place, body: { name: 'x', url: receiver.url } });
    expect(made.status).toBe(200);
    expect((await server.call('DELETE', '/ng/api/projects/passing', { query })).status).toBe(200);
    const left = await server.db.selectFrom('webhook_endpoints').select('id').execute();
    expect(left).toEqual([]);
    expect(await server.db.selectFrom('webhook_secrets').select('id').execute()).toEqual([]);
  });

  it('signs with the old secret as well for a while after a rotation', async () => {
    const { id, secret } = await create(FINISHED);
    const rotated = await server.call('POST', `${WEBHOOKS}/${id}/rotate-secret`, { body: { keepOldHours: 1 } });
    const { secret: second } = rotated.body.data as unknown as { secret: string };
    await run();
    const both = await receiver.next();
    both.answer(200);
    expect([isSigned(both, secret), isSigned(both, second)]).toEqual([true, true]);
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await sql`update webhook_secrets set expires_at = bridle_now() where expires_at is not null`.execute(server.db);
    await run();
    const one = await receiver.next();
    one.answer(200);
    expect([isSigned(one, secret), isSigned(one, second)]).toEqual([false, true]);
  });
});

describe('a delivery', () => {
  it('that fails is repeated over about a day, and then given up', async () => {
    const { id } = await create(FINISHED);
    await run();
    for (let attempt = 1; attempt <= RETRY_AFTER_MS.length + 1; attempt += 1) {
      const call = await receiver.next();
      if (attempt % 3 === 0) call.drop();
      else call.answer(500, 'x'.repeat(5_000));
      const delivery = await attempts(id, attempt);
      const usual = RETRY_AFTER_MS[attempt - 1];
      if (usual === undefined) {
        expect([delivery.state, delivery.nextAttemptAt]).toEqual(['failed', null]);
        break;
      }
      const { now } = (await sql<{ now: number }>`select bridle_now() as now`.execute(server.db)).rows[0] ?? { now: 0 };
      const waits = (delivery.nextAttemptAt ?? 0) - now;
      expect(delivery.state).toBe('pending');
      expect(waits).toBeGreaterThan(usual * (1 - JITTER) - 5_000);
      expect(waits).toBeLessThanOrEqual(usual * (1 + JITTER));
      expect(receiver.waiting).toBe(0);
      await due();
    }
    const { attempts: kept } = await only(id);
    expect(kept[0]).toMatchObject({ status: 500, error: null, response: 'x'.repeat(1_024) });
    expect(kept[2]).toMatchObject({ status: null, error: expect.any(String), response: '' });
    expect(await deliveries(id, { state: 'failed' })).toHaveLength(1);
    expect(await deliveries(id, { state: 'pending' })).toHaveLength(0);
  });

  it('waits for as long as the endpoint asks, follows no redirect, and is not waited for without end', async () => {
    const { id } = await create(FINISHED);
    await run();
    (await receiver.next()).answer(503, '', { 'retry-after': '3600' });
    const asked = await attempts(id, 1);
    expect((asked.nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(3_000_000);
    await due();
    (await receiver.next()).answer(302, '', { location: receiver.url });
    expect((await attempts(id, 2)).attempts[1]).toMatchObject({ status: 302 });
    expect(receiver.waiting).toBe(0);
    await due();
    await receiver.next();
    const late = await attempts(id, 3);
    expect(late.attempts[2]).toMatchObject({ status: null, error: 'No answer within 1 seconds.' });
    await due();
    (await receiver.next()).answer(200);
    expect((await attempts(id, 4)).state).toBe('delivered');
    expect((await hook(id)).failingSince).toBeNull();
  });

  it('to an endpoint that is gone is the last one', async () => {
    const { id } = await create(FINISHED);
    await run();
    (await receiver.next()).answer(410);
    expect((await attempts(id, 1)).state).toBe('failed');
    expect(await hook(id)).toMatchObject({ enabled: false, disabledReason: 'It answered 410 Gone: it wants no more.' });
    await run();
    expect(await deliveries(id)).toHaveLength(1);
  });

  it('to an endpoint that fails for days disables it, and goes out when it is enabled again', async () => {
    const { id } = await create(FINISHED);
    await run();
    (await receiver.next()).answer(500);
    await attempts(id, 1);
    expect((await hook(id)).failingSince).not.toBeNull();
    await sql`update webhook_endpoints set failing_since = failing_since - 5 * 86400000::bigint`.execute(server.db);
    await due();
    (await receiver.next()).answer(500);
    expect((await attempts(id, 2)).state).toBe('pending');
    expect(await hook(id)).toMatchObject({
      enabled: false,
      disabledReason: 'Nothing could be delivered to it for 5 days.',
    });
    await due();
    const body = { name: 'ours', url: receiver.url, ...FINISHED, enabled: true };
    expect((await server.call('PUT', `${WEBHOOKS}/${id}`, { body })).body.data).toMatchObject({
      enabled: true,
      disabledReason: null,
      failingSince: null,
    });
    (await receiver.next()).answer(200);
    expect((await attempts(id, 3)).state).toBe('delivered');
  });

  it('is sent again when somebody asks, with the same id', async () => {
    const { id } = await create(FINISHED);
    await run();
    const first = await receiver.next();
    first.answer(200);
    const delivery = await attempts(id, 1);
    const path = `${WEBHOOKS}/${id}/deliveries/${delivery.id}`;
    const asked = server.call('POST', `${path}/redeliver`, { headers: { prefer: 'wait=20' } });
    const again = await receiver.next();
    again.answer(201, 'again');
    expect([again.headers['webhook-id'], again.body]).toEqual([first.headers['webhook-id'], first.body]);
    const answer: Answer = await asked;
    expect([answer.headers['preference-applied'], answer.body.data]).toMatchObject([
      'wait=20',
      { state: 'delivered', body: first.body, attempts: [{ status: 200 }, { status: 201, response: 'again' }] },
    ]);
    expect((await server.call('POST', `${WEBHOOKS}/${id}/deliveries/none/redeliver`)).status).toBe(404);
  });

  it('can be waited for', async () => {
    const { id } = await create(FINISHED);
    await run();
    const call = await receiver.next();
    const [{ id: delivery } = { id: '' }] = await deliveries(id);
    const waiting = server.call('GET', `${WEBHOOKS}/${id}/deliveries/${delivery}`, { headers: { prefer: 'wait=20' } });
    call.answer(200);
    expect((await waiting).body.data).toMatchObject({ state: 'delivered' });
  });
});

describe('a test call', () => {
  it('is made once, also of a disabled webhook, and says how it went', async () => {
    const { id, secret } = await create({ enabled: false });
    const asked = server.call('POST', `${WEBHOOKS}/${id}/test`, { headers: { prefer: 'wait=20' } });
    const call = await receiver.next();
    expect([isSigned(call, secret), (JSON.parse(call.body) as { type: string }).type]).toEqual([true, 'test']);
    call.answer(404, 'not here');
    expect((await asked).body.data).toMatchObject({
      state: 'failed',
      eventType: 'test',
      attempts: [{ status: 404, response: 'not here' }],
    });
    expect(await hook(id)).toMatchObject({ failingSince: null });
  });
});

describe('the way out', () => {
  async function tested(
    outgoing: NonNullable<Parameters<typeof createTestApp>[0]>['outgoing'],
    url: string,
  ): Promise<Answer> {
    const other = await createTestApp({ outgoing: outgoing ?? {} });
    try {
      const made = await other.call('POST', WEBHOOKS, { body: { name: 'x', url } });
      const { webhook } = made.body.data as unknown as { webhook: Hook };
      return await other.call('POST', `${WEBHOOKS}/${webhook.identifier}/test`, { headers: { prefer: 'wait=20' } });
    } finally {
      await other.close();
    }
  }

  it('does not lead into private networks unless that is allowed, never to metadata and to ourselves', async () => {
    const refused = async (
      url: string,
      isPrivateNetworkAllowed: boolean,
      own: readonly string[] = [],
    ): Promise<unknown> => (await tested({ isPrivateNetworkAllowed, ownOrigins: () => own }, url)).body.data;
    expect(await refused(receiver.url, false)).toMatchObject({
      state: 'failed',
      attempts: [{ status: null, error: '127.0.0.1 is a loopback address; this server is set to refuse those.' }],
    });
    expect(await refused('http://169.254.169.254/latest/meta-data', true)).toMatchObject({
      attempts: [{ error: expect.stringContaining('webhooks may not reach it') }],
    });
    expect(await refused(receiver.url, true, [new URL(receiver.url).origin])).toMatchObject({
      attempts: [{ error: expect.stringContaining('is Bridle itself; webhooks may not reach it') }],
    });
    expect(receiver.waiting).toBe(0);
  });

  it('leads through a proxy', async () => {
    const targets: string[] = [];
    const proxy = createServer((request, response) => {
      targets.push(new URL(request.url ?? '').host);
      const { method, headers } = request;
      const onward = ask(receiver.url, { method: method ?? 'GET', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const httpUrl = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
    const asked = tested({ proxy: { httpUrl, noProxy: [] } }, 'http://receiver.test/hook');
    const call = await receiver.next();
    call.answer(200);
    expect([(await asked).body.data, call.headers['host'], targets]).toMatchObject([
      { state: 'delivered' },
      'receiver.test',
      ['receiver.test'],
    ]);
    proxy.closeAllConnections();
    proxy.close();
  });
});
