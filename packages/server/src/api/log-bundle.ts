/** Logs as files: one JSON object per line, and many of them in one archive. */
import type { LogInfo, Logs } from '../logs/logs.ts';
import { logLine } from './wire/log-line.ts';
import { ZIP_BYTES_MAX, zipStream } from './zip-stream.ts';

/** Logs in one archive. */
export const BUNDLE_LOGS_MAX = 2_000;
/** A byte of a log takes at most six in JSON (`\u001b`). */
const JSON_BYTES_PER_BYTE = 6;
/** What a line has around its text, and a file around its lines. */
const JSON_BYTES_PER_LINE = 160;
const FILE_OVERHEAD = 4_096;

/** The lines there are when it is asked for, as newline-delimited JSON; `linesMax` bounds a log that still grows. */
export async function* logAsJsonLines(logs: Logs, key: string, linesMax = Infinity): AsyncGenerator<Buffer> {
  for (let fromLine: number | undefined = 0; fromLine !== undefined && fromLine < linesMax;) {
    const page = await logs.read(key, { fromLine });
    if (page === undefined) return;
    const lines = page.lines.filter(({ number }) => number < linesMax);
    yield Buffer.from(lines.map((line) => `${JSON.stringify(logLine(line))}\n`).join(''));
    fromLine = page.nextLine;
  }
}

/**
 * All logs below a prefix. `…/runSequence:1` means that run and not `…/runSequence:12`; a step's key also means its retries
 * (`_1`) and command units (`-commandUnit:…`).
 */
export async function listLogsBelow(logs: Logs, accountId: string, prefix: string): Promise<readonly LogInfo[]> {
  if (prefix.endsWith('/')) return await logs.list(accountId, prefix, BUNDLE_LOGS_MAX);
  const exact = await logs.info(prefix);
  const found = exact === undefined || exact.accountId !== accountId ? [] : [exact];
  for (const sign of ['/', '-', '_']) {
    found.push(...(await logs.list(accountId, `${prefix}${sign}`, BUNDLE_LOGS_MAX)));
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether an archive can hold these logs, by the most they may come to. */
export function fitsBundle(infos: readonly LogInfo[]): boolean {
  const bytes = infos.reduce(
    (sum, info) => sum + info.bytes * JSON_BYTES_PER_BYTE + info.lines * JSON_BYTES_PER_LINE + FILE_OVERHEAD,
    0,
  );
  return infos.length <= BUNDLE_LOGS_MAX && bytes <= ZIP_BYTES_MAX;
}

/** One file per log, named by its key. */
export function bundleOf(logs: Logs, infos: readonly LogInfo[]): AsyncGenerator<Buffer> {
  return zipStream(
    infos.map(({ key, createdAt, lines }) => ({
      name: fileName(key),
      changedAt: createdAt,
      content: logAsJsonLines(logs, key, lines),
    })),
  );
}

/** Colons have no place in the file names of Windows. */
function fileName(key: string): string {
  return `${key.replaceAll(':', '_')}.jsonl`;
}
