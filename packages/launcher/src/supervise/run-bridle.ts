/**
 * `npm start`: one home, one PostgreSQL, one server, one delegate, from the first line on the terminal to the last.
 *
 * - V1 Order up: lock, PostgreSQL, server (ready means it answers), delegate. Order down: the reverse, each with a deadline, so
 *   that the delegate can hand its work back to a server that still listens, and the server can save to a database that runs.
 * - V2 What fails before the first `ready` ends the start with a text. What fails later is restarted (`watch.ts`).
 * - V3 One request to stop is graceful and ends with code 0; a second one kills. No process survives either.
 */
import type { ServerReadyMessage } from '../messages.ts';
import { POSTGRES_MAJOR } from '../postgres/cluster.ts';
import { readSettings, type Settings, type SettingsContext } from '../settings.ts';
import { Parts } from './parts.ts';
import { DEFAULT_PATIENCE, type Patience } from './patience.ts';
import { Terminal, seconds, type Output } from './terminal.ts';
import { aborted, watchParts, type Watch } from './watch.ts';

/** What {@link runBridle} runs. */
export interface RunBridleRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the release that this is part of. */
  readonly version: string;
  readonly output: Output;
  /** True when a person sits in front of it. */
  readonly isInteractive: boolean;
  /** Main files of the children. */
  readonly scripts: { readonly server: string; readonly delegate: string };
  /** Aborted to stop gracefully. */
  readonly stop: AbortSignal;
  /** Aborted to stop at once. */
  readonly force: AbortSignal;
  /** Nothing of it outlives its end: PostgreSQL need not write to the disk before it answers. */
  readonly isEphemeral?: boolean;
  /** Called once everything runs. */
  readonly onReady?: (ready: BridleReady) => void;
  /** Defaults to this machine; for tests. */
  readonly settingsContext?: SettingsContext;
  /** For tests. */
  readonly patience?: Partial<Patience>;
}

/** What is known once everything runs. */
export interface BridleReady {
  readonly server: ServerReadyMessage;
  readonly accountId: string;
  readonly home: string;
}

/** Stopped when asked to. */
export const EXIT_STOPPED = 0;
/** Could not start, or could not go on. */
export const EXIT_FAILED = 1;
/** A setting is wrong: nothing was started. */
export const EXIT_SETTINGS = 2;
/** Killed by a second request to stop, as a shell counts an interrupt. */
export const EXIT_FORCED = 130;

/** Runs Bridle until it is asked to stop or cannot go on. Returns the exit code. */
export async function runBridle(request: RunBridleRequest): Promise<number> {
  const terminal = new Terminal(request.output);
  const result = readSettings(request.env, request.settingsContext);
  if (result.kind === 'invalid') {
    terminal.settingProblems(result.problems);
    return EXIT_SETTINGS;
  }
  const failed = new AbortController();
  const ending = AbortSignal.any([request.stop, failed.signal]);
  const patience = { ...DEFAULT_PATIENCE, ...request.patience };
  const { env, scripts, force, version, isEphemeral = false } = request;
  const parts = new Parts({ env, settings: result.settings, version, isEphemeral, scripts, patience, ending, force });
  let watch: Watch | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const server = await start(parts, result.settings, request, ending);
    request.onReady?.({ server, accountId: parts.accountId, home: parts.home.directory });
    watch = watchParts({ parts, terminal, patience, ending });
    await Promise.race([aborted(request.stop), watch.gaveUp]);
  } catch (error) {
    // A start that breaks because it was told to stop has nothing to explain.
    if (!request.stop.aborted) failure = { error };
  }
  if (failure === undefined) terminal.stopping(request.isInteractive);
  else terminal.failure(failure.error);
  failed.abort();
  await watch?.done;
  await parts.stopAll();
  if (force.aborted) terminal.forced();
  else if (failure === undefined) terminal.stopped();
  if (force.aborted) return EXIT_FORCED;
  return failure === undefined ? EXIT_STOPPED : EXIT_FAILED;
}

/** V1, order up. */
async function start(
  parts: Parts,
  settings: Settings,
  { version, output }: RunBridleRequest,
  ending: AbortSignal,
): Promise<ServerReadyMessage> {
  const terminal = new Terminal(output);
  terminal.title(version);
  for (const line of await parts.takeHome()) terminal.note(line);
  if (settings.databaseUrl === undefined) {
    const postgres = await timed(() => parts.startPostgres());
    terminal.done('PostgreSQL', `version ${POSTGRES_MAJOR}, ready in ${seconds(postgres.took)}`);
  } else {
    parts.useExternalDatabase(settings.databaseUrl);
    terminal.done('PostgreSQL', 'external, from DATABASE_URL');
  }
  ending.throwIfAborted();
  const server = await timed(() => parts.startServer());
  terminal.done('Server', `ready in ${seconds(server.took)}`);
  ending.throwIfAborted();
  if (settings.isDelegateEnabled) parts.startDelegate();
  terminal.done('Delegate', settings.isDelegateEnabled ? 'started' : 'off, from BRIDLE_DELEGATE');
  terminal.ready(server.result, parts.home.logDirectory);
  return server.result;
}

async function timed<T>(action: () => Promise<T>): Promise<{ readonly result: T; readonly took: number }> {
  const startedAtMs = performance.now();
  const result = await action();
  return { result, took: performance.now() - startedAtMs };
}
