/** The streams of everything that happens: typed, resumable, and only for those who may see it. */
import { BridleEvent, EventsReset, EVENT_TYPES } from '@bridle/protocol';
import { Ajv } from 'ajv';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberNotices, readFeedEnds, sweepFeed } from '../store/feed.ts';
import { createTestApp, type TestApp } from './test-app.ts';
import { openTestEventStream, type ReceivedEvent, type TestEventStream } from './test-event-stream.ts';
import { makePrincipals, type TestPrincipal } from './test-principals.ts';
import { pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

const EVENTS = '/bridle/api/events';
const EXECUTE = '/pipeline/api/pipeline/execute';
const isEvent = new Ajv({ strict: false }).compile(BridleEvent);
const isReset = new Ajv({ strict: false }).compile(EventsReset);

let server: TestApp;
let base: string;
let principals: readonly TestPrincipal[];

beforeAll(async () => {
  server = await createTestApp();
  base = await server.app.listen({ port: 0, host: '127.0.0.1' });
  principals = await makePrincipals(server);
  const steps = `${shell('a')}\n${shell('b')}`;
  await savePipeline(
    server,
    pipelineOf('two', [
      { identifier: 'first', steps },
      { identifier: 'second', steps: shell('c'), more: 'when:\n  pipelineStatus: Failure' },
    ]),
  );
  const approval = [
    '- step:',
    '    identifier: ok',
    '    name: Ok',
    '    type: HarnessApproval',
    '    timeout: 1d',
    '    spec:',
    '      approvalMessage: May it?',
    '      approvers:',
    '        userGroups: [account.admins]',
    '        minimumCount: 1',
  ].join('\n');
  await savePipeline(server, pipelineOf('approved', [{ identifier: 'gate', type: 'Approval', steps: approval }]));
  const strategies = [
    'failureStrategies:',
    '  - onFailure:',
    '      errors: [AllErrors]',
    '      action:',
    '        type: ManualIntervention',
    '        spec:',
    '          timeout: 1d',
    '          onTimeout:',
    '            action:',
    '              type: Abort',
  ].join('\n');
  await savePipeline(server, pipelineOf('mended', [{ identifier: 'one', steps: shell('a', strategies) }]));
  const asking = shell('a').replace('script: echo a', 'script: <+input>.executionInput().allowedValues(one,two)');
  await savePipeline(server, pipelineOf('asking', [{ identifier: 'one', steps: asking }]));
});

afterAll(() => server.close());

interface Told {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const told = ({ data }: ReceivedEvent): Told => data as Told;

async function open(
  query: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<TestEventStream> {
  const stream = await openTestEventStream(`${base}${EVENTS}?${new URLSearchParams(query).toString()}`, {
    'x-api-key': server.token,
    ...headers,
  });
  expect(stream.response.status).toBe(200);
  return stream;
}

/** Everything about an execution, from its start to the end of the stream; each event fits its schema. */
async function allOf(id: string, query: Readonly<Record<string, string>> = {}): Promise<readonly ReceivedEvent[]> {
  const stream = await open({ planExecutionId: id, ...query });
  const events = await stream.rest();
  expect(events.at(-1)?.event).toBe('end');
  const rest = events.slice(0, -1);
  for (const event of rest) {
    expect([event.event, isEvent(event.data), isEvent.errors]).toEqual([told(event).type, true, null]);
    expect(Date.parse(told(event).timestamp)).toBeGreaterThan(1_600_000_000_000);
  }
  return rest;
}

describe('an execution', () => {
  it('is told from its start to its end, stage by stage, and the stream ends', async () => {
    const id = await startRun(server, 'two');
    const listening = allOf(id);
    await server.runTasks();
    const events = await listening;
    expect(
      events.map((event) => [
        event.event,
        told(event).data['status'],
        (told(event).data['stage'] as { identifier: string } | undefined)?.identifier,
      ]),
    ).toEqual([
      ['execution.started', 'Running', undefined],
      ['stage.started', 'Running', 'first'],
      ['stage.finished', 'Success', 'first'],
      ['stage.finished', 'Skipped', 'second'],
      ['execution.finished', 'Success', undefined],
    ]);
    expect(told(events[0] as ReceivedEvent).data).toMatchObject({
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipelineIdentifier: 'two',
      planExecutionId: id,
      triggerType: 'MANUAL',
      previousStatus: null,
    });
    const ids = events.map((event) => Number(event.id));
    expect(ids).toEqual(ids.toSorted((left, right) => left - right));
    // Once more, and of what is over: the same.
    expect((await allOf(id)).map((event) => event.id)).toEqual(events.map((event) => event.id));
  });

  it('says why it failed', async () => {
    const id = await startRun(server, 'two');
    const failure = { message: 'no disk', types: ['APPLICATION_ERROR' as const] };
    await server.completeTask(await server.startTask(), { kind: 'failed', exitCode: 1, outputs: {}, failure });
    await server.runTasks();
    await untilStatus(server, id, 'Failed');
    const events = await allOf(id, { type: 'stage.finished,execution.finished' });
    expect(events.map((event) => told(event).data)).toMatchObject([
      { status: 'Failed', failureMessage: expect.stringContaining('no disk') },
      { status: 'Success' },
      { status: 'Failed', failureMessage: expect.stringContaining('no disk') },
    ]);
  });

  it('tells of an approval that is waited for, and of its decision', async () => {
    const approved = await startRun(server, 'approved');
    const ok = await untilNode(server, approved, 'ok', 'ApprovalWaiting');
    const stream = await open({ planExecutionId: approved });
    const waiting = told(await stream.nextOf('approval.waiting'));
    expect(waiting.data).toMatchObject({
      approvalInstanceId: `${approved}.${ok}`,
      userGroups: ['account.admins'],
      node: { identifier: 'ok', name: 'Ok', nodeExecutionId: ok, kind: 'step' },
      stage: { identifier: 'gate', type: 'Approval' },
    });
    const decide = { query: { interruptType: 'MarkAsFailure' } };
    await server.call('PUT', `${EXECUTE}/interrupt/${approved}/${ok}`, decide);
    expect(told(await stream.nextOf('approval.decided')).data).toMatchObject({ status: 'Failed' });
    await stream.rest();
    await allOf(approved);
  });

  it('tells of an intervention that is waited for', async () => {
    const mended = await startRun(server, 'mended');
    const failure = { message: 'no', types: ['APPLICATION_ERROR' as const] };
    await server.completeTask(await server.startTask(), { kind: 'failed', exitCode: 1, outputs: {}, failure });
    const a = await untilNode(server, mended, 'a', 'InterventionWaiting');
    await server.call('PUT', `${EXECUTE}/interrupt/${mended}/${a}`, { query: { interruptType: 'Ignore' } });
    await untilStatus(server, mended, 'IgnoreFailed');
    const statuses = await allOf(mended, { type: 'execution.status' });
    expect(statuses.map((event) => told(event).data)).toMatchObject([
      { status: 'InterventionWaiting', previousStatus: 'Running' },
    ]);
    const [intervention] = await allOf(mended, { type: 'intervention.*' });
    expect(told(intervention as ReceivedEvent).data).toMatchObject({
      node: { nodeExecutionId: a },
      failureMessage: 'no',
    });
  });

  it('tells of inputs that are waited for', async () => {
    const asking = await startRun(server, 'asking');
    const b = await untilNode(server, asking, 'a', 'InputWaiting');
    await server.call('PUT', `${EXECUTE}/interrupt/${asking}`, { query: { interruptType: 'AbortAll' } });
    const inputs = await allOf(asking, { type: 'input.waiting' });
    expect(inputs.map((event) => told(event).data)).toMatchObject([{ node: { nodeExecutionId: b } }]);
  });
});

describe('a trigger event', () => {
  it('is told when it is accepted and when it is decided', async () => {
    const stream = await open({ type: 'trigger.*' });
    const { body } = await server.call('POST', '/pipeline/api/webhook/custom', {
      isPublic: true,
      body: '{}',
      query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
    });
    const eventCorrelationId = String(body.data);
    const accepted = await stream.nextOf('trigger.accepted');
    const decided = await stream.nextOf('trigger.decided');
    const ids = { eventCorrelationId, pipelineIdentifier: 'test', triggerIdentifier: 'myhook' };
    expect([told(accepted).data, told(decided).data]).toMatchObject([
      { ...ids, projectIdentifier: 'myproject' },
      { ...ids, finalStatus: 'TARGET_EXECUTION_REQUESTED', planExecutionId: expect.any(String) },
    ]);
    expect([isEvent(accepted.data), isEvent(decided.data)]).toEqual([true, true]);
    await stream.close();
    await server.runTasks();
  });
});

describe('a stream', () => {
  it('goes on where it was left, and loses and repeats nothing', async () => {
    const query = { pipelineIdentifier: 'two', orgIdentifier: 'default', projectIdentifier: 'myproject' };
    let stream = await open(query);
    const position = await stream.next();
    expect(position).toMatchObject({ event: 'position', data: {} });
    await stream.close();
    stream = await open(query, { 'last-event-id': position?.id ?? '' });
    const seen: ReceivedEvent[] = [];
    const runs: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      runs.push(await startRun(server, 'two'));
      await server.runTasks();
      // One event of each turn is heard; the rest comes after the connection was lost.
      const next = await stream.next();
      if (next !== undefined) seen.push(next);
      await stream.close();
      stream = await open(query, { 'last-event-id': seen.at(-1)?.id ?? '' });
    }
    const last = runs.at(-1);
    for (;;) {
      const next = await stream.next();
      if (next === undefined) throw new Error('The stream ended.');
      seen.push(next);
      if (next.event === 'execution.finished' && told(next).data['planExecutionId'] === last) break;
    }
    await stream.close();
    const each = (await Promise.all(runs.map((id) => allOf(id)))).flat().map((event) => Number(event.id));
    expect(seen.map((event) => Number(event.id))).toEqual(each.toSorted((left, right) => left - right));
  });

  it('N1 tells what nobody was woken for', async () => {
    const stream = await open({ type: 'trigger.accepted' });
    const data = { eventCorrelationId: '0'.repeat(24), pipelineIdentifier: null, triggerIdentifier: null };
    await sql`insert into outbox (account_id, org_identifier, project_identifier, type, at, data)
      select id, '', '', 'trigger.accepted', bridle_now(), ${JSON.stringify(data)}::json from accounts`.execute(
      server.db,
    );
    await numberNotices(server.db);
    const event = await stream.nextOf('trigger.accepted');
    expect(told(event).data).toMatchObject({ orgIdentifier: null, projectIdentifier: null });
    await stream.close();
  });

  it('that begins where nothing is kept any more, or was never, says so and goes on from now', async () => {
    const { last } = await readFeedEnds(server.db);
    const unknown = await open({}, { 'last-event-id': String(last + 1_000) });
    const reset = await unknown.nextOf('reset');
    expect([reset.data, isReset(reset.data), Number(reset.id)]).toEqual([{ reason: 'unknown' }, true, last]);
    await unknown.close();

    await sweepFeed(server.db, -1_000, last - 1, 100_000);
    const expired = await open({ type: 'execution.started' }, { 'last-event-id': String(last - 2) });
    expect(await expired.nextOf('reset')).toMatchObject({ data: { reason: 'expired' }, id: String(last) });
    const id = await startRun(server, 'two');
    expect(told(await expired.nextOf('execution.started')).data).toMatchObject({ planExecutionId: id });
    await expired.close();
    await server.runTasks();
    const kept = await open({ type: 'execution.started' }, { 'last-event-id': String(last - 1) });
    expect(told(await kept.nextOf('execution.started')).data).toMatchObject({ planExecutionId: id });
    await kept.close();
  });

  it('refuses types, places and executions that are none', async () => {
    const ask = async (query: Record<string, string>): Promise<unknown> => {
      const answer = await server.app.inject({ url: EVENTS, query, headers: { 'x-api-key': server.token } });
      return answer.statusCode;
    };
    expect(await ask({ type: 'execution.done' })).toBe(400);
    expect(await ask({ type: 'execution.started,' })).toBe(400);
    expect(await ask({ projectIdentifier: 'myproject' })).toBe(400);
    expect(await ask({ orgIdentifier: 'default', projectIdentifier: 'none' })).toBe(404);
    expect(await ask({ planExecutionId: 'none' })).toBe(404);
  });
});

describe('rights', () => {
  const as = (name: string): Record<string, string> => ({
    'x-api-key': principals.find((each) => each.name === name)?.token ?? '',
  });

  it('tell each caller what they may see, and nothing else', async () => {
    const seers = ['account_viewer', 'project_viewer', 'one_runner', 'admin_elsewhere', 'nobody'] as const;
    const streams = await Promise.all(seers.map((name) => open({ type: 'execution.started' }, as(name))));
    const hidden = await startRun(server, 'two');
    const shown = await startRun(server, 'test');
    await server.runTasks();
    const heard = async (stream: TestEventStream): Promise<unknown> =>
      told(await stream.nextOf('execution.started')).data['planExecutionId'];
    expect(await heard(streams[0] as TestEventStream)).toBe(hidden);
    expect(await heard(streams[1] as TestEventStream)).toBe(hidden);
    expect(await heard(streams[2] as TestEventStream)).toBe(shown);
    // Those who see nothing of this project hear nothing: what is told to everybody comes first.
    for (const stream of streams) await stream.close();
    for (const index of [3, 4]) expect(streams[index]?.text()).not.toContain('execution');
  });

  it('are asked for what a stream is opened for', async () => {
    const ask = async (name: string, query: Record<string, string>): Promise<number> =>
      (await server.app.inject({ url: EVENTS, query, headers: as(name) })).statusCode;
    const project = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
    expect(await ask('nobody', project)).toBe(403);
    expect(await ask('one_runner', { ...project, pipelineIdentifier: 'test,two' })).toBe(403);
    expect(await ask('admin_elsewhere', { planExecutionId: await startRun(server, 'two') })).toBe(403);
    expect((await server.app.inject({ url: EVENTS })).statusCode).toBe(401);
    await server.runTasks();
  });

  it('that are taken away end the stream', async () => {
    const stream = await open({}, as('executor'));
    await sql`update api_keys set revoked_at = bridle_now() where user_id = 'executor'`.execute(server.db);
    await stream.rest();
  });
});

it('every type of event has its schema', () => {
  expect(BridleEvent.anyOf.map(({ properties }) => properties.type.const)).toEqual([...EVENT_TYPES]);
});
