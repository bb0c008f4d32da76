import { expect, it } from 'vitest';
import { ConfigurationError } from './errors.ts';
import { epochMs } from './time.ts';

const NOW = Date.UTC(2026, 10, 26);

it.each([
  [new Date(5), 5],
  [7, 7],
  ['90s', NOW - 90_000],
  ['15m', NOW - 900_000],
  ['24h', NOW - 86_400_000],
  ['7d', NOW - 604_800_000],
  ['2w', NOW - 1_209_600_000],
  ['2026-11-26T00:00:00Z', NOW],
])('%s is a point in time', (given, wanted) => {
  expect(epochMs(given, NOW)).toBe(wanted);
});

it('refuses what is none', () => {
  expect(() => epochMs('soon', NOW)).toThrow(ConfigurationError);
});
