/** Ctrl-C and SIGTERM ask once; the second one does not wait. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STOPPED_BY_CTRL_C = 130;

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What a second one does instead of ending the process at once. */
  readonly onSecond: (handler: () => void) => void;
  close(): void;
}

export function listenForStop(): StopSignals {
  const controller = new AbortController();
  let second = (): void => process.exit(STOPPED_BY_CTRL_C);
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) second();
    else controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    onSecond: (handler) => {
      second = () => {
        // A third one waits for nobody.
        second = () => process.exit(STOPPED_BY_CTRL_C);
        handler();
      };
    },
    close: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}

/** For a command that listens by itself. */
export function noStop(): StopSignals {
  return { signal: new AbortController().signal, onSecond: () => undefined, close: () => undefined };
}
