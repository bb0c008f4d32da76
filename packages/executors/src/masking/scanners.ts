/** Read a stream through an automaton and say where the forms of secrets lie in it. Positions count bytes since the start. */
import { IDLE, slotOf, WINDOW, type Automaton } from './automaton.ts';
import type { Spans } from './spans.ts';

export interface Scanner {
  /** Reads on; adds what is found. */
  scan(bytes: Uint8Array, found: Spans): void;
  /** From here on the bytes read may belong to a form that is not read to its end. */
  readonly openFrom: number;
}

/** Looks for the bytes of the patterns as they are. */
export class VerbatimScanner implements Scanner {
  readonly #automaton: Automaton;
  readonly #start: number;
  #position: number;
  #state = IDLE;
  #window = 0;

  constructor(automaton: Automaton, position: number) {
    this.#automaton = automaton;
    this.#start = position;
    this.#position = position;
  }

  scan(bytes: Uint8Array, found: Spans): void {
    const automaton = this.#automaton;
    const { filter, filterShift, found: lengths } = automaton;
    let state = this.#state;
    let window = this.#window;
    for (let at = 0; at < bytes.length;) {
      if (state === IDLE) {
        // Nearly all of a log is read here.
        let mayBegin = 0;
        do {
          window = (window << 8) | (bytes[at] as number);
          mayBegin = filter[slotOf(window, filterShift)] as number;
          at += 1;
        } while (mayBegin === 0 && at < bytes.length);
        // The window is not full before the fourth byte.
        if (mayBegin === 0 || this.#position + at - this.#start < WINDOW) continue;
        state = automaton.start(window);
      } else {
        const symbol = bytes[at] as number;
        window = (window << 8) | symbol;
        state = automaton.next(state, symbol, window);
        at += 1;
      }
      const length = lengths[state] as number;
      if (length > 0) found.add(this.#position + at - length, this.#position + at);
    }
    this.#state = state;
    this.#window = window;
    this.#position += bytes.length;
  }

  get openFrom(): number {
    const count = this.#position - this.#start;
    const open =
      this.#state === IDLE
        ? this.#automaton.begun(this.#window, count)
        : (this.#automaton.depth[this.#state] as number);
    return this.#position - open;
  }
}

/** In a line of so many characters of an encoding, a line break is the encoder's and not the writer's. */
const FOLDED_LINE_MIN = 32;
/** Not a character of base64 or hex. */
const FOREIGN = 0;
const SYMBOLS = symbols();

/**
 * Looks for base64 and hex. Both alphabets of base64 are one here, and what an encoder puts between its lines (`base64` breaks after 76
 * characters, PEM after 64, `xxd -p` after 60) is passed over: blanks and line breaks after at least 32 characters of an encoding.
 */
export class EncodedScanner implements Scanner {
  readonly #automaton: Automaton;
  #position: number;
  #state = IDLE;
  #window = 0;
  /** Characters of an encoding since the last byte that is none. */
  #run: number;
  readonly #gaps: Gaps;

  /** @param isMiddle - what stood in front is not known, and taken for a long line */
  constructor(automaton: Automaton, position: number, isMiddle: boolean) {
    this.#automaton = automaton;
    this.#position = position;
    this.#run = isMiddle ? FOLDED_LINE_MIN : 0;
    this.#gaps = new Gaps();
  }

  scan(bytes: Uint8Array, found: Spans): void {
    const automaton = this.#automaton;
    const { filter, filterShift, found: lengths } = automaton;
    let state = this.#state;
    let window = this.#window;
    let run = this.#run;
    for (let at = 0; at < bytes.length;) {
      let symbol = SYMBOLS[bytes[at] as number] as number;
      if (state === IDLE && symbol !== FOREIGN) {
        // Most of a word is read here.
        const from = at;
        let mayBegin = 0;
        do {
          window = (window << 8) | symbol;
          mayBegin = filter[slotOf(window, filterShift)] as number;
          at += 1;
          if (at === bytes.length) break;
          symbol = SYMBOLS[bytes[at] as number] as number;
        } while (mayBegin === 0 && symbol !== FOREIGN);
        run += at - from;
        if (mayBegin === 0) continue;
        state = automaton.start(window);
      } else if (symbol !== FOREIGN) {
        run += 1;
        window = (window << 8) | symbol;
        state = automaton.next(state, symbol, window);
        at += 1;
      } else {
        if (run >= FOLDED_LINE_MIN && isBlank(bytes[at] as number)) {
          this.#gaps.add(this.#position + at);
        } else {
          state = IDLE;
          window = 0; // no pattern has this symbol
          run = 0;
        }
        at += 1;
        continue;
      }
      const length = lengths[state] as number;
      if (length > 0) found.add(this.#gaps.goBack(this.#position + at, length), this.#position + at);
    }
    this.#state = state;
    this.#window = window;
    this.#run = run;
    this.#position += bytes.length;
    this.#gaps.forget(this.openFrom);
  }

  get openFrom(): number {
    const open =
      this.#state === IDLE
        ? this.#automaton.begun(this.#window, this.#run)
        : (this.#automaton.depth[this.#state] as number);
    return open === 0 ? this.#position : this.#gaps.goBack(this.#position, open);
  }
}

/** The bytes that were passed over. */
class Gaps {
  /** Each gap: where it ends, and how many bytes all gaps have up to there. */
  #ends: number[] = [];
  #totals: number[] = [];

  add(position: number): void {
    const last = this.#ends.length - 1;
    const total = (this.#totals[last] ?? 0) + 1;
    if (this.#ends[last] === position) {
      this.#ends[last] = position + 1;
      this.#totals[last] = total;
    } else {
      this.#ends.push(position + 1);
      this.#totals.push(total);
    }
  }

  /** Where the last `count` symbols before a position begin. */
  goBack(position: number, count: number): number {
    const last = this.#totals.length - 1;
    if (last === -1 || position - count >= (this.#ends[last] as number)) return position - count;
    // The first of them by its number among all symbols, and the gaps that have at most so many symbols in front of them.
    const first = position - (this.#totals[last] as number) - count;
    let low = 0;
    let high = last + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] as number) - (this.#totals[middle] as number) <= first) low = middle + 1;
      else high = middle;
    }
    return first + (this.#totals[low - 1] ?? 0);
  }

  /** Nobody goes back behind this position any more. */
  forget(position: number): void {
    let count = 0;
    // The last one that is over stays: it has the sum of those before it.
    while (count + 1 < this.#ends.length && (this.#ends[count + 1] as number) <= position) count += 1;
    if (count === 0) return;
    this.#ends = this.#ends.slice(count);
    this.#totals = this.#totals.slice(count);
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09;
}

function symbols(): Uint8Array {
  const map = new Uint8Array(256).fill(FOREIGN);
  for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')) map[byte] = byte;
  map[0x2d] = 0x2b; // - is +
  map[0x5f] = 0x2f; // _ is /
  return map;
}
