/** What asks Bridle to stop: signals (the first is graceful, a later one forces), and the end of the npm that started it. */
import { DEFAULT_PATIENCE } from './patience.ts';

/** What {@link stopRequests} listens to: `process`, or an emitter in tests. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** The two requests. */
export interface StopRequests {
  readonly stop: AbortSignal;
  readonly force: AbortSignal;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Listens for SIGINT, SIGTERM and SIGHUP. npm hands a Ctrl-C on to a process that got it from the terminal too, so signals
 * within `sameSignalMs` of the first count as the first.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function stopRequests(
  source: SignalSource,
  now: () => number = () => performance.now(),
  sameSignalMs: number = DEFAULT_PATIENCE.sameSignalMs,
): StopRequests {
  const stop = new AbortController();
  const force = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = now();
      stop.abort();
    } else if (now() - firstAt > sameSignalMs) {
      force.abort();
    }
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
  return { stop: stop.signal, force: force.signal };
}

const PARENT_POLL_MS = 250;

/**
 * Aborted when the parent of this process has ended. npm runs a script in a shell and hands SIGTERM to that shell, which dies
 * of it and tells nobody: without this, `npm start` would be gone and Bridle would still run.
 *
 * @returns a signal that is never aborted when npm did not start this process: `node start.ts &` may outlive its shell
 */
export function npmGone(env: Readonly<Record<string, string | undefined>>): AbortSignal {
  return env['npm_lifecycle_event'] === undefined ? new AbortController().signal : parentGone();
}

/** Aborted when the process that started this one has ended. */
export function parentGone(): AbortSignal {
  const gone = new AbortController();
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone.abort();
  }, PARENT_POLL_MS);
  timer.unref();
  return gone.signal;
}
