/** Executions over HTTP: starting, details and graph, lists, inputs, interrupts, reruns (api.md §5, §6). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const EXECUTE = '/pipeline/api/pipeline/execute';
const DETAILS = '/pipeline/api/pipelines/execution';

async function start(pipeline = 'test', body = ''): Promise<string> {
  const answer = await server.call('POST', `${EXECUTE}/${pipeline}`, { body, query: { moduleType: '' } });
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
  return (answer.body.data as unknown as { planExecution: { uuid: string } }).planExecution.uuid;
}

const details = (
  id: string,
  query: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> => server.call('GET', `${DETAILS}/v2/${id}`, { query, headers });

describe('starting', () => {
  it('answers with the plan execution', async () => {
    const { status, body } = await server.call('POST', `/gateway${EXECUTE}/test`, {
      body: '',
      query: { moduleType: 'ci' },
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      planExecution: {
        uuid: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        status: 'RUNNING',
        startTs: expect.any(Number),
        endTs: null,
        setupAbstractions: { accountId: ACCOUNT, orgIdentifier: 'default', projectIdentifier: 'myproject' },
        metadata: {
          runSequence: 1,
          pipelineIdentifier: 'test',
          moduleType: 'ci',
          triggerInfo: {
            triggerType: 'MANUAL',
            triggeredBy: { identifier: 'admin', extraInfo: { email: 'admin@localhost' }, triggerIdentifier: '' },
            isRerun: false,
          },
          principalInfo: { principalType: 'USER' },
          retryInfo: { isRetry: false },
        },
        governanceMetadata: { deny: false, timestamp: '0' },
        nodeType: 'PLAN',
        version: 0,
        nextIteration: null,
      },
      gitDetails: { branch: null },
    });
    await server.completeTask(await server.startTask());
  });

  it('refuses what is not there and what does not fit, and takes no sequence number', async () => {
    const missing = await server.call('POST', `${EXECUTE}/nope`, { body: '' });
    expect([missing.status, missing.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(missing.body.message).toContain('Pipeline with the given ID: nope does not exist or has been deleted');
    const inputs =
      'pipeline:\n  identifier: showcase\n  variables:\n    - name: color\n      type: String\n      value: pink\n';
    const refused = await server.call('POST', `${EXECUTE}/showcase`, {
      body: inputs,
      headers: { 'content-type': 'application/yaml' },
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_INPUT_SET']);
    expect(refused.body.message).toContain('pink');
    const list = await server.call('POST', `${DETAILS}/summary`, { query: { pipelineIdentifier: 'showcase' } });
    expect(list.body.data).toMatchObject({ totalElements: 0 });
  });
});

describe('details', () => {
  it('have a graph when one is asked for', async () => {
    const id = await start();
    const plain = await details(id);
    expect(plain.body.data).not.toHaveProperty('executionGraph');
    await server.completeTask(await server.startTask(), {
      kind: 'succeeded',
      exitCode: 0,
      outputs: { outputVariables: { a: 'b' } },
    });
    const whole = (await details(id, { renderFullBottomGraph: 'true' })).body.data as unknown as Graphed;
    const { nodeMap, nodeAdjacencyListMap, rootNodeId, executionMetadata } = whole.executionGraph;
    const walk = (uuid: string): unknown => [
      nodeMap[uuid]?.['stepType'],
      nodeMap[uuid]?.['baseFqn'],
      ...(nodeAdjacencyListMap[uuid]?.children ?? []).map(walk),
    ];
    expect(walk(rootNodeId)).toEqual([
      'PIPELINE_SECTION',
      'pipeline',
      [
        'STAGES_STEP',
        'pipeline.stages',
        [
          'CUSTOM_STAGE',
          'pipeline.stages.hello',
          [
            'NG_EXECUTION',
            'pipeline.stages.hello.spec.execution',
            ['ShellScript', 'pipeline.stages.hello.spec.execution.steps.greet'],
          ],
        ],
      ],
    ]);
    expect(executionMetadata).toEqual({
      accountId: ACCOUNT,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipelineIdentifier: 'test',
      planExecutionId: id,
    });
    const step = Object.values(nodeMap).find((node) => node['identifier'] === 'greet');
    expect(step).toMatchObject({
      status: 'Success',
      outcomes: { output: { outputVariables: { a: 'b' } } },
      stepParameters: { spec: { source: { spec: { script: expect.stringContaining('Hello from test, run') } } } },
      failureInfo: { message: '', failureTypeList: [], responseMessages: [] },
      delegateInfoList: [{ name: 'hand' }],
      unitProgresses: [{ unitName: 'Execute', status: 'SUCCESS', startTime: expect.stringMatching(/^\d+$/) }],
      executableResponses: [{ task: { taskCategory: 'DELEGATE_TASK_V2' } }],
      logBaseKey: expect.stringContaining(
        `accountId:${ACCOUNT}/orgId:default/projectId:myproject/pipelineId:test/runSequence:`,
      ),
      skipInfo: null,
    });

    const stageNodeId = Object.keys(whole.pipelineExecutionSummary.layoutNodeMap)[0] ?? '';
    const ofStage = (await details(id, { stageNodeId })).body.data as unknown as Graphed;
    expect(ofStage.executionGraph.nodeMap[ofStage.executionGraph.rootNodeId]).toMatchObject({
      setupId: stageNodeId,
      stepType: 'CUSTOM_STAGE',
    });
    expect((await server.call('GET', `${DETAILS}/${id}`)).body.data).toHaveProperty('executionGraph');
  });

  it('are there with the account alone, not under another project, not for another account', async () => {
    const id = await start();
    expect((await details(id, { orgIdentifier: '', projectIdentifier: '' })).status).toBe(200);
    const elsewhere = await details(id, { projectIdentifier: 'theirs' });
    expect([elsewhere.status, elsewhere.body.code, elsewhere.body.message]).toEqual([
      404,
      'ENTITY_NOT_FOUND',
      `Plan Execution Summary does not exist or has been deleted for planExecutionId: ${id}. Executions are removed 180 days after their end here (the setting execution_retention_days).`,
    ]);
    expect((await details(id, { accountIdentifier: 'other' })).body.code).toBe('INVALID_TOKEN');
    await server.completeTask(await server.startTask());
  });

  it('wait where that is preferred', async () => {
    const id = await start();
    const [answer] = await Promise.all([
      details(id, {}, { prefer: 'wait=20' }),
      server.startTask().then((task) => server.completeTask(task)),
    ]);
    expect(answer.headers['preference-applied']).toBe('wait=20');
    expect(answer.body.data).toMatchObject({ pipelineExecutionSummary: { status: 'Success' } });
  });

  it('of a failed step say why, up to the pipeline', async () => {
    const id = await start();
    await server.completeTask(await server.startTask(), {
      kind: 'failed',
      exitCode: 3,
      outputs: {},
      failure: { message: 'exit code 3', types: ['APPLICATION_ERROR'] },
    });
    const { body } = await details(id, { renderFullBottomGraph: 'true' });
    expect(body.data).toMatchObject({
      pipelineExecutionSummary: {
        status: 'Failed',
        failedStagesCount: 1,
        canRetry: true,
        failureInfo: { message: expect.stringContaining('exit code 3') },
      },
    });
  });
});

describe('inputs of a run', () => {
  it('are raw YAML or its parts', async () => {
    const inputs =
      'pipeline:\n  identifier: showcase\n  variables:\n    - name: color\n      type: String\n      value: blue\n';
    const id = await start('showcase', inputs);
    const raw = await server.call('GET', `${DETAILS}/${id}/inputset`);
    expect(raw.headers['content-type']).toContain('application/yaml');
    expect(raw.text).toContain('value: blue');
    const parts = await server.call('GET', `${DETAILS}/${id}/inputsetV2`);
    expect(parts.body.data).toMatchObject({
      inputSetYaml: raw.text,
      inputSetTemplateYaml: expect.stringContaining('<+input>'),
      resolvedYaml: expect.stringContaining('value: blue'),
    });
    await server.call('PUT', `${EXECUTE}/interrupt/${id}`, { query: { interruptType: 'AbortAll' } });
    const without = await start();
    expect((await server.call('GET', `${DETAILS}/${without}/inputset`)).text).toBe('');
    await server.completeTask(await server.startTask());
  });
});

describe('interrupts', () => {
  it('abort once, and say what happened', async () => {
    const id = await start();
    const task = await server.startTask();
    const abort = (type = 'AbortAll'): Promise<Answer> =>
      server.call('PUT', `${EXECUTE}/interrupt/${id}`, { query: { interruptType: type }, body: {} });
    expect((await abort('Dance')).body).toMatchObject({ status: 'FAILURE', code: 'INVALID_REQUEST' });
    const first = await abort('abortall');
    expect(first.body.data).toEqual({ id: expect.any(String), type: 'AbortAll', planExecutionId: id });
    expect((await abort()).body).toMatchObject({
      code: 'ABORT_ALL_ALREADY_NG',
      message: 'Execution already has ABORT_ALL interrupt',
    });
    await server.completeTask(task, { kind: 'cancelled' });
    const { body } = await details(id, { renderFullBottomGraph: 'true' });
    const { pipelineExecutionSummary, executionGraph } = body.data as unknown as Graphed;
    expect(pipelineExecutionSummary).toMatchObject({
      status: 'Aborted',
      abortedBy: { email: 'admin@localhost', userName: 'admin' },
    });
    const step = Object.values(executionGraph.nodeMap).find((node) => node['identifier'] === 'greet');
    expect(step).toMatchObject({
      status: 'Aborted',
      interruptHistories: [
        {
          interruptType: 'ABORT_ALL',
          interruptConfig: { issuedBy: { manualIssuer: { email_id: 'admin@localhost' } } },
        },
      ],
    });
    const late = await abort();
    expect([late.status, late.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(late.body.message).toContain('Execution is already finished with status: [ABORTED]');
    expect(
      (await server.call('PUT', `${EXECUTE}/interrupt/nope`, { query: { interruptType: 'AbortAll' } })).status,
    ).toBe(404);
  });
});

describe('reruns', () => {
  it('reuse the inputs and name what they repeat', async () => {
    const inputs =
      'pipeline:\n  identifier: showcase\n  variables:\n    - name: color\n      type: String\n      value: red\n';
    const id = await start('showcase', inputs);
    const again = await server.call('POST', `${EXECUTE}/rerun/${id}/showcase`, { body: '' });
    const uuid = (again.body.data as unknown as { planExecution: { uuid: string } }).planExecution.uuid;
    expect(again.body.data).toMatchObject({
      planExecution: {
        metadata: {
          triggerInfo: {
            isRerun: true,
            rerunInfo: {
              rootExecutionId: id,
              prevExecutionId: id,
              rootTriggerType: 'MANUAL',
              prevTriggerType: 'MANUAL',
            },
          },
        },
      },
    });
    expect((await server.call('GET', `${DETAILS}/${uuid}/inputset`)).text).toContain('value: red');
    const third = await server.call('POST', `${EXECUTE}/rerun/v2/${uuid}/showcase`, { body: '' });
    expect(third.body.data).toMatchObject({
      planExecution: { metadata: { triggerInfo: { rerunInfo: { rootExecutionId: id, prevExecutionId: uuid } } } },
    });
    expect((await server.call('POST', `${EXECUTE}/rerun/${id}/test`, { body: '' })).status).toBe(400);
    expect((await server.call('POST', `${EXECUTE}/rerun/nope/test`, { body: '' })).status).toBe(404);
  });
});

describe('the pipelines list', () => {
  it('counts all runs of the last days and shows the newest', async () => {
    const { body } = await server.call('GET', '/pipeline/api/pipelines/summary/test');
    const runs = (await server.call('POST', `${DETAILS}/summary`, { query: { pipelineIdentifier: 'test' } })).body
      .data as unknown as { totalElements: number };
    const failed = (
      await server.call('POST', `${DETAILS}/summary`, {
        query: { pipelineIdentifier: 'test', status: ['Failed', 'Aborted'] },
      })
    ).body.data as unknown as { totalElements: number };
    expect(body.data).toMatchObject({
      executionSummaryInfo: {
        deployments: [0, 0, 0, 0, 0, 0, runs.totalElements],
        numOfErrors: [0, 0, 0, 0, 0, 0, failed.totalElements],
        lastExecutionStatus: expect.any(String),
      },
      recentExecutionsInfo: expect.arrayContaining([
        expect.objectContaining({
          executorInfo: { triggerType: 'MANUAL', username: 'admin', email: 'admin@localhost' },
        }),
      ]),
    });
  });
});

describe('the list', () => {
  const list = (
    query: Record<string, string | readonly string[]> = {},
    body: Record<string, unknown> = {},
  ): Promise<Answer> => server.call('POST', `${DETAILS}/summary`, { query, body });

  it('is filtered by status, pipeline, trigger type, time and text', async () => {
    await server.call('POST', '/api/webhook/custom', {
      isPublic: true,
      query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
      headers: { prefer: 'wait=1' },
    });
    const webhook = await list({}, { triggerTypes: ['WEBHOOK_CUSTOM'], triggerIdentifiers: ['myhook'] });
    expect(webhook.body.data).toMatchObject({
      totalElements: 1,
      content: [{ executionTriggerInfo: { triggerType: 'WEBHOOK_CUSTOM' } }],
    });
    const statuses = (await list({ status: ['aborted', 'Failed'] })).body.data as unknown as {
      content: { status: string }[];
    };
    expect(new Set(statuses.content.map((row) => row.status))).toEqual(new Set(['Aborted', 'Failed']));
    expect((await list({ status: 'PassedWithWarning' })).body.data).toMatchObject({ totalElements: 0 });
    expect((await list({ searchTerm: 'SHOWC' })).body.data).toMatchObject({
      content: [{ name: 'showcase' }, { name: 'showcase' }, { name: 'showcase' }, { name: 'showcase' }],
    });
    expect((await list({}, { timeRange: { startTime: 1, endTime: 2 } })).body.data).toMatchObject({ totalElements: 0 });
    expect((await list({ myDeployments: 'true', size: '1' })).body.data).toMatchObject({
      content: [{ executionTriggerInfo: { triggerType: 'MANUAL' } }],
      numberOfElements: 1,
    });
  });

  it.each([
    [{ size: '0' }, 'size should be > 0'],
    [{ page: '-1' }, 'page should be >= 0'],
    [{ size: '1001' }, '<=1000'],
    [{ status: 'Sleepy' }, 'Invalid value:Sleepy, the expected values are: ['],
  ])('refuses %o', async (query, message) => {
    const { status, body } = await list(query);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toContain(message);
  });
});

interface Graphed {
  readonly pipelineExecutionSummary: { readonly layoutNodeMap: Readonly<Record<string, unknown>> };
  readonly executionGraph: {
    readonly rootNodeId: string;
    readonly nodeMap: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly nodeAdjacencyListMap: Readonly<
      Record<string, { readonly children: readonly string[]; readonly nextIds: readonly string[] }>
    >;
    readonly executionMetadata: unknown;
  };
}
