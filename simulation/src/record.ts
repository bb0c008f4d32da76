import { writeFileSync } from 'node:fs';
import type { SimulationResult } from './simulate.ts';

/**
 * Keeps one execution (from 1) of a history as a file that every later engine must replay to the same state (quality.md R13).
 * The file is named for the behaviour it shows.
 */
export function recordExecution(result: SimulationResult, number: number, behaviour: string, file: string): void {
  const recorded = result.executions[number - 1];
  if (recorded === undefined) throw new Error(`Seed ${result.seed} has no execution ${number}.`);
  const { header, createdAt, events, execution } = recorded;
  // What the header holds is not said twice.
  const { status, startedAt, endedAt, nodes, version, abort, pause, outputs } = execution;
  const state = { version, status, startedAt, endedAt, abort, pause, outputs, nodes };
  writeFileSync(file, `${JSON.stringify({ behaviour, header, createdAt, events, state }, null, 2)}\n`);
}
