/**
 * Where a clone goes.
 *
 * - F1 Below the workspace and nowhere else, links on the way included; the workspace itself only for the implicit clone.
 * - F2 A `.git` that is already there is thrown away: its hooks and settings are somebody else's.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { chown, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { StepWorkspace } from '../workspace.ts';
import { SpecError } from '../step-spec.ts';

/** What containers call the workspace. */
const CONTAINER_WORKSPACE = '/harness';

export interface CloneFolder {
  readonly path: string;
  /** As its author would write it: relative to the workspace, `.` for the workspace itself. */
  readonly shown: string;
  /** There was a clone before. */
  readonly wasCloned: boolean;
}

/** @param wanted - `cloneDirectory`; `undefined` = `repository`, the default */
export function findCloneFolder(workspace: StepWorkspace, wanted: string | undefined, repository: string): CloneFolder {
  const parts = partsBelow(wanted ?? repository, workspace.folder);
  // The language refuses this of steps that people write; the plan writes it for the implicit clone.
  if (parts.length === 0 && wanted !== CONTAINER_WORKSPACE)
    throw new SpecError('cloneDirectory may not be the workspace itself (/harness); name a folder below it.');
  if (parts.includes('..')) throw new SpecError(`cloneDirectory: "${wanted}" leads out of the workspace.`);
  if (parts[0] === '.git' || parts.includes('.git'))
    throw new SpecError(`cloneDirectory: "${wanted}" lies in the folder of another clone's own files.`);
  const path = join(workspace.folder, ...parts);
  assertInside(workspace.folder, path, wanted ?? repository);
  const wasCloned = lstatSync(join(path, '.git'), { throwIfNoEntry: false }) !== undefined;
  return { path, shown: parts.join('/') || '.', wasCloned };
}

function partsBelow(text: string, workspaceFolder: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u0000-\u001f]/.test(text)) throw new SpecError('cloneDirectory has characters that no folder should have.');
  let path = text.replaceAll('\\', '/');
  for (const prefix of [CONTAINER_WORKSPACE, workspaceFolder]) {
    if (path === prefix || path.startsWith(`${prefix}/`)) path = path.slice(prefix.length + 1);
  }
  if (path.startsWith('/')) throw new SpecError(`cloneDirectory: "${text}" lies outside of the workspace (/harness).`);
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** Follows what is there of the way. */
function assertInside(root: string, path: string, shown: string): void {
  const real = realpathSync(root);
  for (let folder = path; ; folder = dirname(folder)) {
    const info = lstatSync(folder, { throwIfNoEntry: false });
    if (info === undefined && folder !== root) continue;
    const isLink = info?.isSymbolicLink() === true && folder === path;
    const inside = relative(real, tryRealpath(folder));
    if (isLink || inside === '..' || inside.startsWith(`..${sep}`) || inside.startsWith('/'))
      throw new SpecError(`cloneDirectory: "${shown}" leads out of the workspace by a link.`);
    return;
  }
}

/** A link to nowhere is judged as a way out. */
function tryRealpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return '/';
  }
}

export async function makeCloneFolder(folder: CloneFolder, workspace: StepWorkspace): Promise<void> {
  const made = await mkdir(folder.path, { recursive: true });
  if (made !== undefined && workspace.owner !== undefined) {
    for (let path = folder.path; path.length >= made.length; path = dirname(path)) {
      await chown(path, workspace.owner.uid, workspace.owner.gid);
    }
  }
  const info = await lstat(folder.path);
  if (!info.isDirectory()) throw new SpecError(`cloneDirectory: ${folder.shown} is not a folder.`);
  if (folder.wasCloned) await rm(join(folder.path, '.git'), { recursive: true, force: true });
}
