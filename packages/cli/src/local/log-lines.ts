/** The log of a step as events, a line each. What comes here is masked already. */
import { StringDecoder } from 'node:string_decoder';
import type { LogSink } from '@bridle/executors';
import type { RunLogEvent } from '@bridle/protocol';
import type { EventStream } from './event-stream.ts';

/** A longer line comes in pieces (P1). */
const LINE_LENGTH_MAX = 65_536;

export class LogLines implements LogSink {
  readonly #events: Pick<EventStream, 'send'>;
  readonly #node: Pick<RunLogEvent, 'planExecutionId' | 'node'>;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #count = 0;

  constructor(events: Pick<EventStream, 'send'>, node: Pick<RunLogEvent, 'planExecutionId' | 'node'>) {
    this.#events = events;
    this.#node = node;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const text = this.#rest + this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const lines = text.split('\n');
    const pieces = piecesOf(lines.pop() ?? '');
    this.#rest = pieces.pop() ?? '';
    const whole = [...lines.flatMap((line) => piecesOf(line.endsWith('\r') ? line.slice(0, -1) : line)), ...pieces];
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
    return this.#events.send(lines.map((text) => ({ type: 'log', time, ...this.#node, line: this.#count++, text })));
  }
}

/** One piece for most lines. No character is cut in two. */
function piecesOf(line: string): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > LINE_LENGTH_MAX) {
    const code = rest.charCodeAt(LINE_LENGTH_MAX - 1);
    const isFirstHalf = code >= 0xd8_00 && code <= 0xdb_ff;
    const end = isFirstHalf ? LINE_LENGTH_MAX - 1 : LINE_LENGTH_MAX;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}
