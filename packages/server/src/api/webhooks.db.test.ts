import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, PUBLIC_URL, type Answer, type Call, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const HOOK = { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' };

const fire = (call: Call = {}, path = '/gateway/api/webhook/custom'): Promise<Answer> =>
  server.call('POST', path, { isPublic: true, body: '{}', ...call, query: { ...HOOK, ...call.query } });

const details = (
  eventId: unknown,
  headers: Record<string, string> = { prefer: 'wait=20' },
  version = '',
): Promise<Answer> =>
  server.call('GET', `/gateway/pipeline/api/webhook/triggerExecutionDetails${version}/${String(eventId)}`, {
    isPublic: true,
    headers,
  });

describe('accepting', () => {
  it.each([
    '/gateway/api/webhook/custom',
    '/gateway/pipeline/api/webhook/custom',
    '/pipeline/api/webhook/custom',
    '/api/webhook/custom',
  ])('answers with an event id at %s', async (path) => {
    const { status, body } = await fire({}, path);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'SUCCESS',
      data: expect.stringMatching(/^[0-9a-f]{24}$/),
      metaData: null,
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('answers v2 with links', async () => {
    const { body } = await fire({}, '/pipeline/api/webhook/custom/v2');
    const { eventCorrelationId, ...urls } = body.data as unknown as Record<string, string>;
    expect(urls).toEqual({
      apiUrl: `${PUBLIC_URL}/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/${String(eventCorrelationId)}?accountIdentifier=${ACCOUNT}`,
      uiUrl: `${PUBLIC_URL}/ng/#/account/${ACCOUNT}/all/orgs/default/projects/myproject/deployments?pipelineIdentifier=test&page=0`,
      uiSetupUrl: `${PUBLIC_URL}/ng/#/account/${ACCOUNT}/all/orgs/default/projects/myproject/pipelines/test/pipeline-studio/`,
    });
  });

  it.each([
    [
      'an unknown trigger',
      { triggerIdentifier: 'nothook' },
      `No enabled custom trigger found for Account:${ACCOUNT}, Org: default, Project: myproject, Pipeline: test, Trigger: nothook`,
    ],
    ['an unknown pipeline', { pipelineIdentifier: 'none' }, 'Pipeline: none, Trigger: myhook'],
    ['an unknown account', { accountIdentifier: 'other' }, 'No enabled custom trigger found for Account:other'],
    ['no project', { projectIdentifier: '' }, 'orgIdentifier and projectIdentifier are required query parameters'],
    ['no account', { accountIdentifier: '' }, 'Account detail is not present in the request'],
  ])('refuses %s', async (_, query, message) => {
    const { status, body } = await fire({ query });
    expect([status, body.status, body.code]).toEqual([400, 'ERROR', 'INVALID_REQUEST']);
    expect(body.message).toContain(message);
  });

  it('refuses a wrong key where one is sent, and names the caller of a right one', async () => {
    expect((await fire({ headers: { 'x-api-key': 'pat.x.y.z' } })).body.code).toBe('INVALID_TOKEN');
    const { body } = await fire({ headers: { 'X-Api-Key': server.token } });
    const answer = await whileRunningTasks(details(body.data));
    expect(answer.body.data).toMatchObject({
      executionDetails: {
        pipelineExecutionSummary: {
          executionTriggerInfo: {
            triggerType: 'WEBHOOK_CUSTOM',
            triggeredBy: { identifier: 'admin', extraInfo: { email: 'admin@localhost' } },
          },
        },
      },
    });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['broken JSON', Buffer.from('{"a":')],
    ['five megabytes', Buffer.from(JSON.stringify({ text: 'x'.repeat(5_000_000) }))],
    ['text with NUL and an emoji', Buffer.from('a\u0000b 🐎')],
  ])('keeps a body that is %s as it came', async (_, body) => {
    const accepted = await fire({ body, headers: { 'content-type': 'garbage' } });
    expect(accepted.status).toBe(200);
    const row = await server.db
      .selectFrom('trigger_events')
      .select('payload')
      .where('id', '=', String(accepted.body.data))
      .executeTakeFirstOrThrow();
    expect(row.payload.equals(body)).toBe(true);
  });

  it('refuses a body beyond the limit with a clear answer', async () => {
    const { status, body } = await fire({ body: Buffer.alloc(11_000_000, 0x20) });
    expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('never keeps a credential', async () => {
    const { body } = await fire({ headers: { authorization: 'Bearer secret', cookie: 'a=secret', 'x-team': 'blue' } });
    const row = await server.db
      .selectFrom('trigger_events')
      .select('headers')
      .where('id', '=', String(body.data))
      .executeTakeFirstOrThrow();
    expect(row.headers).toMatchObject({ 'x-team': 'blue' });
    expect(JSON.stringify(row.headers)).not.toContain('secret');
  });
});

describe('details', () => {
  it('tell the whole founding story', async () => {
    const { body } = await fire();
    const answer = await whileRunningTasks(details(body.data));
    expect(answer.status).toBe(200);
    expect(answer.headers['preference-applied']).toBe('wait=20');
    const { webhookProcessingDetails, executionDetails } = answer.body.data as unknown as Record<
      string,
      Record<string, unknown>
    >;
    expect(webhookProcessingDetails).toEqual({
      eventFound: true,
      eventId: body.data,
      accountIdentifier: ACCOUNT,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      triggerIdentifier: 'myhook',
      pipelineIdentifier: 'test',
      pipelineExecutionId: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      exceptionOccured: false,
      status: 'TARGET_EXECUTION_REQUESTED',
      message: 'Pipeline execution was requested successfully',
      payload: '{}',
      eventCreatedAt: expect.any(Number),
      runtimeInput: 'pipeline: {}\n',
      warningMsg: null,
    });
    expect(executionDetails).not.toHaveProperty('executionGraph');
    const summary = executionDetails?.['pipelineExecutionSummary'] as Record<string, number>;
    expect(summary['planExecutionId']).toBe(webhookProcessingDetails?.['pipelineExecutionId']);
    expect(webhookProcessingDetails?.['eventCreatedAt']).toBeGreaterThanOrEqual(summary['startTs'] ?? 0);
    expect(summary['endTs']).toBeGreaterThanOrEqual(summary['startTs'] ?? 0);
  });

  it('are there for V1 only once the event is processed', async () => {
    const stopped = await createTestApp({ isIntakeStopped: true });
    try {
      const { body } = await stopped.call('POST', '/api/webhook/custom', { isPublic: true, query: HOOK });
      const path = (name: string): string => `/pipeline/api/webhook/${name}/${String(body.data)}`;
      const first = await stopped.call('GET', path('triggerExecutionDetails'), { isPublic: true });
      expect([first.status, first.body.code]).toEqual([400, 'INVALID_REQUEST']);
      const second = await stopped.call('GET', path('triggerExecutionDetailsV2'), {
        isPublic: true,
        headers: { prefer: 'wait=0' },
      });
      expect(second.body.data).toMatchObject({
        webhookProcessingDetails: {
          status: 'QUEUED',
          message: 'Trigger execution is queued.',
          pipelineExecutionId: null,
        },
        executionDetails: null,
        executionUrl: null,
      });
      const third = await stopped.call('GET', '/pipeline/api/webhook/triggerProcessingDetails', {
        isPublic: true,
        query: { eventId: String(body.data) },
      });
      expect(third.body.data).toMatchObject({ eventFound: true, status: 'QUEUED' });
    } finally {
      await stopped.close();
    }
  });

  it.each(['', 'V2'])('refuse an event that never was (%s)', async (version) => {
    const { status, body } = await details('000000000000000000000000', {}, version);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toContain(
      "Trigger event history doesn't exist for event with eventId 000000000000000000000000",
    );
  });

  it('of another account are not there', async () => {
    const { body } = await fire();
    const answer = await server.call('GET', `/pipeline/api/webhook/triggerExecutionDetails/${String(body.data)}`, {
      isPublic: true,
      query: { accountIdentifier: 'other' },
    });
    expect(answer.status).toBe(400);
  });

  it('refuse a wrong key with the code of each version', async () => {
    const wrong = { 'x-api-key': `pat.${ACCOUNT}.x.y` };
    expect((await details('000000000000000000000000', wrong)).body.code).toBe('INVALID_TOKEN');
    expect((await details('000000000000000000000000', wrong, 'V2')).body.code).toBe('INVALID_CREDENTIAL');
  });
});

it('gives the details in the answer of the webhook itself', async () => {
  const answer = await whileRunningTasks(fire({ headers: { prefer: 'wait=20, return=representation' } }));
  expect(answer.headers['preference-applied']).toBe('wait=20, return=representation');
  expect(answer.body.data).toMatchObject({
    eventCorrelationId: expect.stringMatching(/^[0-9a-f]{24}$/),
    webhookProcessingDetails: { status: 'TARGET_EXECUTION_REQUESTED' },
    executionDetails: { pipelineExecutionSummary: { status: 'Success' } },
  });
});

/** A delegate works as long as the answer takes: executions begin a moment after their calls. */
async function whileRunningTasks(waiting: Promise<Answer>): Promise<Answer> {
  let isAnswered = false;
  const answer = waiting.finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) await server.runTasks();
  return await answer;
}
