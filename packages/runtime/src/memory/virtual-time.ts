import type { Clock, Scheduler } from '../ports.ts';

interface Sleeper {
  readonly wakeAt: number;
  /** Of sleepers with the same time the one that lay down first wakes first: the order is always the same. */
  readonly order: number;
  readonly wake: () => void;
  /** Woken by its signal: it stays in the heap until it comes up, and is passed over. */
  isOver: boolean;
}

/** A clock that stands still until it is told to go on, with everybody who sleeps by it. For simulation and tests. */
export class VirtualTime implements Clock, Scheduler {
  #now: number;
  #orders = 0;
  /** Binary heap, earliest first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        sleeper.isOver = true;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#orders += 1;
      const sleeper: Sleeper = { wakeAt: this.#now + Math.max(0, ms), order: this.#orders, wake, isOver: false };
      signal.addEventListener('abort', wake);
      this.#push(sleeper);
    });
  }

  /** When the next sleeper wakes; `undefined` when nobody sleeps. */
  nextWakeAt(): number | undefined {
    while (this.#sleepers[0]?.isOver === true) this.#pop();
    return this.#sleepers[0]?.wakeAt;
  }

  /** Moves the clock to the next sleeper's time and wakes that one. False when nobody sleeps. */
  wakeNext(): boolean {
    if (this.nextWakeAt() === undefined) return false;
    const sleeper = this.#pop();
    if (sleeper === undefined) return false;
    this.#now = Math.max(this.#now, sleeper.wakeAt);
    sleeper.wake();
    return true;
  }

  /**
   * Lets `ms` milliseconds pass: wakes each sleeper at its time and waits, through `settled`, until all that follows from
   * it is done before the clock goes on.
   */
  async pass(ms: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.nextWakeAt(); next !== undefined && next <= end; next = this.nextWakeAt()) {
      this.wakeNext();
      await settled();
    }
    this.#now = end;
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let index = heap.push(sleeper) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(heap, index, above)) break;
      swap(heap, index, above);
      index = above;
    }
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    if (heap.length <= 1) return heap.pop();
    swap(heap, 0, heap.length - 1);
    const first = heap.pop();
    for (let index = 0; ;) {
      const left = index * 2 + 1;
      let least = index;
      if (left < heap.length && isBefore(heap, left, least)) least = left;
      if (left + 1 < heap.length && isBefore(heap, left + 1, least)) least = left + 1;
      if (least === index) return first;
      swap(heap, index, least);
      index = least;
    }
  }
}

function isBefore(heap: readonly Sleeper[], index: number, other: number): boolean {
  const one = heap[index];
  const two = heap[other];
  if (one === undefined || two === undefined) return false;
  return one.wakeAt < two.wakeAt || (one.wakeAt === two.wakeAt && one.order < two.order);
}

function swap(heap: Sleeper[], index: number, other: number): void {
  const one = heap[index];
  const two = heap[other];
  if (one === undefined || two === undefined) return;
  heap[index] = two;
  heap[other] = one;
}
