/** Stretches of a stream, from `start` up to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Spans that are found in the order of their ends; those that overlap become one. */
export class Spans {
  #spans: { start: number; end: number }[] = [];

  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  add(start: number, end: number): void {
    let last = this.#spans.at(-1);
    while (last !== undefined && last.start >= start) {
      this.#spans.pop();
      last = this.#spans.at(-1);
    }
    if (last !== undefined && start < last.end) last.end = end;
    else this.#spans.push({ start, end });
  }

  takeAll(): Span[] {
    const spans = this.#spans;
    this.#spans = [];
    return spans;
  }
}
