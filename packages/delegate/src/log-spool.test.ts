import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogJournal } from './log-journal.ts';
import { LogSpool } from './log-spool.ts';
import { lineTimesOf } from './task-log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-spool-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEAD = { delegateId: 'd', incarnation: 'i', fence: 1, logKey: 'k', logBatches: false };
const journal = (taskId: string): LogJournal => new LogJournal(folder, { ...HEAD, taskId });
const files = (taskId: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith(`${taskId}.`));

/** For what only the disk shows. */
async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5 }).toBe(true);
}

describe('LogSpool', () => {
  test('what goes in comes out, in order, with the times of its pieces, whatever the limits (L1)', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const step = fc.oneof(
      fc.record({ append: bytes }),
      fc.record({ take: fc.integer({ min: 1, max: 300 }), lines: fc.integer({ min: 1, max: 5 }) }),
    );
    let file = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 400 }),
        async (steps, memoryBytes) => {
          const limits = { memoryBytes, diskBytes: Infinity, patienceMs: 0 };
          const spool = new LogSpool(journal(String((file += 1))), limits);
          const given: number[] = [];
          const timeOf: number[] = [];
          const got: number[] = [];
          let time = 0;
          const take = async (maxBytes: number, maxLines: number): Promise<boolean> => {
            const piece = await spool.take(maxBytes, maxLines);
            if (piece === undefined) return false;
            expect(piece.bytes.length).toBeGreaterThan(0);
            expect(piece.bytes.length).toBeLessThanOrEqual(maxBytes);
            expect(piece.bytes.filter((byte) => byte === 10).length).toBeLessThanOrEqual(maxLines);
            for (const [index, byte] of piece.bytes.entries()) {
              const arrival = piece.arrivals.findLast(({ offset }) => offset <= index);
              expect(arrival?.time).toBe(timeOf[got.length]);
              got.push(byte);
            }
            return true;
          };
          for (const action of steps) {
            if ('append' in action) {
              time += 1;
              given.push(...action.append);
              timeOf.push(...action.append.map(() => time));
              await spool.append(action.append, time);
            } else await take(action.take, action.lines);
          }
          while (await take(1_000, 1_000));
          expect(got).toEqual(given);
          expect(spool.isEmpty).toBe(true);
          await spool.close();
        },
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('a writer waits while the disk part is full, and goes on when it is read (L2)', async () => {
    const spool = new LogSpool(journal('full'), { memoryBytes: 10, diskBytes: 50, patienceMs: 0 });
    await spool.append(Buffer.alloc(10), 1);
    await spool.append(Buffer.alloc(30), 2);
    let isTaken = false;
    const blocked = spool.append(Buffer.alloc(30), 3).then(() => (isTaken = true));
    await spool.take(10, 1); // memory: frees nothing on disk
    expect(isTaken).toBe(false);
    await spool.take(30, 1);
    await blocked;
    await spool.close();
  });

  test('a writer waits while the server takes what there is, and nothing goes to disk (L2)', async () => {
    const spool = new LogSpool(journal('taken'), { memoryBytes: 10, diskBytes: 1_000, patienceMs: 60_000 });
    await spool.append(Buffer.alloc(10), 1);
    let isTaken = false;
    const blocked = spool.append(Buffer.alloc(6), 2).then(() => (isTaken = true));
    await spool.take(5, 1);
    expect(isTaken).toBe(false);
    await spool.take(5, 1);
    await blocked;
    expect(files('taken')).toEqual([]);
    await spool.close();
  });

  test('when nothing is taken any more the rest goes to disk, and the writer goes on (L2)', async () => {
    const spool = new LogSpool(journal('away'), { memoryBytes: 10, diskBytes: 1_000, patienceMs: 20 });
    await spool.append(Buffer.alloc(10), 1);
    await spool.append(Buffer.alloc(6), 2);
    await spool.append(Buffer.alloc(6), 3);
    expect(files('away')).toHaveLength(1);
    await spool.close();
  });

  test('while nothing is taken only the first writer has to wait (L2)', async () => {
    const spool = new LogSpool(journal('patient'), { memoryBytes: 10, diskBytes: 10_000, patienceMs: 300 });
    await spool.append(Buffer.alloc(10), 1);
    await spool.append(Buffer.alloc(6), 2);
    const startedAt = performance.now();
    for (let time = 3; time < 100; time += 1) await spool.append(Buffer.alloc(6), time);
    expect(performance.now() - startedAt).toBeLessThan(97 * 300);
    await spool.close();
  });

  test('what is not acknowledged soon is on disk; what is, never (L3)', async () => {
    const spool = new LogSpool(journal('soon'));
    await spool.append(Buffer.from('one'), 1);
    spool.acknowledge(3);
    await spool.append(Buffer.from('two\n'), 2);
    await spool.append(Buffer.from('three'), 2);
    await until(() => files('soon').length > 0);
    await until(() => readFileSync(join(folder, files('soon')[0] ?? ''), 'latin1').includes('three'));
    const content = readFileSync(join(folder, files('soon')[0] ?? ''), 'latin1');
    expect(content).toContain('two\n');
    expect(content).not.toContain('one');
    await spool.close();
    expect(files('soon')).toEqual([]);
  });

  test('files go as soon as the server has all that is in them', async () => {
    const spool = new LogSpool(journal('rotated'), { memoryBytes: 0, diskBytes: Infinity, patienceMs: 0 });
    const piece = Buffer.alloc(1024 * 1024);
    for (let time = 0; time < 20; time += 1) await spool.append(piece, time);
    expect(files('rotated')).toHaveLength(3);
    for (let time = 0; time < 20; time += 1)
      expect((await spool.take(piece.length, 1))?.bytes).toHaveLength(piece.length);
    spool.acknowledge(9 * piece.length);
    await until(() => files('rotated').length === 2);
    spool.acknowledge(20 * piece.length);
    await until(() => files('rotated').length === 1);
    await spool.close();
    expect(files('rotated')).toEqual([]);
  });

  test('a disk that takes nothing slows a log down and loses nothing of it', async () => {
    const troubles: unknown[] = [];
    const missing = new LogJournal(join(folder, 'missing'), { ...HEAD, taskId: 'none' });
    const limits = { memoryBytes: 3, diskBytes: Infinity, patienceMs: 0 };
    const spool = new LogSpool(missing, limits, (error) => troubles.push(error));
    const written = (async () => {
      for (let time = 0; time < 20; time += 1) await spool.append(Buffer.from(String(time).padStart(4)), time);
    })();
    let got = '';
    while (got.length < 80) got += (await spool.take(7, 10))?.bytes.toString() ?? '';
    await written;
    expect(got).toBe(Array.from({ length: 20 }, (_, time) => String(time).padStart(4)).join(''));
    expect(troubles).toHaveLength(1);
    await spool.close();
  });

  test('closing frees a waiting writer', async () => {
    const spool = new LogSpool(journal('closed'), { memoryBytes: 0, diskBytes: 0, patienceMs: 0 });
    const blocked = spool.append(Buffer.alloc(1), 1);
    await spool.close();
    await blocked;
    expect(await spool.take(1, 1)).toBeUndefined();
  });
});

describe('lineTimesOf', () => {
  const piece = (text: string, ...arrivals: [number, number][]) => ({
    bytes: Buffer.from(text),
    arrivals: arrivals.map(([offset, time]) => ({ offset, time })),
  });

  test('a line has the time at which its first byte came', () => {
    expect(lineTimesOf(piece('ab\ncd\n', [0, 1], [4, 2]), true)).toEqual([1, 1]);
    expect(lineTimesOf(piece('ab\ncd\n', [0, 1], [3, 2]), true)).toEqual([1, 2]);
  });

  test('what continues a line starts none; what ends in a line break leaves the next line to the next piece', () => {
    expect(lineTimesOf(piece('ab\n', [0, 1]), false)).toEqual([]);
    expect(lineTimesOf(piece('\n\nx', [0, 1]), false)).toEqual([1, 1]);
    expect(lineTimesOf(piece('', [0, 1]), true)).toEqual([]);
  });
});
