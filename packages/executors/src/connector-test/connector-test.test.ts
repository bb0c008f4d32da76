/** Tests of connectors against real servers: what works says so, and what does not says what is to be mended. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMTPServer } from 'smtp-server';
import type { StepConnector, StepResult } from '../executor.ts';
import { startGitServer, type GitServer } from '../testing/git-server.ts';
import { startGitSshServer, type GitSshServer } from '../testing/git-ssh-server.ts';
import { awsConnector, openS3Server, type S3Server } from '../testing/s3-server.ts';
import { openStage, type Stage, type StartOptions } from '../testing/stage.ts';

const PASSWORD = 'pass-w0rd-canary';
let stage: Stage;
let git: GitServer;
let ssh: GitSshServer;
let s3: S3Server;

beforeAll(async () => {
  stage = await openStage();
  git = await startGitServer();
  await git.create('group/app.git', { 'README.md': 'one\n' });
  ssh = await startGitSshServer();
  s3 = await openS3Server();
});

afterAll(async () => {
  await Promise.all([git.close(), ssh.close(), s3.close()]);
  await stage.close();
});

interface Found {
  readonly result: StepResult;
  readonly message: string;
}

async function tryOut(
  connector: StepConnector,
  more: Record<string, unknown> = {},
  settings: StartOptions['settings'] = {},
): Promise<Found> {
  const { result, log } = stage.start(
    'ConnectorTest',
    { connectorRef: 'c', ...more },
    { settings, step: { connectors: { c: connector } } },
  );
  const ended = await result;
  expect(log.text + JSON.stringify(ended)).not.toContain(PASSWORD);
  return { result: ended, message: ended.kind === 'failed' ? ended.failure.message : ended.kind };
}

function connector(type: string, spec: Record<string, unknown>, secrets: Record<string, string> = {}): StepConnector {
  const bytes = Object.entries({ pw: PASSWORD, ...secrets }).map(([key, text]) => [key, Buffer.from(text)] as const);
  return { identifier: 'c', type, spec, secrets: new Map(bytes) };
}

const login = { type: 'UsernamePassword', spec: { username: 'ci', passwordRef: 'pw' } };

describe('git', () => {
  const repository = (path: string, password: string, type = 'Repo'): StepConnector =>
    connector(
      'Github',
      {
        url: `${git.url}/${path}`,
        type,
        authentication: {
          type: 'Http',
          spec: { type: 'UsernameToken', spec: { username: git.username, tokenRef: 'token' } },
        },
      },
      { token: password },
    );

  it('is asked for its branches', async () => {
    expect((await tryOut(repository('group/app.git', git.password))).message).toBe('succeeded');
    expect((await tryOut(repository('group', git.password, 'Account'), { repoName: 'app.git' })).message).toBe(
      'succeeded',
    );
    const refused = await tryOut(repository('group/app.git', PASSWORD));
    expect(refused.result).toMatchObject({ kind: 'failed', failure: { types: ['AUTHENTICATION'] } });
    expect((await tryOut(repository('group/none.git', git.password))).message).toContain('There is no repository');
    expect((await tryOut(repository('group', git.password, 'Account'))).message).toContain('validationRepo');
  });
});

describe('a Docker registry', () => {
  let server: Server;
  let url: string;
  /** What the registry does with its base. */
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => server.close());

  const registry = (auth: unknown): StepConnector => connector('DockerRegistry', { dockerRegistryUrl: url, auth });
  const basic = `Basic ${Buffer.from(`ci:${PASSWORD}`).toString('base64')}`;

  it('is signed in to by a token', async () => {
    const asked: string[] = [];
    answer = ({ url: path = '', headers }, response) => {
      asked.push(path);
      if (path.startsWith('/token')) {
        response.statusCode = headers.authorization === basic ? 200 : 401;
        response.end(JSON.stringify({ token: 'of-the-registry' }));
        return;
      }
      response.statusCode = headers.authorization === 'Bearer of-the-registry' ? 200 : 401;
      response.setHeader('www-authenticate', `Bearer realm="${url}/token",service="it"`);
      response.end();
    };
    expect((await tryOut(registry(login))).message).toBe('succeeded');
    expect(asked).toEqual(['/v2/', '/token?service=it', '/v2/']);
    const wrong = { type: 'UsernamePassword', spec: { username: 'other', passwordRef: 'pw' } };
    expect((await tryOut(registry(wrong))).message).toBe(`${url} does not accept the connector's user or password.`);
  });

  it('is signed in to by user and password, or by nobody', async () => {
    answer = ({ headers }, response) => {
      response.statusCode = headers.authorization === basic ? 200 : 401;
      response.setHeader('www-authenticate', 'Basic realm="it"');
      response.end();
    };
    expect((await tryOut(registry(login))).message).toBe('succeeded');
    answer = (_request, response) => response.end();
    expect((await tryOut(registry({ type: 'Anonymous' }))).message).toBe('succeeded');
    answer = (_request, response) => {
      response.statusCode = 404;
      response.end();
    };
    expect((await tryOut(registry(login))).message).toContain('answers 404 where a Docker registry would not');
  });

  it('never gets the password sent on without TLS', async () => {
    const nowhere = connector('DockerRegistry', { dockerRegistryUrl: 'http://127.0.0.1:1', auth: login });
    expect((await tryOut(nowhere)).result).toMatchObject({ failure: { types: ['CONNECTIVITY'] } });
    const metadata = connector('DockerRegistry', { dockerRegistryUrl: 'http://169.254.169.254', auth: login });
    expect((await tryOut(metadata)).result).toMatchObject({ failure: { types: ['AUTHORIZATION_ERROR'] } });
  });

  it('of Artifactory is asked for its repositories', async () => {
    answer = ({ url: path, headers }, response) => {
      response.statusCode =
        path !== '/artifactory/api/repositories' ? 404 : headers.authorization === basic ? 200 : 401;
      response.end('[]');
    };
    const artifactory = (artifactoryServerUrl: string): StepConnector =>
      connector('Artifactory', { artifactoryServerUrl, auth: login });
    expect((await tryOut(artifactory(`${url}/artifactory/`))).message).toBe('succeeded');
    expect((await tryOut(artifactory(url))).message).toContain('is artifactoryServerUrl the address');
  });
});

describe('S3', () => {
  it('is asked for its buckets', async () => {
    expect((await tryOut(awsConnector(s3.endpoint))).message).toBe('succeeded');
    const nowhere = await tryOut(awsConnector('http://127.0.0.1:1'));
    expect(nowhere.message).toContain('could not be reached');
  });
});

describe('SSH hosts', () => {
  const hosts = (port: number, sshKey?: unknown): StepConnector =>
    connector(
      'PhysicalDataCenter',
      { hosts: [{ hostname: '127.0.0.1', port }], ...(sshKey === undefined ? {} : { sshKey }) },
      { key: ssh.privateKey, locked: ssh.lockedKey, phrase: ssh.passphrase, other: PASSWORD },
    );

  /** Hosts are known by a file of the test's own. */
  const trusting = (): StartOptions['settings'] => ({
    ssh: { hostKeys: 'acceptNew', connectTimeoutMs: 5_000, knownHostsFile: join(stage.folder, 'known_hosts') },
  });

  it('are signed in to as the connector says', async () => {
    const user = { userName: 'git', port: ssh.port };
    const as = (login?: unknown, port = ssh.port): Promise<Found> => tryOut(hosts(port, login), {}, trusting());
    expect((await as()).message).toBe('succeeded');
    expect((await as({ ...user, keyRef: 'key' })).message).toBe('succeeded');
    expect((await as({ ...user, keyRef: 'locked', passphraseRef: 'phrase' })).message).toBe('succeeded');
    expect((await as({ ...user, keyRef: 'locked' })).message).toContain('cannot be used');
    expect((await as({ ...user, passwordRef: 'pw' })).message).toContain('does not let git in');
    expect((await as({ ...user, keyRef: 'key' }, 1)).message).toContain('127.0.0.1 port 1');
    const web = Number(new URL(git.url).port);
    const hasty = { ssh: { hostKeys: 'acceptNew', connectTimeoutMs: 300 } } as const;
    expect((await tryOut(hosts(web), {}, hasty)).message).toContain('does not greet');
    const strict = { ssh: { hostKeys: 'strict', connectTimeoutMs: 5_000, knownHostsFile: '/dev/null' } } as const;
    expect((await tryOut(hosts(ssh.port, { ...user, passwordRef: 'pw' }), {}, strict)).message).toContain(
      'is not known',
    );
  });
});

describe('a mail server', () => {
  it('is greeted and signed in to', async () => {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      authMethods: ['PLAIN'],
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'ci' && password === PASSWORD) done(null, { user: 'ci' });
        else done(new Error('no'));
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const mail = (more: Record<string, unknown>): StepConnector =>
      connector('Smtp', { host: '127.0.0.1', port, fromAddress: 'ci@example.org', ...more });
    try {
      expect((await tryOut(mail({}))).message).toBe('succeeded');
      expect((await tryOut(mail({ username: 'ci', passwordRef: 'pw' }))).message).toBe('succeeded');
      expect((await tryOut(mail({ username: 'no', passwordRef: 'pw' }))).message).toContain('does not accept');
      expect((await tryOut(mail({ startTLS: true }))).message).toContain('cannot be used');
    } finally {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    }
  });
});

it('says what it cannot test', async () => {
  expect((await tryOut(connector('K8sCluster', {}))).message).toContain('cannot be tested yet');
  const { result } = stage.start('ConnectorTest', { connectorRef: 'gone' });
  expect(await result).toMatchObject({ kind: 'failed', failure: { types: ['CONFIGURATION_FAILURE'] } });
});
