/** The log service (api.md §8): tokens, live streams, stored logs, downloads. */
import { Readable } from 'node:stream';
import { LogDownload, LogServiceError } from '@bridle/protocol';
import type { FastifyReply } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { LOG_LINK_LIFETIME_MS, LOG_TOKEN_LIFETIME_MS, openLogGrant, sealLogGrant } from '../auth/log-tokens.ts';
import type { LogInfo } from '../logs/logs.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound, RequestError } from './errors.ts';
import { serveEventStream, type EventStream } from './event-stream.ts';
import { bundleOf, fitsBundle, listLogsBelow, logAsJsonLines } from './log-bundle.ts';
import { logAccountOf, tokenAccountOf } from './log-service-access.ts';
import { logLine } from './wire/log-line.ts';

const tags = ['Logs'];
/** Checked by the handlers: the rules are not those of the other endpoints. */
const config = { access: 'public' } as const;
const AccountQuery = Type.Object({ accountID: Type.Optional(Type.String()) });
const KeyQuery = Type.Object({ ...AccountQuery.properties, key: Type.String({ minLength: 1 }) });
const PrefixQuery = Type.Object({ ...AccountQuery.properties, prefix: Type.Optional(Type.String()) });
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
        querystring: AccountQuery,
        response: answers(Type.String()),
      },
    },
    async (request, reply) => {
      const accountId = await tokenAccountOf(deps, request);
      const token = sealLogGrant(deps.signingKey, { accountId, expiresAt: Date.now() + LOG_TOKEN_LIFETIME_MS });
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
        querystring: KeyQuery,
      },
    },
    async (request, reply) => {
      const accountId = await logAccountOf(deps, request);
      const info = await findLog(deps, accountId, request.query.key);
      const isOpen = info !== undefined && info.closedAt === undefined;
      const send = (stream: EventStream): Promise<void> => sendStream(deps, stream, isOpen ? info.key : undefined);
      await serveEventStream(request, reply, deps.stopping, send, { ping: PING, pingMs: PING_MS, isBare: true });
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
        querystring: KeyQuery,
      },
    },
    async (request, reply) => {
      const accountId = await logAccountOf(deps, request);
      const info = await findLog(deps, accountId, request.query.key);
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
      const accountId = await logAccountOf(deps, request);
      return (await findLog(deps, accountId, request.query.key))?.closedAt !== undefined;
    },
  );

  downloadRoutes(app, deps);
}

function downloadRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/log-service/blob/download',
    {
      config: { ...config, body: 'bytes' },
      schema: {
        summary: 'A link to an archive of all logs below a prefix',
        description:
          'The prefix is the `logBaseKey` of a step, or its beginning up to the run sequence. The link works for an hour, without a key.',
        tags,
        querystring: PrefixQuery,
        response: answers(LogDownload),
      },
    },
    async (request) => {
      const accountId = await logAccountOf(deps, request);
      const { prefix = '' } = request.query;
      if (prefix === '') throw notFound('cannot list files for prefix: the query names none');
      const infos = await listLogsBelow(deps.logs, accountId, prefix);
      if (infos.length === 0) throw notFound(`cannot list files for prefix ${prefix}`);
      const expiresAt = Date.now() + LOG_LINK_LIFETIME_MS;
      const expires = new Date(expiresAt).toISOString();
      if (!fitsBundle(infos)) {
        return {
          link: '',
          status: 'error' as const,
          expires,
          message: 'These logs are too large for one archive. Ask for the steps one by one.',
        };
      }
      const grant = sealLogGrant(deps.signingKey, { accountId, prefix, expiresAt });
      const link = `${deps.publicUrl()}/gateway/log-service/blob/bundle/logs.zip?grant=${grant}`;
      return { link, status: 'success' as const, expires, message: '' };
    },
  );

  app.get(
    '/log-service/blob/bundle/logs.zip',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        summary: 'What a download link leads to',
        tags,
        security: [],
        produces: ['application/zip'],
        querystring: Type.Object({ grant: Type.String() }),
      },
    },
    async (request, reply) => {
      const grant = openLogGrant(deps.signingKey, request.query.grant, Date.now());
      if (grant?.prefix === undefined)
        throw new ApiError('INVALID_TOKEN', 'This download link is not valid or has expired. Ask for a new one.');
      const infos = await listLogsBelow(deps.logs, grant.accountId, grant.prefix);
      if (!fitsBundle(infos))
        throw new RequestError(
          'INVALID_REQUEST',
          'The logs have become too large for one archive. Ask for the steps one by one.',
        );
      return reply
        .type('application/zip')
        .header('content-disposition', 'attachment; filename="logs.zip"')
        .header('cache-control', 'no-store')
        .send(Readable.from(bundleOf(deps.logs, infos)));
    },
  );
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

/** A log of another account is not there. */
async function findLog({ logs }: ApiDependencies, accountId: string, key: string): Promise<LogInfo | undefined> {
  const info = await logs.info(key);
  return info?.accountId === accountId ? info : undefined;
}

function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text);
}

/** Errors have the log service's shape. */
function answers<T extends TSchema>(ok: T): { 200: T; '4xx': typeof LogServiceError; '5xx': typeof LogServiceError } {
  return { 200: ok, '4xx': LogServiceError, '5xx': LogServiceError };
}
