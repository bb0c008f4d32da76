/** The log of a step as a file: for people as text, for terminals with its colours, for programs as JSON lines. */
import { Readable } from 'node:stream';
import { groupsOf, plainLine } from '@bridle/text';
import { Type } from 'typebox';
import type { LogLine, Logs } from '../logs/logs.ts';
import { errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getExecution, getNodeExecution } from './execution-routes.ts';

const FORMATS = {
  text: { type: 'text/plain; charset=utf-8', extension: 'txt' },
  ansi: { type: 'application/octet-stream', extension: 'log' },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', extension: 'jsonl' },
} as const;

export function logDownloadRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/nodes/:nodeExecutionId/log/download',
    {
      config: { account: 'own' },
      schema: {
        summary: 'The log of a step as a file',
        description:
          '`text`: as it reads in the end, without escape sequences; `ansi`: byte for byte; `ndjson`: one object per line with number, time and text, and with the title of each group that begins there. Of a running step what there is so far.',
        tags: ['Logs'],
        produces: Object.values(FORMATS).map(({ type }) => type),
        response: errorAnswers,
        params: Type.Object({ planExecutionId: Type.String(), nodeExecutionId: Type.String() }),
        querystring: Type.Object({
          accountIdentifier: Type.Optional(Type.String()),
          format: Type.Enum(['text', 'ansi', 'ndjson'], { default: 'text' }),
        }),
      },
    },
    async (request, reply) => {
      const { format } = request.query;
      const row = await getExecution(deps, request, request.params.planExecutionId);
      const { logKey, nodeId } = await getNodeExecution(deps, row, request.params.nodeExecutionId);
      const step = row.plan.nodes[nodeId]?.identifier ?? 'step';
      const { type, extension } = FORMATS[format];
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="${step}.${extension}"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(logKey === undefined ? [] : contentOf(deps.logs, logKey, format), { objectMode: false }));
    },
  );
}

function contentOf(logs: Logs, key: string, format: keyof typeof FORMATS): AsyncIterable<Buffer> {
  switch (format) {
    case 'ansi':
      return logs.readBytes(key);
    case 'text':
      return inPages(logs, key, (lines) => lines.map(({ text }) => `${plainLine(text)}\n`).join(''));
    case 'ndjson':
      return inPages(logs, key, jsonLines);
  }
}

/** The lines there are when it is asked for: a log that still grows must not keep the download open for ever. */
async function* inPages(logs: Logs, key: string, print: (lines: readonly LogLine[]) => string): AsyncGenerator<Buffer> {
  const linesMax = (await logs.info(key))?.lines ?? 0;
  for (let fromLine: number | undefined = 0; fromLine !== undefined && fromLine < linesMax;) {
    const page = await logs.read(key, { fromLine });
    if (page === undefined) return;
    yield Buffer.from(print(page.lines.filter(({ number }) => number < linesMax)));
    fromLine = page.nextLine;
  }
}

function jsonLines(lines: readonly LogLine[]): string {
  const first = lines[0]?.number ?? 0;
  const titles = new Map(
    groupsOf(
      lines.map(({ text }) => text),
      first,
    ).map(({ from, title }) => [from, title]),
  );
  return lines
    .map(({ number, time, text, isCut }) => {
      const group = titles.get(number);
      const line = { line: number, time: new Date(time).toISOString(), text };
      return `${JSON.stringify({ ...line, ...(isCut === true ? { cut: true } : {}), ...(group === undefined ? {} : { group }) })}\n`;
    })
    .join('');
}
