/** When what could not be delivered is sent again, and when an endpoint is given up. */

/** After the first failure, the second, …: about a day in all. */
export const RETRY_AFTER_MS: readonly number[] = [
  5_000,
  30_000,
  2 * 60_000,
  10 * 60_000,
  30 * 60_000,
  3_600_000,
  2 * 3_600_000,
  4 * 3_600_000,
  8 * 3_600_000,
  8 * 3_600_000,
];
/** Each wait is so much longer or shorter at most, so that what failed together does not come back together. */
export const JITTER = 0.2;
/** What an endpoint asks for by `Retry-After` counts up to here. */
export const RETRY_AFTER_ASKED_MAX_MS = 8 * 3_600_000;
/** An endpoint that fails for so long is disabled. */
export const DISABLE_AFTER_MS = 5 * 86_400_000;

/**
 * @param tries - so often it was sent
 * @param askedMs - what the endpoint asked for
 * @param random - from 0 to 1
 * @returns milliseconds; `undefined` = never again
 */
export function retryDelayMs(tries: number, askedMs: number | undefined, random: number): number | undefined {
  const usual = RETRY_AFTER_MS[tries - 1];
  if (usual === undefined) return undefined;
  const spread = Math.round(usual * (1 - JITTER + 2 * JITTER * random));
  return Math.max(spread, Math.min(askedMs ?? 0, RETRY_AFTER_ASKED_MAX_MS));
}

/** Both forms of `Retry-After`: seconds, or a date. `undefined` for anything else. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
