/** The delegate process: `npm run delegate -- --url … --token-file …`. Logs JSON lines to stdout. */
import { IsolationError } from '@bridle/executors';
import { pino } from 'pino';
import { CallCancelled } from './client.ts';
import { HomeInUse } from './home.ts';
import { InitScriptFailed } from './init-script.ts';
import { RegistrationRefused, VersionRefused } from './session.ts';
import { SECRET_VARIABLES, USAGE } from './setting-names.ts';
import { readSettings, SettingsError, type DelegateSettings } from './settings.ts';
import { startDelegate, type RunningDelegate } from './start.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** The server does not work with this version: starting again does not help, upgrading does. */
const EXIT_VERSION = 3;

await main();

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(USAGE);
  const settings = settingsOrExit();
  // Nothing this process starts or reports needs it from here on.
  for (const name of SECRET_VARIABLES) delete process.env[name];
  const log = pino({ level: process.env['BRIDLE_LOG_LEVEL'] ?? 'info', base: { delegate: settings.name } });
  for (const warning of settings.warnings) log.warn(warning);

  const starting = new AbortController();
  let running: RunningDelegate | undefined;
  const stop = (): void => {
    starting.abort();
    running?.stop();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop); // the launcher is gone
  try {
    running = await startDelegate(settings, log, starting.signal);
    process.send?.({ kind: 'ready', name: settings.name });
    log.info({ url: settings.url.origin, capacity: settings.capacity, home: settings.home }, 'ready for work');
    if (starting.signal.aborted) running.stop();
    await running.ended;
    log.info('ended');
    leave(0);
  } catch (error) {
    if (error instanceof CallCancelled) return leave(0);
    const { code, message } = describe(error);
    process.send?.({ kind: 'failed', code, message });
    log.fatal({ code, err: isForTheOperator(error) ? undefined : error }, message);
    leave(exitCodeOf(error));
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof VersionRefused) return EXIT_VERSION;
  return error instanceof IsolationError ? EXIT_USAGE : EXIT_FAILED;
}

/** Its text says all there is to say; a stack would not help. */
function isForTheOperator(error: unknown): boolean {
  const kinds = [RegistrationRefused, HomeInUse, InitScriptFailed, IsolationError];
  return kinds.some((kind) => error instanceof kind);
}

/** The IPC channel to a launcher keeps the process alive otherwise. */
function leave(code: number): void {
  process.exitCode = code;
  if (process.connected) process.disconnect();
  process.removeAllListeners('disconnect');
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof VersionRefused) return { code: 'VERSION_REFUSED', message };
  if (error instanceof InitScriptFailed) return { code: 'INIT_SCRIPT_FAILED', message };
  if (error instanceof RegistrationRefused) return { code: 'REGISTRATION_REFUSED', message };
  if (error instanceof HomeInUse) return { code: 'HOME_IN_USE', message };
  if (error instanceof IsolationError) return { code: 'SETTINGS', message };
  return { code: 'DELEGATE_FAILED', message: `The delegate had to stop: ${message}` };
}

function settingsOrExit(): DelegateSettings {
  try {
    return readSettings(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.send?.({ kind: 'failed', code: 'SETTINGS', message: error.message });
    process.exit(EXIT_USAGE);
  }
}
