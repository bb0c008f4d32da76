/**
 * Watches over running parts and starts again what ends unasked.
 *
 * - W1 Waits grow with each failure in a row; a part that lived long enough starts counting anew.
 * - W2 The server and PostgreSQL are given up after `failuresMax` failures in a row. The delegate never is: it may fail for
 *   reasons of its server, which has limits of its own.
 * - W3 After `ending` is aborted nothing is started any more, and `done` settles once no start is under way.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { LauncherError } from '../errors.ts';
import { describeExit, type ChildExit } from './child.ts';
import type { Parts } from './parts.ts';
import { backoffMs, type Patience } from './patience.ts';
import { readFailedMessage } from './read-message.ts';
import { serverFailed } from './server-errors.ts';
import { seconds, type Terminal } from './terminal.ts';

/** A running watch. */
export interface Watch {
  /** Rejects when a part is given up; never resolves. */
  readonly gaveUp: Promise<never>;
  /** Resolves after `ending`, when the watch touches nothing any more. */
  readonly done: Promise<void>;
}

/** What {@link watchParts} needs. */
export interface WatchRequest {
  readonly parts: Parts;
  readonly terminal: Terminal;
  readonly patience: Patience;
  readonly ending: AbortSignal;
}

/** A delegate that keeps failing is mentioned this often, then left to its log. */
const DELEGATE_WARNINGS_MAX = 3;

/** Starts watching. */
export function watchParts(request: WatchRequest): Watch {
  let giveUp: (error: unknown) => void = () => undefined;
  const gaveUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
  // Whoever stops before something is given up never looks at it.
  gaveUp.catch(() => undefined);
  const watchers = [watchServer(request), watchDelegate(request), watchPostgres(request)].map((watcher) =>
    watcher.catch((error: unknown) => giveUp(error)),
  );
  return { gaveUp, done: Promise.all(watchers).then(() => undefined) };
}

async function watchServer(request: WatchRequest): Promise<void> {
  const { parts, terminal, patience } = request;
  let failures = 0;
  let refusal: LauncherError | undefined;
  for (;;) {
    const child = parts.server;
    if (child === undefined) return;
    const exit = await unlessEnding(request, child.exited);
    if (exit === undefined) return;
    failures = countFailure(child.startedAtMs, failures, patience);
    if (failures >= patience.failuresMax) {
      throw refusal ?? serverFailed(child, `The server keeps failing: it ${describeExit(exit)}`);
    }
    const waitMs = backoffMs(failures, patience);
    terminal.warn(restartText('The server', exit, waitMs), child.logTail, child.logFile);
    if (!(await pause(request, waitMs))) return;
    const startedAtMs = performance.now();
    try {
      await parts.startServer();
      refusal = undefined;
      terminal.done('Server', `again, in ${seconds(performance.now() - startedAtMs)}`);
    } catch (error) {
      if (!(error instanceof LauncherError)) throw error;
      // It shows as the exit of the new child, in the next round.
      refusal = error;
      await parts.stopServer();
    }
  }
}

async function watchDelegate(request: WatchRequest): Promise<void> {
  const { parts, terminal, patience } = request;
  let failures = 0;
  for (;;) {
    const child = parts.delegate;
    if (child === undefined) return;
    const said = child.firstMessage.then(readFailedMessage);
    const exit = await unlessEnding(request, child.exited);
    if (exit === undefined) return;
    failures = countFailure(child.startedAtMs, failures, patience);
    const waitMs = backoffMs(failures, patience);
    if (failures <= DELEGATE_WARNINGS_MAX) {
      const reason = await Promise.race([said, Promise.resolve(undefined)]);
      const text = restartText('The delegate', exit, waitMs);
      if (reason === undefined) terminal.warn(text, child.logTail, child.logFile);
      else terminal.warn(`${reason.message} ${text}`);
    }
    if (failures === DELEGATE_WARNINGS_MAX) terminal.warn(`If it keeps failing, only its log tells: ${child.logFile}`);
    if (!(await pause(request, waitMs))) return;
    parts.startDelegate();
    if (failures <= DELEGATE_WARNINGS_MAX) terminal.done('Delegate', 'started again');
  }
}

async function watchPostgres(request: WatchRequest): Promise<void> {
  const { parts, terminal, patience } = request;
  let failures = 0;
  for (;;) {
    const postgres = parts.postgres;
    if (postgres === undefined) return;
    const startedAtMs = performance.now();
    const exit = await unlessEnding(request, postgres.exited);
    if (exit === undefined) return;
    failures = countFailure(startedAtMs, failures, patience);
    if (failures >= patience.failuresMax) {
      throw new LauncherError({
        code: 'POSTGRES_START_FAILED',
        message: `PostgreSQL keeps failing: it ${describeExit(exit)}.`,
        hint: `Its log is ${parts.logFile('postgres')}.`,
      });
    }
    const waitMs = backoffMs(failures, patience);
    terminal.warn(restartText('PostgreSQL', exit, waitMs));
    if (!(await pause(request, waitMs))) return;
    const isMoved = await parts.startPostgres();
    terminal.done('PostgreSQL', 'again');
    // Over TCP it may have another port: the server's watcher starts a server that knows it.
    if (isMoved) parts.server?.kill();
  }
}

/** Undefined when everything is ending, before or together with what was waited for. */
async function unlessEnding<T>({ ending }: WatchRequest, event: Promise<T>): Promise<T | undefined> {
  const result = await Promise.race([event, aborted(ending)]);
  return ending.aborted ? undefined : (result ?? undefined);
}

/** False when everything is ending. */
async function pause({ ending }: WatchRequest, ms: number): Promise<boolean> {
  return delay(ms, true, { signal: ending }).catch(() => false);
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function countFailure(startedAtMs: number, before: number, patience: Patience): number {
  return performance.now() - startedAtMs > patience.healthyAfterMs ? 1 : before + 1;
}

function restartText(subject: string, exit: ChildExit, waitMs: number): string {
  return `${subject} ${describeExit(exit)}; starting it again in ${seconds(waitMs)}.`;
}
