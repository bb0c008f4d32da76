/** Rings when there may be something new. Rings while nobody listens are kept as one, with all their ids. One listener at a time. */
export class Bell {
  #isRung = false;
  #ids = new Set<string>();
  #wake: (() => void) | undefined;

  ring(ids: Iterable<string> = []): void {
    this.#isRung = true;
    for (const id of ids) this.#ids.add(id);
    this.#wake?.();
  }

  /** Resolves at the next ring (at once when it rang before) or when `signal` aborts, with the ids since the last time. */
  async next(signal: AbortSignal): Promise<ReadonlySet<string>> {
    if (!this.#isRung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake);
      });
      this.#wake = undefined;
    }
    const ids = this.#ids;
    this.#ids = new Set();
    this.#isRung = false;
    return ids;
  }
}
