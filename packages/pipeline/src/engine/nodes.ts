/**
 * Node executions and their places: how they are made, named and found.
 *
 * An id is a hash of the seed, the plan node, the turns of the loops around it and the attempts: the same on every replay, and
 * different for everything that can happen twice.
 */
import type { PlanNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import { deriveId } from './derive-id.ts';
import type { Draft } from './draft.ts';
import type { Execution, Iteration, NodeExecution } from './execution.ts';
import { nodeExecutionId, type NodeExecutionId } from './ids.ts';

export type NewNode = Partial<
  Pick<NodeExecution, 'attempt' | 'retryIds' | 'retries' | 'inputs' | 'subject' | 'when' | 'loop' | 'iteration'>
>;

/** Adds a node in the status NotStarted; its parent must hear of it by `adoptChild`. */
export function createNode(
  draft: Draft,
  plan: PlanNode,
  parentId: NodeExecutionId | undefined,
  { attempt = 0, loop, ...rest }: NewNode = {},
): NodeExecutionId {
  const parent = parentId === undefined ? undefined : draft.get(parentId);
  const turns = loop ?? parent?.loop;
  const id = deriveNodeExecutionId(draft, plan, attempt, turns ?? [], parent);
  draft.add({
    id,
    nodeId: plan.id,
    ...(parentId === undefined ? {} : { parentId }),
    attempt,
    status: 'NotStarted',
    createdAt: draft.at,
    children: [],
    outcomes: {},
    timers: [],
    ...(turns === undefined || turns.length === 0 ? {} : { loop: turns }),
    ...rest,
  });
  return id;
}

/** The plain parts come first and alone, as in the first release, so that its executions keep their ids. */
function deriveNodeExecutionId(
  draft: Draft,
  plan: PlanNode,
  attempt: number,
  loop: readonly number[],
  parent: NodeExecution | undefined,
): NodeExecutionId {
  const parts = [draft.execution.seed, 'node', plan.id, String(attempt)];
  const repeats = lineage(draft, parent);
  if (loop.length > 0 || repeats.length > 0) parts.push(loop.join('.'), repeats.join(','));
  return nodeExecutionId(deriveId(...parts));
}

/** The repeated containers around a node: what is below them happens once per repetition. */
function lineage(draft: Draft, node: NodeExecution | undefined): readonly string[] {
  return repeatsAround(draft, node).map(({ nodeId, attempt }) => `${nodeId}:${String(attempt)}`);
}

/** The node and what holds it, as far as they are repetitions, innermost first. */
export function repeatsAround(draft: Draft, node: NodeExecution | undefined): readonly NodeExecution[] {
  const repeats: NodeExecution[] = [];
  for (let current = node; current !== undefined; current = parentOf(draft, current)) {
    if (current.attempt > 0) repeats.push(current);
  }
  return repeats;
}

export function appendChild(draft: Draft, parent: NodeExecutionId, child: NodeExecutionId): void {
  draft.update(parent, { children: [...draft.get(parent).children, child] });
}

export function parentOf(draft: Draft, node: NodeExecution): NodeExecution | undefined {
  return node.parentId === undefined ? undefined : draft.get(node.parentId);
}

/** The node and what holds it, innermost first. */
export function* ancestry(draft: Draft, id: NodeExecutionId): Generator<{ node: NodeExecution; plan: PlanNode }> {
  for (let node: NodeExecution | undefined = draft.get(id); node !== undefined; node = parentOf(draft, node)) {
    yield { node, plan: draft.planNode(node.nodeId) };
  }
}

/**
 * The node and all that counts below it, parents before their children. The order of the map of nodes says nothing: a store may
 * give it back in another one.
 */
export function* subtree(draft: Draft, id: NodeExecutionId): Generator<NodeExecution> {
  const node = draft.get(id);
  yield node;
  for (const child of node.children) yield* subtree(draft, child);
}

/** The nearest node of a kind, the node itself included. */
export function findAround(draft: Draft, id: NodeExecutionId, kind: PlanNode['kind']): NodeExecution | undefined {
  for (const { node, plan } of ancestry(draft, id)) if (plan.kind === kind) return node;
  return undefined;
}

/** Rollback steps obey their own, narrower rules. */
export function isInRollback(draft: Draft, id: NodeExecutionId): boolean {
  return findAround(draft, id, 'rollback') !== undefined;
}

export function rootOf(draft: Draft): NodeExecution | undefined {
  return draft.current(draft.execution.plan.rootId, []);
}

/** How a node execution is called: the plan's words, with the postfix of the loops around it. */
export interface NodeIdentity {
  readonly identifier: string;
  readonly name: string;
  /** Like the plan's `fqn`, with postfixes; what log keys are made of. */
  readonly fqn: string;
}

export function nodeIdentity(execution: Pick<Execution, 'plan' | 'nodes'>, node: NodeExecution): NodeIdentity {
  const plan = planOf(execution, node);
  const fqn = fqnOf(execution, node, plan);
  const { iteration } = node;
  if (iteration === undefined) return { identifier: plan.identifier, name: plan.name, fqn };
  return {
    identifier: plan.identifier + iteration.postfix,
    name: labelOf(plan, iteration),
    fqn,
  };
}

function labelOf(plan: PlanNode, iteration: Iteration): string {
  return iteration.label ?? plan.name + iteration.postfix;
}

/** Each looped ancestor that has a place in the address gets its postfix there. */
function fqnOf(execution: Pick<Execution, 'plan' | 'nodes'>, node: NodeExecution, plan: PlanNode): string {
  const { fqn } = plan;
  if (node.loop === undefined) return fqn;
  // The rollback of a stage under the pipeline's has the address it has under the stage.
  const holder = node.subject ?? node.parentId;
  let above: NodeExecution | undefined = holder === undefined ? undefined : execution.nodes[holder];
  while (above !== undefined) {
    const abovePlan = planOf(execution, above);
    if (hasAddress(abovePlan) && fqn.startsWith(`${abovePlan.fqn}.`)) {
      return fqnOf(execution, above, abovePlan) + fqn.slice(abovePlan.fqn.length) + (node.iteration?.postfix ?? '');
    }
    above = above.parentId === undefined ? undefined : execution.nodes[above.parentId];
  }
  return fqn + (node.iteration?.postfix ?? '');
}

/** Forks and loops are no part of the addresses below them. */
function hasAddress(plan: PlanNode): boolean {
  return plan.kind !== 'fork' && plan.kind !== 'strategy';
}

function planOf(execution: Pick<Execution, 'plan'>, node: NodeExecution): PlanNode {
  const plan = execution.plan.nodes[node.nodeId];
  assertInvariant(plan !== undefined, `plan has no node ${node.nodeId}`);
  return plan;
}
