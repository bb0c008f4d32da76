/** Running a pipeline again, as an earlier execution did or with something else (api.md §5.2). */
import { executionId } from '@bridle/pipeline';
import { InputSetMergeRequest, PlanExecutionResponse, StageExecutionRequest, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { findExecutionRow, type ExecutionRow } from '../store/execution-rows.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getExecutionTexts } from './execution-routes.ts';
import { noExecutionAnyMore } from './no-execution.ts';
import {
  getPipeline,
  isInScope,
  namedStages,
  repeatedInputs,
  requireFreeInputs,
  rerunCause,
  selectedStages,
  startExecution,
} from './start-execution.ts';
import { startedAsPreferred, WAITS } from './waiting-answers.ts';

const Query = scopeQuery({ moduleType: Type.Optional(Type.String()) });
const Params = Type.Object({ originalExecutionId: Type.String(), pipelineIdentifier: Type.String() });
const InputBody = Type.String({ description: 'Runtime inputs as YAML rooted at `pipeline:`; empty = those it had.' });
const tags = ['Executions'];
const response = answers(successOf(PlanExecutionResponse));
const RERUN = '/pipeline/api/pipeline/execute/rerun';

export function rerunRoutes(app: App, deps: ApiDependencies): void {
  for (const prefix of [RERUN, `${RERUN}/v2`]) {
    app.post(
      `${prefix}/:originalExecutionId/:pipelineIdentifier`,
      {
        config: { body: 'text' },
        schema: {
          summary: 'Run a pipeline again; without a body with the inputs it had',
          tags,
          headers: WAITS,
          params: Params,
          querystring: Query,
          body: InputBody,
          response,
        },
      },
      async (request, reply) => {
        const original = await getOriginal(deps, request, request.params, request.query);
        const { yaml } = await getPipeline(deps, original.scope, original.pipelineIdentifier);
        const texts = await getExecutionTexts(deps, original.id);
        const order = { inputYaml: repeatedInputs(texts, yaml, request.body), ...stagesOf(original) };
        const begun = await runAgain(deps, request, original, order, request.query.moduleType);
        return success(request, await startedAsPreferred(deps, request, reply, begun));
      },
    );
  }

  app.post(
    `${RERUN}/:originalExecutionId/:pipelineIdentifier/inputSetList`,
    {
      schema: {
        summary: 'Run a pipeline again with input sets and overlays, merged in their order',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        body: InputSetMergeRequest,
        response,
      },
    },
    async (request, reply) => {
      const original = await getOriginal(deps, request, request.params, request.query);
      const { inputSetReferences, lastYamlToMerge, stageIdentifiers } = request.body;
      const { yaml } = await getPipeline(deps, original.scope, original.pipelineIdentifier);
      const references = inputSetReferences ?? [];
      // Sets are inputs, too.
      if (references.length > 0) requireFreeInputs(yaml);
      const texts = await getExecutionTexts(deps, original.id);
      const order = {
        inputYaml: references.length > 0 ? (lastYamlToMerge ?? '') : repeatedInputs(texts, yaml, lastYamlToMerge ?? ''),
        inputSetReferences: references,
        ...((stageIdentifiers ?? []).length === 0 ? stagesOf(original) : { stages: stageIdentifiers ?? [] }),
      };
      const begun = await runAgain(deps, request, original, order, request.query.moduleType);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.post(
    `${RERUN}/:originalExecutionId/:pipelineIdentifier/stages`,
    {
      schema: {
        summary: 'Run some stages of a pipeline again',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        body: StageExecutionRequest,
        response,
      },
    },
    async (request, reply) => {
      const original = await getOriginal(deps, request, request.params, request.query);
      const { runtimeInputYaml, stageIdentifiers, expressionValues } = request.body;
      const { yaml } = await getPipeline(deps, original.scope, original.pipelineIdentifier);
      const texts = await getExecutionTexts(deps, original.id);
      const order = {
        inputYaml: repeatedInputs(texts, yaml, runtimeInputYaml ?? ''),
        stages: namedStages(stageIdentifiers),
        expressionValues: expressionValues ?? {},
      };
      const begun = await runAgain(deps, request, original, order, request.query.moduleType);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );
}

type Order = Omit<Parameters<typeof startExecution>[4], 'cause' | 'moduleType'>;

export function runAgain(
  deps: ApiDependencies,
  request: FastifyRequest,
  original: ExecutionRow,
  order: Order,
  moduleType = '',
): Promise<PlanExecutionResponse> {
  const cause = rerunCause(request, original);
  return startExecution(deps, request, original.scope, original.pipelineIdentifier, { ...order, cause, moduleType });
}

export function stagesOf(original: ExecutionRow): { readonly stages?: readonly string[] } {
  const stages = selectedStages(original);
  return stages.length === 0 ? {} : { stages };
}

export async function getOriginal(
  deps: ApiDependencies,
  request: FastifyRequest,
  {
    originalExecutionId,
    pipelineIdentifier,
  }: { readonly originalExecutionId: string; readonly pipelineIdentifier: string },
  query: { readonly orgIdentifier: string; readonly projectIdentifier: string },
): Promise<ExecutionRow> {
  const original = await findExecutionRow(deps.db, executionId(originalExecutionId));
  const scope = scopeOf(request, query);
  if (original === undefined || !isInScope(original, scope))
    throw await noExecutionAnyMore(deps, scope, originalExecutionId);
  if (original.pipelineIdentifier === pipelineIdentifier) return original;
  throw invalidRequest(
    `The execution ${originalExecutionId} ran the pipeline ${original.pipelineIdentifier}, not ${pipelineIdentifier}.`,
  );
}
