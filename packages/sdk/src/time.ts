/** Points in time as callers give them. */
import { ConfigurationError } from './errors.ts';

/** A date, epoch milliseconds, or how long ago: `90s`, `15m`, `24h`, `7d`, `2w`. */
export type TimePoint = Date | number | string;

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export function epochMs(time: TimePoint, now: number = Date.now()): number {
  if (typeof time === 'number') return time;
  if (time instanceof Date) return time.getTime();
  const [, amount, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(time) ?? [];
  const ms = amount === undefined ? Date.parse(time) : now - Number(amount) * (UNITS[unit] ?? 0);
  if (Number.isNaN(ms)) throw new ConfigurationError(`"${time}" is no time: give a date, or how long ago, such as 7d`);
  return ms;
}
