/** How one node ended or failed, told from the event that did it and what stood before: the given of the oracle. */
import {
  isBroken,
  isFinal,
  type EngineEvent,
  type ErrorName,
  type Execution,
  type FailureAction,
  type FailureType,
  type FinalStatus,
  type InterruptType,
  type NodeExecution,
  type NodeExecutionId,
  type NodeStatus,
  type Plan,
  type PlanNode,
} from '@bridle/pipeline';
import { behaviourAt } from './behaviour.ts';
import { decisionOf } from './oracle-decisions.ts';
import { isHeldBack, parentOf } from './oracle-places.ts';
import { VARIABLES, type SketchNamed, type SketchPipeline } from './sketch.ts';

/** One event with the states around it. */
export interface Moment {
  readonly event: EngineEvent;
  readonly before: Execution;
  readonly after: Execution;
}

export interface Failing {
  readonly as: 'Failed' | 'Expired' | 'ApprovalRejected';
  readonly errors: readonly ErrorName[];
}

export type Fact =
  | { readonly kind: 'ends'; readonly as: FinalStatus }
  /** By itself: failure strategies are asked. */
  | ({ readonly kind: 'fails' } & Failing)
  /** Somebody, or the lapse of time, decided about a manual intervention. */
  | { readonly kind: 'answered'; readonly action: FailureAction; readonly failing: Failing }
  | { readonly kind: 'retriedByPerson'; readonly failing: Failing }
  | { readonly kind: 'wrong'; readonly text: string };

/** What the oracle has come to know so far. */
export interface Known {
  readonly plan: Plan;
  readonly sketch: SketchPipeline;
  readonly items: ReadonlyMap<string, SketchNamed>;
  readonly interventions: ReadonlyMap<
    NodeExecutionId,
    { readonly onTimeout: FailureAction; readonly failing: Failing }
  >;
  /** What nodes were when they were told to end. */
  readonly toldWhile: ReadonlyMap<NodeExecutionId, NodeStatus | undefined>;
  readonly isAborted: boolean;
  /** Somebody said that the time of the whole execution is over. */
  readonly isExpired: boolean;
}

/**
 * R9: a step that was told to end has ended after so long, whatever its delegate does: the engine's patience of a minute,
 * and some time for replicas: the only one may stand still for a minute and crash again and again on its way to the timer.
 */
const STOPPED_WITHIN_MS = 300_000;

/** pipelines.md §4.6, by the types that delegates and the engine report. */
const ERRORS: Partial<Record<FailureType, ErrorName>> = {
  APPLICATION_ERROR: 'Unknown',
  CONNECTIVITY: 'Connectivity',
  AUTHENTICATION: 'Authentication',
  APPROVAL_REJECTION: 'ApprovalRejection',
  USER_MARKED_FAILURE: 'UserMarkedFailure',
  TIMEOUT_ERROR: 'Timeout',
  INPUT_TIMEOUT_FAILURE: 'InputTimeoutError',
  DELEGATE_RESTART: 'DelegateRestart',
  DELEGATE_PROVISIONING: 'DelegateProvisioning',
};

export function errorsOf(types: readonly FailureType[]): readonly ErrorName[] {
  return types.flatMap((type) => ERRORS[type] ?? []);
}

const UNKNOWN: Fact = fails('Failed', 'Unknown');

function fails(as: Failing['as'], ...errors: readonly ErrorName[]): Fact {
  return { kind: 'fails', as, errors };
}

function ends(as: FinalStatus): Fact {
  return { kind: 'ends', as };
}

function wrong(text: string): Fact {
  return { kind: 'wrong', text };
}

export function factOf(known: Known, moment: Moment, earlier: NodeExecution | undefined, node: NodeExecution): Fact {
  const plan = known.plan.nodes[node.nodeId];
  if (plan === undefined) return wrong('is not in the plan');
  if (earlier?.status === 'InterventionWaiting' && earlier.intervention !== undefined)
    return intervened(known, moment, node);
  const stopping = node.stopping ?? earlier?.stopping ?? forgotten(moment, earlier, node);
  if (stopping !== undefined) return told(known, moment, earlier, node, stopping);
  if (node.attempt === 0 && node.when !== undefined && node.children.length === 0) {
    // It opened in this very moment and could not say whether it runs.
    if (earlier?.when === undefined && decisionOf(known, moment.after, node) === 'fail') return UNKNOWN;
  }
  if (plan.kind === 'stage' && plan.chain !== undefined) return chained(known, moment, node);
  return plan.kind === 'step' ? leaf(known, moment, earlier, node, plan) : container(known, moment.after, node, plan);
}

function wordOn(event: EngineEvent, { id }: NodeExecution): InterruptType | undefined {
  return event.kind === 'interruptRequested' && event.interrupt.nodeExecutionId === id
    ? event.interrupt.type
    : undefined;
}

function isTimer(event: EngineEvent, { id }: NodeExecution, purpose: string): boolean {
  return event.kind === 'timerFired' && event.timerId === `${id}:${purpose}`;
}

/** Told to end and going on all the same, in one moment: what it was told is over already. */
function forgotten(
  { event, after }: Moment,
  earlier: NodeExecution | undefined,
  node: NodeExecution,
): NodeExecution['stopping'] {
  // What began after the word, in the same moment, was not told.
  if (isFinal(node.status) || earlier === undefined) return undefined;
  if (isTimer(event, node, 'timeout')) return { as: 'Expired', at: event.at };
  return isMarked(event, after, node) ? { as: 'Failed', at: event.at } : undefined;
}

function intervened(known: Known, { event, after }: Moment, node: NodeExecution): Fact {
  const asked = known.interventions.get(node.id);
  if (asked === undefined) return wrong('waited for somebody without being told to');
  const { onTimeout, failing } = asked;
  if (isTimer(event, node, 'intervention')) return { kind: 'answered', action: onTimeout, failing };
  const word = wordOn(event, node);
  switch (word) {
    case 'Retry':
      return { kind: 'retriedByPerson', failing };
    case 'Ignore':
    case 'MarkAsSuccess':
    case 'MarkAsFailure':
    case 'StageRollback':
    case 'StepGroupRollback':
    case 'PipelineRollback':
      return { kind: 'answered', action: { kind: word }, failing };
    default:
      // What holds it was marked as failed.
      if (isMarked(event, after, node)) return { kind: 'answered', action: { kind: 'MarkAsFailure' }, failing };
      return node.stopping === undefined ? wrong('went on and nobody had answered') : ends(node.stopping.as);
  }
}

/** Ended from outside: as what it was told, and for a reason that is there. */
function told(
  known: Known,
  { event, after }: Moment,
  earlier: NodeExecution | undefined,
  node: NodeExecution,
  { as, at }: NonNullable<NodeExecution['stopping']>,
): Fact {
  const isOwn =
    earlier?.stopping === undefined
      ? isTimer(event, node, 'timeout') || isMarked(event, after, node)
      : earlier.stopping.isOwn === true;
  switch (as) {
    case 'Aborted':
      if (after.abort === undefined && !known.isAborted && !hasAbortAction(known.plan))
        return wrong('was aborted by nobody');
      break;
    case 'Expired':
      if (!known.isExpired && !isTimeOver(after, node, at)) return wrong('expired before its time');
      break;
    default:
  }
  if (known.plan.nodes[node.nodeId]?.kind === 'step') {
    const tookMs = (node.endedAt ?? at) - at;
    if (tookMs > STOPPED_WITHIN_MS) return wrong(`took ${tookMs} ms to end`);
  }
  if (!isOwn || (as !== 'Expired' && as !== 'Failed')) return ends(as);
  if (as === 'Failed') return fails('Failed', 'UserMarkedFailure');
  return fails(
    'Expired',
    (known.toldWhile.get(node.id) ?? earlier?.status) === 'InputWaiting' ? 'InputTimeoutError' : 'Timeout',
  );
}

/** Marked as failed itself, or by a word about what holds it. */
function isMarked(event: EngineEvent, after: Execution, node: NodeExecution): boolean {
  for (let at: NodeExecution | undefined = node; at !== undefined; at = parentOf(after, at))
    if (wordOn(event, at) === 'MarkAsFailure') return true;
  return false;
}

function hasAbortAction({ nodes }: Plan): boolean {
  return JSON.stringify(Object.values(nodes).map(({ failureStrategies }) => failureStrategies)).includes('"Abort"');
}

/** T1: its own time was over when it was told to end, or that of a node that holds it; or somebody said that it is. */
function isTimeOver(execution: Execution, node: NodeExecution, at: number): boolean {
  for (let current: NodeExecution | undefined = node; current !== undefined; current = parentOf(execution, current)) {
    if (current.timeoutMs !== undefined && at - (current.startedAt ?? at) >= current.timeoutMs) return true;
    if (current.stopping?.interruptId !== undefined && current.stopping.as === 'Expired') return true;
  }
  // A rollback has an hour after its pipeline's time; what is in it is told with it.
  return Object.values(execution.nodes).some(
    ({ parentId, stopping }) => parentId === undefined && stopping?.as === 'Expired',
  );
}

function chained(known: Known, { event }: Moment, node: NodeExecution): Fact {
  if (event.kind === 'childRefused' && event.nodeExecutionId === node.id) return UNKNOWN;
  if (event.kind !== 'childEnded' || event.nodeExecutionId !== node.id) return wrong('ended and its pipeline had not');
  const item = known.items.get(known.plan.nodes[node.nodeId]?.identifier ?? '');
  const output = node.outcomes['output'];
  const isTold = typeof output === 'object' && output !== null && 'told' in output && item?.kind === 'chain';
  if (Object.keys(event.outputs).length > 0 && !(isTold && output['told'] === item.pipeline))
    return wrong('has not the outputs of its pipeline');
  const { status, failure } = event;
  if (!isBroken(status)) return ends(status === 'IgnoreFailed' ? 'IgnoreFailed' : 'Success');
  if (status === 'Aborted' || status === 'AbortedByFreeze') return ends(status);
  const as = status === 'Expired' || status === 'ApprovalRejected' ? status : 'Failed';
  return fails(as, ...(failure === undefined ? (['Unknown'] as const) : errorsOf(failure.types)));
}

/** api.md §7.2. */
const WORST = [
  'Aborted',
  'Errored',
  'Failed',
  'AbortedByFreeze',
  'ApprovalRejected',
  'Expired',
  'IgnoreFailed',
] as const;

function container(known: Known, after: Execution, node: NodeExecution, plan: PlanNode): Fact {
  const item = known.items.get(plan.identifier);
  if (plan.kind === 'strategy') {
    if (item?.loop?.turns === undefined) return node.children.length === 0 ? UNKNOWN : wrong('has turns');
    const postfixes = node.children.map((id) => after.nodes[id]?.iteration?.postfix);
    if (postfixes.join(' ') !== item.loop.turns.join(' ')) return wrong(`has the turns ${postfixes.join(' ')}`);
  }
  const statuses = node.children.map((id) => after.nodes[id]?.status ?? 'NotStarted');
  if (!statuses.every(isFinal)) return wrong('ended before all that is in it');
  const planned = 'children' in plan && plan.kind !== 'strategy' ? plan.children.length : 0;
  if (statuses.length < planned && !isHeldBack(after, known.plan, node))
    return wrong('ended before all of its children had their turn');
  return ends(WORST.find((status) => statuses.includes(status)) ?? 'Success');
}

type StepPlan = Extract<PlanNode, { kind: 'step' }>;

/** Q3: another Queue step has the key for the stage or the pipeline that this one is in. */
function hasKeyAlready(after: Execution, node: NodeExecution): boolean {
  for (let at: NodeExecution | undefined = node; at !== undefined; at = parentOf(after, at)) {
    const others = (at.holds ?? []).filter(({ nodeExecutionId }) => nodeExecutionId !== node.id);
    if (
      others.some(
        ({ key, nodeExecutionId }) => key === keyOf(node) && after.nodes[nodeExecutionId]?.status === 'Success',
      )
    )
      return true;
  }
  return false;
}

function keyOf({ stepParameters }: NodeExecution): string | undefined {
  const isMap = typeof stepParameters === 'object' && stepParameters !== null && 'key' in stepParameters;
  const key = isMap ? stepParameters['key'] : undefined;
  return typeof key === 'string' ? key : undefined;
}

function leaf(
  known: Known,
  moment: Moment,
  earlier: NodeExecution | undefined,
  node: NodeExecution,
  plan: StepPlan,
): Fact {
  const { event } = moment;
  const word = wordOn(event, node);
  if (word === 'MarkAsSuccess') return ends('Success');
  if (word === 'Ignore') return ends('IgnoreFailed');
  switch (plan.stepType) {
    case 'Wait': {
      const item = known.items.get(plan.identifier);
      const waited = (node.endedAt ?? 0) - (node.startedAt ?? 0);
      if (item?.kind !== 'wait' || waited < waitMs(item.duration)) return wrong(`waited only ${waited} ms`);
      return isTimer(event, node, 'wait') ? ends('Success') : wrong('ended before its time');
    }
    case 'HarnessApproval':
      return approval(known, moment, node, plan);
    case 'CustomApproval':
      return customApproval(known, moment, node);
    case 'Queue':
      return (event.kind === 'resourceAcquired' && event.nodeExecutionId === node.id) ||
        hasKeyAlready(moment.after, node)
        ? ends('Success')
        : wrong('went on before its turn');
    case 'Barrier':
      // Whether it opened or broke is the matter of the barriers' own checks.
      return node.failure === undefined && node.advised === undefined ? ends('Success') : UNKNOWN;
    default:
      return task(known, moment, earlier, node);
  }
}

function task(known: Known, { event, after }: Moment, earlier: NodeExecution | undefined, node: NodeExecution): Fact {
  if (!('nodeExecutionId' in event) || event.nodeExecutionId !== node.id) return wrong('ended without a report');
  if (event.kind === 'taskLost') return fails('Failed', 'DelegateRestart');
  if (event.kind === 'taskUnassignable') return fails('Failed', 'DelegateProvisioning');
  if (event.kind !== 'taskCompleted') return wrong('ended without a report');
  if (earlier?.status !== 'Running') return wrong('ended before it ran');
  const { outcome } = event;
  const behaviour = behaviourAt(known.sketch, after, node.id);
  if (outcome.kind === 'cancelled') return fails('Failed', 'DelegateRestart');
  if ((outcome.kind === 'succeeded') !== (behaviour?.exitCode === 0)) return wrong('ended otherwise than its process');
  return outcome.kind === 'succeeded' ? ends('Success') : fails('Failed', ...errorsOf(outcome.failure.types));
}

/** P1, P2: one rejection rejects, so many different people approve, and some may not. */
function approval(known: Known, { event }: Moment, node: NodeExecution, plan: StepPlan): Fact {
  if (event.kind !== 'approvalDecided' || event.nodeExecutionId !== node.id) return wrong('was decided by nobody');
  if (event.activity.action === 'REJECT') return fails('ApprovalRejected', 'ApprovalRejection');
  const item = known.items.get(plan.identifier);
  const people = new Set((node.approval?.activities ?? []).map(({ user }) => user.userId));
  if (item?.kind !== 'approval' || people.size < item.minimumCount) return wrong('was approved by too few');
  if (people.size !== node.approval?.activities.length) return wrong('was answered by somebody twice');
  if (item.barsExecutor && people.has('u')) return wrong('was approved by who started it');
  return ends('Success');
}

function customApproval(known: Known, moment: Moment, node: NodeExecution): Fact {
  const { before, after } = moment;
  const script = after.nodes[node.children.at(-1) ?? node.id];
  if (script === undefined || script.id === node.id || !isFinal(script.status)) return wrong('was decided by nobody');
  if (script.status !== 'Success') {
    const fact = factOf(known, moment, before.nodes[script.id], script);
    const errors = fact.kind === 'fails' ? fact.errors : (['Unknown'] as const);
    return fails(script.status === 'Expired' ? 'Expired' : 'Failed', ...errors);
  }
  switch (behaviourAt(known.sketch, after, script.id)?.output) {
    case 'no':
      return fails('ApprovalRejected', 'ApprovalRejection');
    case 'yes':
      return ends('Success');
    default:
      return wrong('was decided by a script that does not know');
  }
}

function waitMs(duration: string): number {
  const text = duration.startsWith('<+') ? VARIABLES.pause : duration;
  const match = /^(?:(\d+)m ?)?(?:(\d+)s)?$/.exec(text);
  return Number(match?.[1] ?? 0) * 60_000 + Number(match?.[2] ?? 0) * 1_000;
}
