/**
 * `Prefer: wait=SECONDS` where something becomes final: the answer comes when it is, or when the time is over, with how it
 * stands then. Each route that does so says it by `WAITS`; docs/guides/api.md lists them, and a test compares the two.
 */
import { ENGINE_NAMES, executionId, isFinal, type ExecutionId, type NodeExecutionId } from '@bridle/pipeline';
import type { PlanExecutionResponse } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { listExecutionHeads } from '../store/execution-statements.ts';
import type { ApiDependencies } from './dependencies.ts';
import { parsePrefer, preferenceApplied, WAIT_SECONDS_MAX, type Preferences } from './prefer.ts';

/** `headers` of the schema of a route that waits. */
export const WAITS = Type.Object({
  prefer: Type.Optional(
    Type.String({
      description: `\`wait=SECONDS\` (${String(WAIT_SECONDS_MAX)} at most) answers when it is final, or when the time is over. \`Preference-Applied\` says that it was heard.`,
    }),
  ),
});

/** What the request prefers, and what of it is done: `Preference-Applied` says so. */
export function applyPreferences(
  request: FastifyRequest,
  reply: FastifyReply,
  supports: { readonly representation: boolean } = { representation: false },
): Preferences {
  const asked = parsePrefer(request.headers['prefer']);
  const applied = { ...asked, wantsRepresentation: asked.wantsRepresentation && supports.representation };
  const header = preferenceApplied(applied);
  if (header !== undefined) reply.header('preference-applied', header);
  return applied;
}

/** Aborts when the client is gone before it has its answer, and when the server stops. */
export function waitSignal(stopping: AbortSignal, reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.on('close', () => controller.abort());
  if (reply.raw.closed) controller.abort();
  return AbortSignal.any([controller.signal, stopping]);
}

/** Returns when the event's execution is final, when it has none, or when the preferred time is over. */
export async function eventAsPreferred(
  deps: ApiDependencies,
  reply: FastifyReply,
  eventId: string,
  { waitSeconds }: Preferences,
): Promise<void> {
  if (waitSeconds === undefined) return;
  const deadline = performance.now() + waitSeconds * 1_000;
  const over = waitSignal(deps.stopping, reply);
  const state = await deps.intake.waitUntilProcessed(eventId, waitSeconds * 1_000, over);
  if (state?.executionId === undefined) return;
  const left = Math.max(0, Math.floor(deadline - performance.now()));
  await deps.executions.waitUntilFinal(state.executionId, left, over);
}

/** Returns when it is decided what becomes of the event, or when the preferred time is over. */
export async function decisionAsPreferred(
  deps: ApiDependencies,
  reply: FastifyReply,
  eventId: string,
  { waitSeconds }: Preferences,
): Promise<void> {
  if (waitSeconds === undefined) return;
  await deps.intake.waitUntilProcessed(eventId, waitSeconds * 1_000, waitSignal(deps.stopping, reply));
}

/** Whether there was a wait for the end of the execution, so that what was read before is to be read again. */
export async function executionAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  execution: { readonly id: ExecutionId; readonly isFinal: boolean },
): Promise<boolean> {
  const { waitSeconds } = applyPreferences(request, reply);
  if (waitSeconds === undefined || execution.isFinal) return false;
  await deps.executions.waitUntilFinal(execution.id, waitSeconds * 1_000, waitSignal(deps.stopping, reply));
  return true;
}

/** As `executionAsPreferred`, for one node of it. */
export async function nodeAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  execution: ExecutionId,
  node: { readonly id: NodeExecutionId; readonly isFinal: boolean },
): Promise<boolean> {
  const { waitSeconds } = applyPreferences(request, reply);
  if (waitSeconds === undefined || node.isFinal) return false;
  const over = AbortSignal.any([waitSignal(deps.stopping, reply), AbortSignal.timeout(waitSeconds * 1_000)]);
  for await (const { nodes } of deps.executions.watch(execution, 0, over)) {
    if (nodes.some(({ id, status }) => id === node.id && isFinal(status))) break;
  }
  return true;
}

/** What a start answers: how it began, or, after a wait, how it stands. */
export async function startedAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  response: PlanExecutionResponse,
): Promise<PlanExecutionResponse> {
  const { planExecution } = response;
  const id = executionId(planExecution.uuid);
  if (!(await executionAsPreferred(deps, request, reply, { id, isFinal: false }))) return response;
  const [head] = await listExecutionHeads(deps.db, [id]);
  if (head === undefined) return response;
  const { status, endedAt } = head;
  return {
    ...response,
    planExecution: {
      ...planExecution,
      status: ENGINE_NAMES[status],
      endTs: endedAt ?? null,
      lastUpdatedAt: endedAt ?? planExecution.lastUpdatedAt,
    },
  };
}
