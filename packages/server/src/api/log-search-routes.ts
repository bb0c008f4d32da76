/** Search in the logs of a step and of an execution. */
import { LogSearchAnswer } from '@bridle/protocol';
import { Type, type Static } from 'typebox';
import type { LogInfo, LogPlace } from '../logs/logs.ts';
import { LogQueryError, SEARCH_MATCHES_MAX, SEARCH_TEXT_LENGTH_MAX } from '../logs/search-log.ts';
import { answers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getExecution, getNodeExecution } from './execution-routes.ts';

const LOGS_MAX = 10_000;
const MATCHES_DEFAULT = 100;
const config = { account: 'own' } as const;
const tags = ['Logs'];

const Query = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  query: Type.String({ minLength: 1, maxLength: SEARCH_TEXT_LENGTH_MAX }),
  regex: Type.Optional(Type.Boolean({ description: 'The query is a pattern in the syntax of RE2.' })),
  caseSensitive: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: SEARCH_MATCHES_MAX })),
  cursor: Type.Optional(Type.String({ maxLength: 4_096, description: '`cursor` of the answer before.' })),
});

const description =
  'Lines are searched as they are read, without escape sequences; the first match of a line is told. One call looks at a part of a large log: as long as the answer has a `cursor`, there may be more.';

export function logSearchRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/nodes/:nodeExecutionId/log/search',
    {
      config,
      schema: {
        summary: 'Search in the log of a step',
        description,
        tags,
        params: Type.Object({ planExecutionId: Type.String(), nodeExecutionId: Type.String() }),
        querystring: Query,
        response: answers(LogSearchAnswer),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      const { logKey } = await getNodeExecution(deps, row, request.params.nodeExecutionId);
      const log = logKey === undefined ? undefined : await deps.logs.info(logKey);
      return await search(deps, log === undefined ? [] : [log], request.query);
    },
  );

  app.get(
    '/bridle/api/executions/:planExecutionId/log/search',
    {
      config,
      schema: {
        summary: 'Search in all logs of an execution',
        description,
        tags,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: Query,
        response: answers(LogSearchAnswer),
      },
    },
    async (request) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      return await search(deps, await deps.logs.listOfExecution(row.id, LOGS_MAX), request.query);
    },
  );
}

async function search(
  { logs }: ApiDependencies,
  infos: readonly LogInfo[],
  { query, regex = false, caseSensitive = false, limit = MATCHES_DEFAULT, cursor }: Static<typeof Query>,
): Promise<LogSearchAnswer> {
  const from = cursor === undefined ? undefined : openCursor(cursor);
  try {
    const { matches, next } = await logs.search(infos, {
      text: query,
      isRegex: regex,
      isCaseSensitive: caseSensitive,
      matchesMax: limit,
      ...(from === undefined ? {} : { from }),
    });
    return {
      matches: matches.map(({ log, ...match }) => ({
        nodeExecutionId: log.nodeExecutionId,
        logKey: log.key,
        ...match,
      })),
      ...(next === undefined
        ? {}
        : { cursor: Buffer.from(JSON.stringify([next.key, next.line])).toString('base64url') }),
    };
  } catch (error) {
    if (error instanceof LogQueryError) throw invalidRequest(error.message);
    throw error;
  }
}

function openCursor(cursor: string): LogPlace {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place) && typeof place[0] === 'string' && Number.isSafeInteger(place[1]) && Number(place[1]) >= 0)
      return { key: place[0], line: Number(place[1]) };
  } catch {
    // Told below.
  }
  throw invalidRequest('The cursor is none that a search has answered.');
}
