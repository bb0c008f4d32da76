/** A row of a trigger's history (api.md §3.4). */
import { ENGINE_NAMES } from '@bridle/pipeline';
import {
  TRIGGER_EVENT_STATUSES,
  type ConditionResult,
  type TriggerEventHistory,
  type TriggerEventStatus,
} from '@bridle/protocol';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';
import type { TriggerEventRow } from '../../store/trigger-events.ts';

export function triggerEventHistory(
  event: TriggerEventRow & { readonly isPayloadCut?: boolean },
  execution: ExecutionSummaryRow | undefined,
): TriggerEventHistory {
  const status = event.status as TriggerEventStatus;
  return {
    ...(event.triggerIdentifier === undefined ? {} : { triggerIdentifier: event.triggerIdentifier }),
    accountId: event.scope.accountId,
    ...(event.scope.orgIdentifier === '' ? {} : { orgIdentifier: event.scope.orgIdentifier }),
    ...(event.scope.projectIdentifier === '' ? {} : { projectIdentifier: event.scope.projectIdentifier }),
    ...(event.pipelineIdentifier === undefined ? {} : { targetIdentifier: event.pipelineIdentifier }),
    eventCorrelationId: event.originEventId ?? event.id,
    payload: event.payload.toString('utf8'),
    eventCreatedAt: event.receivedAt,
    createdAt: event.processedAt ?? event.receivedAt,
    finalStatus: status,
    message: event.cause ?? event.message,
    exceptionOccurred: event.isException,
    triggerEventStatus: triggerEventStatus(status),
    type: event.kind === 'cron' ? 'Scheduled' : 'Webhook',
    ...(event.dueAt === undefined ? {} : { dueAt: event.dueAt }),
    ...(execution === undefined ? {} : { targetExecutionSummary: targetExecution(event, execution) }),
    ...(event.isPayloadCut === true ? { payloadCut: true } : {}),
    ...(event.conditionResults === undefined ? {} : { conditions: [...event.conditionResults] as ConditionResult[] }),
  };
}

/** api.md §2.2 */
export function triggerEventStatus(status: TriggerEventStatus): TriggerEventHistory['triggerEventStatus'] {
  const known = Object.hasOwn(TRIGGER_EVENT_STATUSES, status) ? TRIGGER_EVENT_STATUSES[status] : undefined;
  return { status: known?.outcome ?? 'FAILED', message: known?.display ?? 'Unknown status' };
}

function targetExecution(
  event: TriggerEventRow,
  execution: ExecutionSummaryRow,
): NonNullable<TriggerEventHistory['targetExecutionSummary']> {
  return {
    ...(event.triggerIdentifier === undefined ? {} : { triggerId: event.triggerIdentifier }),
    targetId: execution.pipelineIdentifier,
    ...(event.runtimeInput === undefined ? {} : { runtimeInput: event.runtimeInput }),
    planExecutionId: execution.id,
    runSequence: execution.runSequence,
    executionStatus: ENGINE_NAMES[execution.status],
    ...(execution.startedAt === undefined ? {} : { startTs: execution.startedAt }),
  };
}
