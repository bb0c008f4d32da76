import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileStoreError, type FileStore } from '../files/file-store.ts';
import { openFolderFiles } from '../files/folder-files.ts';
import { closeDoneLogs } from '../store/delegates.ts';
import { LATE_LOG_MS } from '../store/log-statements.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { WakeHub } from '../store/wake-hub.ts';
import { createLogs, type RunningLogs } from './create-logs.ts';
import { BLOCK_BYTES } from './log-blocks.ts';
import { LogFiler, type FilingPoint, type LogFilerOptions } from './log-filer.ts';
import { LOG_LINE_BYTES_MAX, type LogLine } from './logs.ts';
import { cut, DELEGATE, insertTask, KEY } from './test-logs.ts';

const AT_ONCE = { afterCloseMs: 0, afterFileMs: 0 };
const POINTS: readonly FilingPoint[] = ['claimed', 'written', 'recorded', 'deletedSome', 'deleted'];

/** Lines of every length, one beyond what views show, bytes that are no UTF-8, and no line break at the end. */
function nastyLog(): Buffer {
  const lines = Array.from({ length: 40_000 }, (_, index) => Buffer.from(`\u001B[3${index % 8}mline ${index} äöü\r\n`));
  return Buffer.concat([
    Buffer.from('\n\n'),
    ...lines,
    Buffer.alloc(LOG_LINE_BYTES_MAX + 1_500_000, 'x'),
    Buffer.from('\n\n'),
    randomBytes(300_000),
    Buffer.from([0x0a, 0x00, 0xff, 0xc3, 0x0a]),
    Buffer.from('end'),
  ]);
}

class Killed extends Error {}

describe('filing logs', () => {
  let database: TestDatabase;
  let hub: WakeHub;
  let folder: string;
  let files: FileStore;
  let logs: RunningLogs;

  beforeEach(async () => {
    database = await createTestDatabase();
    hub = new WakeHub(database);
    await hub.start();
    folder = await mkdtemp(join(tmpdir(), 'bridle-logs-'));
    files = await openFolderFiles(folder);
    logs = createLogs({ database, hub, files });
    await insertTask(database.db, 'task', KEY);
  });

  afterEach(async () => {
    logs.close();
    await hub.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  const filer = (options: Partial<LogFilerOptions> = {}): LogFiler =>
    new LogFiler({ db: database.db, files, pauses: AT_ONCE, ...options });

  async function write(bytes: Buffer, size = 200_000): Promise<void> {
    for (const chunk of cut(bytes, size)) {
      const result = await logs.append(DELEGATE, [chunk]);
      expect(result.kind).toBe('received');
    }
  }

  async function fileAll(by = filer()): Promise<void> {
    while (await by.fileNext());
  }

  const chunksLeft = async (): Promise<number> =>
    Number((await sql<{ n: string }>`select count(*) as n from log_chunks`.execute(database.db)).rows[0]?.n);

  async function readAllLines(): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (let fromLine: number | undefined = 0; fromLine !== undefined;) {
      const page = await logs.read(KEY, { fromLine });
      lines.push(...(page?.lines ?? []));
      fromLine = page?.nextLine;
    }
    return lines;
  }

  const readAll = async (fromByte = 0): Promise<Buffer> =>
    Buffer.concat(await Array.fromAsync(logs.readBytes(KEY, fromByte)));

  /** Everything that a reader can ask for, small enough to compare. */
  async function views(bytes: number): Promise<unknown> {
    const lines = await readAllLines();
    const tailed: number[] = [];
    for await (const item of logs.tail(KEY, lines.length - 4, AbortSignal.timeout(10_000))) {
      tailed.push(...item.lines.map(({ number }) => number));
    }
    const parts: string[] = [];
    for (const from of [1, BLOCK_BYTES - 1, BLOCK_BYTES, 2 * BLOCK_BYTES + 17, bytes - 1, bytes, bytes + 1]) {
      parts.push(sha256(await readAll(from)));
    }
    const pages = [];
    for (const fromLine of [
      0,
      1,
      2,
      3,
      20_000,
      39_999,
      40_001,
      40_002,
      40_003,
      lines.length - 1,
      lines.length,
      10 ** 9,
    ]) {
      pages.push(sha256(Buffer.from(JSON.stringify(await logs.read(KEY, { fromLine, linesMax: 3 })))));
    }
    const info = await logs.info(KEY);
    return {
      raw: sha256(await readAll()),
      lines: sha256(Buffer.from(JSON.stringify(lines))),
      tailed,
      parts,
      pages,
      info,
    };
  }

  describe('L5 a log whose delegate was given up', () => {
    const bytes = randomBytes(300_000);
    const chunks = cut(bytes, 200_000);

    async function giveUp(): Promise<void> {
      await logs.append(DELEGATE, chunks.slice(0, 1));
      await database.db.updateTable('delegate_tasks').set({ state: 'lost' }).execute();
      await database.db.transaction().execute((tx) => closeDoneLogs(tx, DELEGATE.delegateId));
    }

    test('is filed when its end has come', async () => {
      await giveUp();
      expect(await filer().fileNext()).toBe(false);
      expect(await logs.append(DELEGATE, chunks)).toMatchObject({
        kind: 'received',
        received: { [KEY]: bytes.length },
      });
      await fileAll();
      expect(await chunksLeft()).toBe(0);
      expect((await readAll()).equals(bytes)).toBe(true);
    });

    test('is filed without it after a day, and then takes nothing more', async () => {
      await giveUp();
      await sql`update logs set closed_at = closed_at - ${LATE_LOG_MS}`.execute(database.db);
      await fileAll();
      expect(await chunksLeft()).toBe(0);
      expect(await logs.append(DELEGATE, chunks)).toMatchObject({ kind: 'stale' });
      expect((await readAll()).equals(bytes.subarray(0, 200_000))).toBe(true);
    });
  });

  test('a finished log reads from its file as it read from its chunks', async () => {
    const bytes = nastyLog();
    await write(bytes);
    const before = await views(bytes.length);
    expect(before).toMatchObject({ raw: sha256(bytes) });
    await fileAll();
    expect(await chunksLeft()).toBe(0);
    expect(await views(bytes.length)).toEqual(before);
    const [file] = await Array.fromAsync(files.list('logs/'));
    const stored = await readFile(join(folder, file?.key ?? ''));
    expect(stored.length).toBeLessThan(bytes.length / 4);
  });

  test('A4 a small log stays where it is', async () => {
    await write(Buffer.from('one\ntwo\n'.repeat(1_000)));
    expect(await filer().fileNext()).toBe(false);
    expect(await chunksLeft()).toBe(1);
  });

  test('a small log of many chunks becomes one row', async () => {
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join(''));
    await write(bytes, 10);
    const before = await readAllLines();
    await fileAll();
    expect([await chunksLeft(), await Array.fromAsync(files.list(''))]).toEqual([0, []]);
    expect((await readAll()).equals(bytes)).toBe(true);
    expect(await readAllLines()).toEqual(before);
  });

  test('a log that still grows, or was finished just now, is left alone', async () => {
    const chunks = cut(randomBytes(300_000), 100_000);
    await logs.append(DELEGATE, chunks.slice(0, 2));
    expect(await filer().fileNext()).toBe(false);
    await logs.append(DELEGATE, chunks.slice(2));
    expect(await filer({ pauses: { afterCloseMs: 60_000, afterFileMs: 0 } }).fileNext()).toBe(false);
    const careful = filer({ pauses: { afterCloseMs: 0, afterFileMs: 60_000 } });
    expect([await careful.fileNext(), await careful.fileNext()]).toEqual([true, false]);
    expect(await chunksLeft()).toBe(3);
  });

  test('A1 a log in work is not taken by another replica', async () => {
    await write(randomBytes(200_000));
    const taken: boolean[] = [];
    const gate = Promise.withResolvers<void>();
    const slow: FileStore = Object.assign(Object.create(files), {
      put: async (...args: Parameters<FileStore['put']>) => {
        taken.push(await filer().fileNext());
        gate.resolve();
        return files.put(...args);
      },
    });
    expect(await filer({ files: slow }).fileNext()).toBe(true);
    await gate.promise;
    expect(taken).toEqual([false]);
  });

  test.each(POINTS)('A2, A3 killed at the point %s: nothing is lost, and the next replica goes on', async (point) => {
    const bytes = randomBytes(900_000);
    await write(bytes);
    const before = sha256(Buffer.from(JSON.stringify(await readAllLines())));
    let isKilled = false;
    const dying = new LogFiler({
      db: database.db,
      files,
      pauses: AT_ONCE,
      chunksPerDelete: 2,
      atPoint: (passed) => {
        if (passed !== point) return;
        isKilled = true;
        throw new Killed();
      },
    });
    await expect(fileAll(dying)).rejects.toThrow(Killed);
    expect(isKilled).toBe(true);
    expect((await readAll()).equals(bytes)).toBe(true);
    expect(sha256(Buffer.from(JSON.stringify(await readAllLines())))).toBe(before);
    const other = filer({ chunksPerDelete: 2 });
    expect(await other.fileNext()).toBe(false);
    await sql`update logs set filing_until = 0`.execute(database.db);
    await fileAll(other);
    expect(await chunksLeft()).toBe(0);
    expect((await readAll()).equals(bytes)).toBe(true);
    expect(sha256(Buffer.from(JSON.stringify(await readAllLines())))).toBe(before);
  });

  test('a file store that fails is reported, and tried again later', async () => {
    await write(randomBytes(200_000));
    const broken: FileStore = Object.assign(Object.create(files), {
      put: async () => Promise.reject(new FileStoreError('The disk is full.')),
    });
    await expect(filer({ files: broken }).fileNext()).rejects.toThrow('The disk is full.');
    expect(await filer().fileNext()).toBe(false);
    await sql`update logs set filing_until = 0`.execute(database.db);
    await fileAll();
    expect(await chunksLeft()).toBe(0);
  });

  test('who reads while a log is filed and its chunks go sees all of it, in order', async () => {
    const bytes = Buffer.concat(
      Array.from({ length: 60_000 }, (_, index) => Buffer.from(`line ${index} ${'x'.repeat(index % 90)}\n`)),
    );
    await write(bytes, 50_000);
    const raw = logs.readBytes(KEY)[Symbol.asyncIterator]();
    const first = await raw.next();
    const parts: Buffer[] = first.done === true ? [] : [first.value];
    const numbers: number[] = [];
    let isFiled = false;
    const filing = fileAll(filer({ chunksPerDelete: 3 })).then(() => (isFiled = true));
    while (!isFiled) {
      for (let fromLine: number | undefined = 0; fromLine !== undefined;) {
        const page = await logs.read(KEY, { fromLine, linesMax: 9_000 });
        if (fromLine === 0) numbers.length = 0;
        numbers.push(...(page?.lines ?? []).map(({ text }) => Number(text.split(' ')[1])));
        fromLine = page?.nextLine;
      }
      expect(numbers).toEqual(Array.from({ length: 60_000 }, (_, index) => index));
    }
    await filing;
    for (let next = await raw.next(); next.done !== true; next = await raw.next()) parts.push(next.value);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  test('a missing file is an error that names it, never a short log', async () => {
    await write(randomBytes(200_000));
    await fileAll();
    const [file] = await Array.fromAsync(files.list('logs/'));
    if (file === undefined) throw new Error('no file');
    await files.delete(file.key);
    await expect(readAll()).rejects.toThrow(file.key);
    await expect(logs.read(KEY)).rejects.toThrow('missing or too short');
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
