import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import { createSources, shownPath } from '../diagnostics/sources.ts';
import { listNamedFiles } from '../repository/named-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERSION } from '../version.ts';
import { checkFile } from './check-file.ts';
import { count, plural, type CheckedFile } from './checked-file.ts';
import { toGithubCommands } from './print-github.ts';
import { toJsonReport } from './print-json.ts';
import { toSarif } from './print-sarif.ts';

export const validate: CommandAction = async ({ terminal, folder }, { arguments: names, options }) => {
  const checked = listNamedFiles(folder, names).flatMap(({ file, repository }): readonly CheckedFile[] => {
    const diagnostics = checkFile(file, repository);
    if (diagnostics === undefined) return [];
    const sources = createSources(file, repository, folder);
    const findings = diagnostics.map((diagnostic) => ({ diagnostic, source: sources.of(diagnostic) }));
    return [{ name: shownPath(file.path, folder), findings }];
  });
  const fields = options.fields();
  if (fields === undefined) await print(checked, options.text('format') ?? 'text', terminal);
  else await printJson(terminal.out, toJsonReport(checked), fields);
  const { errors, warnings } = count(checked);
  return errors > 0 || (warnings > 0 && options.isOn('strict')) ? 1 : 0;
};

async function print(checked: readonly CheckedFile[], format: string, terminal: Terminal): Promise<void> {
  switch (format) {
    case 'json':
      return printJson(terminal.out, toJsonReport(checked), []);
    case 'sarif':
      return printJson(terminal.out, toSarif(checked, VERSION), []);
    case 'github':
      for (const command of toGithubCommands(checked)) await terminal.out.line(command);
      return;
    default:
      return printText(checked, terminal);
  }
}

async function printText(checked: readonly CheckedFile[], { out, err, symbols, isQuiet }: Terminal): Promise<void> {
  for (const { diagnostic, source } of checked.flatMap(({ findings }) => findings)) {
    await out.line(`${describeDiagnostic(diagnostic, source, out.style)}\n`);
  }
  if (isQuiet) return;
  const { files, errors, warnings } = count(checked);
  const found = [plural(errors, 'error'), plural(warnings, 'warning')].join(', ');
  const summary = `${plural(files, 'document')} checked: ${found}`;
  await err.line(
    errors > 0 ? err.style.red(`${symbols.failure} ${summary}`) : err.style.green(`${symbols.success} ${summary}`),
  );
}
