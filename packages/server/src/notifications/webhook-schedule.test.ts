import { describe, expect, it } from 'vitest';
import { JITTER, RETRY_AFTER_ASKED_MAX_MS, RETRY_AFTER_MS, retryAfterMs, retryDelayMs } from './webhook-schedule.ts';

describe('the schedule of repetitions', () => {
  it('grows over about a day and then ends', () => {
    const hours = RETRY_AFTER_MS.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(20);
    expect(hours).toBeLessThan(28);
    expect(RETRY_AFTER_MS).toEqual(RETRY_AFTER_MS.toSorted((left, right) => left - right));
    expect(retryDelayMs(RETRY_AFTER_MS.length, undefined, 0.5)).toBe(RETRY_AFTER_MS.at(-1));
    expect(retryDelayMs(RETRY_AFTER_MS.length + 1, undefined, 0.5)).toBeUndefined();
  });

  it('is spread, so that what failed together does not come back together', () => {
    expect([0, 0.5, 1].map((random) => retryDelayMs(2, undefined, random))).toEqual([
      30_000 * (1 - JITTER),
      30_000,
      30_000 * (1 + JITTER),
    ]);
  });

  it('waits for as long as it is asked to, within limits', () => {
    expect(retryDelayMs(1, 60_000, 0.5)).toBe(60_000);
    expect(retryDelayMs(1, 10, 0.5)).toBe(5_000);
    expect(retryDelayMs(1, 1_000 * 86_400_000, 0.5)).toBe(RETRY_AFTER_ASKED_MAX_MS);
  });

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Wed, 01 Jan 2025 00:01:00 GMT', 60_000],
    ['Tue, 31 Dec 2024 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After: %j', (header, ms) => {
    expect(retryAfterMs(header, Date.UTC(2025, 0, 1))).toBe(ms);
  });
});
