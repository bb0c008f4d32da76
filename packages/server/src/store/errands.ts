/**
 * Errands: what one delegate does for a person who waits, outside of executions. Each is for one process, is given to it once, and
 * is judged under its row's lock (D1): a process that takes its place has nothing to say about it.
 */
import type { ProjectScope, TaskRequest } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { ownerColumns, type OwnerScope } from './owner-scope.ts';

/** An errand is never given again, so there is one fence. */
export const ERRAND_FENCE = 1;
/** Whoever waited has gone by then. */
const FORGOTTEN_MS = 600_000;

export interface DelegateProcess {
  readonly delegateId: string;
  readonly incarnation: string;
}

export interface ConnectedDelegate extends DelegateProcess {
  readonly name: string;
}

/** A delegate that serves the owner, has the selectors, and was heard of within `silentMs`: the one with the least to do. */
export async function findConnectedDelegate(
  db: Database,
  owner: OwnerScope,
  selectors: readonly string[],
  silentMs: number,
): Promise<ConnectedDelegate | undefined> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  const result = await sql<{ id: string; incarnation: string; name: string }>`
    select d.id, d.incarnation, d.name from delegates d join delegate_tokens k on k.id = d.token_id and k.revoked_at is null
    where d.account_id = ${account_id} and d.left_at is null and d.heartbeat_at > bridle_now() - ${silentMs}::bigint
      and (d.org_identifier is null or d.org_identifier = ${org_identifier})
      and (d.project_identifier is null or d.project_identifier = ${project_identifier})
      and ${selectors}::text[] <@ d.tags
    order by (select count(*) from delegate_tasks t where t.delegate_id = d.id and t.state in ('leased', 'started', 'cancelling')), d.id
    limit 1`.execute(db);
  const row = result.rows[0];
  return row === undefined ? undefined : { delegateId: row.id, incarnation: row.incarnation, name: row.name };
}

export interface NewErrand {
  readonly id: string;
  readonly owner: OwnerScope;
  readonly process: DelegateProcess;
  readonly request: object;
}

/** Forgets old ones, too. */
export async function insertErrand(db: Database, { id, owner, process, request }: NewErrand): Promise<void> {
  await sql`delete from errands where created_at < bridle_now() - ${FORGOTTEN_MS}::bigint`.execute(db);
  await db
    .insertInto('errands')
    .values({
      id,
      ...ownerColumns(owner),
      delegate_id: process.delegateId,
      incarnation: process.incarnation,
      request: JSON.stringify(request),
      created_at: sql<number>`bridle_now()`,
    })
    .execute();
}

export interface GivenErrand {
  readonly id: string;
  /** Organization and project are empty where its owner has none. */
  readonly scope: ProjectScope;
  readonly task: TaskRequest;
}

/** Those that wait for this process; each is given once. */
export async function takeErrands(
  db: Database,
  { delegateId, incarnation }: DelegateProcess,
): Promise<readonly GivenErrand[]> {
  const rows = await db
    .updateTable('errands')
    .set({ state: 'given' })
    .where('delegate_id', '=', delegateId)
    .where('incarnation', '=', incarnation)
    .where('state', '=', 'waiting')
    .returning(['id', 'account_id', 'org_identifier', 'project_identifier', 'request'])
    .execute();
  return rows.map((row) => ({
    id: row.id,
    scope: {
      accountId: row.account_id,
      orgIdentifier: row.org_identifier,
      projectIdentifier: row.project_identifier,
    },
    task: row.request as TaskRequest,
  }));
}

/** Which of these ids are errands that the process is at. */
export async function findHeldErrands(
  db: Database,
  { delegateId, incarnation }: DelegateProcess,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('errands')
    .select('id')
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .where('delegate_id', '=', delegateId)
    .where('incarnation', '=', incarnation)
    .where('state', 'in', ['given', 'started'])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** False = it is not at it. Repeating it is no change. */
export async function startErrand(
  db: Database,
  { delegateId, incarnation }: DelegateProcess,
  id: string,
): Promise<boolean> {
  const row = await db
    .updateTable('errands')
    .set({ state: 'started' })
    .where('id', '=', id)
    .where('delegate_id', '=', delegateId)
    .where('incarnation', '=', incarnation)
    .where('state', 'in', ['given', 'started'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The first report counts; repeating one changes nothing. False = it was never at it, or nobody waits any more. */
export async function finishErrand(
  db: Database,
  { delegateId, incarnation }: DelegateProcess,
  id: string,
  outcome: object,
): Promise<boolean> {
  const row = await db
    .updateTable('errands')
    .set({ state: 'done', outcome: sql<string>`coalesce(outcome, ${JSON.stringify(outcome)}::json)` })
    .where('id', '=', id)
    .where('delegate_id', '=', delegateId)
    .where('incarnation', '=', incarnation)
    .where('state', 'in', ['started', 'done'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findErrand(
  db: Database,
  id: string,
): Promise<{ readonly state: string; readonly outcome: unknown } | undefined> {
  return await db.selectFrom('errands').select(['state', 'outcome']).where('id', '=', id).executeTakeFirst();
}

export async function deleteErrand(db: Database, id: string): Promise<void> {
  await db.deleteFrom('errands').where('id', '=', id).execute();
}
