/** A registry of images with a login, for tests: the one that Debian's `docker-registry` brings, as a child of the test. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../process/shells.ts';

export const REGISTRY_USER = 'builder';
export const REGISTRY_PASSWORD = 'correct horse';
/** Of the password; a registry takes no other form. */
const BCRYPT = '$2b$04$COYVJ2mIlcE9XMxnDJve4eiQECayNkewyfMr2O/z.a2BFonjc/ZiO';

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Answers with the digest of the image that the registry has. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Missing where nobody installed it. */
export function findRegistryProgram(): string | undefined {
  return findProgram('docker-registry', process.env['PATH'] ?? '');
}

export async function startRegistry(): Promise<TestRegistry> {
  const program = findRegistryProgram();
  if (program === undefined)
    throw new Error('This test needs a registry (on Debian: apt-get install docker-registry).');
  const folder = await mkdtemp(join(tmpdir(), 'bridle-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  await writeFile(join(folder, 'users'), `${REGISTRY_USER}:${BCRYPT}\n`);
  await writeFile(
    join(folder, 'config.yml'),
    JSON.stringify({
      version: '0.1',
      storage: { inmemory: {} },
      http: { addr: host, secret: 'of a test' },
      auth: { htpasswd: { realm: 'test', path: join(folder, 'users') } },
    }),
  );
  const child = spawn(program, ['serve', join(folder, 'config.yml')], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', OTEL_TRACES_EXPORTER: 'none' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const authorization = `Basic ${Buffer.from(`${REGISTRY_USER}:${REGISTRY_PASSWORD}`).toString('base64')}`;
  await answering(`http://${host}/v2/`, () => child.exitCode !== null);
  return {
    host,
    digestOf: async (repository, tag) => {
      const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
        method: 'HEAD',
        headers: { authorization, accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      });
      return answer.ok ? (answer.headers.get('docker-content-digest') ?? undefined) : undefined;
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answering(url: string, hasEnded: () => boolean): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return;
    if (hasEnded()) throw new Error('The registry ended before it answered.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
