/** Connectors over HTTP, and steps that use them and secrets: what a delegate's lease says. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealFor } from '../secrets/test-seal.ts';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, startRun, untilStatus } from './test-runs.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const CONNECTORS = '/ng/api/connectors';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };

function registry(identifier: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const spec = { dockerRegistryUrl: 'https://registry.example', auth: { type: 'Anonymous' } };
  return { connector: { identifier, name: identifier, type: 'DockerRegistry', spec, ...more } };
}

const create = (body: Record<string, unknown> | string, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', CONNECTORS, { body, query });

describe('connectors', () => {
  it('may say in the document alone whose they are', async () => {
    const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
    const created = await create(registry('scoped', scope), IN_ACCOUNT);
    expect(created.body.data).toMatchObject({ connector: scope });
    expect((await server.call('GET', `${CONNECTORS}/scoped`)).status).toBe(200);
    expect((await server.call('GET', `${CONNECTORS}/scoped`, { query: IN_ACCOUNT })).status).toBe(404);
    const changed = registry('scoped', { ...scope, description: 'two' });
    expect((await server.call('PUT', CONNECTORS, { body: changed, query: IN_ACCOUNT })).status).toBe(200);
    const other = await create(registry('scoped', { ...scope, projectIdentifier: 'other' }));
    expect(other.body.message).toContain('connector.projectIdentifier: is not that of the request');
    await server.call('DELETE', `${CONNECTORS}/scoped`);
  });

  it('are refused while a secret of theirs does not exist', async () => {
    const auth = { type: 'UsernamePassword', spec: { username: 'u', passwordRef: 'account.missing' } };
    const spec = { dockerRegistryUrl: 'https://registry.example', providerType: 'Other', auth };
    const refused = await create(registry('dangling', { spec }));
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'connector.spec: refers to the secret account.missing, which does not exist',
    ]);
    const secret = {
      type: 'SecretText',
      identifier: 'missing',
      name: 'missing',
      spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: 'x' },
    };
    expect((await server.call('POST', '/ng/api/v2/secrets', { body: { secret }, query: IN_ACCOUNT })).status).toBe(200);
    expect((await create(registry('dangling', { spec }))).status).toBe(200);
    await server.call('DELETE', `${CONNECTORS}/dangling`);
  });

  it('are created, read, changed by version, listed and deleted', async () => {
    const created = await create(registry('life', { tags: { team: 'blue' } }));
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toMatchObject({
      connector: {
        identifier: 'life',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        tags: { team: 'blue' },
        type: 'DockerRegistry',
        spec: { auth: { type: 'Anonymous' } },
      },
      status: { status: 'UNKNOWN', lastTestedAt: null },
      harnessManaged: false,
    });
    const put = (body: Record<string, unknown>, version: string): Promise<Answer> =>
      server.call('PUT', CONNECTORS, { body, headers: { 'if-match': version } });
    const changed = await put(registry('life', { description: 'two' }), '1');
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    expect((await put(registry('life'), '1')).body.message).toContain('was changed since it was read');
    expect((await put(registry('nothing'), '1')).status).toBe(404);
    const read = await server.call('GET', `${CONNECTORS}/life`);
    expect(read.body.data).toMatchObject({ connector: { description: 'two' } });
    expect((await create(registry('life'))).body.code).toBe('DUPLICATE_FIELD');
    expect((await server.call('DELETE', `${CONNECTORS}/life`)).body.data).toBe(true);
    expect((await server.call('GET', `${CONNECTORS}/life`)).status).toBe(404);
    expect((await server.call('GET', `${CONNECTORS}/life`, { isPublic: true })).status).toBe(401);
  });

  it('are listed by scope, type and category', async () => {
    await create(registry('of_project'));
    await create(registry('of_account'), IN_ACCOUNT);
    await create('connector: { identifier: mail, type: Smtp, spec: { host: h, port: 25, fromAddress: f } }');
    const list = async (body: Record<string, unknown>, query: Record<string, string> = {}): Promise<unknown> => {
      const answer = await server.call('POST', `${CONNECTORS}/listV2`, {
        body: { filterType: 'Connector', ...body },
        query,
      });
      const { content } = answer.body.data as unknown as { content: { connector: { identifier: string } }[] };
      return content.map(({ connector }) => connector.identifier).toSorted();
    };
    expect(await list({})).toEqual(['mail', 'of_project']);
    expect(await list({ types: ['Smtp'] })).toEqual(['mail']);
    expect(await list({ categories: ['ARTIFACTORY'] })).toEqual(['of_project']);
    expect(await list({ categories: ['CLOUD_PROVIDER'] })).toEqual([]);
    expect(await list({}, { includeAllConnectorsAvailableAtScope: 'true', searchTerm: 'OF_' })).toEqual([
      'of_account',
      'of_project',
    ]);
    expect(await list({}, IN_ACCOUNT)).toEqual(['of_account']);
    const got = await server.call('GET', CONNECTORS, { query: { category: 'MAIL' } });
    expect(got.body.data).toMatchObject({ totalItems: 1, content: [{ connector: { identifier: 'mail' } }] });
    const catalogue = await server.call('GET', `${CONNECTORS}/catalogue`);
    expect(catalogue.body.data).toMatchObject({
      catalogue: expect.arrayContaining([
        { category: 'CODE_REPO', connectors: ['Git', 'Github', 'Gitlab', 'Bitbucket'] },
      ]),
    });
  });

  it('that cannot be are refused by field', async () => {
    const refused = await create({ connector: { identifier: 'x', type: 'DockerRegistry', spec: {} } });
    expect([refused.status, refused.body['errors']]).toEqual([
      400,
      [
        { fieldId: 'connector.spec.dockerRegistryUrl', error: 'is missing' },
        { fieldId: 'connector.spec.auth', error: 'is missing' },
      ],
    ]);
    expect((await create(registry('x'), { projectIdentifier: 'nowhere' })).status).toBe(404);
    expect((await create(registry('x', { orgIdentifier: 'other' }))).status).toBe(400);
    expect((await create('')).status).toBe(400);
  });
});

function step(command: string, more = ''): string {
  const source = `{ type: Inline, spec: { script: ${JSON.stringify(command)} } }`;
  const spec = [`shell: Bash`, `source: ${source}`, more].filter((part) => part !== '').join(', ');
  return `- step: { identifier: s, name: s, type: ShellScript, spec: { ${spec} } }`;
}

describe('a step that uses secrets', () => {
  it('gets their plaintext with its lease, at its place', async () => {
    const secret = { type: 'SecretText', identifier: 'token', spec: { value: 'plain-token' } };
    await server.call('POST', '/ng/api/v2/secrets', { body: { secret } });
    await savePipeline(
      server,
      pipelineOf('secretive', [{ identifier: 'one', steps: step('echo <+secrets.getValue("token")> end') }]),
    );
    const id = await startRun(server, 'secretive');
    const task = await server.startTask();
    expect(task.secrets).toEqual({ token: { kind: 'text', text: 'plain-token' } });
    expect(task.secretPlaces).toHaveLength(1);
    const [place] = task.secretPlaces ?? [];
    const text = place?.path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], {
      spec: task.spec,
      environment: task.environment,
    });
    expect(String(text).slice(0, place?.start)).toBe('echo ');
    expect(String(text).slice(place?.end)).toBe(' end');
    expect(JSON.stringify(task.spec)).not.toContain('plain-token');
    await server.completeTask(task);
    await untilStatus(server, id, 'Success');
    for (const path of [`/pipeline/api/pipelines/execution/v2/${id}`]) {
      expect((await server.call('GET', path)).text).not.toContain('plain-token');
    }
  });

  it('hands a secret output on, sealed for the server alone', async () => {
    const producer = `- step: { identifier: p, name: p, type: ShellScript, spec: { shell: Bash, source: { type: Inline, spec: { script: x } }, outputVariables: [{ name: K, type: Secret, value: K }] } }`;
    const consumer = step('use <+execution.steps.p.output.outputVariables.K>');
    await savePipeline(server, pipelineOf('sealing', [{ identifier: 'one', steps: `${producer}\n${consumer}` }]));
    const id = await startRun(server, 'sealing');
    const first = await server.startTask();
    const sealed = sealFor(first.sealKey ?? '', Buffer.from('made-by-p'));
    await server.completeTask(first, {
      kind: 'succeeded',
      exitCode: 0,
      outputs: { outputVariables: { K: sealed } },
      secretOutputs: ['K'],
    });
    const second = await server.startTask();
    expect(Object.values(second.secrets ?? {})).toEqual([{ kind: 'text', text: 'made-by-p' }]);
    await server.completeTask(second);
    await untilStatus(server, id, 'Success');
  });
});

describe('a delegate beyond this machine', () => {
  it.each([
    ['over plain HTTP gets no plaintext', {}, { kind: 'missing', message: expect.stringContaining('plain HTTP') }],
    ['is not believed to use TLS by what it sends', { 'x-forwarded-proto': 'https' }, { kind: 'missing' }],
  ])('%s', async (_what, headers, expected) => {
    const secret = { type: 'SecretText', identifier: 'near', spec: { value: 'plain-near' } };
    await server.call('POST', '/ng/api/v2/secrets', { body: { secret } });
    const command = 'echo <+secrets.getValue("near")>';
    const yaml = pipelineOf('far', [{ identifier: 'one', steps: step(command, 'delegateSelectors: [far]') }]);
    if ((await server.call('GET', '/pipeline/api/pipelines/far')).status !== 200) await savePipeline(server, yaml);
    const id = await startRun(server, 'far');
    const token = (await readFile(join(server.home, 'delegate-token'), 'utf8')).trim();
    const call = async (path: string, payload: object): Promise<Record<string, unknown>> => {
      const answer = await server.app.inject({
        method: 'POST',
        url: `/delegate/api/${path}`,
        remoteAddress: '10.0.0.7',
        headers: { authorization: `Bearer ${token}`, ...headers },
        payload,
      });
      expect([path, answer.statusCode]).toEqual([path, 200]);
      return JSON.parse(answer.body) as Record<string, unknown>;
    };
    const incarnation = randomBytes(8).toString('hex');
    const about = {
      installation: 'far-away',
      version: '0.0.0',
      hostName: 'far',
      os: 'linux',
      arch: 'x64',
      shells: ['Bash'],
    };
    const { delegateId } = await call('register', { name: 'far', tags: [], incarnation, capacity: 1, ...about });
    const poll = { incarnation, free: 1, cancelling: [], waitMs: 5_000, released: [] };
    const { tasks } = await call(`${String(delegateId)}/poll`, poll);
    expect(tasks).toMatchObject([{ secrets: { near: expected } }]);
    expect(JSON.stringify(tasks)).not.toContain('plain-near');
    await server.call('PUT', `/pipeline/api/pipeline/execute/interrupt/${id}`, {
      query: { interruptType: 'AbortAll' },
    });
    await call(`${String(delegateId)}/leave`, { incarnation });
  });
});

describe('the test of a connector', () => {
  const testIt = (identifier: string, query: Record<string, string> = {}): Promise<Answer> =>
    server.call('POST', `${CONNECTORS}/testConnection/${identifier}`, { query });
  const status = async (identifier: string): Promise<unknown> =>
    ((await server.call('GET', `${CONNECTORS}/${identifier}`)).body.data as unknown as { status: unknown }).status;

  it('is carried out by a delegate, with the connector’s secrets, and remembered', async () => {
    const secret = { type: 'SecretText', identifier: 'hub', spec: { value: 'plain-password' } };
    await server.call('POST', '/ng/api/v2/secrets', { body: { secret } });
    const login = { type: 'UsernamePassword', spec: { username: 'ci', passwordRef: 'hub' } };
    const spec = { dockerRegistryUrl: 'https://registry.example', auth: login };
    await create(registry('tested', { spec }));
    // Whoever was there before takes part, too.
    await server.runTasks();

    const first = testIt('tested');
    const task = await server.startTask();
    expect(task).toMatchObject({
      stepType: 'ConnectorTest',
      spec: { connectorRef: 'tested' },
      connectors: { tested: { type: 'DockerRegistry' } },
      secrets: { hub: { kind: 'text', text: 'plain-password' } },
    });
    await server.writeLog(task, 'nobody keeps this\n', true);
    await server.completeTask(task);
    expect((await first).body.data).toMatchObject({ status: 'SUCCESS', errorSummary: null, errors: null });
    expect(await status('tested')).toMatchObject({ status: 'SUCCESS', lastConnectedAt: expect.any(Number) });

    const second = testIt('tested');
    const failing = await server.startTask();
    const failure = { message: 'The registry says no.', types: ['AUTHENTICATION'] };
    await server.completeTask(failing, { kind: 'failed', outputs: {}, failure });
    expect((await second).body.data).toMatchObject({
      status: 'FAILURE',
      errorSummary: 'The registry says no.',
      errors: [{ message: 'The registry says no.' }],
    });
    expect(await status('tested')).toMatchObject({ status: 'FAILURE', lastConnectedAt: expect.any(Number) });
    // Its report is taken once, and only while somebody waits.
    await expect(server.completeTask(failing)).rejects.toThrow('409');
    await server.call('PUT', CONNECTORS, { body: registry('tested') });
    expect(await status('tested')).toMatchObject({ status: 'UNKNOWN' });
  });

  it('says when nobody can do it', async () => {
    const spec = { dockerRegistryUrl: 'r', auth: { type: 'Anonymous' }, delegateSelectors: ['moon'] };
    await create(registry('far', { spec }));
    const answer = await testIt('far');
    expect(answer.body.data).toMatchObject({
      status: 'FAILURE',
      errorSummary:
        'No delegate is connected that serves project myproject in organization default and has the selectors moon.',
      delegateId: null,
    });
    await create({ connector: { identifier: 'k8s', type: 'K8sCluster', spec: {} } });
    expect((await testIt('k8s')).body.data).toMatchObject({
      errorSummary: expect.stringContaining('cannot be tested'),
    });
    expect((await testIt('nothing')).status).toBe(404);
  });
});
