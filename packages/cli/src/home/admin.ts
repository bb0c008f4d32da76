import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { useDatabase } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import { readHomeSettings } from './home-settings.ts';
import { ADMIN_PROGRAM } from './programs.ts';
import { tellFailure } from './tell-failure.ts';

export const admin: CommandAction = (context, input) =>
  tellFailure(context, async () => {
    const { settings, environment } = readHomeSettings(context, input);
    const words = [...input.arguments, ...(input.options.isOn('yes') ? ['--yes'] : [])];
    return await useDatabase(settings, async (databaseUrl) => {
      const child = spawn(process.execPath, [ADMIN_PROGRAM, ...words], {
        stdio: 'inherit',
        env: { ...environment, BRIDLE_HOME: settings.home, DATABASE_URL: databaseUrl },
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code === 0 || code === 2 ? code : 1;
    });
  });
