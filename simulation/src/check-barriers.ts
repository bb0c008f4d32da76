/** Barriers by their own rules: R1 none opens before all have come; R2 nobody waits for somebody who cannot come any more. */
import { isFinal, type EngineEvent, type Execution, type NodeExecution, type NodeId } from '@bridle/pipeline';
import { nameOf } from './check-state.ts';

/** A Barrier step that takes part: where it stands, or who of those that hold it stands in its way. */
export interface Seat {
  readonly plan: NodeId;
  readonly node: NodeExecution | undefined;
  /** The innermost node on the way to it that exists. */
  readonly around: NodeExecution | undefined;
}

export function seatsOf(execution: Execution, ref: string): readonly Seat[] {
  const current = new Map<string, NodeExecution>();
  for (const node of Object.values(execution.nodes))
    if (node.isSuperseded === undefined) current.set(node.nodeId, node);
  return Object.values(execution.plan.nodes).flatMap((plan) => {
    if (refOf(execution, plan.id) !== ref) return [];
    let around = plan.parentId;
    while (around !== undefined && current.get(around) === undefined) around = execution.plan.nodes[around]?.parentId;
    return [
      { plan: plan.id, node: current.get(plan.id), around: around === undefined ? undefined : current.get(around) },
    ];
  });
}

export function refOf({ plan }: Execution, id: NodeId): string | undefined {
  const node = plan.nodes[id];
  if (node?.kind !== 'step' || node.stepType !== 'Barrier') return undefined;
  const { spec } = node;
  const ref = typeof spec === 'object' && spec !== null && 'barrierRef' in spec ? spec['barrierRef'] : undefined;
  return typeof ref === 'string' ? ref : undefined;
}

/** May still come. */
export function isPending({ node, around }: Seat): boolean {
  if (node !== undefined) return !isFinal(node.status) && node.status !== 'ResourceWaiting';
  return around === undefined || !isFinal(around.status);
}

export function checkBarriers(
  before: Execution | undefined,
  after: Execution,
  events: readonly EngineEvent[],
): readonly string[] {
  const refs = new Set(Object.values(after.plan.nodes).flatMap(({ id }) => refOf(after, id) ?? []));
  return [...refs].flatMap((ref) => {
    const seats = seatsOf(after, ref);
    const pending = seats.filter(isPending);
    const broken: string[] = [];
    for (const { node } of seats) {
      if (node === undefined) continue;
      if (node.status === 'ResourceWaiting' && pending.length === 0)
        broken.push(`${nameOf(after, node)} waits at ${ref} for nobody`);
      // One that failed may be marked as success by its failure strategy.
      const isNew =
        node.status === 'Success' && before?.nodes[node.id]?.status !== 'Success' && node.advised === undefined;
      const isRetained = after.retained !== undefined && before?.nodes[node.id] === undefined;
      if (isNew && !isRetained && !isByWord(events, node) && seats.some((seat) => isPending(seat) || waits(seat)))
        broken.push(`${nameOf(after, node)} passed ${ref} before all had come`);
    }
    return broken;
  });
}

function waits({ node }: Seat): boolean {
  return node?.status === 'ResourceWaiting';
}

function isByWord(events: readonly EngineEvent[], { id }: NodeExecution): boolean {
  return events.some((event) => event.kind === 'interruptRequested' && event.interrupt.nodeExecutionId === id);
}
