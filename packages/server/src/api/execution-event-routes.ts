/**
 * Live views of one execution: its changes, and the log of a step. Both are resumable on any replica, by the number of the
 * last event that arrived.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type NodeExecution } from '@bridle/pipeline';
import type { ExecutionChangeEvent } from '@bridle/protocol';
import { Type } from 'typebox';
import type { LogLine } from '../logs/logs.ts';
import { listExecutionsById, listNodeExecutions, type ExecutionRow } from '../store/execution-rows.ts';
import { readNow } from '../store/clock.ts';
import { findTask } from '../store/task-queue-statements.ts';
import { errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { lastEventId, serveEventStream, type EventStream } from './event-stream.ts';
import { whileAllowed } from './stream-rights.ts';
import { getExecution, getNodeExecution } from './execution-routes.ts';
import { graphNodes } from './wire/execution-graph.ts';
import { executionSummary } from './wire/execution-summary.ts';

const tags = ['Live views'];
const config = { account: 'own' } as const;
const ResumeQuery = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  lastEventId: Type.Optional(Type.String({ description: 'As the header Last-Event-ID, for those who cannot set it.' })),
});

/** How long a log that was not closed with its step may still grow; what comes later shows when it is opened again. */
const LATE_LOG_MS = 30_000;

export function executionEventRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/events',
    {
      config,
      // A HEAD would wait for the end of the execution.
      exposeHeadRoute: false,
      schema: {
        summary: 'Changes of an execution, live',
        description:
          'Server-sent events: `change` with the summary and the nodes that changed, its id is the version to resume from; `end` after the final state.',
        tags,
        produces: ['text/event-stream'],
        response: errorAnswers,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: ResumeQuery,
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      const after = lastEventId(request) ?? 0;
      await serveEventStream(request, reply, whileAllowed(deps, request, reply), (stream) =>
        sendChanges(deps, stream, row, after),
      );
    },
  );

  app.get(
    '/bridle/api/executions/:planExecutionId/nodes/:nodeExecutionId/log',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        summary: 'The log of a step, live',
        description:
          'Server-sent events: `line` with number, time and text, its id is the number (0-based) to resume from; `end` when the log is complete.',
        tags,
        produces: ['text/event-stream'],
        response: errorAnswers,
        params: Type.Object({ planExecutionId: Type.String(), nodeExecutionId: Type.String() }),
        querystring: ResumeQuery,
      },
    },
    async (request, reply) => {
      const { planExecutionId, nodeExecutionId } = request.params;
      const row = await getExecution(deps, request, planExecutionId);
      const node = await getNodeExecution(deps, row, nodeExecutionId);
      const after = lastEventId(request) ?? -1;
      await serveEventStream(request, reply, whileAllowed(deps, request, reply), (stream) =>
        sendLog(deps, stream, row, node, after),
      );
    },
  );
}

const END = { event: 'end', data: {} } as const;

async function sendChanges(
  deps: ApiDependencies,
  stream: EventStream,
  row: ExecutionRow,
  after: number,
): Promise<void> {
  // Names in loops and earlier attempts depend on nodes that may have changed long ago.
  const before = after > 0 ? await listNodeExecutions(deps.db, row.id) : [];
  const known = new Map(before.map((node) => [node.id, node]));
  for await (const { version, nodes } of deps.executions.watch(row.id, after, stream.signal)) {
    for (const node of nodes) known.set(node.id, node);
    // The plan, by far the largest part, was read once.
    const [now] = await listExecutionsById(deps.db, [row.id]);
    if (now === undefined) return;
    const data: ExecutionChangeEvent = {
      version,
      pipelineExecutionSummary: executionSummary(now, row.plan),
      nodes: graphNodes({ ...now, plan: row.plan }, nodes, [...known.values()]),
    };
    await stream.send({ event: 'change', id: version, data });
  }
  if (!stream.signal.aborted) await stream.send(END);
}

async function sendLog(
  deps: ApiDependencies,
  stream: EventStream,
  row: ExecutionRow,
  node: NodeExecution,
  after: number,
): Promise<void> {
  const { logKey } = node;
  if (logKey !== undefined) {
    const enough = new AbortController();
    const waiting = AbortSignal.any([stream.signal, enough.signal]);
    await Promise.all([
      sendLines(deps, stream, logKey, after, enough.signal).finally(() => enough.abort()),
      waitForLastLine(deps, row, node, logKey, waiting).then(() => enough.abort()),
    ]);
  }
  if (!stream.signal.aborted) await stream.send(END);
}

async function sendLines(
  { logs }: ApiDependencies,
  stream: EventStream,
  logKey: string,
  after: number,
  enough: AbortSignal,
): Promise<void> {
  for await (const { lines } of logs.tail(logKey, after, stream.signal, enough)) {
    // Many lines in one write: a burst of output costs one system call.
    let events = '';
    for (const line of lines) events += lineEvent(line);
    await stream.write(events);
  }
}

/**
 * A delegate reports the end of a step beside its log: the last lines, or all of them, may come a moment later. The log of a step
 * that no delegate ran to its end may not begin, that of a lost one may not be closed, and an old one may be gone: none of them is
 * waited for for long.
 */
async function waitForLastLine(
  { db, executions, logs }: ApiDependencies,
  row: ExecutionRow,
  node: NodeExecution,
  logKey: string,
  signal: AbortSignal,
): Promise<void> {
  // A service is started once its step is done, and writes until its stage is over: at the latest with the execution.
  const isService = isBackground(row, node);
  const isOver = isService ? isFinal(row.status) : isFinal(node.status);
  if (!isOver) {
    for await (const { nodes } of executions.watch(row.id, row.version, signal)) {
      if (!isService && nodes.some(({ id, status }) => id === node.id && isFinal(status))) break;
    }
  }
  if (signal.aborted) return;
  if ((await logs.info(logKey)) === undefined && (await findTask(db, node.id))?.state !== 'done') return;
  const endedAt = isOver ? (isService ? row.endedAt : node.endedAt) : undefined;
  const left = endedAt === undefined ? LATE_LOG_MS : endedAt + LATE_LOG_MS - (await readNow(db));
  if (left > 0) await sleep(left, undefined, { signal, ref: false }).catch(() => undefined);
}

function isBackground({ plan }: ExecutionRow, { nodeId }: NodeExecution): boolean {
  const step = plan.nodes[nodeId];
  return step?.kind === 'step' && step.stepType === 'Background';
}

/** A `LogLineEvent`, as `formatEvent` would print it; a step may print a million lines a second. */
function lineEvent({ number, time, text }: LogLine): string {
  return `id: ${number}\nevent: line\ndata: {"line":${number},"time":${time},"text":${JSON.stringify(text)}}\n\n`;
}
