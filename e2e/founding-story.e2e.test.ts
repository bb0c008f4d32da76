/** The founding document, lived: its own curl commands, and its example compared field by field. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  createPipeline,
  createTrigger,
  customTrigger,
  detailsWhenFinal,
  fire,
  shellPipeline,
  type Details,
} from './src/api.ts';
import { startProduct, type Product } from './src/product.ts';
import { runShellJson } from './src/shell.ts';

interface Envelope<T> {
  readonly status: string;
  readonly data: T;
  readonly metaData: null;
  readonly correlationId: string;
  readonly code?: string;
  readonly message?: string;
}

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  await product.dispose();
});

/** Step 3 of the document, with the values of this installation. */
const triggerCurl = (): string => `curl -s -X POST \\
  -H 'content-type: application/json' \\
  --url '${product.url}/gateway/api/webhook/custom?accountIdentifier=${product.accountId}&orgIdentifier=default&projectIdentifier=myproject&pipelineIdentifier=test&triggerIdentifier=myhook' \\
  -d '{}'`;

/** Step 4 of the document. */
const detailsCurl = (eventId: string): string => `curl -s -X GET \\
  --url '${product.url}/gateway/pipeline/api/webhook/triggerExecutionDetails/${eventId}?accountIdentifier=${product.accountId}'`;

/** Asks again and again, as the document's reader has to, until the answer is what is waited for. */
async function poll<T>(command: string, isDone: (answer: Envelope<T>) => boolean): Promise<Envelope<T>> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await runShellJson<Envelope<T>>(command);
    if (isDone(answer)) return answer;
  }
  throw new Error(`Never done: ${command}`);
}

const isFinal = (answer: Envelope<Details>): boolean => {
  const status = answer.data?.executionDetails?.pipelineExecutionSummary.status;
  return status !== undefined && status !== 'Running';
};

describe('the story', () => {
  it('starts the pipeline by its webhook and fetches the details by the event id', async () => {
    const accepted = await runShellJson<Envelope<string>>(triggerCurl());
    expect(accepted).toEqual({
      status: 'SUCCESS',
      data: expect.stringMatching(/^[0-9a-f]{24}$/),
      metaData: null,
      correlationId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    });

    const answer = await poll<Details>(detailsCurl(accepted.data), isFinal);
    const example = JSON.parse(
      await readFile(new URL('fixtures/founding-document.json', import.meta.url), 'utf8'),
    ) as unknown;
    expect(missing(example, answer, 'answer')).toEqual([]);

    const { webhookProcessingDetails, executionDetails } = answer.data;
    expect(webhookProcessingDetails).toMatchObject({
      eventFound: true,
      eventId: accepted.data,
      accountIdentifier: product.accountId,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      triggerIdentifier: 'myhook',
      pipelineIdentifier: 'test',
      exceptionOccured: false,
      status: 'TARGET_EXECUTION_REQUESTED',
      message: 'Pipeline execution was requested successfully',
      payload: '{}',
      runtimeInput: 'pipeline: {}\n',
    });
    expect(executionDetails?.pipelineExecutionSummary).toMatchObject({
      planExecutionId: webhookProcessingDetails.pipelineExecutionId,
      pipelineIdentifier: 'test',
      name: 'test',
      status: 'Success',
      modules: ['pms'],
      tags: [],
      successfulStagesCount: 1,
      totalStagesCount: 1,
    });
  });

  it('prints a curl that works when it is pasted', async () => {
    const accepted = await runShellJson<Envelope<string>>(`${product.webhookCurl} -s`);
    const details = await detailsWhenFinal(product, accepted.data);
    expect(details.executionDetails?.pipelineExecutionSummary.status).toBe('Success');
  });

  it('answers the second path and the newer form alike', async () => {
    const query = { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' };
    const second = await api<string>(product, '/pipeline/api/webhook/custom', {
      method: 'POST',
      isPublic: true,
      body: '{}',
      query,
    });
    expect(second.body.data).toMatch(/^[0-9a-f]{24}$/);
    const newer = await api<Record<string, string>>(product, '/gateway/pipeline/api/webhook/custom/v2', {
      method: 'POST',
      isPublic: true,
      body: '{}',
      query,
    });
    expect(newer.body.data).toEqual({
      eventCorrelationId: expect.stringMatching(/^[0-9a-f]{24}$/),
      apiUrl: expect.stringContaining('/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/'),
      uiUrl: expect.stringContaining('deployments?pipelineIdentifier=test'),
      uiSetupUrl: expect.stringContaining('/pipelines/test/pipeline-studio/'),
    });
  });

  it('needs no polling with Prefer: wait, and gives the details at once with return=representation', async () => {
    const answer = await api<Details & { readonly eventCorrelationId: string }>(
      product,
      '/gateway/api/webhook/custom',
      {
        method: 'POST',
        isPublic: true,
        body: '{}',
        headers: { 'content-type': 'application/json', prefer: 'wait=60, return=representation' },
        query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
      },
    );
    expect(answer.headers.get('preference-applied')).toContain('wait=60');
    expect(answer.body.data.eventCorrelationId).toMatch(/^[0-9a-f]{24}$/);
    expect(answer.body.data.executionDetails?.pipelineExecutionSummary.status).toBe('Success');
  });
});

describe('a pipeline that outlives its timeout', () => {
  it('ends Expired with the counts of the example', async () => {
    await createPipeline(product, shellPipeline('slow', ['sleep 600'], '  timeout: 2s\n'));
    await createTrigger(product, 'slow', customTrigger('slowhook', 'slow'));
    const { body } = await fire(product, 'slow', 'slowhook');
    const details = await detailsWhenFinal(product, body.data);
    expect(details.executionDetails?.pipelineExecutionSummary).toMatchObject({
      status: 'Expired',
      successfulStagesCount: 0,
      runningStagesCount: 0,
      failedStagesCount: 0,
      totalStagesCount: 1,
      canRetry: true,
    });
  });
});

describe('what can go wrong', () => {
  it('records bad runtime input with its reason', async () => {
    await createPipeline(
      product,
      shellPipeline(
        'asks',
        ['echo <+pipeline.variables.size>'],
        '  variables:\n    - name: size\n      type: String\n      value: <+input>.allowedValues(small,large)\n',
      ),
    );
    await createTrigger(
      product,
      'asks',
      customTrigger(
        'askhook',
        'asks',
        '  inputYaml: |\n    pipeline:\n      identifier: asks\n      variables:\n        - name: size\n          type: String\n          value: huge\n',
      ),
    );
    const { body } = await fire(product, 'asks', 'askhook');
    const { webhookProcessingDetails, executionDetails } = await detailsWhenFinal(product, body.data);
    expect(webhookProcessingDetails).toMatchObject({
      exceptionOccured: true,
      status: 'INVALID_RUNTIME_INPUT_YAML',
      pipelineExecutionId: null,
    });
    expect(webhookProcessingDetails.message).toMatch(
      /^Failed while requesting Pipeline Execution through Trigger: .*huge/s,
    );
    expect(executionDetails).toBeNull();
  });

  it('refuses an unknown trigger', async () => {
    const { status, body } = await fire(product, 'test', 'nothook');
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toContain(
      `No enabled custom trigger found for Account:${product.accountId}, Org: default, Project: myproject, Pipeline: test, Trigger: nothook`,
    );
  });

  it('refuses a disabled trigger, and takes it again once it is enabled', async () => {
    const set = (isEnabled: boolean): Promise<unknown> =>
      api(product, '/pipeline/api/triggers/myhook/status', {
        method: 'PUT',
        query: { targetIdentifier: 'test', status: String(isEnabled) },
      });
    await set(false);
    expect((await fire(product, 'test', 'myhook')).status).toBe(400);
    await set(true);
    expect((await fire(product, 'test', 'myhook')).status).toBe(200);
  });

  it('knows no event that never was', async () => {
    const answer = await runShellJson<Envelope<null>>(detailsCurl('000000000000000000000000'));
    expect(answer).toMatchObject({ status: 'ERROR', code: 'INVALID_REQUEST' });
    expect(answer.message).toContain(
      "Trigger event history doesn't exist for event with eventId 000000000000000000000000",
    );
  });

  it.each([
    ['an empty body', ''],
    ['broken JSON', '{"a":'],
    ['a body of 5 MB', JSON.stringify({ text: 'x'.repeat(5_000_000) })],
  ])('takes %s as it is', async (_, sent) => {
    const { status, body } = await fire(product, 'test', 'myhook', sent);
    expect(status).toBe(200);
    const { webhookProcessingDetails, executionDetails } = await detailsWhenFinal(product, body.data);
    expect(webhookProcessingDetails['payload'] === sent).toBe(true);
    expect(executionDetails?.pipelineExecutionSummary.status).toBe('Success');
  });

  it('asks for a key on everything else', async () => {
    const { status, body } = await api(product, '/pipeline/api/pipelines/test', { isPublic: true });
    expect([status, body.code]).toEqual([401, 'INVALID_TOKEN']);
  });
});

describe('stopping and starting again', () => {
  it('ends cleanly and finds all data again', async () => {
    const before = await api<{ content: readonly { planExecutionId: string }[] }>(
      product,
      '/pipeline/api/pipelines/execution/summary',
      { method: 'POST', body: '{}' },
    );
    const { home } = product;
    await product.stop();
    expect(product.output()).toContain('Stopped');
    await expect(fetch(`${product.url}/healthz`)).rejects.toThrow('fetch failed');
    product = await startProduct({ home });
    expect(product.output()).not.toContain(product.adminToken);
    expect(product.output()).toContain('admin-token');
    const after = await api<{ content: readonly { planExecutionId: string }[] }>(
      product,
      '/pipeline/api/pipelines/execution/summary',
      { method: 'POST', body: '{}' },
    );
    expect(after.body.data.content.map((row) => row.planExecutionId)).toEqual(
      before.body.data.content.map((row) => row.planExecutionId),
    );
  });
});

/** Where the answer lacks a key of the example, or has another type there. What the example leaves open (`{…}`) is only an object. */
function missing(example: unknown, answer: unknown, path: string): string[] {
  if (typeOf(example) !== typeOf(answer)) return [`${path} is ${typeOf(answer)}, the example has ${typeOf(example)}`];
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return [];
  return Object.entries(example).flatMap(([key, value]) =>
    Object.hasOwn(answer as object, key)
      ? missing(value, (answer as Record<string, unknown>)[key], `${path}.${key}`)
      : [`${path}.${key} is missing`],
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
