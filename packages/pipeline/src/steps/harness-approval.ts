/** `HarnessApproval`: people of the named groups approve or reject (pipelines.md §5.4). The engine waits; no delegate. */
import { Type, type Static } from 'typebox';
import { ignored, type StepDefinition } from './step-definition.ts';

export const HarnessApprovalSpec = Type.Object({
  approvalMessage: Type.String({ default: '' }),
  includePipelineExecutionHistory: ignored('The page of the execution shows its history.'),
  isAutoRejectEnabled: Type.Boolean({
    default: false,
    notRunYetValues: { true: 'rejecting older approvals (isAutoRejectEnabled)' },
  }),
  approvers: Type.Object({
    /** Scoped identifiers; a list, or one expression that gives a list. */
    userGroups: Type.Optional(Type.Array(Type.String())),
    serviceAccounts: ignored('Bridle asks people; service accounts approve by their user groups.'),
    minimumCount: Type.Integer({ default: 1 }),
    disallowPipelineExecutor: Type.Boolean({ default: false }),
    disallowedUserEmails: Type.Optional(Type.Array(Type.String())),
  }),
  approverInputs: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        /** May be a chain such as `<+input>.default(a).allowedValues(a,b)`. */
        defaultValue: Type.String({ default: '' }),
        required: Type.Boolean({ default: false }),
        description: Type.Optional(Type.String()),
        allowedValues: Type.Optional(Type.Array(Type.String())),
        selectOneFrom: Type.Optional(Type.Array(Type.String())),
        selectManyFrom: Type.Optional(Type.Array(Type.String())),
        regex: Type.Optional(Type.String()),
      }),
    ),
  ),
  autoApproval: Type.Optional(
    Type.Object({
      action: Type.Enum(['APPROVE'], { default: 'APPROVE' }),
      scheduledDeadline: Type.Object({
        /** `yyyy-MM-dd hh:mm AM`. */
        time: Type.String(),
        /** IANA name. */
        timeZone: Type.String({ default: 'UTC' }),
      }),
      comments: Type.String({ default: '' }),
    }),
  ),
  callbackId: ignored('Bridle does not use it.'),
  delegateSelectors: ignored('An approval needs no delegate.'),
});
export type HarnessApprovalSpec = Static<typeof HarnessApprovalSpec>;

export const harnessApproval: StepDefinition = {
  type: 'HarnessApproval',
  spec: HarnessApprovalSpec,
  outputs: ['approvalActivities', 'approverInputs'],
  usualIn: ['Custom', 'Approval', 'Deployment'],
};
