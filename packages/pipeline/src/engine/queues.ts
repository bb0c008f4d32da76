/**
 * `Queue` steps (pipelines.md §5.4): a place in the account's line of a key, held until the stage or the pipeline ends, whatever
 * the outcome.
 *
 * - Q3 an execution never waits for itself: what stands inside the stage or pipeline that holds the key has it too.
 */
import type { Value } from '../expressions/values.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry, findAround, rootOf, subtree } from './nodes.ts';
import { memberText } from './spec-members.ts';

type Hold = NonNullable<NodeExecution['holds']>[number];

export function startQueue(draft: Draft, id: NodeExecutionId, spec: Value): void {
  const key = memberText(spec, 'key').trim();
  if (key === '') {
    const { name } = draft.planNode(draft.get(id).nodeId);
    failNode(draft, id, { status: 'Failed', failure: failureOf(`${name} has no key to queue for.`) });
    return;
  }
  const holder = holderOf(draft, id, spec);
  const held = findHeld(draft, id, key);
  if (held !== undefined) {
    widen(draft, held, holder);
    draft.end(id, 'Success');
    return;
  }
  draft.update(holder.id, { holds: [...(holder.holds ?? []), { nodeExecutionId: id, key }] });
  draft.update(id, { status: 'ResourceWaiting' });
  draft.effects.push({ kind: 'acquireResource', nodeExecutionId: id, key });
}

/** The node has its turn, and with it whoever waits for the same key inside what holds it now. */
export function resourceAcquired(draft: Draft, id: NodeExecutionId): void {
  if (draft.find(id)?.status !== 'ResourceWaiting') return;
  draft.end(id, 'Success');
  for (const { node } of ancestry(draft, id)) {
    const hold = node.holds?.find(({ nodeExecutionId }) => nodeExecutionId === id);
    if (hold !== undefined) shareWith(draft, { container: node, hold });
  }
}

interface Held {
  readonly container: NodeExecution;
  readonly hold: Hold;
}

/** A place in the line of this key that somebody inside the same container has already. */
function findHeld(draft: Draft, id: NodeExecutionId, key: string): Held | undefined {
  for (const { node } of ancestry(draft, id)) {
    const hold = node.holds?.find(
      (candidate) => candidate.key === key && draft.find(candidate.nodeExecutionId)?.status === 'Success',
    );
    if (hold !== undefined) return { container: node, hold };
  }
  return undefined;
}

function shareWith(draft: Draft, held: Held): void {
  for (const node of subtree(draft, held.container.id)) {
    const { stepParameters = null, status, nodeId, id } = node;
    const plan = draft.planNode(nodeId);
    const isQueue = plan.kind === 'step' && plan.stepType === 'Queue' && status === 'ResourceWaiting';
    if (!isQueue || memberText(stepParameters, 'key').trim() !== held.hold.key) continue;
    widen(draft, held, holderOf(draft, id, stepParameters));
    draft.effects.push({ kind: 'releaseResource', nodeExecutionId: id, key: held.hold.key });
    draft.end(id, 'Success');
  }
}

/** The place is kept for the pipeline when somebody asked for that. */
function widen(draft: Draft, { container, hold }: Held, holder: NodeExecution): void {
  const { holds = [] } = draft.get(container.id);
  const isThere = holds.some(({ nodeExecutionId }) => nodeExecutionId === hold.nodeExecutionId);
  if (holder.parentId !== undefined || container.parentId === undefined || !isThere) return;
  draft.update(container.id, {
    holds: holds.filter(({ nodeExecutionId }) => nodeExecutionId !== hold.nodeExecutionId),
  });
  draft.update(holder.id, { holds: [...(draft.get(holder.id).holds ?? []), hold] });
}

/** What the place is held for. */
function holderOf(draft: Draft, id: NodeExecutionId, spec: Value): NodeExecution {
  const isOfStage = memberText(spec, 'scope') === 'Stage';
  return (isOfStage ? findAround(draft, id, 'stage') : rootOf(draft)) ?? draft.get(id);
}
