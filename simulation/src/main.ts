/**
 * `npm run simulate -- --seeds N [--seed S] [--verbose]`: runs seeds S, S+1, … and stops at the first broken rule.
 * `npm run simulate -- --seed S --execution N --record FILE [--behaviour TEXT]`: keeps one execution as a recorded log.
 */
import { parseArgs } from 'node:util';
import { recordExecution } from './record.ts';
import { simulateSeed, type SimulationResult } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    record: { type: 'string' },
    execution: { type: 'string', default: '1' },
    behaviour: { type: 'string', default: '' },
  },
});

const first = Number(values.seed);
const seeds = Number(values.seeds ?? 1);
const write = (text: string): void => void process.stdout.write(`${text}\n`);

const totals = new Map<string, number>();
const startedAt = process.hrtime.bigint();
let failed: SimulationResult | undefined;
let done = 0;
/** Long runs say that they go on. */
const PROGRESS_SEEDS = 1_000;
for (let seed = first; seed < first + seeds && failed === undefined; seed += 1) {
  const result = await simulateSeed(String(seed));
  done += 1;
  for (const [kind, count] of result.counts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  if (values.verbose) write(seeds === 1 ? result.log : `seed ${result.seed} ${result.digest}`);
  if (result.violations.length > 0) failed = result;
  else if (done % PROGRESS_SEEDS === 0) write(`${done} seeds, no rule broken`);
  if (failed === undefined && values.record !== undefined)
    recordExecution(result, Number(values.execution), values.behaviour, values.record);
}

for (const [kind, count] of [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  write(`${String(count).padStart(10)} ${kind}`);
const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
write(`${done} seeds in ${seconds.toFixed(1)} s`);
if (failed !== undefined) {
  write(`\nseed ${failed.seed} broke:`);
  for (const violation of failed.violations) write(`  ${violation}`);
  write(`\nreplay it: npm run simulate -- --seed ${failed.seed} --verbose`);
  process.exitCode = 1;
}
