/** What is asked about executions besides their details, with the whole shape of each answer (api.md §5.2, §6.2, §6.7). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, PUBLIC_URL, type TestApp } from './test-app.ts';
import { graphOf, pipelineOf, savePipeline, shell, startedId, startRun } from './test-runs.ts';

let server: TestApp;
/** Of `two`: the first failed, the second ran well with an input. */
let failed: string;
let good: string;

const EXECUTE = '/pipeline/api/pipeline/execute';
const EXECUTIONS = '/pipeline/api/pipelines/execution';
const INPUT = 'variables:\n  - name: V\n    type: String\n    value: <+input>\ntags:\n  team: core';
const inputOf = (pipeline: string, value: string): string =>
  `pipeline:\n  identifier: ${pipeline}\n  variables:\n    - name: V\n      type: String\n      value: ${value}\n`;

beforeAll(async () => {
  server = await createTestApp();
  const stages = [
    { identifier: 'first', steps: shell('a') },
    {
      identifier: 'second',
      steps: shell('b').replace(
        'echo b',
        'echo <+pipeline.stages.first.spec.execution.steps.a.output.outputVariables.OUT>',
      ),
    },
  ];
  await savePipeline(server, pipelineOf('two', stages, INPUT));
  failed = await startRun(server, 'two', inputOf('two', 'x'));
  await server.runTasks((task) =>
    task.logKey.includes('second')
      ? { kind: 'failed', outputs: {}, failure: { types: ['Unknown'], message: 'It broke.' } }
      : { kind: 'succeeded', exitCode: 0, outputs: { outputVariables: { OUT: 'out' } } },
  );
  await server.until(failed, ({ status }) => status === 'Failed');
  const started = await server.call('POST', `${EXECUTE}/two`, {
    body: inputOf('two', 'y'),
    query: { notesForPipelineExecution: 'the good one' },
  });
  good = startedId(started);
  await server.runTasks(() => ({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: { OUT: 'out' } } }));
  await server.until(good, ({ status }) => status === 'Success');
});

afterAll(async () => {
  await server.close();
});

const anyText = expect.any(String) as string;
const anyNumber = expect.any(Number) as number;

describe('notes of an execution', () => {
  it('come with its start and are changed', async () => {
    expect((await server.call('GET', `${EXECUTIONS}/${good}/notes`)).body.data).toEqual({ notes: 'the good one' });
    expect((await server.call('GET', `${EXECUTIONS}/${failed}/notes`)).body.data).toEqual({ notes: '' });
    const summary = async (): Promise<unknown> => {
      const { body } = await server.call('GET', `${EXECUTIONS}/v2/${good}`);
      const { pipelineExecutionSummary } = body.data as unknown as { pipelineExecutionSummary: object };
      return pipelineExecutionSummary;
    };
    expect(await summary()).toMatchObject({ notesExistForPlanExecutionId: true, notes: 'the good one' });
    const put = await server.call('PUT', `${EXECUTIONS}/${good}/notes`, { query: { notes: '' } });
    expect(put.body.data).toEqual({ notes: '' });
    expect(await summary()).toMatchObject({ notesExistForPlanExecutionId: false });
    expect(await summary()).not.toHaveProperty('notes');
    const long = await server.call('PUT', `${EXECUTIONS}/${good}/notes`, { query: { notes: 'x'.repeat(5_000) } });
    expect(long.status).toBe(400);
    expect((await server.call('GET', `${EXECUTIONS}/nope/notes`)).status).toBe(404);
  });
});

describe('texts of an execution', () => {
  it('are the pipeline, its inputs and what was made of them', async () => {
    const metadata = await server.call('GET', `${EXECUTIONS}/${good}/metadata`);
    expect(metadata.body.data).toEqual({
      executionId: good,
      executionYaml: expect.stringContaining('<+input>') as string,
    });
    const details = await server.call('GET', `${EXECUTIONS}/${good}/metadata/details`);
    expect(details.body.data).toEqual({
      planExecutionId: good,
      executionYaml: expect.stringContaining('<+input>') as string,
      inputYaml: expect.stringContaining('value: y') as string,
      resolvedYaml: expect.stringContaining('value: y') as string,
      triggerPayload: null,
    });
  });

  it('have a page', async () => {
    const answer = await server.call('POST', `${EXECUTIONS}/url`, {
      query: { planExecutionId: good, pipelineIdentifier: 'two' },
    });
    expect(answer.body.data).toBe(
      `${PUBLIC_URL}/ng/#/account/${ACCOUNT}/all/orgs/default/projects/myproject/pipelines/two/executions/${good}/pipeline`,
    );
  });

  it('give values to expressions', async () => {
    const body =
      'a: <+pipeline.variables.V>\nlist:\n  - plain\n  - n <+pipeline.sequenceId>\nnone: <+pipeline.nothing.here>\nwrong: <+(>\n';
    const answer = await server.call('POST', `${EXECUTIONS}/${good}/evaluateExpression`, { body });
    expect(answer.body.data).toEqual({
      mapExpression: {
        a: { originalExpression: '<+pipeline.variables.V>', resolvedValue: 'y', error: null },
        'list.1': { originalExpression: 'n <+pipeline.sequenceId>', resolvedValue: 'n 2', error: null },
        none: { originalExpression: '<+pipeline.nothing.here>', resolvedValue: null, error: null },
        wrong: { originalExpression: '<+(>', resolvedValue: null, error: anyText },
      },
      compiledYaml: 'a: y\nlist:\n  - plain\n  - n 2\nnone: null\nwrong: <+(>\n',
    });
    const single = await server.call('POST', `${EXECUTIONS}/${good}/evaluateExpression`, {
      body: { yaml: '<+pipeline.stages.first.spec.execution.steps.a.output.outputVariables.OUT>' },
    });
    expect(single.body.data).toMatchObject({ compiledYaml: 'out\n' });
    const secret = await server.call('POST', `${EXECUTIONS}/${good}/evaluateExpression`, {
      body: '<+secrets.getValue("x")>',
    });
    expect(JSON.stringify(secret.body.data)).toContain('x');
    const empty = await server.call('POST', `${EXECUTIONS}/${good}/evaluateExpression`, { body: '' });
    expect(empty.status).toBe(400);
  });
});

describe('graphs by themselves', () => {
  it('are those of the details', async () => {
    const whole = await server.call('GET', `${EXECUTIONS}/v2/${good}`, { query: { renderFullBottomGraph: 'true' } });
    const { executionGraph } = whole.body.data as unknown as { executionGraph: Record<string, unknown> };
    const alone = await server.call('GET', `${EXECUTIONS}/getExecutionGraph/${good}`);
    expect(alone.body.data).toEqual(executionGraph);

    const { first } = await graphOf(server, good);
    const below = await server.call('GET', `${EXECUTIONS}/subGraph/${good}/${first?.uuid ?? ''}`);
    const { executionGraph: sub } = below.body.data as unknown as {
      executionGraph: { nodeMap: Record<string, { identifier: string }> };
    };
    expect(Object.keys(below.body.data as unknown as object)).toEqual(['executionGraph']);
    expect(Object.values(sub.nodeMap).map(({ identifier }) => identifier)).toEqual(['first', 'execution', 'a']);
    expect((await server.call('GET', `${EXECUTIONS}/subGraph/${good}/nope`)).status).toBe(404);
  });

  it('a node is found with its execution and without', async () => {
    const { a } = await graphOf(server, good);
    for (const query of [{}, { planExecutionId: good }]) {
      const answer = await server.call('GET', '/pipeline/api/pipelines/getExecutionNode', {
        query: { nodeExecutionId: a?.uuid ?? '', ...query },
      });
      expect(answer.body.data).toEqual(a);
    }
    const none = await server.call('GET', '/pipeline/api/pipelines/getExecutionNode', {
      query: { nodeExecutionId: 'nope' },
    });
    expect([none.status, none.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });
});

describe('lists of executions', () => {
  it('in outline go on from the last one seen', async () => {
    const query = { pipelineIdentifier: 'two', size: '1' };
    const page = await server.call('POST', `${EXECUTIONS}/summary/outline`, { query, body: {} });
    const outline = {
      planExecutionId: good,
      pipelineIdentifier: 'two',
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      name: 'two',
      runSequence: 2,
      status: 'Success',
      modules: ['pms'],
      startTs: anyNumber,
      endTs: anyNumber,
      createdAt: anyNumber,
    };
    expect(page.body.data).toEqual({
      content: [outline],
      currentSize: 1,
      lastSeenExecutionId: good,
      lastSeenStartTime: anyNumber,
      hasMore: true,
    });
    const next = await server.call('POST', `${EXECUTIONS}/summary/outline`, {
      query: { ...query, lastSeenExecutionId: good },
      body: {},
    });
    expect(next.body.data).toMatchObject({ content: [{ planExecutionId: failed }], hasMore: false });
    const end = await server.call('POST', `${EXECUTIONS}/summary/outline`, {
      query: { ...query, lastSeenExecutionId: failed },
    });
    expect(end.body.data).toEqual({
      content: [],
      currentSize: 0,
      lastSeenExecutionId: null,
      lastSeenStartTime: null,
      hasMore: false,
    });
  });

  it('in short are ids and how they stand', async () => {
    const answer = await server.call('POST', `${EXECUTIONS}/executionSummary`, {
      query: { pipelineIdentifier: 'two', status: 'failed' },
    });
    expect(answer.body.data).toMatchObject({ totalElements: 1 });
    expect((answer.body.data as unknown as { content: unknown[] }).content).toEqual([
      {
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        pipelineIdentifier: 'two',
        planExecutionId: failed,
        runSequence: 1,
        status: 'Failed',
      },
    ]);
    const v2 = await server.call('POST', `${EXECUTIONS}/v2/summary`, { query: { pipelineIdentifier: 'two' } });
    const v1 = await server.call('POST', `${EXECUTIONS}/summary`, { query: { pipelineIdentifier: 'two' } });
    expect(v2.body.data).toEqual(v1.body.data);
  });

  it.each([
    [
      'everything null',
      { status: null, pipelineName: null, timeRange: null, pipelineTags: null, triggerTypes: null },
      2,
    ],
    ['a status', { status: ['SUCCESS'] }, 1],
    ['a name', { pipelineName: 'TW' }, 2],
    ['another name', { pipelineName: 'three' }, 0],
    ['a tag', { pipelineTags: [{ key: 'team', value: 'core' }] }, 2],
    ['another tag', { pipelineTags: [{ key: 'team', value: 'cor' }] }, 0],
    ['a time', { timeRange: { startTime: 0, endTime: 4_000_000_000_000 } }, 2],
    ['a time before', { timeRange: { startTime: 0, endTime: 1 } }, 0],
    ['a cause', { triggerTypes: ['MANUAL'] }, 2],
    ['another cause', { triggerTypes: ['WEBHOOK_CUSTOM'] }, 0],
    ['rollbacks', { executionModeFilter: 'ROLLBACK' }, 0],
    ['all modes', { executionModeFilter: 'ALL' }, 2],
    ['a label', { pipelineLabels: [{ key: 'l' }] }, 0],
  ])('are filtered by %s', async (_, filter, total) => {
    const answer = await server.call('POST', `${EXECUTIONS}/summary`, {
      query: { pipelineIdentifier: 'two' },
      body: { filterType: 'PipelineExecution', ...filter },
    });
    expect(answer.body.data).toMatchObject({ totalElements: total });
  });

  it.each([
    ['their module', { module: 'PMS' }, 2],
    ['another module', { module: 'ci' }, 0],
    ['me', { myDeployments: 'true' }, 2],
  ])('are filtered by %s in the address', async (_, query, total) => {
    const answer = await server.call('POST', `${EXECUTIONS}/summary`, {
      query: { pipelineIdentifier: 'two', ...query },
    });
    expect(answer.body.data).toMatchObject({ totalElements: total });
  });

  it('are filtered by what was saved, and by nothing beside it', async () => {
    const filter = {
      name: 'Bad ones',
      identifier: 'bad',
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      filterVisibility: 'EveryOne',
      filterProperties: { filterType: 'PipelineExecution', status: ['Failed'] },
    };
    expect((await server.call('POST', '/pipeline/api/filters', { body: filter })).status).toBe(200);
    const query = { pipelineIdentifier: 'two', filterIdentifier: 'bad' };
    const saved = await server.call('POST', `${EXECUTIONS}/summary`, {
      query,
      body: { filterType: 'PipelineExecution' },
    });
    expect(saved.body.data).toMatchObject({ totalElements: 1, content: [{ planExecutionId: failed }] });
    const outline = await server.call('POST', `${EXECUTIONS}/summary/outline`, { query });
    expect(outline.body.data).toMatchObject({ currentSize: 1 });
    const both = await server.call('POST', `${EXECUTIONS}/summary`, { query, body: { status: ['Success'] } });
    expect([both.status, both.body.code]).toEqual([400, 'INVALID_REQUEST']);
    const none = await server.call('POST', `${EXECUTIONS}/summary`, { query: { filterIdentifier: 'nope' } });
    expect(none.status).toBe(404);
  });

  it.each([
    ['page', { page: '-1' }, 'Please Verify Executions list parameters'],
    ['status', { status: 'Fine' }, 'Invalid value:Fine, the expected values are: ['],
  ])('refuse a wrong %s in words', async (_, query, message) => {
    for (const path of ['summary', 'executionSummary']) {
      const answer = await server.call('POST', `${EXECUTIONS}/${path}`, { query });
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain(message);
    }
  });
});

describe('before a run', () => {
  it('the stages are listed with those that they need', async () => {
    const answer = await server.call('GET', `${EXECUTE}/stagesExecutionList`, { query: { pipelineIdentifier: 'two' } });
    const stage = { message: null, toBeBlocked: false };
    expect(answer.body.data).toEqual([
      { ...stage, stageIdentifier: 'first', stageName: 'first', stagesRequired: [] },
      { ...stage, stageIdentifier: 'second', stageName: 'second', stagesRequired: ['first'] },
    ]);
  });

  const check = async (pipelineIdentifier: string, body: string): Promise<unknown> => {
    const begun = await server.call('POST', `${EXECUTE}/preflightCheck`, { query: { pipelineIdentifier }, body });
    expect(begun.status).toBe(200);
    const query = { preflightCheckId: String(begun.body.data) };
    return (await server.call('GET', `${EXECUTE}/getPreflightCheckResponse`, { query })).body.data;
  };

  it('inputs are checked', async () => {
    expect(await check('two', inputOf('two', 'z'))).toEqual({
      pipelineInputWrapperResponse: { label: anyText, status: 'SUCCESS', pipelineInputResponse: [] },
      connectorWrapperResponse: { label: anyText, status: 'SUCCESS', checkResponses: [] },
      status: 'SUCCESS',
      errorInfo: null,
    });
    expect(await check('two', '')).toEqual({
      pipelineInputWrapperResponse: {
        label: anyText,
        status: 'FAILURE',
        pipelineInputResponse: [
          {
            fqn: anyText,
            stageName: null,
            stepName: null,
            errorInfo: {
              summary: anyText,
              description: null,
              causes: [{ cause: anyText }],
              resolution: expect.any(Array) as [],
            },
          },
        ],
      },
      connectorWrapperResponse: { label: anyText, status: 'UNKNOWN', checkResponses: [] },
      status: 'FAILURE',
      errorInfo: null,
    });
    const none = await server.call('GET', `${EXECUTE}/getPreflightCheckResponse`, {
      query: { preflightCheckId: 'nope' },
    });
    expect(none.status).toBe(404);
  });

  it('connectors are looked for', async () => {
    const step = [
      '- step:',
      '    identifier: c',
      '    name: c',
      '    type: Run',
      '    spec:',
      '      shell: Sh',
      '      connectorRef: account.hub',
      '      image: alpine',
      '      command: "true"',
    ].join('\n');
    await savePipeline(server, pipelineOf('connected', [{ identifier: 's', type: 'CI', steps: step, more: '' }]));
    expect(await check('connected', '')).toMatchObject({
      connectorWrapperResponse: {
        status: 'FAILURE',
        checkResponses: [
          {
            connectorIdentifier: 'account.hub',
            connectorName: null,
            stageIdentifier: null,
            status: 'FAILURE',
            connectorErrorInfo: { summary: 'There is no connector account.hub.' },
          },
        ],
      },
      status: 'FAILURE',
    });
  });
});

describe('starts that Bridle does not have', () => {
  it('are refused in words, and only for executions that are there', async () => {
    for (const [method, path] of [
      ['POST', `${EXECUTE}/debug/${good}/two`],
      ['POST', `${EXECUTE}/debug/v2/${good}/two`],
      ['POST', `${EXECUTE}/debug/${good}/two/inputSetList`],
      ['POST', `${EXECUTE}/debug/${good}/two/stages`],
      ['POST', `${EXECUTE}/postExecutionRollback/${good}`],
    ] as const) {
      const answer = await server.call(method, path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'INVALID_REQUEST']);
      expect((await server.call(method, path.replace(good, 'nope'))).status).toBe(404);
    }
  });
});

describe('the history of a retry', () => {
  it('says what was run again and what was taken over', async () => {
    const retried = startedId(
      await server.call('POST', `${EXECUTE}/retry/two`, {
        query: { planExecutionId: failed, retryStages: 'second' },
        body: '',
      }),
    );
    await server.runTasks();
    const history = await server.call('GET', `${EXECUTE}/retryHistory/${retried}`, {
      query: { pipelineIdentifier: 'two' },
    });
    expect(history.body.data).toEqual({
      errorMessage: null,
      latestExecutionId: retried,
      executionInfos: [
        { uuid: retried, startTs: anyNumber, endTs: anyNumber, status: 'Success', runSequence: 3 },
        { uuid: failed, startTs: anyNumber, endTs: anyNumber, status: 'Failed', runSequence: 1 },
      ],
      retryStagesMetadata: { retryStagesIdentifier: ['second'], skipStagesIdentifier: ['first'] },
    });
    const plain = await server.call('GET', `${EXECUTE}/retryHistory/${good}`);
    expect(plain.body.data).toMatchObject({
      retryStagesMetadata: { retryStagesIdentifier: [], skipStagesIdentifier: [] },
    });
  });
});

describe('input sets', () => {
  const query = { pipelineIdentifier: 'sets' };
  const setOf = (identifier: string, ...names: readonly string[]): string =>
    `# mine\ninputSet:\n  identifier: ${identifier}\n  name: ${identifier}\n  pipeline:\n    identifier: sets\n    variables:\n${names
      .map((name) => `      - name: ${name}\n        type: String\n        value: ${name.toLowerCase()}\n`)
      .join('')}`;
  const overlay = `overlayInputSet:\n  identifier: over\n  name: over\n  pipelineIdentifier: sets\n  inputSetReferences:\n    - fresh\n    - lost\n`;

  beforeAll(async () => {
    const variables = (...names: readonly string[]): string =>
      `variables:\n${names.map((name) => `  - name: ${name}\n    type: String\n    value: <+input>`).join('\n')}`;
    const stages = [{ identifier: 's', steps: shell('a') }];
    await savePipeline(server, pipelineOf('sets', stages, variables('V', 'OLD')));
    for (const set of [setOf('stale', 'V', 'OLD'), setOf('empty', 'OLD'), setOf('fresh', 'V'), setOf('lost', 'V')])
      expect((await server.call('POST', '/pipeline/api/inputSets', { query, body: set })).status).toBe(200);
    expect((await server.call('POST', '/pipeline/api/inputSets/overlay', { query, body: overlay })).status).toBe(200);
    await server.call('DELETE', '/pipeline/api/inputSets/lost', { query });
    await server.call('PUT', '/pipeline/api/pipelines/v2/sets', { body: pipelineOf('sets', stages, variables('V')) });
  });

  it('that do not fit say why in lists', async () => {
    const { body } = await server.call('GET', '/pipeline/api/inputSets', { query });
    const { content } = body.data as unknown as { content: readonly { identifier: string }[] };
    const byId = new Map(content.map((each) => [each.identifier, each]));
    expect(byId.get('stale')).toMatchObject({
      isOutdated: true,
      inputSetErrorDetails: { type: 'InputSetErrorWrapper' },
    });
    expect(byId.get('over')).toMatchObject({ isOutdated: true, overlaySetErrorDetails: expect.any(Object) as object });
    expect(byId.get('fresh')).toMatchObject({ isOutdated: false });
    expect(byId.get('fresh')).not.toHaveProperty('inputSetErrorDetails');
  });

  it('are shown beside what would be left of them', async () => {
    const diff = await server.call('GET', '/pipeline/api/inputSets/stale/yaml-diff', { query });
    expect(diff.body.data).toEqual({
      oldYAML: setOf('stale', 'V', 'OLD'),
      newYAML: setOf('stale', 'V'),
      inputSetEmpty: false,
      noUpdatePossible: false,
      yamlDiffPresent: true,
      gitDetails: expect.objectContaining({ branch: null }) as object,
    });
    const same = await server.call('GET', '/pipeline/api/inputSets/fresh/yaml-diff', { query });
    expect(same.body.data).toMatchObject({ yamlDiffPresent: false, newYAML: setOf('fresh', 'V') });
    const over = await server.call('GET', '/pipeline/api/inputSets/over/yaml-diff', { query });
    expect(over.body.data).toMatchObject({ yamlDiffPresent: true, invalidReferences: ['lost'], inputSetEmpty: false });
    expect((await server.call('GET', '/pipeline/api/inputSets/nope/yaml-diff', { query })).status).toBe(400);
  });

  it('are mended where something is left', async () => {
    const mended = await server.call('POST', '/pipeline/api/inputSets/stale/sanitise', { query });
    expect(mended.headers['etag']).toBe('2');
    expect(mended.body.data).toMatchObject({
      shouldDeleteInputSet: false,
      inputSetUpdateResponse: { identifier: 'stale', inputSetYaml: setOf('stale', 'V'), outdated: false },
    });
    const over = await server.call('POST', '/pipeline/api/inputSets/sanitise', {
      query: { ...query, inputSetIdentifier: 'over' },
    });
    expect(over.body.data).toMatchObject({
      inputSetUpdateResponse: { inputSetReferences: ['fresh'], outdated: false },
    });
    const gone = await server.call('POST', '/pipeline/api/inputSets/empty/sanitise', { query });
    expect(gone.body.data).toEqual({ shouldDeleteInputSet: true });
  });

  it('are merged over what an execution had', async () => {
    const run = startedId(
      await server.call('POST', `${EXECUTE}/sets`, { query: { inputSetIdentifiers: 'fresh' }, body: '' }),
    );
    await server.runTasks();
    const rerun = await server.call('POST', '/pipeline/api/inputSets/merge-for-rerun', {
      query: { ...query, planExecutionId: run },
      body: { withMergedPipelineYaml: true },
    });
    expect(rerun.body.data).toEqual({
      pipelineYaml: expect.stringContaining('value: v') as string,
      completePipelineYaml: expect.stringContaining('value: v') as string,
      errorResponse: false,
    });
    const over = await server.call('POST', '/pipeline/api/inputSets/merge-input-for-execution', {
      query: { ...query, planExecutionId: run },
      body: { lastYamlToMerge: inputOf('sets', 'mine') },
    });
    expect(over.body.data).toMatchObject({ pipelineYaml: expect.stringContaining('value: mine') as string });
    expect((await server.call('POST', '/pipeline/api/inputSets/merge-for-rerun', { query, body: {} })).status).toBe(
      400,
    );
  });
});
