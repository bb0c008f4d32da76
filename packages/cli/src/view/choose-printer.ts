import type { Terminal } from '../terminal/terminal.ts';
import { JsonPrinter } from './json-printer.ts';
import { LivePrinter } from './live-printer.ts';
import { PlainPrinter } from './plain-printer.ts';
import type { PrinterOptions, RunPrinter } from './printer.ts';

/**
 * For scripts with `--json`; for people live where both streams are a terminal that can move its cursor, and line by line
 * elsewhere: a live view beside something that is piped (`bridle run | tee log`) would be written over by it.
 * @throws UsageError when a field of `--json` does not exist
 */
export function choosePrinter(
  terminal: Terminal,
  options: PrinterOptions,
  environment: Readonly<Record<string, string | undefined>>,
): RunPrinter {
  if (options.fields !== undefined) return new JsonPrinter(terminal, options.fields);
  const isScreen = terminal.err.isTerminal && terminal.out.isTerminal && environment['TERM'] !== 'dumb';
  return isScreen && !terminal.isQuiet ? new LivePrinter(terminal, options) : new PlainPrinter(terminal, options);
}
