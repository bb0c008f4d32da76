import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { complete, isServerValue, type Candidate, type CompletionValue, type ServerValue } from './complete.ts';
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
  const repository = repositoryValues(folder);
  const fromServer = new Map<CompletionValue, readonly Candidate[]>();
  const wanted = new Set<ServerValue>();
  const look = (): readonly Candidate[] =>
    complete(words, {
      commands: commands.filter(({ isHidden }) => isHidden !== true),
      families,
      values: (kind, place) => {
        if (!isServerValue(kind)) return repository(kind, place);
        if (!fromServer.has(kind)) wanted.add(kind);
        return fromServer.get(kind) ?? [];
      },
    });
  let candidates = look();
  if (wanted.size > 0) {
    const { serverValues } = await import('./server-values.ts');
    for (const kind of wanted) fromServer.set(kind, await serverValues(kind, words, context));
    candidates = look();
  }
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
