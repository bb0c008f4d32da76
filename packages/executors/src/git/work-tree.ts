/** Which part of the files is checked out, and the submodules in it. */
import type { CloneSpec } from './clone-spec.ts';
import type { Git } from './git-command.ts';

/** Before anything is fetched. Plain folders are git's fast "cone" way; anything else is patterns as in `.gitignore`. */
export async function setSparse(git: Git, patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const isCone = patterns.every((pattern) => /^\/?[^!#*?[\]\\/-][^!*?[\]\\]*$/.test(pattern));
  const names = isCone ? patterns.map((pattern) => pattern.replace(/^\/+|\/+$/g, '')) : patterns;
  await git.run(['sparse-checkout', 'init', isCone ? '--cone' : '--no-cone'], 'set up the sparse checkout');
  await git.run(['sparse-checkout', 'set', '--end-of-options', ...names], 'set up the sparse checkout');
}

export async function checkOutSubmodules(git: Git, spec: CloneSpec): Promise<void> {
  if (spec.submodules === 'none') return;
  // Their folders may be there still, without the clone they were part of.
  if (git.wasCloned) await removeFolders(git, await submodulePaths(git));
  const args = ['submodule', 'update', '--init', '--force'];
  if (spec.submodules === 'recursive') args.push('--recursive');
  if (spec.depth > 0) args.push(`--depth=${spec.depth}`);
  await git.talk(args, 'check out the submodules');
}

async function submodulePaths(git: Git): Promise<readonly string[]> {
  const output = await git.run(['ls-files', '--stage', '-z'], 'list the submodules', { isQuiet: true });
  return [...output.matchAll(/(?:^|\0)160000 [0-9a-f]+ \d\t([^\0]+)/g)].flatMap((match) => match[1] ?? []);
}

/** By a process of the step's user, who may remove no more than the step itself may. */
async function removeFolders(git: Git, paths: readonly string[]): Promise<void> {
  const folders = paths.map((path) => `./${path}`);
  if (folders.length > 0)
    await git.program('rm', ['-rf', '--', ...folders], { PATH: process.env['PATH'] ?? '/usr/bin:/bin' });
}
