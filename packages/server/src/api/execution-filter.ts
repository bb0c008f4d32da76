/** What lists of executions are asked for (api.md §6.7): the query and the body, as the store understands it. */
import { storableTime } from './storable-time.ts';
import { NODE_STATUSES, type NodeStatus, type TriggerType } from '@bridle/pipeline';
import type { ExecutionFilter } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { ExecutionFilter as StoreFilter, ExecutionSort } from '../store/execution-lists.ts';
import { PAGE_SIZE_MAX, scopeOf, scopeQuery } from './answers.ts';
import { callerOf } from './authentication.ts';
import { invalidRequest } from './errors.ts';
import { subjectConditions } from './module-properties.ts';

export const ListQuery = scopeQuery({
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
  branch: Type.Optional(
    Type.String({ description: 'Of the code that was built; of a pull request: where it goes to. Not of the YAML.' }),
  ),
  repoName: Type.Optional(Type.String({ description: 'Of the code that was built, with or without its owner.' })),
  getTopKStages: Type.Optional(Type.Integer({ description: 'Changes nothing: all stages are given.' })),
  filterIdentifier: Type.Optional(Type.String({ description: 'A saved filter in place of the body.' })),
});

export function requirePage({ page, size }: { readonly page: number; readonly size: number }): void {
  if (page >= 0 && page <= 1_000_000 && size >= 1 && size <= PAGE_SIZE_MAX) return;
  throw invalidRequest(
    'Please Verify Executions list parameters for page and size, page should be >= 0 and size should be > 0 and <=1000',
  );
}

/** Each that is given must match. `undefined`: none can, since it asks for what Bridle does not have. */
export function storeFilter(
  request: FastifyRequest,
  query: Static<typeof ListQuery>,
  body: ExecutionFilter,
): StoreFilter | undefined {
  const about = subjectConditions({ ...body, ...query });
  if (about === undefined || isImpossible(body)) return undefined;
  const pipelines = some([
    ...(query.pipelineIdentifier === undefined ? [] : [query.pipelineIdentifier]),
    ...(body.pipelineIdentifiers ?? []),
  ]);
  const statuses = some([...(query.status ?? []), ...(body.status ?? [])].map(nodeStatus));
  const triggerTypes = some(body.triggerTypes ?? []) as readonly TriggerType[] | undefined;
  const triggerIdentifiers = some(body.triggerIdentifiers ?? []);
  const { searchTerm = '', module = '' } = query;
  const { pipelineName } = body;
  const tags = some([
    ...(body.pipelineTags ?? []),
    ...Object.entries(body.tags ?? {}).map(([key, value]) => ({ key, value })),
  ]);
  const { startTime, endTime } = body.timeRange ?? {};
  return {
    scope: scopeOf(request, query),
    ...(pipelines === undefined ? {} : { pipelineIdentifiers: pipelines }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(triggerTypes === undefined ? {} : { triggerTypes }),
    ...(triggerIdentifiers === undefined ? {} : { triggerIdentifiers }),
    ...(searchTerm === '' ? {} : { search: searchTerm }),
    ...(typeof pipelineName === 'string' && pipelineName !== '' ? { name: pipelineName } : {}),
    ...(module === '' ? {} : { module: module.toLowerCase() }),
    ...(about.length === 0 ? {} : { about }),
    ...(tags === undefined ? {} : { tags: tags.map(({ key, value }) => ({ key, value: value ?? '' })) }),
    ...(typeof startTime === 'number' ? { startedAfter: storableTime(Math.ceil(startTime)) } : {}),
    ...(typeof endTime === 'number' ? { startedBefore: storableTime(Math.floor(endTime)) } : {}),
    ...(query.myDeployments === true ? mine(request) : {}),
    ...(query.showAllExecutions === true ? {} : { isNewestOfRetries: true }),
  };
}

/** Rollbacks after the end, and labels: there are none. */
function isImpossible({ executionModeFilter, pipelineLabels }: ExecutionFilter): boolean {
  return executionModeFilter === 'ROLLBACK' || (pipelineLabels ?? []).length > 0;
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

export function executionSort(sort: readonly string[] | undefined): ExecutionSort | undefined {
  const [name = '', direction = ''] = sort?.[0]?.split(',') ?? [];
  const field = SORT_FIELDS[name];
  return field === undefined ? undefined : { field, direction: direction.toUpperCase() === 'ASC' ? 'asc' : 'desc' };
}
