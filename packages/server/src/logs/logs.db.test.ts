import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolderFiles } from '../files/folder-files.ts';
import { closeDesertedLogs, closeDoneLogs } from '../store/delegates.ts';
import { LATE_LOG_MS } from '../store/log-statements.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { WakeHub } from '../store/wake-hub.ts';
import { createLogs, type RunningLogs } from './create-logs.ts';
import { LOG_LINE_BYTES_MAX, type LogChunk, type LogLine } from './logs.ts';
import { cut, DELEGATE, insertTask, KEY } from './test-logs.ts';

const NEVER = new AbortController().signal;

describe('Logs', () => {
  let database: TestDatabase;
  let hub: WakeHub;
  let logs: RunningLogs;
  let folder: string;
  beforeEach(async () => {
    database = await createTestDatabase();
    hub = new WakeHub(database);
    await hub.start();
    folder = await mkdtemp(join(tmpdir(), 'bridle-logs-'));
    logs = createLogs({ database, hub, files: await openFolderFiles(folder) });
    await insertTask(database.db, 'task', KEY);
  });
  afterEach(async () => {
    logs.close();
    await hub.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  async function append(chunks: readonly LogChunk[]): Promise<number> {
    const result = await logs.append(DELEGATE, chunks);
    if (result.kind !== 'received') throw new Error(`${result.kind}: ${result.message}`);
    return result.received[KEY] ?? -1;
  }

  async function readAll(key: string): Promise<Buffer> {
    return Buffer.concat(await collect(logs.readBytes(key)));
  }

  test('an unknown log is no log', async () => {
    expect(await logs.info(KEY)).toBeUndefined();
    expect(await logs.read(KEY)).toBeUndefined();
    expect(await readAll(KEY)).toHaveLength(0);
    expect(await logs.append(DELEGATE, [])).toEqual({ kind: 'received', received: {} });
  });

  test('L1 chunks that come twice, late or too early leave the bytes as they were sent', async () => {
    const chunks = cut(Buffer.from('one\ntwo\nthree\nfour'), 5);
    expect(await append(chunks.slice(0, 1))).toBe(5);
    expect(await append(chunks.slice(2, 3))).toBe(5);
    expect(await append(chunks.slice(0, 2))).toBe(10);
    expect(await append(chunks)).toBe(18);
    expect(await append(chunks)).toBe(18);
    expect((await readAll(KEY)).toString()).toBe('one\ntwo\nthree\nfour');
    expect(await logs.info(KEY)).toMatchObject({
      bytes: 18,
      lines: 4,
      executionId: 'execution of task',
      nodeExecutionId: 'task',
      closedAt: expect.any(Number),
    });
    const page = await logs.read(KEY);
    expect(page?.lines.map((line) => line.text)).toEqual(['one', 'two', 'three', 'four']);
    expect(page?.lines.map((line) => line.number)).toEqual([0, 1, 2, 3]);
    expect(page).toMatchObject({ isClosed: true });
  });

  test('L1 the same chunks sent at once by two requests are stored once', async () => {
    const chunks = cut(randomBytes(50_000), 7_000);
    await Promise.all([append(chunks), append(chunks), append(chunks)]);
    const stored = await readAll(KEY);
    expect(stored.equals(Buffer.concat(chunks.map((chunk) => chunk.content)))).toBe(true);
  });

  test('L2 only the process that leased the task under this fence writes, and only its logs', async () => {
    const chunks = cut(Buffer.from('x\n'), 10);
    const change = (part: Partial<LogChunk>): LogChunk[] => chunks.map((chunk) => ({ ...chunk, ...part }));
    expect(await logs.append({ ...DELEGATE, delegateId: 'other' }, chunks)).toMatchObject({ kind: 'stale' });
    expect(await logs.append({ ...DELEGATE, incarnation: 'second' }, chunks)).toMatchObject({ kind: 'stale' });
    expect(await logs.append(DELEGATE, change({ fence: 2 }))).toMatchObject({ kind: 'stale' });
    expect(await logs.append(DELEGATE, change({ taskId: 'unknown' }))).toMatchObject({ kind: 'stale' });
    expect(await logs.append(DELEGATE, change({ logKey: 'accountId:other/level0:pipeline' }))).toMatchObject({
      kind: 'stale',
    });
    expect(await logs.append(DELEGATE, change({ logKey: `${KEY}-commandUnit:Execute` }))).toMatchObject({
      kind: 'received',
    });
    expect(await logs.info(KEY)).toBeUndefined();
  });

  describe('L5 the log of a task that was given up', () => {
    const [one, two, three] = cut(Buffer.from('one\ntwo\nend\n'), 4) as [LogChunk, LogChunk, LogChunk];

    async function giveUp(): Promise<void> {
      await database.db.updateTable('delegate_tasks').set({ state: 'lost' }).execute();
      await database.db.transaction().execute((tx) => closeDoneLogs(tx, DELEGATE.delegateId));
    }

    test('is closed for its viewers at once, and takes the rest of its last fence until its end', async () => {
      await append([one]);
      await giveUp();
      expect(await logs.read(KEY)).toMatchObject({ lines: [{ text: 'one' }], isClosed: true });
      expect(await append([{ ...two, byteOffset: 9 }])).toBe(4); // a gap
      expect(await logs.append(DELEGATE, [{ ...two, fence: 2 }])).toMatchObject({ kind: 'stale' });
      expect(await logs.append({ ...DELEGATE, incarnation: 'second' }, [two])).toMatchObject({ kind: 'stale' });
      expect(await append([one, two])).toBe(8);
      expect(await logs.read(KEY)).toMatchObject({ lines: [{ text: 'one' }, { text: 'two' }], isClosed: true });
      expect(await append([three])).toBe(12);
      expect(await append([three])).toBe(12);
      const late = { ...three, byteOffset: 12, content: Buffer.from('more\n'), lineTimes: [1] };
      expect(await logs.append(DELEGATE, [late])).toMatchObject({ kind: 'stale' });
      expect((await readAll(KEY)).toString()).toBe('one\ntwo\nend\n');
    });

    test('takes nothing when the task was given to somebody else since', async () => {
      await append([one]);
      await giveUp();
      await database.db.updateTable('delegate_tasks').set({ fence: 2, incarnation: 'second' }).execute();
      expect(await logs.append(DELEGATE, [two])).toMatchObject({ kind: 'stale' });
      expect((await readAll(KEY)).toString()).toBe('one\n');
    });

    test('takes nothing after a day', async () => {
      await append([one]);
      await giveUp();
      await sql`update logs set closed_at = closed_at - ${LATE_LOG_MS}`.execute(database.db);
      expect(await logs.append(DELEGATE, [two])).toMatchObject({ kind: 'stale' });
      expect((await readAll(KEY)).toString()).toBe('one\n');
    });

    test('is closed as well when it outlived its task, as that of a service, and its delegate is silent', async () => {
      const { delegateId, incarnation } = DELEGATE;
      await sql`insert into accounts (id, name, created_at) values ('account', 'a', 0) on conflict do nothing`.execute(
        database.db,
      );
      await sql`
        insert into delegates (id, account_id, name, installation, incarnation, tags, facts, capacity, registered_at, heartbeat_at)
        values (${delegateId}, 'account', 'd', 'i', ${incarnation}, '{}', '{}', 1, 0, bridle_now() - 60000)`.execute(
        database.db,
      );
      await append([one]);
      await closeDesertedLogs(database.db, 1_000);
      expect(await logs.read(KEY)).toMatchObject({ isClosed: false }); // its task is still running
      await database.db.updateTable('delegate_tasks').set({ state: 'done' }).execute();
      await closeDesertedLogs(database.db, 120_000);
      expect(await logs.read(KEY)).toMatchObject({ isClosed: false });
      expect(await append([two])).toBe(8);
      await closeDesertedLogs(database.db, 1_000);
      expect(await logs.read(KEY)).toMatchObject({ isClosed: true });
      expect(await append([three])).toBe(12);
    });

    test('is closed for its viewers, too, when its first byte is late', async () => {
      await giveUp();
      expect(await append([one])).toBe(4);
      expect(await logs.read(KEY)).toMatchObject({ lines: [{ text: 'one' }], isClosed: true });
    });
  });

  test('a chunk that makes no sense is refused whole, and the next one is taken', async () => {
    const [chunk] = cut(Buffer.from('a\nb\n'), 10);
    if (chunk === undefined) throw new Error('no chunk');
    expect(await logs.append(DELEGATE, [{ ...chunk, lineTimes: [] }])).toMatchObject({ kind: 'invalid' });
    expect(await logs.info(KEY)).toBeUndefined();
    expect(await append([chunk])).toBe(4);
  });

  test('R16 binary, broken UTF-8 and NUL: views show U+FFFD, the raw bytes are exact', async () => {
    const bytes = Buffer.concat([
      Buffer.from('ok \u0000 ü 🐎\n'),
      Buffer.from([0xff, 0xfe, 0x0a, 0xc3]),
      randomBytes(3_000),
      Buffer.from('\nend'),
    ]);
    await append(cut(bytes, 100));
    expect(sha256(await readAll(KEY))).toBe(sha256(bytes));
    const page = await logs.read(KEY);
    expect(page?.lines[0]?.text).toBe('ok \u0000 ü 🐎');
    expect(page?.lines[1]?.text).toBe('\uFFFD\uFFFD');
    expect(page?.lines.at(-1)?.text).toBe('end');
  });

  test('L4 a last line without line break is held back until the log is closed', async () => {
    const [first] = cut(Buffer.from('one\ntw'), 10, { final: false });
    if (first === undefined) throw new Error('no chunk');
    await append([first]);
    expect(await logs.read(KEY)).toMatchObject({ lines: [{ text: 'one' }], isClosed: false });
    await append([{ ...first, byteOffset: 6, content: Buffer.alloc(0), lineTimes: [], final: true }]);
    expect(await logs.read(KEY)).toMatchObject({ lines: [{ text: 'one' }, { text: 'tw' }], isClosed: true });
  });

  test('P1 a line of a megabyte is cut in views, and the lines after it are whole', async () => {
    const bytes = Buffer.concat([Buffer.from('before\n'), Buffer.alloc(1_500_000, 'x'), Buffer.from('\nafter\nlast')]);
    await append(cut(bytes, 100_000));
    const page = await logs.read(KEY);
    expect(page?.lines.map((line) => [line.number, line.text.length, line.isCut])).toEqual([
      [0, 6, undefined],
      [1, LOG_LINE_BYTES_MAX, true],
      [2, 5, undefined],
      [3, 4, undefined],
    ]);
    expect(sha256(await readAll(KEY))).toBe(sha256(bytes));
    expect((await logs.read(KEY, { fromLine: 2 }))?.lines.map((line) => line.text)).toEqual(['after', 'last']);
  });

  test('L3 however the log was cut, every line is found by its number, page by page', async () => {
    let round = 0;
    const part = fc.oneof(fc.string({ maxLength: 12 }), fc.constant('\n'), fc.constant('\n\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 25 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(10),
        async (parts, size, linesMax, from) => {
          const text = parts.join('');
          if (text === '') return;
          round += 1;
          const [id, key] = [`task ${round}`, `${KEY}/${round}`];
          await insertTask(database.db, id, key);
          await logs.append(DELEGATE, cut(Buffer.from(text), size, { taskId: id, logKey: key }));
          const expected = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').slice(from);
          const lines: LogLine[] = [];
          for (let next: number | undefined = from, pages = 0; next !== undefined; pages += 1) {
            const page = await logs.read(key, { fromLine: next, linesMax });
            lines.push(...(page?.lines ?? []));
            next = page?.nextLine;
            expect(pages).toBeLessThan(200);
            expect(page?.isClosed).toBe(next === undefined);
          }
          expect(lines.map((line) => line.text)).toEqual(expected);
          expect(lines.map((line) => line.number)).toEqual(expected.map((_, index) => from + index));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('raw bytes from the middle', async () => {
    await append(cut(Buffer.from('0123456789'), 4));
    expect(Buffer.concat(await collect(logs.readBytes(KEY, 6))).toString()).toBe('6789');
    expect(Buffer.concat(await collect(logs.readBytes(KEY, 10)))).toHaveLength(0);
  });

  test('a tail waits for its log, sees every line once, resumes by number, and ends with the log', async () => {
    const bytes = Buffer.from(Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join(''));
    const tailed: LogLine[] = [];
    let isClosed = false;
    const tail = (async () => {
      for await (const item of logs.tail(KEY, -1, NEVER)) {
        tailed.push(...item.lines);
        isClosed = item.isClosed;
      }
    })();
    for (const chunk of cut(bytes, 333)) await append([chunk]);
    await tail;
    expect(isClosed).toBe(true);
    expect(tailed.map((line) => line.text)).toEqual(Array.from({ length: 500 }, (_, index) => `line ${index}`));
    const rest: number[] = [];
    for await (const item of logs.tail(KEY, 496, NEVER)) rest.push(...item.lines.map((line) => line.number));
    expect(rest).toEqual([497, 498, 499]);
    const nothing: unknown[] = [];
    for await (const item of logs.tail(KEY, 499, NEVER)) nothing.push(item);
    expect(nothing).toEqual([{ lines: [], isClosed: true }]);
    expect(hub.size).toBe(0);
  });

  test('N1 a tail on another replica goes on with every NOTIFY lost', async () => {
    const deaf = database.openAnother();
    const deafHub = new WakeHub(deaf, { isNotifyEnabled: false });
    const far = createLogs({ database: deaf, hub: deafHub, files: await openFolderFiles(folder) });
    const [first, second] = cut(Buffer.from('one\ntwo\n'), 4);
    if (first === undefined || second === undefined) throw new Error('no chunks');
    await append([first]);
    const tail = far.tail(KEY, -1, NEVER)[Symbol.asyncIterator]();
    expect((await tail.next()).value).toMatchObject({ lines: [{ text: 'one' }], isClosed: false });
    const next = tail.next();
    await append([second]);
    expect((await next).value).toMatchObject({ lines: [{ text: 'two' }], isClosed: true });
    await tail.return?.();
    far.close();
    await deaf.close();
  });

  test('a tail that has waited enough gives all that is there, page by page, and ends', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${String(index)}\n`);
    await append(cut(Buffer.from(lines.join('')), 1_000_000, { final: false }));
    const seen: number[] = [];
    for await (const item of logs.tail(KEY, -1, NEVER, AbortSignal.abort())) {
      expect(item.isClosed).toBe(false);
      seen.push(...item.lines.map((line) => line.number));
    }
    expect(seen).toEqual(lines.map((_, index) => index));
    expect(hub.size).toBe(0);
  });

  test('a tail that nobody wants any more ends', async () => {
    const controller = new AbortController();
    const tail = collect(logs.tail(KEY, -1, controller.signal));
    controller.abort();
    expect(await tail).toEqual([]);
    expect(hub.size).toBe(0);
  });

  test('lists by prefix within the account', async () => {
    await insertTask(database.db, 'b', `${KEY}/b`);
    await append([...cut(Buffer.from('a'), 1), ...cut(Buffer.from('b'), 1, { taskId: 'b', logKey: `${KEY}/b` })]);
    expect((await logs.list('account', `${KEY}/`, 10)).map((log) => log.key)).toEqual([`${KEY}/b`]);
    expect((await logs.list('account', 'accountId:account', 10)).map((log) => log.key)).toEqual([KEY, `${KEY}/b`]);
    expect(await logs.list('other', 'accountId', 10)).toEqual([]);
    expect(await logs.list('account', '%', 10)).toEqual([]);
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
