import { findRunning, homePaths } from '@bridle/launcher';
import type { CommandAction } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readHomeSettings } from './home-settings.ts';
import { openInBrowser } from './open-browser.ts';

/** Ids of executions, as Harness makes them. */
const EXECUTION = /^[A-Za-z0-9_-]{22}$/;

export const open: CommandAction = async (context, input) => {
  const { terminal, environment } = context;
  const [thing] = input.arguments;
  const { settings } = readHomeSettings(context, input);
  const url = findRunning(homePaths(settings.home))?.facts?.url;
  if (url === undefined) {
    throw new UsageError(`Nothing runs in ${settings.home}.`, 'Start it with: bridle up', 5);
  }
  const address = `${url}${pathOf(thing)}`;
  await terminal.out.line(address);
  if (!input.options.isOn('print') && !(await openInBrowser(address, environment)) && !terminal.isQuiet) {
    await terminal.err.line(terminal.err.style.faint('There is no browser here to open it in.'));
  }
  return 0;
};

function pathOf(thing: string | undefined): string {
  if (thing === undefined) return '/';
  if (thing === 'docs') return '/docs';
  if (EXECUTION.test(thing)) return `/x/${thing}`;
  throw new UsageError(`There is nothing to open that is called "${thing}".`, 'The id of an execution, or docs.', 5);
}
