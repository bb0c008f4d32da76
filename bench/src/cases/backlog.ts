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
import type { BenchCase, PreparedCase } from '../bench-case.ts';
import { DummyHand } from '../dummy-delegate.ts';
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
  prepare: async () => {
    const backlog = await openBacklog();
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
      close: () => backlog.close(),
    };
  },
};

export const backlogList: BenchCase = {
  name: 'backlog-list',
  timed: `list of executions, ${PAGE} to a page, with 100,000 queued`,
  floor: 'the same list of a project that has none',
  target: 'p95 ≤ 200 ms',
  prepare: async () => {
    const backlog = await openBacklog();
    return {
      measure: async () => ({
        latencies: await timeEach(LISTS, async () => {
          const total = await list(backlog.product, 'myproject');
          if (total <= EXECUTIONS) throw new Error(`The list knows of ${total} executions.`);
        }),
      }),
      measureFloor: async () => ({ latencies: await timeEach(LISTS, () => list(backlog.product, 'other')) }),
      close: () => backlog.close(),
    };
  },
};

interface Backlog extends Pick<PreparedCase, 'close'> {
  readonly product: Product;
  readonly hand: DummyHand;
  readonly idle: DummyHand;
}

async function openBacklog(): Promise<Backlog> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-bench-'));
  const postgres = await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') });
  const product = await startProduct({ env: { BRIDLE_DELEGATE: 'off', DATABASE_URL: postgres.url } });
  // Registered before the work is there: what nobody could do would be given up.
  const hand = await DummyHand.register(product, `worker-${randomUUID()}`, 1);
  const idle = await DummyHand.register(product, `idle-${randomUUID()}`, 1);
  await createPipeline(product, shellPipeline('backlog', ['true']));
  await createTrigger(product, 'backlog', customTrigger('backloghook', 'backlog'));
  const { body } = await fire(product, 'backlog', 'backloghook');
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await multiplyExecution(client, body.data, EXECUTIONS);
  return {
    product,
    hand,
    idle,
    close: async () => {
      hand.close();
      idle.close();
      await client.end();
      await product.dispose();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
