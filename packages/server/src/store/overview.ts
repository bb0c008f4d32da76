/** What an installation has to do at this moment, for its owner. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface Overview {
  readonly postgres: string;
  readonly databaseBytes: number;
  /** Epoch milliseconds of the database's clock. */
  readonly now: number;
  readonly executions: { readonly running: number; readonly waiting: number };
  /** Steps for delegates. */
  readonly tasks: { readonly queued: number; readonly running: number };
  readonly triggerEvents: number;
  readonly delegates: readonly { readonly name: string; readonly isConnected: boolean }[];
}

/** Heartbeats come every 5 s; three that are missed say that nobody is there. */
const SILENT_MS = 15_000;
/** Who is silent for so long is not coming back. */
const FORGOTTEN_MS = 7 * 86_400_000;

export async function readOverview(db: Database): Promise<Overview> {
  const { rows } = await sql<{
    postgres: string;
    bytes: number;
    now: number;
    running: number;
    waiting: number;
    queued: number;
    held: number;
    events: number;
  }>`select current_setting('server_version') as postgres, pg_database_size(current_database()) as bytes,
      bridle_now() as now,
      (select count(*) from executions where not is_final) as running,
      (select count(*) from waiting_executions w join executions e on e.id = w.execution_id where w.admitted_at is null and not e.is_final) as waiting,
      (select count(*) from delegate_tasks where state = 'queued') as queued,
      (select count(*) from delegate_tasks where state in ('leased', 'started', 'cancelling')) as held,
      (select count(*) from trigger_events where state = 'queued') as events`.execute(db);
  const delegates = await sql<{ name: string; silent: number }>`
    select name, bridle_now() - heartbeat_at as silent from delegates 
    where left_at is null and heartbeat_at > bridle_now() - ${FORGOTTEN_MS}::bigint order by name, id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('A select without from gives one row.');
  return {
    postgres: row.postgres,
    databaseBytes: row.bytes,
    now: row.now,
    executions: { running: row.running - row.waiting, waiting: row.waiting },
    tasks: { queued: row.queued, running: row.held },
    triggerEvents: row.events,
    delegates: delegates.rows.map(({ name, silent }) => ({ name, isConnected: silent < SILENT_MS })),
  };
}
