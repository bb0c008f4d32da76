/** The lists of executions (api.md §6.2, §6.7). */
import {
  ExecutionFilter,
  ExecutionIdentifierSummary,
  ExecutionOutlinePage,
  PipelineExecutionSummary,
  springPageOf,
  successOf,
} from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { listExecutions, listExecutionsAfter } from '../store/execution-lists.ts';
import type { ExecutionSummaryRow } from '../store/execution-rows.ts';
import { answers, pageSize, scopeOf, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { executionSort, ListQuery, requirePage, storeFilter } from './execution-filter.ts';
import { filterOf } from './saved-filter.ts';
import { executionSummary } from './wire/execution-summary.ts';
import { executionIdentifiers, executionOutline } from './wire/execution-outline.ts';
import { springPage } from './wire/pages.ts';

const EXECUTIONS = '/pipeline/api/pipelines/execution';
const tags = ['Executions'];

export function executionListRoutes(app: App, deps: ApiDependencies): void {
  for (const url of [`${EXECUTIONS}/summary`, `${EXECUTIONS}/v2/summary`]) {
    app.post(
      url,
      {
        schema: {
          summary: 'List executions, newest first',
          tags,
          querystring: ListQuery,
          body: ExecutionFilter,
          response: answers(successOf(springPageOf(PipelineExecutionSummary))),
        },
      },
      async (request) => {
        const { page, size } = request.query;
        const { rows, total } = await list(deps, request, request.query, request.body);
        const content = rows.map((row) => executionSummary(row));
        return success(request, springPage(content, page, size, total));
      },
    );
  }

  app.post(
    `${EXECUTIONS}/executionSummary`,
    {
      schema: {
        summary: 'List the ids of executions and how they stand, newest first',
        tags,
        querystring: ListQuery,
        body: ExecutionFilter,
        response: answers(successOf(springPageOf(ExecutionIdentifierSummary))),
      },
    },
    async (request) => {
      const { page, size } = request.query;
      const { rows, total } = await list(deps, request, request.query, request.body);
      return success(request, springPage(rows.map(executionIdentifiers), page, size, total));
    },
  );

  app.post(
    `${EXECUTIONS}/summary/outline`,
    {
      schema: {
        summary: 'List executions without their stages, newest first, from the last one seen on',
        description: 'Each page names the last one of it: send that with the next call. There is no total.',
        tags,
        querystring: Type.Object({
          ...ListQuery.properties,
          size: pageSize(10),
          lastSeenExecutionId: Type.Optional(Type.String()),
          lastSeenStartTime: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: Number.MAX_SAFE_INTEGER,
              description: 'Used when the execution is not there.',
            }),
          ),
        }),
        body: ExecutionFilter,
        response: answers(successOf(ExecutionOutlinePage)),
      },
    },
    async (request) => {
      const { size, lastSeenExecutionId, lastSeenStartTime } = request.query;
      const body = await asked(deps, request, request.query, request.body);
      const filter = storeFilter(request, request.query, body);
      const after = {
        ...(lastSeenExecutionId === undefined ? {} : { id: lastSeenExecutionId }),
        ...(lastSeenStartTime === undefined ? {} : { createdAt: lastSeenStartTime }),
      };
      // One more than asked for tells whether there are more.
      const rows = filter === undefined ? [] : await listExecutionsAfter(deps.db, filter, after, size + 1);
      const shown = rows.slice(0, size);
      const last = shown.at(-1);
      return success(request, {
        content: shown.map(executionOutline),
        currentSize: shown.length,
        lastSeenExecutionId: last?.id ?? null,
        lastSeenStartTime: last?.createdAt ?? null,
        hasMore: rows.length > size,
      });
    },
  );
}

async function list(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: Static<typeof ListQuery>,
  body: ExecutionFilter,
): Promise<{ readonly rows: readonly ExecutionSummaryRow[]; readonly total: number }> {
  requirePage(query);
  const filter = storeFilter(request, query, await asked(deps, request, query, body));
  if (filter === undefined) return { rows: [], total: 0 };
  return await listExecutions(deps.db, filter, query.page, query.size, executionSort(query.sort));
}

/** The body, or the saved filter in its place. */
async function asked(
  { db }: ApiDependencies,
  request: FastifyRequest,
  query: Static<typeof ListQuery>,
  body: ExecutionFilter,
): Promise<ExecutionFilter> {
  const use = { owner: scopeOf(request, query), type: 'PipelineExecution', schema: ExecutionFilter, body };
  return await filterOf(db, request, { ...use, identifier: query.filterIdentifier });
}
