import { resolve } from 'node:path';
import { upgradeHome } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import { VERSION } from '../version.ts';
import { readHomeSettings } from './home-settings.ts';
import { OWNER_PROGRAM } from './programs.ts';
import { tellFailure } from './tell-failure.ts';

export const upgrade: CommandAction = (context, input) =>
  tellFailure(context, async () => {
    const { terminal, folder, signal } = context;
    const { settings, environment } = readHomeSettings(context, input);
    const binaries = input.options.text('binaries');
    const say = async (text: string): Promise<void> => {
      if (!terminal.isQuiet) await terminal.err.line(text);
    };
    const outcome = await upgradeHome({
      settings,
      version: VERSION,
      program: OWNER_PROGRAM,
      env: environment,
      signal,
      onStep: (text) => void say(`${text} ${terminal.symbols.ellipsis}`),
      ...(binaries === undefined ? {} : { binaries: resolve(folder, binaries) }),
    });
    if (outcome.kind === 'current') {
      await say('There is nothing to upgrade: the data are of the PostgreSQL that this release brings.');
      return 0;
    }
    const { from, to, oldDirectory } = outcome;
    await say(
      `${terminal.symbols.success} PostgreSQL ${from} ${terminal.symbols.arrow} ${to}. Start it with: bridle up`,
    );
    await say(`The old data are kept in ${oldDirectory}: delete the folder when you are content.`);
    return 0;
  });
