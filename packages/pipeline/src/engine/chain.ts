/** Chained pipelines (pipelines.md §1.11): a stage that starts another execution and mirrors its end. */
import type { Chain, StageNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveForAnother, resolveValue } from './evaluation.ts';
import type { ChildEndedEvent, ChildRefusedEvent, ChildStartedEvent } from './events.ts';
import type { FailureType, NodeExecution } from './execution.ts';
import { failNode, failureOf, type Failing } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { isBroken, isFinal, type FinalStatus } from './status.ts';
import { endStopped } from './stop.ts';
import { valueText } from './value-text.ts';

export function startChain(draft: Draft, id: NodeExecutionId, plan: StageNode, chain: Chain): void {
  const { orgIdentifier, projectIdentifier, pipelineIdentifier, inputs, inputSetReferences, outputs } = chain;
  const asked = {
    orgIdentifier,
    projectIdentifier,
    pipelineIdentifier,
    inputSetReferences: [...inputSetReferences],
  };
  const resolved = resolveValue(draft, id, asked);
  const given = resolveForAnother(draft, id, inputs);
  if (resolved.kind === 'error' || given.kind === 'error') {
    const reason = resolved.kind === 'error' ? resolved.message : given.kind === 'error' ? given.message : '';
    const message = `${plan.name} cannot start its pipeline: ${reason}`;
    failNode(draft, id, { status: 'Failed', failure: failureOf(message) });
    return;
  }
  const request = resolved.value as typeof asked;
  draft.update(id, { status: 'Running', stepParameters: { ...request, inputs: given.value } });
  draft.effects.push({
    kind: 'startChild',
    nodeExecutionId: id,
    request: {
      orgIdentifier: valueText(request.orgIdentifier),
      projectIdentifier: valueText(request.projectIdentifier),
      pipelineIdentifier: valueText(request.pipelineIdentifier),
      inputs: given.value,
      inputSetReferences: request.inputSetReferences.map(valueText),
      outputs,
    },
  });
}

export function childStarted(draft: Draft, { nodeExecutionId, childExecutionId }: ChildStartedEvent): void {
  const node = openChain(draft, nodeExecutionId);
  if (node === undefined) return;
  draft.update(node.id, { childExecutionId });
  // It was told to stop before anybody knew what was to be stopped.
  if (node.stopping !== undefined || isAskedAbout(node))
    draft.effects.push({ kind: 'abortChild', nodeExecutionId, childExecutionId });
}

export function childRefused(draft: Draft, { nodeExecutionId, reason, isDenied }: ChildRefusedEvent): void {
  const node = openChain(draft, nodeExecutionId);
  if (node === undefined || isAskedAbout(node)) return;
  if (node.stopping !== undefined) endStopped(draft, node.id);
  else {
    const failure = failureOf(reason, isDenied === true ? 'AUTHORIZATION_ERROR' : undefined);
    failNode(draft, node.id, { status: 'Failed', failure });
  }
}

export function childEnded(draft: Draft, { nodeExecutionId, status, outputs, failure }: ChildEndedEvent): void {
  const node = openChain(draft, nodeExecutionId);
  if (node === undefined || isAskedAbout(node)) return;
  const outcomes = Object.keys(outputs).length === 0 ? {} : { outcomes: { output: outputs } };
  if (node.stopping !== undefined) {
    endStopped(draft, node.id);
  } else if (!isBroken(status)) {
    draft.end(node.id, status === 'IgnoreFailed' ? status : 'Success', outcomes);
  } else if (status === 'Aborted' || status === 'AbortedByFreeze') {
    draft.end(node.id, status, failure === undefined ? outcomes : { ...outcomes, failure });
  } else {
    const { name } = draft.planNode(node.nodeId);
    failNode(draft, node.id, {
      status: failingStatus(status),
      failure: failure ?? failureOf(`The pipeline that ${name} started ended as ${status}.`, FAILURE_TYPES[status]),
      ...outcomes,
    });
  }
}

/** What the child's end is to the failure strategies of the stage. */
const FAILURE_TYPES: Readonly<Partial<Record<FinalStatus, FailureType>>> = {
  Expired: 'TIMEOUT_ERROR',
  ApprovalRejected: 'APPROVAL_REJECTION',
};

function failingStatus(status: string): Failing['status'] {
  return status === 'Expired' || status === 'ApprovalRejected' ? status : 'Failed';
}

/** It has failed already and somebody is to say what becomes of it: what its child still does changes nothing. */
function isAskedAbout({ status }: NodeExecution): boolean {
  return status === 'InterventionWaiting';
}

function openChain(draft: Draft, id: NodeExecutionId): NodeExecution | undefined {
  const node = draft.find(id);
  if (node === undefined || isFinal(node.status)) return undefined;
  const plan = draft.planNode(node.nodeId);
  return plan.kind === 'stage' && plan.chain !== undefined ? node : undefined;
}
