/**
 * `node simulation/src/record.ts --seed S --execution N --behaviour TEXT --out FILE`: keeps one execution of a history as a
 * file that every later engine must replay to the same state (quality.md R13). The file is named for the behaviour it shows.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { simulateSeed } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    execution: { type: 'string', default: '1' },
    behaviour: { type: 'string', default: '' },
    out: { type: 'string', default: 'recorded.json' },
  },
});

const result = await simulateSeed(values.seed);
if (result.violations.length > 0) throw new Error(result.violations.join('\n'));
const recorded = result.executions[Number(values.execution) - 1];
if (recorded === undefined) throw new Error(`Seed ${values.seed} has no execution ${values.execution}.`);
const { header, createdAt, events, execution } = recorded;
// What the header holds is not said twice.
const { status, startedAt, endedAt, nodes, version, abort } = execution;
const state = { version, status, startedAt, endedAt, abort, nodes };
writeFileSync(
  values.out,
  `${JSON.stringify({ behaviour: values.behaviour, header, createdAt, events, state }, null, 2)}\n`,
);
