import { createPipeline, createTrigger, customTrigger, shellPipeline, startProduct, type Product } from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';
import { startDummyDelegate } from '../dummy-delegate.ts';
import { openFloorDatabase } from '../floor-database.ts';
import { rateOf, timeEach } from '../samples.ts';

const SINGLE = 40;
const LOAD = 800;
const WIDTH = 64;
const COMMITS = 8;

export const noop3: BenchCase = {
  name: 'noop-3',
  timed:
    'execution of 3 sequential steps on the dummy executor of a delegate, from the POST that starts it to its end; rate at 64',
  floor: '8 commits one after the other; rate of 8 commits at 64 over 8 connections',
  target: 'p50 ≤ 8 ms, ≥ 400 executions/s',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct({ env: { BRIDLE_DELEGATE: 'off' } }), (started) =>
      started.dispose(),
    );
    const database = opened.keep(await openFloorDatabase(), (floor) => floor.close());
    opened.keep(await startDummyDelegate(product, 'dummy'), (delegate) => delegate.close());
    await createPipeline(product, shellPipeline('noop', ['true', 'true', 'true']));
    await createTrigger(product, 'noop', customTrigger('noophook', 'noop'));
    const run = async (): Promise<void> => execute(product);
    await run();
    return {
      measure: async () => ({ latencies: await timeEach(SINGLE, run), perSecond: await rateOf(LOAD, WIDTH, run) }),
      measureFloor: async () => ({
        latencies: await timeEach(SINGLE, async () => {
          for (let index = 0; index < COMMITS; index += 1) await database.commit();
        }),
        perSecond: await rateOf(LOAD, WIDTH, async () => {
          for (let index = 0; index < COMMITS; index += 1) await database.commitMany(1);
        }),
      }),
    };
  },
};

/** The answer comes when the execution has ended: no polling is part of the figure. */
async function execute(product: Product): Promise<void> {
  const query = new URLSearchParams({
    accountIdentifier: product.accountId,
    orgIdentifier: 'default',
    projectIdentifier: 'myproject',
    pipelineIdentifier: 'noop',
    triggerIdentifier: 'noophook',
  });
  const response = await fetch(`${product.url}/gateway/api/webhook/custom?${query.toString()}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60, return=representation' },
    body: '{}',
  });
  const { data } = (await response.json()) as {
    data: { executionDetails: { pipelineExecutionSummary: { status: string } } | null };
  };
  const status = data.executionDetails?.pipelineExecutionSummary.status;
  if (status !== 'Success') throw new Error(`The execution ended as ${status}.`);
}
