/** Deliveries while replicas come and go: nothing that was committed is lost. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../secrets/key-ring.ts';
import { numberNotices, readFeedEnds } from '../store/feed.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { WakeHub } from '../store/wake-hub.ts';
import { insertEndpoint, type EndpointSettings } from '../store/webhook-endpoints.ts';
import { sweepOldEvents } from './sweep.ts';
import { isSigned, openTestReceiver, type TestReceiver } from './test-receiver.ts';
import { createWebhooks, type RunningWebhooks, type WebhooksOptions } from './webhooks.ts';

let database: TestDatabase;
let receiver: TestReceiver;
const ring = new KeyRing({ current: randomBytes(32), old: [] });
const problems: unknown[] = [];
const owner = { accountId: 'a' };
const SETTINGS: Omit<EndpointSettings, 'url'> = {
  name: 'hook',
  description: '',
  eventTypes: [],
  pipelineIdentifiers: [],
  isEnabled: true,
};

beforeEach(async () => {
  database = await createTestDatabase();
  receiver = await openTestReceiver();
  problems.length = 0;
  await sql`insert into accounts (id, name, created_at) values ('a', 'a', 0)`.execute(database.db);
});

afterEach(async () => {
  await receiver.close();
  await database.close();
  expect(problems).toEqual([]);
});

/** A replica with connections of its own, as far as webhooks go. */
async function replica(more: Partial<WebhooksOptions> = {}): Promise<RunningWebhooks & { end(): Promise<void> }> {
  const handle = database.openAnother();
  const hub = new WakeHub(handle);
  await hub.start();
  const webhooks = createWebhooks({
    db: handle.db,
    hub,
    ring,
    outgoing: { isPrivateNetworkAllowed: true, ownOrigins: () => [], userAgent: 'test' },
    onError: (error) => problems.push(error),
    ...more,
  });
  return Object.assign(webhooks, {
    end: async () => {
      await webhooks.stop();
      await hub.close();
      await handle.close();
    },
  });
}

async function endpoint(
  webhooks: RunningWebhooks,
  settings: Partial<EndpointSettings> = {},
  id = 'e',
): Promise<string> {
  return await database.db.transaction().execute(async (tx) => {
    await insertEndpoint(tx, { owner, id }, { ...SETTINGS, url: receiver.url, ...settings }, 10);
    return await webhooks.rotateSecret(tx, { owner, id }, 0);
  });
}

async function happen(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await sql`insert into outbox (account_id, org_identifier, project_identifier, type, at, data)
      values ('a', 'o', 'p', 'execution.started', bridle_now(), '{}')`.execute(database.db);
  await numberNotices(database.db);
}

const states = async (): Promise<unknown> =>
  (await database.db.selectFrom('webhook_deliveries').select('state').orderBy('position').execute()).map(
    ({ state }) => state,
  );

/** Until everything has become final, as those see it who look. */
async function settled(): Promise<void> {
  const isOpen = async (): Promise<boolean> => {
    const { rows } = await sql<{ open: number }>`
      select count(*) as open, pg_sleep(0.01) from webhook_deliveries where state = 'pending'`.execute(database.db);
    return (rows[0]?.open ?? 0) > 0;
  };
  while (await isOpen());
}

describe('webhooks', () => {
  it('H1 what happened while no replica ran is delivered by the next one', async () => {
    const first = await replica();
    const secret = await endpoint(first);
    await happen(3);
    await first.end();
    const second = await replica();
    second.start();
    const calls = [await receiver.next(), await receiver.next(), await receiver.next()];
    for (const call of calls) {
      expect(isSigned(call, secret)).toBe(true);
      call.answer(204);
    }
    expect(new Set(calls.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['evt_1', 'evt_2', 'evt_3']));
    await settled();
    expect(await states()).toEqual(['delivered', 'delivered', 'delivered']);
    await second.end();
  });

  it('H2 a call that a replica did not live to see answered is repeated by another one', async () => {
    const first = await replica();
    await endpoint(first);
    first.start();
    await happen(1);
    const unanswered = await receiver.next();
    await first.end();
    expect(await states()).toEqual(['pending']);
    // The time for which it was taken passes.
    await sql`update webhook_deliveries set lease_until = bridle_now()`.execute(database.db);
    const second = await replica();
    second.start();
    const again = await receiver.next();
    expect([again.headers['webhook-id'], again.body]).toEqual([unanswered.headers['webhook-id'], unanswered.body]);
    again.answer(200);
    await settled();
    await second.end();
  });

  it('of two replicas each event is delivered once', async () => {
    const replicas = [await replica(), await replica()];
    await endpoint(replicas[0] as RunningWebhooks);
    for (const each of replicas) each.start();
    await happen(20);
    const ids = new Set<unknown>();
    for (let call = 0; call < 20; call += 1) {
      const { headers, answer } = await receiver.next();
      ids.add(headers['webhook-id']);
      answer(200);
    }
    await settled();
    expect([ids.size, receiver.waiting]).toEqual([20, 0]);
    for (const each of replicas) await each.end();
  });

  it('an endpoint that is being deleted while it answers takes its deliveries with it', async () => {
    const webhooks = await replica();
    await endpoint(webhooks);
    webhooks.start();
    await happen(1);
    const call = await receiver.next();
    await database.db.transaction().execute(async (tx) => {
      await sql`delete from webhook_endpoints`.execute(tx);
      call.answer(200);
      // Until the answer is to be kept, which has to wait for us.
      const isWaiting = async (): Promise<boolean> => {
        const { rows } = await sql<{ waiting: number }>`
          select count(*) as waiting, pg_sleep(0.01) from pg_locks
          where not granted and database = (select oid from pg_database where datname = current_database())
            or not granted and locktype = 'transactionid'`.execute(database.db);
        return (rows[0]?.waiting ?? 0) > 0;
      };
      while (!(await isWaiting()));
    });
    await webhooks.end();
    expect(await states()).toEqual([]);
  });

  it('H3 an endpoint that hangs keeps no other one waiting', async () => {
    const hanging = await openTestReceiver();
    const webhooks = await replica({ callTimeoutMs: 30_000 });
    await endpoint(webhooks, { url: hanging.url }, 'hanging');
    await endpoint(webhooks);
    webhooks.start();
    await happen(100);
    const ids = new Set<unknown>();
    for (let call = 0; call < 100; call += 1) {
      const { headers, answer } = await receiver.next();
      ids.add(headers['webhook-id']);
      answer(200);
    }
    expect(ids.size).toBe(100);
    await webhooks.end();
    await hanging.close();
  });

  it('wants what it was made for: types, pipelines, places, and only from then on', async () => {
    await happen(1);
    const webhooks = await replica();
    await endpoint(webhooks, { eventTypes: ['stage.started'] }, 'types');
    await endpoint(webhooks, { pipelineIdentifiers: ['p'] }, 'pipelines');
    await endpoint(webhooks, { isEnabled: false }, 'disabled');
    await endpoint(webhooks, {}, 'all');
    const { db } = database;
    await db
      .transaction()
      .execute((tx) =>
        insertEndpoint(
          tx,
          { owner: { ...owner, orgIdentifier: 'other' }, id: 'elsewhere' },
          { ...SETTINGS, url: receiver.url },
          10,
        ),
      );
    await happen(1);
    await sql`insert into outbox (account_id, org_identifier, project_identifier, pipeline_identifier, type, at, data)
      values ('a', 'o', 'p', 'p', 'stage.started', bridle_now(), '{}')`.execute(db);
    await numberNotices(db);
    webhooks.start();
    for (let call = 0; call < 4; call += 1) (await receiver.next()).answer(200);
    await settled();
    const made = await db.selectFrom('webhook_deliveries').select(['endpoint_id', 'position']).execute();
    expect(made.map(({ endpoint_id: id, position }) => `${id} ${String(position)}`).toSorted()).toEqual([
      'all 2',
      'all 3',
      'pipelines 3',
      'types 3',
    ]);
    await webhooks.end();
  });

  it('the feed keeps what they have not looked at', async () => {
    await happen(2);
    await sql`update feed_readers set position = 1`.execute(database.db);
    await sweepOldEvents(database.db, -60_000);
    expect(await readFeedEnds(database.db)).toEqual({ last: 2, swept: 1 });
  });
});
