/** Graphs and nodes of executions by themselves (api.md §4.1, §6.2). */
import { executionId, isFinal } from '@bridle/pipeline';
import { ExecutionGraph, ExecutionNode, NodeSubGraph, successOf } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { findExecutionOfNode, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { EXECUTION_QUERY, getExecution, getNodeExecution } from './execution-routes.ts';
import { executionAsPreferred, nodeAsPreferred, WAITS } from './waiting-answers.ts';
import { executionGraph, graphNodes } from './wire/execution-graph.ts';

const EXECUTIONS = '/pipeline/api/pipelines/execution';
const tags = ['Executions'];

/** A node that is named without its execution is looked for in so many: there is no index over all nodes that ever were. */
const SEARCHED_MAX = 5_000;

export function executionGraphRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    `${EXECUTIONS}/getExecutionGraph/:planExecutionId`,
    {
      schema: {
        summary: 'The whole graph of an execution',
        tags,
        headers: WAITS,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: EXECUTION_QUERY,
        response: answers(successOf(ExecutionGraph)),
      },
    },
    async (request, reply) => {
      const row = await readAsPreferred(deps, request, reply, request.params.planExecutionId);
      const graph = executionGraph(row, await listNodeExecutions(deps.db, row.id));
      if (graph === undefined) throw notFound(`The execution ${row.id} has no graph yet: it has not begun.`);
      return success(request, graph);
    },
  );

  app.get(
    `${EXECUTIONS}/subGraph/:planExecutionId/:nodeExecutionId`,
    {
      schema: {
        summary: 'The graph of a node of an execution and of what is below it',
        tags,
        headers: WAITS,
        params: Type.Object({ planExecutionId: Type.String(), nodeExecutionId: Type.String() }),
        querystring: EXECUTION_QUERY,
        response: answers(successOf(NodeSubGraph)),
      },
    },
    async (request, reply) => {
      const { planExecutionId, nodeExecutionId } = request.params;
      const row = await readAsPreferred(deps, request, reply, planExecutionId);
      const graph = executionGraph(row, await listNodeExecutions(deps.db, row.id), { nodeExecutionId });
      if (graph === undefined) throw notFound(`Execution ${row.id} has no node execution ${nodeExecutionId}.`);
      return success(request, { executionGraph: graph });
    },
  );

  app.get(
    '/pipeline/api/pipelines/getExecutionNode',
    {
      schema: {
        summary: 'One node of an execution',
        tags,
        headers: WAITS,
        querystring: scopeQuery({
          nodeExecutionId: Type.String({ minLength: 1 }),
          planExecutionId: Type.Optional(
            Type.String({
              description: `Its execution. Without it the node is looked for in the newest ${String(SEARCHED_MAX)} of the project.`,
            }),
          ),
        }),
        response: answers(successOf(ExecutionNode)),
      },
    },
    async (request, reply) => {
      const { nodeExecutionId, planExecutionId } = request.query;
      const scope = scopeOf(request, request.query);
      const of =
        planExecutionId === undefined
          ? await findExecutionOfNode(deps.db, scope, nodeExecutionId, SEARCHED_MAX)
          : executionId(planExecutionId);
      if (of === undefined)
        throw notFound(
          `None of the newest ${String(SEARCHED_MAX)} executions of the project has a node execution ${nodeExecutionId}. Name an older one's execution: planExecutionId.`,
        );
      const row = await getExecution(deps, request, of, request.query);
      const asked = await getNodeExecution(deps, row, nodeExecutionId);
      const { id, status } = asked;
      const hasWaited = await nodeAsPreferred(deps, request, reply, row.id, { id, isFinal: isFinal(status) });
      const node = hasWaited ? await getNodeExecution(deps, row, nodeExecutionId) : asked;
      const [printed] = graphNodes(row, [{ ...node, children: [] }], await listNodeExecutions(deps.db, row.id));
      // An earlier attempt is told by the last one.
      if (printed === undefined)
        throw notFound(`The node execution ${nodeExecutionId} was tried again: ask for the newest attempt.`);
      return success(request, printed);
    },
  );
}

/** The execution after the wait that the request prefers. */
async function readAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest<{ Querystring: Static<typeof EXECUTION_QUERY> }>,
  reply: FastifyReply,
  id: string,
): Promise<ExecutionRow> {
  const row = await getExecution(deps, request, id, request.query);
  const hasWaited = await executionAsPreferred(deps, request, reply, row);
  return hasWaited ? await getExecution(deps, request, id, request.query) : row;
}
