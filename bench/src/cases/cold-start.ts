import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@bridle/launcher';
import { detailsWhenFinal, fire, startProduct, type Product } from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';

/** Starts of one kind: in an empty home each time, or again in the home of the first. */
function startCase(name: string, isWarm: boolean, target: string): BenchCase {
  return {
    name,
    timed: `npm start ${isWarm ? 'in a used home' : 'in an empty home'} → the demo’s trigger is answered`,
    floor: isWarm ? 'start of PostgreSQL' : 'initdb + start of PostgreSQL',
    target,
    prepare: async (opened) => {
      const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-start-')), (path) =>
        rm(path, { recursive: true, force: true }),
      );
      const homeOf = (run: number): string => join(folder, isWarm ? 'home' : `home${run}`);
      if (isWarm) await (await startProduct({ home: homeOf(0) })).stop();
      let run = 0;
      return {
        measure: async () => {
          run += 1;
          const start = performance.now();
          const product = await startProduct({ home: homeOf(run) });
          try {
            return { latencies: [await answered(product, start)] };
          } finally {
            await product.stop();
          }
        },
        measureFloor: async () => {
          const dataDirectory = join(folder, isWarm ? 'floor' : `floor${run}`);
          const start = performance.now();
          const postgres = await startPostgres({ dataDirectory, logFile: join(folder, 'floor.log') });
          const latency = performance.now() - start;
          await postgres.stop();
          return { latencies: [latency] };
        },
      };
    },
  };
}

async function answered(product: Product, start: number): Promise<number> {
  const { body, status } = await fire(product, 'test', 'myhook');
  const latency = performance.now() - start;
  if (status !== 200) throw new Error(`The demo’s trigger answered ${status}.`);
  await detailsWhenFinal(product, body.data);
  return latency;
}

export const coldStart = startCase('cold-start', false, '≤ 10 s');
export const warmStart = startCase('warm-start', true, '≤ 2 s');
