import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@bridle/launcher';
import { openTransitionLoad } from '@bridle/server/transition-load';
import type { BenchCase } from '../bench-case.ts';
import { openFloorDatabase } from '../floor-database.ts';

const EXECUTIONS = 400;
/** Rows of one batched compare-and-set of the floor. */
const BATCH = 100;

export const transitions: BenchCase = {
  name: 'transitions',
  timed:
    'one of 400 executions of 3 steps running at once, in one process over the real store; rate in node transitions',
  floor: 'one row of a batched compare-and-set of 100 rows, commit included',
  target: '≥ 5,000/s',
  prepare: async (opened) => {
    const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-bench-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const postgres = opened.keep(
      await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') }),
      (started) => started.stop(),
    );
    const load = opened.keep(await openTransitionLoad(postgres.url), (open) => open.close());
    const database = opened.keep(await openFloorDatabase(), (floor) => floor.close());
    await database.prepareRows(BATCH);
    await load.run(50);
    return {
      measure: async () => {
        const { transitions: count, ms } = await load.run(EXECUTIONS);
        return { latencies: [ms / count], perSecond: (1_000 * count) / ms };
      },
      measureFloor: async () => {
        const start = performance.now();
        const rounds = 50;
        for (let round = 0; round < rounds; round += 1) await database.compareAndSet(BATCH, round);
        const ms = performance.now() - start;
        return { latencies: [ms / (rounds * BATCH)], perSecond: (1_000 * rounds * BATCH) / ms };
      },
    };
  },
};
