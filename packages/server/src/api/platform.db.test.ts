import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-web-'));
  const webRoot = join(folder, 'dist');
  await mkdir(join(webRoot, 'assets'), { recursive: true });
  for (const hidden of ['secret.txt', 'dist/.secret.txt', 'dist/assets/.secret.txt']) {
    await writeFile(join(folder, hidden), 'password');
  }
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Bridle</title>');
  await writeFile(join(webRoot, 'theme.js'), 'void 0;');
  await writeFile(join(webRoot, 'assets', 'main-abc123.js'), 'void 1;');
  server = await createTestApp({ webRoot });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the platform', () => {
  it('shows the account and the caller', async () => {
    const account = await server.call('GET', `/ng/api/accounts/${ACCOUNT}`);
    expect(account.body.data).toMatchObject({ identifier: ACCOUNT, defaultExperience: 'NG', nextGenEnabled: true });
    expect((await server.call('GET', '/ng/api/accounts/other')).status).toBe(404);
    const user = await server.call('GET', '/ng/api/user/currentUser');
    expect(user.body.data).toMatchObject({ defaultAccountId: ACCOUNT, admin: true, accounts: [{ uuid: ACCOUNT }] });
    expect((await server.call('GET', '/ng/api/usersettings', { query: { category: 'CORE' } })).body.data).toEqual([]);
    const licenses = await server.call('GET', '/gateway/ng/api/licenses/account');
    expect(licenses.body.data).toMatchObject({
      accountId: ACCOUNT,
      moduleLicenses: {},
      allModuleLicenses: { CD: [], CI: [] },
    });
  });

  it('creates, reads and lists organizations and projects', async () => {
    const organization = { identifier: 'second', name: 'Second one', description: 'more', tags: { a: 'b' } };
    const created = await server.call('POST', '/ng/api/organizations', { body: { organization } });
    expect(created.body.data).toMatchObject({ organization, harnessManaged: false, createdAt: expect.any(Number) });
    const twice = await server.call('POST', '/ng/api/organizations', { body: { organization } });
    expect([twice.status, twice.body.code]).toEqual([400, 'DUPLICATE_FIELD']);
    expect((await server.call('GET', '/ng/api/organizations/second')).body.data).toEqual(created.body.data);
    const list = await server.call('GET', '/ng/api/organizations', { query: { searchTerm: 'SECOND', pageSize: '1' } });
    expect(list.body.data).toEqual({
      totalPages: 1,
      totalItems: 1,
      pageItemCount: 1,
      pageSize: 1,
      pageIndex: 0,
      empty: false,
      pageToken: null,
      content: [created.body.data],
    });

    const project = { identifier: 'p', name: 'P' };
    const query = { orgIdentifier: 'second' };
    const made = await server.call('POST', '/ng/api/projects', { body: { project }, query });
    expect(made.body.data).toMatchObject({
      project: { ...project, orgIdentifier: 'second', description: '', tags: {} },
    });
    expect((await server.call('POST', '/ng/api/projects', { body: { project }, query })).body.code).toBe(
      'DUPLICATE_FIELD',
    );
    expect((await server.call('GET', '/ng/api/projects/p', { query })).body.data).toEqual(made.body.data);
    expect((await server.call('GET', '/ng/api/projects/p')).status).toBe(404);
    const all = await server.call('GET', '/ng/api/projects', { query: { orgIdentifier: '' } });
    expect(all.body.data).toMatchObject({ totalItems: 2 });
    const nowhere = await server.call('POST', '/ng/api/projects', {
      body: { project },
      query: { orgIdentifier: 'none' },
    });
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });

  it('lists the delegates', async () => {
    expect((await server.call('GET', '/bridle/api/delegates')).body.data).toEqual([]);
    await server.runTasks();
    const { body } = await server.call('GET', '/bridle/api/delegates');
    expect(body.data).toEqual([
      {
        id: expect.any(String),
        name: 'hand',
        status: 'connected',
        tags: ['hand'],
        hostName: 'test',
        os: 'linux',
        arch: 'x64',
        shells: ['Bash', 'Sh'],
        binaries: null,
        docker: null,
        version: '0.0.0',
        capacity: 10,
        runningTasks: 0,
        registeredAt: expect.any(Number),
        lastHeartbeatAt: expect.any(Number),
      },
    ]);
  });
});

describe('the web UI', () => {
  it.each(['/', '/login?code=x', '/p/default/myproject/pipelines', '/x/abc', '/ng/', '/ng/account/a/all/orgs/o'])(
    'is one page at %s, for everybody',
    async (path) => {
      const { status, text, headers } = await server.call('GET', path, { isPublic: true });
      expect([status, headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(text).toContain('<title>Bridle</title>');
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/script-src 'self'(;|$)/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );

  it('keeps what is named by its content, and asks again for the rest', async () => {
    const asset = await server.call('GET', '/assets/main-abc123.js', { isPublic: true });
    expect([asset.status, asset.text]).toEqual([200, 'void 1;']);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const theme = await server.call('GET', '/theme.js', { isPublic: true });
    expect([theme.status, theme.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(theme.headers['content-type']).toContain('javascript');
  });

  it.each([
    '/assets/gone.js',
    '/gone.js',
    '/ng/api/nothing',
    '/pipeline/api/nothing',
    '/gateway/pipeline/api/nothing',
    '/bridle/api/nothing',
    '/log-service/nothing',
    '/delegate/api/nothing',
  ])('is not what answers at %s', async (path) => {
    const { status, text } = await server.call('GET', path);
    expect(status).toBe(404);
    expect(text).not.toContain('<title>');
  });

  it.each([
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/assets/..%255c..%255csecret.txt',
    '/.secret.txt',
    '/assets/.secret.txt',
  ])('does not reach out of its folder, nor to hidden files: %s', async (path) => {
    const { status, text } = await server.call('GET', path);
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain('password');
  });

  it('gives no page to who asks for JSON', async () => {
    const { status } = await server.call('GET', '/somewhere', { headers: { accept: 'application/json' } });
    expect(status).toBe(404);
  });

  it('leaves the documentation its own policy', async () => {
    const { status, headers } = await server.call('GET', '/docs/', { isPublic: true });
    expect([status, String(headers['content-type'])]).toEqual([200, expect.stringContaining('text/html')]);
    expect(String(headers['content-security-policy'])).toContain("script-src 'self' 'unsafe-inline'");
  });
});

it('says so when the web UI has not been built', async () => {
  const bare = await createTestApp();
  try {
    const { status, text } = await bare.call('GET', '/', { isPublic: true });
    expect(status).toBe(503);
    expect(text).toContain('has not been built');
    expect((await bare.call('GET', '/favicon.svg', { isPublic: true })).status).toBe(404);
  } finally {
    await bare.close();
  }
});
