/** Remembers what a pure function gave for the texts used last. */
export class TextMemory<Result> {
  readonly #known = new Map<string, Result>();
  readonly #max: number;
  readonly #lengthMax: number;

  /** `lengthMax`: for longer texts the function is asked each time. */
  constructor(max: number, lengthMax: number) {
    this.#max = max;
    this.#lengthMax = lengthMax;
  }

  recall(text: string, read: () => Result): Result {
    if (text.length > this.#lengthMax) return read();
    const found = this.#known.get(text);
    const result = found ?? read();
    // A map keeps the order of insertion: what is used moves to its end, what was not used for longest is dropped.
    this.#known.delete(text);
    this.#known.set(text, result);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#max && oldest !== undefined) this.#known.delete(oldest);
    return result;
  }
}
