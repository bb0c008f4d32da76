/** An approval as people and clients see it (api.md §5.4). */
import { isFinal, type ExecutionId, type NodeExecution, type Plan, type Value } from '@bridle/pipeline';
import type { ApprovalInstance, ApprovalStatus, ApprovalV1 } from '@bridle/protocol';

const SEPARATOR = '.';

/** Opaque to clients; says where the node is found. Ids hold no dot. */
export function approvalId(executionId: ExecutionId, node: Pick<NodeExecution, 'id'>): string {
  return `${executionId}${SEPARATOR}${node.id}`;
}

export function readApprovalId(
  id: string,
): { readonly executionId: string; readonly nodeExecutionId: string } | undefined {
  const [executionId = '', nodeExecutionId = '', ...rest] = id.split(SEPARATOR);
  return executionId === '' || nodeExecutionId === '' || rest.length > 0 ? undefined : { executionId, nodeExecutionId };
}

export function approvalStatus({ status }: NodeExecution): ApprovalStatus {
  switch (status) {
    case 'Success':
    case 'IgnoreFailed':
      return 'APPROVED';
    case 'ApprovalRejected':
      return 'REJECTED';
    case 'Aborted':
    case 'AbortedByFreeze':
      return 'ABORTED';
    case 'Expired':
      return 'EXPIRED';
    default:
      return isFinal(status) ? 'FAILED' : 'WAITING';
  }
}

export function approvalInstance(executionId: ExecutionId, node: NodeExecution, plan: Plan): ApprovalInstance {
  const { approval, createdAt, endedAt, startedAt = createdAt, timeoutMs } = node;
  const step = plan.nodes[node.nodeId];
  const activities = approval?.activities ?? [];
  return {
    id: approvalId(executionId, node),
    type: step?.kind === 'step' ? step.stepType : '',
    status: approvalStatus(node),
    deadline: timeoutMs === undefined ? null : startedAt + timeoutMs,
    createdAt,
    lastModifiedAt: endedAt ?? activities.at(-1)?.at ?? startedAt,
    errorMessage: node.failure?.message ?? null,
    details: {
      approvalMessage: approval?.message ?? '',
      includePipelineExecutionHistory: readFlag(node.stepParameters, 'includePipelineExecutionHistory'),
      approvers: {
        userGroups: [...(approval?.userGroups ?? [])],
        minimumCount: approval?.minimumCount ?? 1,
        disallowPipelineExecutor: approval?.disallowPipelineExecutor ?? false,
      },
      approvalActivities: activities.map(({ user, action, comments, approverInputs, at }) => ({
        user: { name: user.name, email: user.email },
        action,
        approverInputs: Object.entries(approverInputs).map(([name, value]) => ({ name, value })),
        comments,
        approvedAt: at,
      })),
      approverInputs: (approval?.inputs ?? []).map(({ allowedValues, ...input }) => ({
        ...input,
        ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
      })),
      autoApprovalParams: null,
      validatedApprovalUserGroups: [],
    },
  };
}

/** Details in snake case, as the v1 list prints them. */
export function approvalV1({
  id,
  type,
  status,
  deadline,
  createdAt,
  lastModifiedAt,
  errorMessage,
  details,
}: ApprovalInstance): ApprovalV1 {
  return {
    id,
    type,
    status,
    deadline,
    details: {
      approval_message: details.approvalMessage,
      include_pipeline_execution_history: details.includePipelineExecutionHistory,
      approvers: {
        user_groups: details.approvers.userGroups,
        minimum_count: details.approvers.minimumCount,
        disallow_pipeline_executor: details.approvers.disallowPipelineExecutor,
      },
      approval_activities: details.approvalActivities.map(({ approverInputs, approvedAt, ...activity }) => ({
        ...activity,
        approver_inputs: approverInputs,
        approved_at: approvedAt,
      })),
      approver_inputs: details.approverInputs.map(({ defaultValue, ...input }) => ({
        ...input,
        default_value: defaultValue,
      })),
    },
    created: createdAt,
    updated: lastModifiedAt,
    error_message: errorMessage,
  };
}

function readFlag(spec: Value | undefined, key: string): boolean {
  if (typeof spec !== 'object' || spec === null) return false;
  return (spec as Readonly<Record<string, unknown>>)[key] === true;
}
