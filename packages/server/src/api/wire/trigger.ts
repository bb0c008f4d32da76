/** Triggers as the API prints them (api.md §3.2, §3.3). */
import type { Diagnostic } from '@bridle/pipeline';
import type { TriggerDetails, TriggerEventStatus, TriggerResponse } from '@bridle/protocol';
import type { TriggerActivity } from '../../store/trigger-history.ts';
import type { TriggerRow } from '../../store/triggers.ts';
import { triggerEventStatus } from './trigger-history.ts';
import { customWebhookUrl, webhookCurl } from './urls.ts';

/** The body of the founding document's curl. */
const SAMPLE_BODY = '{}';

/** `problems` are those of inputs that do not fit the pipeline: the trigger is saved all the same. */
export function triggerResponse(row: TriggerRow, problems: readonly Diagnostic[] = []): TriggerResponse {
  const errors = Object.fromEntries(problems.map(({ path, message }) => [path, { fieldName: path, message }]));
  return {
    name: row.name,
    identifier: row.identifier,
    ...(row.description === '' ? {} : { description: row.description }),
    type: row.type,
    accountIdentifier: row.scope.accountId,
    orgIdentifier: row.scope.orgIdentifier,
    projectIdentifier: row.scope.projectIdentifier,
    targetIdentifier: row.pipelineIdentifier,
    yaml: row.yaml,
    enabled: row.isEnabled,
    ...(problems.length === 0 ? {} : { errors }),
    errorResponse: problems.length > 0,
    stagesToExecute: [],
  };
}

export function triggerDetails(
  row: TriggerRow,
  activity: TriggerActivity | undefined,
  publicUrl: string,
): TriggerDetails {
  const isCustom = row.sourceType === 'Custom';
  const webhookUrl = customWebhookUrl(publicUrl, row);
  return {
    name: row.name,
    identifier: row.identifier,
    ...(row.description === '' ? {} : { description: row.description }),
    type: row.type,
    enabled: row.isEnabled,
    yaml: row.yaml,
    tags: { ...row.tags },
    ...(isCustom ? { webhookUrl, webhookCurlCommand: webhookCurl(webhookUrl, SAMPLE_BODY) } : {}),
    pipelineInputOutdated: false,
    yamlVersion: '0',
    executions: [...(activity?.runsPerDay ?? Array.from({ length: 7 }, () => 0))],
    triggerStatus: { validationStatus: { statusResult: 'SUCCESS' }, status: 'SUCCESS', detailMessages: [] },
    ...lastExecution(activity),
    ...(row.type === 'Webhook' ? { webhookDetails: { webhookSourceRepo: row.sourceType.toUpperCase() } } : {}),
  };
}

function lastExecution(activity: TriggerActivity | undefined): Pick<TriggerDetails, 'lastTriggerExecutionDetails'> {
  const last = activity?.last;
  if (last === undefined) return {};
  const status = last.status as TriggerEventStatus;
  return {
    lastTriggerExecutionDetails: {
      lastExecutionTime: last.processedAt,
      lastExecutionSuccessful: triggerEventStatus(status).status === 'SUCCESS',
      lastExecutionStatus: status,
      ...(last.executionId === undefined ? {} : { planExecutionId: last.executionId }),
      message: last.message,
    },
  };
}
