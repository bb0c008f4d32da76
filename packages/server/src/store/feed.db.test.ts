import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFeedWriter } from '../notifications/feed-writer.ts';
import type { Database, Transaction } from './database.ts';
import { listFeed, listWholeFeed, numberNotices, readFeedEnds, sweepFeed, type FeedRow } from './feed.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { WakeHub, wakeKeys } from './wake-hub.ts';

let database: TestDatabase;
const owner = { accountId: 'a' };

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.close());

async function notice(db: Database | Transaction, text: string): Promise<void> {
  await sql`insert into outbox (account_id, org_identifier, project_identifier, type, at, data)
    values ('a', 'o', 'p', 'test', bridle_now(), ${JSON.stringify({ text })}::json)`.execute(db);
}

const textsOf = (rows: readonly FeedRow[]): unknown[] => rows.map(({ data }) => data['text']);
const whole = async (db: Database): Promise<FeedRow[]> => listWholeFeed(db, 0, (await readFeedEnds(db)).last);

describe('the feed', () => {
  it('O2 loses nothing of a transaction that took its place early and committed late', async () => {
    const { db } = database;
    const another = database.openAnother();
    const hasTaken = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const slow = another.db.transaction().execute(async (tx) => {
      await notice(tx, 'early');
      hasTaken.resolve();
      await mayCommit.promise;
    });
    await hasTaken.promise;
    await notice(db, 'late');
    expect(await numberNotices(db)).toBe(1);
    const { last } = await readFeedEnds(db);
    mayCommit.resolve();
    await slow;
    expect(await numberNotices(db)).toBe(1);
    expect(textsOf(await listFeed(db, { owner }, last, last + 10, 10))).toEqual(['early']);
    expect(textsOf(await whole(db))).toEqual(['late', 'early']);
    await another.close();
  });

  it('O1, O2 has no gaps and is read in order while many write, number and read at once', async () => {
    const { db } = database;
    const others = [database.openAnother(), database.openAnother()];
    let isOver = false;
    const read: FeedRow[] = [];
    const reader = (async () => {
      for (;;) {
        const wasOver = isOver;
        const { last } = await readFeedEnds(db);
        const rows = await listFeed(db, { owner }, read.at(-1)?.position ?? 0, last, 1_000);
        read.push(...rows);
        if (wasOver && rows.length === 0) return;
      }
    })();
    const numberers = others.map(async ({ db: of }) => {
      while (!isOver || (await numberNotices(of, 7)) > 0) await numberNotices(of, 7);
    });
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < 25; turn += 1) {
        await others[writer % 2]?.db.transaction().execute(async (tx) => {
          await notice(tx, `${String(writer)}/${String(turn)}`);
          await tx.selectFrom('feed_state').select('last_position').execute();
        });
      }
    });
    await Promise.all(writers);
    isOver = true;
    await Promise.all([reader, ...numberers]);
    // What was numbered after the reader's last look is no fault of its.
    const { last } = await readFeedEnds(db);
    read.push(...(await listFeed(db, { owner }, read.at(-1)?.position ?? 0, last, 1_000)));
    expect(read.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(new Set(textsOf(read)).size).toBe(200);
    for (let writer = 0; writer < 8; writer += 1) {
      const own = textsOf(read).filter((text) => String(text).startsWith(`${String(writer)}/`));
      expect(own).toEqual(Array.from({ length: 25 }, (_, turn) => `${String(writer)}/${String(turn)}`));
    }
    for (const other of others) await other.close();
  });

  it('O1 numbers what a process left that is gone', async () => {
    const { db } = database;
    await db.transaction().execute((tx) => notice(tx, 'left'));
    const hub = new WakeHub(database);
    const grown = Promise.withResolvers<void>();
    hub.subscribe(wakeKeys.feed, () => grown.resolve());
    const writer = startFeedWriter({ db, hub, onError: (error) => grown.reject(error) });
    await grown.promise;
    expect(textsOf(await whole(db))).toEqual(['left']);
    await writer.stop();
    await hub.close();
  });

  it('N1 is written with every wake-up lost', async () => {
    const { db } = database;
    const hub = new WakeHub(database);
    const grown = Promise.withResolvers<void>();
    hub.subscribe(wakeKeys.feed, () => grown.resolve());
    const writer = startFeedWriter({ db, hub, pollMs: 20, onError: (error) => grown.reject(error) });
    await notice(db, 'quiet');
    await grown.promise;
    expect(textsOf(await whole(db))).toEqual(['quiet']);
    await writer.stop();
    await hub.close();
  });

  it('goes on after an error', async () => {
    const { db } = database;
    const hub = new WakeHub(database);
    const failed = Promise.withResolvers<unknown>();
    const grown = Promise.withResolvers<void>();
    hub.subscribe(wakeKeys.feed, () => grown.resolve());
    await sql`alter table outbox rename to away`.execute(db);
    const writer = startFeedWriter({ db, hub, pollMs: 20, onError: failed.resolve });
    await failed.promise;
    await sql`alter table away rename to outbox`.execute(db);
    await notice(db, 'after');
    await grown.promise;
    await writer.stop();
    await hub.close();
  });

  it('is cleared from its beginning, but for what somebody still needs', async () => {
    const { db } = database;
    for (const text of ['one', 'two', 'three']) await notice(db, text);
    await numberNotices(db);
    await sql`update feed set at = at - 10000 where position < 3`.execute(db);
    await sweepFeed(db, 5_000, 1, 100);
    expect([textsOf(await whole(db)), await readFeedEnds(db)]).toEqual([['two', 'three'], { last: 3, swept: 1 }]);
    await sweepFeed(db, 5_000, 3, 100);
    expect([textsOf(await whole(db)), await readFeedEnds(db)]).toEqual([['three'], { last: 3, swept: 2 }]);
    await sweepFeed(db, 5_000, 3, 100);
    expect((await readFeedEnds(db)).swept).toBe(2);
  });
});
