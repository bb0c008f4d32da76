import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DatabaseHandle } from './database.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { WakeHub, wakeKeys, type WakeKey } from './wake-hub.ts';

const KEY = wakeKeys.execution('x');

describe('WakeHub', () => {
  let database: TestDatabase;
  let elsewhere: DatabaseHandle;
  const hubs: WakeHub[] = [];
  const problems: unknown[] = [];
  beforeEach(async () => {
    database = await createTestDatabase();
    elsewhere = database.openAnother();
    problems.length = 0;
  });
  afterEach(async () => {
    for (const hub of hubs.splice(0)) await hub.close();
    await elsewhere.close();
    await database.close();
  });

  async function open(on: DatabaseHandle, isNotifyEnabled = true): Promise<WakeHub> {
    const hub = new WakeHub(on, { isNotifyEnabled, onError: (error) => problems.push(error) });
    hubs.push(hub);
    await hub.start();
    return hub;
  }

  /** Resolves with the ids of the next wake. */
  function next(hub: WakeHub, key: WakeKey = KEY): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const unsubscribe = hub.subscribe(key, (ids) => {
        unsubscribe();
        resolve([...ids].toSorted());
      });
    });
  }

  test('wakes subscribers here and in other processes, several wakes as one', async () => {
    const [here, there] = [await open(database), await open(elsewhere)];
    const woken = [next(here), next(there)];
    here.wake([
      { key: KEY, id: 'a' },
      { key: KEY, id: 'b' },
      { key: wakeKeys.tasks('other'), id: 'c' },
    ]);
    here.wake([{ key: KEY, id: 'a' }]);
    expect(await Promise.all(woken)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(here.size + there.size).toBe(0);
  });

  test('nobody is woken twice by what he sent himself', async () => {
    const [here, there] = [await open(database), await open(elsewhere)];
    let count = 0;
    here.subscribe(KEY, () => (count += 1));
    const arrived = next(there);
    here.wake([{ key: KEY }]);
    await arrived;
    const back = next(here, wakeKeys.tasks('a'));
    there.wake([{ key: wakeKeys.tasks('a') }]);
    await back;
    expect(count).toBe(1);
  });

  test('more than one payload holds arrives in several', async () => {
    const [here, there] = [await open(database), await open(elsewhere)];
    const seen = new Set<string>();
    const done = new Promise<void>((resolve) => {
      there.subscribe(KEY, (ids) => {
        for (const id of ids) seen.add(id);
        if (seen.size === 2_000) resolve();
      });
    });
    here.wake(Array.from({ length: 2_000 }, (_, index) => ({ key: KEY, id: `execution-number-${index}` })));
    await done;
    expect(seen.size).toBe(2_000);
    expect(problems).toEqual([]);
  });

  test('trap 51: after a lost connection it listens anew and wakes everybody once, as something may have been missed', async () => {
    const [here, there] = [await open(database), await open(elsewhere)];
    const woken = Promise.all([next(here), next(there)]);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%listen bridle_wake%' and pid <> pg_backend_pid()`.execute(
      database.db,
    );
    expect(await woken).toEqual([[], []]);
    expect(problems.length).toBeGreaterThan(0);
    const again = next(there);
    here.wake([{ key: KEY, id: 'z' }]);
    expect(await again).toEqual(['z']);
  });

  test('N1 what was on its way when the connection broke arrives over the next one', async () => {
    let isBreaking = false;
    const breaking: DatabaseHandle = {
      ...database,
      openClient: () => {
        const client = database.openClient();
        const query = client.query.bind(client) as (...args: unknown[]) => unknown;
        Object.assign(client, {
          query: (...args: unknown[]) => {
            if (isBreaking) client.connection.stream.destroy();
            isBreaking = false;
            return query(...args);
          },
        });
        return client;
      },
    };
    const [here, there] = [await open(breaking), await open(elsewhere)];
    isBreaking = true;
    const woken = next(there);
    here.wake([{ key: KEY, id: 'a' }]);
    expect(await woken).toEqual(['a']);
    expect(problems.length).toBeGreaterThan(0);
  });

  test('N1 what was said last is heard by others', async () => {
    const [here, there] = [await open(database), await open(elsewhere)];
    const woken = next(there);
    here.wake([{ key: KEY, id: 'a' }]);
    await here.close();
    expect(await woken).toEqual(['a']);
  });

  test('N1 turned off, it wakes here only', async () => {
    const [here, there] = [await open(database, false), await open(elsewhere)];
    let far = 0;
    there.subscribe(KEY, () => (far += 1));
    const near = next(here);
    here.wake([{ key: KEY, id: 'a' }]);
    expect(await near).toEqual(['a']);
    const loud = await open(database);
    const arrived = next(there, wakeKeys.tasks('a'));
    loud.wake([{ key: wakeKeys.tasks('a') }]);
    await arrived;
    expect(far).toBe(0);
  });
});
