/** What is compared of a node: how it was decided, what it was started with, what it gave, where it stands. */
import type { Value } from '../expressions/values.ts';
import { shownOutcomes } from '../engine/secret-outputs.ts';
import type { Effect, TaskRequest } from '../engine/effects.ts';
import type { NodeExecution } from '../engine/execution.ts';
import type { NodeExecutionId } from '../engine/ids.ts';

/** In the order in which a node comes to them: the first one that differs is the reason for those after it. */
export const FACTS = [
  'condition',
  'turn',
  'turns',
  'spec',
  'environment',
  'placement',
  'approval',
  'outputs',
  'handling',
  'status',
] as const;
export type Fact = (typeof FACTS)[number];

/** A node of one of the two executions, with the task that it was given in this event. */
export interface Seen {
  readonly node: NodeExecution;
  readonly task?: TaskRequest;
}

/** The first fact in which they differ. */
export function findDifference(then: Seen, now: Seen): Fact | undefined {
  return FACTS.find((fact) => !isEqual(factOf(fact, then), factOf(fact, now)));
}

/** What people are shown of a fact, and what is compared. */
export function factOf(fact: Fact, { node, task }: Seen): Value | undefined {
  switch (fact) {
    case 'condition':
      // Another text that decides the same is the same path; what cannot be evaluated shows in the status.
      return node.when === undefined ? undefined : [node.when.statusHolds, node.when.conditionHolds ?? true];
    case 'turn':
      return node.iteration === undefined ? undefined : plain(node.iteration);
    case 'turns':
      return node.iterations === undefined ? undefined : [node.iterations, node.slots ?? null];
    case 'spec':
      return node.stepParameters;
    case 'environment':
      return task?.environment;
    case 'placement':
      return task === undefined ? undefined : placementOf(task);
    case 'approval':
      return node.approval === undefined ? undefined : plain({ ...node.approval, activities: [] });
    case 'outputs':
      return shownOutcomes(node.outcomes);
    case 'handling':
      return node.advised?.action;
    case 'status':
      return node.status;
  }
}

/** What decides who runs it, and where. */
function placementOf({ selectors, stage, workspaceKey }: TaskRequest): Value {
  return plain({ selectors, stage: stage ?? null, hasWorkspace: workspaceKey !== undefined });
}

/** The tasks that an event gave out, by the node that they are for. */
export function tasksOf(effects: readonly Effect[]): ReadonlyMap<NodeExecutionId, TaskRequest> {
  return new Map(
    effects.flatMap((effect) => (effect.kind === 'enqueueTask' ? [[effect.task.taskId, effect.task] as const] : [])),
  );
}

/** JSON-safe by its type, which says so in more words than `Value`. */
function plain(value: object): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** Absent is different from null; the order of keys says nothing. */
export function isEqual(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) => Object.hasOwn(other, key) && isEqual(Reflect.get(one, key) as Value, Reflect.get(other, key) as Value),
    )
  );
}
