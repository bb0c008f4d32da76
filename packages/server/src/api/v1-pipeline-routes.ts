/** Pipelines of the v1 surface (api.md §4.3), as Terraform manages them. */
import { findPipelineVersion } from '../store/pipeline-versions.ts';
import { readValidationId, validationId } from './validation-id.ts';
import { isBlocked, parsePipeline, type ProjectScope } from '@bridle/pipeline';
import {
  V1Identifier,
  V1Pipeline,
  V1PipelinePatch,
  V1PipelineRequest,
  V1PipelineSummary,
  V1Validation,
  v1Paging,
} from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { applyTemplates } from '../intake/apply-templates.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { relabelPipeline } from '../intake/relabel-pipeline.ts';
import { listRecentExecutions } from '../store/pipeline-activity.ts';
import { deletePipeline, listPipelines, type PipelineSort } from '../store/pipelines.ts';
import { expectedVersion, staleVersion, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { fixed } from './organization-routes.ts';
import { change, create, getPipeline, noPipeline, savedBy } from './pipeline-routes.ts';
import { Nothing, projectParams, requireAgreement, tellPage, V1_PROJECT, v1Answers, v1Scope } from './v1-answers.ts';
import { v1Pipeline, v1PipelineSummary } from './wire/v1.ts';

const URL = `${V1_PROJECT}/pipelines`;
const ScopeParams = Type.Object(projectParams);
const Params = Type.Object({ ...projectParams, pipeline: Type.String() });
const ValidationParams = Type.Object({ ...projectParams, uuid: Type.String() });
const tags = ['v1 pipelines'];
const config = { account: 'own' } as const;
const RECENT_MAX = 10;

export function v1PipelineRoutes(app: App, deps: ApiDependencies): void {
  listRoute(app, deps);

  app.post(
    URL,
    {
      config,
      schema: {
        summary: 'Create a pipeline',
        tags,
        params: ScopeParams,
        body: V1PipelineRequest,
        response: v1Answers(201, V1Identifier),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireAgreement('pipeline', body, parsePipeline(body.pipeline_yaml).pipeline);
      const row = await create(deps, v1Scope(request, request.params), body.pipeline_yaml, savedBy(request));
      tellVersion(reply, row.version);
      return reply.status(201).send({ identifier: row.identifier });
    },
  );

  app.get(
    `${URL}/:pipeline`,
    {
      config,
      schema: {
        summary: 'Read a pipeline',
        tags,
        params: Params,
        querystring: Type.Object({ template_applied: Type.Optional(Type.Boolean()) }),
        response: v1Answers(200, V1Pipeline),
      },
    },
    async (request, reply) => {
      const row = await getPipeline(deps, v1Scope(request, request.params), request.params.pipeline);
      tellVersion(reply, row.version);
      if (request.query.template_applied !== true) return v1Pipeline(row);
      const applied = await applyTemplates(new DocumentSource(deps.db), row.scope, row.yaml);
      const isWhole = applied.kind === 'applied' && !isBlocked(applied.loaded.diagnostics, 'run');
      return { ...v1Pipeline(row), ...(isWhole ? { template_applied_pipeline_yaml: applied.text } : {}) };
    },
  );

  changeRoutes(app, deps);

  app.delete(
    `${URL}/:pipeline`,
    {
      config,
      schema: {
        summary: 'Delete a pipeline with its triggers; its executions stay',
        tags,
        params: Params,
        response: v1Answers(204, Nothing),
      },
    },
    async (request, reply) => {
      const { pipeline } = request.params;
      const outcome = await deletePipeline(
        deps.db,
        v1Scope(request, request.params),
        pipeline,
        expectedVersion(request),
      );
      if (outcome === 'missing') throw noPipeline(pipeline);
      if (outcome === 'stale') throw staleVersion(`The pipeline ${pipeline}`);
      return reply.status(204).send(null);
    },
  );

  validationRoutes(app, deps);
}

function changeRoutes(app: App, deps: ApiDependencies): void {
  const response = v1Answers(200, V1Identifier);
  app.put(
    `${URL}/:pipeline`,
    { config, schema: { summary: 'Change a pipeline', tags, params: Params, body: V1PipelineRequest, response } },
    async (request, reply) => {
      const { body, params } = request;
      requireAgreement('pipeline', body, parsePipeline(body.pipeline_yaml).pipeline);
      const row = await change(deps, request, v1Scope(request, params), params.pipeline, body.pipeline_yaml);
      tellVersion(reply, row.version);
      return { identifier: row.identifier };
    },
  );

  app.patch(
    `${URL}/:pipeline`,
    {
      config,
      schema: {
        summary: 'Change parts of a pipeline: its name, description or tags, in its YAML too',
        tags,
        params: Params,
        body: V1PipelinePatch,
        response,
      },
    },
    async (request, reply) => {
      const { params } = request;
      const { identifier = params.pipeline, pipeline_yaml: whole, ...labels } = request.body;
      if (identifier !== params.pipeline) throw fixed('identifier', identifier, params.pipeline);
      if (whole === undefined && Object.values(labels).every((label) => label === undefined)) {
        throw invalidRequest('Send what is to be changed: name, description, tags or pipeline_yaml.');
      }
      const row = await change(deps, request, v1Scope(request, params), params.pipeline, (before) =>
        relabelPipeline(whole ?? before, labels),
      );
      tellVersion(reply, row.version);
      return { identifier: row.identifier };
    },
  );
}

function listRoute(app: App, deps: ApiDependencies): void {
  app.get(
    URL,
    {
      config,
      schema: {
        summary: 'List pipelines; totals and neighbouring pages are in the headers',
        tags,
        params: ScopeParams,
        querystring: v1Paging({
          sort: Type.Optional(Type.Enum(['identifier', 'name', 'created', 'updated'])),
          order: Type.Optional(Type.Enum(['ASC', 'DESC'])),
          pipeline_ids: Type.Optional(Type.Array(Type.String())),
          name: Type.Optional(Type.String()),
          tags: Type.Optional(Type.Array(Type.String(), { description: '`key:value`, or the key alone.' })),
        }),
        response: v1Answers(200, Type.Array(V1PipelineSummary)),
      },
    },
    async (request, reply) => {
      const scope = v1Scope(request, request.params);
      const {
        page,
        limit,
        search_term: search,
        pipeline_ids: identifiers = [],
        name,
        tags: given = [],
      } = request.query;
      const filter = {
        ...(identifiers.length === 0 ? {} : { identifiers }),
        ...(search === undefined ? {} : { search }),
        ...(name === undefined ? {} : { name }),
        ...(given.length === 0 ? {} : { tags: Object.fromEntries(given.map(readTag)) }),
      };
      const { rows, total } = await listPipelines(deps.db, scope, filter, page, limit, sortOf(request.query));
      const recent = await listRecentExecutions(
        deps.db,
        scope,
        rows.map(({ identifier }) => identifier),
        RECENT_MAX,
      );
      const byPipeline = Map.groupBy(recent, ({ pipelineIdentifier }) => pipelineIdentifier);
      tellPage(request, reply, { page, limit, total });
      return rows.map((row) => v1PipelineSummary(row, byPipeline.get(row.identifier) ?? []));
    },
  );
}

const SORT_FIELDS = { identifier: 'identifier', name: 'name', created: 'createdAt', updated: 'updatedAt' } as const;

function sortOf({ sort, order }: { readonly sort?: keyof typeof SORT_FIELDS; readonly order?: string }): PipelineSort {
  if (sort === undefined) return { field: 'updatedAt', direction: order === 'ASC' ? 'asc' : 'desc' };
  return { field: SORT_FIELDS[sort], direction: order === 'DESC' ? 'desc' : 'asc' };
}

function readTag(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** A validation is made anew whenever it is asked for: its id says which pipeline it is about. */
function validationRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    `${URL}/:pipeline/validate`,
    {
      config,
      schema: {
        summary: 'Check a saved pipeline with its templates',
        tags,
        params: Params,
        response: v1Answers(200, V1Validation),
      },
    },
    async (request) => {
      const scope = v1Scope(request, request.params);
      return await validate(deps, scope, await getPipeline(deps, scope, request.params.pipeline));
    },
  );

  for (const url of [`${V1_PROJECT}/validate/:uuid`, `${URL}/validate/:uuid`]) {
    app.get(
      url,
      {
        config,
        schema: {
          summary: 'What a check of a pipeline has found',
          tags,
          params: ValidationParams,
          response: v1Answers(200, V1Validation),
        },
      },
      async (request) => await readValidation(deps, request, request.params),
    );
  }
}

async function readValidation(
  deps: ApiDependencies,
  request: FastifyRequest,
  params: Static<typeof ValidationParams>,
): Promise<Static<typeof V1Validation>> {
  const scope = v1Scope(request, params);
  const asked = readValidationId(params.uuid);
  const row =
    asked === undefined ? undefined : await findPipelineVersion(deps.db, scope, asked.identifier, asked.version);
  if (asked === undefined || row === undefined) {
    throw notFound(`There is no validation with the id ${params.uuid}.`);
  }
  return await validate(deps, scope, { ...row, identifier: asked.identifier });
}

async function validate(
  deps: ApiDependencies,
  scope: ProjectScope,
  row: { readonly identifier: string; readonly version: number; readonly yaml: string },
): Promise<Static<typeof V1Validation>> {
  const applied = await applyTemplates(new DocumentSource(deps.db), scope, row.yaml);
  const errors =
    applied.kind === 'applied'
      ? [...parsePipeline(row.yaml).diagnostics, ...applied.loaded.diagnostics]
          .filter(({ blocks }) => blocks !== 'nothing')
          .map(({ message, path }) => ({ message, fqn: path }))
      : [{ message: applied.message, fqn: 'pipeline' }];
  return { uuid: validationId(row), status: errors.length === 0 ? 'SUCCESS' : 'FAILURE', errors };
}
