/**
 * E1: the moves a node's status may make. `NotStarted` is where every node begins; a final status has no way out.
 */
import { isFinal, NODE_STATUSES, type NodeStatus } from './status.ts';

const FINALS = NODE_STATUSES.filter(isFinal);
const WAITS: readonly NodeStatus[] = [
  'AsyncWaiting',
  'TaskWaiting',
  'TimedWaiting',
  'WaitStepRunning',
  'ResourceWaiting',
  'InterventionWaiting',
  'ApprovalWaiting',
  'InputWaiting',
];
const FLOWING: readonly NodeStatus[] = [
  'Queued',
  'QueuedExecutionConcurrencyReached',
  'Running',
  ...WAITS,
  'Paused',
  'Pausing',
];

/** From each status the ones that may follow it. */
export const STATUS_GRAPH: Readonly<Record<NodeStatus, readonly NodeStatus[]>> = buildGraph();

function buildGraph(): Record<NodeStatus, readonly NodeStatus[]> {
  const graph = Object.fromEntries(NODE_STATUSES.map((status) => [status, [] as readonly NodeStatus[]])) as Record<
    NodeStatus,
    readonly NodeStatus[]
  >;
  graph.NotStarted = [...FLOWING, ...FINALS];
  for (const status of FLOWING) {
    // What flows never becomes Skipped: that is decided before a node starts.
    graph[status] = [
      ...FLOWING.filter((next) => next !== status),
      'Discontinuing',
      ...FINALS.filter((next) => next !== 'Skipped'),
    ];
  }
  // A loop's instance without a slot has not started either.
  graph.Queued = [...graph.Queued, 'Skipped'];
  // A node that was told to end can only end, or wait for somebody to say how.
  graph.Discontinuing = [...FINALS.filter((next) => next !== 'Skipped'), 'InterventionWaiting'];
  return graph;
}

/** True when a node may go from one status to the other in one step, or stay. */
export function isLegalMove(from: NodeStatus, to: NodeStatus): boolean {
  return from === to ? !isFinal(from) : STATUS_GRAPH[from].includes(to);
}
