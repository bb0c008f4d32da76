/** The log of one step, by Bridle's own interface or by the log service that Harness has too. */
import { isApiError } from '../errors.ts';
import type { CallOptions } from '../http/transport.ts';
import { isFinal } from '../statuses.ts';
import type { ExecutionNode, LogLine, LogLineEvent } from '../wire/schemas.ts';
import { NoStreamError, readStream } from './event-stream.ts';
import type { Live } from './live.ts';

export interface NodeLogLine {
  /** 0-based. */
  readonly line: number;
  /** Epoch milliseconds; undefined of a step that still runs when its log is not followed. */
  readonly time: number | undefined;
  /** Without its line end. */
  readonly text: string;
}

/** The lines there are. Of a step that has ended these are all: the last of them may take a moment to arrive. */
export async function* readStoredLog(
  live: Live,
  planExecutionId: string,
  node: ExecutionNode,
  options: CallOptions,
): AsyncGenerator<NodeLogLine> {
  const stored = await openBlob(live, node, options);
  if (stored !== undefined) {
    for await (const text of linesOf(stored)) if (text !== '') yield parseLine(text);
    return;
  }
  if (isFinal(node.status)) yield* followLog(live, planExecutionId, node, Promise.resolve(), options);
  else yield* readRawLog(live, planExecutionId, node, options);
}

/** Lines as they are written, up to the last one. `ended` resolves when the step has ended. */
export async function* followLog(
  live: Live,
  planExecutionId: string,
  node: ExecutionNode,
  ended: Promise<void>,
  options: CallOptions,
): AsyncGenerator<NodeLogLine> {
  if (live.hasStreams !== false) {
    const path = `/bridle/api/executions/${encodeURIComponent(planExecutionId)}/nodes/${encodeURIComponent(node.uuid)}/log`;
    try {
      for await (const { event, data } of readStream(live.transport, { path }, options)) {
        if (event === 'line') yield JSON.parse(data) as LogLineEvent;
      }
      return;
    } catch (error) {
      if (!(error instanceof NoStreamError)) throw error;
    }
  }
  await ended;
  options.signal?.throwIfAborted();
  const stored = await openBlob(live, node, options);
  if (stored === undefined) return;
  for await (const text of linesOf(stored)) if (text !== '') yield parseLine(text);
}

/** Undefined: there is no finished log of that name. */
async function openBlob({ transport }: Live, node: ExecutionNode, options: CallOptions): Promise<Response | undefined> {
  const token = await transport.data({ method: 'GET', path: '/log-service/token' }, options);
  try {
    return await transport.response(
      { method: 'GET', path: '/log-service/blob', query: { key: node.logBaseKey } },
      { ...options, headers: { ...options.headers, 'x-harness-token': String(token) } },
    );
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Of a step that still runs. Only Bridle has it. */
async function* readRawLog(
  { transport }: Live,
  planExecutionId: string,
  node: ExecutionNode,
  options: CallOptions,
): AsyncGenerator<NodeLogLine> {
  const path = `/bridle/api/executions/${encodeURIComponent(planExecutionId)}/nodes/${encodeURIComponent(node.uuid)}/log/raw`;
  let response: Response;
  try {
    response = await transport.response({ method: 'GET', path }, options);
  } catch (error) {
    if (isApiError(error, 404)) return;
    throw error;
  }
  let line = 0;
  for await (const text of linesOf(response)) yield { line: line++, time: undefined, text };
}

/** Without their ends; what follows the last one is a line if it is anything. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const lines = (rest + decoder.decode(piece.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseLine(text: string): NodeLogLine {
  const { pos, out, time } = JSON.parse(text) as LogLine;
  return { line: pos, time: Date.parse(time), text: out.replace(/\r?\n$/, '') };
}
