import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { look, pipeline, save, shell, stage, startProduct, startSaved, type Product } from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';
import type { Run } from '../samples.ts';

const BYTES = Number(process.env['BENCH_LOG_BYTES'] ?? 1_000_000_000);
const LINE_BYTES = 128;
const LINES = Math.floor(BYTES / LINE_BYTES);
const MEGABYTE = 1_000_000;
const PRINTER = fileURLToPath(new URL('../print-lines.ts', import.meta.url));
const FLOOR_LOOK_MS = 20;
const TAIL_BYTES = 4_096;

/** The rate is in megabytes per second, from the start to the end of the step, or of `cat`. */
export const logThroughput: BenchCase = {
  name: 'log-throughput',
  timed: 'a step prints 1 GB in lines of 128 bytes: line printed → its event on the live stream; MB per second',
  floor: 'the same through cat to a file: line printed → seen in the file; MB per second',
  target: 'nothing lost; p95 ≤ 300 ms',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct(), (started) => started.dispose());
    const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-bench-log-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const hashFile = join(folder, 'hash');
    const script = `exec ${process.execPath} ${PRINTER} ${BYTES} ${hashFile}`;
    const identifier = await save(product, pipeline('flood', [stage('s', [shell('print', script)])]));
    return {
      measure: () => measureStep(product, identifier, hashFile),
      measureFloor: () => measureCat(join(folder, 'cat')),
    };
  },
};

async function measureStep(product: Product, identifier: string, hashFile: string): Promise<Run> {
  const id = await startSaved(product, identifier);
  const node = await untilRunning(product, id);
  const path = `/bridle/api/executions/${id}/nodes/${node}/log`;
  const { latencies, lastLine } = await watch(product, path);
  const run = await look(product, id, { prefer: 'wait=60' });
  const { startTs, endTs, status } = run.node('print');
  if (status !== 'Success') throw new Error(`The step ended as ${status}.`);
  if ((await hashOfPrinted(product, `${path}/raw`)) !== (await readFile(hashFile, 'utf8')))
    throw new Error('The log is not what was printed.');
  // A line of ours comes before and after what the script prints.
  if (!lastLine.includes(`"line":${LINES + 1},`)) throw new Error(`The stream lacks lines; its last is ${lastLine}`);
  return { latencies, perSecond: (BYTES / MEGABYTE / (endTs - startTs)) * 1_000 };
}

/** Of the log without the first line, which is ours, and what follows the script's lines. */
async function hashOfPrinted(product: Product, path: string): Promise<string> {
  const hash = createHash('sha256');
  let left: number | undefined;
  for await (const part of await request(product, path)) {
    let content = part as Buffer;
    if (left === undefined) {
      content = content.subarray(content.indexOf('\n') + 1);
      left = LINES * LINE_BYTES;
    }
    hash.update(content.subarray(0, left));
    left = Math.max(0, left - content.length);
  }
  return hash.digest('hex');
}

async function untilRunning(product: Product, id: string): Promise<string> {
  for (;;) {
    const node = (await look(product, id)).nodes.find((each) => each.identifier === 'print');
    if (node !== undefined && node.startTs > 0) return node.uuid;
    await sleep(FLOOR_LOOK_MS);
  }
}

/** Reads the stream to its end; at each read the newest complete line tells how late it is. */
async function watch(
  product: Product,
  path: string,
): Promise<{ readonly latencies: readonly number[]; readonly lastLine: string }> {
  const stream = await request(product, path);
  const latencies: number[] = [];
  let lastLine = '';
  let rest = '';
  for await (const part of stream) {
    const now = Date.now();
    const text = rest + (part as Buffer).toString('latin1');
    const end = text.lastIndexOf('\n\n');
    rest = text.slice(end + 2);
    const at = text.lastIndexOf('event: line\ndata: ', end);
    if (end < 0 || at < 0) continue;
    lastLine = text.slice(at, text.indexOf('\n\n', at));
    const printedAt = Number(/"text":"(\d+) /.exec(lastLine)?.[1]);
    if (Number.isFinite(printedAt)) latencies.push(now - printedAt);
  }
  return { latencies, lastLine };
}

async function request({ url, adminToken }: Product, path: string): Promise<IncomingMessage> {
  const sent = get(`${url}${path}`, { headers: { 'x-api-key': adminToken } });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${path} answered ${String(response.statusCode)}.`);
  return response;
}

async function measureCat(file: string): Promise<Run> {
  const start = performance.now();
  const child = spawn('sh', ['-c', `"$0" "$1" "$2" | cat > "$3"`, process.execPath, PRINTER, String(BYTES), file], {
    stdio: 'ignore',
  });
  let isOver = false;
  const ended = once(child, 'exit').then(() => (isOver = true));
  const latencies: number[] = [];
  while (!isOver) {
    await Promise.race([ended, sleep(FLOOR_LOOK_MS)]);
    const printedAt = await lastTime(file);
    if (printedAt !== undefined && !isOver) latencies.push(Date.now() - printedAt);
  }
  const seconds = (performance.now() - start) / 1_000;
  await rm(file);
  return { latencies, perSecond: BYTES / MEGABYTE / seconds };
}

/** When the last complete line of the file was printed. */
async function lastTime(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(TAIL_BYTES),
      0,
      TAIL_BYTES,
      Math.max(0, size - TAIL_BYTES),
    );
    const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
    const time = Number(lines.at(-2)?.split(' ')[0]);
    return Number.isFinite(time) ? time : undefined;
  } finally {
    await file.close();
  }
}
