/** Addresses that answers hand out. `publicUrl` has no trailing slash. */
import type { ProjectScope } from '@bridle/pipeline';

interface WebhookTarget {
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
}

/** The founding document's form, which every custom trigger answers. */
export function customWebhookUrl(publicUrl: string, { scope, pipelineIdentifier, identifier }: WebhookTarget): string {
  const query = new URLSearchParams({
    accountIdentifier: scope.accountId,
    orgIdentifier: scope.orgIdentifier,
    projectIdentifier: scope.projectIdentifier,
    pipelineIdentifier,
    triggerIdentifier: identifier,
  });
  return `${publicUrl}/gateway/api/webhook/custom?${query.toString()}`;
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
