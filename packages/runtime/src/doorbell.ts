import type { Scheduler } from './ports.ts';

/** Lets a loop sleep until a time or a ring. Rings while nobody waits are remembered as one. */
export class Doorbell {
  #isRung = false;
  #waiting: AbortController | undefined;

  ring(): void {
    this.#isRung = true;
    this.#waiting?.abort();
  }

  /** Returns after `ms` milliseconds, at the next ring (at once when it rang before), or when `signal` aborts. */
  async wait(scheduler: Scheduler, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung && !signal.aborted) {
      const controller = new AbortController();
      const stop = (): void => controller.abort();
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting = controller;
      await scheduler.sleep(ms, controller.signal);
      this.#waiting = undefined;
      signal.removeEventListener('abort', stop);
    }
    this.#isRung = false;
  }
}
