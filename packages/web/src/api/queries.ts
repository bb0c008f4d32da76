/** Every question the UI asks, once: its key, its address, its shape. */
import type { JsonSchema } from '@bridle/pipeline';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ApiError, call, callWithVersion, scopeQuery, type Scope } from './client.ts';
import type {
  Diagnostic,
  ExecutionDetails,
  ExecutionSummary,
  InputSetRow,
  NgPage,
  PipelineRow,
  SpringPage,
  TemplateRow,
  TriggerDetails,
  TriggerEventRow,
} from './types.ts';

export const PAGE_SIZE = 25;

export const pipelinesQuery = (scope: Scope, search: string) =>
  queryOptions({
    queryKey: ['pipelines', scope, search],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<SpringPage<PipelineRow>>('/pipeline/api/pipelines/list', {
        method: 'POST',
        query: { ...scopeQuery(scope), size: 100, ...(search === '' ? {} : { searchTerm: search }) },
        body: { filterType: 'PipelineSetup' },
        signal,
      }),
  });

export const pipelineQuery = (scope: Scope, identifier: string) =>
  queryOptions({
    queryKey: ['pipeline', scope, identifier],
    queryFn: ({ signal }) =>
      callWithVersion<{ readonly yamlPipeline: string }>(`/pipeline/api/pipelines/${encodeURIComponent(identifier)}`, {
        query: scopeQuery(scope),
        signal,
      }),
  });

export function createPipeline(scope: Scope, yaml: string): Promise<{ readonly identifier: string }> {
  return call('/pipeline/api/pipelines/v2', { method: 'POST', query: scopeQuery(scope), body: yaml });
}

export function updatePipeline(
  scope: Scope,
  identifier: string,
  yaml: string,
  etag: string | undefined,
): Promise<unknown> {
  return call(`/pipeline/api/pipelines/v2/${encodeURIComponent(identifier)}`, {
    method: 'PUT',
    query: scopeQuery(scope),
    body: yaml,
    ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
  });
}

export function deletePipeline(scope: Scope, identifier: string): Promise<boolean> {
  return call(`/pipeline/api/pipelines/${encodeURIComponent(identifier)}`, {
    method: 'DELETE',
    query: scopeQuery(scope),
  });
}

export function validatePipeline(
  scope: Scope,
  yaml: string,
  signal: AbortSignal,
): Promise<{ readonly diagnostics: readonly Diagnostic[] }> {
  return call('/bridle/api/pipelines/validate', { method: 'POST', query: scopeQuery(scope), body: yaml, signal });
}

/** Of a kind of document, for the editor; it changes with releases only. */
export const schemaQuery = (entityType: 'Pipelines') =>
  queryOptions({
    queryKey: ['schema', entityType],
    staleTime: Infinity,
    queryFn: ({ signal }) => call<JsonSchema>('/pipeline/api/yaml-schema', { query: { entityType }, signal }),
  });

export const inputTemplateQuery = (scope: Scope, identifier: string) =>
  queryOptions({
    queryKey: ['input-template', scope, identifier],
    staleTime: 0,
    queryFn: ({ signal }) =>
      call<{ readonly inputSetTemplateYaml?: string; readonly hasInputSets: boolean }>(
        '/pipeline/api/inputSets/template',
        {
          method: 'POST',
          query: { ...scopeQuery(scope), pipelineIdentifier: identifier },
          body: {},
          signal,
        },
      ),
  });

export const templatesQuery = (scope: Scope, search: string) =>
  queryOptions({
    queryKey: ['templates', scope, search],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<SpringPage<TemplateRow>>('/template/api/templates/list', {
        method: 'POST',
        query: {
          ...scopeQuery(scope),
          size: 100,
          templateListType: 'All',
          includeAllTemplatesAvailableAtScope: 'true',
          ...(search === '' ? {} : { searchTerm: search }),
        },
        body: { filterType: 'Template' },
        signal,
      }),
  });

export const inputSetsQuery = (scope: Scope, pipeline: string) =>
  queryOptions({
    queryKey: ['input-sets', scope, pipeline],
    queryFn: ({ signal }) =>
      call<NgPage<InputSetRow>>('/pipeline/api/inputSets', {
        query: { ...scopeQuery(scope), pipelineIdentifier: pipeline },
        signal,
      }),
  });

/** The inputs of a run with the values of these sets in their places; what they do not give is still asked for. */
export const mergedInputsQuery = (scope: Scope, pipeline: string, sets: readonly string[]) =>
  queryOptions({
    queryKey: ['merged-inputs', scope, pipeline, sets],
    staleTime: 0,
    queryFn: ({ signal }) =>
      call<{ readonly pipelineYaml?: string }>('/pipeline/api/inputSets/merge', {
        method: 'POST',
        query: { ...scopeQuery(scope), pipelineIdentifier: pipeline },
        body: { inputSetReferences: sets },
        signal,
      }),
  });

export const inputSetQuery = (scope: Scope, pipeline: string, { identifier, inputSetType }: InputSetRow) =>
  queryOptions({
    queryKey: ['input-set', scope, pipeline, identifier],
    queryFn: ({ signal }) =>
      call<{ readonly inputSetYaml?: string; readonly overlayInputSetYaml?: string }>(
        `/pipeline/api/inputSets/${inputSetType === 'INPUT_SET' ? '' : 'overlay/'}${encodeURIComponent(identifier)}`,
        { query: { ...scopeQuery(scope), pipelineIdentifier: pipeline }, signal },
      ),
  });

export function execute(
  scope: Scope,
  identifier: string,
  inputYaml: string,
): Promise<{ readonly planExecution: { readonly uuid: string } }> {
  return call(`/pipeline/api/pipeline/execute/${encodeURIComponent(identifier)}`, {
    method: 'POST',
    query: { ...scopeQuery(scope), moduleType: '' },
    body: inputYaml,
  });
}

export function rerun(
  scope: Scope,
  executionId: string,
  identifier: string,
): Promise<{ readonly planExecution: { readonly uuid: string } }> {
  return call(`/pipeline/api/pipeline/execute/rerun/${executionId}/${encodeURIComponent(identifier)}`, {
    method: 'POST',
    query: { ...scopeQuery(scope), moduleType: '' },
    body: '',
  });
}

export function abort(scope: Scope, executionId: string): Promise<unknown> {
  return call(`/pipeline/api/pipeline/execute/interrupt/${executionId}`, {
    method: 'PUT',
    query: { ...scopeQuery(scope), interruptType: 'AbortAll' },
    body: {},
  });
}

export interface ExecutionListFilter {
  readonly status?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly trigger?: string | undefined;
  readonly q?: string | undefined;
  readonly page?: number | undefined;
  readonly size?: number | undefined;
}

export const executionsQuery = (scope: Scope, filter: ExecutionListFilter) =>
  queryOptions({
    queryKey: ['executions', scope, filter],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<SpringPage<ExecutionSummary>>('/pipeline/api/pipelines/execution/summary', {
        method: 'POST',
        query: {
          ...scopeQuery(scope),
          showAllExecutions: true,
          page: filter.page ?? 0,
          size: filter.size ?? PAGE_SIZE,
          pipelineIdentifier: filter.pipeline,
          searchTerm: filter.q,
          status: filter.status === undefined ? undefined : filter.status.split(','),
        },
        body: {
          filterType: 'PipelineExecution',
          ...(filter.trigger === undefined ? {} : { triggerIdentifiers: [filter.trigger] }),
        },
        signal,
      }),
  });

/** The whole graph; the account and project come from the session, so a bare execution id is enough. */
export const executionQuery = (accountId: string, executionId: string) =>
  queryOptions({
    queryKey: ['execution', executionId],
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      call<ExecutionDetails>(`/pipeline/api/pipelines/execution/v2/${executionId}`, {
        query: { accountIdentifier: accountId, renderFullBottomGraph: true },
        signal,
      }),
  });

/** The runtime input of a run as YAML; empty when it had none. */
export const executionInputQuery = (accountId: string, executionId: string) =>
  queryOptions({
    queryKey: ['execution-input', executionId],
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      call<{ readonly inputSetYaml?: string; readonly resolvedYaml?: string }>(
        `/pipeline/api/pipelines/execution/${executionId}/inputsetV2`,
        {
          query: { accountIdentifier: accountId },
          signal,
        },
      ),
  });

export const triggersQuery = (scope: Scope, pipeline: string) =>
  queryOptions({
    queryKey: ['triggers', scope, pipeline],
    queryFn: ({ signal }) =>
      call<NgPage<TriggerDetails>>('/pipeline/api/triggers', {
        query: { ...scopeQuery(scope), targetIdentifier: pipeline, size: 100 },
        signal,
      }),
  });

export const triggerQuery = (scope: Scope, pipeline: string, identifier: string) =>
  queryOptions({
    queryKey: ['trigger', scope, pipeline, identifier],
    queryFn: ({ signal }) =>
      call<TriggerDetails>(`/pipeline/api/triggers/${encodeURIComponent(identifier)}/details`, {
        query: { ...scopeQuery(scope), targetIdentifier: pipeline },
        signal,
      }),
  });

export function createTrigger(scope: Scope, pipeline: string, yaml: string): Promise<{ readonly identifier: string }> {
  return call('/pipeline/api/triggers', {
    method: 'POST',
    query: { ...scopeQuery(scope), targetIdentifier: pipeline },
    body: yaml,
  });
}

export function setTriggerEnabled(
  scope: Scope,
  pipeline: string,
  identifier: string,
  isEnabled: boolean,
): Promise<boolean> {
  return call(`/pipeline/api/triggers/${encodeURIComponent(identifier)}/status`, {
    method: 'PUT',
    query: { ...scopeQuery(scope), targetIdentifier: pipeline, status: isEnabled },
  });
}

export function deleteTrigger(scope: Scope, pipeline: string, identifier: string): Promise<boolean> {
  return call(`/pipeline/api/triggers/${encodeURIComponent(identifier)}`, {
    method: 'DELETE',
    query: { ...scopeQuery(scope), targetIdentifier: pipeline },
  });
}

export const triggerEventsQuery = (scope: Scope, pipeline: string, trigger: string, page: number) =>
  queryOptions({
    queryKey: ['trigger-events', scope, pipeline, trigger, page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<SpringPage<TriggerEventRow>>(`/pipeline/api/triggers/eventHistory/${encodeURIComponent(trigger)}`, {
        query: { ...scopeQuery(scope), targetIdentifier: pipeline, page, size: 20 },
        signal,
      }),
  });

/** Fires a custom webhook as its curl would, without the browser's session. */
export async function fireWebhook(url: string, body: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const answer = (await response.json()) as {
    data?: string | { eventCorrelationId: string };
    message?: string;
    code?: string;
    correlationId?: string;
  };
  if (!response.ok || answer.data === undefined) {
    throw new ApiError(
      response.status,
      answer.code ?? 'UNKNOWN',
      answer.message ?? `The server answered ${response.status}.`,
      answer.correlationId ?? '',
      answer,
    );
  }
  return typeof answer.data === 'string' ? answer.data : answer.data.eventCorrelationId;
}

export interface DelegateRow {
  readonly id: string;
  readonly name: string;
  readonly status: 'connected' | 'disconnected' | 'left';
  readonly tags: readonly string[];
  readonly hostName: string;
  readonly os: string;
  readonly arch: string;
  readonly shells: readonly string[];
  readonly version: string;
  readonly capacity: number;
  readonly runningTasks: number;
  readonly lastHeartbeatAt: number;
}

export const delegatesQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ['delegates', scope],
    queryFn: ({ signal }) =>
      call<readonly DelegateRow[]>('/bridle/api/delegates', { query: scopeQuery(scope), signal }),
  });
