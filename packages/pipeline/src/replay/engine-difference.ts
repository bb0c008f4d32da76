/** Does the engine of today lead the recorded events to where they led then? (E2: the state is the fold of the events.) */
import type { Execution } from '../engine/execution.ts';
import type { NodeExecutionId } from '../engine/ids.ts';
import { differentNode } from './different-node.ts';
import type { Difference } from './difference.ts';
import { explainFact } from './explain.ts';
import { findDifference } from './facts.ts';
import { mergeOrders } from './plan-order.ts';
import type { ExecutionRecord, RecordedEnd } from './record.ts';

/**
 * Of a record that breaks off nothing is known of its end.
 * @param now - where the events lead today
 */
export function findEngineDifference({ header, events, end }: ExecutionRecord, now: Execution): Difference | undefined {
  if (end === undefined) return undefined;
  const then = endState(header.execution, end, header.createdAt);
  const order = mergeOrders(header.execution.plan, header.execution.plan);
  const ids = [...new Set([...keysOf(then), ...keysOf(now)])];
  const found = ids.flatMap((id) => {
    const before = then.nodes[id];
    const after = now.nodes[id];
    const fact =
      before === undefined || after === undefined ? 'status' : findDifference({ node: before }, { node: after });
    const node = before ?? after;
    return fact === undefined || node === undefined ? [] : [{ before, after, fact, node }];
  });
  // Nobody wrote down when it was decided: what ended first is the nearest to it.
  const [first] = found.toSorted(
    (one, other) =>
      (one.node.endedAt ?? Infinity) - (other.node.endedAt ?? Infinity) ||
      (order.get(other.node.nodeId) ?? 0) - (order.get(one.node.nodeId) ?? 0),
  );
  if (first === undefined) return undefined;
  const { before, after, fact } = first;
  const words =
    before === undefined || after === undefined
      ? {
          then: before === undefined ? 'it did not begin' : 'it began',
          now: after === undefined ? 'it does not begin' : 'it begins',
        }
      : explainFact(fact, { node: before }, { node: after });
  return {
    kind: 'engine',
    node: differentNode({ execution: then, node: before }, { execution: now, node: after }),
    ...words,
    why: `The pipeline is the same: this Bridle decides otherwise than ${header.writtenBy} did.`,
    event: { sequence: events.length, at: events.at(-1)?.at ?? header.createdAt, description: 'at the end' },
  };
}

function endState(header: ExecutionRecord['header']['execution'], end: RecordedEnd, createdAt: number): Execution {
  return { ...header, ...end, createdAt };
}

function keysOf({ nodes }: Execution): readonly NodeExecutionId[] {
  return Object.keys(nodes) as NodeExecutionId[];
}
