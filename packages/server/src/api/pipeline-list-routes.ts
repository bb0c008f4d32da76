/** Lists and summaries of saved pipelines (api.md §4.1). */
import { PipelineFilter, PipelineSummary, springPageOf, successOf } from '@bridle/protocol';
import type { ProjectScope } from '@bridle/pipeline';
import { Type } from 'typebox';
import { listPipelineActivity, listRecentExecutions } from '../store/pipeline-activity.ts';
import { listPipelines, type PipelineListFilter, type PipelineRow, type PipelineSort } from '../store/pipelines.ts';
import { answers, PageNumber, pageSize, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getPipeline } from './pipeline-routes.ts';
import { filterOf } from './saved-filter.ts';
import { springPage } from './wire/pages.ts';
import { pipelineSummary } from './wire/pipeline.ts';

/** Runs shown beside each pipeline (api.md §4.1: at most 10). */
const RECENT_MAX = 10;
const tags = ['Pipelines'];

export function pipelineListRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/pipelines/list',
    {
      schema: {
        summary: 'List pipelines',
        tags,
        querystring: scopeQuery({
          page: PageNumber,
          size: pageSize(25),
          sort: Type.Optional(Type.Array(Type.String())),
          searchTerm: Type.Optional(Type.String()),
          module: Type.Optional(Type.String()),
          filterIdentifier: Type.Optional(Type.String({ description: 'A saved filter in place of the body.' })),
        }),
        body: PipelineFilter,
        response: answers(successOf(springPageOf(PipelineSummary))),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { page, size, sort, filterIdentifier: identifier } = request.query;
      const use = { owner: scope, type: 'PipelineSetup', identifier, schema: PipelineFilter, body: request.body };
      const body = await filterOf(deps.db, request, use);
      // No pipeline is kept in Git.
      if (isGiven(body.repoName)) return success(request, springPage([], page, size, 0));
      const filter = listFilter(body, request.query);
      const { rows, total } = await listPipelines(deps.db, scope, filter, page, size, pipelineSort(sort));
      const content = await summaries(deps, scope, rows);
      return success(request, springPage(content, page, size, total));
    },
  );

  app.get(
    '/pipeline/api/pipelines/summary/:pipelineIdentifier',
    {
      schema: {
        summary: 'Summary of a pipeline',
        tags,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: scopeQuery({
          getMetadataOnly: Type.Optional(
            Type.Boolean({
              description: 'Of pipelines that are kept in Git, without a look there; here it is no different.',
            }),
          ),
        }),
        response: answers(successOf(PipelineSummary)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const row = await getPipeline(deps, scope, request.params.pipelineIdentifier);
      const [summary] = await summaries(deps, scope, [row]);
      if (summary === undefined) throw new Error('A pipeline has no summary.');
      return success(request, summary);
    },
  );
}

async function summaries(
  { db }: ApiDependencies,
  scope: ProjectScope,
  rows: readonly PipelineRow[],
): Promise<PipelineSummary[]> {
  const identifiers = rows.map(({ identifier }) => identifier);
  const [recent, activity] = await Promise.all([
    listRecentExecutions(db, scope, identifiers, RECENT_MAX),
    listPipelineActivity(db, scope, identifiers),
  ]);
  const byPipeline = Map.groupBy(recent, ({ pipelineIdentifier }) => pipelineIdentifier);
  return rows.map((row) => pipelineSummary(row, byPipeline.get(row.identifier) ?? [], activity.get(row.identifier)));
}

/** Each that is given must match; the query and the body may both say something. */
function listFilter(body: PipelineFilter, { searchTerm, module }: ListQuery): PipelineListFilter {
  const { pipelineIdentifiers, name, description, pipelineTags } = body;
  const tagsWanted = {
    ...Object.fromEntries((pipelineTags ?? []).map(({ key, value }) => [key, value ?? ''])),
    ...Object.fromEntries(Object.entries(body.tags ?? {}).map(([key, value]) => [key, value ?? ''])),
  };
  return {
    ...(pipelineIdentifiers === undefined || pipelineIdentifiers === null || pipelineIdentifiers.length === 0
      ? {}
      : { identifiers: pipelineIdentifiers }),
    ...(isGiven(name) ? { name } : {}),
    ...(isGiven(description) ? { description } : {}),
    ...(isGiven(module) ? { module: module.toLowerCase() } : {}),
    ...(Object.keys(tagsWanted).length === 0 ? {} : { tags: tagsWanted }),
    ...(searchTerm === undefined ? {} : { search: searchTerm }),
  };
}

interface ListQuery {
  readonly searchTerm?: string;
  readonly module?: string;
}

function isGiven(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== '';
}

const SORT_FIELDS: Readonly<Record<string, PipelineSort['field']>> = {
  lastUpdatedAt: 'updatedAt',
  createdAt: 'createdAt',
  name: 'name',
  identifier: 'identifier',
};

/** `sort=field,ASC`; a field that is not known here is passed over. */
function pipelineSort(sort: readonly string[] | undefined): PipelineSort | undefined {
  const [name = '', direction = ''] = sort?.[0]?.split(',') ?? [];
  const field = SORT_FIELDS[name];
  return field === undefined ? undefined : { field, direction: direction.toUpperCase() === 'ASC' ? 'asc' : 'desc' };
}
