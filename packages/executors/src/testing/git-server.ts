/**
 * A real git server for tests: git's own smart HTTP backend behind Basic authentication, on a port of the loopback interface.
 * Repositories are bare ones in a folder of its own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface GitServer {
  /** `http://127.0.0.1:PORT`, or `https` */
  readonly url: string;
  readonly folder: string;
  readonly username: string;
  readonly password: string;
  /** Method, path and whether credentials came along, of every request. */
  readonly requests: readonly string[];
  /** The next answers are these statuses. */
  answerWith(...statuses: readonly number[]): void;
  /** Holds back the next request that brings the right credentials. */
  hold(): HeldRequest;
  /** Lets a GitHub App in: its statement is checked with this key. */
  allowApp(publicKey: KeyObject): void;
  /** Keeps a large file; answers with what stands for it in a repository. */
  keepLarge(content: string): string;
  /** Makes a bare repository out of files, in one commit on `main`. */
  create(path: string, files: Readonly<Record<string, string>>): Promise<TestRepository>;
  close(): Promise<void>;
}

export interface HeldRequest {
  /** Resolves when it is there. */
  readonly arrived: Promise<void>;
  release(): void;
}

export interface TestRepository {
  readonly url: string;
  readonly folder: string;
  /** Commits files on top of a branch or commit and points a ref at it; answers with the commit's id. */
  commit(ref: string, files: Readonly<Record<string, string>>, options?: CommitOptions): Promise<string>;
  git(...args: readonly string[]): string;
}

export interface CommitOptions {
  /** Absent = on top of the ref itself. */
  readonly onto?: string;
  readonly message?: string;
  /** A submodule: path → commit. */
  readonly submodules?: Readonly<Record<string, string>>;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** @param tls - a certificate for 127.0.0.1, for `https` */
export async function startGitServer(tls?: { readonly cert: string; readonly key: string }): Promise<GitServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-git-server-'));
  const username = 'builder';
  const password = 'p4ss wörd/&"';
  const requests: string[] = [];
  const statuses: number[] = [];
  const large = new Map<string, Buffer>();
  const gates: { arrived(): void; readonly open: Promise<void> }[] = [];
  const expected = `Basic ${base64(`${username}:${password}`)}`;
  let appKey: KeyObject | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { authorization } = request.headers;
    requests.push(`${request.method} ${request.url}${authorization === undefined ? '' : ' with credentials'}`);
    const status = statuses.shift();
    if (status !== undefined) return void response.writeHead(status).end();
    if (request.url === '/api/v3/app/installations/7/access_tokens') return answerApp(request, response, appKey);
    if (authorization !== expected && authorization !== `Basic ${base64(`x-access-token:${APP_TOKEN}`)}`) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
    }
    const gate = gates.shift();
    gate?.arrived();
    await gate?.open;
    if (request.url?.includes('/info/lfs/') === true) return answerLfs(request, response, large);
    runBackend(request, response, folder);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await listen(server)}`;
  return {
    url,
    folder,
    username,
    password,
    requests,
    answerWith: (...next) => void statuses.push(...next),
    hold: () => {
      const arrived = Promise.withResolvers<void>();
      const open = Promise.withResolvers<void>();
      gates.push({ arrived: arrived.resolve, open: open.promise });
      return { arrived: arrived.promise, release: open.resolve };
    },
    allowApp: (publicKey) => void (appKey = publicKey),
    keepLarge: (content) => {
      const oid = createHash('sha256').update(content).digest('hex');
      large.set(oid, Buffer.from(content));
      return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${Buffer.byteLength(content)}\n`;
    },
    create: async (path, files) => createRepository(folder, url, path, files),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the git server has no port');
  return address.port;
}

const APP_TOKEN = 'ghs_token-of-an-installation';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** As GitHub does: a statement that the app has signed, of now, for a token. */
function answerApp(request: IncomingMessage, response: ServerResponse, key: KeyObject | undefined): void {
  const [head = '', claims = '', signature = ''] =
    request.headers.authorization?.replace('Bearer ', '').split('.') ?? [];
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Record<string, unknown>;
  const now = Date.now() / 1_000;
  const isSigned =
    key !== undefined &&
    verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  const isOfNow = Number(iat) <= now && Number(exp) > now && Number(exp) - Number(iat) <= 600;
  const isGiven = isSigned && isOfNow && iss === '42' && request.method === 'POST';
  response.writeHead(isGiven ? 201 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isGiven ? { token: APP_TOKEN } : { message: 'Bad credentials' }));
}

/** Downloads as git-lfs asks for them: where the objects are, then the objects. */
async function answerLfs(
  request: IncomingMessage,
  response: ServerResponse,
  objects: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const oid = /\/info\/lfs\/object\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
  if (oid !== undefined) return void response.writeHead(200).end(objects.get(oid));
  const asked = JSON.parse(await text(request)) as { readonly objects: readonly { readonly oid: string }[] };
  const base = `http://${request.headers.host}${request.url?.replace(/\/objects\/batch$/, '/object')}`;
  const { authorization } = request.headers;
  const found = asked.objects.map((object) => ({
    ...object,
    actions: { download: { href: `${base}/${object.oid}`, header: { authorization } } },
  }));
  response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' });
  response.end(JSON.stringify({ transfer: 'basic', objects: found }));
}

/** CGI: the request by variables and standard input, the answer by standard output, its head in front. */
function runBackend(request: IncomingMessage, response: ServerResponse, folder: string): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { headers } = request;
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_USER: 'builder',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined); // it has seen enough
  let head = Buffer.alloc(0);
  let isBody = false;
  backend.stdout.on('data', (chunk: Buffer) => {
    if (isBody) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    isBody = true;
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
  });
  backend.on('close', () => response.end());
}

function writeHead(response: ServerResponse, head: string): void {
  const fields = head
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  const status = Number.parseInt(fields.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
  response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name !== 'Status')));
}

async function createRepository(
  root: string,
  url: string,
  path: string,
  files: Readonly<Record<string, string>>,
): Promise<TestRepository> {
  const folder = join(root, path);
  await mkdir(folder, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...IDENTITY },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--bare', '--initial-branch=main');
  const repository: TestRepository = {
    url: `${url}/${path}`,
    folder,
    git,
    commit: async (ref, changed, options = {}) => commitFiles(folder, ref, changed, options),
  };
  await repository.commit('refs/heads/main', files, { message: 'first' });
  return repository;
}

/** With a work tree made for the purpose. */
async function commitFiles(
  folder: string,
  ref: string,
  files: Readonly<Record<string, string>>,
  options: CommitOptions,
): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'bridle-tree-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], {
      cwd: tree,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        ...IDENTITY,
        GIT_DIR: folder,
        GIT_WORK_TREE: tree,
        GIT_INDEX_FILE: join(tree, '.index'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  try {
    const parent = findRef(git, options.onto ?? ref);
    if (parent !== undefined) {
      git('read-tree', parent);
      git('checkout-index', '--all', '--force');
    }
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(tree, name)), { recursive: true });
      await writeFile(join(tree, name), content);
    }
    if (Object.keys(files).length > 0) git('add', '--force', '--', ...Object.keys(files));
    for (const [path, commit] of Object.entries(options.submodules ?? {})) {
      git('update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
    }
    const written = git('write-tree');
    const parents = parent === undefined ? [] : ['-p', parent];
    const commit = git('commit-tree', written, ...parents, '-m', options.message ?? 'next');
    git('update-ref', ref, commit);
    return commit;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

function findRef(git: (...args: readonly string[]) => string, name: string): string | undefined {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  } catch {
    return undefined;
  }
}
