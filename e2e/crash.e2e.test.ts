/** The server is killed while work is under way: nothing that was answered is lost, nothing runs twice, nothing is left behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  api,
  createPipeline,
  createTrigger,
  customTrigger,
  detailsWhenFinal,
  fire,
  shellPipeline,
  type Summary,
} from './src/api.ts';
import { processesNamed } from './src/processes.ts';
import { startProduct, type Product } from './src/product.ts';
import { untilReady } from './src/readiness.ts';

const TRIGGERS = 50;
const MARK = `bridle-crash-${process.pid}`;
const FINAL = ['Success', 'Failed', 'Aborted', 'Expired'];

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  await product.dispose();
});

it('R1: every answered id becomes exactly one execution that ends, though the server was killed in between', async () => {
  await createPipeline(
    product,
    shellPipeline('crash', [`exec -a ${MARK} sleep 0.3`, 'true', `exec -a ${MARK} sleep 0.2`]),
  );
  await createTrigger(product, 'crash', customTrigger('crashhook', 'crash'));
  const server = await product.serverPid();

  const answered: string[] = [];
  let isKilled = false;
  const calls = Array.from({ length: TRIGGERS }, async (_, index) => {
    try {
      const { status, body } = await fire(product, 'crash', 'crashhook', JSON.stringify({ index }));
      if (status === 200) answered.push(body.data);
    } catch {
      // Not answered: nothing was promised.
    }
    if (answered.length >= TRIGGERS / 2 && !isKilled) {
      isKilled = true;
      process.kill(server, 'SIGKILL');
    }
  });
  await Promise.all(calls);
  expect(isKilled).toBe(true);
  await untilReady(product);

  const executions = new Set<string>();
  for (const eventId of answered) {
    const details = await detailsWhenFinal(product, eventId);
    expect(details.webhookProcessingDetails.status).toBe('TARGET_EXECUTION_REQUESTED');
    const summary = details.executionDetails?.pipelineExecutionSummary;
    expect(FINAL).toContain(summary?.status);
    if (summary !== undefined) executions.add(summary.planExecutionId);
  }
  expect(executions.size).toBe(answered.length);

  const all = await listWhenFinal(product);
  // Run numbers have no gap and no double.
  expect(all.map((row) => row.runSequence).toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index + 1));
  expect(await processesNamed(MARK)).toEqual([]);
});

async function listExecutions(target: Product): Promise<readonly Summary[]> {
  const { body } = await api<{ content: readonly Summary[] }>(target, '/pipeline/api/pipelines/execution/summary', {
    method: 'POST',
    body: '{}',
    query: { pipelineIdentifier: 'crash', size: '500' },
  });
  return body.data.content;
}

/** Calls that were accepted but never answered have executions too, which nobody waits for: so all of them are looked at until they end. */
async function listWhenFinal(target: Product): Promise<readonly Summary[]> {
  const limit = Date.now() + 60_000;
  for (;;) {
    const all = await listExecutions(target);
    const active = all.filter((row) => !FINAL.includes(row.status));
    if (active.length === 0) return all;
    if (Date.now() > limit)
      throw new Error(`Never ended: ${active.map((row) => `#${row.runSequence} ${row.status}`).join(', ')}`);
  }
}
