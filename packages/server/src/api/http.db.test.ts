/** What holds for every request: documentation, authentication, envelopes of what nobody understands. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary?: string;
  readonly deprecated?: boolean;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
}

async function document(): Promise<Document> {
  const { body } = await server.call('GET', '/openapi.json', { isPublic: true });
  return body as unknown as Document;
}

describe('documentation', () => {
  it('describes each path once, with a summary and its answers', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ summary }) => summary === undefined).map(({ name }) => name)).toEqual([]);
    expect(operations.filter(({ responses }) => Object.keys(responses).length === 0).map(({ name }) => name)).toEqual(
      [],
    );
    expect(Object.keys(paths).filter((path) => path.startsWith('/gateway') || path.startsWith('/delegate/'))).toEqual(
      [],
    );
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/pipeline/api/webhook/custom',
        '/pipeline/api/webhook/triggerExecutionDetails/{eventId}',
        '/pipeline/api/pipelines/execution/v2/{planExecutionId}',
      ]),
    );
  });

  it('has a page that asks nobody else', async () => {
    const page = await server.call('GET', '/docs/', { isPublic: true });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text.match(/(?:src|href)="https?:[^"]*"/g)).toBeNull();
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
  });
});

describe('authentication', () => {
  it('is asked for by everything that is not open', async () => {
    const { paths } = await document();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.security?.length === 0) continue;
        const url = path.replaceAll(/\{[^}]+\}/g, 'x');
        const answer = await server.call(method.toUpperCase() as 'GET', url, {
          isPublic: true,
          body: method === 'get' ? undefined : '{}',
        } as never);
        // The log service has refusals of its own (api.md §8.1).
        const refusals = path.startsWith('/log-service') ? [400, 401, 403] : [401];
        expect(refusals, `${method} ${path}`).toContain(answer.status);
      }
    }
  });

  it('takes the key in any spelling, for its own account only', async () => {
    const list = (
      headers: Record<string, string>,
      query: Record<string, string> = {},
    ): Promise<{ status: number; body: { code?: string } }> =>
      server.call('POST', '/pipeline/api/pipelines/list', { isPublic: true, headers, query });
    expect((await list({ 'X-API-KEY': server.token })).status).toBe(200);
    expect((await list({ 'x-api-key': server.token, authorization: 'Bearer other' })).status).toBe(200);
    expect((await list({ 'x-api-key': server.token }, { accountIdentifier: 'other' })).body.code).toBe('INVALID_TOKEN');
    expect((await list({ 'x-api-key': server.token, 'harness-account': 'other' })).body.code).toBe('INVALID_TOKEN');
    expect(
      (await list({ 'x-api-key': server.token, 'harness-account': ACCOUNT }, { accountIdentifier: 'other' })).status,
    ).toBe(200);
    expect((await list({ 'x-api-key': server.token }, { accountIdentifier: '' })).body.code).toBe('INVALID_REQUEST');
    expect((await list({ 'x-api-key': 'nonsense' })).status).toBe(401);
  });
});

describe('a long answer', () => {
  it('comes whole, and tells its length in bytes', async () => {
    const description = 'é🐎'.repeat(30_000);
    const text = `pipeline:
  name: Long
  identifier: long
  orgIdentifier: default
  projectIdentifier: myproject
  description: ${description}
  stages:
    - stage: {name: a, identifier: a, type: Custom, spec: {execution: {steps: [{step: {name: w, identifier: w, type: Wait, spec: {duration: 1s}}}]}}}
`;
    expect((await server.call('POST', '/pipeline/api/pipelines/v2', { body: text })).status).toBe(200);
    const { body, headers } = await server.call('GET', '/pipeline/api/pipelines/summary/long');
    expect((body.data as unknown as { description: string }).description).toBe(description);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(body))));
  });
});

describe('health', () => {
  it('is told without a key', async () => {
    expect((await server.call('GET', '/healthz', { isPublic: true })).body).toEqual({ status: 'ok' });
    expect((await server.call('GET', '/readyz', { isPublic: true })).body).toEqual({ status: 'ready' });
  });
});

describe('what nobody understands', () => {
  it.each([
    ['GET', '/pipeline/api/nothing', 404, 'RESOURCE_NOT_FOUND_EXCEPTION'],
    ['GET', '/gateway/nothing/at/all', 404, 'RESOURCE_NOT_FOUND_EXCEPTION'],
    ['PUT', '/pipeline/api/webhook/custom', 405, 'RESOURCE_NOT_FOUND_EXCEPTION'],
    ['PUT', '/gateway/pipeline/api/webhook/custom/v2', 405, 'RESOURCE_NOT_FOUND_EXCEPTION'],
    ['POST', '/pipeline/api/pipelines/test', 405, 'RESOURCE_NOT_FOUND_EXCEPTION'],
    ['GET', '/pipeline/api/pipelines/%E0%A4%A', 400, 'INVALID_REQUEST'],
    ['GET', '/pipeline/api/pipelines/a%00b', 400, 'INVALID_REQUEST'],
  ] as const)('is a failure with an envelope: %s %s', async (method, path, status, code) => {
    const response = await server.app.inject({
      method,
      url: `${path}?accountIdentifier=${ACCOUNT}`,
      headers: { 'x-api-key': server.token },
    });
    expect([response.statusCode, (JSON.parse(response.body) as { code: string }).code]).toEqual([status, code]);
    expect(JSON.parse(response.body)).toMatchObject({
      status: 'FAILURE',
      errors: expect.any(Array),
      correlationId: expect.any(String),
    });
  });

  it('is a failure when it is no JSON', async () => {
    const { status, body } = await server.call('POST', '/pipeline/api/pipelines/list', {
      body: '{"a":',
      headers: { 'content-type': 'application/json' },
    });
    expect([status, body.status, body.code]).toEqual([400, 'FAILURE', 'INVALID_REQUEST']);
  });

  it('is never an error of ours on the open endpoints', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', 'test', 'myhook', 'default', ACCOUNT, '\u0000', '%', '../..', "'; drop table users"),
    );
    const query = fc.dictionary(
      fc.constantFrom(
        'accountIdentifier',
        'orgIdentifier',
        'projectIdentifier',
        'pipelineIdentifier',
        'triggerIdentifier',
        'eventId',
        'x',
      ),
      text,
    );
    const url = fc.oneof(
      fc.constantFrom(
        '/api/webhook/custom',
        '/pipeline/api/webhook/custom',
        '/pipeline/api/webhook/custom/v2',
        '/pipeline/api/webhook/triggerProcessingDetails',
      ),
      text.map(
        (id) => `/gateway/pipeline/api/webhook/triggerExecutionDetails/${encodeURIComponent(id.toWellFormed())}`,
      ),
      text.map((id) => `/pipeline/api/webhook/triggerExecutionDetailsV2/${encodeURIComponent(id.toWellFormed())}`),
    );
    const headers = fc.record(
      { prefer: fc.constantFrom('wait=0', 'return=representation', 'wait=', ',;=', 'wait=0, return=representation') },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        url,
        query,
        headers,
        fc.constantFrom('GET' as const, 'POST' as const),
        fc.uint8Array({ maxLength: 200 }),
        async (path, parameters, sent, method, body) => {
          const wellFormed = Object.fromEntries(
            Object.entries(parameters).map(([key, value]) => [key, value.toWellFormed()]),
          );
          const response = await server.app.inject({
            method,
            url: path,
            query: wellFormed,
            headers: sent,
            ...(method === 'POST' ? { payload: Buffer.from(body) } : {}),
          });
          expect(response.statusCode).toBeLessThan(500);
          expect(JSON.parse(response.body)).toHaveProperty('correlationId');
        },
      ),
      { numRuns: 300 },
    );
  });
});
