import { createHash } from 'node:crypto';

/** Everything that happened, one line each, in order. The same seed gives the same text, byte for byte. */
export class EventLog {
  readonly #lines: string[] = [];
  readonly counts = new Map<string, number>();

  write(at: number, kind: string, text: string): void {
    this.#lines.push(`${at} ${kind} ${text}`);
    this.count(kind);
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  text(): string {
    return this.#lines.join('\n');
  }

  digest(): string {
    return createHash('sha256').update(this.text()).digest('hex').slice(0, 16);
  }
}
