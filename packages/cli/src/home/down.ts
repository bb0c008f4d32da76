import { findRunning, homePaths, stopRunning } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readHomeSettings } from './home-settings.ts';

/** Longer than the launcher gives its parts together. */
const TIMEOUT_S = 90;

export const down: CommandAction = async (context, input) => {
  const { terminal, signal } = context;
  const { settings } = readHomeSettings(context, input);
  const withinMs = readTimeout(input.options) * 1_000;
  const running = findRunning(homePaths(settings.home));
  const say = async (text: string): Promise<void> => {
    if (!terminal.isQuiet) await terminal.err.line(text);
  };
  if (running === undefined) {
    await say(`Nothing runs in ${settings.home}.`);
    return 0;
  }
  const { pid } = running.process;
  switch (await stopRunning(running, { withinMs, signal })) {
    case 'stopped':
      await say(`${terminal.symbols.success} Stopped`);
      return 0;
    case 'forbidden':
      await terminal.err.line(`${terminal.err.style.red('bridle:')} Process ${pid} belongs to somebody else.`);
      await terminal.err.line(terminal.err.style.faint('Call bridle down as the user who started it.'));
      return 1;
    case 'late':
      if (signal.aborted) return 130;
      await terminal.err.line(
        `${terminal.err.style.yellow(terminal.symbols.warning)} Process ${pid} is still stopping.`,
      );
      return 7;
  }
};

function readTimeout(options: Options): number {
  const text = options.text('timeout');
  if (text === undefined) return TIMEOUT_S;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new UsageError(`--timeout is not a number of seconds: ${text}`, 'A whole number above 0.');
}
