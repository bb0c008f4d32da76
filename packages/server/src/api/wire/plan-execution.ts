/** What starting an execution answers (api.md §5.1). */
import { ENGINE_NAMES, type ExecutionCause, type NodeStatus, type ProjectScope } from '@bridle/pipeline';
import { INLINE_GIT_DETAILS, type PlanExecutionResponse } from '@bridle/protocol';
import { executionTriggerInfo, NO_GOVERNANCE } from './trigger-info.ts';

/** api.md §5.1: start + 6 months. */
const VALID_FOR_MS = 183 * 86_400_000;

export interface StartedPlan {
  readonly executionId: string;
  readonly planId: string;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly moduleType: string;
  readonly cause: ExecutionCause;
  readonly runSequence: number;
  readonly status: NodeStatus;
  readonly createdAt: number;
  readonly startedAt: number;
  /** Set for a retry from a stage. */
  readonly retryOf?: { readonly executionId: string; readonly rootExecutionId: string };
}

export function planExecutionResponse(started: StartedPlan): PlanExecutionResponse {
  const { executionId, planId, scope, cause, createdAt, startedAt, retryOf } = started;
  return {
    planExecution: {
      uuid: executionId,
      createdAt,
      planId,
      nodeId: planId,
      setupAbstractions: { ...scope },
      validUntil: startedAt + VALID_FOR_MS,
      status: ENGINE_NAMES[started.status],
      startTs: startedAt,
      endTs: null,
      metadata: {
        runSequence: started.runSequence,
        triggerInfo: executionTriggerInfo(cause, scope),
        pipelineIdentifier: started.pipelineIdentifier,
        executionUuid: executionId,
        principalInfo: { principal: cause.triggeredBy.uuid, principalType: 'USER', shouldValidateRbac: true },
        gitSyncBranchContext: '',
        moduleType: started.moduleType,
        retryInfo: {
          isRetry: retryOf !== undefined,
          rootExecutionId: retryOf?.rootExecutionId ?? executionId,
          parentRetryId: retryOf?.executionId ?? '',
        },
        isNotificationConfigured: false,
        pipelineStoreType: 'INLINE',
        pipelineConnectorRef: '',
        harnessVersion: '0',
        executionMode: 'NORMAL',
        isDebug: false,
      },
      lastUpdatedAt: startedAt,
      version: 0,
      nextIteration: null,
      governanceMetadata: NO_GOVERNANCE,
      nodeType: 'PLAN',
    },
    gitDetails: INLINE_GIT_DETAILS,
  };
}
