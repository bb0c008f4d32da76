/** Triggers as the API prints them (api.md §3.2, §3.3). */
import { nextTicks, type Diagnostic, type TriggerSource } from '@bridle/pipeline';
import type { TriggerDetails, TriggerEventStatus, TriggerResponse } from '@bridle/protocol';
import { parseKnownTrigger } from '../../intake/known-documents.ts';
import type { TriggerActivity } from '../../store/trigger-history.ts';
import type { TriggerRow } from '../../store/triggers.ts';
import { triggerEventStatus } from './trigger-history.ts';
import { customWebhookUrl, gitWebhookUrl, tokenWebhookUrl, webhookCurl } from './urls.ts';

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

/** What details say beside the row: where the server is reached, the time, and whether tokenless URLs are open. */
export interface Surroundings {
  readonly publicUrl: string;
  readonly now: number;
  readonly isTokenlessOpen: boolean;
  /** What the trigger supplies does not fit its pipeline any more. */
  readonly isOutdated: boolean;
}

export function triggerDetails(
  row: TriggerRow,
  activity: TriggerActivity | undefined,
  around: Surroundings,
): TriggerDetails {
  const { trigger, diagnostics } = parseKnownTrigger(row.yaml);
  return {
    name: row.name,
    identifier: row.identifier,
    ...(row.description === '' ? {} : { description: row.description }),
    type: row.type,
    enabled: row.isEnabled,
    yaml: row.yaml,
    tags: { ...row.tags },
    ...addresses(row, around),
    ...fireTimes(row, trigger?.source, around.now),
    pipelineInputOutdated: around.isOutdated,
    yamlVersion: '0',
    executions: [...(activity?.runsPerDay ?? Array.from({ length: 7 }, () => 0))],
    triggerStatus: statusOf(diagnostics),
    ...lastExecution(activity),
    ...(row.type === 'Webhook' ? { webhookDetails: webhookDetails(row, trigger?.webhookSecretRef) } : {}),
  };
}

function addresses(
  row: TriggerRow,
  { publicUrl, isTokenlessOpen }: Surroundings,
): Pick<TriggerDetails, 'webhookUrl' | 'webhookCurlCommand' | 'tokenlessWebhookUrl' | 'registrationStatus'> {
  if (row.type !== 'Webhook') return {};
  // Nobody registers it at the provider: whoever owns the repository enters the address there.
  if (row.sourceType !== 'Custom') {
    return { webhookUrl: gitWebhookUrl(publicUrl, row.scope.accountId), registrationStatus: 'UNAVAILABLE' };
  }
  const webhookUrl = tokenWebhookUrl(publicUrl, row.webhookToken, row);
  return {
    webhookUrl,
    webhookCurlCommand: webhookCurl(webhookUrl, SAMPLE_BODY),
    ...(isTokenlessOpen ? { tokenlessWebhookUrl: customWebhookUrl(publicUrl, row) } : {}),
  };
}

const FIRE_TIMES_SHOWN = 5;

function fireTimes(
  row: TriggerRow,
  source: TriggerSource | undefined,
  now: number,
): Pick<TriggerDetails, 'nextFireTimes'> {
  if (source?.kind !== 'cron') return {};
  return { nextFireTimes: row.isEnabled ? [...nextTicks(source.schedule, now, FIRE_TIMES_SHOWN)] : [] };
}

function statusOf(diagnostics: readonly Diagnostic[]): TriggerDetails['triggerStatus'] {
  const problems = diagnostics.filter(({ blocks }) => blocks !== 'nothing').map(({ message }) => message);
  if (problems.length === 0) {
    return { validationStatus: { statusResult: 'SUCCESS' }, status: 'SUCCESS', detailMessages: [] };
  }
  const detailedMessage = problems.join(' ');
  return { validationStatus: { statusResult: 'FAILED', detailedMessage }, status: 'FAILED', detailMessages: problems };
}

/** Words of api.md §3.3 for the types of webhooks, where they are not just in capitals. */
const SOURCE_REPOS: Readonly<Record<string, string>> = { AzureRepo: 'AZURE_REPO', AwsCodeCommit: 'AWS_CODECOMMIT' };

function webhookDetails(
  { sourceType }: TriggerRow,
  secretRef: string | undefined,
): NonNullable<TriggerDetails['webhookDetails']> {
  return {
    ...(secretRef === undefined ? {} : { webhookSecret: secretRef }),
    webhookSourceRepo: SOURCE_REPOS[sourceType] ?? sourceType.toUpperCase(),
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
