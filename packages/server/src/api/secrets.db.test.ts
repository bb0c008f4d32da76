/** Secrets over HTTP: what goes in never comes out, in no answer and no error. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const SECRETS = '/ng/api/v2/secrets';
const CANARY = 'canary-c0ffee-c0ffee';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };
const IN_ORG = { projectIdentifier: '' };

function text(identifier: string, spec: Record<string, unknown> = {}): Record<string, unknown> {
  const whole = { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: CANARY, ...spec };
  return { type: 'SecretText', name: identifier, identifier, tags: { team: 'blue' }, description: 'd', spec: whole };
}

const create = (secret: unknown, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', SECRETS, { body: { secret }, query });
const read = (identifier: string, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('GET', `${SECRETS}/${identifier}`, { query });

function form(secret: unknown, file?: string | Uint8Array<ArrayBuffer>): { body: Buffer; type: string } {
  const boundary = 'bridleBoundary';
  const part = (head: string, content: Uint8Array | string): Buffer =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content as string),
      Buffer.from('\r\n'),
    ]);
  const parts = [
    part('name="spec"', JSON.stringify({ secret })),
    ...(file === undefined ? [] : [part('name="file"; filename="id_ed25519"', file)]),
    Buffer.from(`--${boundary}--\r\n`),
  ];
  return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

describe('secrets', () => {
  it('are created, read, changed by version, listed and deleted, without their value', async () => {
    const created = await create(text('life'));
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toEqual({
      secret: {
        type: 'SecretText',
        name: 'life',
        identifier: 'life',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        tags: { team: 'blue' },
        description: 'd',
        spec: {
          secretManagerIdentifier: 'harnessSecretManager',
          valueType: 'Inline',
          value: null,
          additionalMetadata: null,
        },
      },
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      draft: false,
    });

    const put = (secret: unknown, headers = {}): Promise<Answer> =>
      server.call('PUT', `${SECRETS}/life`, { body: { secret }, headers });
    const renamed = await put({ ...text('life', { value: null }), name: 'renamed' }, { 'if-match': '1' });
    expect([renamed.status, renamed.headers['etag']]).toEqual([200, '2']);
    expect((await put(text('life'), { 'if-match': '1' })).body.message).toContain('was changed since it was read');
    expect((await put(text('other'))).body.message).toContain('secret.identifier: is not that of the address');
    expect((await put({ type: 'SSHKey', identifier: 'life', spec: {} })).status).toBe(400);

    const list = await server.call('POST', `${SECRETS}/list/secrets`, {
      body: { filterType: 'Secret', searchTerm: 'RENAM' },
    });
    expect(list.body.data).toMatchObject({ totalItems: 1, content: [{ secret: { name: 'renamed' } }] });
    const got = await server.call('GET', SECRETS, { query: { identifiers: 'life', type: 'SecretText' } });
    expect(got.body.data).toMatchObject({ totalItems: 1 });
    for (const answer of [created, renamed, list, got, await read('life')]) expect(answer.text).not.toContain(CANARY);

    expect((await server.call('DELETE', `${SECRETS}/life`, { headers: { 'if-match': '1' } })).status).toBe(400);
    expect((await server.call('DELETE', `${SECRETS}/life`)).body.data).toBe(true);
    const gone = await read('life');
    expect([gone.status, gone.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    expect((await server.call('DELETE', `${SECRETS}/life`)).status).toBe(404);
  });

  it('belong to one scope each', async () => {
    for (const query of [{}, IN_ORG, IN_ACCOUNT]) expect((await create(text('scoped'), query)).status).toBe(200);
    expect((await create(text('scoped'))).body.code).toBe('DUPLICATE_FIELD');
    expect((await read('scoped', IN_ORG)).body.data).toMatchObject({
      secret: { orgIdentifier: 'default', projectIdentifier: null },
    });
    expect((await read('scoped', { orgIdentifier: 'other' })).status).toBe(404);
    const wide = await server.call('GET', SECRETS, {
      query: { searchTerm: 'scoped', includeAllSecretsAccessibleAtScope: 'true' },
    });
    expect(wide.body.data).toMatchObject({ totalItems: 3 });
    expect((await create(text('lost'), { projectIdentifier: 'nowhere' })).status).toBe(404);
    const elsewhere = await create({ ...text('x'), projectIdentifier: 'p2' });
    expect(elsewhere.body.message).toContain('secret.projectIdentifier: is not that of the request');
    expect((await server.call('GET', SECRETS, { isPublic: true })).status).toBe(401);
  });

  it('may be files', async () => {
    const secret = { type: 'SecretFile', identifier: 'a-file', spec: {} };
    const { body, type } = form(secret, CANARY);
    const created = await server.call('POST', `${SECRETS}/files`, { body, headers: { 'content-type': type } });
    expect(created.body.data).toMatchObject({ secret: { type: 'SecretFile', name: 'a-file' } });
    expect(created.text).not.toContain(CANARY);
    const bare = form({ ...secret, name: 'other' });
    const changed = await server.call('PUT', `${SECRETS}/files/a-file`, {
      body: bare.body,
      headers: { 'content-type': bare.type },
    });
    expect(changed.body.data).toMatchObject({ secret: { name: 'other' } });
    expect((await create(secret)).body.message).toContain('multipart/form-data');
    const none = form({ ...secret, identifier: 'none' });
    const refused = await server.call('POST', `${SECRETS}/files`, {
      body: none.body,
      headers: { 'content-type': none.type },
    });
    expect(refused.body.message).toContain('file: is missing');
    const noForm = await server.call('POST', `${SECRETS}/files`, { body: CANARY });
    expect([noForm.status, noForm.text.includes(CANARY)]).toEqual([400, false]);
  });

  it('may come as YAML', async () => {
    const yaml = `secret:\n  type: SecretText\n  identifier: from_yaml\n  spec: { valueType: Inline, value: ${CANARY} }\n`;
    expect((await server.call('POST', `${SECRETS}/yaml`, { body: yaml })).status).toBe(200);
    const changed = await server.call('PUT', `${SECRETS}/from_yaml/yaml`, { body: yaml });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    const broken = await server.call('POST', `${SECRETS}/yaml`, { body: `${yaml}  }${CANARY}` });
    expect([broken.status, broken.text.includes(CANARY)]).toEqual([400, false]);
    for (const hostile of [`secret: ${'['.repeat(50_000)}`, `a: &a ${CANARY}\nsecret: [*a, *a]`, `secret: "\\0"`]) {
      const refused = await server.call('POST', `${SECRETS}/yaml`, { body: hostile });
      expect([refused.status, refused.text.includes(CANARY)]).toEqual([400, false]);
    }
  });

  it('may lie elsewhere, where the delegate finds them', async () => {
    const reference = (manager: string, value: string): Record<string, unknown> =>
      text('elsewhere', { secretManagerIdentifier: manager, valueType: 'Reference', value });
    expect((await create(reference('delegateEnvironment', 'BRIDLE_DELEGATE_TOKEN'))).body.message).toContain(
      "a setting of the delegate's own",
    );
    for (const path of ['../x', '/etc/passwd', 'a/./b', 'a//b', '']) {
      expect((await create(reference('delegateFile', path))).status).toBe(400);
    }
    expect((await create(reference('vault', 'x'))).body.message).toContain('is none of harnessSecretManager');
    const created = await create(reference('account.delegateEnvironment', 'NPM_TOKEN'));
    expect(created.body.data).toMatchObject({ secret: { spec: { valueType: 'Reference', value: 'NPM_TOKEN' } } });
  });

  it('may be SSH keys', async () => {
    const spec = (credentialType: string, inner: Record<string, unknown>): Record<string, unknown> => ({
      type: 'SSHKey',
      identifier: 'ssh',
      spec: { port: 2222, auth: { type: 'SSH', spec: { credentialType, spec: inner } } },
    });
    const key = { userName: 'deploy', key: 'account.key', encryptedPassphrase: 'pass' };
    expect((await create(spec('KeyReference', { userName: 'deploy' }))).body.message).toContain('spec.key: is missing');
    expect((await create(spec('Kerberos', key))).body.message).toContain('is none of KeyReference');
    expect((await create(spec('KeyReference', key))).body.data).toMatchObject({
      secret: { spec: { port: 2222, auth: { type: 'SSH', spec: { credentialType: 'KeyReference', spec: key } } } },
    });
  });

  it.each<[string, unknown]>([
    ['no secret at all', undefined],
    ['a text for a secret', CANARY],
    ['a wrong identifier', { ...text('x'), identifier: `1 ${CANARY}` }],
    ['a wrong type', { ...text('x'), type: CANARY }],
    ['a name that is none', { ...text('x'), name: { CANARY } }],
    ['tags that are none', { ...text('x'), tags: { a: [CANARY] } }],
    ['a value that is no text', text('x', { value: { [CANARY]: CANARY } })],
    ['an empty value', text('x', { value: '' })],
    ['a wrong kind of value', text('x', { valueType: CANARY })],
    ['a manager that nobody knows', text('x', { secretManagerIdentifier: CANARY })],
    ['a value that is too long', text('x', { value: CANARY.repeat(60_000) })],
    ['a spec that is none', { ...text('x'), spec: CANARY }],
    ['no value', text('x', { value: undefined })],
  ])('refuses %s, and repeats nothing of it', async (_what, secret) => {
    const answer = await create(secret);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(CANARY);
  });
});
