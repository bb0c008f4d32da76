import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DelegateTask } from '@bridle/protocol';
import { ACCOUNT, createTestApp, LOG_TIME, PUBLIC_URL, type Answer, type Call, type TestApp } from './test-app.ts';
import { openTestEventStream } from './test-event-stream.ts';
import { addUser } from './test-principals.ts';

let server: TestApp;
let base: string;
/** Its log has two lines and is closed; the step still runs. */
let task: DelegateTask;

beforeAll(async () => {
  server = await createTestApp();
  base = await server.app.listen({ port: 0, host: '127.0.0.1' });
  await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  task = await server.startTask();
  await server.writeLog(task, 'hello\n"\u001B[1mworld', true);
});

afterAll(async () => {
  await server.close();
});

const ask = (path: string, call: Call = {}, method: 'GET' | 'POST' = 'GET'): Promise<Answer> =>
  server.call(method, `/log-service${path}`, { ...call, query: { accountID: ACCOUNT, ...call.query } });

const LINES = [
  { level: 'INFO', pos: 0, out: 'hello\n', time: new Date(LOG_TIME).toISOString(), args: {} },
  { level: 'INFO', pos: 1, out: '"\u001B[1mworld\n', time: new Date(LOG_TIME).toISOString(), args: {} },
];

const parseLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('access', () => {
  it('a token opens the logs of its account', async () => {
    const token = await ask('/token');
    expect(token.status).toBe(200);
    expect(token.headers['content-type']).toContain('text/plain');
    const headers = { 'x-harness-token': token.text };
    const blob = await ask('/blob', { isPublic: true, headers, query: { key: task.logKey } });
    expect([blob.status, parseLines(blob.text)]).toEqual([200, LINES]);
    const changed = { 'x-harness-token': `${token.text.slice(0, -2)}AA` };
    expect((await ask('/blob', { isPublic: true, headers: changed, query: { key: task.logKey } })).status).toBe(401);
    const other = await ask('/blob', { isPublic: true, headers, query: { key: task.logKey, accountID: 'other' } });
    expect(other.status).toBe(403);
  });

  it.each([
    ['no account', '/token', { query: { accountID: '' } }, 400, 'no account ID in query params'],
    ['nothing at all', '/token', { isPublic: true }, 400, 'no token'],
    [
      'a wrong key',
      '/token',
      { headers: { 'x-api-key': `pat.${ACCOUNT}.x.y` } },
      403,
      'apikey in request not authorized for receiving tokens',
    ],
    [
      'a key of another account',
      '/token',
      { query: { accountID: 'other' } },
      403,
      'apikey in request not authorized for receiving tokens',
    ],
    ['nothing for a log', '/blob', { isPublic: true, query: { key: 'k' } }, 400, 'no token'],
    [
      'a wrong key for a log',
      '/blob',
      { headers: { 'x-api-key': 'pat.x.y.z' }, query: { key: 'k' } },
      401,
      'Invalid call',
    ],
  ] as const)('is refused with %s, in the form of the log service', async (_, path, call, status, message) => {
    const answer = await ask(path, call);
    expect(answer.status).toBe(status);
    expect(answer.body['error_msg']).toContain(message);
  });
});

describe('stored logs', () => {
  it('are there once they are complete', async () => {
    expect((await ask('/blob/exists', { query: { key: task.logKey } })).text).toBe('true');
    expect((await ask('/blob/exists', { query: { key: 'nothing' } })).text).toBe('false');
    const missing = await ask('/blob', { query: { key: 'nothing' } });
    expect(missing.status).toBe(404);
    expect(missing.body).toMatchObject({ error_msg: expect.stringContaining('nothing') });
  });
});

describe('a live stream', () => {
  const open = (key: string): ReturnType<typeof openTestEventStream> =>
    openTestEventStream(
      `${base}/gateway/log-service/stream?${new URLSearchParams({ accountID: ACCOUNT, key }).toString()}`,
      { 'x-api-key': server.token },
    );

  it.each(['a closed log', 'an unknown one'])('ends at once for %s', async (which) => {
    const stream = await open(which === 'a closed log' ? task.logKey : 'nothing');
    expect(await stream.rest()).toEqual([{ event: 'error', id: '', data: 'eof' }]);
    expect(stream.text()).toBe(': ping\n\nevent: error\ndata: eof\n\n');
  });

  it('brings the lines of a log that is being written', async () => {
    await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
    const running = await server.startTask();
    await server.writeLog(running, 'hello\n');
    expect((await ask('/blob', { query: { key: running.logKey } })).status).toBe(404);
    const stream = await open(running.logKey);
    expect(await stream.next()).toEqual({ event: 'message', id: '', data: LINES[0] });
    await server.writeLog(running, '"\u001B[1mworld', true);
    expect(await stream.rest()).toEqual([
      { event: 'message', id: '', data: LINES[1] },
      { event: 'error', id: '', data: 'eof' },
    ]);
  });
});

describe('what is being written', () => {
  it.each(['/stream/info', '/info/stream'])('is listed by %s to those who may view it', async (path) => {
    await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
    const running = await server.startTask();
    await server.writeLog(running, 'one\ntwo\n');
    const { status, body } = await ask(path);
    expect([status, body]).toEqual([200, { streams: { [running.logKey]: { size: 2, subscribers: -1, ttl: '-1' } } }]);
    const headers = { 'x-api-key': await addUser(server, `nobody${path.replaceAll('/', '_')}`) };
    expect((await ask(path, { headers })).body).toEqual({ streams: {} });
    expect((await ask(path, { isPublic: true })).body).toMatchObject({ error_msg: 'no token' });
    await server.writeLog(running, 'three', true);
    expect((await ask(path)).body).toEqual({ streams: {} });
    await server.completeTask(running);
  });
});

it('nobody reads logs for their cause: that is refused, to those who may call', async () => {
  const { status, body } = await ask('/rca', { body: { general: {} } }, 'POST');
  expect([status, Object.keys(body)]).toEqual([400, ['error_msg', 'message']]);
  expect(body['error_msg']).toContain('no language model');
  expect((await ask('/rca', { isPublic: true }, 'POST')).body).toMatchObject({ error_msg: 'no token' });
});

describe('a download', () => {
  const link = async (prefix: string): Promise<Record<string, string>> => {
    const { status, body } = await ask('/blob/download', { query: { prefix } }, 'POST');
    expect(status).toBe(200);
    return body as Record<string, string>;
  };

  it.each(['the key of a step', 'a whole run'])('of %s is an archive behind a link that needs no key', async (what) => {
    const prefix = what === 'a whole run' ? task.logKey.slice(0, task.logKey.indexOf('/level0')) : task.logKey;
    expect(prefix).toMatch(what === 'a whole run' ? /\/runSequence:1$/ : /level/);
    const answer = await link(prefix);
    expect(answer).toMatchObject({ status: 'success', message: '' });
    expect(Date.parse(String(answer['expires']))).toBeGreaterThan(Date.now());
    expect(answer['link']).toContain(`${PUBLIC_URL}/gateway/log-service/`);
    const response = await fetch(String(answer['link']).replace(PUBLIC_URL, base));
    expect(response.headers.get('content-type')).toBe('application/zip');
    const files = readZip(Buffer.from(await response.arrayBuffer()));
    expect([...files.keys()]).toEqual([`${task.logKey.replaceAll(':', '_')}.jsonl`]);
    expect(parseLines([...files.values()].join(''))).toEqual(LINES);
  });

  it.each(['', 'nothing/below'])('is not there below "%s"', async (prefix) => {
    const { status, body } = await ask('/blob/download', { query: { prefix } }, 'POST');
    expect(status).toBe(404);
    expect(body['error_msg']).toContain('cannot list files for prefix');
  });

  it('needs a link that was not changed', async () => {
    const url = new URL((await link(task.logKey))['link'] ?? '');
    const grant = url.searchParams.get('grant') ?? '';
    const answer = await server.call('GET', url.pathname, { isPublic: true, query: { grant: `A${grant.slice(1)}` } });
    expect(answer.status).toBe(401);
  });
});

/** By the directory at the end, as readers do. */
function readZip(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflateRawSync(zip.subarray(from, from + packed));
    expect(content.length).toBe(size);
    files.set(name, content.toString('utf8'));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
