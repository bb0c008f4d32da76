/** `ETag` and `If-None-Match`: the same tag for as long as the answer is the same, and another one from then on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

const DETAILS = '/pipeline/api/pipelines/execution';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
  const steps = `${shell('a')}\n${shell('b')}`;
  await savePipeline(server, pipelineOf('child', [{ identifier: 'inner', steps }]));
  await savePipeline(server, pipelineOf('plain', [{ identifier: 'one', steps }]));
  await savePipeline(
    server,
    `pipeline:
  identifier: parent
  name: parent
  orgIdentifier: default
  projectIdentifier: myproject
  stages:
    - stage:
        identifier: call
        name: call
        type: Pipeline
        spec:
          org: default
          project: myproject
          pipeline: child
`,
  );
});

afterAll(() => server.close());

const get = (path: string, query: Record<string, string> = {}, tag?: string): Promise<Answer> =>
  server.call('GET', path, { query, headers: tag === undefined ? {} : { 'if-none-match': tag } });

const tagOf = ({ headers }: Answer): string => String(headers['etag']);

/** What the answer says, without what is another one each time. */
const said = ({ text }: Answer): string => text.replace(/"correlationId":"[^"]*"/, '');

/** Asks again with the tag: a 304 must mean that the answer is the same, and anything else that it is not. */
async function askAgain(path: string, query: Record<string, string>, before: Answer): Promise<'same' | 'changed'> {
  const again = await get(path, query, tagOf(before));
  const whole = await get(path, query);
  expect(tagOf(again)).toBe(tagOf(whole));
  if (again.status === 304) {
    expect([again.text, said(whole)]).toEqual(['', said(before)]);
    return 'same';
  }
  expect(again.status).toBe(200);
  expect(said(again)).not.toBe(said(before));
  return 'changed';
}

describe('details of an execution', () => {
  const forms: readonly (readonly [string, string, Record<string, string>])[] = [
    ['the summary', 'v2/', {}],
    ['the whole graph', 'v2/', { renderFullBottomGraph: 'true' }],
    ['the graph of a stage', 'v2/', { stageNodeId: 'STAGE' }],
    ['the first version', '', {}],
  ];

  it.each(forms)('have a tag that changes with the answer: %s', async (_, version, wish) => {
    const id = await startRun(server, 'plain');
    const task = await server.startTask();
    await untilNode(server, id, 'a', 'Running');
    const path = `${DETAILS}/${version}${id}`;
    const query = wish['stageNodeId'] === undefined ? wish : { stageNodeId: await stageOf(id) };
    const running = await get(path, query);
    expect(tagOf(running)).toMatch(/^W\/"[0-9a-f]{32}"$/);
    expect(running.headers['cache-control']).toBe('private, no-cache');
    expect(await askAgain(path, query, running)).toBe('same');
    await server.completeTask(task);
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
    expect(await askAgain(path, query, running)).toBe('changed');
    const final = await get(path, query);
    expect(await askAgain(path, query, final)).toBe('same');
    await server.call('PUT', `${DETAILS}/${id}/notes`, { query: { notes: 'rolled out' } });
    expect(await askAgain(path, query, final)).toBe('changed');
  });

  it('have another tag with other parameters, and of another execution', async () => {
    const id = await startRun(server, 'plain');
    await server.runTasks();
    const other = await startRun(server, 'plain');
    await server.runTasks();
    const tags = await Promise.all([
      get(`${DETAILS}/v2/${id}`).then(tagOf),
      get(`${DETAILS}/v2/${id}`, { renderFullBottomGraph: 'true' }).then(tagOf),
      get(`${DETAILS}/v2/${id}`, { stageNodeId: 'none' }).then(tagOf),
      get(`${DETAILS}/v2/${other}`).then(tagOf),
    ]);
    expect(new Set(tags).size).toBe(tags.length);
    const graph = await get(`${DETAILS}/v2/${id}`, { renderFullBottomGraph: 'true' }, tags[0]);
    expect([graph.status, graph.body.data]).toMatchObject([200, { executionGraph: {} }]);
  });

  it('with the graph of a stage that runs a pipeline follow that pipeline', async () => {
    const id = await startRun(server, 'parent');
    const task = await server.startTask();
    const stageNodeId = await stageOf(id);
    const path = `${DETAILS}/v2/${id}`;
    const before = await get(path, { stageNodeId });
    expect(before.body.data).toMatchObject({ childGraph: { pipelineExecutionSummary: { status: 'Running' } } });
    const alone = await get(path);
    await server.completeTask(task);
    await server.startTask();
    expect(await askAgain(path, { stageNodeId }, before)).toBe('changed');
    expect(await askAgain(path, {}, alone)).toBe('same');
  });

  it('take a list of tags, in either form, and the star', async () => {
    const id = await startRun(server, 'plain');
    const path = `${DETAILS}/v2/${id}`;
    const tag = tagOf(await get(path));
    for (const header of [`"x", ${tag}`, tag.slice(2), '*']) expect((await get(path, {}, header)).status).toBe(304);
    for (const header of ['"x"', '', 'W/""']) expect((await get(path, {}, header)).status).toBe(200);
  });

  it('are told to nobody else', async () => {
    const id = await startRun(server, 'plain');
    const path = `${DETAILS}/v2/${id}`;
    expect((await server.call('GET', path, { isPublic: true, headers: { 'if-none-match': '*' } })).status).toBe(401);
    expect((await get(path, { projectIdentifier: 'elsewhere' }, '*')).status).toBe(404);
  });

  it('after a wait are compared with how it stands then', async () => {
    const id = await startRun(server, 'plain');
    const path = `${DETAILS}/v2/${id}`;
    const before = await get(path);
    const waiting = server.call('GET', path, { headers: { prefer: 'wait=20', 'if-none-match': tagOf(before) } });
    await server.runTasks();
    const after = await waiting;
    expect([after.status, after.body.data]).toMatchObject([200, { pipelineExecutionSummary: { status: 'Success' } }]);
    const final = { prefer: 'wait=20', 'if-none-match': tagOf(after) };
    expect((await server.call('GET', path, { headers: final })).status).toBe(304);
  });
});

describe('what a trigger has started', () => {
  it.each(['', 'V2'])(
    'has a tag that changes with the event and its execution: triggerExecutionDetails%s',
    async (v) => {
      const accepted = await server.call('POST', '/pipeline/api/webhook/custom', {
        query: { pipelineIdentifier: 'test' },
        body: {},
      });
      const path = `/pipeline/api/webhook/triggerExecutionDetails${v}/${String(accepted.body.data)}`;
      const task = await server.startTask();
      const running = await get(path);
      expect(await askAgain(path, {}, running)).toBe('same');
      await server.completeTask(task);
      await server.call('GET', path, { headers: { prefer: 'wait=20' } });
      expect(await askAgain(path, {}, running)).toBe('changed');
      expect(await askAgain(path, {}, await get(path))).toBe('same');
    },
  );
});

describe('inputs of an execution', () => {
  const template = (value: string): string =>
    `template:\n  identifier: asks\n  name: asks\n  versionLabel: v1\n  orgIdentifier: default\n  projectIdentifier: myproject\n  type: Step\n  spec:\n    type: ShellScript\n    timeout: 10m\n    spec:\n      shell: Bash\n      onDelegate: true\n      source:\n        type: Inline\n        spec:\n          script: ${value}\n`;

  it('never change, but for what their templates ask for now', async () => {
    await server.call('POST', '/template/api/templates', { body: template('<+input>') });
    const steps = [
      '- step:',
      '    identifier: s',
      '    name: s',
      '    template:',
      '      templateRef: asks',
      '      versionLabel: v1',
      '      templateInputs:',
      '        type: ShellScript',
      '        spec:',
      '          source:',
      '            type: Inline',
      '            spec:',
      '              script: <+input>',
    ].join('\n');
    await savePipeline(server, pipelineOf('asking', [{ identifier: 'one', steps }]));
    const body =
      'pipeline:\n  identifier: asking\n  stages:\n    - stage:\n        identifier: one\n        type: Custom\n        spec:\n          execution:\n            steps:\n              - step:\n                  identifier: s\n                  template:\n                    templateInputs:\n                      type: ShellScript\n                      spec:\n                        source:\n                          type: Inline\n                          spec:\n                            script: echo\n';
    const id = await startRun(server, 'asking', body);
    const raw = await get(`${DETAILS}/${id}/inputset`);
    expect(raw.text).toContain('script: echo');
    const whole = await get(`${DETAILS}/${id}/inputsetV2`);
    await server.runTasks();
    expect(await askAgain(`${DETAILS}/${id}/inputset`, {}, raw)).toBe('same');
    expect(await askAgain(`${DETAILS}/${id}/inputsetV2`, {}, whole)).toBe('same');
    const changed = await server.call('PUT', '/template/api/templates/update/asks/v1', { body: template('fixed') });
    expect(changed.status).toBe(200);
    expect(await askAgain(`${DETAILS}/${id}/inputset`, {}, raw)).toBe('same');
    expect(await askAgain(`${DETAILS}/${id}/inputsetV2`, {}, whole)).toBe('changed');
  });
});

async function stageOf(id: string): Promise<string> {
  const { body } = await get(`${DETAILS}/v2/${id}`);
  const { pipelineExecutionSummary } = body.data as unknown as {
    pipelineExecutionSummary: { layoutNodeMap: Record<string, unknown> };
  };
  return Object.keys(pipelineExecutionSummary.layoutNodeMap)[0] ?? '';
}
