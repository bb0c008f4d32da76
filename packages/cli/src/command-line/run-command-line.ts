/** From the words of the command line to the exit code. */
import { CommanderError } from 'commander';
import { openTerminal } from '../terminal/open-terminal.ts';
import { wantsColour, type ColourWish } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ExitCode } from './exit-codes.ts';
import { closeJsonOption } from './json.ts';
import { createProgram, type CommandGroup } from './program.ts';
import { listenForStop } from './stop-signals.ts';
import { UsageError } from './usage-error.ts';

export interface CommandLineOptions {
  readonly groups: readonly CommandGroup[];
  readonly version: string;
}

export async function runCommandLine(
  words: readonly string[],
  { groups, version }: CommandLineOptions,
): Promise<ExitCode> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  const colour = colourWish(words);
  const { program, call } = createProgram({
    groups,
    version,
    isColoured: wantsColour(colour, process.env, process.stdout.isTTY),
    write: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  });
  try {
    program.parse([...closeJsonOption(words)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isHelp(error, words) ? 0 : 2;
  }
  const called = call();
  if (called === undefined) return 0;
  const { definition, input } = called;
  const terminal = openTerminal({ colour, isQuiet: input.options.isOn('quiet') });
  const stop = listenForStop();
  try {
    const action = await definition.load();
    return await action({ terminal, folder: process.cwd(), environment: process.env, signal: stop.signal }, input);
  } catch (error) {
    if (error instanceof UsageError) return await tell(error, terminal);
    throw error;
  } finally {
    stop.close();
  }
}

async function tell(error: UsageError, { err }: Terminal): Promise<ExitCode> {
  await err.line(`${err.style.red('bridle:')} ${error.message}`);
  if (error.hint !== undefined) await err.line(err.style.faint(error.hint));
  return error.exitCode;
}

/** Whoever reads us has enough (`bridle … | head`): that is no failure. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Before the line is understood, for what is said about misunderstandings. */
function colourWish(words: readonly string[]): ColourWish {
  const index = words.findIndex((word) => word === '--color' || word.startsWith('--color='));
  const word = words[index];
  const value = word === '--color' ? words[index + 1] : word?.slice('--color='.length);
  return value === 'always' || value === 'never' ? value : 'auto';
}

/** Help that was asked for is a success; help because nothing was asked for is not. */
function isHelp({ code }: CommanderError, words: readonly string[]): boolean {
  return (
    code === 'commander.helpDisplayed' ||
    code === 'commander.version' ||
    (code === 'commander.help' && words.length > 0)
  );
}
