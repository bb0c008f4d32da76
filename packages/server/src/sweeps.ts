/** Work that is done now and then, by every replica: removing what is over. Each part may run twice at once and do no harm. */
const SWEEP_EVERY_MS = 600_000;

export interface Sweeps {
  stop(): Promise<void>;
}

/** @param parts - each is called again and again; what one throws is reported and tried again the next time */
export function startSweeps(parts: readonly (() => Promise<void>)[], onError: (error: unknown) => void): Sweeps {
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    for (const part of parts) {
      if (isStopped) return;
      await part().catch(onError);
    }
  };
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, SWEEP_EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      return running;
    },
  };
}
