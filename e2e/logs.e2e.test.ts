/** Logs: stored byte for byte, shown line by line, resumed without gap or double, whole though the server dies in between. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEvents, readLog, untilLogged, type LogLine } from './src/event-stream.ts';
import { startProduct, type Product } from './src/product.ts';
import { untilReady } from './src/readiness.ts';
import {
  pipeline,
  run,
  runWhenFinal,
  shell,
  stage,
  start,
  startSaved,
  save,
  look,
  type GraphNode,
  type Run,
  untilNode,
} from './src/runs.ts';

/** What a view shows of one line; the raw log has all of it. */
const LINE_BYTES_SHOWN = 262_144;

let product: Product;
let folder: string;

beforeAll(async () => {
  [product, folder] = await Promise.all([startProduct(), mkdtemp(join(tmpdir(), 'bridle e2e logs-'))]);
});

afterAll(async () => {
  await product.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** 10 MB of what terminals and broken programs print, ending in the middle of a line. */
function oddBytes(): Buffer {
  const pieces: Buffer[] = [
    Buffer.from('\u001B[31mred\u001B[0m and \u001B[1;4mbold\u001B[0m\n\n\n'),
    Buffer.from(Array.from({ length: 100 }, (_, percent) => `\rcopied ${percent} %`).join('')),
    Buffer.from('\r\nWindows\r\n'),
    Buffer.from([0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x0a, 0xf0, 0x9f, 0x98, 0x0a, 0x00, 0x07, 0x08, 0x0a]),
    Buffer.from('data: no event\nid: 7\nevent: end\n: no comment\n\u2028\u2029\n'),
    Buffer.from(`${'a line of a megabyte '.repeat(50_000)}\n`),
    randomBytes(1_000_000),
    Buffer.from('\n'),
  ];
  const text = Buffer.from('x😀ünïcödé 漢字 '.repeat(7) + '\n');
  let size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  while (size < 10_000_000) {
    pieces.push(text);
    size += text.length;
  }
  return Buffer.concat([...pieces, Buffer.from('no line end')]);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The lines a view must show of these bytes. */
function linesOf(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let from = 0; from <= bytes.length;) {
    const at = bytes.indexOf(0x0a, from);
    const end = at === -1 ? bytes.length : at;
    const shown = bytes.subarray(from, Math.min(end, from + LINE_BYTES_SHOWN));
    if (at !== -1 || end > from) lines.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown));
    from = end + 1;
  }
  return lines;
}

async function rawLog(result: Pick<Run, 'id'>, { uuid }: GraphNode): Promise<Buffer> {
  const response = await fetch(`${product.url}/bridle/api/executions/${result.id}/nodes/${uuid}/log/raw`, {
    headers: { 'x-api-key': product.adminToken },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

it('R16: 10 MB of anything are stored exactly, and shown line by line', async () => {
  const emitted = oddBytes();
  await writeFile(join(folder, 'odd'), emitted);
  const result = await run(product, pipeline('odd', [stage('main', [shell('show', `cat '${join(folder, 'odd')}'`)])]));
  expect(result.status).toBe('Success');

  const node = result.node('show');
  const raw = await rawLog(result, node);
  const from = raw.indexOf(0x0a) + 1;
  expect(raw.subarray(0, from).toString()).toMatch(/^Executing step show .*\n$/);
  expect(sha256(raw.subarray(from, from + emitted.length))).toBe(sha256(emitted));
  expect(raw.subarray(from + emitted.length).toString()).toBe('\nExecution ended with exit code 0\n');

  const expected = linesOf(raw);
  const query = new URLSearchParams({ accountID: product.accountId, key: node.logBaseKey ?? '' });
  const blob = await fetch(`${product.url}/gateway/log-service/blob?${query.toString()}`, {
    headers: { 'x-api-key': product.adminToken },
  });
  const stored = (await blob.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly pos: number; readonly out: string });
  expect(stored.map(({ pos }) => pos)).toEqual(expected.map((_, index) => index));
  // Not one comparison of lists: a difference of megabytes is no message.
  const wrong = expected.findIndex((line, index) => stored[index]?.out !== `${line}\n`);
  expect(
    wrong === -1 ? undefined : { wrong, is: stored[wrong]?.out.slice(0, 200), not: expected[wrong]?.slice(0, 200) },
  ).toBeUndefined();

  const streamed: string[] = [];
  for await (const { line, text } of readLog(product, result.id, node.uuid)) {
    expect(line).toBe(streamed.length);
    streamed.push(text);
  }
  expect(streamed.length).toBe(expected.length);
  expect(streamed.findIndex((text, index) => text !== expected[index])).toBe(-1);
});

it('R16: 64 MB are stored exactly, while they grow and from the file they come to lie in', async () => {
  const odd = oddBytes();
  const file = join(folder, 'large');
  await writeFile(file, Buffer.concat(Array.from({ length: Math.ceil(64_000_000 / odd.length) }, () => odd)));
  const emitted = sha256(await readFile(file));
  const { size } = await stat(file);
  const result = await run(product, pipeline('large', [stage('main', [shell('show', `cat '${file}'`)])]));
  expect(result.status).toBe('Success');
  const node = result.node('show');
  const shaOfStep = async (): Promise<string> => {
    const raw = await rawLog(result, node);
    const from = raw.indexOf(0x0a) + 1;
    return sha256(raw.subarray(from, from + size));
  };
  expect(await shaOfStep()).toBe(emitted);
  await untilFiled(join(product.home, 'files', 'logs'), node.uuid);
  expect(await shaOfStep()).toBe(emitted);
});

/** The log of a finished step is written to a file some seconds later. */
async function untilFiled(root: string, nodeExecutionId: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const names = await readdir(root, { recursive: true }).catch(() => []);
        return names.some((name) => name.includes(nodeExecutionId) && name.endsWith('.zst'));
      },
      { timeout: 90_000, interval: 200 },
    )
    .toBe(true);
}

/** Prints numbered lines until the file is there. */
const counting = (flag: string): string =>
  `i=0; until [ -e '${flag}' ]; do i=$((i + 1)); echo "line $i"; sleep 0.003; done; echo "last $i"; printf 'no line end'`;

const NUMBERED = /^line (\d+)$/;

/** Every number once and in order, up to the one that was said to be the last. */
function expectAllNumbers(lines: readonly string[]): void {
  const numbers = lines.flatMap((line) => NUMBERED.exec(line)?.[1] ?? []).map(Number);
  const last = Number(lines.find((line) => line.startsWith('last '))?.slice('last '.length));
  expect(last).toBeGreaterThan(0);
  expect(numbers).toEqual(Array.from({ length: last }, (_, index) => index + 1));
}

/** Starts a pipeline of one counting step, and answers when it runs. */
async function startCounting(name: string): Promise<{ id: string; node: GraphNode; flag: string }> {
  const flag = join(folder, name);
  const id = await start(product, pipeline(name, [stage('main', [shell('counts', counting(flag))])]));
  return { id, node: await untilNode(product, id, 'counts', 'Running'), flag };
}

it('a live log resumes by Last-Event-ID without gap or double', async () => {
  const { id, node, flag } = await startCounting('resumed');
  const lines: LogLine[] = [];
  let connections = 0;
  for (let isOver = false; !isOver;) {
    connections += 1;
    isOver = true;
    const last = lines.at(-1);
    for await (const line of readLog(
      product,
      id,
      node.uuid,
      last === undefined ? {} : { lastEventId: String(last.line) },
    )) {
      lines.push(line);
      // Hang up in the middle of it, twelve times.
      if (connections <= 12 && lines.length >= connections * 25) {
        isOver = false;
        break;
      }
    }
    if (connections === 12) await writeFile(flag, '');
  }
  expect(connections).toBe(13);
  expect(lines.map(({ line }) => line)).toEqual(lines.map((_, index) => index));
  expectAllNumbers(lines.map(({ text }) => text));
  expect(lines.slice(-2).map(({ text }) => text)).toEqual(['no line end', 'Execution ended with exit code 0']);
});

it('the events of an execution resume by Last-Event-ID up to the same final state', async () => {
  const steps = Array.from({ length: 6 }, (_, index) => shell(`step${index}`, 'sleep 0.05'));
  const id = await startSaved(product, await save(product, pipeline('watched', [stage('main', steps)])));
  const path = `/bridle/api/executions/${id}/events`;
  const versions: number[] = [];
  const nodes = new Map<string, GraphNode>();
  let status = '';
  for (let isOver = false; !isOver;) {
    const last = versions.at(-1);
    for await (const { event, id: eventId, data } of readEvents(
      product,
      path,
      last === undefined ? {} : { lastEventId: String(last) },
    )) {
      isOver = event === 'end';
      if (isOver) break;
      const change = JSON.parse(data) as {
        version: number;
        nodes: GraphNode[];
        pipelineExecutionSummary: { status: string };
      };
      expect(eventId).toBe(String(change.version));
      versions.push(change.version);
      for (const node of change.nodes) nodes.set(node.uuid, node);
      ({ status } = change.pipelineExecutionSummary);
      if (versions.length % 2 === 0) break; // hang up after every second event
    }
  }
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  expect(versions.length).toBeGreaterThan(2);
  const result = await look(product, id);
  expect([status, result.status]).toEqual(['Success', 'Success']);
  expect(Object.fromEntries([...nodes.values()].map(({ uuid, status: is }) => [uuid, is]))).toEqual(
    Object.fromEntries(result.nodes.map(({ uuid, status: is }) => [uuid, is])),
  );
});

it('a server that is killed in the middle of a step costs no line', async () => {
  const { id, node, flag } = await startCounting('killed');
  const lines: LogLine[] = [];
  let kills = 0;
  for (let isOver = false; !isOver;) {
    const last = lines.at(-1);
    try {
      for await (const line of readLog(
        product,
        id,
        node.uuid,
        last === undefined ? {} : { lastEventId: String(last.line) },
      )) {
        lines.push(line);
        if (kills < 2 && lines.length === (kills + 1) * 200) {
          kills += 1;
          process.kill(await product.serverPid(), 'SIGKILL');
        }
        if (kills === 2 && lines.length === 800) await writeFile(flag, '');
      }
      isOver = true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch: the connection broke
      await untilReady(product);
    }
  }
  expect(kills).toBe(2);
  expect(lines.map(({ line }) => line)).toEqual(lines.map((_, index) => index));
  expectAllNumbers(lines.map(({ text }) => text));

  const result = await runWhenFinal(product, id);
  expect(result.status).toBe('Success');
  const raw = await rawLog(result, result.node('counts'));
  expectAllNumbers(linesOf(raw));
});

it('the archive of a run holds the log of each step', async () => {
  const result = await run(
    product,
    pipeline('bundled', [stage('main', [shell('one', 'echo first'), shell('two', 'echo second')])]),
  );
  const prefix = (result.node('one').logBaseKey ?? '').replace(/\/level0:.*/, '');
  const query = new URLSearchParams({ accountID: product.accountId, prefix });
  const answer = await fetch(`${product.url}/gateway/log-service/blob/download?${query.toString()}`, {
    method: 'POST',
    headers: { 'x-api-key': product.adminToken },
  });
  const { link, status } = (await answer.json()) as { readonly link: string; readonly status: string };
  expect(status).toBe('success');
  const zip = Buffer.from(await (await fetch(link)).arrayBuffer());
  // Local file header; one file per step.
  expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
  for (const step of ['one', 'two']) expect(zip.includes(`level6_${step}.jsonl`)).toBe(true);
  expect(zip.includes('level6_three')).toBe(false);
  await untilLogged(product, result.id, result.node('two').uuid, 'second');
});
