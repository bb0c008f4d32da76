import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerClient } from './client.ts';
import { KeptLogs } from './kept-logs.ts';
import { LogJournal, type JournalHead } from './log-journal.ts';
import { LogSpool } from './log-spool.ts';
import { FakeServer, TOKEN } from './testing/fake-server.ts';

const NEVER = new AbortController().signal;
const HEAD: JournalHead = {
  delegateId: 'd',
  incarnation: 'old',
  taskId: 'task',
  fence: 3,
  logKey: 'key',
  logBatches: false,
};

let server: FakeServer;
let client: ServerClient;
let folder: string;
beforeEach(async () => {
  server = await new FakeServer().listen();
  client = new ServerClient(new URL(server.url), TOKEN);
  folder = await mkdtemp(join(tmpdir(), 'bridle-kept-'));
});
afterEach(async () => {
  await client.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function keep(text: string, head: Partial<JournalHead> = {}): Promise<void> {
  const spool = new LogSpool(new LogJournal(folder, { ...HEAD, ...head }));
  await spool.append(Buffer.from(text), 7);
  await spool.close(true);
}

test('whatever the server had and however the log was written, it has all of it in the end (K1)', async () => {
  const text = fc.array(fc.constantFrom('\n', 'a', 'bc', 'é', '\n\n'), { minLength: 1, maxLength: 9 });
  const step = fc.oneof(
    text.map((parts) => ({ append: Buffer.from(parts.join('')) })),
    fc.record({ take: fc.integer({ min: 1, max: 20 }), isAcknowledged: fc.boolean() }),
  );
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(60), async (steps, memoryBytes) => {
      const logKey = `log ${(count += 1)}`;
      const spool = new LogSpool(new LogJournal(folder, { ...HEAD, logKey }), {
        memoryBytes,
        diskBytes: Infinity,
        patienceMs: 0,
      });
      const given: Buffer[] = [];
      let taken = 0;
      let acknowledged = 0;
      for (const action of steps) {
        if ('append' in action) {
          given.push(action.append);
          await spool.append(action.append, given.length);
          continue;
        }
        taken += (await spool.take(action.take, 1_000))?.bytes.length ?? 0;
        if (action.isAcknowledged) spool.acknowledge((acknowledged = taken));
      }
      await spool.close(true);
      const whole = Buffer.concat(given);
      // What the server has: at least what it has acknowledged, at most what was sent.
      const bytes = whole.subarray(0, acknowledged + Math.floor((taken - acknowledged) / 2));
      server.logs.set(logKey, { bytes, lineTimes: [], isFinal: false });
      const isLeft = (await readdir(folder)).length > 0;
      const kept = new KeptLogs({ folder, client });
      expect(await kept.deliver(await kept.list(), NEVER)).toEqual([]);
      expect(server.problems).toEqual([]);
      expect(server.text(logKey)).toBe(isLeft ? whole.toString() : bytes.toString());
      if (acknowledged < whole.length) expect(server.logs.get(logKey)?.isFinal).toBe(true);
      expect(await readdir(folder)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('a piece that the end of its writer has cut is left out', async () => {
  await keep('one\ntwo\n');
  const [name = ''] = await readdir(folder);
  const path = join(folder, name);
  await truncate(path, (await stat(path)).size - 3);
  const kept = new KeptLogs({ folder, client });
  await kept.deliver(await kept.list(), NEVER);
  expect(server.logs.get('key')).toMatchObject({ bytes: Buffer.alloc(0), isFinal: true });
});

test('while the server is away nothing goes; what it does not want goes without being sent again (K2)', async () => {
  await keep('one\n', { taskId: 'a', logKey: 'a' });
  await keep('two\n', { taskId: 'b', logKey: 'b' });
  await writeFile(join(folder, 'of-an-older-version.log'), 'x');
  const ends: string[] = [];
  const kept = new KeptLogs({ folder, client, onEnd: (taskId, end) => ends.push(`${taskId} ${end}`) });
  server.isDown = true;
  const left = await kept.deliver(await kept.list(), AbortSignal.timeout(300));
  expect(left).toHaveLength(2);
  expect(await readdir(folder)).toHaveLength(2);
  server.isDown = false;
  server.intercept = (_, body) => (JSON.stringify(body).includes('"a"') ? { status: 409 } : undefined);
  expect(await kept.deliver(left, NEVER)).toEqual([]);
  expect(ends.toSorted()).toEqual(['a refused', 'b delivered']);
  expect(server.text('b')).toBe('two\n');
  expect(await readdir(folder)).toEqual([]);
});

test('they wait for a token that the server accepts', async () => {
  await keep('one\n');
  const stranger = new ServerClient(new URL(server.url), 'revoked');
  const unknown = new KeptLogs({ folder, client: stranger });
  expect(await unknown.deliver(await unknown.list(), NEVER)).toEqual([]);
  await stranger.close();
  expect(await readdir(folder)).toHaveLength(1);
  const kept = new KeptLogs({ folder, client });
  await kept.deliver(await kept.list(), NEVER);
  expect(server.text('key')).toBe('one\n');
});

test('a watchdog leaves the logs of other processes alone', async () => {
  await keep('one\n', { taskId: 'a', logKey: 'a' });
  await keep('two\n', { taskId: 'b', logKey: 'b', incarnation: 'new' });
  const kept = new KeptLogs({ folder, client, incarnation: 'old' });
  expect(await kept.deliver(await kept.list(), NEVER)).toEqual([]);
  expect(server.text('a')).toBe('one\n');
  expect(await readdir(folder)).toHaveLength(1);
});
