import {
  createPipeline,
  createTrigger,
  customTrigger,
  detailsWhenFinal,
  fire,
  shellPipeline,
  startProduct,
} from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';
import { openFloorDatabase } from '../floor-database.ts';
import { epochMs, openMarks } from '../marks.ts';
import { timeEach } from '../samples.ts';
import { spawnShell } from '../spawn-shell.ts';

const CALLS = 40;

export const triggerToStep: BenchCase = {
  name: 'trigger-to-step',
  timed: 'POST custom webhook → first instruction of the step’s script',
  floor: 'commit + NOTIFY + first byte of a spawned sh',
  target: 'p50 ≤ 15 ms, p99 ≤ 60 ms',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct(), (started) => started.dispose());
    const database = opened.keep(await openFloorDatabase(), (floor) => floor.close());
    const marks = opened.keep(await openMarks(), (open) => open.close());
    await createPipeline(product, shellPipeline('reach', [marks.line('step')]));
    await createTrigger(product, 'reach', customTrigger('reachhook', 'reach'));
    const once = async (): Promise<number> => {
      const start = epochMs();
      const { body } = await fire(product, 'reach', 'reachhook');
      await detailsWhenFinal(product, body.data);
      return ((await marks.read()).get('step')?.at(-1) ?? Number.NaN) - start;
    };
    await once();
    return {
      measure: async () => {
        const latencies: number[] = [];
        for (let index = 0; index < CALLS; index += 1) latencies.push(await once());
        return { latencies };
      },
      measureFloor: async () => ({
        latencies: await timeEach(CALLS, async () => {
          await database.commitAndNotify();
          await spawnShell();
        }),
      }),
    };
  },
};
