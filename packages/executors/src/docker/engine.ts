/**
 * The Docker engine of this host.
 *
 * It is found as Docker's own tools find it: `DOCKER_HOST` (with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`), else the usual socket.
 * The client library is loaded only for work: each spawn of a step costs time in proportion to this process's memory.
 */
import { statSync } from 'node:fs';
import { request, type RequestOptions } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { findEnginePaths, type ToEnginePath } from './engine-paths.ts';

const FIND_MS_MAX = 5_000;

/** What a delegate says of its engine. */
export interface EngineVersion {
  readonly version: string;
  /** Of its containers, in Node's words: `linux`, `x64`. */
  readonly os: string;
  readonly arch: string;
}

export interface Engine extends EngineVersion {
  readonly client: Dockerode;
  /** A path of this process as the engine sees it. */
  readonly toEnginePath: ToEnginePath;
  /** A small first process in each container passes signals on and collects the dead; false once the engine turned out to have none. */
  hasInit: boolean;
}

/** `undefined` when no engine answers. */
export async function findEngine(): Promise<Engine | undefined> {
  const version = await findEngineVersion();
  if (version === undefined) return undefined;
  const { default: Docker } = await import('dockerode');
  const client = new Docker();
  return { ...version, client, toEnginePath: await findEnginePaths(client), hasInit: true };
}

/** `undefined` when no engine answers. Does without the client library where it can. */
export async function findEngineVersion(): Promise<EngineVersion | undefined> {
  const address = plainAddress();
  try {
    if (address === 'none') return undefined;
    const asked = address === undefined ? askByLibrary() : ask(address);
    const said = await Promise.race([asked, setTimeout(FIND_MS_MAX, undefined, { ref: false })]);
    return said === undefined ? undefined : readVersion(said);
  } catch {
    return undefined; // nobody there, not allowed, or an address nobody can read: all the same to a step
  }
}

/** Where an engine is that is reached without TLS or SSH. */
function plainAddress(): RequestOptions | 'none' | undefined {
  const host = process.env['DOCKER_HOST'] ?? '';
  if (host.startsWith('unix://') && host.length > 'unix://'.length) return { socketPath: host.slice('unix://'.length) };
  if (host !== '' || process.platform === 'win32') return undefined;
  const socketPath = [join(homedir(), '.docker', 'run', 'docker.sock'), '/var/run/docker.sock'].find(
    (path) => statSync(path, { throwIfNoEntry: false })?.isSocket() === true,
  );
  return socketPath === undefined ? 'none' : { socketPath };
}

async function ask(address: RequestOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ ...address, path: '/version', timeout: FIND_MS_MAX, agent: false }, (answer) => {
      json(answer).then(resolve, reject);
    });
    call.on('timeout', () => call.destroy(new Error('the engine does not answer')));
    call.on('error', reject);
    call.end();
  });
}

async function askByLibrary(): Promise<unknown> {
  const { default: Docker } = await import('dockerode');
  return new Docker().version();
}

const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x64', '386': 'ia32' };

function readVersion(said: unknown): EngineVersion | undefined {
  if (typeof said !== 'object' || said === null || !('Version' in said) || typeof said.Version !== 'string')
    return undefined;
  const os = 'Os' in said ? String(said.Os) : 'linux';
  const arch = 'Arch' in said ? String(said.Arch) : '';
  return { version: said.Version, os: os === 'windows' ? 'win32' : os, arch: ARCHITECTURES[arch] ?? arch };
}

/** Variables that say where the engine is; they hold no secrets. */
export function engineEnvironment(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'HOME', 'SSH_AUTH_SOCK']) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** For the author of a step: which engine was asked. */
export function engineAddress(): string {
  return process.env['DOCKER_HOST'] || 'the Docker socket of this host';
}

/** What the engine said was wrong; never a stack trace. */
export function engineProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said: unknown = 'json' in error ? error.json : undefined;
  if (typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string')
    return said.message.trim();
  if (statusOf(error) === undefined && 'code' in error)
    return `the Docker engine cannot be reached (${String(error.code)})`;
  return error.message.replace(/^\(HTTP code \d+\) /, '').trim();
}

/** The HTTP status of the engine's answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}
