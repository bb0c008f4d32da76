/** When a call is tried again, and after which pause. */
import { ApiError, ConnectionError, TimeoutError } from '../errors.ts';

const PAUSE_MS = 500;
const PAUSE_MS_MAX = 8_000;
/** Whoever asks for a longer pause than this gets none: the caller is told at once. */
const RETRY_AFTER_MS_MAX = 60_000;

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Whether a repetition can do no harm. What is below `/execute` starts executions or interrupts them, with PUT too: a second
 * deployment is worse than an error.
 */
export function isRepeatable(method: string, path: string): boolean {
  if (READS.has(method)) return true;
  return IDEMPOTENT.has(method) && !/\/execute(\/|$)/.test(path);
}

function isWorthAnotherTry(status: number): boolean {
  return AGAIN.has(status);
}

/** A random part of a time that doubles, so that many who failed together do not come back together. */
export function pauseMs(failures: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (failures - 1)));
}

/** What `Retry-After` asks for, which is seconds or a date; undefined when it says nothing. */
export function retryAfterMs(headers: Headers, now: number = Date.now()): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Before the next try of what may be repeated. Undefined: the error is final. */
export function pauseBeforeRetry(error: unknown, failures: number): number | undefined {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return pauseMs(failures);
  if (!(error instanceof ApiError) || !isWorthAnotherTry(error.status)) return undefined;
  const asked = retryAfterMs(error.headers);
  if (asked === undefined) return pauseMs(failures);
  return asked > RETRY_AFTER_MS_MAX ? undefined : asked;
}
