/**
 * Barriers (pipelines.md §5.4): all Barrier steps of one reference go on together.
 *
 * - R1 a barrier opens when every step that takes part has arrived; a step that its own condition skipped takes no part.
 * - R2 when one that takes part can never arrive, because its branch failed or ended before it, all that wait for it fail.
 */
import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeId } from './ids.ts';
import { rootOf } from './nodes.ts';
import { isHalted } from './rollback.ts';
import { memberText } from './spec-members.ts';
import { isFinal } from './status.ts';

interface Attendance {
  readonly waiting: NodeExecution[];
  /** May still arrive. */
  pending: number;
  /** A place in the pipeline from which nobody will come any more. */
  lost: PlanNode | undefined;
}

/** Opens or breaks the barriers for which that is decided; true when anything changed. */
export function meetBarriers(draft: Draft): boolean {
  const waiting = Object.values(draft.nodes).filter((node) => isWaiting(draft, node));
  const refs = new Set(waiting.flatMap((node) => refOf(draft.planNode(node.nodeId)) ?? []));
  let hasChanged = false;
  for (const ref of [...refs].toSorted()) if (meet(draft, ref)) hasChanged = true;
  return hasChanged;
}

function meet(draft: Draft, ref: string): boolean {
  const attendance = attend(draft, ref);
  if (attendance.lost !== undefined) {
    const message = `The barrier ${ref} will not be reached by all: ${attendance.lost.name} failed or ended before it.`;
    for (const node of attendance.waiting) failNode(draft, node.id, { status: 'Failed', failure: failureOf(message) });
    return true;
  }
  if (attendance.pending > 0) return false;
  for (const node of attendance.waiting) draft.end(node.id, 'Success');
  return true;
}

function attend(draft: Draft, ref: string): Attendance {
  const attendance: Attendance = { waiting: [], pending: 0, lost: undefined };
  const root = rootOf(draft);
  if (root === undefined) return attendance;
  // A store may give the map of nodes back in another order: by id it is always the same.
  const steps = Object.values(draft.execution.plan.nodes).filter((plan) => refOf(plan) === ref);
  for (const plan of steps.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    follow(draft, root, pathTo(draft, plan), attendance);
  }
  return attendance;
}

/** The plan nodes from below the root down to the step. */
function pathTo(draft: Draft, step: PlanNode): readonly NodeId[] {
  const path: NodeId[] = [];
  for (let node = step; node.parentId !== undefined; node = draft.planNode(node.parentId)) path.unshift(node.id);
  return path;
}

/** Follows the path from a node that has started down to the Barrier step, through every turn of the loops on the way. */
function follow(draft: Draft, from: NodeExecution, path: readonly NodeId[], attendance: Attendance): void {
  const [next, ...rest] = path;
  if (next === undefined) {
    if (isWaiting(draft, from)) attendance.waiting.push(from);
    else if (!isFinal(from.status)) attendance.pending += 1;
    else if (from.status !== 'Success' && !isLeftOut(from)) attendance.lost ??= draft.planNode(from.nodeId);
    return;
  }
  if (isFinal(from.status) && isLeftOut(from)) return;
  const children = from.children.map((id) => draft.get(id)).filter(({ nodeId }) => nodeId === next);
  for (const child of children) follow(draft, child, rest, attendance);
  if (children.length > 0) return;
  if (isFinal(from.status) || isHalted(draft, from.id)) attendance.lost ??= draft.planNode(from.nodeId);
  else attendance.pending += 1;
}

/** Skipped by its own word, not because something failed before it: what is for failures only is left out when there is none. */
function isLeftOut({ status, when }: NodeExecution): boolean {
  return status === 'Skipped' && (when?.statusHolds !== false || when.status === 'Failure');
}

function isWaiting(draft: Draft, node: NodeExecution): boolean {
  return (
    node.status === 'ResourceWaiting' &&
    node.isSuperseded === undefined &&
    refOf(draft.planNode(node.nodeId)) !== undefined
  );
}

/** References are identifiers of `flowControl.barriers`: fixed text. */
function refOf(plan: PlanNode): string | undefined {
  if (plan.kind !== 'step' || plan.stepType !== 'Barrier') return undefined;
  const ref = memberText(plan.spec, 'barrierRef');
  return ref === '' ? undefined : ref;
}
