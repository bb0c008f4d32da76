import { createHash } from 'node:crypto';
import { createServer, request as askDirectly, type IncomingHttpHeaders } from 'node:http';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type StepConnector } from '../executor.ts';
import { awsConnector, openS3Server, type S3Server } from '../testing/s3-server.ts';
import { openStage, type Stage, type StepStart } from '../testing/stage.ts';

let stage: Stage;
let folder: string;
beforeEach(async () => {
  stage = await openStage();
  ({ folder } = await stage.workspaces.enter('files', 'one'));
});
afterEach(() => stage.close());

async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

describe('S3Upload', () => {
  let server: S3Server;
  let client: S3Client;
  beforeAll(async () => {
    server = await openS3Server();
    client = new S3Client({
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  function upload(spec: object): StepStart {
    const whole = { bucket: 'builds', region: 'us-east-1', connectorRef: 'store', ...spec };
    return stage.start('S3Upload', whole, {
      workspaceKey: 'one',
      step: { connectors: { store: awsConnector(server.endpoint) } },
    });
  }

  async function stored(key: string): Promise<{ readonly text: string; readonly type: string | undefined }> {
    const found = await client.send(new GetObjectCommand({ Bucket: 'builds', Key: key }));
    return { text: (await found.Body?.transformToString()) ?? '', type: found.ContentType };
  }

  test('a file goes under its path, below the target, and its address is an output', async () => {
    await write({ 'dist/app 1.html': '<p>' });
    const { result, log } = upload({ sourcePath: 'dist/app 1.html', target: 'releases/7/' });
    const url = `${server.endpoint}/builds/releases/7/dist/app%201.html`;
    expect(await result).toEqual({
      kind: 'succeeded',
      outputs: { uploadedFiles: 1, artifacts: [{ name: 'dist/app 1.html', url, size: 3 }] },
    });
    expect(await stored('releases/7/dist/app 1.html')).toEqual({ text: '<p>', type: 'text/html; charset=utf-8' });
    expect(log.text).toContain(url);
    expect(await (await fetch(url)).text()).toBe('<p>');
  });

  test('patterns and folders mean every file; a prefix is taken off by whole names', async () => {
    await write({ 'out/a/1.txt': '1', 'out/a/b/2.txt': '2', 'out/.hidden': 'h', 'outer/3.txt': '3' });
    await symlink('a/1.txt', join(folder, 'out', 'latest'));
    await symlink('/etc/passwd', join(folder, 'out', 'passwd'));
    await symlink('a', join(folder, 'out', 'folder'));
    const names = async (spec: object): Promise<unknown> => {
      const result = await upload(spec).result;
      if (result.kind !== 'succeeded') return result;
      return JSON.parse(JSON.stringify(result.outputs['artifacts'])).map(
        ({ url }: { readonly url: string }) => new URL(url).pathname,
      );
    };
    expect(await names({ sourcePath: 'out', target: 't', stripPrefix: 'out/' })).toEqual([
      '/builds/t/.hidden',
      '/builds/t/a/1.txt',
      '/builds/t/a/b/2.txt',
      '/builds/t/latest',
    ]);
    expect(await names({ sourcePath: '**/*.txt', stripPrefix: '/harness/out' })).toEqual([
      '/builds/a/1.txt',
      '/builds/a/b/2.txt',
      '/builds/outer/3.txt',
    ]);
    expect((await stored('t/latest')).text).toBe('1');
  });

  test('a large file comes over whole', async () => {
    const large = Buffer.alloc(40_000_000, 'abcdefg');
    await write({ large });
    expect(await upload({ sourcePath: '/harness/large' }).result).toMatchObject({ kind: 'succeeded' });
    const digest = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
    expect(digest((await stored('large')).text)).toBe(digest(large));
  });

  test('goes through the proxy where one is set', async () => {
    await write({ f: 'through' });
    const seen: string[] = [];
    // A forward proxy, in whose net the store has a name.
    const proxy = createServer((incoming, outgoing) => {
      const target = new URL(incoming.url ?? '');
      seen.push(`${incoming.method} ${target.host}`);
      const { hostname, port } = new URL(server.endpoint);
      const { method } = incoming;
      // The store takes other host names for buckets.
      const headers = { ...incoming.headers, host: `${hostname}:${port}` };
      const onward = askDirectly(
        { hostname, port, path: target.pathname + target.search, method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const httpUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const { result } = stage.start(
      'S3Upload',
      { bucket: 'builds', region: 'us-east-1', connectorRef: 'store', sourcePath: 'f', target: 'proxied' },
      {
        workspaceKey: 'one',
        step: { connectors: { store: awsConnector('http://store.invalid') } },
        settings: { proxy: { httpUrl, noProxy: [] } },
      },
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(seen).toEqual(['PUT store.invalid']);
    expect((await stored('proxied/f')).text).toBe('through');
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  test.each([
    ['no file', { sourcePath: 'nothing/*' }, 'There is no file at nothing/*'],
    ['no path', {}, 'needs a sourcePath'],
    ['a path that goes up', { sourcePath: '../x' }, '".."'],
    ['a file of the host', { sourcePath: '/etc/passwd' }, 'outside of the workspace'],
    ['another bucket', { sourcePath: 'f', bucket: 'nowhere' }, 'The bucket nowhere does not exist'],
  ])('%s is refused in words', async (_name, spec, words) => {
    await write({ f: 'f' });
    expect(await upload(spec).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining(words) },
    });
  });

  test('a link out of the workspace is not followed', async () => {
    await symlink('/etc', join(folder, 'etc'));
    await symlink('/etc/passwd', join(folder, 'passwd'));
    for (const sourcePath of ['etc/passwd', 'etc/*', 'passwd', 'etc']) {
      expect(await upload({ sourcePath }).result).toMatchObject({ kind: 'failed' });
    }
  });
});

describe('ArtifactoryUpload', () => {
  interface Put {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  let url: string;
  let puts: Put[];
  let answer: { readonly status: number; readonly text: string };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      puts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status).end(answer.text);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    puts = [];
    answer = { status: 201, text: '{}' };
  });

  function connector(auth: object, serverUrl = `${url}/artifactory/`): StepConnector {
    return {
      identifier: 'repo',
      type: 'Artifactory',
      spec: { artifactoryServerUrl: serverUrl, auth },
      secrets: new Map([['account.pass', Buffer.from('s3cret')]]),
    };
  }
  const LOGIN = { type: 'UsernamePassword', spec: { username: 'me', passwordRef: 'account.pass' } };

  function upload(spec: object, repo: StepConnector = connector(LOGIN), own: readonly string[] = []): StepStart {
    return stage.start(
      'ArtifactoryUpload',
      { connectorRef: 'repo', ...spec },
      {
        workspaceKey: 'one',
        step: { connectors: { repo } },
        settings: { http: { ...DEFAULT_SETTINGS.http, ownOrigins: own } },
      },
    );
  }

  test('each file is put with its checksum by the connector’s user', async () => {
    await write({ 'dist/a b;c.jar': 'jar', 'dist/sub/empty.txt': '' });
    const { result, log } = upload({ sourcePath: 'dist/**', target: 'libs-release/app/1.0' });
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { uploadedFiles: 2 } });
    expect(puts.map(({ path, body }) => [path, body])).toEqual([
      ['/artifactory/libs-release/app/1.0/dist/a%20b%3Bc.jar', 'jar'],
      ['/artifactory/libs-release/app/1.0/dist/sub/empty.txt', ''],
    ]);
    expect(puts[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('me:s3cret').toString('base64')}`,
      'x-checksum-sha256': createHash('sha256').update('jar').digest('hex'),
      'content-type': 'application/java-archive',
      'content-length': '3',
    });
    expect(log.text).toContain(`${url}/artifactory/libs-release/app/1.0/dist/a%20b%3Bc.jar`);
    expect(log.text).not.toContain('s3cret');
  });

  test('flat, files lose their folders; one file may be given its name', async () => {
    await write({ 'dist/sub/a.jar': 'a', 'dist/b.jar': 'b' });
    await upload({ sourcePath: 'dist', target: 'libs', uploadAsFlat: true }).result;
    await upload({ sourcePath: 'dist/b.jar', target: 'libs/app-1.0.jar' }).result;
    await upload({ sourcePath: 'dist/b.jar', target: 'libs/1.0' }, connector({ type: 'Anonymous' })).result;
    expect(puts.map(({ path }) => path)).toEqual([
      '/artifactory/libs/b.jar',
      '/artifactory/libs/a.jar',
      '/artifactory/libs/app-1.0.jar',
      '/artifactory/libs/1.0/dist/b.jar',
    ]);
    expect(puts[3]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [401, 'AUTHENTICATION'],
    [403, 'AUTHORIZATION_ERROR'],
    [409, 'APPLICATION_ERROR'],
    [503, 'CONNECTIVITY'],
    [302, 'APPLICATION_ERROR'],
  ])('%i is %s, with what the server says', async (status, type) => {
    await write({ 'a.jar': 'a' });
    answer = { status, text: 'because of the moon' };
    expect(await upload({ sourcePath: 'a.jar', target: 'libs' }).result).toMatchObject({
      kind: 'failed',
      failure: { types: [type], message: expect.stringContaining('because of the moon') },
    });
    expect(puts).toHaveLength(1);
  });

  test('nobody there, and addresses a step may not reach', async () => {
    await write({ 'a.jar': 'a' });
    const spec = { sourcePath: 'a.jar', target: 'libs' };
    expect(await upload(spec, connector(LOGIN, 'http://127.0.0.1:1')).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
    for (const repo of [connector(LOGIN, 'http://169.254.169.254/'), connector(LOGIN)]) {
      expect(await upload(spec, repo, [url]).result).toMatchObject({
        kind: 'failed',
        failure: { types: ['AUTHORIZATION_ERROR'] },
      });
    }
    expect(puts).toEqual([]);
  });

  test.each([
    ['no target', { sourcePath: 'a.jar' }, 'needs a target'],
    ['no connector', { sourcePath: 'a.jar', target: 'libs', connectorRef: 'other' }, 'was not given'],
  ])('%s is refused in words', async (_name, spec, words) => {
    await write({ 'a.jar': 'a' });
    expect(await upload(spec).result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining(words) },
    });
  });
});
