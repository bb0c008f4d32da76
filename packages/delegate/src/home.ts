/**
 * The delegate's folder on disk.
 *
 * ```
 * installation   id of this installation, stable over restarts
 * owner          the process that uses the folder
 * mark           marker of the processes that the last delegate process started
 * work/          folders of steps and stages
 * pipes/         named pipes before they are used
 * spool/         what the server does not have of logs: also of processes that have ended, until it is delivered
 * reports/       reports that wait for the next start
 * ```
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Another delegate process uses the folder. */
export class HomeInUse extends Error {
  override readonly name = 'HomeInUse';
}

export interface Home {
  readonly folder: string;
  readonly installation: string;
  /** Marker prefix for the processes of this delegate process: says nothing about the incarnation, which is a credential. */
  readonly mark: string;
  /** That of the process before, whose leftovers are to be killed. */
  readonly earlierMark: string | undefined;
  readonly work: string;
  readonly pipes: string;
  readonly spool: string;
  readonly reports: string;
  /** Gives the folder free. */
  close(): Promise<void>;
}

/** @throws HomeInUse */
export async function openHome(folder: string): Promise<Home> {
  const paths = {
    work: join(folder, 'work'),
    pipes: join(folder, 'pipes'),
    spool: join(folder, 'spool'),
    reports: join(folder, 'reports'),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await takeOwnership(folder);
  for (const path of Object.values(paths)) await mkdir(path, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(paths.pipes)) await rm(join(paths.pipes, entry), { recursive: true, force: true });
  const installation = (await readText(join(folder, 'installation'))) ?? randomBytes(12).toString('hex');
  await replace(join(folder, 'installation'), installation);
  const earlierMark = await readText(join(folder, 'mark'));
  const mark = randomBytes(9).toString('hex');
  return {
    folder,
    installation,
    mark,
    earlierMark,
    ...paths,
    close: () => rm(join(folder, 'owner'), { force: true }),
  };
}

/** Lets another user, that of the steps, through to their folders below `work`, and to nothing else. */
export async function openForSteps(home: Home): Promise<void> {
  for (const entry of await readdir(home.folder, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(home.folder, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
  for (const folder of [home.folder, home.work]) await chmod(folder, 0o711);
}

/** Call when nothing of the earlier process is left. */
export async function keepMark(home: Home): Promise<void> {
  await replace(join(home.folder, 'mark'), home.mark);
}

async function takeOwnership(folder: string): Promise<void> {
  const path = join(folder, 'owner');
  const mine = JSON.stringify({ pid: process.pid, since: await startOf(process.pid) });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(path, mine, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    }
    const pid = await livingOwner(path);
    if (pid !== undefined)
      throw new HomeInUse(
        `Another delegate (process ${pid}) already uses ${folder}. Give each delegate its own --home.`,
      );
    await rm(path, { force: true });
  }
  throw new HomeInUse(`Another delegate is starting in ${folder}.`);
}

async function livingOwner(path: string): Promise<number | undefined> {
  try {
    const owner = JSON.parse(await readFile(path, 'utf8')) as { readonly pid: number; readonly since: string };
    process.kill(owner.pid, 0);
    return (await startOf(owner.pid)) === owner.since ? owner.pid : undefined;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    const isForeign = error instanceof Error && 'code' in error && error.code === 'EPERM';
    return isForeign ? -1 : undefined;
  }
}

/** Tells one process from a later one with the same pid; empty where the system does not say. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function readText(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, `${text}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
