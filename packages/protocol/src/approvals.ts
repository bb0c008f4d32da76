/** Approvals (api.md §5.4): steps that wait for people. */
import { Type, type Static } from 'typebox';
import { nullable, Time } from './schema.ts';

export const ApprovalStatus = Type.Enum(['WAITING', 'APPROVED', 'REJECTED', 'FAILED', 'ABORTED', 'EXPIRED']);
export type ApprovalStatus = Static<typeof ApprovalStatus>;

const ApproverInput = Type.Object({ name: Type.String(), value: Type.String() });

export const ApprovalDetails = Type.Object({
  approvalMessage: Type.String(),
  includePipelineExecutionHistory: Type.Boolean(),
  approvers: Type.Object({
    userGroups: Type.Array(Type.String()),
    minimumCount: Type.Integer(),
    disallowPipelineExecutor: Type.Boolean(),
  }),
  approvalActivities: Type.Array(
    Type.Object({
      user: Type.Object({ name: Type.String(), email: Type.String() }),
      action: Type.Enum(['APPROVE', 'REJECT']),
      approverInputs: Type.Array(ApproverInput),
      comments: Type.String(),
      approvedAt: Time,
    }),
  ),
  approverInputs: Type.Array(
    Type.Object({
      name: Type.String(),
      defaultValue: Type.String(),
      required: Type.Boolean(),
      description: Type.Optional(Type.String()),
      allowedValues: Type.Optional(Type.Array(Type.String())),
      isMultiple: Type.Optional(Type.Boolean()),
      regex: Type.Optional(Type.String()),
    }),
  ),
  autoApprovalParams: Type.Null(),
  validatedApprovalUserGroups: Type.Array(Type.Unknown()),
});
export type ApprovalDetails = Static<typeof ApprovalDetails>;

export const ApprovalInstance = Type.Object({
  id: Type.String(),
  type: Type.String(),
  status: ApprovalStatus,
  deadline: nullable(Time),
  createdAt: Time,
  lastModifiedAt: Time,
  errorMessage: nullable(Type.String()),
  details: ApprovalDetails,
});
export type ApprovalInstance = Static<typeof ApprovalInstance>;

/** The same in the v1 list: snake case outside, and without an envelope. */
export const ApprovalV1 = Type.Object({
  id: Type.String(),
  type: Type.String(),
  status: ApprovalStatus,
  deadline: nullable(Time),
  details: Type.Record(Type.String(), Type.Unknown()),
  created: Time,
  updated: Time,
  error_message: nullable(Type.String()),
});
export type ApprovalV1 = Static<typeof ApprovalV1>;

/** One person's answer. Who it is, is never read from here. */
export const ApprovalActivityRequest = Type.Object({
  action: Type.Enum(['APPROVE', 'REJECT']),
  approverInputs: Type.Optional(nullable(Type.Array(ApproverInput))),
  comments: Type.Optional(nullable(Type.String())),
});
export type ApprovalActivityRequest = Static<typeof ApprovalActivityRequest>;

export const ApprovalAuthorization = Type.Object({ authorized: Type.Boolean(), reason: nullable(Type.String()) });
export type ApprovalAuthorization = Static<typeof ApprovalAuthorization>;
