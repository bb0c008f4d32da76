/** Execution details and inputs of a run (api.md §6.1, §6.2, §6.6). */
import { executionId, type ExecutionId, type NodeExecution } from '@bridle/pipeline';
import { ExecutionDetails, ExecutionInputs, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { findAskedInputs } from '../intake/asked-inputs.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { findExecutionRow, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { findExecutionTexts, type ExecutionTexts } from '../store/execution-texts.ts';
import { answers, errorAnswers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { noExecution, noExecutionAnyMore } from './no-execution.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { executionDetails, type GraphWish } from './execution-details.ts';
import { applyPreferences, clientSignal } from './webhook-details.ts';

const Params = Type.Object({ planExecutionId: Type.String() });
/** An execution id is enough; a scope that is named must be its own. */
export const EXECUTION_QUERY = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
});
const tags = ['Executions'];

export function executionRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/pipelines/execution/v2/:planExecutionId',
    {
      schema: {
        summary: 'Details of an execution',
        description:
          'With `stageNodeId` the graph of that stage, with `renderFullBottomGraph=true` that of the whole run. `Prefer: wait=SECONDS` waits until it is final.',
        tags,
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
        response: answers(successOf(ExecutionDetails)),
      },
    },
    async (request, reply) => {
      const { planExecutionId } = request.params;
      const row = await getExecution(deps, request, planExecutionId, request.query);
      const { waitSeconds } = applyPreferences(request, reply, { representation: false });
      if (waitSeconds === undefined || row.isFinal)
        return success(request, await executionDetails(deps.db, row, graphWish(request.query)));
      const signal = AbortSignal.any([clientSignal(reply), deps.stopping]);
      await deps.executions.waitUntilFinal(row.id, waitSeconds * 1_000, signal);
      const after = await getExecution(deps, request, planExecutionId, request.query);
      return success(request, await executionDetails(deps.db, after, graphWish(request.query)));
    },
  );

  app.get(
    '/pipeline/api/pipelines/execution/:planExecutionId',
    {
      schema: {
        summary: 'Details of an execution with its whole graph',
        deprecated: true,
        tags,
        params: Params,
        querystring: EXECUTION_QUERY,
        response: answers(successOf(ExecutionDetails)),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      return success(request, await executionDetails(deps.db, row, { kind: 'whole' }));
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
        response: errorAnswers,
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      return reply.type('application/yaml; charset=utf-8').send(givenInputs(await getExecutionTexts(deps, row.id)));
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
        response: answers(successOf(ExecutionInputs)),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const texts = await getExecutionTexts(deps, row.id);
      // Of the templates as they are now: what the execution used of them is in its resolved text.
      const asked = await findAskedInputs(new DocumentSource(deps.db), row.scope, texts.pipelineYaml);
      const template = asked.kind === 'asked' ? (asked.templateYaml ?? null) : null;
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

/**
 * Throws the 404 of api.md §6.1, also for an execution of another account or of another project than the one named, and the
 * 403 for one whose pipeline the caller has not this permission on.
 */
export async function getExecution(
  deps: ApiDependencies,
  request: FastifyRequest,
  id: string,
  named: { readonly orgIdentifier?: string; readonly projectIdentifier?: string } = {},
  permission: 'core_pipeline_view' | 'core_pipeline_execute' = 'core_pipeline_view',
): Promise<ExecutionRow> {
  const { accountId } = request;
  const row = await findExecutionRow(deps.db, executionId(id));
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
  if (query.renderFullBottomGraph === true) return { kind: 'whole' };
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
