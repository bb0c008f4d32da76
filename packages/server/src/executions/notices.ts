/**
 * What a transition has in it that others are told of: how the execution and its stages begin and end, and where it waits for
 * people. Found by comparing the states before and after it; the words are those of the wire (`packages/protocol`, events.ts),
 * whose test holds them together.
 */
import { isFinal, type Execution, type NodeExecution, type PlanNode, type StageNode } from '@bridle/pipeline';
import type { NoticeRow } from '../store/outbox.ts';

/** Characters of a failure's message that are told; details have all of it (P1). */
const MESSAGE_LENGTH_MAX = 1_000;

type Data = Readonly<Record<string, unknown>>;

/** @param before - absent for an execution that begins with this transition */
export function noticesOf(before: Execution | undefined, after: Execution, at: number): readonly NoticeRow[] {
  const notices: NoticeRow[] = [];
  const tell = (type: string, data: Data): void => {
    notices.push(noticeOf(after, type, at, data));
  };
  if (before === undefined) tell('execution.started', executionData(after, undefined));
  // An execution that ends tells so after what ended in it.
  const hasEnded = isFinal(after.status) && (before === undefined || !isFinal(before.status));
  if (before !== undefined && before.status !== after.status && !hasEnded)
    tell('execution.status', executionData(after, before));
  for (const node of Object.values(after.nodes)) {
    if (node.changedAtVersion <= (before?.version ?? 0)) continue;
    const plan = after.plan.nodes[node.nodeId];
    if (plan === undefined) continue;
    const earlier = before?.nodes[node.id];
    if (plan.kind === 'stage') tellOfStage(tell, after, plan, node, earlier);
    if (plan.kind === 'stage' || plan.kind === 'step') tellOfWaits(tell, after, plan, node, earlier);
  }
  if (hasEnded) tell('execution.finished', executionData(after, before));
  return notices;
}

type Tell = (type: string, data: Data) => void;

function tellOfStage(
  tell: Tell,
  execution: Execution,
  plan: StageNode,
  node: NodeExecution,
  earlier: NodeExecution | undefined,
): void {
  const data = (): Data => ({
    ...common(execution),
    stage: { ...named(plan, node), type: plan.stageType },
    status: node.status,
    attempt: node.attempt,
    startTs: node.startedAt ?? null,
    endTs: node.endedAt ?? null,
    failureMessage: messageOf(node),
  });
  if (node.startedAt !== undefined && earlier?.startedAt === undefined && node.status !== 'Skipped')
    tell('stage.started', data());
  if (endsNow(node, earlier)) tell('stage.finished', data());
}

function tellOfWaits(
  tell: Tell,
  execution: Execution,
  plan: PlanNode,
  node: NodeExecution,
  earlier: NodeExecution | undefined,
): void {
  const data = (): Data => ({
    ...common(execution),
    node: { ...named(plan, node), kind: plan.kind },
    stage: stageAround(execution, node),
  });
  if (node.intervention !== undefined && earlier?.intervention === undefined)
    tell('intervention.waiting', { ...data(), failureMessage: messageOf(node) });
  const asksForInputs = (plan.executionInputs ?? []).length > 0;
  if (asksForInputs && node.status === 'InputWaiting' && earlier?.status !== 'InputWaiting')
    tell('input.waiting', data());
  if (plan.kind !== 'step' || (plan.stepType !== 'HarnessApproval' && plan.stepType !== 'CustomApproval')) return;
  const approval = (): Data => ({
    ...data(),
    approvalInstanceId: `${execution.id}.${node.id}`,
    userGroups: node.approval?.userGroups ?? [],
  });
  if (node.status === 'ApprovalWaiting' && earlier?.status !== 'ApprovalWaiting') tell('approval.waiting', approval());
  // A skipped one has asked nobody.
  if (endsNow(node, earlier) && earlier?.startedAt !== undefined)
    tell('approval.decided', { ...approval(), status: node.status });
}

function endsNow(node: NodeExecution, earlier: NodeExecution | undefined): boolean {
  return isFinal(node.status) && (earlier === undefined || !isFinal(earlier.status));
}

function executionData(execution: Execution, before: Execution | undefined): Data {
  const { cause, status, startedAt, endedAt, plan, nodes } = execution;
  const root = Object.values(nodes).find(({ nodeId }) => nodeId === plan.rootId);
  return {
    ...common(execution),
    status,
    previousStatus: before?.status ?? null,
    triggerType: cause.triggerType,
    triggeredBy: { uuid: cause.triggeredBy.uuid, identifier: cause.triggeredBy.identifier },
    startTs: startedAt ?? null,
    endTs: endedAt ?? null,
    failureMessage: root === undefined ? null : messageOf(root),
  };
}

function common({ id, pipelineIdentifier, runSequence, plan }: Execution): Data {
  return {
    planExecutionId: id,
    pipelineIdentifier,
    name: plan.nodes[plan.rootId]?.name ?? pipelineIdentifier,
    runSequence,
  };
}

function named(plan: PlanNode, node: NodeExecution): Data {
  return { identifier: plan.identifier, name: plan.name, nodeExecutionId: node.id };
}

/** The stage that a node belongs to; a stage belongs to itself. */
function stageAround(execution: Execution, node: NodeExecution): Data | null {
  let current: NodeExecution | undefined = node;
  while (current !== undefined) {
    const plan: PlanNode | undefined = execution.plan.nodes[current.nodeId];
    if (plan?.kind === 'stage') return { ...named(plan, current), type: plan.stageType };
    current = current.parentId === undefined ? undefined : execution.nodes[current.parentId];
  }
  return null;
}

function messageOf({ failure }: NodeExecution): string | null {
  return failure === undefined ? null : failure.message.slice(0, MESSAGE_LENGTH_MAX);
}

function noticeOf({ id, scope, pipelineIdentifier }: Execution, type: string, at: number, data: Data): NoticeRow {
  return { executionId: id, ...scope, pipelineIdentifier, type, at, data: JSON.stringify(data) };
}
