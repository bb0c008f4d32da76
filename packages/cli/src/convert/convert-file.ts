/** `bridle convert`: reads a file, writes what comes of it, and tells what does not. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { CommandAction, CommandContext } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import type { Stream, Terminal } from '../terminal/terminal.ts';
import { convert } from './convert.ts';
import { REPORT_LEVELS, SOURCE_SYSTEMS, type ConvertedFile, type ReportItem, type SourceSystem } from './result.ts';

export const convertFile: CommandAction = async (context, { arguments: [name = ''], options }) => {
  const { terminal, folder } = context;
  const from = options.text('from') ?? systemOf(name);
  const system = SOURCE_SYSTEMS.find((known) => known === from);
  if (system === undefined) {
    throw new UsageError(
      `The name ${name} does not tell what the file is written for.`,
      `Say it with --from: ${SOURCE_SYSTEMS.join(', ')}.`,
    );
  }
  const source = await readSource(name, context);
  const result = convert(source, system, { name: options.text('name') ?? nameOf(name) });
  if (result.kind === 'refused') {
    const fields = options.fields();
    if (fields !== undefined) await printJson(terminal.out, { diagnostics: result.diagnostics }, []);
    for (const diagnostic of result.diagnostics)
      await terminal.err.line(`${describeDiagnostic(diagnostic, { name, text: source }, terminal.err.style)}\n`);
    return 1;
  }
  const { files, report } = result;
  const output = options.text('output');
  const written = output === undefined ? [] : writeFiles(files, resolve(folder, output), folder, options.isOn('force'));
  const fields = options.fields();
  if (fields !== undefined) await printJson(terminal.out, { files, report, written }, fields);
  else if (output === undefined) await terminal.out.write(files[0]?.yaml ?? '');
  if (fields === undefined && !terminal.isQuiet) {
    await printReport(report, name, terminal);
    await printFiles(files, written, terminal);
  }
  return options.isOn('strict') && report.some(({ level }) => level === 'manual') ? 1 : 0;
};

/** What files of these systems are usually called. */
function systemOf(name: string): SourceSystem | undefined {
  const path = name.replaceAll('\\', '/');
  if (/(?:^|\/)\.?gitlab-ci[^/]*\.ya?ml$/.test(path)) return 'gitlab';
  if (/(?:^|\/)\.drone\.ya?ml$/.test(path)) return 'drone';
  return /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/.test(path) ? 'github' : undefined;
}

/** `.github/workflows/build.yml` → `build`; the usual name of a file says nothing. */
function nameOf(name: string): string {
  const stem = basename(name).replace(/\.ya?ml$/, '');
  return stem === '-' || /^\.?(?:gitlab-ci|drone)$/.test(stem) ? 'pipeline' : stem;
}

async function readSource(name: string, { folder, terminal }: CommandContext): Promise<string> {
  if (name === '-') return readAll(terminal.input.stream);
  try {
    return readFileSync(resolve(folder, name), 'utf8');
  } catch (error) {
    throw new UsageError(`The file ${name} cannot be read: ${reasonOf(error)}.`, undefined, 5);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'you may not read it' : String(code ?? error);
}

/** All or nothing: a file that is there stops them all. Answers with their paths as they are shown. */
function writeFiles(files: readonly ConvertedFile[], to: string, folder: string, isForced: boolean): readonly string[] {
  const paths = files.map(({ path }) => join(to, path));
  const shown = paths.map((path) => relative(folder, path));
  const there = shown.filter((_, index) => existsSync(paths[index] ?? ''));
  if (there.length > 0 && !isForced)
    throw new UsageError(`There is a file already: ${there.join(', ')}.`, 'Add --force to write over it.');
  for (const [index, path] of paths.entries()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, files[index]?.yaml ?? '');
  }
  return shown;
}

const WORDS = { converted: 'converted', emulated: 'emulated', manual: 'left to you', dropped: 'dropped' } as const;

/** What is converted as it was is only counted: there is nothing to look at. */
async function printReport(report: readonly ReportItem[], name: string, { err }: Terminal): Promise<void> {
  for (const item of report.filter(({ level }) => level !== 'converted')) await err.line(describeItem(item, name, err));
  const counts = REPORT_LEVELS.map(
    (level) => `${report.filter((item) => item.level === level).length} ${WORDS[level]}`,
  );
  await err.line(`${err.style.bold(name)}: ${counts.join(', ')}`);
}

function describeItem({ level, line, column, what, why, hint }: ReportItem, name: string, { style }: Stream): string {
  const paint = { converted: style.green, emulated: style.cyan, manual: style.yellow, dropped: style.magenta }[level];
  const rest = hint === undefined ? why : `${why} ${hint}`;
  return `${style.faint(`${name}:${line}:${column}`)} ${paint(`${WORDS[level]}:`)} ${oneLine(what)}\n    ${oneLine(rest)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

async function printFiles(
  files: readonly ConvertedFile[],
  written: readonly string[],
  { err }: Terminal,
): Promise<void> {
  for (const path of written) await err.line(`Written: ${path}`);
  const triggers = files.length - 1;
  if (written.length === 0 && triggers > 0)
    await err.line(`--output writes ${triggers === 1 ? 'a trigger' : `${triggers} triggers`}, too.`);
}
