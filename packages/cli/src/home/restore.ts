import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { homePaths, restoreHome } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { BackupSummary } from './backup-summary.ts';
import { readHomeSettings } from './home-settings.ts';
import { OWNER_PROGRAM } from './programs.ts';
import { tellFailure } from './tell-failure.ts';

export const restore: CommandAction = (context, input) =>
  tellFailure(context, async () => {
    const { terminal, folder, signal } = context;
    const [name = ''] = input.arguments;
    const { settings, environment } = readHomeSettings(context, input);
    const file = resolve(folder, name);
    if (!existsSync(file)) throw new UsageError(`There is no file ${name}.`, undefined, 5);
    const found = (await restoreHome({
      settings,
      file,
      program: OWNER_PROGRAM,
      env: environment,
      signal,
    })) as BackupSummary;
    const fields = input.options.fields();
    if (fields !== undefined) await printJson(terminal.out, { home: settings.home, ...found }, fields);
    else if (!terminal.isQuiet) for (const line of describe(found, settings.home)) await terminal.err.line(line);
    return 0;
  });

function describe({ version, takenAt, rows, files, hasKeys, secrets }: BackupSummary, home: string): readonly string[] {
  const when = new Date(takenAt).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');
  return [
    `${home} is as it was at ${when}, under Bridle ${version}: ${rows.toLocaleString('en')} rows.`,
    ...(files.kind === 's3'
      ? [`Its files are in the bucket ${files.bucket}: start it with the same BRIDLE_FILES settings.`]
      : []),
    ...(hasKeys ? [] : describeKeys(home, secrets)),
    'Start it with: bridle up, and the same --data',
  ];
}

function describeKeys(home: string, secrets: number): readonly string[] {
  return [
    `The backup has no master key. It has ${secrets} ${secrets === 1 ? 'secret' : 'secrets'}, which only the key of the old home opens.`,
    `Before the start, copy that key to ${homePaths(home).masterKeyFile}, or set BRIDLE_MASTER_KEY.`,
    'Lost for good? bridle admin give-up-master-key goes on with a new one, and without the values of those secrets.',
  ];
}
