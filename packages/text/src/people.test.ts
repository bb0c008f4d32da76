/** Durations, times and ids as people read them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration } from './duration.ts';
import { formatRelative } from './relative-time.ts';
import { shortenId } from './shorten-id.ts';

const NOW = 1_800_000_000_000;

describe('formatDuration', () => {
  test.each([
    [0, '0ms'],
    [340.9, '340ms'],
    [999.9, '999ms'],
    [1000, '1s'],
    [48_999, '48s'],
    [100_000, '1m 40s'],
    [120_000, '2m'],
    [3_599_999, '59m 59s'],
    [3_600_000, '1h'],
    [7_500_000, '2h 5m'],
    [3_605_000, '1h'],
    [100 * 3_600_000, '4d 4h'],
    [-5, '0ms'],
    [Number.NaN, '0ms'],
    [Number.POSITIVE_INFINITY, '0ms'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test('what is longer never reads as shorter', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 10 }), fc.nat({ max: 10 ** 10 }), (one, other) => {
        expect(readBack(formatDuration(Math.min(one, other)))).toBeLessThanOrEqual(
          readBack(formatDuration(Math.max(one, other))),
        );
      }),
    );
  });
});

describe('formatRelative', () => {
  test.each([
    [0, 'just now'],
    [4999, 'just now'],
    [-4999, 'just now'],
    [5000, '5s ago'],
    [59_999, '59s ago'],
    [60_000, '1m ago'],
    [3 * 3_600_000, '3h ago'],
    [-3 * 3_600_000, 'in 3h'],
    [26 * 3_600_000, '1d ago'],
    [15 * 86_400_000, '2w ago'],
    [70 * 86_400_000, '2mo ago'],
    [800 * 86_400_000, '2y ago'],
    [Number.NaN, 'just now'],
    [Number.POSITIVE_INFINITY, 'just now'],
  ])('%d ms before now is %s', (beforeMs, text) => {
    expect(formatRelative(NOW - beforeMs, NOW)).toBe(text);
  });
});

describe('shortenId', () => {
  test('a long id keeps its ends', () => {
    expect(shortenId('dXb3abcdefghijklmn9Qw0')).toBe('dXb3…9Qw0');
    expect(shortenId('dXb3abcdefghijklmn9Qw0', 2)).toBe('dX…w0');
  });

  test('an id that would not get shorter stays whole', () => {
    expect(shortenId('abcd12345')).toBe('abcd12345');
    expect(shortenId('')).toBe('');
  });
});

function readBack(text: string): number {
  const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return [...text.matchAll(/(\d+)(ms|[dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}
