/** What events come to: conditions, inputs, several triggers (I1), definitions that change on the way, poison. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeEach(async () => {
  server = await createTestApp();
});

afterEach(async () => {
  await server.close();
});

const waitPipeline = (identifier: string, variables = ''): string => `pipeline:
  name: ${identifier}
  identifier: ${identifier}
${variables}  stages:
    - stage:
        name: s
        identifier: s
        type: Custom
        spec:
          execution:
            steps:
              - step: { name: w, identifier: w, type: Wait, spec: { duration: 1s } }
`;

const trigger = (identifier: string, pipeline: string, { conditions = '', more = '' } = {}): string => `trigger:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: ${pipeline}
  source:
    type: Webhook
    spec:
      type: Custom
      spec:
${conditions === '' ? '        payloadConditions: []\n' : conditions}${more}`;

async function define(pipeline: string, yaml: string, ...triggers: readonly string[]): Promise<void> {
  const created = await server.call('POST', '/pipeline/api/pipelines/v2', { body: yaml });
  expect(created.body).toMatchObject({ status: 'SUCCESS' });
  for (const body of triggers) {
    const answer = await server.call('POST', '/pipeline/api/triggers', { body, query: { targetIdentifier: pipeline } });
    expect(answer.body).toMatchObject({ status: 'SUCCESS' });
  }
}

async function fire(pipeline: string, { body = '{}', trigger: name = '', headers = {} } = {}): Promise<string> {
  const query = { pipelineIdentifier: pipeline, ...(name === '' ? {} : { triggerIdentifier: name }) };
  const answer = await server.call('POST', '/api/webhook/custom', { isPublic: true, query, body, headers });
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
  return String(answer.body.data);
}

/** Waits for the intake's decision, not for the execution. */
async function decided(eventId: string): Promise<Record<string, unknown>> {
  const answer = await server.call('GET', `/pipeline/api/webhook/triggerExecutionDetailsV2/${eventId}`, {
    isPublic: true,
    headers: { prefer: 'wait=20' },
  });
  return (answer.body.data as unknown as { webhookProcessingDetails: Record<string, unknown> })
    .webhookProcessingDetails;
}

describe('conditions', () => {
  const conditions = `        headerConditions:
          - { key: "<+trigger.header['X-Team']>", operator: Equals, value: blue }
        payloadConditions:
          - { key: <+trigger.payload.env>, operator: In, value: "prod, stage" }
        jexlCondition: <+trigger.payload.count> > 3
`;

  beforeEach(() => define('p', waitPipeline('p'), trigger('t', 'p', { conditions })));

  it.each([
    ['HEADER', {}, '{"env":"prod","count":4}'],
    ['PAYLOAD', { 'x-team': 'blue' }, '{"env":"dev","count":4}'],
    ['JEXL', { 'x-team': 'blue' }, '{"env":"prod","count":3}'],
  ])('that do not hold say so: %s', async (kind, headers, body) => {
    const eventId = await fire('p', { body, headers, trigger: 't' });
    expect(await decided(eventId)).toMatchObject({
      status: `NO_MATCHING_TRIGGER_FOR_${kind}_CONDITIONS`,
      exceptionOccured: true,
      pipelineExecutionId: null,
      triggerIdentifier: 't',
      runtimeInput: null,
    });
    const history = await server.call('GET', '/pipeline/api/triggers/eventHistory/t', {
      query: { targetIdentifier: 'p' },
    });
    expect(history.body.data).toMatchObject({
      totalElements: 1,
      content: [
        {
          eventCorrelationId: eventId,
          payload: body,
          triggerEventStatus: { status: 'FAILED' },
          conditions: [expect.anything(), expect.anything(), expect.anything()],
        },
      ],
    });
  });

  it('show a value that no text column may hold', async () => {
    const headers = { 'x-team': 'blue' };
    const eventId = await fire('p', { body: '{"env":"a\\u0000b\\ud800","count":4}', headers, trigger: 't' });
    expect(await decided(eventId)).toMatchObject({
      status: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
      message: expect.stringContaining('"a\u{FFFD}b\u{FFFD}"'),
    });
  });

  it('that hold start the pipeline', async () => {
    const eventId = await fire('p', { body: '{"env":"stage","count":4}', headers: { 'X-TEAM': 'blue' } });
    expect(await decided(eventId)).toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED', triggerIdentifier: 't' });
  });
});

describe('inputs', () => {
  const variables = `  variables:
    - { name: tag, type: String, value: "<+input>.allowedValues(v1,v2)" }
`;
  const inputYaml = (value: string): string => `  inputYaml: |
    pipeline:
      identifier: p
      variables:
        - name: tag
          type: String
          value: ${value}
`;

  it('come from the payload, as data', async () => {
    await define(
      'p',
      waitPipeline('p', variables.replace('.allowedValues(v1,v2)', '')),
      trigger('t', 'p', { more: inputYaml('<+trigger.payload.tag>') }),
    );
    const tag = 'a: b\n- "c"';
    const details = await decided(await fire('p', { body: JSON.stringify({ tag }) }));
    expect(details['status']).toBe('TARGET_EXECUTION_REQUESTED');
    const row = await server.db.selectFrom('execution_documents').select('plan').executeTakeFirstOrThrow();
    expect(Object.values((row.plan as { nodes: object }).nodes)).toContainEqual(
      expect.objectContaining({ kind: 'pipeline', variables: [{ name: 'tag', type: 'String', value: tag }] }),
    );
  });

  it('never make an expression of what a payload says (S9)', async () => {
    await define(
      'p',
      waitPipeline('p', variables.replace('.allowedValues(v1,v2)', '')),
      trigger('t', 'p', { more: inputYaml('<+trigger.payload.tag>') }),
    );
    const details = await decided(await fire('p', { body: JSON.stringify({ tag: 'x <+pipeline.name>' }) }));
    expect(details['runtimeInput']).not.toContain('<+pipeline.name>');
  });

  it('that do not fit are refused with the reason, and take no sequence number', async () => {
    await define('p', waitPipeline('p', variables), trigger('t', 'p', { more: inputYaml('<+trigger.payload.tag>') }));
    expect(await decided(await fire('p', { body: '{"tag":"v9"}' }))).toMatchObject({
      exceptionOccured: true,
      status: 'INVALID_RUNTIME_INPUT_YAML',
      message: expect.stringMatching(/^Failed while requesting Pipeline Execution through Trigger: .*v9/s),
      pipelineExecutionId: null,
      runtimeInput: expect.stringContaining('v9'),
    });
    // What looks like an expression is data, and has to fit like any other.
    for (const tag of ['<+pipeline.name>', 'v1; <+x>', '<+input>']) {
      expect(await decided(await fire('p', { body: JSON.stringify({ tag }) }))).toMatchObject({
        status: 'INVALID_RUNTIME_INPUT_YAML',
        message: expect.stringContaining(tag),
        pipelineExecutionId: null,
      });
    }
    await decided(await fire('p', { body: '{"tag":"v1"}' }));
    const list = await server.call('POST', '/pipeline/api/pipelines/execution/summary', { body: {} });
    expect(list.body.data).toMatchObject({ totalElements: 1, content: [{ runSequence: 1, pipelineIdentifier: 'p' }] });
  });
});

describe('I1', () => {
  it('starts one execution for each trigger that matched, with a row of its own', async () => {
    const never = `        payloadConditions:\n          - { key: <+trigger.payload.env>, operator: Equals, value: never }\n`;
    await define(
      'p',
      waitPipeline('p'),
      trigger('a', 'p'),
      trigger('b', 'p'),
      trigger('c', 'p', { conditions: never }),
    );
    const eventId = await fire('p');
    expect(await decided(eventId)).toMatchObject({
      status: 'TARGET_EXECUTION_REQUESTED',
      triggerIdentifier: 'a',
      warningMsg: expect.stringContaining('multiple trigger events'),
    });
    const rows = await server.call('GET', `/pipeline/api/triggers/eventHistory/v2/eventCorrelation/${eventId}`);
    expect(rows.body.data).toMatchObject([
      { triggerIdentifier: 'a', eventCorrelationId: eventId, targetExecutionSummary: { targetId: 'p' } },
      { triggerIdentifier: 'b', eventCorrelationId: eventId, targetExecutionSummary: { targetId: 'p' } },
    ]);
    const list = await server.call('POST', '/pipeline/api/pipelines/execution/summary', {
      body: {},
      query: { pipelineIdentifier: 'p' },
    });
    expect(list.body.data).toMatchObject({ totalElements: 2 });
  });

  it('makes exactly one execution of each of many calls at once', async () => {
    await define('p', waitPipeline('p'), trigger('t', 'p'));
    const ids = await Promise.all(Array.from({ length: 100 }, () => fire('p')));
    expect(new Set(ids).size).toBe(100);
    const executions = new Set(await Promise.all(ids.map(async (id) => (await decided(id))['pipelineExecutionId'])));
    expect(executions.size).toBe(100);
    const { rows } = await sql<{
      total: number;
      last: number;
    }>`select count(*) as total, max(run_sequence) as last from executions`.execute(server.db);
    expect(rows).toEqual([{ total: 100, last: 100 }]);
  });
});

describe('what changes between call and decision', () => {
  it.each([
    [
      'a disabled trigger',
      async () =>
        server.call('PUT', '/pipeline/api/triggers/t/status', { query: { targetIdentifier: 'p', status: 'false' } }),
      'NO_ENABLED_CUSTOM_TRIGGER_FOUND',
      'disabled',
    ],
    [
      'a deleted pipeline',
      async () => server.call('DELETE', '/pipeline/api/pipelines/p'),
      'INVALID_RUNTIME_INPUT_YAML',
      'Pipeline with identifier: p',
    ],
  ])('is told: %s', async (_, change, status, message) => {
    await define('p', waitPipeline('p'), trigger('t', 'p'));
    const eventId = 'a'.repeat(24);
    await change();
    await queue(eventId, 'p', 't');
    expect(await decided(eventId)).toMatchObject({
      status,
      exceptionOccured: true,
      message: expect.stringContaining(message),
    });
  });
});

it('shows the beginning of a long payload in lists, and all of it in the details', async () => {
  await define('p', waitPipeline('p'), trigger('t', 'p'));
  const body = JSON.stringify({ text: 'x'.repeat(100_000) });
  const eventId = await fire('p', { body, trigger: 't' });
  expect((await decided(eventId))['payload']).toBe(body);
  const { body: history } = await server.call('GET', '/pipeline/api/triggers/eventHistory/t', {
    query: { targetIdentifier: 'p' },
  });
  expect(history.data).toMatchObject({ content: [{ payload: body.slice(0, 65_536), payloadCut: true }] });
  const { body: row } = await server.call('GET', `/pipeline/api/triggers/eventHistory/eventCorrelation/${eventId}`);
  expect(row.data).toMatchObject({ payload: body });
});

it('gives up an event that our own code cannot process, and goes on with the others', async () => {
  const header = `        headerConditions:\n          - { key: "<+trigger.header['X']>", operator: Equals, value: y }\n`;
  await define('p', waitPipeline('p'), trigger('t', 'p', { conditions: header }));
  await define('q', waitPipeline('q'), trigger('t', 'q'));
  // Headers that are no object make the processing throw, as a bug would.
  const poison = 'b'.repeat(24);
  await queue(poison, 'p', 't', 'null');
  const good = await fire('q');
  expect(await decided(good)).toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED' });
  expect(await decided(poison)).toMatchObject({ status: 'EXCEPTION_WHILE_PROCESSING', exceptionOccured: true });
  await expect(server.close()).rejects.toThrow('errors of its own');
  server = await createTestApp();
});

/** A row as the acceptor of another replica would have left it. */
async function queue(id: string, pipeline: string, name: string, headers = '{}'): Promise<void> {
  const account = (await server.db.selectFrom('accounts').select('id').executeTakeFirstOrThrow()).id;
  await sql`
    insert into trigger_events (id, account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier, state, status, message,
      payload, headers, received_at)
    values (${id}, ${account}, 'default', 'myproject', ${pipeline}, ${name}, 'queued', 'QUEUED', 'queued', '', ${headers}::json, bridle_now())`.execute(
    server.db,
  );
}
