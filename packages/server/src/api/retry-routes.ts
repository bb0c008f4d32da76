/** Retry from a stage: what an earlier execution has done is kept (api.md §5.2). */
import { executionId, type ExecutionId } from '@bridle/pipeline';
import { LatestExecution, PlanExecutionResponse, RetryHistory, RetryStages, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { planRetry, retryableGroups, stageGroups, type StageGroup } from '../executions/retry.ts';
import {
  listNodeExecutions,
  listRetries,
  type ExecutionRow,
  type ExecutionSummaryRow,
} from '../store/execution-rows.ts';
import { answers, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getExecution, getExecutionTexts } from './execution-routes.ts';
import { repeatedInputs, rerunCause, selectedStages, startExecution } from './start-execution.ts';
import { startedAsPreferred, WAITS } from './waiting-answers.ts';
import { isRetryable } from './wire/execution-summary.ts';

const Params = Type.Object({ planExecutionId: Type.String() });
const Query = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
  pipelineIdentifier: Type.Optional(Type.String()),
});
const tags = ['Executions'];
const config = { body: 'text' } as const;

interface RetryWish {
  /** Identifiers of stages of one group; empty = of the first one that failed. */
  readonly stages: readonly string[];
  readonly runsAllStages: boolean;
  /** Empty = those it had. */
  readonly inputYaml: string;
  readonly moduleType: string;
}

export function retryRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/pipeline/execute/retry/:pipelineIdentifier',
    {
      config,
      schema: {
        summary: 'Run an execution again from a stage, with what its earlier stages have given',
        tags,
        headers: WAITS,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: scopeQuery({
          planExecutionId: Type.String(),
          retryStages: Type.Optional(
            Type.Array(Type.String(), { description: 'Stages of one group; none = the first that failed.' }),
          ),
          runAllStages: Type.Optional(
            Type.Boolean({ description: 'false = of stages side by side only those that failed.' }),
          ),
          moduleType: Type.Optional(Type.String()),
        }),
        body: Type.String({ description: 'Runtime inputs; empty = those it had.' }),
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request, reply) => {
      const { planExecutionId, retryStages = [], runAllStages = true, moduleType = '' } = request.query;
      const row = await getExecution(deps, request, planExecutionId, request.query);
      requirePipeline(row, request.params.pipelineIdentifier);
      const wish = {
        stages: retryStages
          .flatMap((text) => text.split(','))
          .map((text) => text.trim())
          .filter((text) => text !== ''),
        runsAllStages: runAllStages,
        inputYaml: request.body,
        moduleType,
      };
      const begun = await retry(deps, request, row, wish);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.put(
    '/pipeline/api/pipeline/execute/retry/:planExecutionId',
    {
      schema: {
        summary: 'Run an execution again from its first failed stage',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        response: answers(successOf(PlanExecutionResponse)),
      },
    },
    async (request, reply) => {
      const row = await getExecution(
        deps,
        request,
        request.params.planExecutionId,
        request.query,
        'core_pipeline_execute',
      );
      const wish = { stages: [], runsAllStages: true, inputYaml: '', moduleType: '' };
      const begun = await retry(deps, request, row, wish);
      return success(request, await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.get(
    '/pipeline/api/pipeline/execute/:planExecutionId/retryStages',
    {
      schema: {
        summary: 'The stages a retry may begin with',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RetryStages)),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId, request.query);
      const reason = retryObjection(row);
      if (reason !== undefined) return success(request, { resumable: false, errorMessage: reason, groups: [] });
      const groups = retryableGroups(stageGroups(row.plan, await listNodeExecutions(deps.db, row.id)));
      return success(request, { resumable: true, errorMessage: null, groups: groups.map(groupInfo) });
    },
  );

  app.get(
    '/pipeline/api/pipeline/execute/retryHistory/:planExecutionId',
    {
      schema: {
        summary: 'All executions of a chain of retries, newest first',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RetryHistory)),
      },
    },
    async (request) => {
      const { row, rows, latest } = await historyOf(deps, request, request.params.planExecutionId, request.query);
      return success(request, {
        errorMessage: null,
        latestExecutionId: latest,
        executionInfos: rows.map(({ id, createdAt, startedAt, endedAt, status, runSequence }) => ({
          uuid: id,
          startTs: startedAt ?? createdAt,
          endTs: endedAt ?? null,
          status,
          runSequence,
        })),
        retryStagesMetadata: retriedStages(row),
      });
    },
  );

  app.get(
    '/pipeline/api/pipeline/execute/latestExecutionId/:planExecutionId',
    {
      schema: {
        summary: 'The newest execution of a chain of retries',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(LatestExecution)),
      },
    },
    async (request) => {
      const { latest } = await historyOf(deps, request, request.params.planExecutionId, request.query);
      return success(request, { errorMessage: null, latestExecutionId: latest });
    },
  );
}

export async function retry(
  deps: ApiDependencies,
  request: FastifyRequest,
  row: ExecutionRow,
  { stages, runsAllStages, inputYaml, moduleType }: RetryWish,
): Promise<PlanExecutionResponse> {
  const reason = retryObjection(row);
  if (reason !== undefined) throw invalidRequest(reason);
  const nodes = await listNodeExecutions(deps.db, row.id);
  const planned = planRetry({ execution: row, nodes, stages, runsAllStages });
  if (planned.kind === 'refused') throw invalidRequest(planned.message);
  const selected = selectedStages(row);
  const texts = await getExecutionTexts(deps, row.id);
  return startExecution(deps, request, row.scope, row.pipelineIdentifier, {
    yaml: texts.pipelineYaml,
    inputYaml: repeatedInputs(texts, texts.pipelineYaml, inputYaml),
    cause: rerunCause(request, row),
    retained: planned.retained,
    moduleType,
    ...(selected.length === 0 ? {} : { stages: selected }),
  });
}

function retryObjection(row: ExecutionRow): string | undefined {
  if (isRetryable(row)) return undefined;
  return row.isFinal
    ? `Execution ${row.id} ended as ${row.status}; only executions that did not end well are retried. Run it again instead.`
    : `Execution ${row.id} goes on (${row.status}); it can be retried when it has ended.`;
}

export function requirePipeline(row: ExecutionRow, pipelineIdentifier: string): void {
  if (row.pipelineIdentifier === pipelineIdentifier) return;
  throw invalidRequest(
    `The execution ${row.id} ran the pipeline ${row.pipelineIdentifier}, not ${pipelineIdentifier}.`,
  );
}

function groupInfo(group: StageGroup): RetryStages['groups'][number] {
  return {
    info: group.map(({ plan, node }) => ({
      name: plan.name,
      identifier: plan.identifier,
      status: node?.status ?? 'NotStarted',
      createdAt: node?.createdAt ?? null,
      parentId: plan.parentId ?? null,
      nextId: null,
    })),
  };
}

/** What a retry ran again, and what it took over; both empty for an execution that is no retry. */
function retriedStages({ header, plan }: ExecutionRow): RetryHistory['retryStagesMetadata'] {
  const { retained } = header;
  if (retained === undefined) return { retryStagesIdentifier: [], skipStagesIdentifier: [] };
  const kept = new Set(retained.nodes.map(({ fqn }) => fqn));
  const stages = stageGroups(plan, []).flatMap((group) => group.map((each) => each.plan));
  const [skipped, again] = [true, false].map((isKept) =>
    stages.filter(({ fqn }) => kept.has(fqn) === isKept).map(({ identifier }) => identifier),
  );
  return { retryStagesIdentifier: again ?? [], skipStagesIdentifier: skipped ?? [] };
}

async function historyOf(
  deps: ApiDependencies,
  request: FastifyRequest,
  planExecutionId: string,
  query: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
): Promise<{
  readonly row: ExecutionRow;
  readonly rows: readonly ExecutionSummaryRow[];
  readonly latest: ExecutionId;
}> {
  const row = await getExecution(deps, request, planExecutionId, query);
  const rows = await listRetries(deps.db, row.retryOf?.rootExecutionId ?? row.id);
  return { row, rows, latest: rows[0]?.id ?? executionId(planExecutionId) };
}
