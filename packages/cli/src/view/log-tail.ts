/** The last lines of a step's log; what was before them is forgotten. */
const LINES_MAX = 20;
/** Of one line; what is longer was not written for people. */
const LINE_LENGTH_MAX = 2000;

export class LogTail {
  readonly #lines: string[] = [];

  push(line: string): void {
    // A copy: a slice would keep the whole line alive.
    this.#lines.push(line.length > LINE_LENGTH_MAX ? structuredClone(line.slice(0, LINE_LENGTH_MAX)) : line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }

  last(count: number): readonly string[] {
    return count <= 0 ? [] : this.#lines.slice(-count);
  }
}
