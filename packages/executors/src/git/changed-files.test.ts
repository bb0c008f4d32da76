/** The files of pull requests, asked of providers that a test moves by hand (F1, F2). */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepConnector, StepResult } from '../executor.ts';
import { openStage, type Stage } from '../testing/stage.ts';
import { FILES_MAX } from './changed-files.ts';
import { bitbucketCloud } from './pull-request-api.ts';

const TOKEN = 'tok-canary-1234';
let stage: Stage;
let server: Server;
let url: string;
let asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
/** What the provider does. */
let answer: (path: string, response: ServerResponse, request: IncomingMessage) => void;

beforeAll(async () => {
  stage = await openStage();
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request.url ?? '', response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  server.close();
  await stage.close();
});

const json = (response: ServerResponse, body: unknown, status = 200, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

const token = { type: 'UsernameToken', spec: { username: 'ci', tokenRef: 'token' } };
const http = (spec: unknown): unknown => ({ type: 'Http', spec });

function connector(type: string, spec: Record<string, unknown>, secrets: Record<string, string> = {}): StepConnector {
  const bytes = Object.entries({ token: TOKEN, ...secrets }).map(([key, text]) => [key, Buffer.from(text)] as const);
  const usual = { url: `${url}/lighthouse/harbour.git`, type: 'Repo', authentication: http(token) };
  return { identifier: 'c', type, spec: { ...usual, ...spec }, secrets: new Map(bytes) };
}

async function files(of: StepConnector, more: Record<string, unknown> = {}): Promise<StepResult> {
  asked = [];
  const spec = { connectorRef: 'c', number: '118', ...more };
  const { result, log } = stage.start('ChangedFiles', spec, { step: { connectors: { c: of } } });
  const ended = await result;
  expect(log.text + JSON.stringify(ended)).not.toContain(TOKEN);
  return ended;
}

const succeeded = (...expected: readonly string[]): StepResult => ({
  kind: 'succeeded',
  outputs: { files: [...expected] },
});

describe('GitHub', () => {
  it('is asked page by page, with the token', async () => {
    answer = (path, response) => {
      const page = Number(new URL(path, url).searchParams.get('page'));
      const full = Array.from({ length: 100 }, (_, index) => ({ filename: `src/${String(index)}.ts`, patch: '@@' }));
      json(response, page === 1 ? full : [{ filename: 'docs/new.md', previous_filename: 'docs/old.md' }]);
    };
    const result = await files(connector('Github', {}));
    expect(result).toMatchObject({ kind: 'succeeded' });
    const found = (result as unknown as { readonly outputs: { readonly files: readonly string[] } }).outputs.files;
    expect([found.length, found[0], found[1], found.at(-1)]).toEqual([102, 'docs/new.md', 'docs/old.md', 'src/99.ts']);
    const place = '/api/v3/repos/lighthouse/harbour/pulls/118/files?per_page=100';
    expect(asked).toEqual([
      { path: `${place}&page=1`, authorization: `Bearer ${TOKEN}` },
      { path: `${place}&page=2`, authorization: `Bearer ${TOKEN}` },
    ]);
  });

  it('is asked for the repository of a connector of a whole account, and by nobody where it is public', async () => {
    answer = (_path, response) => json(response, [{ filename: 'a' }]);
    const account = { url: `${url}/lighthouse`, type: 'Account', authentication: http({ type: 'Anonymous' }) };
    expect(await files(connector('Github', account), { repoName: 'tower' })).toEqual(succeeded('a'));
    expect(asked).toEqual([
      { path: '/api/v3/repos/lighthouse/tower/pulls/118/files?per_page=100&page=1', authorization: undefined },
    ]);
  });

  it('takes what the connector has for the API before what it clones with', async () => {
    answer = (_path, response) => json(response, []);
    const apiAccess = { type: 'Token', spec: { tokenRef: 'api' } };
    expect(await files(connector('Github', { apiAccess }, { api: 'for-the-api' }))).toEqual(succeeded());
    expect(asked).toMatchObject([{ authorization: 'Bearer for-the-api' }]);
  });

  it('is asked by HTTP for a repository that is cloned by SSH', async () => {
    for (const ssh of ['git@127.0.0.1:lighthouse/harbour.git', 'ssh://git@127.0.0.1:2222/lighthouse/harbour.git']) {
      const spec = { url: ssh, authentication: { type: 'Ssh', spec: { sshKeyRef: 'ssh' } }, apiAccess: token };
      expect(await files(connector('Github', spec))).toMatchObject({
        failure: { types: ['CONNECTIVITY'], message: expect.stringContaining('https://127.0.0.1 cannot be reached') },
      });
    }
  });

  it('signs in as an app', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    answer = (path, response) =>
      path.endsWith('/access_tokens')
        ? json(response, { token: 'of-an-hour' }, 201)
        : json(response, [{ filename: 'a' }]);
    const app = { type: 'GithubApp', spec: { applicationId: '1', installationId: '2', privateKeyRef: 'key' } };
    expect(await files(connector('Github', { authentication: http(app) }, { key: pem }))).toEqual(succeeded('a'));
    expect(asked.at(-1)?.authorization).toBe('Bearer of-an-hour');
  });
});

it('GitLab is asked for a merge request of a project in groups', async () => {
  answer = (_path, response) =>
    json(response, [
      { new_path: 'b', old_path: 'a', diff: '' },
      { new_path: 'b', old_path: 'b' },
    ]);
  const nested = { url: `${url}/lighthouse/north/tower` };
  expect(await files(connector('Gitlab', nested))).toEqual(succeeded('a', 'b'));
  const path = '/api/v4/projects/lighthouse%2Fnorth%2Ftower/merge_requests/118/diffs?per_page=100&page=1';
  expect(asked).toEqual([{ path, authorization: `Bearer ${TOKEN}` }]);
});

describe('Bitbucket', () => {
  it('of one’s own is asked by the project and by user and password', async () => {
    answer = (path, response) => {
      const isFirst = path.includes('start=0');
      const values = isFirst
        ? [{ path: { toString: 'b' }, srcPath: { toString: 'a' } }]
        : [{ path: { toString: 'c' } }];
      json(response, { values, isLastPage: !isFirst, nextPageStart: 100 });
    };
    const scm = { url: `${url}/scm/LH/harbour.git` };
    expect(await files(connector('Bitbucket', scm))).toEqual(succeeded('a', 'b', 'c'));
    const place = '/rest/api/1.0/projects/LH/repos/harbour/pull-requests/118/changes';
    const authorization = `Basic ${Buffer.from(`ci:${TOKEN}`).toString('base64')}`;
    expect(asked).toEqual([
      { path: `${place}?start=0&limit=100`, authorization },
      { path: `${place}?start=100&limit=100`, authorization },
    ]);
  });

  it('in its cloud says whether there is more', () => {
    const api = bitbucketCloud('https://api.bitbucket.org/2.0', 'lighthouse/harbour');
    expect(api.page('7', 1).href).toBe(
      'https://api.bitbucket.org/2.0/repositories/lighthouse/harbour/pullrequests/7/diffstat?pagelen=100&page=2',
    );
    const values = [
      { old: { path: 'a' }, new: { path: 'b' } },
      { old: null, new: { path: 'c' } },
    ];
    expect(api.read({ values, next: 'https://elsewhere.example' })).toEqual({ files: ['b', 'a', 'c'], hasMore: true });
    expect(api.read({ values: [] })).toEqual({ files: [], hasMore: false });
  });
});

describe('a refusal says what is to be mended', () => {
  it.each([
    [401, {}, 'AUTHENTICATION', "does not accept the connector's credentials"],
    [403, {}, 'AUTHORIZATION_ERROR', 'may not read pull requests'],
    [403, { 'x-ratelimit-remaining': '0' }, 'CONNECTIVITY', 'was asked too often'],
    [404, {}, 'APPLICATION_ERROR', 'has no pull request 118'],
    [429, {}, 'CONNECTIVITY', 'was asked too often'],
    [502, {}, 'CONNECTIVITY', 'answers with status 502'],
    // F1
    [302, { location: 'http://127.0.0.1:1/elsewhere' }, 'APPLICATION_ERROR', 'answers with status 302'],
  ])('at status %s with %j', async (status, headers, type, message) => {
    answer = (_path, response) => json(response, { message: 'no' }, status, headers);
    const result = await files(connector('Github', {}));
    expect(result).toMatchObject({ kind: 'failed', failure: { types: [type] } });
    expect((result as { readonly failure: { readonly message: string } }).failure.message).toContain(message);
    expect(asked).toHaveLength(1);
  });

  it('where it is no list, no connection, too much', async () => {
    answer = (_path, response) => json(response, { surprise: true });
    expect(await files(connector('Github', {}))).toMatchObject({
      failure: { message: expect.stringContaining('something else than a list of files') },
    });
    answer = (_path, response) => response.destroy();
    expect(await files(connector('Github', {}))).toMatchObject({ failure: { types: ['CONNECTIVITY'] } });
    answer = (path, response) => {
      const page = Number(new URL(path, url).searchParams.get('page'));
      json(
        response,
        Array.from({ length: 100 }, (_, index) => ({ filename: `${String(page)}/${String(index)}` })),
      );
    };
    expect(await files(connector('Github', {}))).toMatchObject({
      failure: { message: `The pull request 118 changes ${String(FILES_MAX)} files or more.` },
    });
    expect(asked).toHaveLength(FILES_MAX / 100);
  });

  it.each([
    ['a number that is none', 'Github', {}, { number: '1/../2' }, 'is not the number'],
    ['another kind of connector', 'Git', { connectionType: 'Repo', type: 'Http' }, {}, 'Connectors of type Git'],
    [
      'an SSH key alone',
      'Github',
      { url: 'git@127.0.0.1:lighthouse/harbour.git', authentication: { type: 'Ssh', spec: { sshKeyRef: 'ssh' } } },
      {},
      'give it an apiAccess',
    ],
  ])('before anybody is asked: %s', async (_, type, spec, more, message) => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n';
    const result = await files(connector(type, spec, { ssh: key }), more);
    expect(result).toMatchObject({ kind: 'failed', failure: { types: ['CONFIGURATION_FAILURE'] } });
    expect((result as { readonly failure: { readonly message: string } }).failure.message).toContain(message);
    expect(asked).toEqual([]);
  });
});
