/** Work that is done now and then, by every replica: removing what is over. Each part may run twice at once and do no harm. */
const SWEEP_EVERY_MS = 600_000;

export interface Sweeps {
  stop(): Promise<void>;
}

/** @param parts - each is called again and again, and told of the stop; what one throws is reported and tried again the next time */
export function startSweeps(
  parts: readonly ((stopping: AbortSignal) => Promise<void>)[],
  onError: (error: unknown) => void,
): Sweeps {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    for (const part of parts) {
      if (stopping.signal.aborted) return;
      await part(stopping.signal).catch(onError);
    }
  };
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, SWEEP_EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      stopping.abort();
      clearInterval(timer);
      return running;
    },
  };
}
