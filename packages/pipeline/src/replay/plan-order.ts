/** One order over the nodes of two plans, as people read them: that of the older one, with what is new after what it follows. */
import type { NodeId } from '../engine/ids.ts';
import { nodesBelow } from '../plan/nodes-below.ts';
import type { Plan } from '../plan/plan.ts';

export function mergeOrders(then: Plan, now: Plan): ReadonlyMap<NodeId, number> {
  const order = inOrder(then);
  const places = new Map(order.map((id, index): [NodeId, readonly number[]] => [id, [index]]));
  let anchor: readonly number[] = [-1];
  let behind = 0;
  for (const id of inOrder(now)) {
    const place = places.get(id);
    if (place === undefined) {
      behind += 1;
      places.set(id, [...anchor, behind]);
    } else {
      anchor = place;
      behind = 0;
    }
  }
  const sorted = [...places].toSorted(([, one], [, other]) => comparePlaces(one, other));
  return new Map(sorted.map(([id], index) => [id, index]));
}

/** Parents before their children. */
function inOrder(plan: Plan): readonly NodeId[] {
  const found: NodeId[] = [];
  const open: NodeId[] = [plan.rootId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    found.push(id);
    const node = plan.nodes[id];
    if (node !== undefined) open.push(...nodesBelow(node).toReversed());
  }
  return found;
}

function comparePlaces(one: readonly number[], other: readonly number[]): number {
  const [first = 0, behind = 0] = one;
  const [otherFirst = 0, otherBehind = 0] = other;
  return first - otherFirst || behind - otherBehind;
}
