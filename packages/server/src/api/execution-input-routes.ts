/** Inputs that are asked for during the run (`.executionInput()`): what a node waits for, and giving it. */
import {
  checkExecutionInputs,
  executionId,
  nodeExecutionId,
  printExecutionInputTemplate,
  type ExecutionInput,
  type NodeExecution,
  type PlanNode,
} from '@bridle/pipeline';
import { ExecutionInputResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { stringify } from 'yaml';
import { findExecutionOfLiveNode } from '../store/execution-statements.ts';
import { listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { answers, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { doneOrThrow } from './control-refusals.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound, RequestError } from './errors.ts';
import { getExecution } from './execution-routes.ts';

const NodeParams = Type.Object({ nodeExecutionId: Type.String() });
/** The first is how others name it; the second says where the node is. */
const PATHS = [
  { url: '/pipeline/api/pipeline/executionInput/:nodeExecutionId', params: NodeParams },
  {
    url: '/pipeline/api/pipeline/execute/:planExecutionId/executionInput/:nodeExecutionId',
    params: Type.Object({ ...NodeParams.properties, planExecutionId: Type.String() }),
  },
] as const;
const tags = ['Executions'];
/** As others send it; the node says itself where it is. */
const querystring = ownerQuery({});
const response = answers(successOf(ExecutionInputResponse));
const Body = Type.String({
  description: 'YAML or JSON: a map of paths, or the tree of the node with only the asked leaves.',
});

export function executionInputRoutes(app: App, deps: ApiDependencies): void {
  for (const { url, params } of PATHS) {
    app.get(
      url,
      { schema: { summary: 'What a node waits for', tags, params, querystring, response } },
      async (request) => {
        const { row, node } = await getWaiting(deps, request, request.params, 'core_pipeline_view');
        return success(request, inputResponse(row, node));
      },
    );

    app.post(
      url,
      {
        config: { body: 'text' },
        schema: { summary: 'Give a node the inputs it waits for', tags, params, querystring, body: Body, response },
      },
      async (request) => {
        const { row, node } = await getWaiting(deps, request, request.params, 'core_pipeline_execute');
        const { values, problems } = checkExecutionInputs(inputsOf(row, node), request.body);
        if (problems.length > 0) {
          const fields = problems.map(({ path, message }) => ({ fieldId: path, error: message }));
          const message = problems.map((problem) => `${problem.path}: ${problem.message}`).join(' ');
          throw new RequestError('INVALID_REQUEST', message, fields);
        }
        const result = await deps.executions.submitInputs(row.id, node.id, values);
        const { execution } = doneOrThrow(result, { planExecutionId: row.id, nodeExecutionId: node.id });
        return success(request, inputResponse(row, execution.nodes[node.id] ?? node));
      },
    );
  }
}

async function getWaiting(
  deps: ApiDependencies,
  request: FastifyRequest,
  params: { readonly nodeExecutionId: string; readonly planExecutionId?: string },
  permission: 'core_pipeline_view' | 'core_pipeline_execute',
): Promise<{ readonly row: ExecutionRow; readonly node: NodeExecution }> {
  const id = nodeExecutionId(params.nodeExecutionId);
  const nothing = notFound(`No running execution has a node execution ${id}.`);
  const named = params.planExecutionId;
  const of = named === undefined ? await findExecutionOfLiveNode(deps.db, request.accountId, id) : executionId(named);
  if (of === undefined) throw nothing;
  const row = await getExecution(deps, request, of, {}, permission);
  const node = (await listNodeExecutions(deps.db, row.id)).find((candidate) => candidate.id === id);
  if (node === undefined) throw nothing;
  if (inputsOf(row, node).length === 0) throw invalidRequest(`The node execution ${id} asks for no inputs.`);
  return { row, node };
}

function inputsOf({ plan }: ExecutionRow, node: NodeExecution): readonly ExecutionInput[] {
  return plan.nodes[node.nodeId]?.executionInputs ?? [];
}

function inputResponse(row: ExecutionRow, node: NodeExecution): ExecutionInputResponse {
  const plan = row.plan.nodes[node.nodeId];
  const inputs = inputsOf(row, node);
  return {
    inputInstanceId: node.id,
    nodeExecutionId: node.id,
    inputTemplate: plan === undefined ? '' : templateOf(plan, inputs),
    userInput: node.inputs === undefined ? null : stringify(node.inputs),
    fields: inputs.map(({ path, type, required, default: fallback, allowedValues, isMultiple, regex }) => ({
      path: path.join('.'),
      type,
      required,
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
      ...(isMultiple === undefined ? {} : { isMultiple }),
      ...(regex === undefined ? {} : { regex }),
    })),
  };
}

function templateOf(plan: PlanNode, inputs: readonly ExecutionInput[]): string {
  const { identifier } = plan;
  switch (plan.kind) {
    case 'step':
      return printExecutionInputTemplate({ kind: 'step', identifier, type: plan.stepType, spec: plan.spec }, inputs);
    case 'stage': {
      const variables = plan.variables.map(({ name, type, value }) => ({ name, type, value }));
      return printExecutionInputTemplate({ kind: 'stage', identifier, type: plan.stageType, variables }, inputs);
    }
    default:
      return '';
  }
}
