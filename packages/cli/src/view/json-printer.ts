/** `--json`: every event in one line of standard output, and nothing else there. */
import { RunEvent } from '@bridle/protocol';
import { UsageError } from '../command-line/usage-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { LineBuffer } from './line-buffer.ts';
import type { RunPrinter } from './printer.ts';

export class JsonPrinter implements RunPrinter {
  readonly #fields: readonly string[];
  readonly #out: LineBuffer;

  /**
   * @param fields - the fields of each line, in this order; what an event does not have is left out. Empty = all.
   * @throws UsageError when no event has one of the fields
   */
  constructor({ out }: Terminal, fields: readonly string[]) {
    const known = [...new Set(RunEvent.anyOf.flatMap(({ properties }) => Object.keys(properties)))];
    const unknown = fields.find((field) => !known.includes(field));
    if (unknown !== undefined) {
      throw new UsageError(`No event of a run has the field "${unknown}".`, `There are: ${known.join(', ')}.`);
    }
    this.#fields = fields;
    this.#out = new LineBuffer(out);
  }

  readonly on = (event: RunEvent): Promise<void> | undefined => this.#out.line(JSON.stringify(this.#select(event)));

  #select(event: RunEvent): object {
    if (this.#fields.length === 0) return event;
    const values = new Map<string, unknown>(Object.entries(event));
    return Object.fromEntries(
      this.#fields.filter((field) => values.has(field)).map((field) => [field, values.get(field)]),
    );
  }

  stopping(): Promise<void> {
    return Promise.resolve();
  }

  typed(): void {}

  aside<T>(question: () => Promise<T>): Promise<T> {
    return question();
  }

  detach(): Promise<void> {
    return this.#out.flush();
  }

  end(): Promise<void> {
    return this.#out.flush();
  }
}
