/**
 * Approvals (api.md §5.4, and the v1 list of §4.3).
 *
 * S14: who answers is the principal of the request, never what its body says. Members of the groups it names answer it, and
 * nobody else: an administrator who wants to becomes a member. Service accounts are in no group.
 */
import { executionId, isFinal, nodeExecutionId, type NodeExecution } from '@bridle/pipeline';
import {
  ApprovalActivityRequest,
  ApprovalAuthorization,
  ApprovalInstance,
  ApprovalV1,
  successOf,
} from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Principal } from '../auth/principal.ts';
import { answerObjectionOf } from '../executions/control.ts';
import { findExecution } from '../store/execution-statements.ts';
import { findExecutionRow, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { isInAnyGroup } from '../store/user-groups.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import { callerOf } from './authentication.ts';
import { doneOrThrow } from './control-refusals.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound, RequestError } from './errors.ts';
import { getExecution } from './execution-routes.ts';
import { nodeAsPreferred, WAITS } from './waiting-answers.ts';
import { approvalInstance, approvalV1, readApprovalId } from './wire/approval.ts';

const Params = Type.Object({ approvalInstanceId: Type.String() });
const V1Params = Type.Object({ org: Type.String(), project: Type.String(), executionId: Type.String() });
const tags = ['Approvals'];
/** Comments and values are kept with the execution and read whole with it (P1). */
const TEXT_LENGTH_MAX = 20_000;

export function approvalRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/approvals/:approvalInstanceId',
    {
      schema: {
        summary: 'An approval and who has answered',
        tags,
        headers: WAITS,
        params: Params,
        response: answers(successOf(ApprovalInstance)),
      },
    },
    async (request, reply) => {
      const { row, node } = await getApproval(deps, request, request.params.approvalInstanceId);
      return success(request, await decidedAsPreferred(deps, request, reply, row, node));
    },
  );

  app.get(
    '/pipeline/api/approvals/:approvalInstanceId/harness/authorization',
    {
      schema: {
        summary: 'Whether the caller may answer',
        tags,
        params: Params,
        response: answers(successOf(ApprovalAuthorization)),
      },
    },
    async (request) => {
      const { row, node } = await getApproval(deps, request, request.params.approvalInstanceId);
      const reason = await objectionTo(deps, callerOf(request), row, node);
      return success(request, { authorized: reason === undefined, reason: reason ?? null });
    },
  );

  app.post(
    '/pipeline/api/approvals/:approvalInstanceId/harness/activity',
    {
      schema: {
        summary: 'Approve or reject',
        description: 'With `Prefer: wait=SECONDS` the answer comes when enough others have answered, too.',
        tags,
        headers: WAITS,
        params: Params,
        body: ApprovalActivityRequest,
        response: answers(successOf(ApprovalInstance)),
      },
    },
    async (request, reply) => {
      const { row, node } = await getApproval(deps, request, request.params.approvalInstanceId);
      return success(request, await answer(deps, request, reply, row, node, request.body));
    },
  );

  v1Routes(app, deps);
}

function v1Routes(app: App, deps: ApiDependencies): void {
  const url = '/v1/orgs/:org/projects/:project/approvals/execution/:executionId';
  app.get(
    url,
    {
      schema: {
        summary: 'Approvals of an execution',
        tags,
        params: V1Params,
        querystring: Type.Object({
          approval_status: Type.Optional(Type.String()),
          approval_type: Type.Optional(Type.String()),
          node_execution_id: Type.Optional(Type.String()),
        }),
        response: answers(Type.Array(ApprovalV1)),
      },
    },
    async (request) => {
      const { row, nodes } = await approvalsOf(deps, request, request.params);
      const { approval_status: status, approval_type: type, node_execution_id: nodeId } = request.query;
      return nodes
        .filter((node) => nodeId === undefined || node.id === nodeId)
        .map((node) => approvalInstance(row.id, node, row.plan))
        .filter((approval) => matches(approval.status, status) && matches(approval.type, type))
        .map(approvalV1);
    },
  );

  app.post(
    url,
    {
      schema: {
        summary: 'Approve or reject the approval that an execution waits for',
        tags,
        headers: WAITS,
        params: V1Params,
        querystring: Type.Object({
          callback_id: Type.Optional(Type.String()),
          node_execution_id: Type.Optional(Type.String()),
        }),
        body: V1Activity,
        response: answers(ApprovalV1),
      },
    },
    async (request, reply) => {
      const { row, nodes } = await approvalsOf(deps, request, request.params);
      const { node_execution_id: nodeId } = request.query;
      const waiting = nodes.filter((node) =>
        nodeId === undefined ? node.status === 'ApprovalWaiting' : node.id === nodeId,
      );
      const [node, other] = waiting;
      if (node === undefined) throw invalidRequest(`Execution ${row.id} does not wait for an approval.`);
      if (other !== undefined) {
        throw invalidRequest(
          `Execution ${row.id} waits for ${waiting.length} approvals; name one by node_execution_id.`,
        );
      }
      const { action, comments, approver_inputs: approverInputs } = request.body;
      const given = {
        action,
        ...(comments === undefined ? {} : { comments }),
        ...(approverInputs === undefined ? {} : { approverInputs }),
      };
      return approvalV1(await answer(deps, request, reply, row, node, given));
    },
  );
}

const V1Activity = Type.Object({
  action: ApprovalActivityRequest.properties.action,
  comments: ApprovalActivityRequest.properties.comments,
  approver_inputs: ApprovalActivityRequest.properties.approverInputs,
});

async function answer(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  row: ExecutionRow,
  node: NodeExecution,
  activity: ApprovalActivityRequest,
): Promise<ApprovalInstance> {
  const { action, comments, approverInputs } = readActivity(activity);
  const caller = callerOf(request);
  await requireMember(deps, caller, row, node);
  const { userId, name, email } = caller;
  const result = await deps.executions.answerApproval(row.id, node.id, {
    user: { userId, name, email },
    action,
    comments,
    approverInputs,
  });
  const { execution } = doneOrThrow(result, { planExecutionId: row.id, nodeExecutionId: node.id });
  return await decidedAsPreferred(deps, request, reply, row, execution.nodes[node.id] ?? node);
}

/** The approval after the wait that the request prefers. */
async function decidedAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  row: ExecutionRow,
  node: NodeExecution,
): Promise<ApprovalInstance> {
  const asked = { id: node.id, isFinal: isFinal(node.status) };
  const hasWaited = await nodeAsPreferred(deps, request, reply, row.id, asked);
  const now = hasWaited ? (await listNodeExecutions(deps.db, row.id)).find(({ id }) => id === node.id) : undefined;
  return approvalInstance(row.id, now ?? node, row.plan);
}

function readActivity({ action, comments, approverInputs }: ApprovalActivityRequest): {
  readonly action: Static<typeof ApprovalActivityRequest>['action'];
  readonly comments: string;
  readonly approverInputs: Readonly<Record<string, string>>;
} {
  const inputs = approverInputs ?? [];
  const length = (comments ?? '').length + inputs.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (length > TEXT_LENGTH_MAX) {
    const error = `is longer than ${TEXT_LENGTH_MAX} characters, its inputs included`;
    throw new RequestError('INVALID_REQUEST', `comments: ${error}`, [{ fieldId: 'comments', error }]);
  }
  return {
    action,
    comments: comments ?? '',
    approverInputs: Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
  };
}

/** See the head of this file. */
async function requireMember(
  deps: ApiDependencies,
  caller: Principal,
  row: ExecutionRow,
  node: NodeExecution,
): Promise<void> {
  const reason = await membershipObjection(deps, caller, row, node);
  if (reason !== undefined) throw new ApiError('NG_ACCESS_DENIED', reason);
}

async function membershipObjection(
  { db }: ApiDependencies,
  { kind, userId }: Principal,
  { scope }: ExecutionRow,
  { approval }: NodeExecution,
): Promise<string | undefined> {
  const groups = approval?.userGroups ?? [];
  if (groups.length === 0) return undefined;
  if (kind === 'USER' && (await isInAnyGroup(db, scope, groups, userId))) return undefined;
  return `Members of ${groups.join(', ')} answer this approval, and you are none.`;
}

async function objectionTo(
  deps: ApiDependencies,
  caller: Principal,
  row: ExecutionRow,
  node: NodeExecution,
): Promise<string | undefined> {
  const foreign = await membershipObjection(deps, caller, row, node);
  if (foreign !== undefined) return foreign;
  const execution = await findExecution(deps.db, row.id);
  if (execution === undefined) return 'The execution was deleted.';
  const { userId, name, email } = caller;
  // A rejection needs no inputs, so that only the person is judged.
  const refusal = answerObjectionOf(execution, node.id, {
    user: { userId, name, email },
    action: 'REJECT',
    comments: '',
    approverInputs: {},
  });
  if (refusal === undefined) return undefined;
  return refusal.kind === 'refused' ? refusal.message : 'The approval is gone.';
}

/** Throws a 404 also for an approval of another account. */
async function getApproval(
  { db }: ApiDependencies,
  request: FastifyRequest,
  id: string,
): Promise<{ readonly row: ExecutionRow; readonly node: NodeExecution }> {
  const place = readApprovalId(id);
  const row = place === undefined ? undefined : await findExecutionRow(db, executionId(place.executionId));
  if (place === undefined || row === undefined || row.scope.accountId !== request.accountId) throw noApproval(id);
  const node = (await listNodeExecutions(db, row.id)).find(
    (candidate) => candidate.id === nodeExecutionId(place.nodeExecutionId),
  );
  if (node === undefined || !isApproval(row, node)) throw noApproval(id);
  await authorize(request, { permission: 'core_pipeline_view', scope: row.scope, identifier: row.pipelineIdentifier });
  return { row, node };
}

async function approvalsOf(
  deps: ApiDependencies,
  request: FastifyRequest,
  { org, project, executionId: id }: Static<typeof V1Params>,
): Promise<{ readonly row: ExecutionRow; readonly nodes: readonly NodeExecution[] }> {
  const row = await getExecution(deps, request, id, { orgIdentifier: org, projectIdentifier: project });
  const nodes = await listNodeExecutions(deps.db, row.id);
  return { row, nodes: nodes.filter((node) => isApproval(row, node)) };
}

/** Skipped ones ask nobody. */
function isApproval({ plan }: ExecutionRow, { nodeId, status }: NodeExecution): boolean {
  const step = plan.nodes[nodeId];
  if (step?.kind !== 'step' || status === 'Skipped' || status === 'NotStarted') return false;
  return step.stepType === 'HarnessApproval' || step.stepType === 'CustomApproval';
}

function noApproval(id: string): Error {
  return notFound(`No approval instance found with the id ${id}.`);
}

function matches(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || value.toLowerCase() === wanted.toLowerCase();
}
