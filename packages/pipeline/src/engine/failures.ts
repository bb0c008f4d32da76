/**
 * What follows from a failure (pipelines.md §4.3–4.6): it is classified, the nearest matching failure strategy is chosen, and
 * its action is taken.
 *
 * - F1 the node's own list is searched first, then its groups' from the inside out, then its stage's; the first strategy in
 *   list order that names one of the errors wins. A list without a match is passed over.
 * - F2 an abort, and an end that comes from what holds the node, ask no strategy.
 * - F3 inside rollback steps only the strategies of the step and of the groups in there count, and none of them rolls back.
 */
import { ERROR_NAMES, type ErrorName, type FailureAction, type FailureStrategy, type PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { evaluateAt, resolveNumber } from './evaluation.ts';
import type { Failure, FailureType, NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { isAwaitingInputs } from './input-waiting.ts';
import { awaitIntervention } from './intervention.ts';
import { ancestry, findAround, isInRollback, parentOf, rootOf } from './nodes.ts';
import { defaultInputs } from './node-inputs.ts';
import { intervalOf, repeatGroup, retryNode, RETRIES_MAX } from './retry.ts';

/** How a node ends if nothing is done about it. */
export interface Failing {
  readonly status: 'Failed' | 'Expired' | 'ApprovalRejected';
  readonly failure: Failure;
  readonly exitCode?: number;
  readonly outcomes?: NodeExecution['outcomes'];
}

const ERROR_OF: Readonly<Record<FailureType, ErrorName>> = {
  EXPIRED: 'Timeout',
  TIMEOUT_ERROR: 'Timeout',
  DELEGATE_PROVISIONING: 'DelegateProvisioning',
  CONNECTIVITY: 'Connectivity',
  AUTHENTICATION: 'Authentication',
  VERIFICATION_FAILURE: 'Verification',
  APPLICATION_ERROR: 'Unknown',
  AUTHORIZATION_ERROR: 'Authorization',
  POLICY_EVALUATION_FAILURE: 'PolicyEvaluationFailure',
  INPUT_TIMEOUT_FAILURE: 'InputTimeoutError',
  APPROVAL_REJECTION: 'ApprovalRejection',
  DELEGATE_RESTART: 'DelegateRestart',
  USER_MARKED_FAILURE: 'UserMarkedFailure',
  INFRASTRUCTURE_FAILURE: 'InfrastructureFailure',
  PLUGIN_IMAGE_FAILURE: 'PluginImageFailure',
  RESOURCE_LIMITS_FAILURE: 'ResourceLimitsFailure',
  CONFIGURATION_FAILURE: 'ConfigurationFailure',
};

/** The same the other way round: what a failure that a strategy names may be. */
export const FAILURE_TYPES: Readonly<Record<ErrorName, readonly FailureType[]>> = invert();

function invert(): Readonly<Record<ErrorName, readonly FailureType[]>> {
  const types = Object.entries(ERROR_OF) as [FailureType, ErrorName][];
  const entries = ERROR_NAMES.map((error) => [error, types.filter(([, name]) => name === error).map(([type]) => type)]);
  return Object.fromEntries(entries) as Record<ErrorName, readonly FailureType[]>;
}

/** Whether a failure strategy is about this failure. */
export function isAbout({ errors }: FailureStrategy, { types }: Failure): boolean {
  return matches(
    { errors },
    types.map((type) => ERROR_OF[type]),
  );
}

export function failureOf(message: string, type: FailureType = 'APPLICATION_ERROR'): Failure {
  return { message, types: [type] };
}

/** The node failed by itself: its failure strategies decide what becomes of it. */
export function failNode(draft: Draft, id: NodeExecutionId, failing: Failing): void {
  const parent = parentOf(draft, draft.get(id));
  // The script of an approval is not a step of the author's: the approval fails, and is advised about.
  const isScript = parent !== undefined && draft.planNode(parent.nodeId).kind === 'step';
  const advice = isScript ? undefined : advise(draft, id, failing.failure);
  if (advice === undefined) {
    end(draft, id, failing.status, failing);
    return;
  }
  draft.update(id, { advised: { action: advice.action.kind, from: advice.from } });
  applyAction(draft, id, advice.action, failing);
}

interface Advice {
  readonly action: FailureAction;
  readonly from: NodeId;
}

/** F1, F3. */
function advise(draft: Draft, id: NodeExecutionId, failure: Failure): Advice | undefined {
  const errors = failure.types.map((type) => ERROR_OF[type]);
  for (const { plan } of ancestry(draft, id)) {
    if (plan.kind === 'rollback') return undefined;
    const strategy = plan.failureStrategies?.find((candidate) => matches(candidate, errors));
    if (strategy !== undefined) return { action: strategy.action, from: plan.id };
    if (plan.kind === 'stage') return undefined;
  }
  return undefined;
}

function matches({ errors }: Pick<FailureStrategy, 'errors'>, found: readonly ErrorName[]): boolean {
  return errors.some((error) => error === 'AllErrors' || found.includes(error));
}

/** Takes one action about a failed node; also the answer of a person to a manual intervention. */
export function applyAction(draft: Draft, id: NodeExecutionId, action: FailureAction, failing: Failing): void {
  switch (action.kind) {
    case 'Ignore':
      end(draft, id, 'IgnoreFailed', failing);
      return;
    case 'MarkAsSuccess':
      end(draft, id, 'Success', { ...failing, failure: undefined });
      return;
    case 'MarkAsFailure':
      end(draft, id, 'Failed', failing);
      return;
    case 'Abort':
      end(draft, id, 'Aborted', failing);
      abortExecution(draft);
      return;
    case 'Retry':
      retry(draft, id, action, failing);
      return;
    case 'RetryStepGroup':
      retryGroup(draft, id, action, failing);
      return;
    case 'ManualIntervention':
      intervene(draft, id, action, failing);
      return;
    case 'StageRollback':
    case 'StepGroupRollback':
    case 'PipelineRollback':
      rollBack(draft, id, action.kind, failing);
      return;
    case 'ProceedWithDefaultValues':
      proceed(draft, id, failing);
      return;
  }
}

function end(
  draft: Draft,
  id: NodeExecutionId,
  status: Failing['status'] | 'IgnoreFailed' | 'Success' | 'Aborted',
  { failure, exitCode, outcomes }: Omit<Failing, 'status' | 'failure'> & { readonly failure: Failure | undefined },
): void {
  draft.end(id, status, {
    ...(failure === undefined ? {} : { failure }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(outcomes === undefined ? {} : { outcomes }),
  });
}

/** The action Abort and the answer Abort end the whole pipeline. */
export function abortExecution(draft: Draft, interruptId?: string): void {
  const root = rootOf(draft);
  if (root === undefined) return;
  draft.later({ kind: 'stop', id: root.id, as: 'Aborted', ...(interruptId === undefined ? {} : { interruptId }) });
}

type RetryAction = Extract<FailureAction, { readonly kind: 'Retry' | 'RetryStepGroup' }>;

function retry(draft: Draft, id: NodeExecutionId, action: RetryAction, failing: Failing): void {
  const node = draft.get(id);
  // Only what failed by itself is repeated: a stage or group whose time was over is done.
  const allowed = hasRun(draft, id) ? 'exhausted' : mayRepeat(draft, id, action, node.retries ?? 0, failing);
  if (allowed !== 'repeat') {
    exhausted(draft, id, action, failing, allowed);
    return;
  }
  const afterMs = intervalOf(draft, id, action, node.retries ?? 0);
  if (afterMs.kind === 'error') {
    end(draft, id, 'Failed', { ...failing, failure: failureOf(afterMs.message) });
    return;
  }
  end(draft, id, failing.status, failing);
  retryNode(draft, id, { afterMs: afterMs.value, isByStrategy: true });
}

function retryGroup(draft: Draft, id: NodeExecutionId, action: RetryAction, failing: Failing): void {
  const group = findAround(draft, id, 'stepGroup');
  if (group === undefined) {
    end(draft, id, failing.status, failing);
    return;
  }
  const allowed = mayRepeat(draft, id, action, group.retries ?? 0, failing);
  if (allowed !== 'repeat') {
    exhausted(draft, id, action, failing, allowed);
    return;
  }
  const afterMs = intervalOf(draft, id, action, group.retries ?? 0);
  if (afterMs.kind === 'error') {
    end(draft, id, 'Failed', { ...failing, failure: failureOf(afterMs.message) });
    return;
  }
  end(draft, id, failing.status, failing);
  // The group itself failed, by its timeout: all in it has ended already.
  if (group.id === id) retryNode(draft, id, { afterMs: afterMs.value, isByStrategy: true });
  else repeatGroup(draft, group.id, afterMs.value);
}

/** `repeat`, `exhausted`, or the failure of the condition itself. */
function mayRepeat(
  draft: Draft,
  id: NodeExecutionId,
  action: RetryAction,
  done: number,
  failing: Failing,
): 'repeat' | 'exhausted' | Failure {
  const count = resolveNumber(draft, id, action.count, 'The retry count');
  if (count.kind === 'error') return failureOf(count.message);
  if (done >= Math.min(count.value, RETRIES_MAX)) return 'exhausted';
  if (action.condition === undefined) return 'repeat';
  // The condition may ask for the exit code and the outputs of the failed run.
  draft.update(id, {
    ...(failing.exitCode === undefined ? {} : { exitCode: failing.exitCode }),
    ...(failing.outcomes === undefined ? {} : { outcomes: failing.outcomes }),
  });
  const judged = evaluateAt(draft, id, action.condition);
  if (judged.kind === 'error') return failureOf(`The condition of the retry cannot be evaluated: ${judged.message}`);
  return judged.holds ? 'repeat' : 'exhausted';
}

function exhausted(
  draft: Draft,
  id: NodeExecutionId,
  { onExhausted }: RetryAction,
  failing: Failing,
  reason: 'exhausted' | Failure,
): void {
  if (reason !== 'exhausted') end(draft, id, 'Failed', { ...failing, failure: reason });
  else if (onExhausted === undefined) end(draft, id, failing.status, failing);
  else applyAction(draft, id, onExhausted, failing);
}

function intervene(
  draft: Draft,
  id: NodeExecutionId,
  action: Extract<FailureAction, { readonly kind: 'ManualIntervention' }>,
  failing: Failing,
): void {
  // A container has ended already: there is nothing left to intervene in.
  if (hasRun(draft, id)) applyAction(draft, id, action.onTimeout, failing);
  else awaitIntervention(draft, id, action, failing);
}

const ROLLBACK_OF = { StageRollback: 'stage', StepGroupRollback: 'stepGroup', PipelineRollback: 'pipeline' } as const;

/** The container takes the rollback up when all in it has ended (settle.ts). */
function rollBack(draft: Draft, id: NodeExecutionId, kind: keyof typeof ROLLBACK_OF, failing: Failing): void {
  if (!isInRollback(draft, id)) {
    const record = {
      kind: ROLLBACK_OF[kind],
      causedBy: id,
      at: draft.at,
      ...(hasRun(draft, id) ? { isAfterStop: true as const } : {}),
    };
    mark(draft, id, record.kind === 'stepGroup' ? 'stepGroup' : 'stage', record);
    if (record.kind === 'pipeline') mark(draft, id, 'pipeline', record);
  }
  if (!hasRun(draft, id)) end(draft, id, failing.status, failing);
  // A container ends after its rollback.
  else draft.later({ kind: 'settle', id });
}

/** A container in which something ran: it failed because its time was over, or by a person's word. */
function hasRun(draft: Draft, id: NodeExecutionId): boolean {
  const { nodeId, children } = draft.get(id);
  return children.length > 0 && draft.planNode(nodeId).kind !== 'step';
}

function mark(
  draft: Draft,
  id: NodeExecutionId,
  kind: PlanNode['kind'],
  record: NonNullable<NodeExecution['rollback']>,
): void {
  const container = findAround(draft, id, kind);
  // The wider rollback wins over one that was asked for before.
  if (container === undefined || container.rollback?.kind === 'pipeline') return;
  // That the failed node was stopped says nothing of what holds it.
  const { isAfterStop: _, ...asked } = record;
  draft.update(container.id, { rollback: container.id === id ? record : asked });
  draft.later({ kind: 'settle', id: container.id });
}

function proceed(draft: Draft, id: NodeExecutionId, failing: Failing): void {
  const node = draft.get(id);
  const inputs = defaultInputs(draft.planNode(node.nodeId));
  if (!isAwaitingInputs(draft, node) || inputs === undefined) {
    end(draft, id, failing.status, failing);
    return;
  }
  draft.cancelTimers(id);
  draft.clearStopping(id);
  draft.update(id, { inputs });
  draft.later({ kind: 'begin', id });
}
