/** What must hold of every state that is saved, judged by its own simple rules and not by the engine's. Answers with what is broken. */
import { isFinal, type Execution, type NodeExecution, type NodeStatus } from '@bridle/pipeline';
import type { MemoryDatabase, TaskState } from '@bridle/runtime';
import { isTakenOver } from './oracle-places.ts';

/** E1: what may follow what, between two saved states. */
export function checkMoves(before: Execution | undefined, after: Execution): readonly string[] {
  const broken: string[] = [];
  for (const node of Object.values(after.nodes)) {
    const earlier = before?.nodes[node.id];
    if (earlier === node) continue;
    if (earlier !== undefined) broken.push(...checkMove(earlier, node).map((text) => `${nameOf(after, node)} ${text}`));
    if ((node.endedAt !== undefined) !== isFinal(node.status))
      broken.push(`${nameOf(after, node)} is ${node.status} and its end is ${node.endedAt}`);
    if (node.endedAt !== undefined && node.endedAt < (node.startedAt ?? node.createdAt))
      broken.push(`${nameOf(after, node)} ended before it began`);
    if (node.isSuperseded === true && !isFinal(node.status))
      broken.push(`${nameOf(after, node)} is ${node.status} although a later attempt took its place`);
  }
  for (const id of Object.keys(before?.nodes ?? {}))
    if (!(id in after.nodes)) broken.push(`node execution ${id} is gone`);
  if (before !== undefined && isFinal(before.status) && before.status !== after.status)
    broken.push(`the execution went from ${before.status} to ${after.status}`);
  return broken;
}

function checkMove(before: NodeExecution, after: NodeExecution): readonly string[] {
  const move = `went from ${before.status} to ${after.status}`;
  if (isFinal(before.status) && asEnded(before) !== asEnded(after)) return [`changed after its end: it ${move}`];
  if (before.isSuperseded === true && after.isSuperseded !== true) return ['counts again'];
  if (before.status === after.status) return [];
  if (after.status === 'NotStarted') return [move];
  if (after.status === 'Skipped' && before.status !== 'Queued') return [move];
  if (before.status === 'Discontinuing' && !isFinal(after.status) && after.status !== 'InterventionWaiting')
    return [move];
  return [];
}

/** What a later attempt may not change of an earlier one. */
function asEnded({ isSuperseded: _s, changedAtVersion: _c, ...node }: NodeExecution): string {
  return JSON.stringify(node);
}

/** What a container may be while nothing in it is under way: it has not begun, for one reason or another. */
const BEFORE_ITS_BEGIN: readonly NodeStatus[] = ['InputWaiting', 'TimedWaiting', 'Queued', 'InterventionWaiting'];

/**
 * E4 and its negation: a parent is final only when its children are, and goes on only while one of them does. What was told
 * to end has told everything in it, but for rollbacks.
 */
export function checkParents(execution: Execution): readonly string[] {
  const broken: string[] = [];
  const nodes = Object.values(execution.nodes);
  for (const node of nodes) {
    const kids = node.children.flatMap((id) => execution.nodes[id] ?? []);
    const live = kids.filter(({ status }) => !isFinal(status));
    if (isFinal(node.status) && live.length > 0)
      broken.push(`${nameOf(execution, node)} is ${node.status} but has living children`);
    if (isContainer(execution, node) && !isFinal(node.status)) {
      const mayBeIdle = BEFORE_ITS_BEGIN.includes(node.status) || execution.pause !== undefined;
      if (live.length === 0 && !mayBeIdle)
        broken.push(`${nameOf(execution, node)} is ${node.status} with nothing left to wait for`);
      if (live.length > 0) broken.push(...checkLiveStatus(execution, node, live));
    }
    const untold = live.filter(
      (child) => child.stopping === undefined && execution.plan.nodes[child.nodeId]?.kind !== 'rollback',
    );
    if (node.stopping !== undefined && untold.length > 0)
      broken.push(`${nameOf(execution, node)} was told to end, but not all that is in it`);
    for (const child of kids) if (child.parentId !== node.id) broken.push(`${child.id} is not the child of ${node.id}`);
  }
  const root = nodes.find((node) => node.parentId === undefined);
  const rootStatus = root?.status ?? execution.status;
  if (rootStatus !== execution.status) broken.push(`the execution is ${execution.status}, its root ${rootStatus}`);
  if (root === undefined && !isFinal(execution.status) && execution.status !== 'QueuedExecutionConcurrencyReached')
    broken.push(`the execution is ${execution.status} and has no node`);
  return broken;
}

/** api.md §7.2, the waiting part of it: the most telling wait shows when nothing runs. */
const WAITS: readonly NodeStatus[] = [
  'InterventionWaiting',
  'ApprovalWaiting',
  'InputWaiting',
  'ResourceWaiting',
  'WaitStepRunning',
  'Queued',
];

function checkLiveStatus(execution: Execution, node: NodeExecution, live: readonly NodeExecution[]): readonly string[] {
  if (execution.pause !== undefined) return [];
  const shown = WAITS.find((wait) => live.some(({ status }) => status === wait));
  const isWaiting = live.every(({ status }) => WAITS.includes(status));
  const wanted = node.stopping !== undefined ? 'Discontinuing' : isWaiting ? shown : 'Running';
  return wanted === node.status ? [] : [`${nameOf(execution, node)} is ${node.status} and had to be ${wanted}`];
}

function isContainer({ plan }: Execution, { nodeId }: NodeExecution): boolean {
  const node = plan.nodes[nodeId];
  if (node?.kind === 'stage') return node.chain === undefined;
  return node?.kind !== 'step' && node?.kind !== 'section';
}

/** L2: what runs of a loop at once. `slotsOf` answers with what the loop allows. */
export function checkLoops(
  execution: Execution,
  slotsOf: (identifier: string) => number | undefined,
): readonly string[] {
  const broken: string[] = [];
  for (const node of Object.values(execution.nodes)) {
    const plan = execution.plan.nodes[node.nodeId];
    const slots = plan?.kind === 'strategy' ? slotsOf(plan.identifier) : undefined;
    if (slots === undefined) continue;
    const running = node.children
      .flatMap((id) => execution.nodes[id] ?? [])
      .filter(({ status }) => !isFinal(status) && status !== 'Queued');
    if (running.length > slots)
      broken.push(`${nameOf(execution, node)} runs ${running.length} turns at once, of ${slots}`);
  }
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
    if (plan?.kind !== 'step' || node.logKey === undefined) {
      if (state !== undefined) broken.push(`${nameOf(execution, node)} has a task without reason`);
      continue;
    }
    // An earlier execution's: it had its task there.
    if (isTakenOver(execution, node)) continue;
    const wanted = TASK_STATES[node.status] ?? OVER;
    // Told to stop and never heard of again: the engine went on without the report, the delegate may still be stopping.
    const isGivenUp = state === 'cancelling' && node.status !== 'TaskWaiting' && node.status !== 'Running';
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
  const place = execution.plan.nodes[node.nodeId]?.fqn ?? node.id;
  const turn = node.loop === undefined ? '' : `[${node.loop.join('.')}]`;
  return node.attempt === 0 ? place + turn : `${place}${turn}#${node.attempt}`;
}
