import type { ExecutionCause, ProjectScope } from '@bridle/pipeline';
import type { ExecutionTriggerInfo, GovernanceMetadata } from '@bridle/protocol';

/** api.md §6.4; texts without value are empty, not absent. */
export function executionTriggerInfo(cause: ExecutionCause, scope: ProjectScope): ExecutionTriggerInfo {
  const { triggerType, triggeredBy, trigger, rerun } = cause;
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  return {
    triggerType,
    triggeredBy: {
      uuid: triggeredBy.uuid,
      identifier: triggeredBy.identifier,
      extraInfo: {
        ...(triggeredBy.email === undefined ? {} : { email: triggeredBy.email }),
        ...(trigger === undefined
          ? {}
          : {
              triggerRef: [accountId, orgIdentifier, projectIdentifier, trigger.identifier].join('/'),
              eventCorrelationId: trigger.eventId,
            }),
      },
      triggerIdentifier: trigger?.identifier ?? '',
      triggerName: trigger?.name ?? '',
    },
    isRerun: rerun !== undefined,
    ...(rerun === undefined
      ? {}
      : {
          rerunInfo: {
            rootExecutionId: rerun.rootExecutionId,
            rootTriggerType: rerun.rootTriggerType,
            prevExecutionId: rerun.previousExecutionId,
            prevTriggerType: rerun.previousTriggerType,
          },
        }),
  };
}

/** No policy set has run: every key is there with its default (api.md §6.5). */
export const NO_GOVERNANCE: GovernanceMetadata = {
  id: '',
  deny: false,
  details: [],
  message: '',
  timestamp: '0',
  status: '',
  accountId: '',
  orgId: '',
  projectId: '',
  entity: '',
  type: '',
  action: '',
  created: '0',
};
