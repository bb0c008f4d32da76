import type { Doorbell } from './doorbell.ts';
import type { Scheduler } from './ports.ts';

export interface Rounds {
  /** Answers whether there is more to do at once. */
  readonly round: () => Promise<boolean>;
  readonly bell: Doorbell;
  readonly scheduler: Scheduler;
  /** The safety poll (N1). */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

/** Looks again at every ring and at every poll until `signal` aborts; a failed round waits for the next poll. */
export async function runRounds(
  { round, bell, scheduler, pollMs, onError }: Rounds,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const hasMore = await round().catch((error: unknown) => {
      onError(error);
      return false;
    });
    if (!hasMore) await bell.wait(scheduler, pollMs, signal);
  }
}

/** Hears each failure; answers whether there was none. */
export async function allDone(work: readonly Promise<unknown>[], onError: (error: unknown) => void): Promise<boolean> {
  const results = await Promise.allSettled(work);
  const failed = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failed) onError(reason);
  return failed.length === 0;
}
