import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import { createSources, shownPath } from '../diagnostics/sources.ts';
import { readText } from '../repository/choose-pipeline.ts';
import { listYamlFiles } from '../repository/find-folders.ts';
import {
  findRootKey,
  makeRepositoryFile,
  readRepositoryFile,
  type RepositoryFile,
} from '../repository/repository-file.ts';
import { openRepository, openRepositoryOf, type Repository } from '../repository/repository.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERSION } from '../version.ts';
import { checkFile } from './check-file.ts';
import { count, plural, type CheckedFile } from './checked-file.ts';
import { toGithubCommands } from './print-github.ts';
import { toJsonReport } from './print-json.ts';
import { toSarif } from './print-sarif.ts';

const STANDARD_INPUT = '-';

interface Wanted {
  readonly file: RepositoryFile;
  readonly repository: Repository;
}

export const validate: CommandAction = async ({ terminal, folder }, { arguments: given, options }) => {
  const wanted = given.length === 0 ? listAll(folder) : given.flatMap((name) => open(folder, name));
  const checked = wanted.flatMap(({ file, repository }): readonly CheckedFile[] => {
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

function listAll(folder: string): readonly Wanted[] {
  const repository = openRepository(folder);
  const files = repository.harnessFolders.flatMap(listYamlFiles).flatMap((path) => readRepositoryFile(path) ?? []);
  if (files.length > 0) return files.map((file) => ({ file, repository }));
  throw new UsageError('There is no .harness folder with documents here or above.', 'Name the files to check.', 5);
}

function open(folder: string, name: string): readonly Wanted[] {
  if (name === STANDARD_INPUT) return [openStandardInput(folder)];
  const path = resolve(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    const files = listYamlFiles(path).flatMap((each) => readRepositoryFile(each) ?? []);
    if (files.length === 0) throw new UsageError(`${name} holds no documents of Bridle.`, undefined, 5);
    return files.map((file) => ({ file, repository: openRepositoryOf(file.path) }));
  }
  const text = readText(path, name);
  return [
    { file: makeRepositoryFile(path, findRootKey(text) ?? 'pipeline', text), repository: openRepositoryOf(path) },
  ];
}

/** For editors: the text as it stands there, with the repository around the caller. */
function openStandardInput(folder: string): Wanted {
  const text = readFileSync(0, 'utf8');
  const path = resolve(folder, '(standard input)');
  const file = makeRepositoryFile(path, findRootKey(text) ?? 'pipeline', text);
  return { file, repository: openRepository(folder) };
}

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
