/** From the words of the command line to the exit code. */
import { CommanderError } from 'commander';
import { openTerminal } from '../terminal/open-terminal.ts';
import { wantsColour, type ColourWish } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ExitCode } from './exit-codes.ts';
import { closeJsonOption } from './json.ts';
import { createProgram, protectIds, type Call, type CommandGroup } from './program.ts';
import { listenForStop, noStop } from './stop-signals.ts';
import { findTopic } from './topics.ts';
import { UsageError } from './usage-error.ts';

export interface CommandLineOptions {
  readonly groups: readonly CommandGroup[];
  readonly version: string;
}

export async function runCommandLine(words: readonly string[], options: CommandLineOptions): Promise<ExitCode> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  const colour = colourWish(words);
  const understood = understand(words, colour, options);
  if (typeof understood === 'number') return understood;
  const { definition, input } = understood;
  const terminal = openTerminal({ colour, isQuiet: input.options.isOn('quiet') });
  const stop = definition.ownsSignals === true ? noStop() : listenForStop();
  try {
    const action = await definition.load();
    const commands = options.groups.flatMap((group) => group.commands);
    const families = options.groups.flatMap((group) => group.families ?? []);
    const { signal, onSecond: onSecondStop } = stop;
    const { env: environment } = process;
    const context = { terminal, commands, families, folder: process.cwd(), environment, signal, onSecondStop };
    return await action(context, input);
  } catch (error) {
    const problem = error instanceof UsageError ? error : fileProblem(error);
    if (problem === undefined) throw error;
    return await tell(problem, terminal);
  } finally {
    stop.close();
  }
}

/** What is to be done; or the exit code, when all there was to do is done: help was printed, or what is wrong with the words. */
function understand(
  words: readonly string[],
  colour: ColourWish,
  { groups, version }: CommandLineOptions,
): Call | ExitCode {
  const topic = findTopic(words);
  if (topic !== undefined) {
    process.stdout.write(`${topic.text}\n`);
    return 0;
  }
  const [first, asked] = words;
  const names = groups.flatMap(({ commands, families = [] }) => [
    ...commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...families.map(({ name }) => name),
  ]);
  if (first === 'help' && asked !== undefined && !asked.startsWith('-') && !names.includes(asked)) {
    process.stderr.write(`bridle: There is no command and no topic "${asked}". "bridle help" lists them.\n`);
    return 2;
  }
  const { program, call } = createProgram({
    groups,
    version,
    isColoured: wantsColour(colour, process.env, process.stdout.isTTY),
    write: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  });
  try {
    program.parse(protectIds(closeJsonOption(words)), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isHelp(error, words) ? 0 : 2;
  }
  return call() ?? 0;
}

/** A file or folder of the user's that the system keeps from us; `undefined` for every other error. */
function fileProblem(error: unknown): UsageError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const why = FILE_PROBLEMS[String(error.code)];
  return why === undefined ? undefined : new UsageError(`${String(error.path)} cannot be read or written: ${why}.`);
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'you may not',
  EPERM: 'you may not',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is there already',
  EISDIR: 'it is a folder',
};

async function tell(error: UsageError, { err }: Terminal): Promise<ExitCode> {
  await err.line(`${err.style.red('bridle:')} ${error.message}`);
  if (error.hint !== undefined) await err.line(err.style.faint(error.hint));
  return error.exitCode;
}

/** Whoever reads us has enough (`bridle … | head`): that is no failure. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`bridle: The output cannot be written (${error.code ?? error.message}).\n`);
    process.exit(2);
  });
}

/** Before the line is understood, for what is said about misunderstandings. */
function colourWish(words: readonly string[]): ColourWish {
  const index = words.findIndex((word) => word === '--color' || word.startsWith('--color='));
  const word = words[index];
  const value = word === '--color' ? words[index + 1] : word?.slice('--color='.length);
  return value === 'always' || value === 'never' ? value : 'auto';
}

/** Help that was asked for is a success; help because nothing was asked for, or of what is not there, is not. */
function isHelp({ code }: CommanderError, words: readonly string[]): boolean {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return true;
  return code === 'commander.help' && words[0] === 'help';
}
