/**
 * Masks one stream of bytes.
 *
 * - M1 No form of a secret that was known before its first byte left comes out, however the bytes are cut into pieces.
 * - M2 Everything else comes out byte for byte. Forms that overlap are one stretch; a stretch becomes `MASK_TEXT`.
 * - M3 Held back is only what may be the beginning of a form: at most the longest form, for most lines nothing, often a character or
 *   two. It stays held back, for as long as it takes, until more bytes or the end decide: a clock would let a secret out that is
 *   written with a pause in its middle. The end lets out what never became a secret.
 * - M4 What comes out depends on the bytes alone, not on how they were cut (as long as no secret is added in between).
 */
import { EncodedScanner, VerbatimScanner, type Scanner } from './scanners.ts';
import type { Automaton } from './automaton.ts';
import { Spans, type Span } from './spans.ts';

/** What stands for a secret: the same for all, whatever their length. */
export const MASK_TEXT = '********';
const MASK_BYTES = Buffer.from(MASK_TEXT);

/** What to look for; a new object whenever a secret was added. */
export interface Patterns {
  readonly verbatim: Automaton | undefined;
  readonly encoded: Automaton | undefined;
}

export class MaskedStream {
  readonly #current: () => Patterns;
  #patterns: Patterns | undefined;
  #scanners: readonly Scanner[] = [];
  /** Read and not let out yet. */
  #held: Uint8Array = Buffer.alloc(0);
  /** Position of the first held byte. */
  #heldFrom = 0;
  /** Bytes before this position are covered by a mask that is out already. */
  #maskedUntil = 0;
  /** Stretches that are not out yet: another form may still overlap them. */
  #open: readonly Span[] = [];

  /** @param current - answers with the patterns of now */
  constructor(current: () => Patterns) {
    this.#current = current;
  }

  /** Takes bytes and gives those that may leave. They may be the same object; do not write to it. */
  push(bytes: Uint8Array): Uint8Array {
    const held = this.#held;
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const isRenewed = this.#renew();
    this.#search(isRenewed ? all : bytes);
    const end = this.#heldFrom + all.length;
    const openFrom = Math.min(end, ...this.#scanners.map((scanner) => scanner.openFrom));
    return this.#letOut(all, openFrom);
  }

  /** No more bytes come: gives the rest. */
  end(): Uint8Array {
    if (this.#renew()) this.#search(this.#held);
    const rest = this.#letOut(this.#held, this.#heldFrom + this.#held.length);
    this.#patterns = undefined;
    return rest;
  }

  /** Answers whether the held bytes have to be searched again. */
  #renew(): boolean {
    const patterns = this.#current();
    if (patterns === this.#patterns) return false;
    const isFirst = this.#patterns === undefined;
    this.#patterns = patterns;
    // Whatever is unfinished by the old patterns begins in what is held.
    this.#open = [];
    const { verbatim, encoded } = patterns;
    this.#scanners = [
      ...(verbatim === undefined ? [] : [new VerbatimScanner(verbatim, this.#heldFrom)]),
      ...(encoded === undefined ? [] : [new EncodedScanner(encoded, this.#heldFrom, !isFirst)]),
    ];
    return true;
  }

  #search(bytes: Uint8Array): void {
    let spans = this.#open;
    for (const scanner of this.#scanners) {
      const found = new Spans();
      scanner.scan(bytes, found);
      if (!found.isEmpty) spans = [...spans, ...found.takeAll()];
    }
    if (spans !== this.#open) this.#open = merged(spans);
  }

  /** @param all - the bytes from `#heldFrom` on */
  #letOut(all: Uint8Array, until: number): Uint8Array {
    const from = this.#heldFrom;
    const parts: Uint8Array[] = [];
    let at = Math.max(from, this.#maskedUntil);
    const open: Span[] = [];
    for (const span of this.#open) {
      if (span.start < this.#maskedUntil) this.#maskedUntil = Math.max(this.#maskedUntil, span.end);
      // A form that ends later begins at `until` or behind it: it can only make this stretch longer.
      else if (span.start <= until) {
        parts.push(all.subarray(at - from, span.start - from), MASK_BYTES);
        this.#maskedUntil = span.end;
      } else open.push(span);
      at = Math.max(at, this.#maskedUntil);
    }
    this.#open = open;
    const isUntouched = parts.length === 0 && at === from && until === from + all.length;
    if (at < until) parts.push(all.subarray(at - from, until - from));
    // Copied: a few bytes must not keep the large piece that they came in.
    this.#held = until === from + all.length ? all.subarray(all.length) : Buffer.from(all.subarray(until - from));
    this.#heldFrom = until;
    return isUntouched ? all : Buffer.concat(parts);
  }
}

/** Spans in any order; those that overlap become one. */
function merged(spans: readonly Span[]): readonly Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
