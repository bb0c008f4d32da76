/** The log of a step as events, a line each. What comes here is masked already. */
import { StringDecoder } from 'node:string_decoder';
import type { LogSink } from '@bridle/executors';
import type { RunLogEvent } from '@bridle/protocol';
import type { EventStream } from './event-stream.ts';

/** A longer line comes in pieces (P1). */
const LINE_LENGTH_MAX = 65_536;

export class LogLines implements LogSink {
  readonly #events: EventStream;
  readonly #node: Pick<RunLogEvent, 'planExecutionId' | 'node'>;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #count = 0;

  constructor(events: EventStream, node: Pick<RunLogEvent, 'planExecutionId' | 'node'>) {
    this.#events = events;
    this.#node = node;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const text = this.#rest + this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    const whole = lines.flatMap(pieces);
    while (this.#rest.length >= LINE_LENGTH_MAX) {
      whole.push(this.#rest.slice(0, LINE_LENGTH_MAX));
      this.#rest = this.#rest.slice(LINE_LENGTH_MAX);
    }
    if (whole.length > 0) await this.#send(whole);
  }

  /** The last line, when it has no end. */
  async end(): Promise<void> {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last !== '') await this.#send([last]);
  }

  #send(lines: readonly string[]): Promise<void> {
    const time = new Date().toISOString();
    return this.#events.send(
      lines.map((line) => ({
        type: 'log',
        time,
        ...this.#node,
        line: this.#count++,
        text: line.endsWith('\r') ? line.slice(0, -1) : line,
      })),
    );
  }
}

function pieces(line: string): readonly string[] {
  if (line.length <= LINE_LENGTH_MAX) return [line];
  const count = Math.ceil(line.length / LINE_LENGTH_MAX);
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * LINE_LENGTH_MAX, (index + 1) * LINE_LENGTH_MAX),
  );
}
