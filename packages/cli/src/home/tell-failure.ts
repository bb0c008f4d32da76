/** What the launcher refuses is told with its hint and, where there is one, the log that explains it. */
import { LauncherError } from '@bridle/launcher';
import type { CommandContext } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';

/** Runs the work of a command. @returns 1 when the launcher refused, with its words on the terminal; 130 after Ctrl-C */
export async function tellFailure(
  { terminal: { err }, signal }: CommandContext,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return 130;
    if (!(error instanceof LauncherError)) throw error;
    await err.line(`${err.style.red('bridle:')} ${error.message} ${err.style.faint(error.code)}`);
    if (error.hint !== '') await err.line(err.style.faint(error.hint));
    for (const line of error.logTail) await err.line(err.style.faint(`  | ${line}`));
    return 1;
  }
}
