/**
 * A Bridle that runs on this machine: where it answers, and its administrator's token for whoever owns it.
 *
 * Invariants:
 * - L1 The token is taken only while the process that holds the home runs, and only when its file belongs to this user and
 *   nobody else can read it: another user's server may listen where ours would.
 */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Layer } from './settings.ts';

/** Where a server listens that was not told otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:7070';

const ROOT_HOME = '/var/lib/bridle';

interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
  /** Absent where the system has no such numbers. */
  readonly userId: number | undefined;
}

export function localHomeLayer(machine: Machine): Layer {
  const home = homeOf(machine);
  const pid = readHolder(join(home, 'bridle.lock'));
  if (pid === undefined || !isAlive(pid)) return {};
  const from = `the Bridle that runs in ${home}`;
  const token = readOwn(join(home, 'admin-token'), machine.userId);
  const url = readUrl(join(home, 'running.json')) ?? urlOf(machine.environment);
  return { url: { value: url, from }, ...(token === undefined ? {} : { token: { value: token, from } }) };
}

function homeOf({ environment, userHome, userId }: Machine): string {
  const given = environment['BRIDLE_HOME']?.trim() ?? '';
  if (given === '~' || given.startsWith('~/')) return join(userHome, given.slice(1));
  if (given !== '') return resolve(given);
  return userId === 0 ? ROOT_HOME : join(userHome, '.bridle');
}

function urlOf(environment: Machine['environment']): string {
  const port = environment['BRIDLE_PORT']?.trim() ?? '';
  return /^[1-9]\d{0,4}$/.test(port) ? `http://127.0.0.1:${port}` : DEFAULT_URL;
}

/** Where it said that it answers; 0.0.0.0 and the like are no addresses to speak to, and the server says another one then. */
function readUrl(path: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof content !== 'object' || content === null || !('url' in content)) return undefined;
    return typeof content.url === 'string' && URL.canParse(content.url) ? content.url : undefined;
  } catch {
    return undefined;
  }
}

function readHolder(path: string): number | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof content !== 'object' || content === null || !('pid' in content)) return undefined;
    return typeof content.pid === 'number' && Number.isSafeInteger(content.pid) ? content.pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOwn(path: string, userId: number | undefined): string | undefined {
  try {
    const { uid, mode } = statSync(path);
    if (userId !== undefined && (uid !== userId || (mode & 0o077) !== 0)) return undefined;
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
