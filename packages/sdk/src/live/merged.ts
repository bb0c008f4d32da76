/** Several sequences as one, each item when it comes. Sources may be added while it is read. */
export class Merged<T> {
  readonly #waiting: T[] = [];
  #sources = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  /** Of a reader that is slower than its sources: they wait. */
  #drained: (() => void)[] = [];

  add(source: AsyncIterable<T>): void {
    this.#run(async () => {
      for await (const item of source) {
        this.#waiting.push(item);
        this.#wake();
        if (this.#waiting.length >= WAITING_MAX) {
          await new Promise<void>((resolve) => {
            this.#drained.push(resolve);
          });
        }
      }
    });
  }

  /** It is not over before this is. */
  until(work: Promise<void>): void {
    this.#run(() => work);
  }

  async *all(): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) {
        yield* this.#waiting.splice(0);
        for (const resume of this.#drained.splice(0)) resume();
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#sources === 0) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #run(work: () => Promise<void>): void {
    this.#sources += 1;
    void work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#sources -= 1;
        this.#wake();
      });
  }
}

const WAITING_MAX = 1_000;
