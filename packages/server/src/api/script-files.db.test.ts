/** Steps whose script is a stored file: whoever starts the run, the file is what it is then. */
import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline } from './test-runs.ts';

let server: TestApp;

const FILES = '/ng/api/file-store';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };

beforeAll(async () => {
  server = await createTestApp();
  await store('deploy', 'echo <+pipeline.name> of the project');
  await store('deploy', 'echo of the account', IN_ACCOUNT);
  await store('binary', new Uint8Array([0x7f, 0x45, 0x00, 0xff]));
  await store('large', new Uint8Array(1_048_577).fill(0x23));
});
afterAll(() => server.close());

async function store(
  name: string,
  content: string | Uint8Array,
  query = {},
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  const form = new FormData();
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  form.append('content', new Blob([new Uint8Array(bytes)]), 'file');
  const fields = { name: `${name}.sh`, identifier: name, type: 'FILE', parentIdentifier: 'Root' };
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  const response = new Response(form);
  const { status, text } = await server.call(method, method === 'POST' ? FILES : `${FILES}/${name}`, {
    query,
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
  });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
}

const step = (file: string): string =>
  `- step: { identifier: s, name: s, type: ShellScript, spec: { source: { type: Harness, spec: { file: '${file}' } } } }`;

const scripts = (tasks: readonly DelegateTask[]): string[] =>
  tasks.map(({ spec }) => (spec as { source: { spec: { script: string } } }).source.spec.script);

async function save(identifier: string, file: string): Promise<void> {
  await savePipeline(server, pipelineOf(identifier, [{ identifier: 'one', steps: step(file) }]));
}

const run = (identifier: string): Promise<Answer> =>
  server.call('POST', `/pipeline/api/pipeline/execute/${identifier}`, { body: '' });

describe('a script of a stored file', () => {
  it('is the project’s or the account’s, and has its expressions resolved', async () => {
    await save('own', '/deploy.sh');
    await save('common', 'account:/deploy.sh');
    expect([(await run('own')).status, (await run('common')).status]).toEqual([200, 200]);
    expect(scripts(await server.runTasks())).toEqual(['echo own of the project', 'echo of the account']);
  });

  it('is what it was when the run began', async () => {
    await store('changing', 'echo one');
    await save('changing', '/changing.sh');
    await run('changing');
    await store('changing', 'echo two', {}, 'PUT');
    expect(scripts(await server.runTasks())).toEqual(['echo one']);
    await run('changing');
    expect(scripts(await server.runTasks())).toEqual(['echo two']);
  });

  it('is there for runs that a trigger or a chain starts', async () => {
    await save('called', '/deploy.sh');
    const trigger = `trigger:
  name: t
  identifier: t
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: called
  source: { type: Webhook, spec: { type: Custom, spec: {} } }
`;
    await server.call('POST', '/pipeline/api/triggers', { body: trigger, query: { targetIdentifier: 'called' } });
    const query = { pipelineIdentifier: 'called', triggerIdentifier: 't' };
    const { status } = await server.call('POST', '/pipeline/api/webhook/custom', { isPublic: true, body: {}, query });
    expect(status).toBe(200);
    const task = await server.startTask();
    expect(scripts([task])).toEqual(['echo called of the project']);
    await server.completeTask(task);
    const chained =
      'type: Pipeline, spec: { org: default, project: myproject, pipeline: called, inputs: { identifier: called } }';
    const body = `pipeline: { identifier: outer, name: outer, orgIdentifier: default, projectIdentifier: myproject, stages: [{ stage: { identifier: c, name: c, ${chained} } }] }`;
    await savePipeline(server, body);
    expect((await run('outer')).status).toBe(200);
    expect(scripts([await server.startTask()])).toEqual(['echo called of the project']);
  });

  it.each([
    ['is not there', '/none.sh'],
    ['is not in that scope', 'org:/deploy.sh'],
    ['is no text', '/binary.sh'],
    ['is too large', '/large.sh'],
  ])('that %s is said before anything runs', async (_, file) => {
    await save('lost', file);
    const { status, body } = await run('lost');
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toContain(`takes its script from the file ${file.replace(/^\w+:/, '')} of the`);
    await server.call('DELETE', '/pipeline/api/pipelines/lost');
  });
});
