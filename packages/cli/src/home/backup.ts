import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { VERSION } from '../version.ts';
import { askHome } from './ask-home.ts';
import type { BackupSummary } from './backup-summary.ts';
import { readHomeSettings } from './home-settings.ts';
import { printBytes } from './sizes.ts';
import { tellFailure } from './tell-failure.ts';

export const backup: CommandAction = (context, input) =>
  tellFailure(context, async () => {
    const { terminal, folder, signal } = context;
    const [name = ''] = input.arguments;
    const { options } = input;
    const home = readHomeSettings(context, input);
    const file = resolve(folder, name);
    if (existsSync(file))
      throw new UsageError(`${name} is there already.`, 'Choose another name: nothing is overwritten.');
    if (!existsSync(dirname(file))) throw new UsageError(`There is no folder ${dirname(file)}.`, undefined, 5);
    const withKeys = options.isOn('with-keys');
    const request = { kind: 'backup', file, version: VERSION, withKeys, withFiles: true };
    const made = (await askHome(request, home, signal)) as BackupSummary;
    const fields = options.fields();
    if (fields !== undefined) await printJson(terminal.out, { file, ...made }, fields);
    else if (!terminal.isQuiet) for (const line of describe(name, made)) await terminal.err.line(line);
    if (fields !== undefined || terminal.isQuiet) return 0;
    const { style } = terminal.err;
    await terminal.err.line(
      withKeys
        ? style.yellow(
            `${terminal.symbols.warning} It holds the master key: whoever has the file can read all secrets.`,
          )
        : style.faint('Without the master key: keep keys/ of the home elsewhere, or secrets are lost with it.'),
    );
    return 0;
  });

function describe(name: string, { rows, bytes, files }: BackupSummary): readonly string[] {
  const lines = [`${name}: ${rows.toLocaleString('en')} rows, ${describeFiles(files)}, ${printBytes(bytes)}`];
  if (files.kind === 'folder' && files.missing.length > 0) {
    lines.push(
      `${files.missing.length} files that the database names are not there: ${files.missing.slice(0, 3).join(', ')}`,
    );
  }
  return lines;
}

function describeFiles(files: BackupSummary['files']): string {
  if (files.kind === 's3') return `without the files in the bucket ${files.bucket}`;
  return files.kind === 'folder' ? `${files.count.toLocaleString('en')} files` : 'no files';
}
