/** Optimistic locking, both prefixes and content types: the same of every resource that is saved as a text or an object. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell } from './test-runs.ts';

const ASKING = 'variables:\n  - name: size\n    type: String\n    value: <+input>';
const inputSet = `inputSet:\n  identifier: locked\n  name: locked\n  orgIdentifier: default\n  projectIdentifier: myproject\n  pipeline:\n    identifier: asks\n    variables:\n      - name: size\n        type: String\n        value: small\n`;
const overlay = `overlayInputSet:\n  identifier: over\n  name: over\n  orgIdentifier: default\n  projectIdentifier: myproject\n  pipelineIdentifier: asks\n  inputSetReferences:\n    - locked\n`;
const trigger = `trigger:\n  identifier: locked\n  name: locked\n  orgIdentifier: default\n  projectIdentifier: myproject\n  pipelineIdentifier: asks\n  source:\n    type: Webhook\n    spec:\n      type: Custom\n      spec:\n        payloadConditions: []\n`;
const pipeline = pipelineOf('locked', [{ identifier: 'one', steps: shell('a') }]);

interface Resource {
  readonly name: string;
  readonly create: string;
  readonly one: string;
  readonly update?: string;
  readonly body: string | Record<string, unknown>;
  readonly query?: Readonly<Record<string, string>>;
}

const RESOURCES: readonly Resource[] = [
  {
    name: 'a pipeline',
    create: '/pipeline/api/pipelines/v2',
    one: '/pipeline/api/pipelines/locked',
    update: '/pipeline/api/pipelines/v2/locked',
    body: pipeline,
  },
  {
    name: 'an input set',
    create: '/pipeline/api/inputSets',
    one: '/pipeline/api/inputSets/locked',
    body: inputSet,
    query: { pipelineIdentifier: 'asks' },
  },
  {
    name: 'an overlay',
    create: '/pipeline/api/inputSets/overlay',
    one: '/pipeline/api/inputSets/overlay/over',
    body: overlay,
    query: { pipelineIdentifier: 'asks' },
  },
  {
    name: 'a trigger',
    create: '/pipeline/api/triggers',
    one: '/pipeline/api/triggers/locked',
    body: trigger,
    query: { targetIdentifier: 'asks' },
  },
  {
    name: 'an organization',
    create: '/ng/api/organizations',
    one: '/ng/api/organizations/locked',
    body: { organization: { identifier: 'locked', name: 'Locked' } },
  },
  {
    name: 'a project',
    create: '/ng/api/projects',
    one: '/ng/api/projects/locked',
    body: { project: { identifier: 'locked', name: 'Locked' } },
  },
];

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
  await savePipeline(server, pipelineOf('asks', [{ identifier: 'one', steps: shell('a') }], ASKING));
});

afterAll(() => server.close());

it.each(RESOURCES)(
  '$name has a version that writers may insist on',
  async ({ create, one, update = one, body, query = {} }) => {
    const made = await server.call('POST', create, { body, query, headers: { 'content-type': 'application/json' } });
    expect([made.status, made.headers['etag']]).toEqual([200, '1']);
    // Whatever its content type, and what nobody knows is passed over.
    const types =
      typeof body === 'string' ? ['application/json', 'text/plain', 'text/yaml', 'garbage'] : ['application/json'];
    for (const [index, type] of types.entries()) {
      const headers = { 'content-type': type, 'if-match': String(index + 1) };
      const changed = await server.call('PUT', `/gateway${update}`, {
        body,
        query: { ...query, unknown: 'x' },
        headers,
      });
      expect([type, changed.status, changed.headers['etag']]).toEqual([type, 200, String(index + 2)]);
    }
    const version = String(types.length + 1);
    const [bare, prefixed] = [
      await server.call('GET', one, { query }),
      await server.call('GET', `/gateway${one}`, { query }),
    ];
    expect([bare.headers['etag'], prefixed.body.data]).toEqual([version, bare.body.data]);

    for (const method of ['PUT', 'DELETE'] as const) {
      const stale = await server.call(method, method === 'PUT' ? update : one.replace('/overlay/', '/'), {
        ...(method === 'PUT' ? { body } : {}),
        query,
        headers: { 'if-match': '1' },
      });
      expect([method, stale.status, stale.body.code]).toEqual([method, 400, 'INVALID_REQUEST']);
      expect(stale.body.message).toContain('was changed since it was read');
    }
    const odd = await server.call('PUT', update, { body, query, headers: { 'if-match': 'yesterday' } });
    expect([odd.status, odd.body.message]).toEqual([400, 'If-Match: is not the version of an entity']);
    const removed = await server.call('DELETE', one.replace('/overlay/', '/'), {
      query,
      headers: { 'if-match': `"${version}"` },
    });
    expect([removed.status, removed.body.data]).toEqual([200, true]);
  },
);

it('answers an unknown path in the envelope, below both prefixes', async () => {
  for (const path of [
    '/pipeline/api/nothing',
    '/gateway/pipeline/api/nothing',
    '/v1/nothing',
    '/gateway/ng/api/nothing',
  ]) {
    const answer = await server.call('GET', path);
    expect([answer.status, answer.body]).toEqual([
      404,
      {
        status: 'FAILURE',
        code: 'RESOURCE_NOT_FOUND_EXCEPTION',
        message: `There is nothing at GET ${path.replace('/gateway', '')}.`,
        correlationId: expect.any(String),
        errors: [],
      },
    ]);
  }
});
