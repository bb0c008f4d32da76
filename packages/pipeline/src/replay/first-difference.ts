/** What one event has changed in the two executions: is it the same, and if not, which node is the reason? */
import type { Advance } from '../engine/advance.ts';
import { assertInvariant } from '../engine/assert.ts';
import type { Execution, NodeExecution } from '../engine/execution.ts';
import type { NodeExecutionId, NodeId } from '../engine/ids.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import type { Plan } from '../plan/plan.ts';
import { differentNode } from './different-node.ts';
import type { Difference, DifferenceKind } from './difference.ts';
import { describeStatus, explainFact, explainValues, explainWhen, type Words } from './explain.ts';
import { findDifference, isEqual, tasksOf, type Fact, type Seen } from './facts.ts';

export interface Sides {
  readonly then: Advance;
  readonly now: Advance;
  /** One order over the nodes of both plans. */
  readonly order: ReadonlyMap<NodeId, number>;
  /** Where the record leads to: what came of its nodes then. Asked for once there is a difference. */
  readonly last: () => Execution;
}

type Found = Omit<Difference, 'event'>;

/** A node that one of them does not have, or in which they differ. */
interface Candidate {
  readonly id: NodeExecutionId;
  readonly nodeId: NodeId;
  readonly then: Seen | undefined;
  readonly now: Seen | undefined;
  /** Absent = one of them does not have it. */
  readonly fact?: Fact;
}

export function findFirstDifference(sides: Sides): Found | undefined {
  const candidates = listCandidates(sides);
  const [first] = candidates;
  if (first === undefined) return differentOutputs(sides);
  // A container differs because of what is in it, unless it was decided otherwise itself.
  const cause =
    candidates.find((candidate) => isDecision(candidate) || !hasInside(candidate, candidates, sides)) ?? first;
  return describe(cause, sides);
}

/** In the order in which people read them. */
function listCandidates({ then, now, order }: Sides): readonly Candidate[] {
  const tasksThen = tasksOf(then.effects);
  const tasksNow = tasksOf(now.effects);
  const ids = new Set([...changedIn(then.execution), ...changedIn(now.execution)]);
  const found = [...ids].flatMap((id): readonly Candidate[] => {
    const before = seen(then.execution.nodes[id], tasksThen.get(id));
    const after = seen(now.execution.nodes[id], tasksNow.get(id));
    const nodeId = after?.node.nodeId ?? before?.node.nodeId;
    if (nodeId === undefined || isFork(nodeId, then.execution, now.execution)) return [];
    const candidate = { id, nodeId, then: before, now: after };
    if (before === undefined || after === undefined) return [candidate];
    const fact = findDifference(before, after);
    return fact === undefined ? [] : [{ ...candidate, fact }];
  });
  const rank = ({ nodeId }: Candidate): number => order.get(nodeId) ?? 0;
  return found.toSorted(
    (one, other) => compareTurns(one, other) || rank(one) - rank(other) || attemptOf(one) - attemptOf(other),
  );
}

function changedIn({ nodes, version }: Execution): readonly NodeExecutionId[] {
  return Object.values(nodes).flatMap(({ id, changedAtVersion }) => (changedAtVersion === version ? [id] : []));
}

function seen(node: NodeExecution | undefined, task: Seen['task']): Seen | undefined {
  return node === undefined ? undefined : { node, ...(task === undefined ? {} : { task }) };
}

/** A fork is named after its place, and is no node of the author's: its members tell. */
function isFork(id: NodeId, ...executions: readonly Execution[]): boolean {
  return executions.some(({ plan }) => plan.nodes[id]?.kind === 'fork');
}

/** The turns of one loop one after the other, each with all that is in it. */
function compareTurns(one: Candidate, other: Candidate): number {
  const turns = loopOf(one);
  const others = loopOf(other);
  for (let level = 0; level < Math.min(turns.length, others.length); level += 1) {
    const difference = (turns[level] ?? 0) - (others[level] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function loopOf({ then, now }: Candidate): readonly number[] {
  return now?.node.loop ?? then?.node.loop ?? [];
}

function attemptOf({ then, now }: Candidate): number {
  return now?.node.attempt ?? then?.node.attempt ?? 0;
}

/** Whether it is there at all, and what it decides for itself. */
function isDecision({ fact }: Candidate): boolean {
  return fact !== 'status' && fact !== 'outputs';
}

function hasInside({ id }: Candidate, candidates: readonly Candidate[], { then, now }: Sides): boolean {
  return candidates.some(
    (other) =>
      other.id !== id && (isBelow(other.id, id, then.execution.nodes) || isBelow(other.id, id, now.execution.nodes)),
  );
}

function isBelow(inner: NodeExecutionId, outer: NodeExecutionId, nodes: Execution['nodes']): boolean {
  for (let id = nodes[inner]?.parentId; id !== undefined; id = nodes[id]?.parentId) if (id === outer) return true;
  return false;
}

function describe(candidate: Candidate, sides: Sides): Found {
  const { then, now, fact } = candidate;
  const { execution: before } = sides.then;
  const { execution: after } = sides.now;
  const came = sides.last().nodes[candidate.id] ?? then?.node;
  const found = differentNode({ execution: before, node: then?.node }, { execution: after, node: now?.node });
  const node = then === undefined || came === undefined ? found : { ...found, statusThen: came.status };
  if (then !== undefined && now !== undefined) {
    assertInvariant(fact !== undefined, 'a node that both have differs in a fact');
    const words = explainFact(fact, then, now);
    return {
      kind: KINDS[fact],
      node,
      ...words,
      ...(fact === 'condition' && came !== undefined ? { then: describeStatus(came.status) } : {}),
    };
  }
  const moved = findMove(candidate, sides);
  if (moved !== undefined) return moved;
  if (then !== undefined) return { kind: 'gone', node, ...explainGone(candidate, came ?? then.node, after) };
  assertInvariant(now !== undefined, 'one of the two has the node');
  return { kind: 'new', node, ...explainNew(now, came, before) };
}

const KINDS: Readonly<Record<Fact, DifferenceKind>> = {
  condition: 'condition',
  turn: 'loop',
  turns: 'loop',
  spec: 'spec',
  environment: 'environment',
  placement: 'placement',
  approval: 'approval',
  outputs: 'outputs',
  handling: 'handling',
  status: 'status',
};

/** It is there in both, and stands before or after another one than it did. */
function findMove({ nodeId, then, now }: Candidate, sides: Sides): Found | undefined {
  const { execution: before } = sides.then;
  const { execution: after } = sides.now;
  if (before.plan.nodes[nodeId]?.parentId !== after.plan.nodes[nodeId]?.parentId) return undefined;
  const earlierThen = listEarlier(before.plan, nodeId);
  const earlierNow = listEarlier(after.plan, nodeId);
  // What did not begin now has somebody new before it; what did has got past somebody.
  const [ones, others] = now === undefined ? [earlierNow, earlierThen] : [earlierThen, earlierNow];
  const passed = ones.find((id) => !others.includes(id) && isIn(before.plan, id) && isIn(after.plan, id));
  if (passed === undefined) return undefined;
  const own = identifierOf(now === undefined ? before : after, nodeId, now?.node ?? then?.node);
  const other = identifierOf(after, passed, currentOf(after, passed));
  const first = now === undefined ? currentOf(after, passed) : now.node;
  if (first === undefined) return undefined;
  const [namedThen, namedNow] = now === undefined ? [own, other] : [other, own];
  return {
    kind: 'order',
    node: differentNode({ execution: before, node: undefined }, { execution: after, node: first }),
    then: `${namedThen} came next`,
    now: `${namedNow} comes next`,
  };
}

/** What is beside the node and before it. */
function listEarlier(plan: Plan, id: NodeId): readonly NodeId[] {
  const { parentId } = plan.nodes[id] ?? {};
  const parent = parentId === undefined ? undefined : plan.nodes[parentId];
  if (parent === undefined || !('children' in parent) || parent.kind === 'fork') return [];
  return parent.children.slice(0, Math.max(0, parent.children.indexOf(id)));
}

function isIn(plan: Plan, id: NodeId): boolean {
  return plan.nodes[id] !== undefined;
}

function currentOf({ nodes }: Execution, id: NodeId): NodeExecution | undefined {
  return Object.values(nodes).find(({ nodeId, isSuperseded }) => nodeId === id && isSuperseded === undefined);
}

function identifierOf(execution: Execution, id: NodeId, node: NodeExecution | undefined): string {
  return node === undefined ? (execution.plan.nodes[id]?.identifier ?? '') : nodeIdentity(execution, node).identifier;
}

function explainGone({ nodeId }: Candidate, node: NodeExecution, now: Execution): Words {
  const isThere = now.plan.nodes[nodeId] !== undefined;
  return {
    then: describeStatus(node.status),
    now: isThere ? 'it does not begin' : 'it is not in the pipeline',
  };
}

function explainNew({ node }: Seen, came: NodeExecution | undefined, then: Execution): Words {
  const isThere = then.plan.nodes[node.nodeId] !== undefined;
  const why = node.when === undefined || node.status !== 'Skipped' ? undefined : explainWhen(node.when, undefined);
  const unknown = node.status === 'Skipped' || came !== undefined ? undefined : 'What it would give is not recorded.';
  const reason = why ?? unknown;
  return {
    then: came !== undefined ? 'it had not begun yet' : isThere ? 'it did not begin' : 'it was not in the pipeline',
    now: describeStatus(node.status),
    ...(reason === undefined ? {} : { why: reason }),
  };
}

/** What a chained execution tells its parent. */
function differentOutputs({ then, now }: Sides): Found | undefined {
  const { outputs: before } = then.execution;
  const { outputs: after } = now.execution;
  if (isEqual(before, after)) return undefined;
  const find = ({ nodes, plan }: Execution): NodeExecution | undefined =>
    Object.values(nodes).find(({ nodeId }) => nodeId === plan.rootId);
  return {
    kind: 'outputs',
    node: differentNode(
      { execution: then.execution, node: find(then.execution) },
      { execution: now.execution, node: find(now.execution) },
    ),
    ...explainValues(before, after),
  };
}
