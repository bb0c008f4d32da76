/**
 * What people ask of a running execution, held against its state before it becomes an event: the engine lets what does not
 * apply go by without a word, people are told why.
 */
import {
  approvalObjection,
  findViolation,
  isFinal,
  type ApprovalActivity,
  type ApprovalInput,
  type Execution,
  type InterruptRecord,
  type InterruptType,
  type NodeExecution,
  type NodeExecutionId,
  type NodeStatus,
  type PlanNode,
  type Value,
} from '@bridle/pipeline';

/** Who acts, from the principal of the request only (S14). */
export type Actor = InterruptRecord['by'];

export interface InterruptOrder {
  readonly type: InterruptType;
  /** For an interrupt on one node. */
  readonly nodeExecutionId?: NodeExecutionId;
  readonly by: Actor;
}

export type ApprovalAnswer = Pick<ApprovalActivity, 'user' | 'action' | 'comments' | 'approverInputs'>;
export type SubmittedInputs = Readonly<Record<string, Value>>;

export type ControlResult =
  | { readonly kind: 'done'; readonly execution: Execution; readonly interruptId: string }
  | ControlRefusal;

export type ControlRefusal =
  | { readonly kind: 'unknown' }
  /** The execution has no such node. */
  | { readonly kind: 'unknownNode' }
  | { readonly kind: 'alreadyFinal'; readonly status: NodeStatus }
  | { readonly kind: 'alreadyRequested' }
  /** For people. */
  | { readonly kind: 'refused'; readonly message: string };

const refused = (message: string): ControlRefusal => ({ kind: 'refused', message });

/** Why the interrupt does not apply, or `undefined`. */
export function interruptObjection(execution: Execution, order: InterruptOrder): ControlRefusal | undefined {
  if (isFinal(execution.status)) return { kind: 'alreadyFinal', status: execution.status };
  const { type, nodeExecutionId } = order;
  if (nodeExecutionId !== undefined) return nodeObjection(execution, type, nodeExecutionId);
  switch (type) {
    case 'AbortAll':
      // A second abort ends what the first one left running: a rollback.
      return execution.abort === undefined || isRollingBack(execution) ? undefined : { kind: 'alreadyRequested' };
    case 'ExpireAll':
      return execution.abort === undefined ? undefined : refused('The execution is being aborted already.');
    case 'Pause':
      if (execution.abort !== undefined) return refused('The execution is being aborted and cannot be paused.');
      return execution.pause === undefined ? undefined : refused('The execution is paused already.');
    case 'Resume':
      return execution.pause === undefined ? refused('The execution is not paused.') : undefined;
    default:
      return refused(`${type} is for one node; name its node execution.`);
  }
}

function nodeObjection(
  execution: Execution,
  type: InterruptType,
  nodeExecutionId: NodeExecutionId,
): ControlRefusal | undefined {
  const node = execution.nodes[nodeExecutionId];
  const plan = node === undefined ? undefined : execution.plan.nodes[node.nodeId];
  if (node === undefined || plan === undefined) return { kind: 'unknownNode' };
  if (isFinal(node.status)) return refused(`${plan.name} has ended already with the status ${node.status}.`);
  if (type === 'Abort') return undefined;
  if (node.status === 'InterventionWaiting') return answerObjection(execution, node, plan, type);
  if (node.stopping !== undefined) {
    return refused(`${plan.name} is being ended already, with the status ${node.stopping.as}.`);
  }
  switch (type) {
    case 'MarkAsFailure':
      return undefined;
    case 'MarkAsSuccess':
    case 'Ignore':
      if (plan.kind === 'step') return undefined;
      return refused(`${type} is for steps; what ${plan.name} comes to is the matter of its steps.`);
    case 'StageRollback':
      if (plan.kind === 'stage') return undefined;
      return refused(`StageRollback is for a stage, or for a step that waits for an intervention.`);
    case 'ProceedWithDefaultValues':
      return defaultsObjection(node, plan);
    default:
      return refused(
        `${plan.name} does not wait for an intervention (its status is ${node.status}), so ${type} does not apply.`,
      );
  }
}

/** An answer that the node cannot take would leave it waiting. */
function answerObjection(
  execution: Execution,
  node: NodeExecution,
  plan: PlanNode,
  type: InterruptType,
): ControlRefusal | undefined {
  if (availableAnswers(execution, node).includes(type)) return undefined;
  return type === 'StepGroupRollback'
    ? refused(`${plan.name} is in no step group, so StepGroupRollback does not apply.`)
    : refused(`${type} is no answer to the intervention that ${plan.name} waits for.`);
}

/** What a person may decide about a step that waits for an intervention, beside aborting all. */
const ANSWERS: readonly InterruptType[] = [
  'Retry',
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
];

/** Those that this step can take; none when it does not wait for one. */
export function availableAnswers(
  execution: Pick<Execution, 'nodes' | 'plan'>,
  node: NodeExecution,
): readonly InterruptType[] {
  if (node.status !== 'InterventionWaiting') return [];
  return hasAround(execution, node, 'stepGroup') ? ANSWERS : ANSWERS.filter((type) => type !== 'StepGroupRollback');
}

function defaultsObjection(
  { status }: NodeExecution,
  { name, executionInputs = [] }: PlanNode,
): ControlRefusal | undefined {
  if (status !== 'InputWaiting') return refused(`${name} does not wait for inputs: its status is ${status}.`);
  const missing = executionInputs.filter((input) => input.default === undefined).map(({ path }) => path.join('.'));
  return missing.length === 0 ? undefined : refused(`${name} has no default values for ${missing.join(', ')}.`);
}

function hasAround(execution: Pick<Execution, 'nodes' | 'plan'>, node: NodeExecution, kind: PlanNode['kind']): boolean {
  for (let id = node.parentId; id !== undefined; id = execution.nodes[id]?.parentId) {
    const around = execution.nodes[id];
    if (around !== undefined && execution.plan.nodes[around.nodeId]?.kind === kind) return true;
  }
  return false;
}

function isRollingBack({ nodes, plan }: Execution): boolean {
  return Object.values(nodes).some((node) => !isFinal(node.status) && plan.nodes[node.nodeId]?.kind === 'rollback');
}

/** Why there is nothing to answer at this node, or `undefined`. */
export function waitObjection(
  execution: Execution,
  nodeExecutionId: NodeExecutionId,
  status: 'ApprovalWaiting' | 'InputWaiting',
): ControlRefusal | undefined {
  const node = execution.nodes[nodeExecutionId];
  const plan = node === undefined ? undefined : execution.plan.nodes[node.nodeId];
  if (node === undefined || plan === undefined) return { kind: 'unknownNode' };
  // What holds a node that asks has its status, also once it was given what it asked for itself.
  const isAnswered = status === 'InputWaiting' && node.status === status && node.inputs !== undefined;
  if (isAnswered) return refused(`${plan.name} has its inputs already.`);
  if (node.status === status && node.stopping === undefined) return undefined;
  const what = status === 'ApprovalWaiting' ? 'an approval' : 'inputs';
  return refused(`${plan.name} does not wait for ${what} (any more): its status is ${node.status}.`);
}

/** Why this person's answer does not count, or `undefined`. */
export function answerObjectionOf(
  execution: Execution,
  nodeExecutionId: NodeExecutionId,
  { user, approverInputs, action }: ApprovalAnswer,
): ControlRefusal | undefined {
  const waiting = waitObjection(execution, nodeExecutionId, 'ApprovalWaiting');
  if (waiting !== undefined) return waiting;
  const approval = execution.nodes[nodeExecutionId]?.approval;
  if (approval === undefined) return refused('Nobody is asked here: a script decides about this approval.');
  const objection = approvalObjection(execution, approval, user);
  if (objection !== undefined) return refused(objection);
  const unknown = Object.keys(approverInputs).filter((name) => !approval.inputs.some((input) => input.name === name));
  if (unknown.length > 0) return refused(`The approval does not ask for ${unknown.join(', ')}.`);
  if (action === 'REJECT') return undefined;
  for (const input of approval.inputs) {
    const message = inputObjection(input, approverInputs[input.name]);
    if (message !== undefined) return refused(message);
  }
  return undefined;
}

function inputObjection(input: ApprovalInput, given: string | undefined): string | undefined {
  const { name, required, defaultValue, allowedValues, isMultiple = false, regex } = input;
  const value = given ?? defaultValue;
  if (value === '') return required ? `The approval asks for ${name}.` : undefined;
  if (given === undefined) return undefined;
  const violation = findViolation(value, {
    isMany: isMultiple,
    ...(allowedValues === undefined ? {} : { allowedValues }),
    ...(regex === undefined ? {} : { regex }),
  });
  return violation === undefined ? undefined : `${name}: "${value}" ${violation.text}.`;
}

/** A refusal in a sentence, for who sees the execution and nothing else. */
export function textOfRefusal(refusal: ControlRefusal | undefined): string | undefined {
  switch (refusal?.kind) {
    case undefined:
      return undefined;
    case 'refused':
      return refusal.message;
    case 'alreadyFinal':
      return `The execution had ended already with the status ${refusal.status}.`;
    case 'alreadyRequested':
      return 'The same was asked for already.';
    case 'unknown':
    case 'unknownNode':
      return 'There was no such node any more.';
  }
}
