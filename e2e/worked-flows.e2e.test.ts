/**
 * Six flows of clients over plain HTTP, each with the requests that client sends: the founding document's curl, the MCP server
 * (bare paths, strings as YAML, an empty body), the Go SDK (below /gateway, YAML called JSON) and the Backstage plugin.
 */
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customTrigger, shellPipeline, type Details, type Summary } from './src/api.ts';
import { startProduct, type Product } from './src/product.ts';

/** When the MCP server stops asking. */
const TERMINAL = new Set([
  'Success',
  'Failed',
  'Aborted',
  'Expired',
  'Errored',
  'AbortedByFreeze',
  'ApprovalRejected',
  'IgnoreFailed',
  'Skipped',
  'Suspended',
]);

interface Envelope<T> {
  readonly status: string;
  readonly data: T;
  readonly code?: string;
  readonly message?: string;
}

interface Sent<T> {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly body: Envelope<T>;
}

interface Node {
  readonly uuid: string;
  readonly identifier: string;
  readonly status: string;
  readonly logBaseKey: string | null;
  readonly interruptHistories: readonly Readonly<Record<string, unknown>>[];
}

interface Detail {
  readonly pipelineExecutionSummary: Summary & {
    readonly startingNodeId: string;
    readonly executionTriggerInfo: Readonly<Record<string, unknown>>;
  };
  readonly executionGraph?: { readonly nodeMap: Readonly<Record<string, Node>> };
}

let product: Product;
let scope: string;

beforeAll(async () => {
  product = await startProduct();
  scope = `accountIdentifier=${product.accountId}&orgIdentifier=default&projectIdentifier=myproject`;
});

afterAll(() => product.dispose());

/** Sends exactly this; only the key is added where it is asked for. */
async function send<T>(
  method: string,
  path: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<Sent<T>> {
  const response = await fetch(`${product.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    text,
    body: (type.includes('application/json') ? JSON.parse(text) : {}) as Envelope<T>,
  };
}

const key = (): Record<string, string> => ({ 'x-api-key': product.adminToken });

/** The Go SDK: below /gateway, YAML as `application/json`. */
async function goCreates(path: string, yaml: string): Promise<void> {
  const headers = { 'X-Api-Key': product.adminToken, 'Content-Type': 'application/json', Accept: 'application/json' };
  const saved = await send('POST', `/gateway/pipeline/api/${path}`, { headers, body: yaml });
  expect([saved.status, saved.body.status]).toEqual([200, 'SUCCESS']);
  expect(saved.type).toContain('application/json');
}

async function fire(pipeline: string, trigger: string, body = '{}'): Promise<string> {
  const query = `${scope}&pipelineIdentifier=${pipeline}&triggerIdentifier=${trigger}`;
  const accepted = await send<string>('POST', `/gateway/api/webhook/custom?${query}`, {
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect([accepted.status, accepted.body.status]).toEqual([200, 'SUCCESS']);
  expect(accepted.body.data).toMatch(/^[0-9a-f]{24}$/);
  return accepted.body.data;
}

/** Asks until the event was decided, as the founding document's reader has to. */
async function detailsOf(eventId: string, isDone: (details: Details) => boolean = () => true): Promise<Details> {
  const path = `/gateway/pipeline/api/webhook/triggerExecutionDetails/${eventId}?accountIdentifier=${product.accountId}`;
  for (;;) {
    const answer = await send<Details>('GET', path);
    if (answer.status === 200 && isDone(answer.body.data)) return answer.body.data;
    if (answer.status !== 200) {
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(answer.body.message).toContain(`Trigger event history doesn't exist for event with eventId ${eventId}`);
    }
  }
}

/** As the MCP server asks: bare path, again and again. */
async function until(id: string, isDone: (detail: Detail) => boolean, more = ''): Promise<Detail> {
  for (;;) {
    const answer = await send<Detail>('GET', `/pipeline/api/pipelines/execution/v2/${id}?${scope}${more}`, {
      headers: key(),
    });
    expect(answer.status).toBe(200);
    if (isDone(answer.body.data)) return answer.body.data;
  }
}

const isTerminal = ({ pipelineExecutionSummary }: Detail): boolean => TERMINAL.has(pipelineExecutionSummary.status);

describe('flow 1: the founding document', () => {
  it('posts the webhook without a key, and asks for the details until they are there', async () => {
    const details = await detailsOf(await fire('test', 'myhook'));
    expect(details.webhookProcessingDetails.status).toBe('TARGET_EXECUTION_REQUESTED');
    const { planExecutionId } = details.executionDetails?.pipelineExecutionSummary ?? {};
    expect(planExecutionId).toMatch(/^[\w-]{22}$/);
    expect(planExecutionId).toBe(details.webhookProcessingDetails.pipelineExecutionId);
  });
});

describe('flow 2: bad runtime input', () => {
  it('is accepted, and recorded with its reason', async () => {
    const variable = (value: string): string =>
      `  variables:\n    - name: size\n      type: String\n      value: ${value}\n`;
    const asking = shellPipeline('picky', ['true'], variable('<+input>.allowedValues(small,large)'));
    await goCreates(`pipelines/v2?${scope}`, asking);
    const inputs = `  inputYaml: |\n    pipeline:\n      identifier: picky\n${variable('huge').replaceAll(/^/gm, '    ').trimEnd()}\n`;
    await goCreates(`triggers?${scope}&targetIdentifier=picky`, customTrigger('pickyhook', 'picky', inputs));
    const details = await detailsOf(await fire('picky', 'pickyhook'));
    expect(details.webhookProcessingDetails).toMatchObject({
      exceptionOccured: true,
      status: 'INVALID_RUNTIME_INPUT_YAML',
      message: expect.stringMatching(/^Failed while requesting Pipeline Execution through Trigger: /),
    });
    expect(details.executionDetails).toBeNull();
  });
});

describe('flow 3: conditions that do not hold', () => {
  it('start nothing', async () => {
    const condition =
      'payloadConditions:\n          - key: <+trigger.payload.ref>\n            operator: Equals\n            value: release';
    const trigger = customTrigger('pickyref', 'test').replace('payloadConditions: []', condition);
    await goCreates(`triggers?${scope}&targetIdentifier=test`, trigger);
    const details = await detailsOf(await fire('test', 'pickyref', '{"ref":"main"}'));
    expect(details.webhookProcessingDetails).toMatchObject({
      status: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
      pipelineExecutionId: null,
    });
    expect(details.executionDetails).toBeNull();
  });
});

describe('flow 4: the MCP server runs, watches and reads the log', () => {
  it('starts with an empty body and downloads what was written', async () => {
    const headers = { ...key(), 'Harness-Account': product.accountId, 'content-type': 'application/yaml' };
    const started = await send<{ planExecution: { uuid: string } }>(
      'POST',
      `/pipeline/api/pipeline/execute/test?${scope}&moduleType=`,
      { headers, body: '' },
    );
    expect([started.status, started.body.status]).toEqual([200, 'SUCCESS']);
    const { uuid } = started.body.data.planExecution;
    const { pipelineExecutionSummary: summary } = await until(uuid, isTerminal);
    expect(summary.status).toBe('Success');

    const stage = await until(uuid, isTerminal, `&stageNodeId=${summary.startingNodeId}`);
    const nodes = Object.values(stage.executionGraph?.nodeMap ?? {});
    const step = nodes.find(({ logBaseKey }) => logBaseKey !== null && /level6:/.test(logBaseKey));
    expect(step?.status).toBe('Success');

    const prefix = encodeURIComponent((step?.logBaseKey ?? '').replace(/\/level0:.*$/, ''));
    const link = await downloadLink(prefix);
    expect(new URL(link).pathname).toMatch(/^\/gateway\/log-service\//);
    const file = await fetch(link, { headers: key() });
    expect(file.status).toBe(200);
    expect(readArchive(Buffer.from(await file.arrayBuffer()))).toContain('"out":');
  });
});

/** Asks again while the archive is made, as often as the MCP server does. */
async function downloadLink(prefix: string): Promise<string> {
  for (;;) {
    const path = `/gateway/log-service/blob/download?accountID=${product.accountId}&prefix=${prefix}`;
    const answer = await send('POST', path, { headers: { ...key(), 'content-type': 'application/json' }, body: '{}' });
    expect(answer.status).toBe(200);
    const { status, link } = JSON.parse(answer.text) as { readonly status: string; readonly link: string };
    if (status === 'success') return link;
  }
}

/** Zip, gzip or plain, as the MCP server takes it. Only the text matters here. */
function readArchive(bytes: Buffer): string {
  if (bytes[0] === 0x1f) return gunzipSync(bytes).toString('utf8');
  if (bytes.subarray(0, 2).toString('latin1') !== 'PK') return bytes.toString('utf8');
  return unzipText(bytes);
}

describe('flow 5: abort', () => {
  it('ends what runs, says who did it, and is refused a second time', async () => {
    await goCreates(`pipelines/v2?${scope}`, shellPipeline('endless', ['sleep 600']));
    const started = await send<{ planExecution: { uuid: string } }>(
      'POST',
      `/pipeline/api/pipeline/execute/endless?${scope}`,
      { headers: { ...key(), 'content-type': 'application/yaml' }, body: '' },
    );
    const { uuid } = started.body.data.planExecution;
    const isRunning = ({ executionGraph }: Detail): boolean =>
      Object.values(executionGraph?.nodeMap ?? {}).some(
        ({ identifier, status }) => identifier === 's0' && ['Running', 'TaskWaiting', 'AsyncWaiting'].includes(status),
      );
    await until(uuid, isRunning, '&renderFullBottomGraph=true');

    const path = `/pipeline/api/pipeline/execute/interrupt/${uuid}?${scope}&interruptType=AbortAll`;
    const sent = { headers: { ...key(), 'content-type': 'application/json' }, body: '{}' };
    const aborted = await send('PUT', path, sent);
    expect(aborted.body.data).toEqual({ id: expect.any(String), type: 'AbortAll', planExecutionId: uuid });

    const detail = await until(uuid, isTerminal, '&renderFullBottomGraph=true');
    expect(detail.pipelineExecutionSummary).toMatchObject({
      status: 'Aborted',
      abortedBy: { email: expect.any(String), userName: expect.any(String), createdAt: expect.any(Number) },
    });
    const step = Object.values(detail.executionGraph?.nodeMap ?? {}).find(({ identifier }) => identifier === 's0');
    expect(step?.status).toBe('Aborted');
    expect(step?.interruptHistories.length).toBeGreaterThan(0);
    expect((await send('PUT', path, sent)).status).toBe(400);
  });
});

describe('flow 6: the Backstage plugin runs it again', () => {
  it('reads the inputs as YAML, and the new execution knows the old one', async () => {
    const list = await send<{ content: readonly Summary[] }>(
      'POST',
      `/gateway/pipeline/api/pipelines/execution/summary?${scope}&routingId=${product.accountId}&page=0&size=5`,
      {
        headers: { ...key(), Authorization: 'Bearer of-backstage', 'Content-Type': 'application/json' },
        body: JSON.stringify({ filterType: 'PipelineExecution', pipelineIdentifiers: ['test'] }),
      },
    );
    const [newest] = list.body.data.content;
    const id = newest?.planExecutionId ?? '';
    await until(id, isTerminal);
    const inputs = await send('GET', `/gateway/pipeline/api/pipelines/execution/${id}/inputset?${scope}`, {
      headers: { ...key(), Authorization: 'Bearer of-backstage' },
    });
    expect([inputs.status, inputs.text.includes('SUCCESS')]).toEqual([200, false]);

    const again = await send<{ planExecution: { uuid: string } }>(
      'POST',
      `/gateway/pipeline/api/pipeline/execute/rerun/${id}/test?${scope}&moduleType=ci`,
      { headers: { ...key(), 'content-type': 'application/yaml' }, body: inputs.text },
    );
    expect(again.status).toBe(200);
    const { pipelineExecutionSummary: summary } = await until(again.body.data.planExecution.uuid, isTerminal);
    expect(summary.executionTriggerInfo).toMatchObject({
      isRerun: true,
      rerunInfo: { prevExecutionId: id, rootExecutionId: expect.any(String) },
    });
    expect(summary.runSequence).toBe((newest?.runSequence ?? 0) + 1);
  });
});

/** All files of a zip archive, one after the other. */
function unzipText(zip: Buffer): string {
  const texts: string[] = [];
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('504b0506', 'hex')) + 16);
  while (zip.readUInt32LE(at) === 0x02_01_4b_50) {
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    texts.push(inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(at + 20))).toString('utf8'));
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return texts.join('');
}
