/**
 * The database's clock as this process knows it (T1): the last time the database told, and what this process's monotonic
 * clock counted since. The replica's wall clock is never asked. Runs a little behind (by the way back of the answer), never
 * ahead, so that a time written with it is never in the future of the database.
 */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';

/** Answers this much older than what is known already are a step of the database's clock, not jitter. */
const STEP_BACK_MS = 1_000;

export class DatabaseClock {
  #toldAt = 0;
  #heardAt = 0;
  #last = 0;
  readonly #monotonic: () => number;

  /** `monotonic`: milliseconds that never go back. */
  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** Epoch milliseconds of the database. Throws before the first `refresh`. */
  now(): number {
    if (this.#toldAt === 0) throw new Error('The clock was asked before the database told the time.');
    const now = Math.floor(this.#toldAt + (this.#monotonic() - this.#heardAt));
    // Jitter between answers must not make times run backwards.
    this.#last = now < this.#last - STEP_BACK_MS ? now : Math.max(now, this.#last);
    return this.#last;
  }

  /** The database said that it is `now`, just now. */
  hear(now: number): void {
    this.#toldAt = now;
    this.#heardAt = this.#monotonic();
  }

  async refresh(db: Database): Promise<void> {
    this.hear(await readNow(db));
  }
}

/** Now by the database's clock, epoch milliseconds. */
export async function readNow(db: Database | Transaction): Promise<number> {
  const result = await sql<{ now: number }>`select bridle_now() as now`.execute(db);
  const row = result.rows[0];
  if (row === undefined) throw new Error('The database did not tell the time.');
  return row.now;
}
