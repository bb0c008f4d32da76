/** A run that is over, as far as expectations look at it. */
import type { TaskRequest } from '../engine/effects.ts';
import type { Execution } from '../engine/execution.ts';
import type { NodeExecutionId } from '../engine/ids.ts';
import { listPlanPlaces, listRunPlaces, type FindExecution, type PlanPlace, type RunPlace } from './names.ts';

export interface FinishedRun {
  readonly execution: Execution;
  /** Chained executions. */
  readonly find: FindExecution;
  readonly tasks: ReadonlyMap<NodeExecutionId, TaskRequest>;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The same with all that has a name. */
export interface RunView extends FinishedRun {
  readonly places: readonly PlanPlace[];
  readonly runs: readonly RunPlace[];
}

export function viewRun(run: FinishedRun): RunView {
  const runs = listRunPlaces(run.execution, run.find);
  const places = [...listPlanPlaces(run.execution.plan)];
  for (const { node, segments } of runs) {
    const child = node.childExecutionId === undefined ? undefined : run.find(node.childExecutionId);
    if (child !== undefined) places.push(...listPlanPlaces(child.plan, segments));
  }
  return { ...run, runs, places };
}

/** A loop that has turns counts by its turns. */
export function countingRuns(runs: readonly RunPlace[]): readonly RunPlace[] {
  return runs.filter(({ isLoop, node }) => !isLoop || node.children.length === 0);
}
