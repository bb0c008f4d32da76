import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import { findFolders } from '../repository/find-folders.ts';
import { makeStarter } from './starter.ts';

/** Nothing is overwritten: what is there already stays, and nothing is written beside it. */
export const init: CommandAction = async ({ terminal, folder }, { arguments: [given], options }) => {
  const root = given === undefined ? findFolders(folder).root : resolve(folder, given);
  const files = makeStarter(options.text('name') ?? basename(root));
  const taken = files.find(({ path }) => existsSync(join(root, path)));
  if (taken !== undefined) {
    throw new UsageError(`${shownPath(join(root, taken.path), folder)} is there already.`, 'Nothing was written.');
  }
  for (const { path, text } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    await terminal.out.line(shownPath(file, folder));
  }
  if (!terminal.isQuiet)
    await terminal.err.line(`${terminal.symbols.success} Now try: bridle plan, bridle run, bridle test`);
  return 0;
};
