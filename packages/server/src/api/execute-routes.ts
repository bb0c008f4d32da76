/** Starting executions by hand (api.md §5.1, §5.2). */
import { executionId } from '@bridle/pipeline';
import { InputSetMergeRequest, PlanExecutionResponse, StageExecutionRequest, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { findExecutionRow } from '../store/execution-rows.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, RequestError } from './errors.ts';
import { noExecution } from './execution-routes.ts';
import {
  getPipeline,
  isInScope,
  manualCause,
  repeatedInputs,
  rerunCause,
  selectedStages,
  startExecution,
} from './start-execution.ts';

const Query = scopeQuery({ moduleType: Type.Optional(Type.String()) });
const RunQuery = Type.Object({
  ...Query.properties,
  inputSetIdentifiers: Type.Optional(
    Type.Array(Type.String(), { description: 'Input sets and overlays, merged in this order below the body.' }),
  ),
});
const InputBody = Type.String({ description: 'Runtime inputs as YAML rooted at `pipeline:`; empty = none.' });
const tags = ['Executions'];
const config = { body: 'text' } as const;

export function executeRoutes(app: App, deps: ApiDependencies): void {
  for (const url of [
    '/pipeline/api/pipeline/execute/:pipelineIdentifier',
    '/pipeline/api/pipeline/execute/:pipelineIdentifier/v2',
  ]) {
    app.post(
      url,
      {
        config,
        schema: {
          summary: 'Run a pipeline',
          tags,
          params: Type.Object({ pipelineIdentifier: Type.String() }),
          querystring: RunQuery,
          body: InputBody,
          response: answers(successOf(PlanExecutionResponse)),
        },
      },
      async (request) => {
        const { moduleType = '', inputSetIdentifiers = [] } = request.query;
        const order = {
          inputYaml: request.body,
          inputSetReferences: inputSetIdentifiers,
          cause: manualCause(request),
          moduleType,
        };
        const scope = scopeOf(request, request.query);
        return success(request, await startExecution(deps, scope, request.params.pipelineIdentifier, order));
      },
    );
  }

  app.post(
    '/pipeline/api/pipeline/execute/:pipelineIdentifier/inputSetList',
    {
      schema: {
        summary: 'Run a pipeline with input sets and overlays, merged in their order',
        tags,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: Query,
        body: InputSetMergeRequest,
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request) => {
      const { moduleType = '' } = request.query;
      const { inputSetReferences, lastYamlToMerge, stageIdentifiers } = request.body;
      const stages = stageIdentifiers ?? [];
      const order = {
        inputYaml: lastYamlToMerge ?? '',
        inputSetReferences: inputSetReferences ?? [],
        cause: manualCause(request),
        moduleType,
        ...(stages.length === 0 ? {} : { stages }),
      };
      const scope = scopeOf(request, request.query);
      return success(request, await startExecution(deps, scope, request.params.pipelineIdentifier, order));
    },
  );

  app.post(
    '/pipeline/api/pipeline/execute/:pipelineIdentifier/stages',
    {
      schema: {
        summary: 'Run some stages of a pipeline',
        description: 'The pipeline must say `allowStageExecutions: true`.',
        tags,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: Query,
        body: StageExecutionRequest,
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request) => {
      const { moduleType = '' } = request.query;
      const { runtimeInputYaml, stageIdentifiers, expressionValues } = request.body;
      if (stageIdentifiers.length === 0) {
        const error = 'names no stage';
        throw new RequestError('INVALID_REQUEST', `stageIdentifiers: ${error}`, [
          { fieldId: 'stageIdentifiers', error },
        ]);
      }
      const order = {
        inputYaml: runtimeInputYaml ?? '',
        stages: stageIdentifiers,
        expressionValues: expressionValues ?? {},
        cause: manualCause(request),
        moduleType,
      };
      const scope = scopeOf(request, request.query);
      return success(request, await startExecution(deps, scope, request.params.pipelineIdentifier, order));
    },
  );

  for (const url of [
    '/pipeline/api/pipeline/execute/rerun/:originalExecutionId/:pipelineIdentifier',
    '/pipeline/api/pipeline/execute/rerun/v2/:originalExecutionId/:pipelineIdentifier',
  ]) {
    app.post(
      url,
      {
        config,
        schema: {
          summary: 'Run a pipeline again; without a body with the inputs it had',
          tags,
          params: Type.Object({ originalExecutionId: Type.String(), pipelineIdentifier: Type.String() }),
          querystring: Query,
          body: InputBody,
          response: answers(successOf(PlanExecutionResponse)),
        },
      },
      async (request) => {
        const { moduleType = '' } = request.query;
        const { originalExecutionId, pipelineIdentifier } = request.params;
        const scope = scopeOf(request, request.query);
        const original = await findExecutionRow(deps.db, executionId(originalExecutionId));
        if (original === undefined || !isInScope(original, scope)) throw noExecution(originalExecutionId);
        if (original.pipelineIdentifier !== pipelineIdentifier) {
          throw invalidRequest(
            `The execution ${originalExecutionId} ran the pipeline ${original.pipelineIdentifier}, not ${pipelineIdentifier}.`,
          );
        }
        const { yaml } = await getPipeline(deps, scope, pipelineIdentifier);
        const inputYaml = repeatedInputs(original, yaml, request.body);
        const stages = selectedStages(original);
        const order = {
          inputYaml,
          cause: rerunCause(request, original),
          moduleType,
          ...(stages.length === 0 ? {} : { stages }),
        };
        return success(request, await startExecution(deps, scope, pipelineIdentifier, order));
      },
    );
  }
}
