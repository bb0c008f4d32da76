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
import { openMarks } from '../marks.ts';
import { timeEach } from '../samples.ts';
import { spawnShell } from '../spawn-shell.ts';

const STEPS = 20;

export const stepToStep: BenchCase = {
  name: 'step-to-step',
  timed: 'last instruction of a ShellScript step → first instruction of the next',
  floor: 'spawn of sh + 2 commits',
  target: 'p50 ≤ 8 ms, p99 ≤ 25 ms',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct(), (started) => started.dispose());
    const database = opened.keep(await openFloorDatabase(), (floor) => floor.close());
    const marks = opened.keep(await openMarks(), (open) => open.close());
    const scripts = Array.from(
      { length: STEPS },
      (_, index) => `${marks.line(`start${index}`)}; echo working; ${marks.line(`end${index}`)}`,
    );
    await createPipeline(product, shellPipeline('chain', scripts));
    await createTrigger(product, 'chain', customTrigger('chainhook', 'chain'));
    return {
      measure: async () => {
        const { body } = await fire(product, 'chain', 'chainhook');
        await detailsWhenFinal(product, body.data);
        const read = await marks.read();
        const gap = (index: number): number =>
          (read.get(`start${index + 1}`)?.at(-1) ?? Number.NaN) - (read.get(`end${index}`)?.at(-1) ?? Number.NaN);
        return { latencies: Array.from({ length: STEPS - 1 }, (_, index) => gap(index)) };
      },
      measureFloor: async () => ({
        latencies: await timeEach(STEPS - 1, async () => {
          await database.commit();
          await spawnShell();
          await database.commit();
        }),
      }),
    };
  },
};
