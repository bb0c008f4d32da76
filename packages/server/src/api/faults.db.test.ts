/** Faults made on purpose, and none where nobody asked for them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { graphOf, pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

const FAULTS = '/bridle/api/faults';
const LIST = '/pipeline/api/pipelines/execution/summary';
let server: TestApp;

const put = async (rules: Record<string, unknown>): Promise<void> => {
  const answer = await server.call('PUT', FAULTS, { body: rules });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
};
const list = (): Promise<Answer> => server.call('POST', LIST, { body: {} });

describe('a server without faults', () => {
  it('has no such routes', async () => {
    server = await createTestApp();
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      expect((await server.call(method, FAULTS, method === 'PUT' ? { body: {} } : {})).status).toBe(404);
    await server.close();
  });
});

describe('a server with faults', () => {
  beforeEach(async () => {
    server = await createTestApp({ hasFaults: true });
    await savePipeline(server, pipelineOf('work', [{ identifier: 'one', steps: shell('make') }]));
  });
  afterEach(async () => {
    await server.close();
  });

  it('answers requests as the rules say, and tells how often', async () => {
    const action = { kind: 'status', status: 429, retryAfterSeconds: 7 };
    await put({ requests: [{ match: { path: '/pipeline/api/pipelines/execution/*' }, times: 1, action }] });
    const refused = await list();
    expect([refused.status, refused.headers['retry-after'], refused.body.code]).toEqual([
      429,
      '7',
      'TOO_MANY_REQUESTS',
    ]);
    expect((await list()).status).toBe(200);
    const report = await server.call('GET', FAULTS);
    expect(report.body).toMatchObject({ requests: [{ matched: 1, applied: 1 }], steps: [] });

    await put({ requests: [{ match: { method: 'POST' }, action: { kind: 'status', status: 502 } }] });
    expect((await list()).status).toBe(502);
    expect((await server.call('DELETE', FAULTS)).body).toMatchObject({ rules: {}, requests: [] });
    expect((await list()).status).toBe(200);
  });

  it('breaks connections, and answers late', async () => {
    const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
    await put({
      requests: [
        { match: { path: '/healthz' }, times: 1, action: { kind: 'reset' } },
        { match: { path: '/healthz' }, times: 1, action: { kind: 'delay', ms: 30 } },
      ],
    });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    const before = performance.now();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    // A timer may be early by its resolution.
    expect(performance.now() - before).toBeGreaterThan(28);
  });

  it('refuses rules that make no sense, and callers who do not administer the account', async () => {
    const bad = await server.call('PUT', FAULTS, {
      body: { requests: [{ match: {}, action: { kind: 'status', status: 200 } }] },
    });
    expect(bad.status).toBe(400);
    expect((await server.call('GET', FAULTS, { isPublic: true })).status).toBe(401);
  });

  it('fails a step with message and type, and its delegate never hears of it', async () => {
    const action = { kind: 'fail', message: 'No route to the cluster.', errorTypes: ['CONNECTIVITY'] };
    await put({
      steps: [{ match: { pipeline: 'wo*', stage: 'one', step: 'm*ke' }, times: 1, action }],
    });
    const id = await startRun(server, 'work');
    expect(await server.runTasks()).toEqual([]);
    await untilStatus(server, id, 'Failed');
    const { make } = await graphOf(server, id);
    expect(make).toMatchObject({ failureInfo: { message: expect.stringContaining('No route to the cluster.') } });
    const again = await startRun(server, 'work');
    expect(await server.runTasks()).toHaveLength(1);
    await untilStatus(server, again, 'Success');
  });

  it('leaves other pipelines, stages and steps alone', async () => {
    const action = { kind: 'fail' };
    await put({
      steps: [
        { match: { pipeline: 'other' }, action },
        { match: { stage: 'other' }, action },
        { match: { step: 'other' }, action },
      ],
    });
    const id = await startRun(server, 'work');
    expect(await server.runTasks()).toHaveLength(1);
    await untilStatus(server, id, 'Success');
  });

  it('lets a step expire', async () => {
    await put({ steps: [{ match: { step: 'make' }, action: { kind: 'expire' } }] });
    const id = await startRun(server, 'work');
    expect(await server.runTasks()).toEqual([]);
    // The delegate's next poll is where a stop would be told.
    const polled = server.startTask().catch(() => undefined);
    await untilNode(server, id, 'make', 'Expired');
    expect(await polled).toBeUndefined();
    await untilStatus(server, id, 'Expired');
    expect(await server.db.selectFrom('delegate_tasks').select('state').execute()).toEqual([{ state: 'done' }]);
  });

  it('tells the end of a step later', async () => {
    await put({ steps: [{ match: {}, action: { kind: 'delay', ms: 300 } }] });
    const id = await startRun(server, 'work');
    await server.completeTask(await server.startTask());
    const row = await server.db.selectFrom('delegate_tasks').select('state').executeTakeFirstOrThrow();
    expect(row.state).toBe('started');
    await untilStatus(server, id, 'Success');
  });

  it('leaves trigger events queued for a while', async () => {
    await put({ triggers: { delayMs: 600_000 } });
    const accepted = await server.call('POST', '/pipeline/api/webhook/custom', { body: {} });
    const details = async (): Promise<Answer> =>
      server.call('GET', '/pipeline/api/webhook/triggerProcessingDetails', {
        query: { eventId: accepted.body.data as unknown as string },
      });
    const waited = await server.call('POST', '/pipeline/api/webhook/custom', {
      body: {},
      headers: { prefer: 'wait=1' },
    });
    expect(waited.status).toBe(200);
    expect((await details()).body.data).toMatchObject({ status: 'QUEUED' });
    await server.call('DELETE', FAULTS);
    await expect
      .poll(async () => (await details()).body.data, { timeout: 10_000 })
      .toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED' });
  });
});
