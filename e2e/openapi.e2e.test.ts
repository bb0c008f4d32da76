/** The edges of the HTTP API: its description and its page, health, wrong addresses, and a stop while callers wait. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, createTrigger, customTrigger, type Details } from './src/api.ts';
import { launchBrowser } from './src/browser.ts';
import { readEvents } from './src/event-stream.ts';
import { startProduct, type Product } from './src/product.ts';
import { untilReady } from './src/readiness.ts';
import { pipeline, runWhenFinal, save, shell, stage, startSaved } from './src/runs.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  await product.dispose();
});

describe('the description', () => {
  let document: OpenApi;

  beforeAll(async () => {
    const response = await fetch(`${product.url}/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    document = (await response.json()) as OpenApi;
  });

  it('is OpenAPI 3.1, each operation whole', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Bridle', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const problems: string[] = [];
    for (const [path, item] of Object.entries(document.paths)) {
      if (!path.startsWith('/')) problems.push(`${path} is no path`);
      for (const [method, operation] of Object.entries(item)) {
        problems.push(...operationProblems(operation, path).map((problem) => `${method} ${path}: ${problem}`));
        if (!METHODS.includes(method)) problems.push(`${method} ${path}: no method`);
      }
    }
    expect(problems).toEqual([]);
    expect(schemaProblems(document, document, '#')).toEqual([]);
  });

  it('names what clients call, with the bodies they send', () => {
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/pipeline/api/webhook/custom',
        '/pipeline/api/webhook/custom/v2',
        '/pipeline/api/webhook/triggerExecutionDetails/{eventId}',
        '/pipeline/api/webhook/triggerExecutionDetailsV2/{eventId}',
        '/pipeline/api/pipelines/v2',
        '/pipeline/api/triggers',
        '/pipeline/api/pipeline/execute/{pipelineIdentifier}',
        '/pipeline/api/pipelines/execution/v2/{planExecutionId}',
        '/pipeline/api/pipelines/execution/summary',
        '/bridle/api/executions/{planExecutionId}/events',
        '/log-service/blob/download',
      ]),
    );
    // Delegates have a protocol of their own, and aliases are not told twice.
    expect(Object.keys(document.paths).filter((path) => /^\/(delegate|gateway|api)\//.test(path))).toEqual([]);
    const webhook = document.paths['/pipeline/api/webhook/custom']?.['post'];
    expect(Object.keys(webhook?.requestBody?.content ?? {})).toContain('application/json');
    const create = document.paths['/pipeline/api/pipelines/v2']?.['post'];
    expect(Object.keys(create?.requestBody?.content ?? {})).toContain('application/yaml');
  });
});

/** What a path of the document must have besides being JSON. */
function operationProblems(operation: Operation, path: string): string[] {
  const problems: string[] = [];
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const given = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  if (
    named.toSorted((a, b) => a.localeCompare(b)).join() !==
    given
      .map(({ name }) => name)
      .toSorted((a, b) => a.localeCompare(b))
      .join()
  )
    problems.push('its path parameters are not those of its path');
  if (given.some(({ required }) => required !== true)) problems.push('a path parameter is not required');
  if ((operation.parameters ?? []).some(({ schema }) => schema === undefined))
    problems.push('a parameter has no schema');
  if (operation.summary === undefined || operation.summary === '') problems.push('it has no summary');
  const statuses = Object.keys(operation.responses);
  // What is always refused says so in its summary, and has no success.
  const hasSuccess = statuses.some((status) => /^[23]/.test(status));
  if (!hasSuccess && !/refused/i.test(operation.summary ?? '')) problems.push('it has no success');
  if (statuses.some((status) => !/^([1-5](\d\d|XX)|default)$/.test(status)))
    problems.push(`statuses ${statuses.join()}`);
  if (Object.values(operation.responses).some(({ description }) => typeof description !== 'string'))
    problems.push('a response has no description');
  if (operation.requestBody !== undefined && Object.keys(operation.requestBody.content).length === 0)
    problems.push('its body has no content');
  return problems;
}

/** Words of OpenAPI 3.0 that JSON Schema does not know, and references that lead nowhere. */
function schemaProblems(node: unknown, document: OpenApi, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const problems: string[] = [];
  const { $ref: reference, nullable } = node as { readonly $ref?: unknown; readonly nullable?: unknown };
  if (typeof nullable === 'boolean') problems.push(`${path} is nullable`);
  if (typeof reference === 'string') {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((found, key) => (found as Readonly<Record<string, unknown>> | undefined)?.[key], document);
    if (target === undefined) problems.push(`${path} leads to ${reference}, which is not there`);
  }
  return [
    ...problems,
    ...Object.entries(node).flatMap(([key, value]) => schemaProblems(value, document, `${path}/${key}`)),
  ];
}

it('the page to read it shows it, and asks nobody else for anything', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`${product.url}/`) && !/^(data|blob):/.test(request.url()))
        elsewhere.push(request.url());
    });
    await page.goto(`${product.url}/docs`);
    await page.getByText('The process lives', { exact: true }).first().waitFor();
    expect(elsewhere).toEqual([]);
    // What the page's makers offer (accounts, assistants, hosting) would lead elsewhere.
    const text = await page.locator('body').innerText();
    for (const offer of ['Ask AI', 'Generate SDK', 'Deploy', 'Share']) expect(text).not.toContain(offer);
  } finally {
    await browser.close();
  }
});

describe('health and wrong addresses', () => {
  it('tells both kinds of health without a key', async () => {
    for (const [path, status] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
    ] as const) {
      const response = await fetch(`${product.url}${path}`);
      expect([response.status, await response.json()]).toEqual([200, { status }]);
    }
  });

  it.each([
    ['GET', '/pipeline/api/nothing', 404, null],
    ['GET', '/gateway/nothing/at/all', 404, null],
    ['PATCH', '/pipeline/api/triggers', 405, 'GET, HEAD, POST'],
    ['DELETE', '/gateway/pipeline/api/webhook/custom', 405, 'POST'],
    ['POST', '/pipeline/api/pipelines/test', 405, 'DELETE, GET, HEAD, PUT'],
  ])('%s %s is %i with an envelope', async (method, path, status, allow) => {
    const answer = await api<null>(product, path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow]);
    expect(answer.body).toMatchObject({
      status: 'FAILURE',
      code: 'RESOURCE_NOT_FOUND_EXCEPTION',
      message: expect.stringContaining(method),
      correlationId: expect.any(String),
      errors: [],
    });
  });
});

async function countRuns(pipelineIdentifier: string): Promise<number> {
  const { body } = await api<{ totalElements: number }>(product, '/pipeline/api/pipelines/execution/summary', {
    method: 'POST',
    body: '{"filterType":"PipelineExecution"}',
    query: { pipelineIdentifier },
  });
  return body.data.totalElements;
}

it('a stop answers those who wait, ends live views, and the run goes on after it', async () => {
  const target = await save(product, pipeline('outlives', [stage('main', [shell('slow', 'sleep 6; echo done')])]));
  await createTrigger(product, target, customTrigger('outliveshook', target));
  const id = await startSaved(product, target);
  const waiting = [
    api<Details>(product, `/pipeline/api/pipelines/execution/v2/${id}`, { headers: { prefer: 'wait=60' } }),
    api<Details>(product, '/gateway/api/webhook/custom', {
      method: 'POST',
      isPublic: true,
      body: '{}',
      headers: { prefer: 'wait=60, return=representation' },
      query: { pipelineIdentifier: target, triggerIdentifier: 'outliveshook' },
    }),
  ];
  // The webhook's execution has begun, too: a stop answers with what is known.
  while ((await countRuns(target)) < 2);
  const events: string[] = [];
  let isStopped = false;
  for await (const { event, data } of readEvents(product, `/bridle/api/executions/${id}/events`)) {
    events.push(event);
    if (isStopped || !data.includes('"Running"')) continue;
    isStopped = true;
    // The supervisor starts it again.
    process.kill(await product.serverPid(), 'SIGTERM');
  }
  expect(events.at(-1)).toBe('shutdown');
  for (const answer of await Promise.all(waiting))
    expect([answer.status, answer.body.status]).toEqual([200, 'SUCCESS']);
  const accepted = (await waiting[1])?.body.data;
  await untilReady(product);
  expect((await runWhenFinal(product, id)).status).toBe('Success');
  const second = accepted?.webhookProcessingDetails.pipelineExecutionId ?? '';
  expect((await runWhenFinal(product, second)).status).toBe('Success');
});
