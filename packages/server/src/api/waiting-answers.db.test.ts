/** `Prefer: wait` on each route that has it: the answer comes with the end, and not before. */
import { readFileSync } from 'node:fs';
import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

const GUIDE = new URL('../../../../docs/guides/api.md', import.meta.url);
const EXECUTE = '/pipeline/api/pipeline/execute';
const EXECUTIONS = '/pipeline/api/pipelines/execution';

let server: TestApp;
let operations: readonly string[];

beforeAll(async () => {
  server = await createTestApp();
  const stage = { identifier: 'one', steps: shell('a') };
  const admin = await server.call('GET', '/ng/api/user/currentUser');
  await server.call('POST', '/ng/api/user-groups', {
    query: { orgIdentifier: '', projectIdentifier: '' },
    body: { identifier: 'admins', name: 'Admins', users: [(admin.body.data as { uuid: string } | undefined)?.uuid] },
  });
  await savePipeline(server, approvalBy(2));
  await savePipeline(server, pipelineOf('waiting', [stage], 'allowStageExecutions: true'));
  const { paths } = (await server.call('GET', '/openapi.json', { isPublic: true })).body as unknown as OpenApi;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [] }]) =>
      parameters.some((each) => each.in === 'header' && each.name === 'prefer')
        ? [`${method.toUpperCase()} ${path}`]
        : [],
    ),
  );
});

afterAll(() => server.close());

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly parameters?: readonly { readonly in: string; readonly name: string }[] }>>
    >
  >;
}

interface Ask {
  /** Where it is asked: parameters are filled in by name. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer says of the end. */
  readonly says?: (answer: Answer) => unknown;
}

const started: Ask = {
  says: ({ body }) => (body.data as unknown as { planExecution: { status: string; endTs: unknown } }).planExecution,
};
const startedV1: Ask = {
  body: {},
  says: ({ body }) => (body as unknown as { execution_details: { status: string } }).execution_details,
};
const stages = { stageIdentifiers: ['one'] };
const summary = ({ body }: Answer): unknown =>
  (body.data as unknown as { pipelineExecutionSummary: unknown }).pipelineExecutionSummary;
const root = ({ body }: Answer): unknown => {
  const { nodeMap, rootNodeId } = body.data as unknown as Graph;
  return nodeMap[rootNodeId];
};

interface Graph {
  readonly nodeMap: Readonly<Record<string, unknown>>;
  readonly rootNodeId: string;
}

/** Those that begin an execution of the pipeline `waiting`, or of the demo by its trigger. */
const STARTS: Readonly<Record<string, Ask>> = {
  [`POST ${EXECUTE}/{pipelineIdentifier}`]: { ...started, body: '' },
  [`POST ${EXECUTE}/{pipelineIdentifier}/v2`]: { ...started, body: '' },
  [`POST ${EXECUTE}/{pipelineIdentifier}/inputSetList`]: { ...started, body: {} },
  [`POST ${EXECUTE}/{pipelineIdentifier}/stages`]: { ...started, body: stages },
  [`POST ${EXECUTE}/rerun/{originalExecutionId}/{pipelineIdentifier}`]: { ...started, body: '' },
  [`POST ${EXECUTE}/rerun/v2/{originalExecutionId}/{pipelineIdentifier}`]: { ...started, body: '' },
  [`POST ${EXECUTE}/rerun/{originalExecutionId}/{pipelineIdentifier}/inputSetList`]: { ...started, body: {} },
  [`POST ${EXECUTE}/rerun/{originalExecutionId}/{pipelineIdentifier}/stages`]: { ...started, body: stages },
  [`POST ${EXECUTE}/retry/{pipelineIdentifier}`]: {
    ...started,
    body: '',
    query: { planExecutionId: '{planExecutionId}' },
  },
  [`PUT ${EXECUTE}/retry/{planExecutionId}`]: started,
  'POST /v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute': startedV1,
  'POST /v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/stages': {
    ...startedV1,
    body: { stage_identifiers: ['one'] },
  },
  'POST /v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/dynamic': {
    ...startedV1,
    body: { yaml: pipelineOf('waiting', [{ identifier: 'one', steps: shell('b') }]) },
  },
  'POST /v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/rerun/{executionId}': startedV1,
  'POST /v1/orgs/{org}/projects/{project}/pipelines/{pipeline}/execute/retry/{executionId}': startedV1,
  'POST /pipeline/api/webhook/custom': { body: {}, query: { pipelineIdentifier: 'test' } },
  'POST /pipeline/api/webhook/custom/v2': { body: {}, query: { pipelineIdentifier: 'test' } },
  'POST /pipeline/api/webhook/custom/{webhookToken}/v3': { body: {} },
};

/** Those that tell of an execution that is under way. */
const VIEWS: Readonly<Record<string, Ask>> = {
  'GET /pipeline/api/webhook/triggerExecutionDetails/{eventId}': {
    says: ({ body }) =>
      (body.data as unknown as { executionDetails: { pipelineExecutionSummary: unknown } }).executionDetails
        .pipelineExecutionSummary,
  },
  'GET /pipeline/api/webhook/triggerExecutionDetailsV2/{eventId}': {
    says: ({ body }) =>
      (body.data as unknown as { executionDetails: { pipelineExecutionSummary: unknown } }).executionDetails
        .pipelineExecutionSummary,
  },
  'GET /pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}': {
    says: ({ body }) =>
      (body.data as unknown as { targetExecutionSummary: { executionStatus: string } }).targetExecutionSummary
        .executionStatus,
  },
  'GET /pipeline/api/triggers/eventHistory/v2/eventCorrelation/{eventId}': {},
  [`GET ${EXECUTIONS}/v2/{planExecutionId}`]: { says: summary },
  [`GET ${EXECUTIONS}/{planExecutionId}`]: { says: summary },
  [`GET ${EXECUTIONS}/getExecutionGraph/{planExecutionId}`]: { says: root },
  [`GET ${EXECUTIONS}/subGraph/{planExecutionId}/{nodeExecutionId}`]: {
    says: ({ body }) => {
      const { nodeMap, rootNodeId } = (body.data as unknown as { executionGraph: Graph }).executionGraph;
      return nodeMap[rootNodeId];
    },
  },
  'GET /pipeline/api/pipelines/getExecutionNode': {
    query: { nodeExecutionId: '{nodeExecutionId}', planExecutionId: '{planExecutionId}' },
    says: ({ body }) => body.data,
  },
  [`POST ${EXECUTIONS}/{planExecutionId}/evaluateExpression`]: {
    body: 'status: <+pipeline.stages.one.status>',
    says: ({ body }) => (body.data as unknown as { compiledYaml: string }).compiledYaml,
  },
  'GET /bridle/api/executions/{planExecutionId}/tests/summary': {},
  'GET /bridle/api/executions/{planExecutionId}/tests': {},
  'GET /bridle/api/executions/{planExecutionId}/artifacts': {},
};

const GIT = 'POST /ng/api/webhook';
const PROCESSING = 'GET /pipeline/api/webhook/triggerProcessingDetails';
const APPROVALS = [
  'GET /pipeline/api/approvals/{approvalInstanceId}',
  'POST /pipeline/api/approvals/{approvalInstanceId}/harness/activity',
  'POST /v1/orgs/{org}/projects/{project}/approvals/execution/{executionId}',
];
/** Tried by outgoing-webhooks.db.test.ts. */
const WEBHOOKS = [
  'GET /bridle/api/webhooks/{webhookId}/deliveries/{deliveryId}',
  'POST /bridle/api/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver',
  'POST /bridle/api/webhooks/{webhookId}/test',
];
const INTERRUPTS = [
  `PUT ${EXECUTE}/interrupt/{planExecutionId}`,
  `PUT ${EXECUTE}/interrupt/{planExecutionId}/{nodeExecutionId}`,
  `PUT ${EXECUTE}/manualIntervention/interrupt/{planExecutionId}/{nodeExecutionId}`,
];

type Method = 'GET' | 'POST' | 'PUT';

function ask(
  operation: string,
  { query = {}, body, headers = {} }: Ask,
  names: Readonly<Record<string, string>>,
): Watched {
  const [method = '', path = ''] = operation.split(' ');
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name);
  const known = { pipelineIdentifier: 'waiting', pipeline: 'waiting', org: 'default', project: 'myproject' };
  names = { ...known, ...names };
  const watched = { isAnswered: false };
  const answer = server.call(method as Method, fill(path), {
    query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, fill(value)])),
    headers: { prefer: 'wait=20', ...headers },
    ...(body === undefined ? {} : { body: body as string }),
  });
  void answer.finally(() => {
    watched.isAnswered = true;
  });
  return { answer, watched };
}

interface Watched {
  readonly answer: Promise<Answer>;
  readonly watched: { readonly isAnswered: boolean };
}

async function runsOf(): Promise<readonly { readonly id: string; readonly is_final: boolean }[]> {
  return await server.db.selectFrom('executions').select(['id', 'is_final']).execute();
}

/** Checks that it is not answered yet, after as many round trips as an answer without a wait would take. */
async function expectWaiting({ watched }: Watched): Promise<void> {
  for (let trip = 0; trip < 10; trip += 1) await server.call('GET', '/ng/api/user/currentUser');
  expect(watched.isAnswered).toBe(false);
}

async function expectEnd({ answer }: Watched, says: Ask['says']): Promise<void> {
  const got = await answer;
  expect(got.status).toBe(200);
  expect(got.headers['preference-applied']).toBe('wait=20');
  expect((await runsOf()).filter(({ is_final: isFinal }) => !isFinal)).toEqual([]);
  if (says !== undefined) expect(JSON.stringify(says(got))).toMatch(/succe/i);
}

async function failedRun(): Promise<string> {
  const id = await startRun(server, 'waiting');
  const failure = { message: 'no', types: ['APPLICATION_ERROR' as const] };
  await server.completeTask(await server.startTask(), { kind: 'failed', exitCode: 1, outputs: {}, failure });
  await untilStatus(server, id, 'Failed');
  return id;
}

async function abort(id: string, task: DelegateTask): Promise<void> {
  await server.call('PUT', `${EXECUTE}/interrupt/${id}`, { query: { interruptType: 'AbortAll' } });
  await server.completeTask(task);
  await untilStatus(server, id, 'Aborted');
}

describe('Prefer: wait', () => {
  it('is listed in the guide, route by route', () => {
    const listed = [...readFileSync(GUIDE, 'utf8').matchAll(/^- `((?:GET|POST|PUT) \/[^`]+)`$/gm)].map(
      ([, name]) => name,
    );
    expect(new Set(listed)).toEqual(new Set(operations));
  });

  it('is tried below, route by route', () => {
    const tried = [
      ...Object.keys(STARTS),
      ...Object.keys(VIEWS),
      ...APPROVALS,
      ...INTERRUPTS,
      ...WEBHOOKS,
      GIT,
      PROCESSING,
    ];
    expect(new Set(tried)).toEqual(new Set(operations));
  });

  it.each(Object.keys(STARTS))('%s answers with the end of what it starts', async (operation) => {
    const wish = STARTS[operation] ?? {};
    const names: Record<string, string> = {};
    if (/rerun|retry/.test(operation)) {
      const id = await failedRun();
      Object.assign(names, { originalExecutionId: id, planExecutionId: id, executionId: id });
    }
    if (operation.includes('webhookToken')) names['webhookToken'] = await tokenOfDemo();
    const asked = ask(operation, wish, names);
    const task = await server.startTask();
    await expectWaiting(asked);
    await server.completeTask(task);
    await expectEnd(asked, wish.says);
  });

  it.each(Object.keys(VIEWS))('%s answers with the end of what it tells of', async (operation) => {
    const wish = VIEWS[operation] ?? {};
    const names: Record<string, string> = {};
    const isOfEvent = operation.includes('eventId') || JSON.stringify(wish.query ?? {}).includes('eventId');
    if (isOfEvent) {
      const accepted = await server.call('POST', '/pipeline/api/webhook/custom', {
        query: { pipelineIdentifier: 'test' },
        body: {},
      });
      names['eventId'] = String(accepted.body.data);
    } else names['planExecutionId'] = await startRun(server, 'waiting');
    const task = await server.startTask();
    if (names['planExecutionId'] !== undefined)
      names['nodeExecutionId'] = await untilNode(server, names['planExecutionId'], 'a', 'Running');
    const asked = ask(operation, wish, names);
    await expectWaiting(asked);
    await server.completeTask(task);
    await expectEnd(asked, wish.says);
  });

  it.each(INTERRUPTS)('%s answers with the end of the execution', async (operation) => {
    const two = [{ identifier: 'one', steps: `${shell('a')}\n${shell('b')}` }];
    await server.call('PUT', '/pipeline/api/pipelines/v2/waiting', { body: pipelineOf('waiting', two) });
    const id = await startRun(server, 'waiting');
    const task = await server.startTask();
    const node = await untilNode(server, id, 'a', 'Running');
    const interruptType = operation.includes('nodeExecutionId') ? 'MarkAsSuccess' : 'AbortAll';
    const asked = ask(operation, { query: { interruptType } }, { planExecutionId: id, nodeExecutionId: node });
    await untilNode(server, id, 'a', 'Discontinuing');
    await expectWaiting(asked);
    // What was interrupted has to end first.
    await server.completeTask(task);
    if (interruptType === 'MarkAsSuccess') await server.completeTask(await server.startTask());
    await expectEnd(asked, undefined);
  });

  it('a pause does not wait for an end that it keeps away', async () => {
    const id = await startRun(server, 'waiting');
    const task = await server.startTask();
    const { answer } = ask(INTERRUPTS[0] ?? '', { query: { interruptType: 'Pause' } }, { planExecutionId: id });
    expect((await answer).headers['preference-applied']).toBeUndefined();
    await abort(id, task);
  });

  it('answers with how it stands when the time is over', async () => {
    const { answer } = ask(`POST ${EXECUTE}/{pipelineIdentifier}`, { body: '', headers: { prefer: 'wait=0' } }, {});
    const { body, headers } = await answer;
    const { planExecution } = body.data as unknown as { planExecution: { uuid: string; status: string; endTs: null } };
    expect([headers['preference-applied'], planExecution.status, planExecution.endTs]).toEqual([
      'wait=0',
      'RUNNING',
      null,
    ]);
    await abort(planExecution.uuid, await server.startTask());
  });

  it.each([GIT, PROCESSING])('%s answers when it is decided what becomes of the event', async (operation) => {
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const git = { body, headers: { 'x-github-event': 'push' } };
    const prefer = 'wait=20';
    const idle = await createTestApp({ isIntakeStopped: true });
    try {
      let answer: Promise<Answer>;
      if (operation === GIT) {
        answer = idle.call('POST', '/ng/api/webhook', { ...git, headers: { ...git.headers, prefer }, isPublic: true });
      } else {
        await idle.call('POST', '/ng/api/webhook', { ...git, isPublic: true });
        const { id } = await idle.db.selectFrom('trigger_events').select('id').executeTakeFirstOrThrow();
        const query = { eventId: id };
        answer = idle.call('GET', '/pipeline/api/webhook/triggerProcessingDetails', { query, headers: { prefer } });
      }
      let isAnswered = false;
      void answer.finally(() => {
        isAnswered = true;
      });
      for (let trip = 0; trip < 10; trip += 1) await idle.call('GET', '/ng/api/user/currentUser');
      expect(isAnswered).toBe(false);
      const state = { state: 'final', status: 'NO_MATCHING_TRIGGER_FOR_REPO', processed_at: 1 };
      await idle.db.updateTable('trigger_events').set(state).execute();
      expect((await answer).headers['preference-applied']).toBe(prefer);
    } finally {
      await idle.close();
    }
  });

  it(`${PROCESSING} does not wait for the end of the execution`, async () => {
    const accepted = await server.call('POST', '/pipeline/api/webhook/custom', {
      query: { pipelineIdentifier: 'test' },
      body: {},
    });
    const query = { eventId: String(accepted.body.data) };
    const headers = { prefer: 'wait=20' };
    const answer = await server.call('GET', '/pipeline/api/webhook/triggerProcessingDetails', { query, headers });
    expect(answer.headers['preference-applied']).toBe('wait=20');
    const id = (answer.body.data as unknown as { pipelineExecutionId: string }).pipelineExecutionId;
    expect(await runsOf()).toContainEqual({ id, is_final: false });
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
  });

  it.each(APPROVALS)('%s answers when enough have decided', async (operation) => {
    const id = await startRun(server, 'approved');
    const node = await untilNode(server, id, 'ok', 'ApprovalWaiting');
    const approvalInstanceId = await approvalOf(id);
    const body = { action: 'APPROVE', comments: '', approverInputs: [] };
    const asked = ask(operation, operation.startsWith('GET') ? {} : { body }, { approvalInstanceId, executionId: id });
    await expectWaiting(asked);
    await server.call('PUT', `${EXECUTE}/interrupt/${id}/${node}`, { query: { interruptType: 'MarkAsFailure' } });
    await expectEnd(asked, undefined);
    const { text } = await asked.answer;
    expect(text).toMatch(/"status":"(?!WAITING|SUCCESS")[A-Z]+"/);
  });
});

const approvalBy = (count: number): string =>
  pipelineOf('approved', [
    {
      identifier: 'gate',
      type: 'Approval',
      steps: [
        '- step:',
        '    identifier: ok',
        '    name: ok',
        '    type: HarnessApproval',
        '    timeout: 1d',
        '    spec:',
        '      approvalMessage: May it?',
        '      includePipelineExecutionHistory: true',
        '      approvers:',
        '        userGroups: [account.admins]',
        `        minimumCount: ${String(count)}`,
        '        disallowPipelineExecutor: false',
        '      approverInputs: []',
      ].join('\n'),
    },
  ]);

async function approvalOf(id: string): Promise<string> {
  const list = await server.call('GET', `/v1/orgs/default/projects/myproject/approvals/execution/${id}`);
  return (list.body as unknown as readonly { readonly id: string }[])[0]?.id ?? '';
}

async function tokenOfDemo(): Promise<string> {
  const row = await server.db
    .selectFrom('triggers')
    .select('webhook_token')
    .where('pipeline_identifier', '=', 'test')
    .where('source_type', '=', 'Custom')
    .executeTakeFirstOrThrow();
  return row.webhook_token;
}
