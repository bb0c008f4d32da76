/** What a case opened: closed in the turned order when it is over, also when it fails before it has begun. */
export class Opened {
  readonly #closings: (() => unknown)[] = [];

  /** `thing`, to be closed by `close` later. */
  keep<Thing>(thing: Thing, close: (thing: Thing) => unknown): Thing {
    this.#closings.push(() => close(thing));
    return thing;
  }

  /** Closes everything; what cannot be closed does not keep the rest open. Throws the first failure at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let closing = this.#closings.pop(); closing !== undefined; closing = this.#closings.pop()) {
      try {
        await closing();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
