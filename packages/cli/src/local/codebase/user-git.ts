/**
 * Reads the user's repository with their own git.
 *
 * - U1 Nothing is written: no lock, no refreshed index, no hook, no file system monitor is started.
 */
import { execFile } from 'node:child_process';

/** Of one answer; a list of a million paths fits. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const GIT_MS_MAX = 120_000;

/** Whoever runs a pipeline of a repository trusts it, also where it belongs to somebody else (a mounted folder, a container). */
const SETTINGS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'log.showSignature=false', 'safe.directory=*'];
const QUIET = ['--no-optional-locks', ...SETTINGS.flatMap((setting) => ['-c', setting])];

/** What git says; `undefined` when it cannot say it, or is not there. */
export function askGit(folder: string, args: readonly string[]): Promise<string | undefined> {
  const environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  // Variables of a hook that called us would point git somewhere else.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'])
    Reflect.deleteProperty(environment, name);
  return new Promise((resolve) => {
    execFile(
      'git',
      [...QUIET, '-C', folder, ...args],
      { env: environment, maxBuffer: ANSWER_BYTES_MAX, timeout: GIT_MS_MAX },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });
}

export async function askGitLine(folder: string, args: readonly string[]): Promise<string | undefined> {
  const line = (await askGit(folder, args))?.trim();
  return line === '' ? undefined : line;
}
