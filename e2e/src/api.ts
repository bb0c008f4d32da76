/** Calls of the HTTP API as a client makes them. */
import type { Reachable } from './product.ts';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly status: string;
    readonly data: T;
    readonly code?: string;
    readonly message?: string;
    readonly correlationId: string;
  };
}

export interface ApiRequest {
  readonly method?: string;
  readonly body?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send no key. */
  readonly isPublic?: boolean;
}

export const SCOPE = { orgIdentifier: 'default', projectIdentifier: 'myproject' } as const;

export async function api<T>(product: Reachable, path: string, request: ApiRequest = {}): Promise<Answer<T>> {
  const query = new URLSearchParams({ accountIdentifier: product.accountId, ...SCOPE, ...request.query });
  const response = await fetch(`${product.url}${path}?${query.toString()}`, {
    method: request.method ?? 'GET',
    headers: {
      ...(request.isPublic === true ? {} : { 'x-api-key': product.adminToken }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/yaml' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer<T>['body'] };
}

export interface Details {
  readonly webhookProcessingDetails: Readonly<Record<string, unknown>> & {
    readonly status: string;
    readonly message: string;
    readonly exceptionOccured: boolean;
    readonly pipelineExecutionId: string | null;
  };
  readonly executionDetails: { readonly pipelineExecutionSummary: Summary } | null;
}

export interface Summary extends Readonly<Record<string, unknown>> {
  readonly planExecutionId: string;
  readonly status: string;
  readonly runSequence: number;
}

export function createPipeline(product: Reachable, yaml: string): Promise<Answer<{ identifier: string }>> {
  return api(product, '/pipeline/api/pipelines/v2', { method: 'POST', body: yaml });
}

export function createTrigger(
  product: Reachable,
  pipeline: string,
  yaml: string,
): Promise<Answer<{ identifier: string }>> {
  return api(product, '/pipeline/api/triggers', { method: 'POST', body: yaml, query: { targetIdentifier: pipeline } });
}

export function fire(product: Reachable, pipeline: string, trigger: string, body = '{}'): Promise<Answer<string>> {
  return api(product, '/gateway/api/webhook/custom', {
    method: 'POST',
    isPublic: true,
    body,
    headers: { 'content-type': 'application/json' },
    query: { pipelineIdentifier: pipeline, triggerIdentifier: trigger },
  });
}

/** What became of an event, once its execution (if there is one) has ended: the server says when, nobody polls. */
export async function detailsWhenFinal(product: Reachable, eventId: string): Promise<Details> {
  const { body } = await api<Details>(product, `/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/${eventId}`, {
    isPublic: true,
    headers: { prefer: 'wait=120' },
  });
  return body.data;
}

/** A pipeline with one Custom stage of shell scripts. */
export function shellPipeline(identifier: string, scripts: readonly string[], extra = ''): string {
  const steps = scripts.map(
    (script, index) => `
              - step:
                  name: s${index}
                  identifier: s${index}
                  type: ShellScript
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: ${JSON.stringify(script)}`,
  );
  return `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
${extra}  stages:
    - stage:
        name: main
        identifier: main
        type: Custom
        spec:
          execution:
            steps:${steps.join('')}
`;
}

export function customTrigger(identifier: string, pipeline: string, extra = ''): string {
  return `trigger:
  name: ${identifier}
  identifier: ${identifier}
  enabled: true
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: ${pipeline}
  source:
    type: Webhook
    spec:
      type: Custom
      spec:
        payloadConditions: []
        headerConditions: []
${extra}`;
}
