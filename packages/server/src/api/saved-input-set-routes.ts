/** Saved input sets and overlays: list, create, read, change, delete (api.md §4.2). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProjectScope } from '@bridle/pipeline';
import { InputSetResponse, InputSetSummary, ngPageOf, OverlayInputSetResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { checkSavedInputSet, checkSavedOverlay } from '../intake/check-input-sets.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { changeInputSet, createInputSet, type SaveInputSetResult } from '../intake/save-input-set.ts';
import {
  deleteInputSet,
  findInputSet,
  listInputSets,
  type InputSetKey,
  type InputSetRow,
} from '../store/input-sets.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import {
  answers,
  expectedVersion,
  PageNumber,
  pageSize,
  scopeOf,
  scopeQuery,
  staleVersion,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { ApiError, invalidRequest } from './errors.ts';
import { getPipeline, mismatch, noPipeline } from './pipeline-routes.ts';
import { inputSetResponse, inputSetSummary, overlayResponse, type SummaryProblems } from './wire/input-set.ts';
import { ngPage } from './wire/pages.ts';

const Query = scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) });
const Params = Type.Object({ inputSetIdentifier: Type.String() });
const tags = ['Input sets'];
const config = { body: 'text' } as const;

/** Input sets and overlays are saved alike: what differs is the root of their YAML and how they are printed. */
const KINDS = [
  { type: 'INPUT_SET', url: '/pipeline/api/inputSets', an: 'an input set', answer: InputSetResponse },
  {
    type: 'OVERLAY_INPUT_SET',
    url: '/pipeline/api/inputSets/overlay',
    an: 'an overlay',
    answer: OverlayInputSetResponse,
  },
] as const;

export function savedInputSetRoutes(app: App, deps: ApiDependencies): void {
  listRoute(app, deps);
  for (const kind of KINDS) kindRoutes(app, deps, kind);

  app.delete(
    '/pipeline/api/inputSets/:inputSetIdentifier',
    {
      schema: {
        summary: 'Delete an input set or an overlay; executions that were started with it are not concerned',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = keyOf(request, request.query, request.params.inputSetIdentifier);
      const outcome = await deleteInputSet(deps.db, key, expectedVersion(request));
      if (outcome === 'missing') throw noInputSet(key.identifier);
      if (outcome === 'stale') throw staleVersion(`The input set ${key.identifier}`);
      return success(request, true);
    },
  );
}

function listRoute(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/inputSets',
    {
      schema: {
        summary: 'List the input sets and overlays of a pipeline',
        tags,
        querystring: Type.Object({
          ...Query.properties,
          page: PageNumber,
          size: pageSize(100),
          inputSetType: Type.Enum(['ALL', 'INPUT_SET', 'OVERLAY_INPUT_SET'], { default: 'ALL' }),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(InputSetSummary))),
      },
    },
    async (request) => {
      const { page, size, inputSetType, searchTerm = '', pipelineIdentifier } = request.query;
      const scope = scopeOf(request, request.query);
      const pipeline = await getPipeline(deps, scope, pipelineIdentifier);
      const filter = { search: searchTerm, ...(inputSetType === 'ALL' ? {} : { type: inputSetType }) };
      const { rows, total } = await listInputSets(deps.db, scope, pipelineIdentifier, filter, page, size);
      const source = new DocumentSource(deps.db);
      const content: InputSetSummary[] = [];
      for (const row of rows) {
        content.push(inputSetSummary(row, await problemsOf(source, pipeline, row)));
        // Each is held against the whole pipeline: others are served in between.
        await nextTurn();
      }
      return success(request, ngPage(content, page, size, total));
    },
  );
}

function kindRoutes(app: App, deps: ApiDependencies, { type, url, an, answer }: (typeof KINDS)[number]): void {
  const body = Type.String({ description: `${an} as YAML, whatever the content type.` });
  const response = answers(successOf(Type.Unsafe<InputSetResponse | OverlayInputSetResponse>(answer)));

  app.post(
    url,
    { config, schema: { summary: `Create ${an}`, tags, querystring: Query, body, response } },
    async (request, reply) => {
      const key = keyOf(request, request.query, '');
      const row = saved(await createInputSet(deps.db, key, type, request.body), key);
      tellVersion(reply, row.version);
      return success(request, await print(deps, row));
    },
  );

  app.get(
    `${url}/:inputSetIdentifier`,
    { schema: { summary: `Read ${an}`, tags, params: Params, querystring: Query, response } },
    async (request, reply) => {
      const key = keyOf(request, request.query, request.params.inputSetIdentifier);
      const row = await findInputSet(deps.db, key);
      if (row?.type !== type) throw noInputSet(key.identifier);
      tellVersion(reply, row.version);
      return success(request, await print(deps, row));
    },
  );

  app.put(
    `${url}/:inputSetIdentifier`,
    { config, schema: { summary: `Change ${an}`, tags, params: Params, querystring: Query, body, response } },
    async (request, reply) => {
      const key = keyOf(request, request.query, request.params.inputSetIdentifier);
      const row = saved(await changeInputSet(deps.db, key, type, request.body, expectedVersion(request)), key);
      tellVersion(reply, row.version);
      return success(request, await print(deps, row));
    },
  );
}

function keyOf(
  request: FastifyRequest,
  query: { readonly orgIdentifier: string; readonly projectIdentifier: string; readonly pipelineIdentifier: string },
  identifier: string,
): InputSetKey {
  return { scope: scopeOf(request, query), pipelineIdentifier: query.pipelineIdentifier, identifier };
}

export async function print(
  deps: ApiDependencies,
  row: InputSetRow,
): Promise<InputSetResponse | OverlayInputSetResponse> {
  const source = new DocumentSource(deps.db);
  if (row.type === 'OVERLAY_INPUT_SET') return overlayResponse(row, await checkSavedOverlay(source, row));
  const pipeline = await getPipeline(deps, row.scope, row.pipelineIdentifier);
  return inputSetResponse(row, await checkSavedInputSet(source, pipeline, row));
}

async function problemsOf(source: DocumentSource, pipeline: PipelineRow, row: InputSetRow): Promise<SummaryProblems> {
  if (row.type === 'OVERLAY_INPUT_SET') return { kind: 'overlay', problems: await checkSavedOverlay(source, row) };
  return { kind: 'inputSet', check: await checkSavedInputSet(source, pipeline, row) };
}

export function noInputSet(identifier: string): Error {
  return invalidRequest(`InputSet with the given ID: ${identifier} does not exist or has been deleted`);
}

export function saved(result: SaveInputSetResult, { scope, pipelineIdentifier, identifier }: InputSetKey): InputSetRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid':
      throw invalidYaml(result.diagnostics);
    case 'mismatch':
      throw mismatch('input set', result);
    case 'duplicate':
      throw new ApiError('DUPLICATE_FIELD', describeDuplicate(scope, pipelineIdentifier, result.identifier));
    case 'noPipeline':
      throw noPipeline(pipelineIdentifier);
    case 'missing':
      throw noInputSet(identifier);
    case 'stale':
      throw staleVersion(`The input set ${identifier}`);
  }
}

function describeDuplicate(scope: ProjectScope, pipeline: string, identifier: string): string {
  return `Input set [${identifier}] under Project[${scope.projectIdentifier}], Organization [${scope.orgIdentifier}] for Pipeline [${pipeline}] already exists`;
}
