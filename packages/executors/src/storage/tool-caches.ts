/**
 * Folders that build tools keep their downloads in, below the home of this process's user. Caches may save and restore these without
 * any setting: they hold what builds run anyway, and neither keys nor what is run at a login, unlike the rest of a home.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

const TOOL_CACHES = [
  '.m2',
  '.gradle',
  '.ivy2/cache',
  '.sbt/boot',
  '.npm',
  '.yarn/berry',
  '.pnpm-store',
  '.local/share/pnpm/store',
  '.cache',
  '.cargo/registry',
  '.cargo/git',
  '.rustup/toolchains',
  'go/pkg',
  '.nuget/packages',
  '.composer/cache',
  '.bundle/cache',
  '.gem',
  '.deno',
  '.bun/install/cache',
] as const;

export function toolCacheFolders(): readonly string[] {
  const home = homedir();
  return TOOL_CACHES.map((folder) => join(home, folder));
}
