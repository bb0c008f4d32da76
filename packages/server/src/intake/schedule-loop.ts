/**
 * Fires schedules. Every replica runs this loop; the rows say what is due, and their locks who fires it (T1, T2 of
 * trigger-schedules.ts).
 *
 * - A time that passed while no server ran is made good once, if it is not longer ago than `LATE_MS_MAX`, however many there were:
 *   the newest counts. One that is longer ago starts nothing, and the history says so.
 */
import { randomUUID } from 'node:crypto';
import { nextTick, nextTicks, type Schedule } from '@bridle/pipeline';
import type { Scheduler } from '@bridle/runtime';
import type { Database, Transaction } from '../store/database.ts';
import type { TriggerEventStatus } from '@bridle/protocol';
import {
  claimDue,
  claimUnplanned,
  findNextDue,
  insertScheduleEvent,
  moveSchedule,
  planTrigger,
  type ScheduleRow,
} from '../store/trigger-schedules.ts';
import { QUEUED_MESSAGE } from './decide.ts';
import { parseKnownTrigger } from './known-documents.ts';

const POLL_MS = 1_000;
const RETRY_MS = 1_000;
const BATCH_MAX = 100;
const LATE_MS_MAX = 3_600_000;
/** Times looked at to find the newest one that is over: more than an hour has of them. */
const TICKS_MAX = 20;

export interface ScheduleLoopOptions {
  readonly db: Database;
  readonly scheduler: Scheduler;
  /** Hears that events are queued. */
  readonly onFired: (events: readonly ScheduleEvent[]) => void;
  readonly onError: (error: unknown) => void;
  /** While it is so nothing fires; what was due meanwhile is made good as after a stop. */
  readonly isHeld?: () => boolean;
}

export interface ScheduleEvent {
  readonly id: string;
  readonly scope: ScheduleRow['key']['scope'];
}

/** Runs until the signal aborts. */
export async function runSchedules(options: ScheduleLoopOptions, signal: AbortSignal): Promise<void> {
  const { db, scheduler, onFired, onError, isHeld = () => false } = options;
  while (!signal.aborted) {
    if (isHeld()) {
      await scheduler.sleep(POLL_MS, signal);
      continue;
    }
    try {
      const events = await fireSchedules(db);
      if (events.length > 0) onFired(events);
      const due = (await findNextDue(db)) ?? POLL_MS;
      await scheduler.sleep(Math.min(Math.max(due, events.length > 0 ? 0 : 50), POLL_MS), signal);
    } catch (error) {
      onError(error);
      await scheduler.sleep(RETRY_MS, signal);
    }
  }
}

/** Brings the rows in line with their triggers, and fires what is due; answers with the events made. */
export async function fireSchedules(db: Database): Promise<readonly ScheduleEvent[]> {
  await db.transaction().execute(planAll);
  return await db.transaction().execute(fireAll);
}

async function planAll(tx: Transaction): Promise<void> {
  const { now, rows } = await claimUnplanned(tx, BATCH_MAX);
  for (const { trigger, planned } of rows) {
    const source = parseKnownTrigger(trigger.yaml).trigger?.source;
    const schedule = source?.kind === 'cron' ? source.schedule : undefined;
    const text = schedule === undefined ? '' : JSON.stringify(schedule);
    // What was changed beside the times must not make the trigger fire again, or later.
    const due = text === planned ? 'keep' : schedule === undefined ? undefined : nextOf(schedule, now);
    await planTrigger(tx, trigger, text, due);
  }
}

async function fireAll(tx: Transaction): Promise<readonly ScheduleEvent[]> {
  const { now, rows } = await claimDue(tx, BATCH_MAX);
  const events: ScheduleEvent[] = [];
  for (const row of rows) {
    const schedule = JSON.parse(row.schedule) as Schedule;
    const id = `Cron_${randomUUID()}`;
    const { at, standing } = judge(row, schedule, now);
    await insertScheduleEvent(tx, id, row.key, at, standing);
    await moveSchedule(tx, row.key, nextOf(schedule, now));
    events.push({ id, scope: row.key.scope });
  }
  return events;
}

interface Judged {
  readonly at: number;
  readonly standing: Parameters<typeof insertScheduleEvent>[4] & { readonly status: TriggerEventStatus };
}

function judge({ dueAt }: ScheduleRow, schedule: Schedule, now: number): Judged {
  const oldest = now - LATE_MS_MAX;
  const later = nextTicks(schedule, Math.max(dueAt, oldest), TICKS_MAX).findLast((time) => time <= now);
  const newest = later ?? (dueAt >= oldest ? dueAt : undefined);
  if (newest !== undefined)
    return { at: newest, standing: { state: 'queued', status: 'QUEUED', message: QUEUED_MESSAGE } };
  const message = `No server ran at ${new Date(dueAt).toISOString()}, and that is too long ago to be made good.`;
  return { at: dueAt, standing: { state: 'final', status: 'TARGET_DID_NOT_EXECUTE', message } };
}

/** A schedule was checked when it was saved; one that cannot be read any more is due never. */
function nextOf(schedule: Schedule, now: number): number | undefined {
  try {
    return nextTick(schedule, now);
  } catch {
    return undefined;
  }
}
