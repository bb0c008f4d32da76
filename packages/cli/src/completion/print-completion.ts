import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { complete, type Candidate } from './complete.ts';
import { repositoryValues } from './repository-values.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

export const printScript: CommandAction = async ({ terminal }, { arguments: [name = ''] }) => {
  await terminal.out.write(SCRIPTS[readShell(name)]);
  return 0;
};

/** Called by the scripts at each Tab: one candidate a line, as the shell wants it. */
export const printCandidates: CommandAction = async (context, { arguments: [name = '', ...words] }) => {
  const { terminal, folder, commands, families } = context;
  const shell = readShell(name);
  const candidates = complete(words, {
    commands: commands.filter(({ isHidden }) => isHidden !== true),
    families,
    values: repositoryValues(folder),
  });
  for (const candidate of candidates) await terminal.out.line(print(candidate, shell));
  return 0;
};

function print({ value, description }: Candidate, shell: Shell): string {
  const told = (description ?? '').replaceAll(/\s+/g, ' ').trim();
  switch (shell) {
    case 'bash':
      return value;
    case 'zsh':
      return told === '' ? value.replaceAll(':', '\\:') : `${value.replaceAll(':', '\\:')}:${told}`;
    case 'fish':
      return told === '' ? value : `${value}\t${told}`;
  }
}

function readShell(name: string): Shell {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined)
    throw new UsageError(`There is no completion for "${name}".`, `Shells: ${SHELLS.join(', ')}.`);
  return shell;
}
