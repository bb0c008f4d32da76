/** The log service (api.md §8): tokens, live streams, stored logs, downloads. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { LOG_TOKEN_LIFETIME_MS, sealLogGrant } from '../auth/log-tokens.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound } from './errors.ts';
import { serveEventStream, type EventStream } from './event-stream.ts';
import { logAsJsonLines } from './log-bundle.ts';
import { answers, findLog, logErrorAnswers, logReaderOf, mayRead, tokenReaderOf } from './log-service-access.ts';
import { whileTrue } from './stream-rights.ts';
import { logLine } from './wire/log-line.ts';

const tags = ['Logs'];
/** Checked by the handlers: the rules are not those of the other endpoints. */
const config = { access: 'public' } as const;
const AccountQuery = Type.Object({ accountID: Type.Optional(Type.String()) });
const KeyQuery = Type.Object({ ...AccountQuery.properties, key: Type.String({ minLength: 1 }) });
/** Proxies and clients count on it (api.md §8.2). */
const PING = ': ping\n\n';
const PING_MS = 30_000;
const STREAM_MAX_MS = 3_600_000;
const END = 'event: error\ndata: eof\n\n';

export function logServiceRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/log-service/token',
    {
      config,
      schema: {
        summary: 'A token for the log service, valid for 48 hours',
        tags,
        produces: ['text/plain'],
        querystring: AccountQuery,
        response: logErrorAnswers,
      },
    },
    async (request, reply) => {
      const reader = await tokenReaderOf(deps, request);
      const token = sealLogGrant(deps.signingKey, { ...reader, expiresAt: Date.now() + LOG_TOKEN_LIFETIME_MS });
      return sendText(reply, token);
    },
  );

  app.get(
    '/log-service/stream',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        summary: 'The lines of a log that is being written',
        description:
          'Server-sent events, one per line; `event: error`, `data: eof` at the end, at once for a log that is not being written.',
        tags,
        produces: ['text/event-stream'],
        response: logErrorAnswers,
        querystring: KeyQuery,
      },
    },
    async (request, reply) => {
      const reader = await logReaderOf(deps, request);
      const info = await findLog(deps, reader, request.query.key);
      const isOpen = info !== undefined && info.closedAt === undefined;
      const send = (stream: EventStream): Promise<void> => sendStream(deps, stream, isOpen ? info.key : undefined);
      // Whoever's key is revoked, or who may not view the pipeline any more, reads no further.
      const isAllowed = async (): Promise<boolean> =>
        info === undefined || (await mayRead(deps, await logReaderOf(deps, request), [info]));
      const until = AbortSignal.any([deps.stopping, whileTrue(reply, isAllowed)]);
      await serveEventStream(request, reply, until, send, { ping: PING, pingMs: PING_MS, isBare: true });
    },
  );

  app.get(
    '/log-service/blob',
    {
      config,
      schema: {
        summary: 'A finished log: one JSON object per line',
        tags,
        produces: ['application/x-ndjson'],
        response: logErrorAnswers,
        querystring: KeyQuery,
      },
    },
    async (request, reply) => {
      const reader = await logReaderOf(deps, request);
      const info = await findLog(deps, reader, request.query.key);
      if (info?.closedAt === undefined) throw notFound(`There is no stored log with the key ${request.query.key}.`);
      return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(logAsJsonLines(deps.logs, info.key)));
    },
  );

  app.get(
    '/log-service/blob/exists',
    {
      config,
      schema: {
        summary: 'Whether a finished log is stored',
        tags,
        querystring: KeyQuery,
        response: answers(Type.Boolean()),
      },
    },
    async (request) => {
      const reader = await logReaderOf(deps, request);
      return (await findLog(deps, reader, request.query.key))?.closedAt !== undefined;
    },
  );

  writeRoutes(app, deps);
  app.get(
    '/log-service/healthz',
    {
      config,
      schema: {
        summary: 'Whether the log service answers',
        tags,
        security: [],
        produces: ['text/plain'],
        response: logErrorAnswers,
      },
    },
    async (_request, reply) => sendText(reply, 'OK'),
  );
}

/** Harness's delegates write logs by these. Ours have a way of their own, with fences; nobody else adds to the log of a step. */
function writeRoutes(app: App, deps: ApiDependencies): void {
  const refusals = [
    ['POST', '/stream'],
    ['PUT', '/stream'],
    ['DELETE', '/stream'],
    ['POST', '/blob'],
    ['DELETE', '/blob'],
    ['POST', '/blob/link/upload'],
  ] as const;
  for (const [method, path] of refusals) {
    app.route({
      method,
      url: `/log-service${path}`,
      config: { ...config, body: 'bytes' },
      schema: {
        summary: 'Refused: logs are written by the delegate that runs the step',
        tags,
        querystring: AccountQuery,
        response: logErrorAnswers,
      },
      handler: async (request) => {
        await logReaderOf(deps, request);
        throw new ApiError(
          'NG_ACCESS_DENIED',
          'Logs are written by the delegate that runs the step, and by nobody else.',
        );
      },
    });
  }
}

async function sendStream({ logs }: ApiDependencies, stream: EventStream, key: string | undefined): Promise<void> {
  if (key !== undefined) {
    const signal = AbortSignal.any([stream.signal, AbortSignal.timeout(STREAM_MAX_MS)]);
    for await (const { lines } of logs.tail(key, -1, signal)) {
      await stream.write(lines.map((line) => `data: ${JSON.stringify(logLine(line))}\n\n`).join(''));
    }
  }
  if (!stream.signal.aborted) await stream.write(END);
}

function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text);
}
