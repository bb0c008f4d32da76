/**
 * Finds many patterns in one pass (Aho and Corasick's automaton), built for logs in which there is next to nothing to find.
 *
 * - A1 A state is the longest tail of what was read that begins a pattern. So it tells what may leave (everything in front of it) and
 *   what was found (the longest pattern that ends here).
 * - A2 States of fewer than four symbols do not exist: a rolling window of the last four stands for them, and a filter answers for nearly
 *   every window that no pattern begins so. Every pattern has at least four symbols.
 * - A3 The time per symbol does not depend on the number of patterns, nor on what the text looks like.
 */

/** Symbols in the window. */
export const WINDOW = 4;
const FILTER_BITS_MIN = 13;
const FILTER_BITS_MAX = 22;
/** Slots of the filter per pattern beginning: one window in so many is looked up in vain. */
const FILTER_SPREAD_BITS = 7;
/** Spreads windows over the filter: 2^32 divided by the golden ratio. */
const MIX = 0x9e3779b1;

/** No pattern has begun, as far as four symbols can tell. */
export const IDLE = 0;

export class Automaton {
  /** Window (hashed) → whether some pattern may begin with it. */
  readonly filter: Uint8Array;
  readonly filterShift: number;
  /** State → length of the longest pattern that ends there, or 0. */
  readonly found: Int32Array;
  /** State → number of symbols it stands for. */
  readonly depth: Int32Array;
  readonly #starts = new Map<number, number>();
  /** Beginnings of one to three symbols. */
  readonly #shortStarts = new Set<number>();
  readonly #symbol: Uint8Array;
  readonly #firstChild: Int32Array;
  readonly #nextSibling: Int32Array;
  /** State → the state of its longest tail that is a state too. */
  readonly #tail: Int32Array;
  #size = 1;

  /** @param patterns - of at least four symbols each */
  constructor(patterns: readonly Uint8Array[]) {
    if (patterns.some((pattern) => pattern.length < WINDOW)) throw new Error('a pattern is shorter than the window');
    const states = patterns.reduce((sum, pattern) => sum + pattern.length - WINDOW + 1, 1);
    const table = new Int32Array(5 * states);
    const column = (number: number): Int32Array => table.subarray(number * states, (number + 1) * states);
    this.found = column(0);
    this.depth = column(1);
    this.#firstChild = column(2);
    this.#nextSibling = column(3);
    this.#tail = column(4);
    this.#symbol = new Uint8Array(states);
    for (const pattern of patterns) this.#insert(pattern);
    const bits = Math.ceil(Math.log2(this.#starts.size + 1)) + FILTER_SPREAD_BITS;
    const filterBits = Math.min(FILTER_BITS_MAX, Math.max(FILTER_BITS_MIN, bits));
    this.filter = new Uint8Array(2 ** filterBits);
    this.filterShift = 32 - filterBits;
    for (const window of this.#starts.keys()) this.filter[slotOf(window, this.filterShift)] = 1;
    this.#link();
  }

  /** The state after a window, read from `IDLE`. */
  start(window: number): number {
    return this.#starts.get(window) ?? IDLE;
  }

  /** @param window - of the last four symbols, `symbol` included */
  next(state: number, symbol: number, window: number): number {
    for (let from = state; from !== IDLE; from = this.#tail[from] as number) {
      const child = this.#child(from, symbol);
      if (child !== IDLE) return child;
    }
    return this.start(window);
  }

  /** When idle: how many of the last symbols (at most three, at most `count`) begin a pattern. */
  begun(window: number, count: number): number {
    for (let length = Math.min(WINDOW - 1, count); length > 0; length -= 1) {
      if (this.#shortStarts.has(shortKey(window, length))) return length;
    }
    return 0;
  }

  #insert(pattern: Uint8Array): void {
    let window = 0;
    for (let at = 0; at < WINDOW; at += 1) {
      window = (window << 8) | (pattern[at] as number);
      if (at + 1 < WINDOW) this.#shortStarts.add(shortKey(window, at + 1));
    }
    let state = this.start(window);
    if (state === IDLE) {
      state = this.#add(pattern[WINDOW - 1] as number, WINDOW);
      this.#starts.set(window, state);
    }
    for (let at = WINDOW; at < pattern.length; at += 1) {
      const symbol = pattern[at] as number;
      let child = this.#child(state, symbol);
      if (child === IDLE) {
        child = this.#add(symbol, at + 1);
        this.#nextSibling[child] = this.#firstChild[state] as number;
        this.#firstChild[state] = child;
      }
      state = child;
    }
    this.found[state] = pattern.length;
  }

  #add(symbol: number, depth: number): number {
    const state = this.#size;
    this.#size += 1;
    this.#symbol[state] = symbol;
    this.depth[state] = depth;
    return state;
  }

  #child(state: number, symbol: number): number {
    let child = this.#firstChild[state] as number;
    while (child !== IDLE && this.#symbol[child] !== symbol) child = this.#nextSibling[child] as number;
    return child;
  }

  /** Breadth first: what a state falls back to is shorter, and linked already. */
  #link(): void {
    const queue = new Int32Array(this.#size);
    const windows = new Int32Array(this.#size);
    let length = 0;
    for (const [window, state] of this.#starts) {
      queue[length] = state;
      windows[length] = window;
      length += 1;
    }
    for (let at = 0; at < length; at += 1) {
      const state = queue[at] as number;
      for (let child = this.#firstChild[state] as number; child !== IDLE; child = this.#nextSibling[child] as number) {
        const symbol = this.#symbol[child] as number;
        const window = ((windows[at] as number) << 8) | symbol;
        const tail = this.next(this.#tail[state] as number, symbol, window);
        this.#tail[child] = tail;
        // A pattern that ends here is longer than any that ends in its tail.
        if (this.found[child] === 0) this.found[child] = this.found[tail] as number;
        queue[length] = child;
        windows[length] = window;
        length += 1;
      }
    }
  }
}

export function slotOf(window: number, filterShift: number): number {
  return Math.imul(window, MIX) >>> filterShift;
}

function shortKey(window: number, length: number): number {
  return length * 2 ** 24 + (window & (2 ** (8 * length) - 1));
}
