/** Scheduled triggers: one start per time over any number of replicas (T1, T2), and what becomes of times that were missed. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fireSchedules } from '../intake/schedule-loop.ts';
import { openDatabase, type DatabaseHandle } from '../store/database.ts';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;
let other: DatabaseHandle;

const PIPELINE = `pipeline:
  name: nightly
  identifier: nightly
  variables:
    - { name: why, type: String, value: <+input> }
  stages:
    - stage:
        name: s
        identifier: s
        type: Custom
        spec:
          execution:
            steps:
              - step: { name: w, identifier: w, type: Wait, spec: { duration: 1s } }
`;

const cron = (identifier: string, expression: string, more = ''): string => `trigger:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: nightly
  source:
    type: Scheduled
    spec:
      type: Cron
      spec: { expression: "${expression}"${more} }
  inputYaml: |
    pipeline:
      identifier: nightly
      variables: [{ name: why, type: String, value: <+trigger.type> }]
`;

const target = { targetIdentifier: 'nightly' };
const TRIGGERS = '/pipeline/api/triggers';

beforeEach(async () => {
  server = await createTestApp({ isIntakeStopped: true });
  other = openDatabase(server.database.url, { onError: () => undefined });
  const { body } = await server.call('POST', '/pipeline/api/pipelines/v2', { body: PIPELINE });
  expect(body).toMatchObject({ status: 'SUCCESS' });
});

afterEach(async () => {
  await other.close();
  await server.close();
});

async function create(text: string): Promise<void> {
  const { body } = await server.call('POST', TRIGGERS, { body: text, query: target });
  expect(body).toMatchObject({ status: 'SUCCESS', data: { errorResponse: false, type: 'Scheduled' } });
}

/** As if the time had passed: the row is due so many milliseconds ago. */
async function makeDue(identifier: string, agoMs: number): Promise<void> {
  await sql`update trigger_schedules set due_at = bridle_now() - ${agoMs} where trigger_identifier = ${identifier}`.execute(
    server.db,
  );
}

async function dueIn(identifier: string): Promise<number | null> {
  const result = await sql<{ ms: number | null }>`
    select due_at - bridle_now() as ms from trigger_schedules where trigger_identifier = ${identifier}`.execute(
    server.db,
  );
  return result.rows[0]?.ms ?? null;
}

const events = (): Promise<{ id: string; state: string; status: string; message: string; due_at: number | null }[]> =>
  server.db.selectFrom('trigger_events').select(['id', 'state', 'status', 'message', 'due_at']).execute();

const FIVE_MINUTES = 300_000;

describe('a due time', () => {
  it('makes one event, whichever replicas look at it at once (T2)', async () => {
    await create(cron('often', '*/5 * * * *'));
    expect(await fireSchedules(server.db)).toEqual([]);
    expect(await dueIn('often')).toBeGreaterThan(0);
    await makeDue('often', 0);
    const fired = await Promise.all([
      fireSchedules(server.db),
      fireSchedules(other.db),
      fireSchedules(server.db),
      fireSchedules(other.db),
    ]);
    expect(fired.flat()).toHaveLength(1);
    const [event, ...more] = await events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      id: expect.stringMatching(/^Cron_[0-9a-f-]{36}$/),
      state: 'queued',
      status: 'QUEUED',
    });
    const next = await dueIn('often');
    expect(next).toBeGreaterThan(0);
    expect(next).toBeLessThanOrEqual(FIVE_MINUTES);
    expect(await fireSchedules(other.db)).toEqual([]);
  });

  it('that passed while no server ran is made good once, however many there were', async () => {
    await create(cron('often', '*/5 * * * *'));
    await fireSchedules(server.db);
    await makeDue('often', 45 * 60_000);
    expect(await fireSchedules(server.db)).toHaveLength(1);
    expect(await fireSchedules(server.db)).toEqual([]);
    const [event] = await events();
    expect(event).toMatchObject({ status: 'QUEUED' });
    // The newest of them.
    const { rows } = await sql<{ now: number }>`select bridle_now() as now`.execute(server.db);
    expect((rows[0]?.now ?? 0) - (event?.due_at ?? 0)).toBeLessThan(FIVE_MINUTES + 5_000);
  });

  it('that passed too long ago starts nothing, and the history says so', async () => {
    const later = new Date(Date.now() + 12 * 3_600_000).getUTCHours();
    await create(cron('daily', `0 ${String(later)} * * *`));
    await fireSchedules(server.db);
    await makeDue('daily', 5 * 3_600_000);
    expect(await fireSchedules(server.db)).toHaveLength(1);
    expect(await events()).toMatchObject([
      { state: 'final', status: 'TARGET_DID_NOT_EXECUTE', message: expect.stringContaining('No server ran at ') },
    ]);
    const history = await server.call('GET', `${TRIGGERS}/eventHistory/daily`, { query: target });
    expect(history.body.data).toMatchObject({
      content: [{ type: 'Scheduled', exceptionOccurred: true, triggerEventStatus: { status: 'FAILED' } }],
    });
    expect(await dueIn('daily')).toBeGreaterThan(0);
  });
});

describe('a schedule', () => {
  it('follows its trigger: disabled it is due never, enabled again from then on', async () => {
    await create(cron('often', '*/5 * * * *'));
    await fireSchedules(server.db);
    await server.call('PUT', `${TRIGGERS}/often/status`, { query: { ...target, status: 'false' } });
    await makeDue('often', 1_000);
    expect(await fireSchedules(server.db)).toEqual([]);
    expect(await dueIn('often')).toBeNull();
    await server.call('PUT', `${TRIGGERS}/often/status`, { query: { ...target, status: 'true' } });
    expect(await fireSchedules(server.db)).toEqual([]);
    expect(await dueIn('often')).toBeGreaterThan(0);
  });

  it('keeps its time when something else of the trigger is changed, and gets another when its times are', async () => {
    await create(cron('often', '*/5 * * * *'));
    await fireSchedules(server.db);
    await makeDue('often', -7_777_777);
    await server.call('PUT', `${TRIGGERS}/often`, {
      query: target,
      body: cron('often', '*/5 * * * *').replace('name: often', 'name: more often'),
    });
    await fireSchedules(server.db);
    expect(await dueIn('often')).toBeGreaterThan(FIVE_MINUTES);
    await server.call('PUT', `${TRIGGERS}/often`, { query: target, body: cron('often', '*/10 * * * *') });
    await fireSchedules(server.db);
    expect(await dueIn('often')).toBeLessThanOrEqual(2 * FIVE_MINUTES);
  });

  it('that is over is due never', async () => {
    await create(cron('once', '0 0 0 1 1 ? 2020', ', type: QUARTZ'));
    expect(await fireSchedules(server.db)).toEqual([]);
    expect(await dueIn('once')).toBeNull();
    const details = await server.call('GET', `${TRIGGERS}/once/details`, { query: target });
    expect(details.body.data).toMatchObject({ nextFireTimes: [], triggerStatus: { status: 'SUCCESS' } });
  });

  it.each([
    ['*/2 * * * *', '', 'Cron interval must be greater than or equal to 5 minutes.'],
    ['0 0 2 * * *', '', 'a UNIX expression has five fields'],
    ['0 2 * * *', ', timezone: Mars/Olympus', 'is not a time zone'],
  ])('%s%s is refused', async (expression, more, message) => {
    const { status, body } = await server.call('POST', TRIGGERS, {
      body: cron('bad', expression, more),
      query: target,
    });
    expect([status, body.status]).toEqual([400, 'ERROR']);
    expect(body.message).toContain('Failed while Saving Trigger: ');
    expect(body.message).toContain(message);
  });

  it('tells its next times', async () => {
    // No clock is set at noon.
    await create(cron('daily', '30 12 * * *', ', timezone: Europe/Berlin'));
    const { body } = await server.call('GET', TRIGGERS, { query: target });
    const [details] = (body.data as unknown as { content: readonly { nextFireTimes: readonly number[] }[] }).content;
    expect(details?.nextFireTimes).toHaveLength(5);
    for (const time of details?.nextFireTimes ?? []) {
      const clock = new Date(time).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
      expect(clock).toBe('12:30');
    }
    expect(details).not.toHaveProperty('webhookUrl');
  });
});

it('lists of triggers are sorted as asked', async () => {
  for (const name of ['b', 'a', 'c']) await create(cron(name, '0 2 * * *'));
  const names = async (sort?: string): Promise<readonly string[]> => {
    const query = { ...target, ...(sort === undefined ? {} : { sort }) };
    const { data } = (await server.call('GET', TRIGGERS, { query })).body;
    return (data as unknown as { content: readonly { name: string }[] }).content.map(({ name }) => name);
  };
  expect(await names()).toEqual(['c', 'a', 'b']);
  expect(await names('name,ASC')).toEqual(['a', 'b', 'c']);
  expect(await names('lastUpdatedAt,ASC')).toEqual(['b', 'a', 'c']);
  expect(await names('nothing,DESC')).toEqual(['c', 'a', 'b']);
});

it('starts the pipeline, and the history says by which time', async () => {
  await server.close();
  server = await createTestApp();
  await server.call('POST', '/pipeline/api/pipelines/v2', { body: PIPELINE });
  // Its own time is half a day away: only the one that is made counts.
  const later = new Date(Date.now() + 12 * 3_600_000).getUTCHours();
  await create(cron('often', `0 ${String(later)} * * *`));
  await vi.waitFor(async () => expect(await dueIn('often')).toBeGreaterThan(0), { timeout: 10_000 });
  await makeDue('often', 0);
  const row = await vi.waitFor(
    async () => {
      const { body } = await server.call('GET', `${TRIGGERS}/eventHistory/often`, { query: target });
      const [first] = (body.data as unknown as { content: readonly Record<string, unknown>[] }).content;
      expect(first).toMatchObject({ finalStatus: 'TARGET_EXECUTION_REQUESTED' });
      return first ?? {};
    },
    { timeout: 10_000 },
  );
  expect(row).toMatchObject({
    type: 'Scheduled',
    eventCorrelationId: expect.stringMatching(/^Cron_/),
    dueAt: expect.any(Number),
    payload: '',
    message: 'Pipeline execution was requested successfully',
    targetExecutionSummary: { targetId: 'nightly', runSequence: 1 },
  });
  const { planExecutionId } = row['targetExecutionSummary'] as { readonly planExecutionId: string };
  const details = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${planExecutionId}`);
  expect(details.body.data).toMatchObject({
    pipelineExecutionSummary: {
      executionTriggerInfo: {
        triggerType: 'SCHEDULER_CRON',
        triggeredBy: { uuid: 'systemUser', identifier: 'often', triggerIdentifier: 'often' },
      },
    },
  });
  const inputs = await server.call('GET', `/pipeline/api/pipelines/execution/${planExecutionId}/inputsetV2`);
  expect(JSON.stringify(inputs.body.data)).toContain('Scheduled');
  const trigger = await server.call('GET', `${TRIGGERS}/often/details`, { query: target });
  expect(trigger.body.data).toMatchObject({
    executions: [0, 0, 0, 0, 0, 0, 1],
    lastTriggerExecutionDetails: { lastExecutionSuccessful: true, planExecutionId },
  });
});
