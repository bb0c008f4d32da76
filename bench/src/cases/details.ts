/**
 * Reading in a store that has grown: the details of an execution of 1,000 nodes, and lists in a project with 100,000 executions of
 * 1,000 pipelines. The execution is a real one; the others are rows like it. Over HTTP, by the real server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPipeline,
  look,
  pipeline,
  shell,
  shellPipeline,
  stage,
  startProduct,
  startSaved,
  type Product,
} from '@bridle/e2e';
import { startPostgres } from '@bridle/launcher';
import { Client } from 'pg';
import type { BenchCase, PreparedCase } from '../bench-case.ts';
import { startDummyDelegate } from '../dummy-delegate.ts';
import { multiplyFinished } from '../multiply-finished.ts';
import { timeEach } from '../samples.ts';

const NODES = 1_000;
const PIPELINES = 1_000;
const EXECUTIONS = 100_000;
const READS = 40;

export const detailsGraph: BenchCase = {
  name: 'details-graph',
  timed: `GET of execution details v2 with the whole graph of ${NODES} nodes`,
  floor: 'bare HTTP: the same server says that it lives',
  target: 'p95 ≤ 50 ms',
  prepare: async () => {
    const { product, close } = await open();
    await createPipeline(product, wide('wide'));
    const id = await finished(product, 'wide');
    const path = `/pipeline/api/pipelines/execution/v2/${id}`;
    const query = { renderFullBottomGraph: 'true' };
    const { data } = await get<{ executionGraph: { nodeMap: object } }>(product, path, query);
    const nodes = Object.keys(data.executionGraph.nodeMap).length;
    if (nodes < NODES) throw new Error(`The graph has ${nodes} nodes.`);
    // Every byte is there; what a client makes of them is its own time.
    const read = async (): Promise<void> => {
      const response = await fetch(addressOf(product, path, query), { headers: { 'x-api-key': product.adminToken } });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`The details: HTTP ${response.status}`);
    };
    return { measure: () => timed(read), measureFloor: () => timed(() => alive(product)), close };
  },
};

/** Each is a list that a client asks for; the figure is of all of them in turns, so the slowest decides its p95. */
const LISTS: readonly { readonly path: string; readonly query?: Record<string, string>; readonly body?: object }[] = [
  { path: 'execution/summary' },
  { path: 'execution/summary', query: { showAllExecutions: 'true', size: '100' } },
  { path: 'execution/summary', query: { page: '4000' } },
  { path: 'execution/summary', query: { pipelineIdentifier: 'p77' } },
  { path: 'execution/summary', query: { status: 'Aborted' } },
  { path: 'execution/summary', query: { status: 'Running' } },
  { path: 'execution/summary', query: { searchTerm: 'line 77' } },
  { path: 'execution/summary', query: { myDeployments: 'true' } },
  { path: 'execution/summary', query: { module: 'pms' } },
  { path: 'execution/summary', body: { triggerTypes: ['WEBHOOK_CUSTOM'] } },
  { path: 'execution/summary', body: { timeRange: { startTime: 1, endTime: 4_000_000_000_000 } } },
  { path: 'execution/summary/outline', query: { size: '100' } },
  { path: 'list' },
  { path: 'list', query: { size: '100', page: '3' } },
  { path: 'list', query: { searchTerm: 'pipeline 77' } },
];

export const detailsList: BenchCase = {
  name: 'details-list',
  timed: `lists of executions and pipelines in a project with ${EXECUTIONS} executions of ${PIPELINES} pipelines, ${LISTS.length} forms in turns`,
  floor: 'bare HTTP: the same server says that it lives',
  target: 'p95 ≤ 100 ms',
  prepare: async () => {
    const { product, client, close } = await open();
    await createPipeline(product, shellPipeline('one', ['true', 'true', 'true']));
    await multiplyFinished(client, await finished(product, 'one'), { pipelines: PIPELINES, executions: EXECUTIONS });
    const slowest = new Map<string, number>();
    const list = async (index: number): Promise<void> => {
      const form = LISTS[index % LISTS.length];
      if (form === undefined) throw new Error('There is no such list.');
      const { path, query = {}, body = {} } = form;
      const begun = performance.now();
      await post(product, `/pipeline/api/pipelines/${path}`, query, body);
      const name = `${path} ${JSON.stringify(query)} ${JSON.stringify(body)}`;
      slowest.set(name, Math.max(slowest.get(name) ?? 0, performance.now() - begun));
    };
    return {
      measure: async () => ({ latencies: await timeEach(LISTS.length * 4, list) }),
      measureFloor: () => timed(() => alive(product)),
      close: async () => {
        for (const [name, ms] of slowest) process.stderr.write(`  slowest ${ms.toFixed(1)} ms: ${name}\n`);
        await close();
      },
    };
  },
};

async function timed(read: () => Promise<unknown>): Promise<{ readonly latencies: readonly number[] }> {
  return { latencies: await timeEach(READS, read) };
}

interface Opened extends Pick<PreparedCase, 'close'> {
  readonly product: Product;
  readonly client: Client;
}

async function open(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-bench-'));
  const postgres = await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') });
  const product = await startProduct({ env: { BRIDLE_DELEGATE: 'off', DATABASE_URL: postgres.url } });
  const delegate = await startDummyDelegate(product, 'dummy');
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  return {
    product,
    client,
    close: async () => {
      await delegate.close();
      await client.end();
      await product.dispose();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stages of groups whose steps stand beside each other: about 1,000 nodes in all. */
function wide(identifier: string): string {
  const steps = (number: number): readonly object[] =>
    Array.from({ length: NODES / 10 }, (_, index) => shell(`s${number}_${index}`, 'echo hello'));
  const stages = Array.from({ length: 10 }, (_, number) => stage(`s${number}`, [{ parallel: steps(number) }]));
  return pipeline(identifier, stages);
}

/** Runs the saved pipeline to its end. */
async function finished(product: Product, identifier: string): Promise<string> {
  const id = await startSaved(product, identifier);
  await get(product, `/pipeline/api/pipelines/execution/v2/${id}`, {}, { prefer: 'wait=60' });
  const { status } = await look(product, id);
  if (status !== 'Success') throw new Error(`The execution ended as ${status}.`);
  return id;
}

async function alive({ url }: Product): Promise<void> {
  const response = await fetch(`${url}/healthz`);
  await response.text();
  if (!response.ok) throw new Error(`The server is not alive: HTTP ${response.status}`);
}

async function get<T>(
  product: Product,
  path: string,
  query: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ readonly data: T }> {
  const response = await fetch(addressOf(product, path, query), {
    headers: { 'x-api-key': product.adminToken, ...headers },
  });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
  return (await response.json()) as { data: T };
}

async function post(product: Product, path: string, query: Record<string, string>, body: object): Promise<void> {
  const response = await fetch(addressOf(product, path, query), {
    method: 'POST',
    headers: { 'x-api-key': product.adminToken, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${text}`);
}

function addressOf({ url, accountId }: Product, path: string, query: Record<string, string>): string {
  const scope = { accountIdentifier: accountId, orgIdentifier: 'default', projectIdentifier: 'myproject' };
  return `${url}${path}?${new URLSearchParams({ ...scope, ...query }).toString()}`;
}
