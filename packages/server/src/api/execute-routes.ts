/** Starting executions by hand (api.md §5.1, §5.2). */
import { InputSetMergeRequest, PlanExecutionResponse, StageExecutionRequest, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { Notes } from './execution-query-routes.ts';
import { manualCause, namedStages, startExecution } from './start-execution.ts';
import { startedAsPreferred, WAITS } from './waiting-answers.ts';

const NotesQuery = {
  notesForPipelineExecution: Type.Optional({ ...Notes, description: 'Kept with the execution.' }),
};
const Query = scopeQuery({ moduleType: Type.Optional(Type.String()), ...NotesQuery });
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
          headers: WAITS,
          params: Type.Object({ pipelineIdentifier: Type.String() }),
          querystring: RunQuery,
          body: InputBody,
          response: answers(successOf(PlanExecutionResponse)),
        },
      },
      async (request, reply) => {
        const { moduleType = '', inputSetIdentifiers = [], notesForPipelineExecution = '' } = request.query;
        const order = {
          inputYaml: request.body,
          inputSetReferences: inputSetIdentifiers,
          cause: manualCause(request),
          moduleType,
          notes: notesForPipelineExecution,
        };
        const scope = scopeOf(request, request.query);
        const begun = await startExecution(deps, request, scope, request.params.pipelineIdentifier, order);
        return success(request, await startedAsPreferred(deps, request, reply, begun));
      },
    );
  }

  app.post(
    '/pipeline/api/pipeline/execute/:pipelineIdentifier/inputSetList',
    {
      schema: {
        summary: 'Run a pipeline with input sets and overlays, merged in their order',
        tags,
        headers: WAITS,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: Query,
        body: InputSetMergeRequest,
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request, reply) => {
      const { moduleType = '', notesForPipelineExecution: notes = '' } = request.query;
      const { inputSetReferences, lastYamlToMerge, stageIdentifiers } = request.body;
      const stages = stageIdentifiers ?? [];
      const order = {
        inputYaml: lastYamlToMerge ?? '',
        inputSetReferences: inputSetReferences ?? [],
        cause: manualCause(request),
        moduleType,
        notes,
        ...(stages.length === 0 ? {} : { stages }),
      };
      const scope = scopeOf(request, request.query);
      const begun = await startExecution(deps, request, scope, request.params.pipelineIdentifier, order);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.post(
    '/pipeline/api/pipeline/execute/:pipelineIdentifier/stages',
    {
      schema: {
        summary: 'Run some stages of a pipeline',
        description: 'The pipeline must say `allowStageExecutions: true`.',
        tags,
        headers: WAITS,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: Query,
        body: StageExecutionRequest,
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request, reply) => {
      const { moduleType = '', notesForPipelineExecution: notes = '' } = request.query;
      const { runtimeInputYaml, stageIdentifiers, expressionValues } = request.body;
      const order = {
        inputYaml: runtimeInputYaml ?? '',
        stages: namedStages(stageIdentifiers),
        expressionValues: expressionValues ?? {},
        cause: manualCause(request),
        moduleType,
        notes,
      };
      const scope = scopeOf(request, request.query);
      const begun = await startExecution(deps, request, scope, request.params.pipelineIdentifier, order);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );
}
