/**
 * Between those who make items at any time and one who sends them at the client's pace. A client that falls behind by
 * `WAITING_MAX` items is cut off: it comes back and looks at everything.
 */
import { Bell } from '../store/bell.ts';

const WAITING_MAX = 1_000;

export class Outbox<Item> {
  readonly #bell = new Bell();
  readonly #max: number;
  #waiting: Item[] = [];
  #isOverfull = false;

  constructor(max = WAITING_MAX) {
    this.#max = max;
  }

  put(item: Item): void {
    if (this.#waiting.length >= this.#max) this.#isOverfull = true;
    else this.#waiting.push(item);
    this.#bell.ring();
  }

  /** Sends what is put, in order, until `signal` aborts or the outbox has run over. */
  async drain(send: (item: Item) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#isOverfull) {
      const items = this.#waiting;
      this.#waiting = [];
      for (const item of items) await send(item);
      if (items.length === 0) await this.#bell.next(signal);
    }
  }
}
