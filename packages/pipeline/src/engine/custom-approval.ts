/**
 * `CustomApproval` (pipelines.md §5.4): a script is run, its outputs are judged, and it is run again after a pause until they
 * approve or reject. Each run is a step of its own below the approval, with its own log.
 */
import type { Value } from '../expressions/values.ts';
import type { StepNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { evaluateWith, resolveValue } from './evaluation.ts';
import type { NodeExecution } from './execution.ts';
import { failNode, failureOf, type Failing } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { createNode } from './nodes.ts';
import { isPaused } from './rollback.ts';
import { isMap, member, memberFlag, memberList, memberText } from './spec-members.ts';
import { isFinal } from './status.ts';
import { endStopped } from './stop.ts';
import { readDuration } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { valueText } from './value-text.ts';

export function startCustomApproval(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  const spec = resolveValue(draft, id, { retryInterval: member(plan.spec, 'retryInterval') });
  if (spec.kind === 'error') {
    fail(draft, id, `${plan.name} cannot start: ${spec.message}`);
    return;
  }
  const interval = readDuration(memberText(spec.value, 'retryInterval'), `The retryInterval of ${plan.name}`);
  if (interval.kind === 'error') {
    fail(draft, id, interval.failure.message);
    return;
  }
  draft.update(id, { status: 'ApprovalWaiting', stepParameters: { ...asMap(plan.spec), ...asMap(spec.value) } });
  ask(draft, id, plan);
}

/** Runs the script once more; the run before is history. */
export function ask(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  if (plan.script === undefined) return;
  const before = draft.get(id).children.at(-1);
  const last = before === undefined ? undefined : draft.get(before);
  if (last !== undefined) draft.supersede(last.id);
  const script = createNode(draft, draft.planNode(plan.script), id, {
    attempt: last === undefined ? 0 : last.attempt + 1,
    ...(last === undefined ? {} : { retryIds: [last.id] }),
  });
  draft.update(id, { children: [script] });
  draft.later({ kind: 'open', id: script });
}

export function settleCustomApproval(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  const node = draft.get(id);
  const [script] = node.children.map((child) => draft.get(child));
  if (script === undefined || !isFinal(script.status)) return;
  if (node.stopping !== undefined) {
    // Also where its script failed and somebody was being asked about it.
    endStopped(draft, id);
  } else if (node.status !== 'ApprovalWaiting') {
    return;
  } else if (script.status !== 'Success') {
    failNode(draft, id, failingOf(script, plan));
  } else if (node.timers.every((timer) => timer !== makeTimerId(id, 'poll')) && node.isDue === undefined) {
    judge(draft, id, plan, script);
  }
}

function failingOf(script: NodeExecution, plan: StepNode): Failing {
  const failure = script.failure ?? failureOf(`The script of ${plan.name} failed.`);
  return {
    status: script.status === 'Expired' ? 'Expired' : 'Failed',
    failure: { ...failure, message: `The script of ${plan.name} failed: ${failure.message}` },
    ...(script.exitCode === undefined ? {} : { exitCode: script.exitCode }),
    outcomes: script.outcomes,
  };
}

/** The rejection is looked at first (pipelines.md §11, Q17). */
function judge(draft: Draft, id: NodeExecutionId, plan: StepNode, script: NodeExecution): void {
  const { outcomes } = script;
  const outputs = member(outcomes['output'] ?? null, 'outputVariables');
  const rejected = criteriaHold(draft, id, member(plan.spec, 'rejectionCriteria'), outputs);
  const approved = rejected === false ? criteriaHold(draft, id, member(plan.spec, 'approvalCriteria'), outputs) : false;
  for (const judged of [rejected, approved]) {
    if (typeof judged === 'string') {
      const message = `The criteria of ${plan.name} cannot be evaluated: ${judged}`;
      failNode(draft, id, { status: 'Failed', failure: failureOf(message), outcomes });
      return;
    }
  }
  if (rejected === true) {
    const failure = failureOf(`The rejection criteria of ${plan.name} hold.`, 'APPROVAL_REJECTION');
    failNode(draft, id, { status: 'ApprovalRejected', failure, outcomes });
  } else if (approved === true) {
    draft.end(id, 'Success', { outcomes });
  } else {
    const interval = readDuration(memberText(draft.get(id).stepParameters ?? null, 'retryInterval'), '');
    const ms = interval.kind === 'resolved' ? (interval.ms ?? 0) : 0;
    draft.startTimer(id, makeTimerId(id, 'poll'), draft.at + ms);
  }
}

/** The pause between two runs is over. */
export function askAgain(draft: Draft, id: NodeExecutionId): void {
  const plan = draft.planNode(draft.get(id).nodeId);
  if (plan.kind !== 'step') return;
  if (isPaused(draft)) draft.update(id, { isDue: true });
  else ask(draft, id, plan);
}

/** A text says why it cannot be known. Criteria that say nothing do not hold. */
function criteriaHold(draft: Draft, id: NodeExecutionId, criteria: Value, outputs: Value): boolean | string {
  const spec = member(criteria, 'spec');
  if (memberText(criteria, 'type') === 'Jexl') {
    const expression = memberText(spec, 'expression').trim();
    if (expression === '') return false;
    const judged = evaluateWith(draft, id, expression, { output: outputs });
    return judged.kind === 'error' ? judged.message : judged.holds;
  }
  const conditions = memberList(spec, 'conditions').filter(isMap);
  if (conditions.length === 0) return false;
  const holds = (condition: Value): boolean => conditionHolds(condition, outputs);
  return memberFlag(spec, 'matchAnyCondition') ? conditions.some(holds) : conditions.every(holds);
}

function conditionHolds(condition: Value, outputs: Value): boolean {
  const value = valueText(member(outputs, memberText(condition, 'key')));
  const wanted = memberText(condition, 'value');
  const list = wanted.split(',').map((part) => part.trim());
  switch (memberText(condition, 'operator')) {
    case 'not equals':
      return value !== wanted;
    case 'in':
      return list.includes(value);
    case 'not in':
      return !list.includes(value);
    default:
      return value === wanted;
  }
}

function asMap(value: Value): { readonly [key: string]: Value } {
  return isMap(value) ? value : {};
}

function fail(draft: Draft, id: NodeExecutionId, message: string): void {
  failNode(draft, id, { status: 'Failed', failure: failureOf(message) });
}
