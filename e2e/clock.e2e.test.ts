/** A clock starts a pipeline. It waits for a whole minute, so that other files go on beside this one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logOf } from './src/builds.ts';
import { startProduct, type Product } from './src/product.ts';
import { pipeline, runWhenFinal, save, shell, stage } from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';
import { createTrigger, eventOf } from './src/triggers.ts';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  expect(errors).toEqual([]);
});

describe('a clock', () => {
  it('starts a pipeline at its time', async () => {
    await save(product, pipeline('ticks', [stage('tick', [shell('tell', 'echo the clock: <+trigger.type>')])]));
    // The next minute, or the one after when that is too near.
    const at = new Date(Date.now() + 70_000);
    const expression = `${String(at.getUTCMinutes())} ${String(at.getUTCHours())} * * *`;
    await createTrigger(product, 'ticks', {
      identifier: 'each_day',
      source: { type: 'Scheduled', spec: { type: 'Cron', spec: { type: 'UNIX', expression } } },
    });
    const row = await eventOf(product, 'ticks', 'each_day', 100_000);
    expect(row).toMatchObject({
      eventCorrelationId: expect.stringMatching(/^Cron_/),
      finalStatus: 'TARGET_EXECUTION_REQUESTED',
      type: 'Scheduled',
    });
    const run = await runWhenFinal(product, String(row.targetExecutionSummary?.planExecutionId));
    expect(run.status).toBe('Success');
    expect(await logOf(product, run, 'tell')).toContain('the clock: Scheduled');
    expect(run.summary).toMatchObject({ executionTriggerInfo: { triggerType: 'SCHEDULER_CRON' } });
  });
});
