/** Addresses that answers hand out. `publicUrl` has no trailing slash. */
import type { ProjectScope } from '@bridle/pipeline';

interface WebhookTarget {
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
}

/** The founding document's form, which every custom trigger answers unless a setting closes it. */
export function customWebhookUrl(publicUrl: string, target: WebhookTarget): string {
  return `${publicUrl}/gateway/api/webhook/custom?${targetQuery(target)}`;
}

/** The form that only who was given it can call. */
export function tokenWebhookUrl(publicUrl: string, token: string, target: WebhookTarget): string {
  return `${publicUrl}/gateway/pipeline/api/webhook/custom/${token}/v3?${targetQuery(target)}`;
}

function targetQuery({ scope, pipelineIdentifier, identifier }: WebhookTarget): string {
  return new URLSearchParams({
    accountIdentifier: scope.accountId,
    orgIdentifier: scope.orgIdentifier,
    projectIdentifier: scope.projectIdentifier,
    pipelineIdentifier,
    triggerIdentifier: identifier,
  }).toString();
}

/** Where Git providers send the events of an account. */
export function gitWebhookUrl(publicUrl: string, accountId: string): string {
  return `${publicUrl}/gateway/ng/api/webhook?${new URLSearchParams({ accountIdentifier: accountId }).toString()}`;
}

/** One line, ready to paste. */
export function webhookCurl(url: string, body: string): string {
  return `curl -X POST -H 'content-type: application/json' --url '${url}' -d '${body}'`;
}

export function triggerExecutionDetailsUrl(publicUrl: string, accountId: string, eventId: string): string {
  const path = `/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/${eventId}`;
  return `${publicUrl}${path}?${new URLSearchParams({ accountIdentifier: accountId }).toString()}`;
}

/** Pages as Harness addresses them; Bridle's UI leads them to its own. */
export function projectPageUrl(publicUrl: string, scope: ProjectScope): string {
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  return `${publicUrl}/ng/#/account/${accountId}/all/orgs/${orgIdentifier}/projects/${projectIdentifier}`;
}

export function executionPageUrl(
  publicUrl: string,
  scope: ProjectScope,
  pipelineIdentifier: string,
  executionId: string,
): string {
  return `${projectPageUrl(publicUrl, scope)}/pipelines/${pipelineIdentifier}/executions/${executionId}/pipeline`;
}
