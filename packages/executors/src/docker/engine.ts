/**
 * The Docker engine of this host.
 *
 * It is found as Docker's own tools find it: `DOCKER_HOST` (with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`), else the usual socket.
 * The client library is loaded only when there is something to talk to: each spawn of a step costs time in proportion to this
 * process's memory.
 */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type Dockerode from 'dockerode';

const FIND_MS_MAX = 5_000;

const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x64', '386': 'ia32' };

export interface Engine {
  readonly client: Dockerode;
  readonly version: string;
  /** Of its containers, in Node's words: `linux`, `x64`. */
  readonly os: string;
  readonly arch: string;
  /** A small first process in each container passes signals on and collects the dead; false once the engine turned out to have none. */
  hasInit: boolean;
}

/** `undefined` when no engine answers. */
export async function findEngine(): Promise<Engine | undefined> {
  if (!isWorthAsking()) return undefined;
  const { default: Docker } = await import('dockerode');
  try {
    const client = new Docker();
    const said = await Promise.race([client.version(), setTimeout(FIND_MS_MAX, undefined, { ref: false })]);
    if (said === undefined) return undefined;
    const { Version: version, Os: os, Arch: arch } = said;
    return { client, version, os: os === 'windows' ? 'win32' : os, arch: ARCHITECTURES[arch] ?? arch, hasInit: true };
  } catch {
    return undefined; // nobody there, not allowed, or an address nobody can read: all the same to a step
  }
}

/** Names of variables that say where the engine is; they hold no secrets. */
export const ENGINE_VARIABLES = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'HOME'] as const;

function isWorthAsking(): boolean {
  if (process.platform === 'win32' || (process.env['DOCKER_HOST'] ?? '') !== '') return true;
  return ['/var/run/docker.sock', join(homedir(), '.docker', 'run', 'docker.sock')].some(
    (path) => statSync(path, { throwIfNoEntry: false })?.isSocket() === true,
  );
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
