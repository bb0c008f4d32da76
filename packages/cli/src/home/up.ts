import { readFileSync } from 'node:fs';
import {
  makeEphemeralHome,
  npmGone,
  parentGone,
  runBridle,
  stopRequests,
  type BridleReady,
  type Output,
} from '@bridle/launcher';
import type { CommandAction, CommandContext, CommandInput } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { select } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { VERSION } from '../version.ts';
import { readHomeSettings, type Environment } from './home-settings.ts';
import { openInBrowser } from './open-browser.ts';
import { DELEGATE_PROGRAM, SERVER_PROGRAM } from './programs.ts';

export const up: CommandAction = async (context, input) => {
  if (!input.options.isOn('ephemeral')) {
    return await run(context, input, {});
  }
  for (const option of ['data', 'pg']) {
    if (input.options.text(option) === undefined) continue;
    throw new UsageError(`--ephemeral and --${option} exclude each other: what is ephemeral has a place of its own.`);
  }
  // Wrong settings are told before anything is made.
  readHomeSettings(context, input, { BRIDLE_HOME: '/', BRIDLE_PORT: '0' });
  const home = makeEphemeralHome();
  try {
    const { BRIDLE_FAULTS = 'on' } = context.environment;
    const more = { ...NOT_FOR_EPHEMERAL, BRIDLE_FAULTS, BRIDLE_HOME: home.directory, BRIDLE_PORT: '0' };
    return await run(context, input, more);
  } finally {
    await home.remove();
  }
};

/** Of another installation, which the environment may speak of. */
const NOT_FOR_EPHEMERAL: Environment = {
  DATABASE_URL: undefined,
  BRIDLE_MASTER_KEY: undefined,
  BRIDLE_FILES: undefined,
  BRIDLE_FILES_DIR: undefined,
};

async function run(context: CommandContext, input: CommandInput, more: Environment): Promise<ExitCode> {
  const { options } = input;
  const isEphemeral = options.isOn('ephemeral');
  const { environment } = readHomeSettings(context, input, more);
  const { stop, force } = stopRequests(process);
  const fields = options.fields();
  const code = await runBridle({
    env: environment,
    version: VERSION,
    output: outputOf(context, fields !== undefined),
    isInteractive: process.stdout.isTTY,
    scripts: { server: SERVER_PROGRAM, delegate: DELEGATE_PROGRAM },
    stop: AbortSignal.any([stop, isEphemeral ? parentGone() : npmGone(context.environment)]),
    force,
    isEphemeral,
    onReady: (ready) => {
      if (fields !== undefined) process.stdout.write(`${JSON.stringify(select(describe(ready), fields))}\n`);
      if (options.isOn('open')) void openInBrowser(ready.server.loginUrl ?? ready.server.url, context.environment);
    },
  });
  return code === 0 || code === 2 || code === 130 ? code : 1;
}

function describe({ server, accountId, home }: BridleReady): object {
  const token = server.adminToken ?? readFileSync(server.adminTokenPath, 'utf8').trim();
  return { url: server.url, token, accountId, orgIdentifier: 'default', projectIdentifier: 'myproject', home };
}

/** With `--json` standard output is for the one line. */
function outputOf({ terminal }: CommandContext, isJson: boolean): Output {
  const stream = isJson ? process.stderr : process.stdout;
  return {
    isColoured: (isJson ? terminal.err : terminal.out).style.isOn,
    out: (text) => {
      if (!terminal.isQuiet) stream.write(text);
    },
    err: (text) => void process.stderr.write(text),
  };
}
