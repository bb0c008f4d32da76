/** The SDK against a real server: starting, following and waiting, also where a connection is cut or there are no streams. */
import {
  ExecutionFailedError,
  Harness,
  isHarnessError,
  NotFoundError,
  TriggerNotMatchedError,
  UnsupportedError,
  WaitTimeoutError,
  type ExecutionEvent,
  type ExecutionLogLine,
  type LiveEvent,
} from '@bridle/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customTrigger, shellPipeline } from './src/api.ts';
import { startProduct, type Product } from './src/product.ts';
import { startCuttingProxy, type CuttingProxy } from './src/cutting-proxy.ts';

let product: Product;
let proxy: CuttingProxy;
let harness: Harness;

beforeAll(async () => {
  product = await startProduct();
  proxy = await startCuttingProxy(product.url);
  harness = clientOf(product.url);
  await harness.pipelines.create(shellPipeline('fine', ['echo one; echo two', 'echo three']));
  await harness.pipelines.create(shellPipeline('broken', ['echo before', 'echo no good >&2; exit 3']));
  await harness.pipelines.create(shellPipeline('slow', ['echo begun; sleep 600']));
  await harness.triggers.create('fine', customTrigger('hook', 'fine'));
  await harness.triggers.create('fine', customTrigger('picky', 'fine').replace('payloadConditions: []', CONDITION));
});

afterAll(async () => {
  await proxy.close();
  await product.dispose();
});

const CONDITION = `payloadConditions:
          - key: <+trigger.payload.tag>
            operator: Equals
            value: v1`;

function clientOf(baseUrl: string): Harness {
  return new Harness({ apiKey: product.adminToken, baseUrl, org: 'default', project: 'myproject' });
}

it('fires, follows and waits as the founding document would', async () => {
  const event = await harness.triggers.fireCustom('fine', 'hook', { tag: 'v1' });
  expect(event.eventCorrelationId).toMatch(/^[0-9a-f]{24}$/);
  expect(event.curl).toContain('triggerIdentifier=hook');
  const execution = await event.waitForExecution({ timeoutMs: 60_000 });
  const done = await execution.wait({ throwOnFailure: true });
  expect(done).toMatchObject({ status: 'Success', pipelineIdentifier: 'fine' });
  expect((await harness.triggers.eventDetails(event.eventCorrelationId))?.webhookProcessingDetails).toMatchObject({
    pipelineExecutionId: execution.planExecutionId,
  });
});

it('knows a project that is not there from a server that has no events', async () => {
  await expect(harness.events({ project: 'nowhere' }).next()).rejects.toBeInstanceOf(NotFoundError);
});

it('says why no execution came of an event', async () => {
  const event = await harness.triggers.fireCustom('fine', 'picky', { tag: 'v2' });
  const error: unknown = await event.waitForExecution().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TriggerNotMatchedError);
  expect(isHarnessError(error, 'triggerNotMatched') && error.reasons.at(-1)).toContain('it is v2');
});

it('tells which step failed', async () => {
  const execution = await harness.pipelines.execute('broken');
  const error: unknown = await execution.wait({ throwOnFailure: true }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExecutionFailedError);
  expect((error as ExecutionFailedError).failedNodes.map(({ identifier }) => identifier)).toEqual(['s1']);
});

it('gives up waiting in time, and an execution goes when its block ends', async () => {
  let id: string;
  {
    await using execution = await harness.pipelines.execute('slow');
    id = execution.planExecutionId;
    const error: unknown = await execution.wait({ timeoutMs: 300 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    await expect(execution.wait({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  }
  expect(await harness.executions.wait(id)).toMatchObject({ status: 'Aborted' });
});

describe.each(['streams', 'no streams', 'cut streams'] as const)('with %s', (kind) => {
  let client: Harness;

  beforeAll(() => {
    proxy.mode = kind === 'cut streams' ? 'cut' : kind === 'no streams' ? 'absent' : 'through';
    client = clientOf(proxy.url);
  });

  it('events tell everything once, and end', async () => {
    const cutsBefore = proxy.cuts;
    const execution = await client.pipelines.execute('fine');
    const events: ExecutionEvent[] = [];
    for await (const event of execution.events({ pollMs: { min: 20, max: 100 } })) events.push(event);
    expect(events.at(-1)).toMatchObject({ kind: 'end', execution: { status: 'Success' } });
    const nodes = new Map(
      events.flatMap((event) => (event.kind === 'change' ? event.nodes : [])).map((node) => [node.uuid, node]),
    );
    const { executionGraph } = await execution.details();
    expect(Object.fromEntries(nodes)).toEqual(executionGraph?.nodeMap);
    const ids = events.flatMap((event) =>
      event.kind === 'change' && event.id !== undefined ? [Number(event.id)] : [],
    );
    expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
    if (kind === 'no streams') expect(ids).toEqual([]);
    if (kind === 'cut streams') expect(proxy.cuts).toBeGreaterThan(cutsBefore);
  });

  it('what happens in the project is told in its order, once', async () => {
    const cutsBefore = proxy.cuts;
    const types = ['trigger.*', 'execution.started', 'execution.finished'];
    const stream = client.events({ pipelines: ['fine'], types });
    if (kind === 'no streams') {
      await expect(stream.next()).rejects.toBeInstanceOf(UnsupportedError);
      return;
    }
    // From here on everything is told.
    expect(await stream.next()).toMatchObject({ value: { type: 'position' } });
    const told: LiveEvent[] = [];
    const fired = await harness.triggers.fireCustom('fine', 'hook', { tag: 'v1' });
    const id = (await fired.waitForExecution()).planExecutionId;
    for (let read = await stream.next(); read.done !== true; read = await stream.next()) {
      told.push(read.value);
      if (read.value.type === 'execution.finished' && read.value.data.planExecutionId === id) break;
    }
    await stream.return?.();
    // What came of earlier tests may get its position late.
    const own = [id, fired.eventCorrelationId];
    const [first, ...between] = told
      .filter((event) => own.some((word) => JSON.stringify(event).includes(word)))
      .map(({ type }) => type);
    expect([first, between.pop()]).toEqual(['trigger.accepted', 'execution.finished']);
    // Both come of one decision.
    expect(new Set(between)).toEqual(new Set(['trigger.decided', 'execution.started']));
    expect(between).toHaveLength(2);
    const ids = told.map((event) => Number(event.id));
    expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
    if (kind === 'cut streams') expect(proxy.cuts).toBeGreaterThan(cutsBefore);
  });

  it('logs that are followed have every line once', async () => {
    const execution = await client.pipelines.execute('fine');
    const lines: ExecutionLogLine[] = [];
    for await (const line of execution.logs({ follow: true })) lines.push(line);
    expect(textsOf(lines, 's0')).toEqual(expect.arrayContaining(['one', 'two']));
    expect(textsOf(lines, 's1')).toContain('three');
    const places = lines.map(({ nodeExecutionId, line }) => `${nodeExecutionId} ${String(line)}`);
    expect(new Set(places).size).toBe(places.length);
    const stored: ExecutionLogLine[] = [];
    for await (const line of execution.logs()) stored.push(line);
    for (const step of ['s0', 's1']) expect(textsOf(stored, step)).toEqual(textsOf(lines, step));
    for await (const line of execution.logs({ step: 's1' })) expect(line.step).toBe('s1');
  });
});

function textsOf(lines: readonly ExecutionLogLine[], step: string): readonly string[] {
  return lines.filter((line) => line.step === step).map(({ text }) => text);
}
