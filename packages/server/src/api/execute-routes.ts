/** Starting executions by hand (api.md §5.1, §5.2). */
import { executionId, type ENGINE_NAMES, type ExecutionCause, type ProjectScope } from '@bridle/pipeline';
import { InputSetMergeRequest, PlanExecutionResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { DocumentSource } from '../intake/document-source.ts';
import { prepareExecution, type ExecutionOrder } from '../intake/prepare-execution.ts';
import { findExecutionRow, type ExecutionRow } from '../store/execution-rows.ts';
import { findPipeline } from '../store/pipelines.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { cannotRun } from './diagnostics.ts';
import { invalidRequest } from './errors.ts';
import { noExecution } from './execution-routes.ts';
import { planExecutionResponse } from './wire/plan-execution.ts';

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
        };
        const scope = scopeOf(request, request.query);
        return success(request, await start(deps, scope, request.params.pipelineIdentifier, order, moduleType));
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
        ...(stages.length === 0 ? {} : { stages }),
      };
      const scope = scopeOf(request, request.query);
      return success(request, await start(deps, scope, request.params.pipelineIdentifier, order, moduleType));
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
        if (original === undefined || !isIn(original, scope)) throw noExecution(originalExecutionId);
        if (original.pipelineIdentifier !== pipelineIdentifier) {
          throw invalidRequest(
            `The execution ${originalExecutionId} ran the pipeline ${original.pipelineIdentifier}, not ${pipelineIdentifier}.`,
          );
        }
        const inputYaml = request.body.trim() === '' ? original.inputYaml : request.body;
        const order = { inputYaml, cause: rerunCause(request, original) };
        return success(request, await start(deps, scope, pipelineIdentifier, order, moduleType));
      },
    );
  }
}

async function start(
  deps: ApiDependencies,
  scope: ProjectScope,
  pipelineIdentifier: string,
  order: Omit<ExecutionOrder, 'pipeline'>,
  moduleType: string,
): Promise<PlanExecutionResponse> {
  const pipeline = await findPipeline(deps.db, scope, pipelineIdentifier);
  if (pipeline === undefined) {
    throw invalidRequest(`Pipeline with the given ID: ${pipelineIdentifier} does not exist or has been deleted`);
  }
  const prepared = await prepareExecution(new DocumentSource(deps.db), { ...order, pipeline });
  if (prepared.kind === 'refused') throw cannotRun(prepared.diagnostics, prepared.message, prepared.isInputFault);
  const { request } = prepared;
  const started = await deps.executions.start(request);
  return planExecutionResponse({
    ...started,
    planId: request.plan.rootId,
    scope,
    pipelineIdentifier,
    moduleType,
    cause: order.cause,
    status: 'Running' satisfies keyof typeof ENGINE_NAMES,
  });
}

function manualCause(request: FastifyRequest): ExecutionCause {
  const { userId, name, email } = callerOf(request);
  return { triggerType: 'MANUAL', triggeredBy: { uuid: userId, identifier: name, email } };
}

/** The payload of a trigger stays with its reruns: the pipeline's expressions may need it. */
function rerunCause(request: FastifyRequest, original: ExecutionRow): ExecutionCause {
  const { cause } = original;
  return {
    ...manualCause(request),
    ...(cause.trigger === undefined ? {} : { trigger: cause.trigger }),
    rerun: {
      previousExecutionId: original.id,
      previousTriggerType: cause.triggerType,
      rootExecutionId: cause.rerun?.rootExecutionId ?? original.id,
      rootTriggerType: cause.rerun?.rootTriggerType ?? cause.triggerType,
    },
  };
}

function isIn(row: ExecutionRow, scope: ProjectScope): boolean {
  return (
    row.scope.accountId === scope.accountId &&
    row.scope.orgIdentifier === scope.orgIdentifier &&
    row.scope.projectIdentifier === scope.projectIdentifier
  );
}
