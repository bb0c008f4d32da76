/** Links of the log service (api.md §8.2): to one log, and to an archive of all logs below a prefix. They need no key. */
import { Readable } from 'node:stream';
import { LogDownload, LogLink } from '@bridle/protocol';
import { Type } from 'typebox';
import { LOG_LINK_LIFETIME_MS, openLogGrant, sealLogGrant } from '../auth/log-tokens.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound, RequestError } from './errors.ts';
import { bundleOf, fitsBundle, listLogsBelow, logAsJsonLines } from './log-bundle.ts';
import { answers, findLog, logErrorAnswers, logReaderOf, readerOf, requireReadable } from './log-service-access.ts';

const tags = ['Logs'];
/** Checked by the handlers: the rules are not those of the other endpoints. */
const config = { access: 'public' } as const;
const AccountQuery = Type.Object({ accountID: Type.Optional(Type.String()) });
const KeyQuery = Type.Object({ ...AccountQuery.properties, key: Type.String({ minLength: 1 }) });
const PrefixQuery = Type.Object({ ...AccountQuery.properties, prefix: Type.Optional(Type.String()) });

export function logServiceDownloadRoutes(app: App, deps: ApiDependencies): void {
  linkRoutes(app, deps);
  archiveRoutes(app, deps);
}

function linkRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/log-service/blob/link/download',
    {
      config: { ...config, body: 'bytes' },
      schema: {
        summary: 'A link to a finished log that needs no key',
        description: 'It works for an hour, and leads to one JSON object per line.',
        tags,
        querystring: KeyQuery,
        response: answers(LogLink),
      },
    },
    async (request) => {
      const reader = await logReaderOf(deps, request);
      const { key } = request.query;
      if ((await findLog(deps, reader, key))?.closedAt === undefined)
        throw notFound(`There is no stored log with the key ${key}.`);
      const expiresAt = Date.now() + LOG_LINK_LIFETIME_MS;
      const grant = sealLogGrant(deps.signingKey, { ...reader, prefix: key, expiresAt });
      const link = `${deps.publicUrl()}/gateway/log-service/blob/shared/log.jsonl?grant=${grant}`;
      return { link, expires: new Date(expiresAt).toISOString() };
    },
  );

  app.get(
    '/log-service/blob/shared/log.jsonl',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        summary: 'What a link to a log leads to',
        tags,
        security: [],
        produces: ['application/x-ndjson'],
        response: logErrorAnswers,
        querystring: Type.Object({ grant: Type.String() }),
      },
    },
    async (request, reply) => {
      const grant = openLogGrant(deps.signingKey, request.query.grant, Date.now());
      if (grant?.prefix === undefined)
        throw new ApiError('INVALID_TOKEN', 'This download link is not valid or has expired. Ask for a new one.');
      const info = await findLog(deps, readerOf(grant), grant.prefix);
      if (info === undefined) throw notFound(`There is no stored log with the key ${grant.prefix}.`);
      return reply
        .type('application/x-ndjson; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(Readable.from(logAsJsonLines(deps.logs, info.key)));
    },
  );
}

function archiveRoutes(app: App, deps: ApiDependencies): void {
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
      const reader = await logReaderOf(deps, request);
      const { prefix = '' } = request.query;
      if (prefix === '') throw notFound('cannot list files for prefix: the query names none');
      const infos = await listLogsBelow(deps.logs, reader.accountId, prefix);
      if (infos.length === 0) throw notFound(`cannot list files for prefix ${prefix}`);
      await requireReadable(deps, reader, infos);
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
      const grant = sealLogGrant(deps.signingKey, { ...reader, prefix, expiresAt });
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
        response: logErrorAnswers,
        querystring: Type.Object({ grant: Type.String() }),
      },
    },
    async (request, reply) => {
      const grant = openLogGrant(deps.signingKey, request.query.grant, Date.now());
      if (grant?.prefix === undefined)
        throw new ApiError('INVALID_TOKEN', 'This download link is not valid or has expired. Ask for a new one.');
      const infos = await listLogsBelow(deps.logs, grant.accountId, grant.prefix);
      await requireReadable(deps, readerOf(grant), infos);
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
