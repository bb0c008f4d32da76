/** Interrupts: abort, pause and resume of an execution, and decisions about one of its nodes (api.md §5.3). */
import { nodeExecutionId, type InterruptType, type NodeExecution } from '@bridle/pipeline';
import { InterruptResponse, successOf } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import { doneOrThrow } from './control-refusals.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestError } from './errors.ts';
import { getExecution } from './execution-routes.ts';
import { executionAsPreferred, WAITS } from './waiting-answers.ts';

const Params = Type.Object({ planExecutionId: Type.String() });
const NodeParams = Type.Object({ ...Params.properties, nodeExecutionId: Type.String() });
const Query = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
  interruptType: Type.String(),
});
const tags = ['Executions'];
const response = answers(successOf(InterruptResponse));

/** What a name of the API asks the engine for, and whether it is about one node. */
type Meaning = { readonly type: InterruptType; readonly of: 'execution' | 'node' };
type Meanings = Readonly<Record<string, Meaning>>;

const execution = (type: InterruptType): Meaning => ({ type, of: 'execution' });
const node = (type: InterruptType): Meaning => ({ type, of: 'node' });

const OF_EXECUTION: Meanings = {
  AbortAll: execution('AbortAll'),
  Abort: execution('AbortAll'),
  ExpireAll: execution('ExpireAll'),
  Pause: execution('Pause'),
  Resume: execution('Resume'),
  /** Everything that runs fails. */
  UserMarkedFailure: node('MarkAsFailure'),
};

const OF_NODE: Meanings = {
  AbortAll: node('Abort'),
  Abort: node('Abort'),
  UserMarkedFailure: node('MarkAsFailure'),
  MarkAsFailure: node('MarkAsFailure'),
  MarkAsSuccess: node('MarkAsSuccess'),
  Ignore: node('Ignore'),
  Retry: node('Retry'),
  StageRollback: node('StageRollback'),
  StepGroupRollback: node('StepGroupRollback'),
  PipelineRollback: node('PipelineRollback'),
  ProceedWithDefaultValues: node('ProceedWithDefaultValues'),
};

/** Some names of an answer mean the whole execution. */
const OF_INTERVENTION: Meanings = {
  ...OF_NODE,
  AbortAll: execution('AbortAll'),
  ExpireAll: execution('ExpireAll'),
  Pause: execution('Pause'),
  Resume: execution('Resume'),
};

export function interruptRoutes(app: App, deps: ApiDependencies): void {
  app.put(
    '/pipeline/api/pipeline/execute/interrupt/:planExecutionId',
    {
      schema: {
        summary: 'Abort, expire, pause or resume an execution',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        response,
      },
    },
    async (request, reply) => {
      const { planExecutionId } = request.params;
      const { name, type, of } = readType(request.query.interruptType, OF_EXECUTION);
      const row = await getExecution(deps, request, planExecutionId, request.query, 'core_pipeline_execute');
      const { userId, name: userName, email } = callerOf(request);
      const root = of === 'node' ? await findRoot(deps, row) : undefined;
      const result = await deps.executions.interrupt(row.id, {
        type,
        by: { userId, name: userName, email },
        ...(root === undefined ? {} : { nodeExecutionId: root.id }),
      });
      const { interruptId: id } = doneOrThrow(result, request.params);
      await endAsPreferred(deps, request, reply, row, type);
      return success(request, { id, type: name, planExecutionId });
    },
  );

  for (const [path, meanings, summary] of [
    ['interrupt', OF_NODE, 'Abort at one node, mark it, or decide about it'],
    ['manualIntervention/interrupt', OF_INTERVENTION, 'Answer a node that waits for an intervention'],
  ] as const) {
    app.put(
      `/pipeline/api/pipeline/execute/${path}/:planExecutionId/:nodeExecutionId`,
      { schema: { summary, tags, headers: WAITS, params: NodeParams, querystring: Query, response } },
      async (request, reply) => {
        const { planExecutionId, nodeExecutionId: id } = request.params;
        const { name, type, of } = readType(request.query.interruptType, meanings);
        const row = await getExecution(deps, request, planExecutionId, request.query, 'core_pipeline_execute');
        const { userId, name: userName, email } = callerOf(request);
        const result = await deps.executions.interrupt(row.id, {
          type,
          by: { userId, name: userName, email },
          ...(of === 'node' ? { nodeExecutionId: nodeExecutionId(id) } : {}),
        });
        const { interruptId } = doneOrThrow(result, request.params);
        await endAsPreferred(deps, request, reply, row, type);
        return success(request, { id: interruptId, type: name, planExecutionId });
      },
    );
  }
}

/** The end of the execution is what follows from an interrupt at last; who pauses it does not want it to end. */
async function endAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  row: ExecutionRow,
  type: InterruptType,
): Promise<void> {
  if (type !== 'Pause') await executionAsPreferred(deps, request, reply, row);
}

/** Where an interrupt of a node is meant for all of them. Not there while the execution waits in line. */
async function findRoot(
  { db }: ApiDependencies,
  { id, plan }: Pick<ExecutionRow, 'id' | 'plan'>,
): Promise<NodeExecution | undefined> {
  return (await listNodeExecutions(db, id)).find(({ nodeId }) => nodeId === plan.rootId);
}

/** Names match in any case; the answer echoes the display name. */
function readType(given: string, meanings: Meanings): Meaning & { readonly name: string } {
  const name = Object.keys(meanings).find((known) => known.toLowerCase() === given.toLowerCase());
  const meaning = name === undefined ? undefined : meanings[name];
  if (name !== undefined && meaning !== undefined) return { name, ...meaning };
  const error = `is not a supported interrupt: ${given}; there are ${Object.keys(meanings).join(', ')}`;
  throw new RequestError('INVALID_REQUEST', `interruptType: ${error}`, [{ fieldId: 'interruptType', error }]);
}
