/** What must hold of every state that is saved, judged by its own simple rules and not by the engine's. Answers with what is broken. */
import { isFinal, type Execution, type NodeExecution, type NodeStatus } from '@bridle/pipeline';
import type { MemoryDatabase, TaskState } from '@bridle/runtime';

/** E1: what may follow what, between two saved states. */
export function checkMoves(before: Execution | undefined, after: Execution): readonly string[] {
  const broken: string[] = [];
  for (const node of Object.values(after.nodes)) {
    const earlier = before?.nodes[node.id];
    if (earlier !== undefined) broken.push(...checkMove(earlier, node).map((text) => `${nameOf(after, node)} ${text}`));
    if ((node.endedAt !== undefined) !== isFinal(node.status))
      broken.push(`${nameOf(after, node)} is ${node.status} and its end is ${node.endedAt}`);
  }
  for (const node of Object.values(after.nodes)) {
    if ((node.endedAt ?? node.createdAt) < (node.startedAt ?? node.createdAt))
      broken.push(`${nameOf(after, node)} ended before it began`);
  }
  for (const id of Object.keys(before?.nodes ?? {}))
    if (!(id in after.nodes)) broken.push(`node execution ${id} is gone`);
  if (before !== undefined && isFinal(before.status) && before.status !== after.status)
    broken.push(`the execution went from ${before.status} to ${after.status}`);
  return broken;
}

function checkMove(before: NodeExecution, after: NodeExecution): readonly string[] {
  const move = `went from ${before.status} to ${after.status}`;
  if (isFinal(before.status) && JSON.stringify(before) !== JSON.stringify(after))
    return [`changed after its end: it ${move}`];
  if (before.status === after.status) return [];
  if (after.status === 'NotStarted' || after.status === 'Skipped') return [move];
  if (before.status === 'Discontinuing' && !isFinal(after.status)) return [move];
  return [];
}

/**
 * E4 and its negation: a parent is final only when its children are, and goes on only while one of them does. What was told
 * to end has told everything in it.
 */
export function checkParents(execution: Execution): readonly string[] {
  const broken: string[] = [];
  const nodes = Object.values(execution.nodes);
  for (const node of nodes) {
    const isContainer = execution.plan.nodes[node.nodeId]?.kind !== 'step';
    const live = node.children.filter((id) => !isFinal(execution.nodes[id]?.status ?? 'NotStarted'));
    if (isFinal(node.status) && live.length > 0)
      broken.push(`${nameOf(execution, node)} is ${node.status} but has living children`);
    if (isContainer && !isFinal(node.status) && live.length === 0)
      broken.push(`${nameOf(execution, node)} is ${node.status} with nothing left to wait for`);
    const untold = live.filter((child) => execution.nodes[child]?.stopping === undefined);
    if (node.stopping !== undefined && untold.length > 0)
      broken.push(`${nameOf(execution, node)} was told to end, but not all that is in it`);
    for (const child of node.children)
      if (execution.nodes[child]?.parentId !== node.id) broken.push(`${child} is not the child of ${node.id}`);
  }
  const root = nodes.find((node) => node.parentId === undefined);
  if (root?.status !== execution.status) broken.push(`the execution is ${execution.status}, its root ${root?.status}`);
  return broken;
}

/** Task states that fit a node's status. Only nodes that wait for a delegate are named: for all others the task must be over. */
const TASK_STATES: Partial<Record<NodeStatus, readonly TaskState[]>> = {
  TaskWaiting: ['queued', 'leased'],
  Running: ['started'],
  Discontinuing: ['cancelling'],
};
const OVER: readonly TaskState[] = ['done', 'cancelled', 'lost'];

/** Nothing will ever come of the task any more. */
export function isOver({ state }: { readonly state: TaskState }): boolean {
  return OVER.includes(state);
}

/** E3: the rows that effects made fit the state they were saved with. */
export function checkEffects(execution: Execution, database: MemoryDatabase): readonly string[] {
  return [...checkTasks(execution, database), ...checkTimers(execution, database)];
}

function checkTasks(execution: Execution, database: MemoryDatabase): readonly string[] {
  const broken: string[] = [];
  for (const node of Object.values(execution.nodes)) {
    const plan = execution.plan.nodes[node.nodeId];
    const state = database.tasks.get(node.id)?.state;
    const hasTask = plan?.kind === 'step' && plan.stepType !== 'Wait' && node.logKey !== undefined;
    if (!hasTask) {
      if (state !== undefined) broken.push(`${nameOf(execution, node)} has a task without reason`);
      continue;
    }
    const wanted = TASK_STATES[node.status] ?? OVER;
    // Told to stop and never heard of again: the engine went on without the report, the delegate may still be stopping.
    const isGivenUp = state === 'cancelling' && node.stopping !== undefined;
    if (state === undefined || !(wanted.includes(state) || isGivenUp)) {
      broken.push(`${nameOf(execution, node)} is ${node.status} and its task ${state ?? 'not there'}`);
    }
  }
  return broken;
}

function checkTimers(execution: Execution, database: MemoryDatabase): readonly string[] {
  const inState = Object.values(execution.nodes).flatMap((node) => node.timers);
  const inStore = [...database.timers.values()]
    .filter((timer) => timer.executionId === execution.id)
    .map((timer) => timer.timerId);
  const missing = inState
    .filter((timer) => !inStore.includes(timer))
    .map((timer) => `timer ${timer} runs in the state but not in the store`);
  const stray = inStore
    .filter((timer) => !inState.includes(timer))
    .map((timer) => `timer ${timer} runs in the store but not in the state`);
  return [...missing, ...stray];
}

export function nameOf(execution: Execution, node: NodeExecution): string {
  return execution.plan.nodes[node.nodeId]?.fqn ?? node.id;
}
