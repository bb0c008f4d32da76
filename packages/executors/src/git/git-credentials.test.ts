import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_SETTINGS, type StepConnector } from '../executor.ts';
import { findProgram } from '../process/shells.ts';
import { makeAuthority } from '../testing/certificates.ts';
import { startGitServer, type GitServer, type TestRepository } from '../testing/git-server.ts';
import { startGitSshServer, type GitSshServer } from '../testing/git-ssh-server.ts';
import { isShown } from '../testing/needs.ts';
import { isAlive, openStage, type Stage, type StepStart } from '../testing/stage.ts';

let server: GitServer;
let app: TestRepository;
let stage: Stage;

beforeAll(async () => {
  server = await startGitServer();
  app = await server.create('app.git', { 'README.md': 'one\n', '.gitattributes': '* filter=evil diff=evil\n' });
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage.close();
});

const secrets = (text: string): StepConnector['secrets'] => new Map([['secret', Buffer.from(text)]]);

function begin(
  connector: Partial<StepConnector>,
  spec: Readonly<Record<string, unknown>> = {},
  settings = {},
): StepStart {
  return stage.start(
    'GitClone',
    { connectorRef: 'repo', build: { type: 'branch', spec: { branch: 'main' } }, cloneDirectory: '/harness', ...spec },
    {
      workspaceKey: 'stage1',
      keep: true,
      settings: { git: { isFileUrlAllowed: false, retryDelayMs: 1 }, ...settings },
      step: { connectors: { repo: { identifier: 'repo', type: 'Git', spec: {}, secrets: new Map(), ...connector } } },
    },
  );
}

const overHttp = (): Partial<StepConnector> => ({
  spec: {
    url: `${server.url}/app.git`,
    connectionType: 'Repo',
    type: 'Http',
    spec: { username: server.username, passwordRef: 'secret' },
  },
  secrets: secrets(server.password),
});

/** Every form in which the password could be found. */
const needles = (): readonly Buffer[] =>
  [
    server.password,
    encodeURIComponent(server.password),
    Buffer.from(`${server.username}:${server.password}`).toString('base64'),
    Buffer.from(server.password).toString('base64'),
  ].map((text) => Buffer.from(text));

const holdsPassword = (bytes: Buffer): boolean => needles().some((needle) => bytes.includes(needle));

/** Processes whose arguments or environment hold the password. */
async function tellingProcesses(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'environ']) {
      try {
        if (holdsPassword(readFileSync(`/proc/${pid}/${file}`))) found.push(`${pid}/${file}`);
      } catch {
        // It ended meanwhile.
      }
    }
  }
  return found;
}

async function tellingFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => holdsPassword(readFileSync(path)));
}

async function laterStep(command: string): Promise<string> {
  const { result, log } = stage.start('Run', { shell: 'Sh', command }, { workspaceKey: 'stage1' });
  await result;
  return log.text;
}

test('while a clone runs its credentials are in one private file, afterwards nowhere', async () => {
  const held = server.hold();
  const { result, log } = begin(overHttp(), { debug: true });
  await held.arrived;
  expect(await tellingProcesses()).toEqual([]);
  const files = await tellingFiles(stage.folder);
  expect(files.map((path) => path.split('/').at(-1))).toEqual(['login']);
  expect(statSync(files[0] ?? '').mode & 0o777).toBe(0o600);
  held.release();
  expect(await result).toMatchObject({ kind: 'succeeded' });
  expect(await tellingFiles(stage.folder)).toEqual([]);
  expect(holdsPassword(log.bytes)).toBe(false);
  const later = await laterStep('env; git config --list --show-origin; git remote --verbose; git fetch --dry-run');
  expect(holdsPassword(Buffer.from(later))).toBe(false);
  expect(later).toContain('could not read Username');
});

test('what a URL has of a password is taken out of it, used and masked', async () => {
  const url = server.url.replace('http://', `http://${server.username}:${encodeURIComponent(server.password)}@`);
  const { result, log } = begin({ spec: { url: `${url}/app.git`, connectionType: 'Repo', type: 'Http' } });
  expect(await result).toMatchObject({ kind: 'succeeded', outputs: { repoUrl: `${server.url}/app.git` } });
  expect(holdsPassword(log.bytes)).toBe(false);
  expect(await tellingFiles(stage.folder)).toEqual([]);
});

test('persistCredentials keeps them for the git of later steps, with a warning', async () => {
  const { result, log } = begin(overHttp(), { persistCredentials: true });
  expect(await result).toMatchObject({ kind: 'succeeded' });
  expect(log.text).toContain('Warning: persistCredentials');
  expect((await tellingFiles(stage.folder)).map((path) => path.split('/').at(-1))).toEqual(['config']);
  expect(await laterStep('git fetch origin && echo fetched')).toContain('\nfetched\n');
});

test('a stopped clone leaves neither processes nor credentials', async () => {
  const held = server.hold();
  const { result, cancel, log } = begin(overHttp());
  await held.arrived;
  const pids = await stage.processes.find({ markPrefix: '', groups: [] });
  const gits = pids.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(server.url));
  expect(gits.length).toBeGreaterThan(0);
  cancel();
  expect(await result).toEqual({ kind: 'cancelled' });
  held.release();
  expect(gits.filter(isAlive)).toEqual([]);
  expect(await tellingFiles(stage.folder)).toEqual([]);
  expect(log.text).toContain('was stopped before it ended');
});

test("nothing of the host's or the user's settings counts, and no hook runs", async () => {
  const home = join(stage.folder, 'home');
  const marker = join(home, 'was-here');
  const hooks = join(home, 'template', 'hooks');
  mkdirSync(hooks, { recursive: true });
  const evil = join(home, 'evil.sh');
  writeFileSync(evil, `#!/bin/sh\ntouch '${marker.replaceAll("'", `'\\''`)}'\ncat\n`, { mode: 0o755 });
  writeFileSync(join(hooks, 'post-checkout'), readFileSync(evil), { mode: 0o755 });
  const quoted = (path: string): string => `"sh '${path.replaceAll("'", `'\\\\''`)}'"`;
  writeFileSync(
    join(home, '.gitconfig'),
    `[init]\n\ttemplateDir = "${join(home, 'template')}"\n[core]\n\thooksPath = "${hooks}"\n[filter "evil"]\n\tsmudge = ${quoted(evil)}\n`,
  );
  // That it bites when it is heeded:
  const control = join(home, 'control');
  const env = { PATH: process.env['PATH'], HOME: home };
  execFileSync('git', ['clone', '--quiet', app.folder, control], { env, stdio: 'ignore' });
  expect(existsSync(marker)).toBe(true);
  execFileSync('rm', [marker]);

  vi.stubEnv('HOME', home);
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, '.gitconfig'));
  vi.stubEnv('GIT_TEMPLATE_DIR', join(home, 'template'));
  const { result } = begin(overHttp());
  expect(await result).toMatchObject({ kind: 'succeeded' });
  expect(existsSync(marker)).toBe(false);
  expect(existsSync(join(stage.folder, 'work/workspaces/stage1/.git/hooks'))).toBe(false);
});

test('hooks that preFetchCommand makes do not run in the clone either', async () => {
  const preFetchCommand =
    'mkdir -p .git/hooks\nprintf "#!/bin/sh\\ntouch was-here\\n" >.git/hooks/post-checkout\nchmod +x .git/hooks/post-checkout';
  const { result } = begin(overHttp(), { preFetchCommand });
  expect(await result).toMatchObject({ kind: 'succeeded' });
  expect(existsSync(join(stage.folder, 'work/workspaces/stage1/was-here'))).toBe(false);
});

describe('as a GitHub App', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKey = pair.privateKey.export({ type: 'pkcs1', format: 'pem' });
  const overApp = (
    more: Readonly<Record<string, unknown>> = {},
    key = privateKey.toString(),
  ): Partial<StepConnector> => ({
    type: 'Github',
    spec: {
      url: `${server.url}/app.git`,
      type: 'Repo',
      authentication: {
        type: 'Http',
        spec: {
          type: 'GithubApp',
          spec: { applicationId: '42', installationId: '7', privateKeyRef: 'secret', ...more },
        },
      },
    },
    secrets: secrets(key),
  });

  test('signs in for a token, which shows nowhere', async () => {
    server.allowApp(pair.publicKey);
    const { result, log } = begin(overApp());
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).not.toContain('ghs_');
    expect(server.requests.at(-1)).toContain('with credentials');
  });

  test('of another key or another installation is told so', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect(await begin(overApp({}, other.toString())).result).toMatchObject({
      failure: {
        types: ['AUTHENTICATION'],
        message: expect.stringContaining('no token (status 401). It says: Bad credentials'),
      },
    });
    expect(await begin(overApp({ installationId: '../8' })).result).toMatchObject({
      failure: { message: expect.stringContaining('installationId of the connector repo is missing, or not an id') },
    });
    const odd = '-----BEGIN RSA PRIVATE KEY-----\nnothing\n-----END RSA PRIVATE KEY-----';
    expect(await begin(overApp({}, odd)).result).toMatchObject({ failure: { types: ['AUTHENTICATION'] } });
  });
});

describe('over HTTPS', () => {
  const authority = makeAuthority();
  let secure: GitServer;
  beforeAll(async () => {
    secure = await startGitServer(authority.issue('git server', ['127.0.0.1']));
    await secure.create('app.git', { 'README.md': 'one\n' });
  });
  afterAll(() => secure.close());
  const overHttps = (): Partial<StepConnector> => {
    const { spec } = overHttp();
    return { spec: { ...spec, url: `${secure.url}/app.git` }, secrets: secrets(secure.password) };
  };

  test('a certificate that nobody vouches for', async () => {
    const { result } = begin(overHttps());
    expect(await result).toMatchObject({
      failure: { types: ['CONNECTIVITY'], message: expect.stringContaining('is not trusted') },
    });
    expect(secure.requests).toEqual([]);
  });

  test("an authority of the operator's", async () => {
    const http = { ...DEFAULT_SETTINGS.http, certificateAuthorities: [authority.cert] };
    expect(await begin(overHttps(), {}, { http }).result).toMatchObject({ kind: 'succeeded' });
  });

  test('sslVerify: false takes any, with a warning', async () => {
    const { result, log } = begin(overHttps(), { sslVerify: false });
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).toContain('Warning: sslVerify is off');
  });
});

const hasSsh = findProgram('ssh', process.env['PATH'] ?? '') !== undefined;

describe.runIf(isShown('clones over SSH: no ssh in PATH', hasSsh))('over SSH', () => {
  let ssh: GitSshServer;
  beforeAll(async () => {
    ssh = await startGitSshServer();
  });
  afterAll(() => ssh.close());

  const overSsh = (key: string): Partial<StepConnector> => ({
    type: 'Github',
    spec: {
      url: `ssh://git@127.0.0.1:${ssh.port}${app.folder}`,
      type: 'Repo',
      authentication: { type: 'Ssh', spec: { sshKeyRef: 'secret' } },
    },
    secrets: secrets(key),
  });
  const known = (line: string | undefined, hostKeys: 'acceptNew' | 'strict') => {
    const knownHostsFile = join(stage.folder, 'known_hosts');
    if (line !== undefined) writeFileSync(knownHostsFile, `${line}\n`);
    return { ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile, hostKeys } };
  };

  test('a key of the connector; a new host is taken as it is', async () => {
    const { result } = begin(overSsh(ssh.privateKey.replaceAll('\n', '\r\n')), {}, known(undefined, 'acceptNew'));
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { commitMessage: 'first' } });
    const entries = await readdir(stage.folder, { recursive: true });
    expect(entries.filter((name) => name.endsWith('ssh_key'))).toEqual([]);
  });

  test('strict: only hosts that are known', async () => {
    expect(await begin(overSsh(ssh.privateKey), {}, known(ssh.knownHost, 'strict')).result).toMatchObject({
      kind: 'succeeded',
    });
    const other = await begin(
      overSsh(ssh.privateKey),
      {},
      known(`[127.0.0.1]:${ssh.port} ${strangerKey().public}`, 'acceptNew'),
    ).result;
    expect(other).toMatchObject({
      failure: { types: ['AUTHENTICATION'], message: expect.stringContaining('SSH server') },
    });
    const unknown = await begin(overSsh(ssh.privateKey), {}, known('', 'strict')).result;
    expect(unknown).toMatchObject({ failure: { types: ['AUTHENTICATION'] } });
  });

  test('a key that the server does not know', async () => {
    const { result } = begin(overSsh(strangerKey().private));
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: {
        types: ['AUTHENTICATION'],
        message: expect.stringContaining("does not accept the connector's credentials"),
      },
    });
    expect(ssh.strangers).toContain('git');
  });

  test('persistCredentials keeps the key for later steps', async () => {
    const { result } = begin(overSsh(ssh.privateKey), { persistCredentials: true });
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(await laterStep('git fetch origin && echo fetched')).toContain('\nfetched\n');
  });

  test('a key with a passphrase, and a user and port beside the URL', async () => {
    const { spec, secrets: keys } = overSsh(ssh.lockedKey);
    const locked = {
      type: 'Github',
      spec: {
        ...spec,
        url: `127.0.0.1:${app.folder}`,
        sshKey: { userName: 'git', port: ssh.port, keyRef: 'secret', passphraseRef: 'phrase' },
      },
      secrets: new Map([...(keys ?? []), ['phrase', Buffer.from(ssh.passphrase)] as const]),
    };
    const { result, log } = begin(locked);
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).not.toContain(ssh.passphrase);
    const wrong = begin({ ...locked, secrets: new Map([...locked.secrets, ['phrase', Buffer.from('wrong')]]) });
    expect(await wrong.result).toMatchObject({ failure: { types: ['AUTHENTICATION'] } });
  });

  test('something that is no key', async () => {
    const { result } = begin(overSsh('my password'));
    expect(await result).toMatchObject({ failure: { message: expect.stringContaining('is not a private key') } });
  });
});

function strangerKey(): { readonly private: string; readonly public: string } {
  return ssh2.utils.generateKeyPairSync('ed25519');
}
