/**
 * Many random cases for the mask: `node packages/executors/src/masking/many-cases.ts 1000000 [seed]`. Ends with 1 at the first leak and
 * prints the seed that finds it again.
 */
import { findLeak } from './test-cases.ts';

const BATCH = 10_000;

const total = Number(process.argv[2] ?? '1000000');
const firstSeed = Number(process.argv[3] ?? '1');
const startedAt = performance.now();

for (let done = 0; done < total; done += BATCH) {
  const leak = await findLeak(Math.min(BATCH, total - done), firstSeed + done);
  if (leak !== undefined) {
    process.stdout.write(`a leak (seed ${leak.seed}, path ${leak.path}): ${leak.text}\n`);
    process.exit(1);
  }
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
process.stdout.write(`${total} cases from seed ${firstSeed} on: 0 leaks (${seconds} s)\n`);
