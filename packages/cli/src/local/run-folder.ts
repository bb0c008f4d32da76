/**
 * Where runs keep what they need on disk: `runs/ID` for as long as one lasts, `caches` for ever.
 *
 * ```
 * runs/ID/owner   the process that uses it
 * runs/ID/work    folders of steps and stages
 * runs/ID/pipes   named pipes before they are used
 * caches          what SaveCache keeps
 * ```
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';

export interface RunFolder {
  /** Path- and shell-safe: names the run's processes and containers. */
  readonly mark: string;
  readonly path: string;
  readonly work: string;
  readonly pipes: string;
  readonly caches: string;
}

const MARK_BYTES = 9;
const MARK = /^[0-9a-f]{18}$/;

/** @throws UsageError */
export async function makeRunFolder(environment: Readonly<Record<string, string | undefined>>): Promise<RunFolder> {
  const home = homeOf(environment);
  const runs = join(home, 'runs');
  const mark = randomBytes(MARK_BYTES).toString('hex');
  const path = join(runs, mark);
  const [work, pipes] = [join(path, 'work'), join(path, 'pipes')];
  try {
    for (const folder of [path, work, pipes]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(path, 'owner'), String(process.pid));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      `The run has no place on disk: ${path} cannot be made (${String(error.code)}).`,
      'Name another folder with BRIDLE_CACHE.',
    );
  }
  await removeAbandoned(runs);
  return { mark, path, work, pipes, caches: join(home, 'caches') };
}

/** `BRIDLE_CACHE`, else where this system keeps caches of its users. */
function homeOf(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['BRIDLE_CACHE'];
  if (own !== undefined && own !== '') return resolve(own);
  const shared = environment['XDG_CACHE_HOME'];
  if (shared !== undefined && shared !== '') return resolve(shared, 'bridle');
  return process.platform === 'darwin' ? join(homedir(), 'Library/Caches/bridle') : join(homedir(), '.cache/bridle');
}

/** Of runs that neither ended nor were cleaned up behind: the machine went down. */
async function removeAbandoned(runs: string): Promise<void> {
  for (const name of await readdir(runs)) {
    const path = join(runs, name);
    if (!MARK.test(name) || (await isOwned(path))) continue;
    await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined); // files of containers: another time
  }
}

async function isOwned(path: string): Promise<boolean> {
  const pid = Number(await readFile(join(path, 'owner'), 'utf8').catch(() => ''));
  if (!Number.isSafeInteger(pid) || pid <= 0) return true; // it is being made
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
