import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { useDatabase } from '@bridle/launcher';
import type { CommandAction, CommandContext, CommandInput } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { readHomeSettings } from './home-settings.ts';
import { ADMIN_PROGRAM } from './programs.ts';
import { tellFailure } from './tell-failure.ts';

export const admin: CommandAction = (context, input) =>
  run(context, input, [...input.arguments, ...(input.options.isOn('yes') ? ['--yes'] : [])]);

export const rotateAdminToken: CommandAction = (context, input) => run(context, input, ['rotate-admin-token']);

function run(context: CommandContext, input: CommandInput, words: readonly string[]): Promise<ExitCode> {
  return tellFailure(context, async () => {
    const { settings, environment } = readHomeSettings(context, input);
    return await useDatabase(settings, async (databaseUrl) => {
      const child = spawn(process.execPath, [ADMIN_PROGRAM, ...words], {
        stdio: 'inherit',
        env: { ...environment, BRIDLE_HOME: settings.home, DATABASE_URL: databaseUrl },
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code === 0 || code === 2 ? code : 1;
    });
  });
}
