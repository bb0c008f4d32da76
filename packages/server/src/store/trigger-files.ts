/**
 * Events that wait for the files of a pull request (see 0027-trigger-files.ts). One process at a time asks for an event: whoever takes
 * it has it for a lease, after which another may (T1).
 */
import type { ProjectScope } from '@bridle/pipeline';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { TriggerEventsTable } from './tables.ts';

/** Whom to ask, and for what: by the connector of a trigger. */
export interface FilesSource {
  readonly scope: ProjectScope;
  readonly connectorRef: string;
  readonly repoName?: string;
  /** Of the pull request. */
  readonly number: string;
}

export type FilesAnswer =
  | { readonly kind: 'files'; readonly files: readonly string[] }
  /** `isOutage`: it may go better later. `reason`: one or more sentences. */
  | { readonly kind: 'failed'; readonly isOutage: boolean; readonly reason: string };

export interface AskedFiles {
  readonly source: FilesSource;
  /** Absent = not answered yet. */
  readonly answer?: FilesAnswer;
}

export interface WaitingForFiles {
  readonly eventId: string;
  readonly asked: readonly AskedFiles[];
  /** This one included. */
  readonly attempts: number;
}

/** Of one event (P1): more triggers with connectors of their own for one repository are told so. */
export const FILES_SOURCES_MAX = 5;

/** An event that the transaction holds waits from now on. */
export async function postponeEvent(
  tx: Transaction,
  eventId: string,
  asked: readonly AskedFiles[],
  message: string,
): Promise<void> {
  await tx
    .updateTable('trigger_events')
    .set({ files: filesColumn(asked), files_due_at: sql<number>`bridle_now()`, files_attempts: 0, message })
    .where('id', '=', eventId)
    .where('state', '=', 'queued')
    .execute();
}

/** One event whose time has come; nobody else takes it for so long. */
export async function takeWaitingForFiles(db: Database, leaseMs: number): Promise<WaitingForFiles | undefined> {
  const result = await sql<Pick<Selectable<TriggerEventsTable>, 'id' | 'files' | 'files_attempts'>>`
    update trigger_events set files_due_at = bridle_now() + ${leaseMs}::bigint, files_attempts = files_attempts + 1
    where id = (
      select id from trigger_events where state = 'queued' and files_due_at <= (select bridle_now())
      order by files_due_at limit 1 for update skip locked)
    returning id, files, files_attempts`.execute(db);
  const row = result.rows[0];
  return row === undefined
    ? undefined
    : { eventId: row.id, asked: row.files as readonly AskedFiles[], attempts: row.files_attempts };
}

/** `again` absent: all is answered, and the event is decided. */
export async function keepFiles(
  db: Database,
  { eventId, asked, attempts }: WaitingForFiles,
  again?: { readonly afterMs: number; readonly message: string },
): Promise<void> {
  await db
    .updateTable('trigger_events')
    .set({
      files: filesColumn(asked),
      files_due_at: again === undefined ? null : sql<number>`bridle_now() + ${again.afterMs}::bigint`,
      ...(again === undefined ? {} : { message: again.message.replaceAll('\0', '\u{FFFD}') }),
    })
    .where('id', '=', eventId)
    .where('state', '=', 'queued')
    // Whoever came too late for its lease has nothing to say.
    .where('files_attempts', '=', attempts)
    .execute();
}

export function readFiles(column: unknown): readonly AskedFiles[] | undefined {
  return column === null ? undefined : (column as readonly AskedFiles[]);
}

function filesColumn(asked: readonly AskedFiles[]): string {
  return JSON.stringify(asked);
}
