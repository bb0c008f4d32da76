/**
 * `HarnessApproval` (pipelines.md §5.4): a node that waits for people. No process, no task, no slot: a row with a deadline.
 *
 * - V1 one rejection rejects; `minimumCount` different people approve.
 * - V2 a person acts once; who started the run and who is named in `disallowedUserEmails` may be barred (S14). Whether a
 *   person belongs to the groups is the shell's to say.
 */
import type { Value } from '../expressions/values.ts';
import type { Draft } from './draft.ts';
import type { ApprovalDecidedEvent } from './events.ts';
import type { ApprovalActivity, ApprovalInput, ApprovalState, Execution } from './execution.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { isMap, member, memberFlag, memberList, memberText, memberTexts } from './spec-members.ts';
import { makeTimerId } from './timers.ts';
import { localTime } from './local-time.ts';

export function startApproval(draft: Draft, id: NodeExecutionId, spec: Value): void {
  const approvers = member(spec, 'approvers');
  const approval: ApprovalState = {
    minimumCount: Math.max(1, Math.trunc(Number(memberText(approvers, 'minimumCount'))) || 1),
    userGroups: memberTexts(approvers, 'userGroups'),
    disallowPipelineExecutor: memberFlag(approvers, 'disallowPipelineExecutor'),
    disallowedUserEmails: memberTexts(approvers, 'disallowedUserEmails'),
    message: memberText(spec, 'approvalMessage'),
    inputs: memberList(spec, 'approverInputs').filter(isMap).map(readInput),
    activities: [],
  };
  draft.update(id, { status: 'ApprovalWaiting', approval });
  const deadline = autoApprovalAt(spec);
  if (deadline !== undefined) draft.startTimer(id, makeTimerId(id, 'autoApprove'), deadline);
}

function readInput(input: Value): ApprovalInput {
  const many = memberTexts(input, 'selectManyFrom');
  const one = [...memberTexts(input, 'allowedValues'), ...memberTexts(input, 'selectOneFrom')];
  const allowedValues = many.length > 0 ? many : one;
  const description = memberText(input, 'description');
  const regex = memberText(input, 'regex');
  return {
    name: memberText(input, 'name'),
    defaultValue: memberText(input, 'defaultValue'),
    required: memberFlag(input, 'required'),
    ...(description === '' ? {} : { description }),
    ...(allowedValues.length === 0 ? {} : { allowedValues }),
    ...(many.length > 0 ? { isMultiple: true } : {}),
    ...(regex === '' ? {} : { regex }),
  };
}

/** Why the person may not answer, or `undefined`. */
export function approvalObjection(
  execution: Pick<Execution, 'cause'>,
  { activities, disallowPipelineExecutor, disallowedUserEmails }: ApprovalState,
  user: ApprovalActivity['user'],
): string | undefined {
  if (activities.some((activity) => activity.user.userId === user.userId)) return 'This person has answered already.';
  if (disallowPipelineExecutor && execution.cause.triggeredBy.uuid === user.userId) {
    return 'Who started the execution may not approve it.';
  }
  const isDisallowed = disallowedUserEmails.some((email) => email.toLowerCase() === user.email.toLowerCase());
  return isDisallowed ? 'The approval names this person as one who may not answer.' : undefined;
}

export function decideApproval(draft: Draft, { nodeExecutionId, activity }: ApprovalDecidedEvent): void {
  const node = draft.find(nodeExecutionId);
  if (node?.status !== 'ApprovalWaiting' || node.approval === undefined) return;
  if (approvalObjection(draft.execution, node.approval, activity.user) !== undefined) return;
  const approval = { ...node.approval, activities: [...node.approval.activities, activity] };
  const outcomes = { output: outputOf(approval) };
  draft.update(node.id, { approval });
  if (activity.action === 'REJECT') {
    const because = activity.comments === '' ? '' : `: ${activity.comments}`;
    const failure = failureOf(`${activity.user.name} rejected the approval${because}`, 'APPROVAL_REJECTION');
    failNode(draft, node.id, { status: 'ApprovalRejected', failure, outcomes });
    return;
  }
  const approvals = approval.activities.filter(({ action }) => action === 'APPROVE').length;
  if (approvals >= approval.minimumCount) draft.end(node.id, 'Success', { outcomes });
}

/** The scheduled deadline of an approval that approves itself. */
export function autoApprove(draft: Draft, id: NodeExecutionId): void {
  const { approval, stepParameters = null } = draft.get(id);
  if (approval === undefined) return;
  const activity: ApprovalActivity = {
    user: { userId: 'systemUser', name: 'Auto approval', email: '' },
    action: 'APPROVE',
    comments: memberText(member(stepParameters, 'autoApproval'), 'comments'),
    approverInputs: {},
    at: draft.at,
  };
  const decided = { ...approval, activities: [...approval.activities, activity] };
  draft.update(id, { approval: decided });
  draft.end(id, 'Success', { outcomes: { output: outputOf(decided) } });
}

/** The last approver's inputs win; what nobody gave has its default. */
function outputOf({ activities, inputs }: ApprovalState): { readonly [key: string]: Value } {
  const defaults = Object.fromEntries(inputs.map(({ name, defaultValue }) => [name, defaultValue]));
  return {
    approvalActivities: activities.map(({ user: { name, email }, action, comments, approverInputs, at }) => ({
      user: { name, email },
      action,
      comments,
      approverInputs,
      approvedAt: at,
    })),
    approverInputs: Object.assign(defaults, ...activities.map(({ approverInputs }) => approverInputs)) as {
      readonly [key: string]: string;
    },
  };
}

function autoApprovalAt(spec: Value): number | undefined {
  const deadline = member(member(spec, 'autoApproval'), 'scheduledDeadline');
  return deadline === null ? undefined : localTime(memberText(deadline, 'time'), memberText(deadline, 'timeZone'));
}
