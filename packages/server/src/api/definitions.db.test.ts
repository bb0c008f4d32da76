/** Pipelines and triggers over HTTP: every answer and every refusal of api.md §3 and §4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MYHOOK_TRIGGER_YAML, TEST_PIPELINE_YAML } from '../intake/demo.ts';
import { ACCOUNT, createTestApp, PUBLIC_URL, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const PIPELINES = '/pipeline/api/pipelines';
const TRIGGERS = '/pipeline/api/triggers';
const named = (identifier: string, yaml = TEST_PIPELINE_YAML): string =>
  yaml.replace('name: test', `name: ${identifier}`).replace('identifier: test', `identifier: ${identifier}`);
const hookOf = (identifier: string, pipeline: string): string =>
  MYHOOK_TRIGGER_YAML.replaceAll('myhook', identifier).replace(
    'pipelineIdentifier: test',
    `pipelineIdentifier: ${pipeline}`,
  );

describe('pipelines', () => {
  it('are created, read, changed by version and deleted', async () => {
    const created = await server.call('POST', `${PIPELINES}/v2`, { body: named('life') });
    expect(created.status).toBe(200);
    expect(created.headers['etag']).toBe('1');
    expect(created.body.data).toMatchObject({
      identifier: 'life',
      governanceMetadata: { deny: false },
      publicAccessResponse: { public: false },
    });

    const read = await server.call('GET', `${PIPELINES}/life`);
    expect(read.body.data).toMatchObject({
      yamlPipeline: named('life'),
      storeType: 'INLINE',
      modules: ['pms'],
      gitDetails: { branch: null },
      entityValidityDetails: { valid: true },
    });

    const changed = await server.call('PUT', `${PIPELINES}/v2/life`, {
      body: `# new\n${named('life')}`,
      headers: { 'if-match': '1' },
    });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    const stale = await server.call('PUT', `${PIPELINES}/life`, {
      body: named('life'),
      headers: { 'if-match': '"1"' },
    });
    expect([stale.status, stale.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect((await server.call('PUT', `${PIPELINES}/life`, { body: named('life') })).body.data).toBe('life');
    expect((await server.call('DELETE', `${PIPELINES}/life`, { headers: { 'if-match': '2' } })).status).toBe(400);
    expect((await server.call('DELETE', `${PIPELINES}/life`)).body.data).toBe(true);
    const gone = await server.call('GET', `${PIPELINES}/life`);
    expect([gone.status, gone.body.code, gone.body.message]).toEqual([
      404,
      'ENTITY_NOT_FOUND',
      'Pipeline with the given ID: life does not exist or has been deleted.',
    ]);
  });

  it.each([
    ['application/yaml', named('typed1')],
    ['application/json', named('typed2')],
    ['text/plain', named('typed3')],
    ['garbage', named('typed4')],
    ['application/json', JSON.stringify({ pipeline: { name: 'typed5', identifier: 'typed5', stages: [] } })],
  ])('are read as text whatever the content type (%s)', async (type, body) => {
    const { body: answer } = await server.call('POST', PIPELINES, { body, headers: { 'content-type': type } });
    if (answer.code === undefined) expect(answer.data).toMatch(/^typed\d$/);
    else expect(answer.code).toBe('SCHEMA_VALIDATION_FAILED');
  });

  it.each([
    [
      'that exists',
      'POST',
      `${PIPELINES}/v2`,
      TEST_PIPELINE_YAML,
      {},
      400,
      'DUPLICATE_FIELD',
      'Pipeline [test] under Project[myproject], Organization [default] already exists',
    ],
    [
      'with another identifier',
      'PUT',
      `${PIPELINES}/v2/test`,
      named('other'),
      {},
      400,
      'INVALID_REQUEST',
      'identifier other',
    ],
    [
      'of another project',
      'POST',
      `${PIPELINES}/v2`,
      named('x').replace('myproject', 'theirs'),
      {},
      400,
      'INVALID_REQUEST',
      'projectIdentifier theirs',
    ],
    [
      'in a project that is not there',
      'POST',
      `${PIPELINES}/v2`,
      named('x').replace('myproject', 'none'),
      { projectIdentifier: 'none' },
      404,
      'ENTITY_NOT_FOUND',
      'none',
    ],
    ['that is no YAML', 'POST', `${PIPELINES}/v2`, 'pipeline: [', {}, 400, 'SCHEMA_VALIDATION_FAILED', 'Line'],
    ['that is not there', 'PUT', `${PIPELINES}/v2/nope`, named('nope'), {}, 404, 'ENTITY_NOT_FOUND', 'nope'],
    [
      'without an organization',
      'POST',
      `${PIPELINES}/v2`,
      named('x'),
      { orgIdentifier: '' },
      400,
      'INVALID_REQUEST',
      'orgIdentifier',
    ],
  ] as const)('refuse one %s', async (_, method, path, body, query, status, code, message) => {
    const answer = await server.call(method, path, { body, query });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toContain(message);
    expect(answer.body['correlationId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('say where a text is wrong', async () => {
    const answer = await server.call('POST', `${PIPELINES}/v2`, {
      body: 'pipeline:\n  identifier: "1 x"\n  stages: []\n',
    });
    expect(answer.body).toMatchObject({
      code: 'SCHEMA_VALIDATION_FAILED',
      metadata: {
        type: 'YamlSchemaErrorWrapperDTO',
        schemaErrors: expect.arrayContaining([expect.objectContaining({ fqn: 'pipeline.identifier' })]),
        diagnostics: expect.arrayContaining([
          expect.objectContaining({
            code: 'IDENTIFIER_INVALID',
            range: expect.objectContaining({ start: expect.objectContaining({ line: 2 }) }),
          }),
        ]),
      },
    });
    const valid = await server.call('POST', '/bridle/api/pipelines/validate', { body: TEST_PIPELINE_YAML });
    expect(valid.body.data).toEqual({ diagnostics: [] });
    expect(
      (await server.call('POST', `${PIPELINES}/validate-yaml-with-schema`, { body: TEST_PIPELINE_YAML })).status,
    ).toBe(200);
    expect((await server.call('POST', `${PIPELINES}/validate-yaml-with-schema`, { body: 'x' })).status).toBe(400);
  });

  it('are listed by page, order and filter', async () => {
    for (const name of ['list_b', 'list_a']) await server.call('POST', `${PIPELINES}/v2`, { body: named(name) });
    const list = async (query: Record<string, string>, body: Record<string, unknown> = {}): Promise<unknown> =>
      (await server.call('POST', `${PIPELINES}/list`, { query, body })).body.data;
    expect(await list({ searchTerm: 'list_', sort: 'name,ASC', size: '1' })).toMatchObject({
      content: [
        {
          identifier: 'list_a',
          numOfStages: 1,
          stageNames: ['hello'],
          recentExecutionsInfo: [],
          yamlVersion: '0',
          executionSummaryInfo: { deployments: [0, 0, 0, 0, 0, 0, 0] },
        },
      ],
      totalElements: 2,
      totalPages: 2,
      first: true,
      last: false,
      number: 0,
      size: 1,
    });
    expect(await list({}, { filterType: 'PipelineSetup', pipelineIdentifiers: ['list_b'] })).toMatchObject({
      content: [{ identifier: 'list_b' }],
    });
    expect(await list({}, { pipelineTags: [{ key: 'demo', value: 'true' }] })).toMatchObject({
      content: [{ identifier: 'showcase' }],
    });
    expect(await list({ searchTerm: '%' })).toMatchObject({ totalElements: 0 });
    expect((await server.call('POST', `${PIPELINES}/list`, { query: { size: '0' } })).body).toMatchObject({
      status: 'FAILURE',
      code: 'INVALID_REQUEST',
      errors: [{ fieldId: 'size' }],
    });
    expect((await server.call('GET', `${PIPELINES}/summary/list_a`)).body.data).toMatchObject({
      identifier: 'list_a',
      version: 1,
    });
  });

  it('give the template of their inputs', async () => {
    const template = async (pipelineIdentifier: string): Promise<unknown> =>
      (await server.call('POST', '/pipeline/api/inputSets/template', { query: { pipelineIdentifier }, body: '' })).body
        .data;
    expect(await template('test')).toEqual({
      replacedExpressions: [],
      modules: ['pms'],
      hasInputSets: false,
      inputs: [],
    });
    expect(await template('showcase')).toMatchObject({
      inputSetTemplateYaml: expect.stringContaining('<+input>.default(green).allowedValues(green,blue,red)'),
      modules: ['pms', 'ci'],
    });
  });
});

describe('triggers', () => {
  const target = { targetIdentifier: 'test' };

  it('are created, read, switched, changed by version and deleted', async () => {
    const yaml = hookOf('second', 'test');
    const created = await server.call('POST', TRIGGERS, { body: yaml, query: target });
    expect(created.body.data).toEqual({
      name: 'second',
      identifier: 'second',
      type: 'Webhook',
      accountIdentifier: ACCOUNT,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      targetIdentifier: 'test',
      yaml,
      enabled: true,
      errorResponse: false,
      stagesToExecute: [],
    });
    expect((await server.call('GET', `${TRIGGERS}/second`, { query: target })).body.data).toMatchObject({
      identifier: 'second',
    });
    expect(
      (await server.call('PUT', `${TRIGGERS}/second/status`, { query: { ...target, status: 'false' } })).body.data,
    ).toBe(false);
    const off = await server.call('GET', `${TRIGGERS}/second`, { query: target });
    expect(off.body.data).toMatchObject({ enabled: false, yaml: yaml.replace('enabled: true', 'enabled: false') });
    const stale = await server.call('PUT', `${TRIGGERS}/second`, {
      body: yaml,
      query: target,
      headers: { 'if-match': '1' },
    });
    expect(stale.status).toBe(400);
    const changed = await server.call('PUT', `${TRIGGERS}/second`, {
      body: yaml,
      query: target,
      headers: { 'if-match': '2' },
    });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '3']);
    expect((await server.call('DELETE', `${TRIGGERS}/second`, { query: target })).body.data).toBe(true);
    const gone = await server.call('GET', `${TRIGGERS}/second`, { query: target });
    expect([gone.status, gone.body.code, gone.body.message]).toEqual([
      404,
      'ENTITY_NOT_FOUND',
      'Trigger second does not exist',
    ]);
  });

  it('tell their URL and their curl', async () => {
    const { body } = await server.call('GET', `${TRIGGERS}/myhook/details`, { query: target });
    const query = `accountIdentifier=${ACCOUNT}&orgIdentifier=default&projectIdentifier=myproject&pipelineIdentifier=test&triggerIdentifier=myhook`;
    const { webhookUrl } = body.data as unknown as { readonly webhookUrl: string };
    const [address, asked] = webhookUrl.split('?');
    expect(address).toMatch(/^https:\/\/bridle\.test\/gateway\/pipeline\/api\/webhook\/custom\/[A-Za-z0-9]{40}\/v3$/);
    expect(asked).toBe(query);
    expect(body.data).toMatchObject({
      tokenlessWebhookUrl: `${PUBLIC_URL}/gateway/api/webhook/custom?${query}`,
      webhookCurlCommand: `curl -X POST -H 'content-type: application/json' --url '${webhookUrl}' -d '{}'`,
      webhookDetails: { webhookSourceRepo: 'CUSTOM' },
      executions: [0, 0, 0, 0, 0, 0, 0],
      enabled: true,
    });
    const list = await server.call('GET', TRIGGERS, { query: target });
    expect(list.body.data).toMatchObject({
      totalItems: 1,
      pageItemCount: 1,
      pageIndex: 0,
      empty: false,
      pageToken: null,
      content: [{ identifier: 'myhook', webhookUrl }],
    });
    const none = await server.call('GET', `${TRIGGERS}/nope/details`, { query: target });
    expect([none.status, none.body.message]).toEqual([
      404,
      'Trigger nope does not exist in project myproject in org default',
    ]);
  });

  it('remember what they did', async () => {
    const accepted = await server.call('POST', '/api/webhook/custom', {
      isPublic: true,
      body: '{}',
      query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
    });
    const eventId = String(accepted.body.data);
    await server.completeTask(await server.startTask());
    const { body } = await server.call('GET', `${TRIGGERS}/eventHistory/myhook`, { query: target });
    expect(body.data).toMatchObject({
      totalElements: 1,
      content: [
        {
          eventCorrelationId: eventId,
          finalStatus: 'TARGET_EXECUTION_REQUESTED',
          exceptionOccurred: false,
          triggerEventStatus: { status: 'SUCCESS', message: 'Target execution requested' },
          targetExecutionSummary: {
            targetId: 'test',
            triggerId: 'myhook',
            executionStatus: 'SUCCEEDED',
            runSequence: 1,
            runtimeInput: 'pipeline: {}\n',
          },
        },
      ],
    });
    expect(
      (await server.call('GET', `${TRIGGERS}/myhook/eventHistory`, { query: { ...target, searchTerm: 'nothing' } }))
        .body.data,
    ).toMatchObject({ totalElements: 0 });
    expect((await server.call('GET', `${TRIGGERS}/eventHistory/eventCorrelation/${eventId}`)).body.data).toMatchObject({
      eventCorrelationId: eventId,
    });
    expect((await server.call('GET', `${TRIGGERS}/myhook/details`, { query: target })).body.data).toMatchObject({
      executions: [0, 0, 0, 0, 0, 0, 1],
      lastTriggerExecutionDetails: { lastExecutionSuccessful: true, lastExecutionStatus: 'TARGET_EXECUTION_REQUESTED' },
    });
  });

  it.each([
    [
      'that exists',
      MYHOOK_TRIGGER_YAML,
      target,
      400,
      'DUPLICATE_FIELD',
      'Failed while Saving Trigger: Trigger [myhook] already exists',
    ],
    ['of another pipeline', hookOf('x', 'showcase'), target, 400, 'INVALID_REQUEST', 'pipelineIdentifier showcase'],
    [
      'of a pipeline that is not there',
      hookOf('x', 'none'),
      { targetIdentifier: 'none' },
      404,
      'ENTITY_NOT_FOUND',
      'Pipeline with the given ID: none',
    ],
    ['without a pipeline', hookOf('x', 'test'), {}, 400, 'INVALID_REQUEST', 'targetIdentifier'],
    ['that is no trigger', 'pipeline: {}', target, 400, 'SCHEMA_VALIDATION_FAILED', 'Failed while Saving Trigger: '],
  ] as const)('refuse one %s', async (_, body, query, status, code, message) => {
    const answer = await server.call('POST', TRIGGERS, { body, query });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toContain(message);
  });

  it('save what cannot fire yet, and say so', async () => {
    const image = `trigger:\n  name: c\n  identifier: c\n  orgIdentifier: default\n  projectIdentifier: myproject\n  pipelineIdentifier: test\n  source:\n    type: Artifact\n    spec: { type: DockerRegistry }\n`;
    const { body } = await server.call('POST', TRIGGERS, { body: image, query: target });
    expect(body.data).toMatchObject({ type: 'Artifact', errorResponse: true, errors: expect.anything() });
    expect(
      (await server.call('PUT', `${TRIGGERS}/c`, { body: image, query: { ...target, ignoreError: 'true' } })).body.data,
    ).toMatchObject({ errorResponse: false });
  });
});
