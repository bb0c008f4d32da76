/** What can be asked of logs answers the same before and after they went into files. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DelegateTask } from '@bridle/protocol';
import { ACCOUNT, createTestApp, LOG_TIME, type Answer, type TestApp } from './test-app.ts';

const time = new Date(LOG_TIME).toISOString();
/** Enough to be worth a file. */
const LINES = [
  '::group::Install',
  '\u001B[32madded\u001B[0m 12 packages',
  ...Array.from({ length: 5_000 }, (_, index) => `module ${index} … \u001B[1mok\u001B[0m`),
  '::endgroup::',
  ' 10 %\r100 %',
  'Error: [expected] 1',
];

let server: TestApp;
let executionId: string;
let task: DelegateTask;

beforeAll(async () => {
  server = await createTestApp();
  const started = await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  executionId = (started.body.data as unknown as { planExecution: { uuid: string } }).planExecution.uuid;
  task = await server.startTask();
  await server.writeLog(task, LINES.join('\n'), true);
});

afterAll(async () => {
  await server.close();
});

interface Match {
  readonly line: number;
  readonly excerpt: string;
  readonly start: number;
  readonly end: number;
}
interface Found {
  readonly matches: readonly Match[];
  readonly cursor?: string;
}

const search = async (query: Record<string, string>, what = `/nodes/${task.taskId}`): Promise<Found> => {
  const answer = await server.call('GET', `/bridle/api/executions/${executionId}${what}/log/search`, { query });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Found;
};
const download = (format: string): Promise<Answer> =>
  server.call('GET', `/bridle/api/executions/${executionId}/nodes/${task.taskId}/log/download`, { query: { format } });
const service = (path: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE' = 'GET'): Promise<Answer> =>
  server.call(method, `/gateway/log-service${path}`, { query: { accountID: ACCOUNT, key: task.logKey } });

describe.each(['in the database', 'in a file'])('a log %s', (where) => {
  beforeAll(async () => {
    if (where === 'in a file') await server.fileLogs();
    const chunks = await server.database.db.selectFrom('log_chunks').select('byte_offset').execute();
    expect(chunks.length > 0).toBe(where === 'in the database');
  });

  it('is searched as it reads', async () => {
    const { matches, cursor } = await search({ query: 'module 17 … ok' });
    expect(matches).toEqual([
      {
        nodeExecutionId: task.taskId,
        logKey: task.logKey,
        line: 19,
        time: LOG_TIME,
        excerpt: 'module 17 … ok',
        start: 0,
        end: 14,
      },
    ]);
    expect(cursor).toBeUndefined();
    expect((await search({ query: 'ERROR' })).matches).toHaveLength(1);
    expect((await search({ query: 'ERROR', caseSensitive: 'true' })).matches).toHaveLength(0);
    expect((await search({ query: String.raw`^module \d{4} `, regex: 'true', limit: '1000' })).cursor).toBeDefined();
  });

  it('is searched page by page, with all logs of the execution', async () => {
    const lines: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await search({ query: 'module', limit: '900', ...(cursor === undefined ? {} : { cursor }) }, '');
      lines.push(...page.matches.map(({ line }) => line));
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(lines).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 2));
  });

  it.each([
    [{ query: '(', regex: 'true' }, 'This is no pattern'],
    [{ query: 'x', cursor: 'nonsense' }, 'The cursor is none'],
  ])('a search for %j is refused', async (query, message) => {
    const path = `/bridle/api/executions/${executionId}/nodes/${task.taskId}/log/search`;
    const answer = await server.call('GET', path, { query });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('is downloaded as text, with colours, and as JSON lines', async () => {
    const text = await download('text');
    expect(text.headers['content-disposition']).toBe('attachment; filename="greet.txt"');
    const plain = text.text.split('\n');
    expect([plain.length, plain[1], plain[2], plain.at(-3)]).toEqual([
      LINES.length + 1,
      'added 12 packages',
      'module 0 … ok',
      '100 %',
    ]);
    const ansi = await download('ansi');
    expect([ansi.text, ansi.headers['content-type']]).toEqual([LINES.join('\n'), 'application/octet-stream']);
    const json = (await download('ndjson')).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(json).toHaveLength(LINES.length);
    expect(json[0]).toEqual({ line: 0, time, text: '::group::Install', group: 'Install' });
    expect(json[1]).toEqual({ line: 1, time, text: '\u001B[32madded\u001B[0m 12 packages' });
    expect((await download('pdf')).status).toBe(400);
  });

  it('is what the log service answers', async () => {
    const blob = await service('/blob');
    expect(blob.text.trimEnd().split('\n')).toHaveLength(LINES.length);
    expect((await service('/blob/exists')).text).toBe('true');
    const link = await service('/blob/link/download', 'POST');
    expect(Date.parse(String(link.body['expires']))).toBeGreaterThan(Date.now());
    const url = new URL(String(link.body['link']));
    const shared = await server.call('GET', url.pathname, {
      isPublic: true,
      query: { grant: url.searchParams.get('grant') ?? '' },
    });
    expect(shared.text).toBe(blob.text);
    expect((await server.call('GET', url.pathname, { isPublic: true, query: { grant: 'x.y' } })).status).toBe(401);
  });
});

describe('the log service', () => {
  it.each([
    ['POST', '/stream'],
    ['PUT', '/stream'],
    ['DELETE', '/stream'],
    ['POST', '/blob'],
    ['DELETE', '/blob'],
    ['POST', '/blob/link/upload'],
  ] as const)('takes no log by %s %s, and says so in its own form', async (method, path) => {
    const answer = await service(path, method);
    expect([answer.status, answer.body['error_msg']]).toEqual([403, expect.stringContaining('nobody else')]);
    expect(
      (await server.call(method, `/log-service${path}`, { isPublic: true, query: { accountID: ACCOUNT } })).status,
    ).toBe(400);
  });

  it('has a health check, and links only to what is there', async () => {
    expect((await service('/healthz')).text).toBe('OK');
    const answer = await server.call('POST', '/log-service/blob/link/download', {
      query: { accountID: ACCOUNT, key: 'nothing' },
    });
    expect([answer.status, answer.body['error_msg']]).toEqual([404, expect.stringContaining('nothing')]);
  });
});
