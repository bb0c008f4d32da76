/** Lines out of chunks (L3, L4): walks the chunks of a log and cuts them at their line breaks. */
import type { LogRow } from '../store/log-statements.ts';
import { continuesLine } from './log-blocks.ts';
import type { LogContent } from './log-content.ts';
import {
  LOG_LINE_BYTES_MAX,
  LOG_READ_BYTES_MAX,
  LOG_READ_LINES_MAX,
  type LogLine,
  type LogPage,
  type LogRead,
} from './logs.ts';
import type { PlacedChunk } from './place-chunk.ts';

const LINE_BREAK = 0x0a;

/** Invalid bytes become U+FFFD; a byte order mark is a character like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

interface OpenLine {
  readonly number: number;
  readonly time: number;
  readonly parts: Buffer[];
  bytes: number;
  isCut: boolean;
}

/** Collects complete lines up to the limits of one read; always at least one, however long. */
class LineCollector {
  readonly lines: LogLine[] = [];
  #bytes = 0;
  #open: OpenLine | undefined;
  readonly #fromLine: number;
  readonly #linesMax: number;
  readonly #bytesMax: number;

  constructor({ fromLine = 0, linesMax = LOG_READ_LINES_MAX, bytesMax = LOG_READ_BYTES_MAX }: LogRead) {
    this.#fromLine = fromLine;
    this.#linesMax = Math.min(linesMax, LOG_READ_LINES_MAX);
    this.#bytesMax = Math.min(bytesMax, LOG_READ_BYTES_MAX);
  }

  get isFull(): boolean {
    return this.lines.length >= this.#linesMax || this.#bytes >= this.#bytesMax;
  }

  /** A line whose rest will not be shown: the chunks up to its end may be passed over. */
  get isPastCut(): boolean {
    return this.#open?.isCut === true;
  }

  get nextLine(): number {
    return (this.lines.at(-1)?.number ?? this.#fromLine - 1) + 1;
  }

  add(chunk: PlacedChunk): void {
    const { content, lineTimes, firstLine } = chunk;
    let number = firstLine - 1;
    let from = 0;
    if (!continuesLine(chunk)) {
      // The chunk begins with a line of its own: the one before ended with the chunk before.
      this.endLine();
      number = firstLine;
      this.#begin(number, lineTimes[0]);
    }
    while (from < content.length && !this.isFull) {
      const at = content.indexOf(LINE_BREAK, from);
      this.#append(content.subarray(from, at < 0 ? content.length : at));
      if (at < 0) return;
      this.endLine();
      from = at + 1;
      if (from < content.length) {
        number += 1;
        this.#begin(number, lineTimes[number - firstLine]);
      }
    }
  }

  /** The open line is complete. */
  endLine(): void {
    const line = this.#open;
    this.#open = undefined;
    if (line === undefined || this.isFull) return;
    const text = decoder.decode(line.parts.length === 1 ? line.parts[0] : Buffer.concat(line.parts));
    this.#bytes += line.bytes + 1;
    this.lines.push({ number: line.number, time: line.time, text, ...(line.isCut ? { isCut: true } : {}) });
  }

  #begin(number: number, time: number | undefined): void {
    if (number >= this.#fromLine) this.#open = { number, time: time ?? 0, parts: [], bytes: 0, isCut: false };
  }

  #append(bytes: Buffer): void {
    const line = this.#open;
    if (line === undefined || bytes.length === 0) return;
    const room = LOG_LINE_BYTES_MAX - line.bytes;
    if (bytes.length > room) line.isCut = true;
    if (room <= 0) return;
    const part = bytes.subarray(0, room);
    line.parts.push(part);
    line.bytes += part.length;
  }
}

/** Reads lines of a log as it stands in `log`. */
export async function readLines(content: LogContent, log: LogRow, request: LogRead): Promise<LogPage> {
  const collector = new LineCollector(request);
  let from = await content.findLine(request.fromLine ?? 0);
  while (from !== undefined && !collector.isFull) {
    const chunks = await content.list(from);
    for (const chunk of chunks) {
      if (!collector.isFull) collector.add(chunk);
    }
    const last = chunks.at(-1);
    const end = last === undefined ? log.bytes : last.byteOffset + last.content.length;
    from = await nextChunk(content, log, collector, end);
  }
  const isWhole = !log.endsInLine || log.closedAt !== undefined;
  if (isWhole && !collector.isFull) collector.endLine();
  const isMore = collector.isFull && collector.nextLine < log.lines - (isWhole ? 0 : 1);
  return {
    lines: collector.lines,
    ...(isMore ? { nextLine: collector.nextLine } : {}),
    isClosed: log.closedAt !== undefined && !isMore,
  };
}

async function nextChunk(
  content: LogContent,
  log: LogRow,
  collector: LineCollector,
  end: number,
): Promise<number | undefined> {
  if (end >= log.bytes) return undefined;
  if (!collector.isPastCut) return end;
  const next = await content.findNextLineStart(end - 1);
  return next !== undefined && next < log.bytes ? next : undefined;
}
