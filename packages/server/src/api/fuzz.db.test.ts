/**
 * Every endpoint of the documentation is asked at random, by its own schemas and against them: whatever comes, the answer is
 * none of the server's faults, has a documented status and is what its schema says. `FUZZ_RUNS` and `FUZZ_SEED` make a long run.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonSchema } from './examples.ts';
import {
  NOTHING_KNOWN,
  requestsOf,
  type DocumentedOperation,
  type FuzzRequest,
  type KnownValues,
} from './test-fuzz-requests.ts';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilStatus } from './test-runs.ts';

interface Operation extends DocumentedOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> }>
  >;
}

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 16);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_126);
const LIMIT_MS = RUNS * 20_000;

/** An answer that takes longer never comes. */
const ANSWER_MS_MAX = 20_000;

const ajv = new Ajv({ strict: false });
const validators = new Map<string, ValidateFunction>();

let server: TestApp;
let operations: readonly Operation[];
let known: KnownValues;

beforeAll(async () => {
  server = await createTestApp();
  await savePipeline(
    server,
    pipelineOf('fuzzed', [{ identifier: 'one', steps: shell('a') }], 'allowStageExecutions: true'),
  );
  const ended = await startRun(server, 'fuzzed');
  await server.runTasks();
  await untilStatus(server, ended, 'Success');
  const running = await startRun(server, 'fuzzed');
  known = knownValues([ended, running]);
  const document = JSON.parse((await server.app.inject({ url: '/openapi.json' })).body) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  };
  operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => ({
        ...operation,
        path,
        method: method.toUpperCase() as Operation['method'],
      })),
    )
    // What others need is deleted last.
    .toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
}, 60_000);

afterAll(() => server.close());

it(
  'answers whatever is asked',
  async () => {
    const wrong: string[] = [];
    for (const operation of operations) {
      if (ENDLESS.has(operation.path)) continue;
      const values = isStream(operation) ? NOTHING_KNOWN : known;
      const requests = requestsOf(operation.path, operation, values);
      const result = await fc.check(
        fc.asyncProperty(requests, async (request) => {
          const objection = await objectionTo(operation, request);
          if (objection !== undefined) throw new Error(objection);
        }),
        { numRuns: RUNS, seed: SEED, endOnFailure: true },
      );
      const [request] = result.counterexample ?? [];
      if (request !== undefined) wrong.push(await describe(operation, request));
    }
    expect(wrong).toEqual([]);
  },
  LIMIT_MS,
);

/** With nothing named they answer everybody, and without end; events.db.test.ts asks them wrongly. */
const ENDLESS = new Set(['/bridle/api/events']);

/** An endless answer is asked for what is not there only: nothing would end it. */
function isStream({ responses }: Operation): boolean {
  return responses['200']?.content?.['text/event-stream'] !== undefined;
}

async function objectionTo(operation: Operation, request: FuzzRequest): Promise<string | undefined> {
  const { statusCode, headers, body } = await server.app.inject({
    method: operation.method,
    url: request.url,
    headers: { 'x-api-key': server.token, 'harness-account': ACCOUNT, ...request.headers },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    ...(request.payload === undefined ? {} : { payload: request.payload }),
  });
  if (statusCode >= 500) return `${statusCode} ${body.slice(0, 500)}`;
  const { responses } = operation;
  const documented = responses[statusCode] ?? responses[`${Math.floor(statusCode / 100)}XX`];
  if (documented === undefined) return `${statusCode} is not documented`;
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  if (statusCode === 204) return body === '' ? undefined : 'There is a body beside 204.';
  const media = documented.content?.[type];
  if (media === undefined) return `${statusCode}: ${type} is not documented`;
  if (type !== 'application/json' || media.schema === undefined) return undefined;
  const text = JSON.stringify(media.schema);
  const check = validators.get(text) ?? ajv.compile(media.schema);
  validators.set(text, check);
  return check(JSON.parse(body))
    ? undefined
    : `${statusCode}: ${ajv.errorsText(check.errors)} in ${body.slice(0, 500)}`;
}

async function describe(operation: Operation, request: FuzzRequest): Promise<string> {
  const objection = await objectionTo(operation, request).catch(String);
  const shown = JSON.stringify({ ...request, url: request.url.slice(0, 300), payload: request.payload?.slice(0, 600) });
  return `${operation.method} ${operation.path}\n  ${shown}\n  ${objection ?? 'right, asked a second time'}`;
}

function knownValues(executions: readonly string[]): KnownValues {
  const pipelines = ['fuzzed', 'test'];
  return {
    accountIdentifier: [ACCOUNT],
    accountID: [ACCOUNT],
    orgIdentifier: ['default'],
    org: ['default'],
    projectIdentifier: ['myproject'],
    project: ['myproject'],
    pipelineIdentifier: pipelines,
    pipeline: pipelines,
    targetIdentifier: ['test'],
    triggerIdentifier: ['myhook'],
    trigger: ['myhook'],
    identifier: ['test', 'default', 'myproject'],
    planExecutionId: executions,
    originalExecutionId: executions,
    executionId: executions,
  };
}
