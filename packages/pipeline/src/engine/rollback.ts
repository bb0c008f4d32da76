/**
 * Rolling back (pipelines.md §4.5): of a step group, of a stage, or of the pipeline, which undoes its stages in reverse order.
 *
 * - B1 a stage is rolled back at most once: by itself or by the pipeline.
 * - B2 what is asked to roll back starts nothing more; what runs in it ends first.
 * - B3 a rollback goes on although what holds it was stopped, until somebody aborts a second time or its grace is over.
 */
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { ancestry, appendChild, createNode, rootOf } from './nodes.ts';
import { isFinal } from './status.ts';

/** B2: nothing may start below this container any more. A rollback under way does not care for what is above it. */
export function isHalted(draft: Draft, id: NodeExecutionId): boolean {
  let isBelowStage = false;
  for (const { node, plan } of ancestry(draft, id)) {
    if (node.stopping !== undefined || node.repeat !== undefined) return true;
    if (plan.kind === 'rollback') return false;
    // A pipeline's rollback waits for the stages beside the failed one to come to their own end.
    if (node.rollback !== undefined && !(plan.kind === 'pipeline' && isBelowStage)) return true;
    if (plan.kind === 'stage') isBelowStage = true;
  }
  return false;
}

export function isPaused(draft: Draft): boolean {
  return draft.execution.pause !== undefined;
}

/**
 * Starts the rollback of `subject` under `parent`; false when it has none, or had it already (B1). `parent` is the subject
 * itself, or the pipeline's rollback.
 */
export function startRollback(draft: Draft, parent: NodeExecutionId, subject: NodeExecution): boolean {
  const rollback = rollbackPlanOf(draft, subject);
  if (rollback === undefined || wasRolledBack(draft, subject, rollback) || !hasDeployed(draft, subject)) return false;
  const { loop, id } = subject;
  const node = createNode(draft, draft.planNode(rollback), parent, {
    ...(loop === undefined ? {} : { loop }),
    ...(parent === id ? {} : { subject: id }),
  });
  appendChild(draft, parent, node);
  // The time of the container is over or counts no more: its rollback has the timeouts of its steps.
  if (parent === id && subject.parentId !== undefined) draft.cancelTimers(parent);
  draft.later({ kind: 'open', id: node });
  return true;
}

/** The stage that a pipeline's rollback undoes next: the last one that ran and was not rolled back. */
export function nextRollback(draft: Draft): NodeExecution | undefined {
  const root = rootOf(draft);
  return root === undefined ? undefined : stagesBelow(draft, root).findLast((stage) => needsRollback(draft, stage));
}

function needsRollback(draft: Draft, stage: NodeExecution): boolean {
  const rollback = rollbackPlanOf(draft, stage);
  const hasRun = stage.status !== 'Skipped' && hasDeployed(draft, stage);
  return rollback !== undefined && hasRun && !wasRolledBack(draft, stage, rollback);
}

/** A Deployment stage whose service or infrastructure failed came to none of its steps: there is nothing to undo (§5.6). */
function hasDeployed(draft: Draft, { nodeId, children }: NodeExecution): boolean {
  const plan = draft.planNode(nodeId);
  if (plan.kind !== 'stage' || plan.stageType !== 'Deployment') return true;
  return children.some((child) => {
    const { kind, fqn } = draft.planNode(draft.get(child).nodeId);
    // Waiting for the infrastructure is no deployment either.
    return kind !== 'section' && !fqn.startsWith(`${plan.fqn}.spec.infrastructure.`);
  });
}

/** In the order in which they were started; turns of loops and members of forks one after the other. */
function stagesBelow(draft: Draft, node: NodeExecution): readonly NodeExecution[] {
  return node.children.flatMap((id) => {
    const child = draft.get(id);
    const { kind } = draft.planNode(child.nodeId);
    if (kind === 'stage') return [child];
    return kind === 'rollback' ? [] : stagesBelow(draft, child);
  });
}

function rollbackPlanOf(draft: Draft, { nodeId }: NodeExecution): NodeId | undefined {
  const plan = draft.planNode(nodeId);
  return plan.kind === 'stage' || plan.kind === 'stepGroup' || plan.kind === 'pipeline' ? plan.rollback : undefined;
}

function wasRolledBack(draft: Draft, subject: NodeExecution, rollback: NodeId): boolean {
  const done = draft.current(rollback, subject.loop ?? []);
  // A repeated group is a new one: the rollback of an earlier attempt was superseded with it.
  return done !== undefined;
}

/** Rollbacks that are under way below a node. */
export function runningRollbacks(draft: Draft, id: NodeExecutionId): readonly NodeExecution[] {
  return draft.get(id).children.flatMap((child) => {
    const node = draft.get(child);
    if (isFinal(node.status)) return [];
    return draft.planNode(node.nodeId).kind === 'rollback' ? [node] : runningRollbacks(draft, child);
  });
}
