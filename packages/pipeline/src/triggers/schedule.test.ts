import { describe, expect, it } from 'vitest';
import { nextTick, nextTicks, objectToSchedule, type Schedule } from './schedule.ts';

const unix = (expression: string, timezone?: string): Schedule => ({
  form: 'UNIX',
  expression,
  ...(timezone === undefined ? {} : { timezone }),
});
const quartz = (expression: string): Schedule => ({ form: 'QUARTZ', expression });

const ticks = (schedule: Schedule, after: string, count: number): readonly string[] =>
  nextTicks(schedule, Date.parse(after), count).map((at) => new Date(at).toISOString().slice(0, 16));

describe('times', () => {
  it.each([
    [unix('0 2 * * *'), ['2026-01-01T02:00', '2026-01-02T02:00']],
    [unix('0/30 8 * * MON'), ['2026-01-05T08:00', '2026-01-05T08:30']],
    [unix('0 0 13 * 5'), ['2026-01-02T00:00', '2026-01-09T00:00']],
    [quartz('0 15 10 ? * 6L'), ['2026-01-30T10:15', '2026-02-27T10:15']],
    [quartz('0 15 10 ? * 1'), ['2026-01-04T10:15', '2026-01-11T10:15']],
    [quartz('0 15 10 15W * ? 2027'), ['2027-01-15T10:15', '2027-02-15T10:15']],
    [unix('30 9 * * *', 'Asia/Kolkata'), ['2026-01-01T04:00', '2026-01-02T04:00']],
  ])('of %o', (schedule, expected) => {
    expect(ticks(schedule, '2026-01-01T00:00:00Z', 2)).toEqual(expected);
  });

  it('come after the one before, never twice', () => {
    const schedule = unix('0 * * * *');
    const first = nextTick(schedule, Date.parse('2026-01-01T00:59:59.999Z')) ?? 0;
    expect(new Date(first).toISOString()).toBe('2026-01-01T01:00:00.000Z');
    expect(new Date(nextTick(schedule, first) ?? 0).toISOString()).toBe('2026-01-01T02:00:00.000Z');
    expect(new Date(nextTick(schedule, first + 1) ?? 0).toISOString()).toBe('2026-01-01T02:00:00.000Z');
  });

  it('end', () => {
    expect(nextTick(quartz('0 0 0 1 1 ? 2020'), Date.UTC(2026, 0, 1))).toBeUndefined();
    expect(objectToSchedule(quartz('0 0 0 1 1 ? 2020'))).toBeUndefined();
  });
});

describe('a change of clocks (K1)', () => {
  it('lets a time of day that is skipped fire at the change, once', () => {
    expect(ticks(unix('30 2 * * *', 'Europe/Berlin'), '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  it('lets a time of day that comes twice fire once', () => {
    expect(ticks(unix('30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it.each(['2026-10-24T23:30:00Z', '2026-03-28T23:30:00Z'])('lets intervals go on after %s', (from) => {
    const times = nextTicks(unix('*/30 * * * *', 'Europe/Berlin'), Date.parse(from), 12);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([1_800_000]));
  });
});

describe('objections', () => {
  it.each([
    [unix('*/5 * * * *'), undefined],
    [unix('0 0 30 2 *'), undefined],
    [unix('*/4 * * * *'), 'tooOften'],
    [unix('58 23 * * *'), undefined],
    [unix('58,1 * * * *'), 'tooOften'],
    [unix('0,3 0 1 1 *'), 'tooOften'],
    [quartz('0,30 0 0 * * ?'), 'tooOften'],
    [unix('* * * *'), 'expression'],
    [unix('60 * * * *'), 'expression'],
    [unix('0 0 ? * *'), 'expression'],
    [unix('nightly'), 'expression'],
    [unix(''), 'expression'],
    [unix(`${'0,'.repeat(1_000)}0 * * * *`), 'expression'],
    [quartz('0 2 * * *'), 'expression'],
    [unix('0 2 * * *', 'Mars/Olympus'), 'timezone'],
  ])('to %o', (schedule, kind) => {
    expect(objectToSchedule(schedule)?.kind).toBe(kind);
  });

  it('name the two times that are too close', () => {
    expect(objectToSchedule(unix('0,3 4 * * *'))).toMatchObject({
      message:
        'Cron interval must be greater than or equal to 5 minutes. The next two execution times 2026-01-01T04:00:00.000Z and 2026-01-01T04:03:00.000Z are closer.',
    });
  });
});
