/** Versions of pipelines and what is asked about pipelines besides saving them (api.md §4.1), with the whole shape of each answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun } from './test-runs.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const PIPELINES = '/pipeline/api/pipelines';
const versionsOf = (pipeline: string): string => `/bridle/api/pipelines/${pipeline}/versions`;
const one = (identifier: string, ...steps: readonly string[]): string =>
  pipelineOf(identifier, [{ identifier: 'build', steps: steps.map((step) => shell(step)).join('\n') }]);
const saver = { id: expect.any(String) as string, name: expect.any(String) as string };

describe('versions of a pipeline', () => {
  it('are made by each save, listed newest first and read', async () => {
    await savePipeline(server, one('v', 'a'));
    await server.call('PUT', `${PIPELINES}/v2/v`, { body: one('v', 'a', 'b') });
    const list = await server.call('GET', versionsOf('v'));
    const entry = { name: 'v', savedAt: expect.any(Number) as number, savedBy: saver, restoredFrom: null };
    expect(list.body.data).toEqual({
      totalPages: 1,
      totalItems: 2,
      pageItemCount: 2,
      pageSize: 25,
      content: [
        { ...entry, version: 2, isCurrent: true },
        { ...entry, version: 1, isCurrent: false },
      ],
      pageIndex: 0,
      empty: false,
      pageToken: null,
    });
    const first = await server.call('GET', `${versionsOf('v')}/1`);
    expect(first.body.data).toEqual({ ...entry, version: 1, isCurrent: false, yaml: one('v', 'a') });
    expect((await server.call('GET', `${versionsOf('v')}/3`)).body.message).toBe('The pipeline v has no version 3.');
    expect((await server.call('GET', versionsOf('nope'))).status).toBe(404);
  });

  it('differ line by line and element by element', async () => {
    await savePipeline(server, one('d', 'a', 'b'));
    await server.call('PUT', `${PIPELINES}/v2/d`, { body: one('d', 'b', 'c') });
    const { data } = (await server.call('GET', `${versionsOf('d')}/2/diff`)).body as { readonly data?: unknown };
    const path = 'stages.build.spec.execution.steps';
    expect(data).toEqual({
      from: 1,
      to: 2,
      text: {
        added: expect.any(Number) as number,
        removed: expect.any(Number) as number,
        unified: expect.any(String) as string,
      },
      elements: [
        { kind: 'step', path: `${path}.c`, identifier: 'c', change: 'added', fields: [] },
        { kind: 'step', path: `${path}.a`, identifier: 'a', change: 'removed', fields: [] },
      ],
    });
    const back = await server.call('GET', `${versionsOf('d')}/1/diff`, { query: { from: '2' } });
    expect(back.body.data).toMatchObject({
      from: 2,
      to: 1,
      elements: [
        { identifier: 'a', change: 'added' },
        { identifier: 'c', change: 'removed' },
      ],
    });
    const whole = await server.call('GET', `${versionsOf('d')}/1/diff`);
    expect(whole.body.data).toMatchObject({
      from: 0,
      to: 1,
      text: { removed: 0 },
      elements: [{ kind: 'pipeline', change: 'added' }, {}, {}, {}],
    });
  });

  it('are restored as a new version, guarded like any change', async () => {
    await savePipeline(server, one('r', 'a'));
    await server.call('PUT', `${PIPELINES}/v2/r`, { body: one('r', 'b') });
    const stale = await server.call('POST', `${versionsOf('r')}/1/restore`, { headers: { 'if-match': '1' } });
    expect([stale.status, stale.body.code]).toEqual([400, 'INVALID_REQUEST']);
    const restored = await server.call('POST', `${versionsOf('r')}/1/restore`, { headers: { 'if-match': '2' } });
    expect(restored.headers['etag']).toBe('3');
    expect(restored.body.data).toEqual({
      version: 3,
      name: 'r',
      savedAt: expect.any(Number) as number,
      savedBy: saver,
      restoredFrom: 1,
      isCurrent: true,
      yaml: one('r', 'a'),
    });
    expect((await server.call('GET', `${PIPELINES}/r`)).body.data).toMatchObject({ yamlPipeline: one('r', 'a') });
  });
});

describe('a pipeline that is deleted', () => {
  it('lets its executions go on and stay, and its identifier come back with the next number and no old versions', async () => {
    await savePipeline(server, one('gone', 'a'));
    await server.call('PUT', `${PIPELINES}/v2/gone`, { body: one('gone', 'a', 'b') });
    const running = await startRun(server, 'gone');
    expect((await server.call('DELETE', `${PIPELINES}/gone`)).body.data).toBe(true);
    await server.runTasks();
    await server.until(running, ({ status }) => status === 'Success');
    const details = await server.call('GET', `${PIPELINES}/execution/v2/${running}`);
    expect(details.body.data).toMatchObject({
      pipelineExecutionSummary: { pipelineIdentifier: 'gone', status: 'Success', runSequence: 1 },
    });
    const rerun = await server.call('POST', `/pipeline/api/pipeline/execute/rerun/${running}/gone`);
    expect([rerun.status, rerun.body.message]).toEqual([
      400,
      'Invalid request: Pipeline with the given ID: gone does not exist or has been deleted',
    ]);

    await savePipeline(server, one('gone', 'z'));
    const versions = await server.call('GET', versionsOf('gone'));
    expect(versions.body.data).toMatchObject({ totalItems: 1, content: [{ version: 1 }] });
    const again = await startRun(server, 'gone');
    await server.runTasks();
    const list = await server.call('POST', `${PIPELINES}/execution/summary`, {
      body: {},
      query: { pipelineIdentifier: 'gone' },
    });
    expect(list.body.data).toMatchObject({
      content: [
        { planExecutionId: again, runSequence: 2 },
        { planExecutionId: running, runSequence: 1 },
      ],
    });
  });
});

describe('a copy of a pipeline', () => {
  const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
  const inputs = 'variables:\n  - name: V\n    type: String\n    value: <+input>';

  it('has its texts under other names, with its input sets if asked', async () => {
    await savePipeline(server, pipelineOf('source', [{ identifier: 's', steps: shell('a') }], inputs));
    const set = `inputSet:
  identifier: set
  name: set
  pipeline:
    identifier: source
    variables:
      - name: V
        type: String
        value: one
`;
    await server.call('POST', '/pipeline/api/inputSets', { body: set, query: { pipelineIdentifier: 'source' } });
    const cloned = await server.call('POST', `${PIPELINES}/clone`, {
      body: {
        sourceConfig: { ...scope, pipelineIdentifier: 'source' },
        destinationConfig: { ...scope, pipelineIdentifier: 'copy', pipelineName: 'A copy', tags: { of: 'source' } },
        cloneConfig: { inputSets: true },
      },
    });
    expect([cloned.status, cloned.body.data]).toEqual([
      200,
      {
        identifier: 'copy',
        governanceMetadata: expect.objectContaining({ deny: false }) as object,
        publicAccessResponse: { public: false, errorMessage: null },
      },
    ]);
    const summary = await server.call('GET', `${PIPELINES}/summary/copy`, { query: { getMetadataOnly: 'true' } });
    expect(summary.body.data).toMatchObject({ name: 'A copy', tags: { of: 'source' }, version: 1 });
    const sets = await server.call('GET', '/pipeline/api/inputSets', { query: { pipelineIdentifier: 'copy' } });
    expect(sets.body.data).toMatchObject({
      content: [{ identifier: 'set', pipelineIdentifier: 'copy', isOutdated: false }],
    });
  });

  it.each([
    ['of what is not there', { sourceConfig: { ...scope, pipelineIdentifier: 'nope' } }, 404, 'nope'],
    ['over another', { destinationConfig: { ...scope, pipelineIdentifier: 'source' } }, 400, 'already exists'],
    ['with its triggers', { cloneConfig: { triggers: true } }, 400, 'only input sets'],
    ['into nothing', { destinationConfig: { ...scope, projectIdentifier: 'no', pipelineIdentifier: 'c' } }, 404, 'no'],
  ])('%s is refused', async (_, wrong, status, message) => {
    const body = {
      sourceConfig: { ...scope, pipelineIdentifier: 'source' },
      destinationConfig: { ...scope, pipelineIdentifier: 'other' },
      ...wrong,
    };
    const answer = await server.call('POST', `${PIPELINES}/clone`, { body });
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(message);
  });
});

describe('what editors ask', () => {
  it('which steps there are', async () => {
    const all = await server.call('POST', `${PIPELINES}/v2/steps`, { body: {} });
    expect(all.body.data).toMatchObject({
      name: 'Library',
      stepsData: [],
      stepCategories: [
        { name: 'Continuous Integration' },
        { name: 'Deployment' },
        { name: 'Approval' },
        { name: 'Custom' },
      ],
    });
    const ci = await server.call('POST', `${PIPELINES}/steps`, {
      body: { stepPalleteModuleInfos: [{ module: 'ci' }] },
    });
    const { stepCategories } = ci.body.data as unknown as {
      stepCategories: readonly { stepsData: readonly unknown[] }[];
    };
    expect(stepCategories).toHaveLength(1);
    expect(stepCategories[0]?.stepsData).toContainEqual({
      name: 'Git Clone',
      type: 'GitClone',
      disabled: false,
      featureRestrictionName: null,
    });
  });

  it('which values can be named', async () => {
    const yaml = pipelineOf(
      'vars',
      [{ identifier: 's', steps: shell('a') }],
      'variables:\n  - name: V\n    type: String\n    value: one',
    );
    const answer = await server.call('POST', `${PIPELINES}/v2/variables`, { body: yaml });
    const { metadataMap, ...rest } = answer.body.data as unknown as {
      metadataMap: Record<string, unknown>;
      yaml: string;
    };
    expect(rest).toEqual({
      yaml: expect.any(String) as string,
      errorResponses: null,
      serviceExpressionPropertiesList: [],
    });
    const found = Object.values(metadataMap);
    expect(found).toContainEqual({
      yamlProperties: {
        fqn: 'pipeline.variables.V',
        localName: 'pipeline.variables.V',
        variableName: 'V',
        aliasFqn: '',
        visible: true,
      },
    });
    expect(found).toContainEqual({
      yamlProperties: {
        fqn: 'pipeline.stages.s.spec.execution.steps.a.spec.source.spec.script',
        localName: 'step.spec.source.spec.script',
        variableName: 'script',
        aliasFqn: '',
        visible: true,
      },
    });
    const outputs = found.find((each) => JSON.stringify(each).includes('outputProperties'));
    expect(outputs).toMatchObject({
      yamlOutputProperties: {
        outputProperties: expect.arrayContaining([
          expect.objectContaining({ fqn: 'pipeline.stages.s.spec.execution.steps.a.output.outputVariables.OUT' }),
        ]) as object,
      },
    });
    for (const id of Object.keys(metadataMap).filter((id) => 'yamlProperties' in (metadataMap[id] as object)))
      expect(rest.yaml).toContain(id);
    expect((await server.call('POST', `${PIPELINES}/variables`, { body: 'pipeline: [' })).status).toBe(400);
  });

  it('the whole as JSON, and whether it is sound', async () => {
    await savePipeline(server, one('sound', 'a'));
    const json = await server.call('GET', `${PIPELINES}/expandedJSON/sound`);
    const { expandedJson } = json.body.data as unknown as { expandedJson: string };
    expect(JSON.parse(expandedJson)).toMatchObject({ pipeline: { identifier: 'sound' } });
    const query = { pipelineIdentifier: 'sound' };
    expect((await server.call('POST', `${PIPELINES}/validate-pipeline-with-schema`, { query })).body.data).toBe(true);

    const begun = await server.call('POST', `${PIPELINES}/sound/validate`);
    const { uuid } = begun.body.data as unknown as { uuid: string };
    const done = await server.call('GET', `${PIPELINES}/validate/${uuid}`);
    expect(done.body.data).toEqual({
      status: 'SUCCESS',
      policyEval: null,
      templateValidation: { valid: true, exceptionMessage: null },
    });
    const read = await server.call('GET', `${PIPELINES}/sound`, { query: { validateAsync: 'true' } });
    expect(read.body.data).toMatchObject({ validationUuid: uuid });
    expect((await server.call('GET', `${PIPELINES}/validate/bm8`)).status).toBe(404);
  });
});

describe('what Bridle does not have', () => {
  it.each([
    ['POST', `${PIPELINES}/import`],
    ['POST', `${PIPELINES}/import/x`],
    ['POST', `${PIPELINES}/move-config/x`],
    ['PUT', `${PIPELINES}/x/update-git-metadata`],
    ['POST', '/pipeline/api/inputSets/import/x'],
    ['POST', '/pipeline/api/inputSets/move-config/x'],
  ] as const)('%s %s is refused in words', async (method, path) => {
    const answer = await server.call(method, path, { body: { pipelineName: 'x' } });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.body.message).toContain('not in Git');
  });

  it('repositories and branches are none', async () => {
    const none = { repositories: [] };
    expect((await server.call('GET', `${PIPELINES}/list-repos`)).body.data).toEqual(none);
    expect((await server.call('GET', `${PIPELINES}/execution/list-repositories`)).body.data).toEqual(none);
    expect((await server.call('GET', `${PIPELINES}/execution/list-branches`)).body.data).toEqual({ branches: [] });
  });
});

describe('the list of pipelines', () => {
  it.each([
    ['by module', { query: { module: 'PMS' }, body: { pipelineIdentifiers: ['lst'] } }, 1],
    ['by another module', { query: { module: 'ci' }, body: { pipelineIdentifiers: ['lst'] } }, 0],
    ['by description', { body: { description: 'NIGHT' } }, 1],
    ['by tag', { body: { pipelineTags: [{ key: 'team', value: 'core' }] } }, 1],
    ['by the tags of a map', { body: { tags: { team: 'core', tier: '' } } }, 1],
    ['by a tag it has not', { body: { pipelineTags: [{ key: 'team', value: 'web' }] } }, 0],
    ['by repository', { body: { repoName: 'r' } }, 0],
    [
      'with nulls',
      { body: { filterType: 'PipelineSetup', name: null, pipelineTags: null, pipelineIdentifiers: ['lst'] } },
      1,
    ],
  ])('is filtered %s', async (_, call, total) => {
    await server.call('POST', `${PIPELINES}/v2`, {
      body: pipelineOf(
        'lst',
        [{ identifier: 's', steps: shell('a') }],
        'description: every night\ntags:\n  team: core\n  tier: ""',
      ),
    });
    const answer = await server.call('POST', `${PIPELINES}/list`, call);
    expect(answer.body.data).toMatchObject({ totalElements: total });
  });
});
