/** Input sets and overlays over HTTP (api.md §4.2): every answer and every refusal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

const SETS = '/pipeline/api/inputSets';
const PIPELINE = `pipeline:
  name: colours
  identifier: colours
  projectIdentifier: myproject
  orgIdentifier: default
  variables:
    - { name: one, type: String, value: <+input> }
    - { name: two, type: String, value: "<+input>.allowedValues(a,b)" }
  stages:
    - stage:
        name: s
        identifier: s
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: say
                  identifier: say
                  type: ShellScript
                  spec:
                    shell: Sh
                    source: { type: Inline, spec: { script: echo <+pipeline.variables.one> <+pipeline.variables.two> } }
`;

beforeAll(async () => {
  server = await createTestApp();
  await server.call('POST', '/pipeline/api/pipelines/v2', { body: PIPELINE });
});

afterAll(async () => {
  await server.close();
});

const query = { pipelineIdentifier: 'colours' };

function set(identifier: string, values: Readonly<Record<string, string>>, pipeline = 'colours'): string {
  const variables = Object.entries(values).map(
    ([name, value]) => `      - { name: ${name}, type: String, value: ${value} }\n`,
  );
  return `inputSet:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  tags: { kind: test }
  pipeline:
    identifier: ${pipeline}
    variables:
${variables.join('')}`;
}

function overlay(identifier: string, references: readonly string[]): string {
  return `overlayInputSet:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: colours
  inputSetReferences: [${references.join(', ')}]
`;
}

const create = (body: string, path = SETS): Promise<Answer> => server.call('POST', path, { body, query });

describe('input sets', () => {
  it('are created, read, changed by version and deleted', async () => {
    const yaml = set('life', { one: 'red' });
    const created = await create(yaml);
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toEqual({
      accountId: ACCOUNT,
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipelineIdentifier: 'colours',
      identifier: 'life',
      name: 'life',
      tags: { kind: 'test' },
      inputSetYaml: yaml,
      outdated: false,
      errorResponse: false,
      gitDetails: expect.objectContaining({ branch: null }),
      entityValidityDetails: { valid: true },
      storeType: 'INLINE',
    });
    const changed = await server.call('PUT', `${SETS}/life`, {
      body: set('life', { one: 'green' }),
      query,
      headers: { 'if-match': '1', 'content-type': 'application/json' },
    });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    const stale = await server.call('PUT', `${SETS}/life`, { body: yaml, query, headers: { 'if-match': '1' } });
    expect([stale.status, stale.body.code]).toEqual([400, 'INVALID_REQUEST']);
    const read = await server.call('GET', `${SETS}/life`, { query });
    expect([read.headers['etag'], read.body.data]).toEqual([
      '2',
      expect.objectContaining({ inputSetYaml: expect.stringContaining('green') }),
    ]);
    expect((await server.call('DELETE', `${SETS}/life`, { query, headers: { 'if-match': '1' } })).status).toBe(400);
    expect((await server.call('DELETE', `${SETS}/life`, { query })).body.data).toBe(true);
    const gone = await server.call('GET', `${SETS}/life`, { query });
    expect([gone.status, gone.body.message]).toEqual([
      400,
      'Invalid request: InputSet with the given ID: life does not exist or has been deleted',
    ]);
  });

  it('say what of them the pipeline does not ask for', async () => {
    const { body } = await create(set('old', { one: 'x', three: 'y' }));
    expect(body.data).toMatchObject({
      outdated: true,
      errorResponse: true,
      inputSetErrorWrapper: { type: 'InputSetErrorWrapper', invalidInputSetReferences: ['old'] },
    });
    expect(JSON.stringify(body.data)).toContain('three');
    expect((await create(set('wrong', { two: 'c' }))).body.data).toMatchObject({
      outdated: false,
      errorResponse: true,
    });
    const { body: list } = await server.call('GET', SETS, { query: { ...query, searchTerm: 'OLD' } });
    expect(list.data).toMatchObject({
      totalItems: 1,
      content: [{ identifier: 'old', inputSetType: 'INPUT_SET', isOutdated: true, pipelineIdentifier: 'colours' }],
    });
  });

  it.each([
    [
      'that exists',
      set('taken', {}),
      'DUPLICATE_FIELD',
      'Input set [taken] under Project[myproject], Organization [default] for Pipeline [colours] already exists',
    ],
    ['of another pipeline', set('x', { one: 'x' }, 'test'), 'INVALID_REQUEST', 'pipelineIdentifier test'],
    ['that is an overlay', overlay('x', ['life']), 'SCHEMA_VALIDATION_FAILED', 'inputSet'],
  ] as const)('refuse one %s', async (_, yaml, code, message) => {
    await create(set('taken', { one: 'x' }));
    const answer = await create(yaml);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(answer.body.message).toContain(message);
  });

  it('refuse one of a pipeline that is not there', async () => {
    const answer = await server.call('POST', SETS, {
      body: set('x', { one: 'x' }, 'none'),
      query: { pipelineIdentifier: 'none' },
    });
    expect([answer.status, answer.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });
});

describe('overlays', () => {
  const OVERLAYS = `${SETS}/overlay`;

  it('are created, read, changed and listed beside the sets', async () => {
    await create(set('base', { one: 'base' }));
    const { body } = await create(overlay('both', ['base', 'absent']), OVERLAYS);
    expect(body.data).toMatchObject({
      identifier: 'both',
      inputSetReferences: ['base', 'absent'],
      outdated: true,
      errorResponse: true,
    });
    expect(JSON.stringify(body.data)).toContain('There is no input set absent');
    const changed = await server.call('PUT', `${OVERLAYS}/both`, { body: overlay('both', ['base']), query });
    expect(changed.body.data).toMatchObject({ inputSetReferences: ['base'], outdated: false, errorResponse: false });
    const list = async (inputSetType: string): Promise<unknown> =>
      (await server.call('GET', SETS, { query: { ...query, inputSetType, searchTerm: 'bo' } })).body.data;
    expect(await list('OVERLAY_INPUT_SET')).toMatchObject({ totalItems: 1, content: [{ identifier: 'both' }] });
    expect(await list('INPUT_SET')).toMatchObject({ totalItems: 0 });
  });

  it('are no input sets, and input sets no overlays', async () => {
    await create(set('plain', { one: 'x' }));
    expect((await server.call('GET', `${OVERLAYS}/plain`, { query })).status).toBe(400);
    const answer = await server.call('PUT', `${OVERLAYS}/plain`, { body: overlay('plain', ['base']), query });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('plain does not exist')]);
    expect((await create(overlay('plain', ['base']), OVERLAYS)).body.code).toBe('DUPLICATE_FIELD');
    const empty = await create('overlayInputSet: { name: e, identifier: e }', OVERLAYS);
    expect([empty.body.code, empty.body.message]).toEqual([
      'SCHEMA_VALIDATION_FAILED',
      expect.stringContaining('inputSetReferences'),
    ]);
  });
});

describe('merging', () => {
  const merge = async (body: Record<string, unknown>, path = 'merge'): Promise<Answer> =>
    await server.call('POST', `${SETS}/${path}`, { body, query });

  it('folds sets and overlays in their order, and what is supplied last wins', async () => {
    await create(set('m1', { one: 'first', two: 'a' }));
    await create(set('m2', { one: 'second' }));
    await create(overlay('m12', ['m1', 'm2']), `${SETS}/overlay`);
    const { body } = await merge({ inputSetReferences: ['m12'], withMergedPipelineYaml: true });
    expect(body.data).toMatchObject({
      errorResponse: false,
      pipelineYaml: expect.stringMatching(/second[^]*value: a/),
    });
    expect(body.data).toMatchObject({ completePipelineYaml: expect.stringContaining('identifier: say') });
    const backwards = await merge({ inputSetReferences: ['m2', 'm1'] });
    expect(backwards.body.data).toMatchObject({ pipelineYaml: expect.stringContaining('first') });
    expect(backwards.body.data).not.toHaveProperty('completePipelineYaml');
    const partly = await merge({ inputSetReferences: ['m2'] });
    expect(partly.body.data).toMatchObject({
      pipelineYaml: expect.stringMatching(/second[^]*<\+input>.allowedValues/),
    });
    const last = 'pipeline: { variables: [{ name: two, value: b }] }';
    const withLast = await merge({ inputSetReferences: ['m12'], lastYamlToMerge: last });
    expect(withLast.body.data).toMatchObject({ pipelineYaml: expect.stringMatching(/second[^]*value: b/) });
    const byHand = await merge({ inputSetReferences: ['m1'], runtimeInputYaml: last }, 'mergeWithTemplateYaml');
    expect(byHand.body.data).toMatchObject({ pipelineYaml: expect.stringMatching(/first[^]*value: b/) });
  });

  it('says which values break a rule, and which sets are not there', async () => {
    await create(set('broken', { two: 'z' }));
    expect((await merge({ inputSetReferences: ['broken'] })).body.data).toMatchObject({
      errorResponse: true,
      inputSetErrorWrapper: { type: 'InputSetErrorWrapper' },
    });
    const missing = await merge({ inputSetReferences: ['nowhere'] });
    expect([missing.status, missing.body.message]).toEqual([
      400,
      expect.stringContaining('InputSet with the given ID: nowhere does not exist or has been deleted'),
    ]);
  });

  it('the template says whether there are sets', async () => {
    const template = await server.call('POST', `${SETS}/template`, { query, body: '' });
    expect(template.body.data).toMatchObject({ hasInputSets: true });
  });
});

it('input sets go with their pipeline', async () => {
  const yaml = PIPELINE.replaceAll('colours', 'doomed');
  const doomed = { pipelineIdentifier: 'doomed' };
  await server.call('POST', '/pipeline/api/pipelines/v2', { body: yaml });
  await server.call('POST', SETS, { body: set('last', { one: 'x' }, 'doomed'), query: doomed });
  await server.call('DELETE', '/pipeline/api/pipelines/doomed');
  const left = await server.db
    .selectFrom('input_sets')
    .select('identifier')
    .where('pipeline_identifier', '=', 'doomed')
    .execute();
  expect(left).toEqual([]);
});
