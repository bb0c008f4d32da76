/**
 * When a scheduled trigger fires (api.md §3.6): UNIX expressions of five fields, or QUARTZ ones of six or seven that begin with
 * seconds and count Sunday as 1. Times are UTC unless a time zone is named.
 *
 * - K1 A time of day that a clock change skips fires at the change, one that it repeats fires once; intervals go on by real time.
 */
import { Cron } from 'croner';

export type ScheduleForm = 'UNIX' | 'QUARTZ';

export interface Schedule {
  readonly form: ScheduleForm;
  readonly expression: string;
  /** As in `Europe/Berlin`; absent = UTC. */
  readonly timezone?: string;
}

/** Closer together nothing may start (api.md §3.6). */
const SCHEDULE_INTERVAL_MS_MIN = 300_000;

export type ScheduleProblem =
  | { readonly kind: 'expression' | 'timezone'; readonly message: string }
  /** Two times that are too close; epoch milliseconds. */
  | { readonly kind: 'tooOften'; readonly message: string; readonly times: readonly [number, number] };

/** The time after this one, in epoch milliseconds; `undefined` = never again. The schedule was found to be none too bad before. */
export function nextTick(schedule: Schedule, after: number): number | undefined {
  return nextTicks(schedule, after, 1)[0];
}

/** The times after this one, at most so many. */
export function nextTicks(schedule: Schedule, after: number, count: number): readonly number[] {
  return open(schedule)
    .nextRuns(count, new Date(after))
    .map((time) => time.getTime());
}

/**
 * What is wrong with a schedule, so that it can never fire or may not. Whether it fires too often is judged by times of one
 * year, without changes of clocks: the answer is the same whenever it is asked.
 */
export function objectToSchedule(schedule: Schedule): ScheduleProblem | undefined {
  const { form, expression, timezone } = schedule;
  if (timezone !== undefined && !isTimezone(timezone)) {
    return { kind: 'timezone', message: `"${timezone}" is not a time zone; write one as Europe/Berlin.` };
  }
  if (expression.length > EXPRESSION_LENGTH_MAX) {
    return { kind: 'expression', message: `it is longer than ${String(EXPRESSION_LENGTH_MAX)} characters` };
  }
  if (form === 'UNIX' && expression.includes('?')) {
    return { kind: 'expression', message: 'a UNIX expression has no "?"; write "*", or set type: QUARTZ' };
  }
  try {
    const times = open({ form, expression }).nextRuns(JUDGED_TIMES, new Date(JUDGED_FROM));
    return findTooClose(times.map((time) => time.getTime()));
  } catch (error) {
    return { kind: 'expression', message: describe(error, form) };
  }
}

const EXPRESSION_LENGTH_MAX = 1_000;
/** A Thursday. */
const JUDGED_FROM = Date.UTC(2026, 0, 1);
/** More than any day has at the smallest interval. */
const JUDGED_TIMES = 300;

function findTooClose(times: readonly number[]): ScheduleProblem | undefined {
  for (const [index, time] of times.entries()) {
    const next = times[index + 1];
    if (next === undefined || next - time >= SCHEDULE_INTERVAL_MS_MIN) continue;
    const shown = [time, next].map((at) => new Date(at).toISOString()).join(' and ');
    const message = `Cron interval must be greater than or equal to 5 minutes. The next two execution times ${shown} are closer.`;
    return { kind: 'tooOften', message, times: [time, next] };
  }
  return undefined;
}

function open({ form, expression, timezone }: Schedule): Cron {
  const isQuartz = form === 'QUARTZ';
  return new Cron(expression.trim(), {
    // Never runs anything: it is asked for times only.
    paused: true,
    mode: isQuartz ? '6-or-7-parts' : '5-part',
    alternativeWeekdays: isQuartz,
    // 0/15, as everybody writes it.
    sloppyRanges: true,
    ...(timezone === undefined || timezone === 'UTC' ? { utcOffset: 0 } : { timezone }),
  });
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What the parser says, without its own names. */
function describe(error: unknown, form: ScheduleForm): string {
  const said = error instanceof Error ? error.message : String(error);
  if (said.includes('parts are required') || said.includes('requires exactly')) {
    return form === 'UNIX'
      ? 'a UNIX expression has five fields: minute, hour, day of month, month, day of week'
      : 'a QUARTZ expression has six or seven fields: second, minute, hour, day of month, month, day of week, year';
  }
  return said.replace(/^\w+: (?:Syntax error, )?/, '').replace(/\.$/, '');
}
