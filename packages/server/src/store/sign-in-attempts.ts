/**
 * How often signing in failed of late, by account and by address, in the database: all replicas count together.
 *
 * An attempt counts as failed before it is looked at, so that many at once are no way around the delay; one that succeeds is
 * taken off again.
 */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface AttemptRule {
  /** Failures without any delay. */
  readonly free: number;
  /** The first delay; each further failure doubles it. */
  readonly firstMs: number;
  readonly delayMsMax: number;
}

/** Failures this old are forgotten. */
const FORGET_MS = 86_400_000;

/** Milliseconds to wait; 0 = this attempt may be made, and has been counted. */
export async function beginAttempt(db: Database, key: string, rule: AttemptRule): Promise<number> {
  await sql`delete from sign_in_attempts where last_at <= bridle_now() - ${FORGET_MS}`.execute(db);
  const { free, firstMs, delayMsMax } = rule;
  const counted = await sql`
    insert into sign_in_attempts as a (key, failures, last_at, blocked_until)
    values (${key}, 1, bridle_now(), ${free < 1 ? sql`bridle_now() + ${firstMs}` : sql`0`})
    on conflict (key) do update set failures = a.failures + 1, last_at = bridle_now(),
      blocked_until = case when a.failures + 1 > ${free}
        then bridle_now() + least(${delayMsMax}, ${firstMs} * power(2, least(a.failures - ${free}, 30)))::bigint else 0 end
    where a.blocked_until <= bridle_now()`.execute(db);
  if ((counted.numAffectedRows ?? 0n) > 0n) return 0;
  const { rows } = await sql<{ wait: number }>`
    select blocked_until - bridle_now() as wait from sign_in_attempts where key = ${key}`.execute(db);
  return Math.max(1, rows[0]?.wait ?? 1);
}

/** The attempt succeeded: it was no failure. */
export async function takeBackAttempt(db: Database, key: string): Promise<void> {
  await sql`update sign_in_attempts set failures = greatest(failures - 1, 0), blocked_until = 0 where key = ${key}`.execute(
    db,
  );
}

export async function forgetAttempts(db: Database, key: string): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('key', '=', key).execute();
}
