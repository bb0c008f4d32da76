/** Retries, errors and timeouts, against a server that answers by hand. The rules are those at the head of transport.ts. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ConnectionError,
  isApiError,
  isHarnessError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TimeoutError,
} from '../errors.ts';
import { Harness } from '../harness.ts';
import {
  failure,
  json,
  reset,
  silence,
  startHandServer,
  success,
  type HandAnswer,
  type HandServer,
} from './test-server.ts';

const ACCOUNT = 'kmpySmUISimoRrJL6NL73w';
let server: HandServer;
let harness: Harness;

beforeAll(async () => {
  server = await startHandServer();
  harness = new Harness({ apiKey: `pat.${ACCOUNT}.id.secret`, baseUrl: `${server.url}/gateway/`, env: {} });
});

afterAll(() => server.close());

const AT_ONCE = { 'retry-after': '0' };
const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('what is sent', () => {
  it('has the key, the account and the names in its path', async () => {
    server.answer(success('x'));
    const request = { path: { name: 'a/b c' }, query: { tags: ['x', 'y'], none: undefined, is: true } };
    expect(await harness.raw.GET('/some/{name}', request)).toBe('x');
    const [call] = server.calls;
    expect(call?.line).toBe(`GET /gateway/some/a%2Fb%20c?accountIdentifier=${ACCOUNT}&tags=x&tags=y&is=true`);
    expect(call?.headers).toMatchObject({ 'x-api-key': `pat.${ACCOUNT}.id.secret`, 'harness-account': ACCOUNT });
  });

  it('goes nowhere with a name that is none', async () => {
    server.answer(success('x'));
    for (const name of ['..', '.', '']) {
      expect(isHarnessError(await caught(harness.raw.GET('/some/{name}', { path: { name } })), 'configuration')).toBe(
        true,
      );
    }
    expect(server.calls).toHaveLength(0);
  });

  it('does not follow to where an answer points: the key would go along', async () => {
    server.answer((response) => response.writeHead(302, { location: `${server.url}/elsewhere` }).end());
    expect(isApiError(await caught(harness.raw.GET('/some')), 302)).toBe(true);
    expect(server.calls).toHaveLength(1);
  });
});

describe('errors', () => {
  it.each([
    [failure(400, 'INVALID_REQUEST'), BadRequestError],
    [failure(401, 'INVALID_TOKEN'), AuthenticationError],
    [failure(403, 'NG_ACCESS_DENIED'), PermissionDeniedError],
    [failure(404, 'ENTITY_NOT_FOUND'), NotFoundError],
    [failure(400, 'ENTITY_NOT_FOUND'), NotFoundError],
    [failure(409, 'SOMETHING'), ConflictError],
    [failure(400, 'DUPLICATE_FIELD'), ConflictError],
    [failure(429, 'TOO_MANY_REQUESTS', AT_ONCE), RateLimitError],
    [failure(500, 'UNKNOWN_ERROR', AT_ONCE), ServerError],
    [failure(200, 'INVALID_REQUEST'), BadRequestError],
    [failure(200, 'ENTITY_NOT_FOUND'), NotFoundError],
    [json(200, { status: 'FAILURE', code: 'INVALID_REQUEST', message: 'no', errors: [] }), BadRequestError],
  ])('are of their class: case %#', async (answer, wanted) => {
    server.answer(answer);
    const error = await caught(harness.raw.GET('/some'));
    expect(error).toBeInstanceOf(wanted);
    expect(isHarnessError(error, 'api')).toBe(true);
  });

  it('carry what the server said', async () => {
    server.answer(failure(403, 'NG_ACCESS_DENIED'));
    const error = await caught(harness.raw.GET('/some'));
    expect(error).toMatchObject({ status: 403, code: 'NG_ACCESS_DENIED', correlationId: 'c1', path: '/some' });
    expect(String(error)).toContain('It is NG_ACCESS_DENIED.');
    expect(isApiError(error, 'NG_ACCESS_DENIED') && !isApiError(error, 404)).toBe(true);
  });

  it('of a copy of this package are known too', async () => {
    vi.resetModules();
    const copy = await import('../errors.ts');
    const error = new copy.ConnectionError('gone');
    expect(error).not.toBeInstanceOf(ConnectionError);
    expect(isHarnessError(error, 'connection')).toBe(true);
    expect(isHarnessError(error, 'timeout') || isHarnessError(new Error('gone'))).toBe(false);
  });

  it('of the log service, and pages that are no JSON', async () => {
    server.answer(json(400, { error_msg: 'no token' }));
    expect(String(await caught(harness.raw.GET('/log-service/token')))).toContain('no token');
    server.answer((response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>lost</html>'));
    const error = await caught(harness.raw.GET('/some'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(String(error)).not.toContain('<html>');
  });
});

describe('another try', () => {
  const passing: readonly (readonly [string, HandAnswer])[] = [
    ['429', failure(429, 'TOO_MANY_REQUESTS', AT_ONCE)],
    ['503', failure(503, 'SERVICE_UNAVAILABLE', AT_ONCE)],
    ['a page of a proxy', (response) => response.writeHead(502, AT_ONCE).end('bad gateway')],
    ['a reset connection', reset],
  ];

  it.each(passing)('is made of a GET after %s, and helps', async (_, answer) => {
    server.answer(answer, answer, success('there'));
    expect(await harness.raw.GET('/some')).toBe('there');
    expect(server.calls).toHaveLength(3);
  });

  it.each(passing)('is made of a GET after %s twice, and no more', async (_, answer) => {
    server.answer(answer);
    expect(isHarnessError(await caught(harness.raw.GET('/some')))).toBe(true);
    expect(server.calls).toHaveLength(3);
  });

  it.each(passing)('is never made of a POST, nor of what starts something, after %s', async (_, answer) => {
    for (const send of [
      () => harness.raw.POST('/some', { body: {} }),
      () => harness.raw.PATCH('/some', { body: {} }),
      () => harness.pipelines.execute('deploy', { org: 'o', project: 'p' }),
      () => harness.executions.retry('e', 'deploy', { org: 'o', project: 'p' }),
      () => harness.executions.abort('e'),
      () => harness.triggers.fireCustom('deploy', 'hook', {}, { org: 'o', project: 'p' }),
    ]) {
      server.answer(answer);
      expect(isHarnessError(await caught(send()))).toBe(true);
      expect(server.calls).toHaveLength(1);
    }
  });

  it.each(passing)('is made of a POST that reads, after %s', async (_, answer) => {
    server.answer(answer, success({ content: [], last: true, totalElements: 0 }));
    expect((await harness.pipelines.list({ org: 'o', project: 'p' })).items).toEqual([]);
    expect(server.calls).toHaveLength(2);
  });

  it('is not made of what was refused', async () => {
    server.answer(failure(400, 'INVALID_REQUEST'));
    await caught(harness.raw.GET('/some'));
    expect(server.calls).toHaveLength(1);
  });

  it('waits as long as it is told, by seconds or by a date, and not longer than there is time', async () => {
    const soon = new Date(Date.now() + 1_000).toUTCString();
    for (const header of ['1', soon]) {
      server.answer(failure(429, 'TOO_MANY_REQUESTS', { 'retry-after': header }), success('there'));
      expect(await harness.raw.GET('/some')).toBe('there');
    }
    server.answer(failure(429, 'TOO_MANY_REQUESTS', { 'retry-after': '30' }));
    const error = await caught(harness.raw.GET('/some', { overallTimeoutMs: 5_000 }));
    expect(error).toMatchObject({ retryAfterMs: 30_000 });
    expect(server.calls).toHaveLength(1);
  });
});

describe('time', () => {
  it('ends a try, and then all of them', async () => {
    server.answer(silence);
    expect(await caught(harness.raw.GET('/some', { timeoutMs: 400 }))).toBeInstanceOf(TimeoutError);
    expect(server.calls).toHaveLength(3);
    server.answer(silence);
    const error = await caught(harness.raw.GET('/some', { overallTimeoutMs: 400 }));
    expect(isHarnessError(error, 'timeout') && error.timeoutMs).toBeGreaterThan(390);
    expect(server.calls).toHaveLength(1);
  });

  it('ends the reading of an answer, too', async () => {
    server.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'));
    expect(await caught(harness.raw.POST('/some', { timeoutMs: 50 }))).toBeInstanceOf(TimeoutError);
  });

  it('is over when the caller says so: the reason of the signal is thrown', async () => {
    const controller = new AbortController();
    server.answer(() => controller.abort(new Error('enough')));
    expect(await caught(harness.raw.GET('/some', { signal: controller.signal }))).toMatchObject({ message: 'enough' });
    const pausing = new AbortController();
    server.answer((response, request) => {
      failure(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '50' })(response, request);
      response.on('close', () => pausing.abort(new Error('not in a minute')));
    });
    const error = await caught(harness.raw.GET('/some', { signal: pausing.signal }));
    expect(error).toMatchObject({ message: 'not in a minute' });
  });
});
