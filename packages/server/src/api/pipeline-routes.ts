/** Saved pipelines: create, read, update, delete (api.md §4.1). */
import { PipelineResponse, PipelineSaveResponse, successOf } from '@bridle/protocol';
import { isBlocked, type ProjectScope } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { applyTemplates } from '../intake/apply-templates.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { changePipeline, createPipeline, type SavePipelineResult } from '../intake/save-pipeline.ts';
import type { SaveOrigin } from '../store/pipeline-versions.ts';
import { deletePipeline, findPipeline, type PipelineRow } from '../store/pipelines.ts';
import { callerOf } from './authentication.ts';
import { answers, expectedVersion, scopeOf, scopeQuery, staleVersion, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { validationId } from './validation-id.ts';
import { pipelineResponse, pipelineSaveResponse } from './wire/pipeline.ts';

const Query = scopeQuery({});
const Params = Type.Object({ pipelineIdentifier: Type.String() });
const YamlBody = Type.String({ description: 'The pipeline as YAML, whatever the content type.' });
const tags = ['Pipelines'];
const config = { body: 'text' } as const;

export function pipelineRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.post(
    '/pipeline/api/pipelines/v2',
    {
      config,
      schema: {
        summary: 'Create a pipeline',
        tags,
        querystring: Query,
        body: YamlBody,
        response: answers(successOf(PipelineSaveResponse)),
      },
    },
    async (request, reply) => {
      const row = await create(deps, scopeOf(request, request.query), request.body, savedBy(request));
      tellVersion(reply, row.version);
      return success(request, pipelineSaveResponse(row));
    },
  );

  app.post(
    '/pipeline/api/pipelines',
    {
      config,
      schema: {
        summary: 'Create a pipeline',
        deprecated: true,
        tags,
        querystring: Query,
        body: YamlBody,
        response: answers(successOf(Type.String())),
      },
    },
    async (request, reply) => {
      const row = await create(deps, scopeOf(request, request.query), request.body, savedBy(request));
      tellVersion(reply, row.version);
      return success(request, row.identifier);
    },
  );

  app.get(
    '/pipeline/api/pipelines/:pipelineIdentifier',
    {
      schema: {
        summary: 'Read a pipeline',
        tags,
        params: Params,
        querystring: Type.Object({
          ...Query.properties,
          getTemplatesResolvedPipeline: Type.Optional(
            Type.Boolean({ description: 'With its templates in place, where that can be done.' }),
          ),
          validateAsync: Type.Optional(
            Type.Boolean({ description: 'Give the id of a check of it, for `/validate/{uuid}`.' }),
          ),
        }),
        response: answers(successOf(PipelineResponse)),
      },
    },
    async (request, reply) => {
      const row = await getPipeline(deps, scopeOf(request, request.query), request.params.pipelineIdentifier);
      tellVersion(reply, row.version);
      const { getTemplatesResolvedPipeline, validateAsync } = request.query;
      const response = {
        ...pipelineResponse(row),
        ...(validateAsync === true ? { validationUuid: validationId(row) } : {}),
      };
      if (getTemplatesResolvedPipeline !== true) return success(request, response);
      const applied = await applyTemplates(new DocumentSource(db), row.scope, row.yaml);
      const isWhole = applied.kind === 'applied' && !isBlocked(applied.loaded.diagnostics, 'run');
      return success(request, {
        ...response,
        ...(isWhole ? { resolvedTemplatesPipelineYaml: applied.text } : {}),
      });
    },
  );

  app.put(
    '/pipeline/api/pipelines/v2/:pipelineIdentifier',
    {
      config,
      schema: {
        summary: 'Change a pipeline',
        tags,
        params: Params,
        querystring: Query,
        body: YamlBody,
        response: answers(successOf(PipelineSaveResponse)),
      },
    },
    async (request, reply) => {
      const row = await change(
        deps,
        request,
        scopeOf(request, request.query),
        request.params.pipelineIdentifier,
        request.body,
      );
      tellVersion(reply, row.version);
      return success(request, pipelineSaveResponse(row));
    },
  );

  app.put(
    '/pipeline/api/pipelines/:pipelineIdentifier',
    {
      config,
      schema: {
        summary: 'Change a pipeline',
        deprecated: true,
        tags,
        params: Params,
        querystring: Query,
        body: YamlBody,
        response: answers(successOf(Type.String())),
      },
    },
    async (request, reply) => {
      const row = await change(
        deps,
        request,
        scopeOf(request, request.query),
        request.params.pipelineIdentifier,
        request.body,
      );
      tellVersion(reply, row.version);
      return success(request, row.identifier);
    },
  );

  app.delete(
    '/pipeline/api/pipelines/:pipelineIdentifier',
    {
      schema: {
        summary: 'Delete a pipeline with its triggers; its executions stay',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { pipelineIdentifier } = request.params;
      const outcome = await deletePipeline(
        db,
        scopeOf(request, request.query),
        pipelineIdentifier,
        expectedVersion(request),
      );
      if (outcome === 'missing') throw noPipeline(pipelineIdentifier);
      if (outcome === 'stale') throw staleVersion(`The pipeline ${pipelineIdentifier}`);
      return success(request, true);
    },
  );
}

/** Throws the 404 of api.md §4.1. */
export async function getPipeline(
  { db }: ApiDependencies,
  scope: ProjectScope,
  identifier: string,
): Promise<PipelineRow> {
  const row = await findPipeline(db, scope, identifier);
  if (row === undefined) throw noPipeline(identifier);
  return row;
}

export function noPipeline(identifier: string): Error {
  return notFound(`Pipeline with the given ID: ${identifier} does not exist or has been deleted.`);
}

export async function create(
  deps: ApiDependencies,
  scope: ProjectScope,
  yaml: string,
  origin: SaveOrigin = {},
): Promise<PipelineRow> {
  return saved(await createPipeline(deps.db, scope, yaml, origin), scope, undefined);
}

/** `text`: the new one, or how it is made of the old one, which nobody may have changed meanwhile. */
export async function change(
  deps: ApiDependencies,
  request: FastifyRequest,
  scope: ProjectScope,
  identifier: string,
  text: string | ((before: string) => string),
  origin: SaveOrigin = {},
): Promise<PipelineRow> {
  const result = await deps.db.transaction().execute(async (tx) => {
    const before = await findPipeline(tx, scope, identifier);
    if (typeof text === 'function' && before === undefined) throw noPipeline(identifier);
    const yaml = typeof text === 'string' ? text : text(before?.yaml ?? '');
    const version = expectedVersion(request) ?? (typeof text === 'string' ? undefined : before?.version);
    const all = { ...savedBy(request), ...origin };
    const changed = await changePipeline(tx, scope, identifier, yaml, version, all);
    if (changed.kind === 'saved') {
      const resource = { type: 'PIPELINE', identifier };
      const old = before === undefined ? {} : { oldYaml: before.yaml };
      await recordAudit(tx, request, { action: 'UPDATE', resource, scope, ...old, newYaml: yaml });
    }
    return changed;
  });
  return saved(result, scope, identifier);
}

export function saved(result: SavePipelineResult, scope: ProjectScope, identifier: string | undefined): PipelineRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid':
      throw invalidYaml(result.diagnostics);
    case 'mismatch':
      throw mismatch('pipeline', result);
    case 'duplicate':
      throw new ApiError(
        'DUPLICATE_FIELD',
        `Pipeline [${result.identifier}] under Project[${scope.projectIdentifier}], Organization [${scope.orgIdentifier}] already exists or has been deleted.`,
      );
    case 'noProject':
      throw noProject(scope);
    case 'missing':
      throw noPipeline(identifier ?? '');
    case 'stale':
      throw staleVersion(`The pipeline ${identifier ?? ''}`);
  }
}

export function noProject({ orgIdentifier, projectIdentifier }: ProjectScope): Error {
  return notFound(
    `Project with the given ID: ${projectIdentifier} does not exist in the organization ${orgIdentifier}.`,
  );
}

/** For the versions of what is saved. */
export function savedBy(request: FastifyRequest): SaveOrigin {
  const { userId, name } = callerOf(request);
  return { by: { id: userId, name } };
}

/** The text and the request name different things. */
export function mismatch(
  what: string,
  found: { readonly field: string; readonly inYaml: string; readonly inRequest: string },
): Error {
  return invalidRequest(
    `The ${what}'s YAML has the ${found.field} ${found.inYaml}, but the request has ${found.inRequest}.`,
  );
}
