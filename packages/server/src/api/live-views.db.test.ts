import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, LOG_TIME, type TestApp } from './test-app.ts';
import { openTestEventStream, type ReceivedEvent, type TestEventStream } from './test-event-stream.ts';

let server: TestApp;
let base: string;

beforeAll(async () => {
  server = await createTestApp();
  base = await server.app.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await server.close();
});

const open = (path: string, headers: Record<string, string> = {}): Promise<TestEventStream> =>
  openTestEventStream(`${base}${path}`, { 'x-api-key': server.token, ...headers });

async function run(): Promise<string> {
  const { body } = await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  const { planExecution } = body.data as unknown as { readonly planExecution: { readonly uuid: string } };
  return planExecution.uuid;
}

/** Its next task may be queued a moment after the last one has ended. */
async function finish(id: string): Promise<void> {
  for (;;) {
    await server.runTasks();
    const { body } = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`);
    const { pipelineExecutionSummary } = body.data as unknown as { pipelineExecutionSummary: { status: string } };
    if (pipelineExecutionSummary.status !== 'Running') return;
  }
}

interface Change {
  readonly version: number;
  readonly pipelineExecutionSummary: { readonly status: string; readonly planExecutionId: string };
  readonly nodes: readonly { readonly uuid: string; readonly identifier: string; readonly status: string }[];
}

const changeOf = ({ data }: ReceivedEvent): Change => data;

describe('changes of an execution', () => {
  it('come with summary and nodes, up to the final state and the end', async () => {
    const id = await run();
    const stream = await open(`/bridle/api/executions/${id}/events`);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const first = changeOf(await stream.nextOf('change'));
    expect(first.pipelineExecutionSummary).toMatchObject({ planExecutionId: id, status: 'Running' });
    expect(first.nodes.map(({ identifier }) => identifier)).toEqual(expect.arrayContaining(['test', 'hello', 'greet']));

    const [events] = await Promise.all([stream.rest(), finish(id)]);
    expect(events.at(-1)?.event).toBe('end');
    const changes = events.filter(({ event }) => event === 'change');
    expect(changes.map(({ id: version }) => Number(version))).toEqual(
      changes.map((change) => changeOf(change).version),
    );
    expect(changes.map((change) => changeOf(change).version)).toEqual(
      changes.map((change) => changeOf(change).version).toSorted((a, b) => a - b),
    );
    const last = changeOf(changes.at(-1) as ReceivedEvent);
    expect(last.pipelineExecutionSummary.status).toBe('Success');
    const seen = new Map(changes.flatMap((change) => changeOf(change).nodes).map(({ uuid, status }) => [uuid, status]));
    expect(new Set(seen.values())).toEqual(new Set(['Success']));
  });

  it('go on after the last event that arrived, by header and by query', async () => {
    const id = await run();
    const before = await open(`/bridle/api/executions/${id}/events`);
    const { id: version } = await before.nextOf('change');
    await before.close();
    await finish(id);
    for (const stream of [
      await open(`/bridle/api/executions/${id}/events`, { 'last-event-id': version }),
      await open(`/bridle/api/executions/${id}/events?lastEventId=${version}`),
    ]) {
      const events = await stream.rest();
      expect(events.map(({ event }) => event)).toEqual([...events.slice(1).map(() => 'change'), 'end']);
      for (const event of events.slice(0, -1)) expect(changeOf(event).version).toBeGreaterThan(Number(version));
      const last = String(changeOf(events.at(-2) as ReceivedEvent).version);
      const over = await open(`/bridle/api/executions/${id}/events`, { 'last-event-id': last });
      expect((await over.rest()).map(({ event }) => event)).toEqual(['end']);
    }
  });

  it('are not there for an unknown execution, nor without a key', async () => {
    const { status, body } = await server.call('GET', '/bridle/api/executions/nobodyknowsthisone0000/events');
    expect([status, body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    const id = await run();
    const anonymous = await server.call('GET', `/bridle/api/executions/${id}/events`, { isPublic: true });
    expect([anonymous.status, anonymous.body.code]).toEqual([401, 'INVALID_TOKEN']);
    await finish(id);
  });
});

describe('the log of a step', () => {
  const logOf = (execution: string, node: string): string => `/bridle/api/executions/${execution}/nodes/${node}/log`;

  it('comes line by line, ends when it is closed, and resumes after a line', async () => {
    const id = await run();
    const task = await server.startTask();
    await server.writeLog(task, 'one\ntwo\nth');
    const stream = await open(logOf(id, task.taskId));
    expect(await stream.next()).toEqual({ event: 'line', id: '0', data: { line: 0, time: LOG_TIME, text: 'one' } });
    expect((await stream.next())?.id).toBe('1');
    await server.writeLog(task, 'ree\n\u001B[31mfour', true);
    const rest = await stream.rest();
    expect(rest.map(({ event }) => event)).toEqual(['line', 'line', 'end']);
    expect(rest.slice(0, 2).map(({ data }) => data)).toEqual([
      { line: 2, time: LOG_TIME, text: 'three' },
      { line: 3, time: LOG_TIME, text: '\u001B[31mfour' },
    ]);
    await server.completeTask(task);
    await finish(id);

    const again = await open(logOf(id, task.taskId), { 'last-event-id': '1' });
    expect((await again.rest()).map(({ id: line, event }) => line || event)).toEqual(['2', '3', 'end']);
  });

  it('comes although all of it arrives after the end of the step', async () => {
    const id = await run();
    const task = await server.startTask();
    await server.completeTask(task);
    await finish(id);
    const stream = await open(logOf(id, task.taskId));
    await server.writeLog(task, 'late\n', true);
    expect((await stream.rest()).map(({ event, data }) => [event, data])).toEqual([
      ['line', { line: 0, time: LOG_TIME, text: 'late' }],
      ['end', {}],
    ]);
  });

  it.each([
    ['none', ['end']],
    ['no end', ['one', 'end']],
  ])('ends at once for a step that ended long ago, when there is %s of it', async (kind, expected) => {
    const id = await run();
    const task = await server.startTask();
    if (kind === 'no end') await server.writeLog(task, 'one\ntwo');
    await server.completeTask(task);
    await finish(id);
    await sql`update node_executions
      set state = jsonb_set(state::jsonb, '{endedAt}', to_jsonb((state ->> 'endedAt')::bigint - 3600000))
      where id = ${task.taskId}`.execute(server.db);
    const events = await (await open(logOf(id, task.taskId))).rest();
    expect(events.map(({ event, data }) => (event === 'line' ? (data as { text: string }).text : event))).toEqual(
      expected,
    );
  });

  it('ends at once for a node without one', async () => {
    const id = await run();
    const events = await open(`/bridle/api/executions/${id}/events`);
    const { nodes } = changeOf(await events.nextOf('change'));
    await events.close();
    const stage = nodes.find(({ identifier }) => identifier === 'hello');
    const stream = await open(logOf(id, String(stage?.uuid)));
    expect((await stream.rest()).map(({ event }) => event)).toEqual(['end']);
    await finish(id);
  });

  it('ends with a step that was aborted before any delegate took it', async () => {
    const id = await run();
    const events = await open(`/bridle/api/executions/${id}/events`);
    const { nodes } = changeOf(await events.nextOf('change'));
    await events.close();
    const step = nodes.find(({ identifier }) => identifier === 'greet');
    const stream = await open(logOf(id, String(step?.uuid)));
    const { status } = await server.call('PUT', `/pipeline/api/pipeline/execute/interrupt/${id}`, {
      query: { interruptType: 'AbortAll' },
    });
    expect(status).toBe(200);
    expect((await stream.rest()).map(({ event }) => event)).toEqual(['end']);
  });

  it('is not there for an unknown node', async () => {
    const id = await run();
    const { status } = await server.call('GET', logOf(id, 'nobodyknowsthisone0000'));
    expect(status).toBe(404);
    await finish(id);
  });
});

describe('what happens in a project', () => {
  const project = '/bridle/api/projects/default/myproject/events';

  it('tells of trigger events and of the executions they start', async () => {
    const isFinal = (event: ReceivedEvent): boolean => (event.data as { status?: string }).status === 'Success';
    const idOf = (event: ReceivedEvent): string => (event.data as { planExecutionId: string }).planExecutionId;
    const stream = await open(project);
    const { body } = await server.call('POST', '/gateway/api/webhook/custom', {
      isPublic: true,
      body: '{}',
      query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
    });
    const eventId = String(body.data);
    const told = new Map<string, unknown>();
    const seen = new Set<string>();
    while (told.get(eventId) !== 'TARGET_EXECUTION_REQUESTED') {
      const event = await stream.next();
      if (event?.event === 'trigger-event') {
        const data = event.data as { readonly eventCorrelationId: string; readonly finalStatus: string };
        expect(data).toMatchObject({ pipelineIdentifier: 'test', triggerIdentifier: 'myhook' });
        told.set(data.eventCorrelationId, data.finalStatus);
      }
      if (event?.event === 'execution') seen.add(idOf(event));
    }
    // Those of other tests may be told of, too: their last changes come late.
    const { body: details } = await server.call('GET', `/pipeline/api/webhook/triggerExecutionDetails/${eventId}`);
    const found = details.data as unknown as {
      readonly webhookProcessingDetails: { readonly pipelineExecutionId: string };
    };
    const id = found.webhookProcessingDetails.pipelineExecutionId;
    while (!seen.has(id)) seen.add(idOf(await stream.nextOf('execution')));
    await finish(id);
    let event = await stream.nextOf('execution');
    while (!isFinal(event) || idOf(event) !== id) event = await stream.nextOf('execution');
    expect(event.data).toMatchObject({
      planExecutionId: id,
      pipelineIdentifier: 'test',
      status: 'Success',
    });
    await stream.close();
  });

  it('tells of changed definitions', async () => {
    const stream = await open(project);
    const { body } = await server.call('GET', '/pipeline/api/pipelines/test');
    const { yamlPipeline } = body.data as unknown as { readonly yamlPipeline: string };
    const yaml = yamlPipeline.replace('identifier: test', 'identifier: another').replace('name: test', 'name: another');
    const created = await server.call('POST', '/pipeline/api/pipelines/v2', { body: yaml });
    expect(created.status).toBe(200);
    expect((await stream.nextOf('change')).data).toEqual({ what: 'pipelines' });
    await stream.close();
  });

  it('is not there for an unknown project', async () => {
    const { status, body } = await server.call('GET', '/bridle/api/projects/default/nothing/events');
    expect([status, body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });

  it('is not there for another account', async () => {
    const { status } = await server.call('GET', project, { query: { accountIdentifier: `${ACCOUNT}x` } });
    expect(status).toBe(401);
  });
});

it('a stop ends live views and answers those who wait, and keeps no connection', async () => {
  const stopped = await createTestApp();
  const address = await stopped.app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { 'x-api-key': stopped.token };
  const { body } = await stopped.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  const { planExecution } = body.data as unknown as { readonly planExecution: { readonly uuid: string } };
  const stream = await openTestEventStream(`${address}/bridle/api/executions/${planExecution.uuid}/events`, headers);
  await stream.nextOf('change');
  const reached = new Promise<void>((resolve) => stopped.app.server.once('request', () => resolve()));
  const waiting = fetch(
    `${address}/pipeline/api/pipelines/execution/v2/${planExecution.uuid}?accountIdentifier=${ACCOUNT}`,
    {
      headers: { ...headers, prefer: 'wait=60' },
    },
  );
  await reached;
  const [answer] = await Promise.all([waiting, stopped.close()]);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  const events = await stream.rest();
  expect(events.at(-1)?.event).toBe('shutdown');
});
