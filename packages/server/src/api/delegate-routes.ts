/**
 * The delegates' side of the server: `protocol/src/delegate.ts` over `Dispatch` and `Logs`. Authenticated by delegate tokens
 * alone; 410 tells a process to register again, 409 that its report is out of date.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  CompleteRequest,
  HeartbeatRequest,
  LeaveRequest,
  LogsRequest,
  PollRequest,
  RegisterRequest,
  StartedRequest,
} from '@bridle/protocol';
import type { Answer, Dispatch, TokenScope } from '../dispatch/dispatch.ts';
import { ERRAND_LOG_PREFIX } from '../dispatch/errands.ts';
import { decodeChunks } from '../logs/decode-chunks.ts';
import type { LogChunk, Logs } from '../logs/logs.ts';
import type { App } from './app-types.ts';
import { readLogBatch } from './log-batch.ts';
import { channelOf } from './delegate-channel.ts';

/** A report with the largest outputs, or a batch of logs (base64) with its line times. */
const LARGE_BODY_BYTES_MAX = 12_582_912;
const SMALL_BODY_BYTES_MAX = 1_048_576;
const BEARER = /^Bearer +(\S+) *$/i;

const DelegateParams = Type.Object({ delegateId: Type.String({ maxLength: 64 }) });
const TaskParams = Type.Object({ delegateId: Type.String({ maxLength: 64 }), taskId: Type.String({ maxLength: 64 }) });

const SMALL = { bodyLimit: SMALL_BODY_BYTES_MAX, config: { access: 'public' } } as const;
const LARGE = { bodyLimit: LARGE_BODY_BYTES_MAX, config: { access: 'public' } } as const;

export interface DelegateRoutesOptions {
  readonly dispatch: Dispatch;
  readonly logs: Logs;
  /** Plaintext of secrets may go over plain HTTP to other machines. */
  readonly arePlainHttpSecretsAllowed?: boolean;
  /** Bytes of one step's log. */
  readonly logBytesMax?: number | undefined;
}

/** Registers the routes under `/delegate/api`. They are between server and delegate, and not part of the documented API. */
export function registerDelegateRoutes(app: App, options: DelegateRoutesOptions): void {
  const { dispatch, logs, arePlainHttpSecretsAllowed = false, logBytesMax } = options;
  const hidden = { hide: true } as const;

  app.post(
    '/delegate/api/register',
    { ...SMALL, schema: { ...hidden, body: RegisterRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, async (token) => {
        const answer = await dispatch.register(token, request.body);
        if (answer.kind !== 'ok') return answer;
        const limit = logBytesMax === undefined ? {} : { logBytesMax };
        return { kind: 'ok', body: { ...answer.body, logBatches: true, ...limit } };
      }),
  );

  app.post(
    '/delegate/api/:delegateId/poll',
    { ...SMALL, schema: { ...hidden, params: DelegateParams, body: PollRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) =>
        dispatch.poll(
          token,
          request.params.delegateId,
          request.body,
          closedBeforeAnswer(reply),
          channelOf(request, arePlainHttpSecretsAllowed),
        ),
      ),
  );

  app.post(
    '/delegate/api/:delegateId/heartbeat',
    { ...SMALL, schema: { ...hidden, params: DelegateParams, body: HeartbeatRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) =>
        dispatch.heartbeat(token, request.params.delegateId, request.body),
      ),
  );

  app.post(
    '/delegate/api/:delegateId/tasks/:taskId/started',
    { ...SMALL, schema: { ...hidden, params: TaskParams, body: StartedRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) =>
        dispatch.started(token, request.params.delegateId, request.params.taskId, request.body),
      ),
  );

  app.post(
    '/delegate/api/:delegateId/tasks/:taskId/complete',
    { ...LARGE, schema: { ...hidden, params: TaskParams, body: CompleteRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) =>
        dispatch.complete(token, request.params.delegateId, request.params.taskId, request.body),
      ),
  );

  app.post(
    '/delegate/api/:delegateId/logs',
    { ...LARGE, schema: { ...hidden, params: DelegateParams, body: LogsRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, async (token) => {
        const decoded = decodeChunks(request.body.chunks);
        if (decoded.kind === 'invalid') return decoded;
        const { incarnation } = request.body;
        return appendLogs(
          dispatch,
          logs,
          token,
          { delegateId: request.params.delegateId, incarnation },
          decoded.chunks,
        );
      }),
  );

  app.post(
    '/delegate/api/:delegateId/logs/batch',
    {
      bodyLimit: LARGE_BODY_BYTES_MAX,
      config: { ...LARGE.config, body: 'bytes' },
      schema: { ...hidden, params: DelegateParams },
    },
    async (request, reply) =>
      withToken(dispatch, request, reply, async (token) => {
        const batch = Buffer.isBuffer(request.body) ? readLogBatch(request.body) : undefined;
        if (batch === undefined) return { kind: 'invalid', message: 'The body is not a batch of logs.' };
        const { incarnation, chunks } = batch;
        return appendLogs(dispatch, logs, token, { delegateId: request.params.delegateId, incarnation }, chunks);
      }),
  );

  app.post(
    '/delegate/api/:delegateId/leave',
    { ...SMALL, schema: { ...hidden, params: DelegateParams, body: LeaveRequest } },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) => dispatch.leave(token, request.params.delegateId, request.body)),
  );
}

/** Answers as the delegate's protocol has it; 401 without a token that counts. */
export async function withToken(
  dispatch: Dispatch,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: (token: TokenScope) => Promise<Answer<unknown>>,
): Promise<FastifyReply> {
  const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer === undefined ? undefined : await dispatch.authenticate(bearer);
  if (token === undefined)
    return reply.status(401).send({ message: 'The delegate token is missing, unknown or revoked.' });
  const answer = await handle(token);
  switch (answer.kind) {
    case 'ok':
      return reply.send(answer.body);
    case 'gone':
      return reply.status(410).send({ message: 'This delegate process is not registered (any more). Register again.' });
    case 'stale':
      return reply.status(409).send({ message: answer.message });
    case 'outdated':
      return reply.status(426).send({ message: answer.message });
    case 'invalid':
      return reply.status(400).send({ message: answer.message });
  }
}

async function appendLogs(
  dispatch: Dispatch,
  logs: Logs,
  token: TokenScope,
  delegate: { readonly delegateId: string; readonly incarnation: string },
  chunks: readonly LogChunk[],
): Promise<Answer<unknown>> {
  const isRegistered = await dispatch.isRegistered(token, delegate.delegateId, delegate.incarnation);
  // A process that is gone has left the rest of its logs to others (L5): they send it in its name.
  const isOfThePast = !isRegistered && chunks.length > 0 && (await dispatch.isOfAccount(token, delegate.delegateId));
  if (!isRegistered && !isOfThePast) return { kind: 'gone' };
  // What an errand says is in its outcome: its log is taken and not kept.
  const isOfErrand = ({ logKey }: LogChunk): boolean => logKey.startsWith(ERRAND_LOG_PREFIX);
  const result = await logs.append(
    delegate,
    chunks.filter((chunk) => !isOfErrand(chunk)),
  );
  if (result.kind === 'stale' && isOfThePast) return { kind: 'gone' };
  if (result.kind !== 'received') return result;
  const received: Record<string, number> = { ...result.received };
  for (const { logKey, byteOffset, content } of chunks.filter(isOfErrand))
    received[logKey] = byteOffset + content.length;
  return { kind: 'ok', body: { received } };
}

/** Aborts when the connection ends before the answer is out. */
function closedBeforeAnswer(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const look = (): void => {
    if (!reply.raw.writableFinished) controller.abort();
  };
  if (reply.raw.closed) look();
  else reply.raw.once('close', look);
  return controller.signal;
}
