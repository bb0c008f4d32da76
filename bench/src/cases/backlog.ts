/**
 * 100,000 executions that wait for a delegate (R12): what it takes to get the next task, and to list them. The server is the real
 * one, over HTTP; only the rows are multiplied in the database instead of being started one by one.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPipeline,
  createTrigger,
  customTrigger,
  fire,
  shellPipeline,
  startProduct,
  type Product,
} from '@bridle/e2e';
import { startPostgres } from '@bridle/launcher';
import { Client } from 'pg';
import type { BenchCase } from '../bench-case.ts';
import { DummyHand } from '../dummy-delegate.ts';
import type { Opened } from '../opened.ts';
import { multiplyExecution } from '../multiply-execution.ts';
import { timeEach } from '../samples.ts';

const EXECUTIONS = 100_000;
const LEASES = 200;
const LISTS = 40;
const PAGE = 20;

export const backlogLease: BenchCase = {
  name: 'backlog-lease',
  timed: 'poll of a delegate with a free slot → its task, with 100,000 executions queued',
  floor: 'a poll of a delegate without a free slot → nothing',
  target: 'p99 ≤ 20 ms',
  prepare: async (opened) => {
    const backlog = await openBacklog(opened);
    const { hand, idle } = backlog;
    return {
      measure: async () => ({
        latencies: await timeEach(LEASES, async () => {
          const [task] = await hand.take(1);
          if (task === undefined) throw new Error('The queue gave nothing.');
          // Not awaited: what a step reports is the load of any backlog that is worked off.
          void hand.perform(task);
        }),
      }),
      measureFloor: async () => ({ latencies: await timeEach(LEASES, () => idle.take(0, 0)) }),
    };
  },
};

export const backlogList: BenchCase = {
  name: 'backlog-list',
  timed: `list of executions, ${PAGE} to a page, with 100,000 queued`,
  floor: 'the same list of a project that has none',
  target: 'p95 ≤ 200 ms',
  prepare: async (opened) => {
    const backlog = await openBacklog(opened);
    return {
      measure: async () => ({
        latencies: await timeEach(LISTS, async () => {
          const total = await list(backlog.product, 'myproject');
          if (total <= EXECUTIONS) throw new Error(`The list knows of ${total} executions.`);
        }),
      }),
      measureFloor: async () => ({ latencies: await timeEach(LISTS, () => list(backlog.product, 'other')) }),
    };
  },
};

interface Backlog {
  readonly product: Product;
  readonly hand: DummyHand;
  readonly idle: DummyHand;
}

async function openBacklog(opened: Opened): Promise<Backlog> {
  const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-bench-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const postgres = opened.keep(
    await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') }),
    (started) => started.stop(),
  );
  const product = opened.keep(
    await startProduct({ env: { BRIDLE_DELEGATE: 'off', DATABASE_URL: postgres.url } }),
    (started) => started.dispose(),
  );
  // Registered before the work is there: what nobody could do would be given up.
  const hand = opened.keep(await DummyHand.register(product, `worker-${randomUUID()}`, 1), (worker) => worker.close());
  const idle = opened.keep(await DummyHand.register(product, `idle-${randomUUID()}`, 1), (worker) => worker.close());
  await createPipeline(product, shellPipeline('backlog', ['true']));
  await createTrigger(product, 'backlog', customTrigger('backloghook', 'backlog'));
  const { body } = await fire(product, 'backlog', 'backloghook');
  const client = opened.keep(new Client({ connectionString: postgres.url }), (each) => each.end());
  await client.connect();
  await multiplyExecution(client, body.data, EXECUTIONS);
  return { product, hand, idle };
}

/** How many there are in all. */
async function list({ url, accountId, adminToken }: Product, projectIdentifier: string): Promise<number> {
  const query = new URLSearchParams({
    accountIdentifier: accountId,
    orgIdentifier: 'default',
    projectIdentifier,
    page: '0',
    size: String(PAGE),
  });
  const response = await fetch(`${url}/pipeline/api/pipelines/execution/summary?${query.toString()}`, {
    method: 'POST',
    headers: { 'x-api-key': adminToken, 'content-type': 'application/json' },
    body: '{"filterType":"PipelineExecution"}',
  });
  if (!response.ok) throw new Error(`The list: HTTP ${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as { data: { totalElements: number } };
  return data.totalElements;
}
