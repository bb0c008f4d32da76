/** What the log service tells about itself, and what it is asked for and does not do (api.md §8.2). */
import { LogStreams } from '@bridle/protocol';
import { Type } from 'typebox';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { answers, logErrorAnswers, logReaderOf, readableOf } from './log-service-access.ts';

const tags = ['Logs'];
/** Checked by the handlers: the rules are not those of the other endpoints. */
const config = { access: 'public' } as const;
const AccountQuery = Type.Object({ accountID: Type.Optional(Type.String()) });
/** Streams of one answer (P1): the oldest come first, which are those that somebody looks for. */
const STREAMS_MAX = 1_000;
/** The log service's word for what it does not count. */
const NOT_COUNTED = -1;

export function logOperationRoutes(app: App, deps: ApiDependencies): void {
  for (const url of ['/log-service/stream/info', '/log-service/info/stream']) {
    app.get(
      url,
      {
        config,
        schema: {
          summary: 'The logs that are being written, of pipelines that the caller may view',
          description: `Of the oldest ${STREAMS_MAX} that the account has. A stream's size is in lines; its readers are not counted and its end is not known (-1).`,
          tags,
          querystring: AccountQuery,
          response: answers(LogStreams),
        },
      },
      async (request) => {
        const reader = await logReaderOf(deps, request);
        const open = await deps.logs.listOpen(reader.accountId, STREAMS_MAX);
        const shown = await readableOf(deps, reader, open);
        const stats = { subscribers: NOT_COUNTED, ttl: String(NOT_COUNTED) };
        return { streams: Object.fromEntries(shown.map(({ key, lines }) => [key, { size: lines, ...stats }])) };
      },
    );
  }

  app.post(
    '/log-service/rca',
    {
      // Whatever it says: it is not looked at.
      config: { ...config, body: 'bytes' },
      schema: {
        summary: 'Refused: no language model reads logs here',
        tags,
        querystring: AccountQuery,
        response: logErrorAnswers,
      },
    },
    async (request) => {
      await logReaderOf(deps, request);
      throw invalidRequest(
        "Bridle has no language model that could say why a step failed. What the step said itself is in failureInfo of the execution's details, and its log can be searched.",
      );
    },
  );
}
