/** Ctrl-C and SIGTERM ask once; the second one does not wait. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STOPPED_BY_CTRL_C = 130;

export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  close(): void;
}

export function listenForStop(): StopSignals {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(STOPPED_BY_CTRL_C);
    controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}

/** For a command that listens by itself. */
export function noStop(): StopSignals {
  return { signal: new AbortController().signal, close: () => undefined };
}
