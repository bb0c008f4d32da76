/** The delegate process: `npm run delegate -- --url … --token-file …`. Logs JSON lines to stdout. */
import { pino } from 'pino';
import { CallCancelled } from './client.ts';
import { DELEGATE_CODES, describeEnd } from './ends.ts';
import { SECRET_VARIABLES, USAGE } from './setting-names.ts';
import { readSettings, SettingsError, type DelegateSettings } from './settings.ts';
import { startDelegate, type RunningDelegate } from './start.ts';

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
    const { code, message, status, isOurs } = describeEnd(error);
    process.send?.({ kind: 'failed', code, message });
    log.fatal({ code, err: isOurs ? error : undefined }, message);
    leave(status);
  }
}

/** The IPC channel to a launcher keeps the process alive otherwise. */
function leave(code: number): void {
  process.exitCode = code;
  if (process.connected) process.disconnect();
  process.removeAllListeners('disconnect');
}

function settingsOrExit(): DelegateSettings {
  try {
    return readSettings(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.send?.({ kind: 'failed', code: 'SETTINGS', message: error.message });
    process.exit(DELEGATE_CODES.SETTINGS);
  }
}
