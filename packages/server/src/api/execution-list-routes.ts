/** The list of executions (api.md §6.7). */
import { NODE_STATUSES, type NodeStatus, type TriggerType } from '@bridle/pipeline';
import { ExecutionFilter, PipelineExecutionSummary, springPageOf, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { listExecutions, type ExecutionFilter as StoreFilter, type ExecutionSort } from '../store/execution-rows.ts';
import { answers, PAGE_SIZE_MAX, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { executionSummary } from './wire/execution-summary.ts';
import { springPage } from './wire/pages.ts';

const Query = scopeQuery({
  pipelineIdentifier: Type.Optional(Type.String()),
  page: Type.Integer({ default: 0 }),
  size: Type.Integer({ default: 10 }),
  sort: Type.Optional(Type.Array(Type.String())),
  searchTerm: Type.Optional(Type.String()),
  status: Type.Optional(Type.Array(Type.String())),
  myDeployments: Type.Optional(Type.Boolean()),
  showAllExecutions: Type.Optional(
    Type.Boolean({
      description: 'Also those that were retried; without it the newest of a chain of retries stands for it.',
    }),
  ),
  module: Type.Optional(Type.String()),
  filterIdentifier: Type.Optional(Type.String()),
});

export function executionListRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/pipelines/execution/summary',
    {
      schema: {
        summary: 'List executions, newest first',
        tags: ['Executions'],
        querystring: Query,
        body: ExecutionFilter,
        response: answers(successOf(springPageOf(PipelineExecutionSummary))),
      },
    },
    async (request) => {
      const { page, size, sort } = request.query;
      if (page < 0 || page > 1_000_000 || size < 1 || size > PAGE_SIZE_MAX) {
        throw invalidRequest(
          'Please Verify Executions list parameters for page and size, page should be >= 0 and size should be > 0 and <=1000',
        );
      }
      const filter = storeFilter(request, request.query, request.body);
      const { rows, total } = await listExecutions(deps.db, filter, page, size, executionSort(sort));
      return success(
        request,
        springPage(
          rows.map((row) => executionSummary(row)),
          page,
          size,
          total,
        ),
      );
    },
  );
}

type ListQuery = {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier?: string;
  readonly searchTerm?: string;
  readonly status?: readonly string[];
  readonly myDeployments?: boolean;
  readonly showAllExecutions?: boolean;
};

function storeFilter(request: FastifyRequest, query: ListQuery, body: ExecutionFilter): StoreFilter {
  const pipelines = some([
    ...(query.pipelineIdentifier === undefined ? [] : [query.pipelineIdentifier]),
    ...(body.pipelineIdentifiers ?? []),
  ]);
  const statuses = some([...(query.status ?? []), ...(body.status ?? [])].map(nodeStatus));
  const triggerTypes = some(body.triggerTypes ?? []) as readonly TriggerType[] | undefined;
  const triggerIdentifiers = some(body.triggerIdentifiers ?? []);
  const search = [query.searchTerm, body.pipelineName].find((text) => typeof text === 'string' && text !== '');
  const { startTime, endTime } = body.timeRange ?? {};
  return {
    scope: scopeOf(request, query),
    ...(pipelines === undefined ? {} : { pipelineIdentifiers: pipelines }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(triggerTypes === undefined ? {} : { triggerTypes }),
    ...(triggerIdentifiers === undefined ? {} : { triggerIdentifiers }),
    ...(typeof search === 'string' ? { search } : {}),
    ...(typeof startTime === 'number' ? { startedAfter: startTime } : {}),
    ...(typeof endTime === 'number' ? { startedBefore: endTime } : {}),
    ...(query.myDeployments === true ? mine(request) : {}),
    ...(query.showAllExecutions === true ? {} : { isNewestOfRetries: true }),
  };
}

/** api.md §6.7: runs the caller started by hand. */
function mine(request: FastifyRequest): Pick<StoreFilter, 'triggeredBy' | 'triggerTypes'> {
  const { name, userId } = callerOf(request);
  return { triggeredBy: [name, userId], triggerTypes: ['MANUAL'] };
}

/** An empty list filters nothing. */
function some<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** Names match in any case. Words of newer Harness versions that Bridle never gives match nothing. */
function nodeStatus(name: string): NodeStatus {
  const lower = name.toLowerCase();
  const known = NODE_STATUSES.find((status) => status.toLowerCase() === lower);
  if (known !== undefined) return known;
  if (NEVER_GIVEN.has(lower)) return name as NodeStatus;
  throw invalidRequest(`Invalid value:${name}, the expected values are: [${NODE_STATUSES.join(', ')}]`);
}

/** api.md §7.1: accepted in filters. */
const NEVER_GIVEN: ReadonlySet<string> = new Set(
  [
    'QueuedLicenseLimitReached',
    'QueuedGlobalInfraCapacityReached',
    'QUEUED_PLAN_CREATION',
    'UploadWaiting',
    'Waiting',
    'PassedWithWarning',
  ].map((name) => name.toLowerCase()),
);

const SORT_FIELDS: Readonly<Record<string, ExecutionSort['field']>> = {
  startTs: 'startedAt',
  endTs: 'endedAt',
  createdAt: 'createdAt',
  name: 'name',
  status: 'status',
  runSequence: 'runSequence',
};

function executionSort(sort: readonly string[] | undefined): ExecutionSort | undefined {
  const [name = '', direction = ''] = sort?.[0]?.split(',') ?? [];
  const field = SORT_FIELDS[name];
  return field === undefined ? undefined : { field, direction: direction.toUpperCase() === 'ASC' ? 'asc' : 'desc' };
}
