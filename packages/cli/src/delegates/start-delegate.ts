/** `bridle delegate start`: the delegate as a process of its own, as `bridle up` starts one, and nothing beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CommandAction } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { DELEGATE_PROGRAM } from '../home/programs.ts';

/** By its variables and not its flags: nobody sees a token in the list of processes. */
const VARIABLES = {
  url: 'BRIDLE_DELEGATE_URL',
  token: 'BRIDLE_DELEGATE_TOKEN',
  'token-file': 'BRIDLE_DELEGATE_TOKEN_FILE',
  name: 'BRIDLE_DELEGATE_NAME',
  tags: 'BRIDLE_DELEGATE_TAGS',
  home: 'BRIDLE_DELEGATE_HOME',
} as const;

export const startDelegate: CommandAction = async ({ folder, environment }, { options }) => {
  if (options.text('token') !== undefined && options.text('token-file') !== undefined)
    throw new UsageError('Take --token or --token-file, not both.');
  const chosen = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const value = options.text(option);
    return value === undefined ? [] : [[variable, value] as const];
  });
  // The option is meant where a variable gives the other form of the token.
  const { token, 'token-file': file } = VARIABLES;
  const isTokenGiven = options.text('token') !== undefined || options.text('token-file') !== undefined;
  const kept = isTokenGiven
    ? { ...environment, [token]: undefined, DELEGATE_TOKEN: undefined, [file]: undefined }
    : environment;
  const child = spawn(process.execPath, [DELEGATE_PROGRAM], {
    cwd: folder,
    env: { ...kept, ...Object.fromEntries(chosen) },
    // Its own group: what stops it comes from here, once. It ends by itself when this process is gone.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return codeOf(status);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
};

/** 2 and 3 are about settings and versions: nothing has started. */
function codeOf(status: number | null): ExitCode {
  if (status === 0) return 0;
  return status === 2 || status === 3 ? 2 : 1;
}
