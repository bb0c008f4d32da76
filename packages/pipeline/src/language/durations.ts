/**
 * Durations as pipelines write them: `1d 4h 30m`, units `w d h m s ms`, at most one blank between parts (pipelines.md §1.5).
 */

/** Harness's ceiling, 53 weeks, in milliseconds: what is longer is refused. */
export const DURATION_MS_MAX = 53 * 7 * 24 * 60 * 60 * 1000;
/** Harness's editor refuses shorter timeouts; Bridle runs them with a warning. */
export const DURATION_MS_USUAL_MIN = 10_000;

const UNIT_MS: Readonly<Record<string, number>> = {
  w: 7 * 24 * 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
  h: 60 * 60 * 1000,
  m: 60 * 1000,
  s: 1000,
  ms: 1,
};

/** Longer text cannot be a duration; it is refused before any matching. */
const DURATION_LENGTH_MAX = 100;
/** A duration, as the source of a pattern. */
export const DURATION = String.raw`\d+(?:ms|[wdhms])(?: ?\d+(?:ms|[wdhms]))*`;
const WHOLE = new RegExp(`^${DURATION}$`);
const PART = /(\d+)(ms|[wdhms])/g;

/** Milliseconds of a duration text, or `undefined` when it is none (the empty text included) or longer than 53 weeks. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > DURATION_LENGTH_MAX || !WHOLE.test(trimmed)) return undefined;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(PART)) total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  return total <= DURATION_MS_MAX ? total : undefined;
}
