/** Execution details and inputs of a run (api.md §6.1, §6.2, §6.6). */
import { executionId, type ExecutionId, type NodeExecution } from '@bridle/pipeline';
import { ExecutionDetails, ExecutionInputs, successOf } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { findAskedInputs } from '../intake/asked-inputs.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { findExecutionRow, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { listExecutionStands, type ExecutionStand } from '../store/execution-stands.ts';
import { findExecutionTexts, type ExecutionTexts } from '../store/execution-texts.ts';
import { errorAnswers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { noExecution, noExecutionAnyMore } from './no-execution.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { isKnown, taggedAnswers, Unchanged } from './entity-tags.ts';
import { detailsMadeOf, executionDetails, type GraphWish } from './execution-details.ts';
import { executionAsPreferred, WAITS } from './waiting-answers.ts';

const Params = Type.Object({ planExecutionId: Type.String() });
/** An execution id is enough; a scope that is named must be its own. */
export const EXECUTION_QUERY = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
});
const tags = ['Executions'];
const WHOLE: GraphWish = { kind: 'whole' };

export function executionRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/pipelines/execution/v2/:planExecutionId',
    {
      schema: {
        summary: 'Details of an execution',
        description:
          'With `stageNodeId` the graph of that stage, with `renderFullBottomGraph=true` that of the whole run.',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Type.Object({
          ...EXECUTION_QUERY.properties,
          stageNodeId: Type.Optional(Type.String()),
          stageNodeExecutionId: Type.Optional(Type.String()),
          childStageNodeId: Type.Optional(Type.String()),
          childStageNode: Type.Optional(Type.String()),
          childStageNodeExecutionId: Type.Optional(Type.String()),
          renderFullBottomGraph: Type.Optional(Type.Boolean()),
        }),
        response: taggedAnswers(successOf(ExecutionDetails)),
      },
    },
    async (request, reply) => {
      const wish = graphWish(request.query);
      const stand = await standAsPreferred(deps, request, reply);
      if (isKnown(request, reply, await detailsMadeOf(deps.db, stand, wish))) return reply.code(304).send(null);
      const row = await getExecution(deps, request, stand.id, request.query);
      return success(request, await executionDetails(deps.db, row, wish));
    },
  );

  app.get(
    '/pipeline/api/pipelines/execution/:planExecutionId',
    {
      schema: {
        summary: 'Details of an execution with its whole graph',
        deprecated: true,
        tags,
        headers: WAITS,
        params: Params,
        querystring: EXECUTION_QUERY,
        response: taggedAnswers(successOf(ExecutionDetails)),
      },
    },
    async (request, reply) => {
      const stand = await standAsPreferred(deps, request, reply);
      if (isKnown(request, reply, await detailsMadeOf(deps.db, stand, WHOLE))) return reply.code(304).send(null);
      const row = await getExecution(deps, request, stand.id, request.query);
      return success(request, await executionDetails(deps.db, row, WHOLE));
    },
  );

  app.get(
    '/pipeline/api/pipelines/execution/:planExecutionId/inputset',
    {
      schema: {
        summary: 'Runtime inputs of an execution, as raw YAML',
        tags,
        produces: ['application/yaml'],
        params: Params,
        querystring: EXECUTION_QUERY,
        response: { ...errorAnswers, 304: Unchanged },
      },
    },
    async (request, reply) => {
      const { id } = await getExecutionStand(deps, request, request.params.planExecutionId, request.query);
      // What an execution was given does not change.
      if (isKnown(request, reply, id)) return reply.code(304).send(null);
      return reply.type('application/yaml; charset=utf-8').send(givenInputs(await getExecutionTexts(deps, id)));
    },
  );

  app.get(
    '/pipeline/api/pipelines/execution/:planExecutionId/inputsetV2',
    {
      schema: {
        summary: 'Runtime inputs of an execution',
        tags,
        params: Params,
        querystring: EXECUTION_QUERY,
        response: taggedAnswers(successOf(ExecutionInputs)),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const texts = await getExecutionTexts(deps, row.id);
      // Of the templates as they are now: what the execution used of them is in its resolved text.
      const asked = await findAskedInputs(new DocumentSource(deps.db), row.scope, texts.pipelineYaml);
      const template = asked.kind === 'asked' ? (asked.templateYaml ?? null) : null;
      // The templates are those of now: only what comes of them tells whether they have changed.
      if (isKnown(request, reply, [row.id, template])) return reply.code(304).send(null);
      return success(request, {
        inputSetTemplateYaml: template,
        inputSetYaml: givenInputs(texts),
        latestTemplateYaml: template,
        expressionValues: [],
        inputSetDetails: [],
        inputSetBranchName: null,
        resolvedYaml: texts.resolvedYaml,
      });
    },
  );
}

/** How far the execution is after the wait that the request prefers. */
async function standAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest<{ Params: Static<typeof Params>; Querystring: Static<typeof EXECUTION_QUERY> }>,
  reply: FastifyReply,
): Promise<ExecutionStand> {
  const read = (): Promise<ExecutionStand> =>
    getExecutionStand(deps, request, request.params.planExecutionId, request.query);
  const stand = await read();
  return (await executionAsPreferred(deps, request, reply, stand)) ? await read() : stand;
}

/** As `getExecution`, of how far it is alone. */
async function getExecutionStand(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
  named: NamedScope,
): Promise<ExecutionStand> {
  const [stand] = await listExecutionStands(deps.db, [executionId(id)]);
  return await visible(deps, request, id, stand, named, 'core_pipeline_view');
}

/**
 * Throws the 404 of api.md §6.1, also for an execution of another account or of another project than the one named, and the
 * 403 for one whose pipeline the caller has not this permission on.
 */
export async function getExecution(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
  named: NamedScope = {},
  permission: 'core_pipeline_view' | 'core_pipeline_execute' = 'core_pipeline_view',
): Promise<ExecutionRow> {
  return await visible(deps, request, id, await findExecutionRow(deps.db, executionId(id)), named, permission);
}

interface NamedScope {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

async function visible<Row extends Pick<ExecutionRow, 'scope' | 'pipelineIdentifier'>>(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
  row: Row | undefined,
  named: NamedScope,
  permission: 'core_pipeline_view' | 'core_pipeline_execute',
): Promise<Row> {
  const { accountId } = request;
  if (row === undefined || row.scope.accountId !== accountId)
    throw await noExecutionAnyMore(deps, { ...named, accountId }, id);
  const { orgIdentifier = '', projectIdentifier = '' } = named;
  const isElsewhere =
    (orgIdentifier !== '' && orgIdentifier !== row.scope.orgIdentifier) ||
    (projectIdentifier !== '' && projectIdentifier !== row.scope.projectIdentifier);
  if (isElsewhere) throw await noExecutionAnyMore(deps, { ...named, accountId }, id);
  await authorize(request, { permission, scope: row.scope, identifier: row.pipelineIdentifier });
  return row;
}

/** Of an execution that was there; throws the same 404 when it has gone since. */
export async function getExecutionTexts({ db }: ApiDependencies, id: ExecutionId): Promise<ExecutionTexts> {
  const texts = await findExecutionTexts(db, id);
  if (texts === undefined) throw noExecution(id);
  return texts;
}

/** Throws a 404 for a node that has not begun. */
export async function getNodeExecution({ db }: ApiDependencies, row: ExecutionRow, id: string): Promise<NodeExecution> {
  const node = (await listNodeExecutions(db, row.id)).find((candidate) => candidate.id === id);
  if (node === undefined) throw notFound(`Execution ${row.id} has no node execution ${id}.`);
  return node;
}

function graphWish(query: {
  readonly stageNodeId?: string;
  readonly stageNodeExecutionId?: string;
  readonly childStageNodeId?: string;
  readonly childStageNode?: string;
  readonly childStageNodeExecutionId?: string;
  readonly renderFullBottomGraph?: boolean;
}): GraphWish {
  const { stageNodeId, stageNodeExecutionId, childStageNodeExecutionId } = query;
  const childStageNodeId = query.childStageNodeId ?? query.childStageNode;
  if (query.renderFullBottomGraph === true) return WHOLE;
  if (stageNodeId === undefined && stageNodeExecutionId === undefined) return { kind: 'none' };
  return {
    kind: 'stage',
    ...(stageNodeId === undefined ? {} : { stageNodeId }),
    ...(stageNodeExecutionId === undefined ? {} : { stageNodeExecutionId }),
    ...(childStageNodeId === undefined ? {} : { childStageNodeId }),
    ...(childStageNodeExecutionId === undefined ? {} : { childStageNodeExecutionId }),
  };
}

/** Empty when none were given (api.md §6.6). */
function givenInputs({ inputYaml }: ExecutionTexts): string {
  return inputYaml.trim() === 'pipeline: {}' ? '' : inputYaml;
}
