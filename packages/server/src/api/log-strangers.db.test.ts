/** Not a byte of another project's logs, by whatever form of the log service and of ours one asks (S15). */
import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type Call, type TestApp } from './test-app.ts';
import { addHolder, type Holder } from './test-holders.ts';
import { startRun } from './test-runs.ts';

let server: TestApp;
let task: DelegateTask;
let run = '';
/** Administers the project beside. */
let neighbour: Holder;
/** Is known to the account, and has nothing. */
let nobody: Holder;
/** May see pipelines of the project: what is refused to the others is there. */
let viewer: Holder;

const CANARY = 'canary-of-another-project';
const BESIDE = { orgIdentifier: 'default', projectIdentifier: 'beside' };

beforeAll(async () => {
  server = await createTestApp();
  const project = { project: { orgIdentifier: 'default', identifier: 'beside', name: 'Beside' } };
  expect((await server.call('POST', '/ng/api/projects', { body: project })).status).toBe(200);
  neighbour = await addHolder(server, 'neighbour', {
    role: '_project_admin',
    owner: { accountId: ACCOUNT, ...BESIDE },
  });
  nobody = await addHolder(server, 'nobody');
  viewer = await addHolder(server, 'viewer', { role: '_project_viewer' });
  run = await startRun(server, 'test');
  task = await server.startTask();
  await server.writeLog(task, `${CANARY}\n`, true);
}, 30_000);
afterAll(() => server.close());

type Form = readonly [name: string, method: 'GET' | 'POST', path: string, query: Readonly<Record<string, string>>];

function forms(): readonly Form[] {
  const key = task.logKey;
  const upTo = (part: string): string => key.slice(0, key.indexOf(part));
  const variants: readonly (readonly [string, string])[] = [
    ['the key', key],
    ['the key with a slash', `${key}/`],
    ['the key of another project', key.replace('projectId:myproject', 'projectId:beside')],
    ['a key that goes up', `${key.replace('myproject', 'beside')}/../../${key}`],
    ['the key in other letters', key.toUpperCase()],
  ];
  const prefixes: readonly (readonly [string, string])[] = [
    ...variants,
    ['the run', upTo('/level0')],
    ['the pipeline', upTo('/runSequence')],
    ['the project', upTo('/pipelineId')],
    ['the organization', upTo('/projectId')],
    ['the account', upTo('/orgId')],
    ['a beginning of the project', upTo('/pipelineId').slice(0, -3)],
    ['a wildcard', '%'],
    ['a pattern', `${upTo('/projectId')}/projectId:_y%`],
  ];
  const node = `/bridle/api/executions/${run}/nodes/${task.taskId}/log`;
  return [
    ...variants.flatMap(([name, value]): readonly Form[] => [
      [`blob, ${name}`, 'GET', '/log-service/blob', { key: value }],
      [`stream, ${name}`, 'GET', '/log-service/stream', { key: value }],
      [`link, ${name}`, 'POST', '/log-service/blob/link/download', { key: value }],
    ]),
    ...prefixes.map(([name, value]): Form => [
      `archive, ${name}`,
      'POST',
      '/log-service/blob/download',
      { prefix: value },
    ]),
    ['lines', 'GET', node, {}],
    ['raw', 'GET', `${node}/raw`, {}],
    ['download', 'GET', `${node}/download`, {}],
    ['search', 'GET', `${node}/search`, { q: 'canary', text: 'canary', query: 'canary' }],
    [
      'search of the run',
      'GET',
      `/bridle/api/executions/${run}/log/search`,
      { q: 'canary', text: 'canary', query: 'canary' },
    ],
  ];
}

/** Everything that an answer leads to: a link is followed as it is, without any key. */
async function read(who: Holder, headers: Record<string, string>, [, method, path, query]: Form): Promise<string> {
  const scope = { accountID: ACCOUNT, orgId: 'default', projectId: 'myproject', ...query };
  const call: Call = { query: scope, headers: { 'x-api-key': '', ...headers } };
  const answer = await (headers['x-harness-token'] === undefined
    ? who.call(method, path, { query: scope })
    : server.call(method, path, { ...call, isPublic: true, headers }));
  const link = (answer.body as { readonly link?: unknown }).link;
  if (typeof link !== 'string' || link === '') return answer.text;
  const followed = await server.app.inject({ url: link.replace(/^https?:\/\/[^/]+/, '') });
  return `${answer.text} ${followed.rawPayload.toString('latin1')}`;
}

const holdsLog = (text: string): boolean => text.includes(CANARY) || text.includes('PK\u0003\u0004');

describe('logs of another project', () => {
  it('are not given away by any form of path, key and prefix', async () => {
    for (const who of [neighbour, nobody]) {
      const token = (await who.call('GET', '/log-service/token', { query: { accountID: ACCOUNT } })).text;
      for (const form of forms()) {
        for (const headers of [{}, { 'x-harness-token': token }] as const) {
          const text = await read(who, headers, form);
          expect([form[0], holdsLog(text)]).toEqual([form[0], false]);
        }
      }
    }
  });

  it('are there for those who may see them, by the same forms', async () => {
    const token = (await viewer.call('GET', '/log-service/token', { query: { accountID: ACCOUNT } })).text;
    for (const headers of [{}, { 'x-harness-token': token }] as const) {
      const seen: string[] = [];
      for (const form of forms()) if (holdsLog(await read(viewer, headers, form))) seen.push(form[0]);
      expect(seen).toEqual(
        expect.arrayContaining(['blob, the key', 'link, the key', 'archive, the run', 'archive, the project']),
      );
      // The forms of our own take keys only.
      if (!('x-harness-token' in headers)) expect(seen).toEqual(expect.arrayContaining(['raw', 'download']));
    }
  });

  it('stay behind a link whose maker may not see them any more', async () => {
    const asked = await viewer.call('POST', '/log-service/blob/link/download', {
      query: { accountID: ACCOUNT, key: task.logKey },
    });
    const link = String(asked.body['link']).replace(/^https?:\/\/[^/]+/, '');
    expect((await server.app.inject({ url: link })).body).toContain(CANARY);
    const given = await server.call('GET', '/authz/api/roleassignments');
    const { content } = given.body.data as unknown as {
      content: readonly { roleAssignment: { identifier: string; principal: { identifier: string } } }[];
    };
    const own = content.find(({ roleAssignment }) => roleAssignment.principal.identifier === 'viewer');
    const taken = await server.call('DELETE', `/authz/api/roleassignments/${own?.roleAssignment.identifier ?? ''}`);
    expect(taken.status).toBe(200);
    const after = await server.app.inject({ url: link });
    expect([after.statusCode, after.body.includes(CANARY)]).toEqual([403, false]);
  });
});
