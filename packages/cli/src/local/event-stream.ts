/**
 * What happens, told in its order: state changes never wait, logs do. Each event is heard before the next one is told.
 *
 * - B1 Memory is bounded: whoever writes a log goes on only when all before has been heard.
 */
import type { RunEvent } from '@bridle/protocol';
import type { RunListener } from './local-run.ts';

export class EventStream {
  readonly #listener: RunListener;
  #waiting: RunEvent[] = [];
  #telling: Promise<void> | undefined;
  #failure: { readonly reason: unknown } | undefined;

  constructor(listener: RunListener) {
    this.#listener = listener;
  }

  push(event: RunEvent): void {
    this.#waiting.push(event);
    this.settled().catch(() => undefined); // whoever waits for the end hears of it
  }

  /** Resolves when these, and all before them, have been heard. */
  send(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) this.#waiting.push(event);
    return this.settled();
  }

  /** Resolves when all that was pushed so far has been heard. Rejects with what the listener rejects with. */
  settled(): Promise<void> {
    this.#telling ??= this.#tell();
    return this.#telling;
  }

  async #tell(): Promise<void> {
    // So that `#telling` is set before it is taken back below, in the moment in which nothing waits: no event falls between.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      if (this.#failure !== undefined) continue;
      try {
        for (const event of batch) {
          const heard = this.#listener(event);
          if (heard !== undefined) await heard;
        }
      } catch (reason) {
        this.#failure = { reason };
      }
    }
    this.#telling = undefined;
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}
