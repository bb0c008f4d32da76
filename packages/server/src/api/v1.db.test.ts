import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, shell, untilStatus } from './test-runs.ts';

const URL = '/v1/orgs/default/projects/myproject';
const TIME = expect.any(Number);

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(() => server.close());

/** As the v1 client calls: the token alone, no scope in the query. */
async function v1(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: Record<string, unknown>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await server.app.inject({
    method,
    url: path,
    headers: { 'x-api-key': server.token, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  const text = response.body;
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
  };
}

const yaml = pipelineOf(
  'terra',
  [{ identifier: 'one', steps: shell('a') }],
  'description: laid out\ntags: {team: core}',
);
const asking = pipelineOf(
  'asks',
  [{ identifier: 'one', steps: shell('a') }],
  'allowStageExecutions: true\nvariables:\n  - name: size\n    type: String\n    value: <+input>.allowedValues(small,large)',
);
const given = (size: string): string =>
  `pipeline:\n  identifier: asks\n  variables:\n    - name: size\n      type: String\n      value: ${size}\n`;

describe('pipelines', () => {
  it('are created, read, listed, changed and deleted in snake case without an envelope', async () => {
    const created = await v1('POST', `${URL}/pipelines`, { identifier: 'terra', name: 'terra', pipeline_yaml: yaml });
    expect([created.status, created.body, created.headers['etag']]).toEqual([201, { identifier: 'terra' }, '1']);
    const read = await v1('GET', `/gateway${URL}/pipelines/terra`);
    expect(read.body).toEqual({
      pipeline_yaml: yaml,
      identifier: 'terra',
      name: 'terra',
      org: 'default',
      project: 'myproject',
      description: 'laid out',
      tags: { team: 'core' },
      modules: ['pms'],
      valid: true,
      created: TIME,
      updated: TIME,
      store_type: 'INLINE',
    });
    expect(
      (await v1('GET', `/pipeline/api${URL}/pipelines/terra`, undefined, { 'harness-account': ACCOUNT })).body,
    ).toEqual(read.body);
    expect((await v1('GET', `/gateway/pipeline/api${URL}/pipelines/terra?template_applied=true`)).body).toMatchObject({
      template_applied_pipeline_yaml: expect.stringContaining('identifier: terra'),
    });

    const changed = await v1('PUT', `${URL}/pipelines/terra`, { pipeline_yaml: yaml }, { 'if-match': '1' });
    expect([changed.status, changed.body, changed.headers['etag']]).toEqual([200, { identifier: 'terra' }, '2']);
    expect((await v1('PATCH', `${URL}/pipelines/terra`, { pipeline_yaml: yaml }, { 'if-match': '1' })).status).toBe(
      400,
    );
    expect((await v1('DELETE', `${URL}/pipelines/terra`, undefined, { 'if-match': '1' })).status).toBe(400);
    const deleted = await v1('DELETE', `${URL}/pipelines/terra`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    const gone = await v1('GET', `${URL}/pipelines/terra`);
    expect([gone.status, gone.body.status, gone.body.code]).toEqual([404, 'ERROR', 'ENTITY_NOT_FOUND']);
  });

  it('are changed in part, in their YAML too', async () => {
    const text = pipelineOf(
      'patched',
      [{ identifier: 'one', steps: shell('a') }],
      'description: old # why\ntags: {a: b}',
    );
    await v1('POST', `${URL}/pipelines`, { pipeline_yaml: text });
    const patch = (body: Record<string, unknown>, headers = {}): Promise<Answer> =>
      v1('PATCH', `${URL}/pipelines/patched`, body, headers);
    const named = await patch({ name: 'Patched pipeline' });
    expect([named.status, named.body, named.headers['etag']]).toEqual([200, { identifier: 'patched' }, '2']);
    expect((await v1('GET', `${URL}/pipelines/patched`)).body).toMatchObject({
      name: 'Patched pipeline',
      description: 'old',
      tags: { a: 'b' },
      pipeline_yaml: expect.stringContaining('description: old # why') as string,
    });
    const said = await patch(
      { identifier: 'patched', description: 'new', tags: { team: 'core' } },
      { 'if-match': '2' },
    );
    expect([said.status, said.headers['etag']]).toEqual([200, '3']);
    const changed = { name: 'Patched pipeline', description: 'new', tags: { team: 'core' } };
    expect((await v1('GET', `${URL}/pipelines/patched`)).body).toMatchObject(changed);
    // The whole text, and a part of it at once.
    expect((await patch({ pipeline_yaml: text, description: '' })).status).toBe(200);
    expect((await v1('GET', `${URL}/pipelines/patched`)).body).toMatchObject({ name: 'patched', description: '' });
    const versions = await server.call('GET', '/bridle/api/pipelines/patched/versions');
    expect(versions.body.data).toMatchObject({ totalItems: 4 });
  });

  it.each([
    ['nothing', {}, 400, 'Send what is to be changed'],
    ['another identifier', { identifier: 'other', name: 'x' }, 400, 'It cannot be changed'],
    ['an empty name', { name: '' }, 400, 'name'],
    ['YAML of another pipeline', { pipeline_yaml: yaml }, 400, 'identifier'],
  ])('are not changed in part by %s', async (_, body, status, message) => {
    const text = pipelineOf('kept', [{ identifier: 'one', steps: shell('a') }]);
    await v1('POST', `${URL}/pipelines`, { pipeline_yaml: text });
    const answer = await v1('PATCH', `${URL}/pipelines/kept`, body);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
    const after = await v1('GET', `${URL}/pipelines/kept`);
    expect([after.headers['etag'], after.body['pipeline_yaml']]).toEqual(['1', text]);
    expect((await v1('PATCH', `${URL}/pipelines/none`, { name: 'x' })).status).toBe(404);
    expect((await v1('PATCH', `${URL}/pipelines/kept`, { name: 'x' }, { 'if-match': '7' })).status).toBe(400);
  });

  it('say pages in headers', async () => {
    for (const name of ['pa', 'pb', 'pc']) {
      const text = pipelineOf(name, [{ identifier: 'one', steps: shell('a') }], 'tags: {set: paged}');
      expect((await v1('POST', `${URL}/pipelines`, { pipeline_yaml: text })).status).toBe(201);
    }
    const page = await v1('GET', `${URL}/pipelines?page=1&limit=1&tags=set:paged&sort=name&order=ASC`);
    expect(page.body).toEqual([
      {
        identifier: 'pb',
        name: 'pb',
        description: '',
        tags: { set: 'paged' },
        created: TIME,
        updated: TIME,
        modules: ['pms'],
        store_type: 'INLINE',
        stage_count: 1,
        stage_names: ['one'],
        recent_execution_info: [],
      },
    ]);
    expect(page.headers).toMatchObject({ 'x-total-elements': '3', 'x-page-number': '1', 'x-page-size': '1' });
    expect(page.headers['link']).toMatch(/page=0&limit=1.*rel="previous".*rel="self".*page=2&limit=1.*rel="next"/);
  });

  it.each([
    ['no text', {}, 'pipeline_yaml: is missing'],
    ['a number', { pipeline_yaml: 7 }, 'pipeline_yaml: must be string'],
    ['two names', { identifier: 'other', pipeline_yaml: yaml }, 'has the identifier terra, but the body has other'],
    ['no YAML', { pipeline_yaml: 'pipeline: [' }, 'Invalid request: '],
  ])('refuse %s', async (_, body, message) => {
    const answer = await v1('POST', `${URL}/pipelines`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });

  it('are validated by an id that can be asked again', async () => {
    const started = await v1('POST', `${URL}/pipelines/pa/validate`);
    expect(started.body).toEqual({ uuid: expect.any(String), status: 'SUCCESS', errors: [] });
    const { uuid } = started.body as { uuid?: string };
    expect((await v1('GET', `${URL}/validate/${uuid ?? ''}`)).body).toEqual(started.body);
    expect((await v1('GET', `${URL}/pipelines/validate/${uuid ?? ''}`)).body).toEqual(started.body);
    expect((await v1('GET', `${URL}/validate/nonsense`)).status).toBe(404);
    // One form of id: what one surface says, the other knows.
    const elsewhere = await server.call('GET', `/pipeline/api/pipelines/validate/${uuid ?? ''}`);
    expect([elsewhere.status, uuid]).toEqual([200, Buffer.from('1:pa').toString('base64url')]);
  });

  it('belong to the account of the token: another one that is named is refused', async () => {
    const answer = await v1('GET', `${URL}/pipelines`, undefined, { 'harness-account': 'another' });
    expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_TOKEN']);
  });
});

describe('input sets, inputs and starts', () => {
  it('are one story', async () => {
    expect((await v1('POST', `${URL}/pipelines`, { pipeline_yaml: asking })).status).toBe(201);
    const input = {
      path: 'pipeline.variables[0].value',
      name: 'size',
      type: 'String',
      required: true,
      allowed_values: ['small', 'large'],
    };
    const { path, ...details } = input;
    expect((await v1('GET', `${URL}/pipelines/asks/inputs`)).body).toEqual({
      has_input_sets: false,
      template_yaml: expect.stringContaining('<+input>'),
      replaced_expressions: [],
      modules: ['pms'],
      inputs: { [path]: details },
    });
    expect((await v1('GET', `${URL}/pipelines/asks/inputs-schema`)).body).toEqual({
      inputs: [{ path, required: true, details }],
    });

    const setYaml = `inputSet:\n  identifier: small\n  name: small\n  orgIdentifier: default\n  projectIdentifier: myproject\n  ${given('small').replaceAll('\n', '\n  ').trimEnd()}\n`;
    const made = await v1('POST', `${URL}/input-sets?pipeline=asks`, { identifier: 'small', input_set_yaml: setYaml });
    const set = {
      input_set_yaml: setYaml,
      identifier: 'small',
      name: 'small',
      org: 'default',
      project: 'myproject',
      pipeline: 'asks',
      description: '',
      tags: {},
      created: TIME,
      updated: TIME,
      store_type: 'INLINE',
    };
    expect([made.status, made.body]).toEqual([201, set]);
    expect((await v1('GET', `${URL}/input-sets/small?pipeline=asks`)).body).toEqual(set);
    const list = await v1('GET', `${URL}/input-sets?pipeline=asks`);
    expect([list.body, list.headers['x-total-elements']]).toEqual([[set], '1']);
    const put = await v1('PUT', `${URL}/input-sets/small?pipeline=asks`, { input_set_yaml: setYaml });
    expect([put.status, put.headers['etag']]).toEqual([200, '2']);
    expect((await v1('GET', `${URL}/input-sets/small`)).status).toBe(400);

    const started = await v1('POST', `${URL}/pipelines/asks/execute`, { input_set_refs: ['small'] });
    const details1 = { execution_id: expect.stringMatching(/^[\w-]{22}$/), status: 'RUNNING' };
    expect([started.status, started.body]).toEqual([200, { execution_details: details1 }]);
    const first = idOf(started);
    await server.runTasks();
    await untilStatus(server, first, 'Success');

    const again = await v1('POST', `${URL}/pipelines/asks/execute/rerun/${first}`);
    expect(again.body).toEqual({ execution_details: details1 });
    await server.runTasks(() => ({ kind: 'failed', outputs: {}, failure: { types: ['Unknown'], message: 'broken' } }));
    await untilStatus(server, idOf(again), 'Failed');
    const retried = await v1('POST', `${URL}/pipelines/asks/execute/retry/${idOf(again)}?retry_stages=one`);
    expect(retried.body).toEqual({ execution_details: details1 });

    const stages = await v1('POST', `${URL}/pipelines/asks/execute/stages`, {
      inputs_yaml: given('large'),
      stage_identifiers: ['one'],
    });
    expect(stages.body).toEqual({ execution_details: details1 });
    const dynamic = await v1('POST', `${URL}/pipelines/asks/execute/dynamic`, {
      yaml: asking.replace('<+input>.allowedValues(small,large)', 'tiny'),
    });
    expect(dynamic.body).toEqual({ execution_details: details1 });
    await server.runTasks();
    for (const answer of [retried, stages, dynamic]) await untilStatus(server, idOf(answer), 'Success');

    const wrong = await v1('POST', `${URL}/pipelines/asks/execute`, { runtime_yaml: given('huge') });
    expect([wrong.status, wrong.body.status]).toEqual([400, 'ERROR']);
    expect((await v1('POST', `${URL}/pipelines/asks/execute/rerun/none`)).status).toBe(404);

    expect((await v1('DELETE', `${URL}/input-sets/small?pipeline=asks`)).status).toBe(204);
    expect((await v1('GET', `${URL}/input-sets/small?pipeline=asks`)).status).toBe(404);
    expect((await v1('DELETE', `${URL}/input-sets/small?pipeline=asks`)).status).toBe(404);
  });
});

describe('triggers', () => {
  it('are created, read, listed, changed and deleted', async () => {
    const text =
      'trigger:\n  identifier: hook\n  name: hook\n  orgIdentifier: default\n  projectIdentifier: myproject\n  pipelineIdentifier: pa\n  source:\n    type: Webhook\n    spec:\n      type: Custom\n      spec:\n        payloadConditions: []\n';
    const made = await v1('POST', `${URL}/pipelines/pa/triggers`, { identifier: 'hook', trigger_yaml: text });
    const trigger = {
      trigger_yaml: text,
      identifier: 'hook',
      name: 'hook',
      org: 'default',
      project: 'myproject',
      pipeline: 'pa',
      description: '',
      tags: {},
      type: 'Webhook',
      enabled: true,
      created: TIME,
      updated: TIME,
    };
    expect([made.status, made.body]).toEqual([201, trigger]);
    expect((await v1('GET', `${URL}/pipelines/pa/triggers/hook`)).body).toEqual(trigger);
    expect((await v1('GET', `${URL}/pipelines/pa/triggers`)).body).toEqual([trigger]);
    expect((await v1('PUT', `${URL}/pipelines/pa/triggers/hook`, { trigger_yaml: text })).headers['etag']).toBe('2');
    expect((await v1('DELETE', `${URL}/pipelines/pa/triggers/hook`)).status).toBe(204);
    expect((await v1('GET', `${URL}/pipelines/pa/triggers/hook`)).status).toBe(404);
  });
});

describe('organizations and projects', () => {
  it('are created, read and listed', async () => {
    const org = { identifier: 'tf', name: 'By Terraform', description: 'x', tags: { a: 'b' } };
    const made = await v1('POST', '/v1/orgs', { org });
    expect([made.status, made.body]).toEqual([201, { org, created: TIME, updated: TIME, harness_managed: false }]);
    expect((await v1('POST', '/v1/orgs', { org })).body).toMatchObject({ status: 'ERROR', code: 'DUPLICATE_FIELD' });
    expect((await v1('GET', '/gateway/v1/orgs/tf')).body).toEqual(made.body);
    expect((await v1('GET', '/v1/orgs?search_term=terraform')).body).toEqual([made.body]);
    expect((await v1('GET', '/v1/orgs/none')).status).toBe(404);

    const project = { identifier: 'p1', name: 'P one' };
    const created = await v1('POST', '/v1/orgs/tf/projects', { project });
    const expected = {
      project: { ...project, org: 'tf', color: '#0063F7', modules: [], description: '', tags: {} },
      created: TIME,
      updated: TIME,
    };
    expect([created.status, created.body]).toEqual([201, expected]);
    expect((await v1('GET', '/v1/orgs/tf/projects/p1')).body).toEqual(expected);
    const list = await v1('GET', '/v1/orgs/tf/projects');
    expect([list.body, list.headers['x-total-elements']]).toEqual([[expected], '1']);
    const elsewhere = await v1('POST', '/v1/orgs/tf/projects', { project: { ...project, org: 'default' } });
    expect(elsewhere.body.message).toContain('The body has the org default, but the request is about tf.');
    expect((await v1('POST', '/v1/orgs/none/projects', { project })).status).toBe(404);

    const changed = await v1('PUT', '/v1/orgs/tf/projects/p1', {
      project: { ...project, name: 'Other', color: '#112233' },
    });
    expect([changed.headers['etag'], changed.body]).toMatchObject([
      '2',
      { project: { name: 'Other', color: '#112233' } },
    ]);
    const stale = await v1('PUT', '/v1/orgs/tf', { org }, { 'if-match': '7' });
    expect(stale.body.message).toContain('The organization tf was changed since it was read.');
    expect((await v1('PUT', '/v1/orgs/tf', { org }, { 'if-match': '1' })).headers['etag']).toBe('2');
    const renamed = await v1('PUT', '/v1/orgs/tf', { org: { ...org, identifier: 'other' } });
    expect([renamed.status, renamed.body.message]).toEqual([400, expect.stringContaining('cannot be changed')]);
    const gone = await v1('DELETE', '/v1/orgs/tf/projects/p1');
    expect([gone.status, gone.body]).toMatchObject([200, { project: { identifier: 'p1' } }]);
    expect((await v1('DELETE', '/v1/orgs/tf')).body).toMatchObject({ org: { identifier: 'tf' } });
    expect((await v1('DELETE', '/v1/orgs/tf')).status).toBe(404);
  });
});

function idOf(answer: Answer): string {
  return (answer.body as unknown as { execution_details: { execution_id: string } }).execution_details.execution_id;
}
