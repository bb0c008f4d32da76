/** Why a server did not start, or could not be kept running, in words for the person at the terminal. */
import { LauncherError } from '../errors.ts';
import type { ChildFailedMessage } from '../messages.ts';
import type { Child } from './child.ts';

/** The server said itself why it cannot start. */
export function serverRefused(
  child: Child,
  { code, message }: ChildFailedMessage,
  { host, port }: { readonly host: string; readonly port: number },
): LauncherError {
  if (code === 'PORT_IN_USE') {
    return new LauncherError({
      code,
      message: `Port ${port} on ${host} is already in use.`,
      hint: `Stop the other program, or choose another port: BRIDLE_PORT=${port + 1} npm start`,
    });
  }
  if (code === 'PORT_FORBIDDEN') {
    return new LauncherError({
      code,
      message: `This user may not listen on port ${port} of ${host}.`,
      hint: 'Choose a port from 1024 up with BRIDLE_PORT, e.g. BRIDLE_PORT=7070 npm start',
    });
  }
  return new LauncherError({
    code: 'SERVER_FAILED',
    message,
    hint: `The server said so (${code}). Its log is ${child.logFile}.`,
  });
}

/** The server said nothing: its log has to. */
export function serverFailed(child: Child, what: string): LauncherError {
  return new LauncherError({
    code: 'SERVER_FAILED',
    message: `${what}.`,
    hint: `The whole log is ${child.logFile}.`,
    logTail: child.logTail,
    logFile: child.logFile,
  });
}
