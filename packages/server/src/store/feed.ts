/**
 * The feed: all notices in one order that every reader sees alike.
 *
 * Invariants (cited by tests):
 * - O1 a notice that was committed to the outbox gets exactly one position, also when the process that wrote it is gone.
 * - O2 whoever has seen the position N has been able to see all positions before it: they are given by one writer at a time, and
 *   become visible with its commit.
 * - O3 the notices of one execution have the order in which it went through them.
 */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { OwnerScope } from './owner-scope.ts';
import type { FeedTable } from './tables.ts';

/** Notices numbered in one transaction. */
export const FEED_BATCH_MAX = 1_000;

export interface FeedRow {
  readonly position: number;
  /** Organization and project are empty for what concerns the account. */
  readonly scope: { readonly accountId: string; readonly orgIdentifier: string; readonly projectIdentifier: string };
  readonly pipelineIdentifier?: string;
  readonly executionId?: string;
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a reader wants; absent = everything of the account. */
export interface FeedFilter {
  readonly owner: OwnerScope;
  readonly pipelineIdentifiers?: readonly string[];
  readonly executionId?: string;
  readonly types?: readonly string[];
}

export interface FeedEnds {
  /** 0 = there was none yet. */
  readonly last: number;
  /** Up to this position the feed was cleared. */
  readonly swept: number;
}

export async function readFeedEnds(db: Database | Transaction): Promise<FeedEnds> {
  const row = await db.selectFrom('feed_state').select(['last_position', 'swept_position']).executeTakeFirstOrThrow();
  return { last: row.last_position, swept: row.swept_position };
}

/** Whether anything waits for a position. Costs less than to become the writer for nothing. */
export async function isOutboxEmpty(db: Database): Promise<boolean> {
  const result = await sql<{ found: boolean }>`select exists (select from outbox) as found`.execute(db);
  return result.rows[0]?.found !== true;
}

/** Gives positions to what waits, oldest first; answers how many got one. Waits while another writer is at it (O2). */
export async function numberNotices(db: Database, limit = FEED_BATCH_MAX): Promise<number> {
  return await db.transaction().execute(async (tx) => {
    // The next statement must see what the writer before has done: it needs a snapshot of its own.
    await tx.selectFrom('feed_state').select('is_only').forUpdate().execute();
    const result = await sql<{ count: number }>`
      with taken as (
        delete from outbox where id in (select id from outbox order by id limit ${limit}) returning *),
      numbered as (
        insert into feed (position, account_id, org_identifier, project_identifier, pipeline_identifier, execution_id, type, at, data)
        select (select last_position from feed_state) + row_number() over (order by id), account_id, org_identifier,
          project_identifier, pipeline_identifier, execution_id, type, at, data from taken),
      counted as (
        update feed_state set last_position = last_position + (select count(*) from taken)
        where exists (select from taken))
      select count(*) as count from taken`.execute(tx);
    return result.rows[0]?.count ?? 0;
  });
}

/** What is wanted of the positions in (after, until], in their order. */
export async function listFeed(
  db: Database | Transaction,
  filter: FeedFilter,
  after: number,
  until: number,
  limit: number,
): Promise<FeedRow[]> {
  const { owner, pipelineIdentifiers, executionId, types } = filter;
  let query = db
    .selectFrom('feed')
    .selectAll()
    .where('account_id', '=', owner.accountId)
    .where('position', '>', after)
    .where('position', '<=', until);
  if (owner.orgIdentifier !== undefined) query = query.where('org_identifier', '=', owner.orgIdentifier);
  if (owner.projectIdentifier !== undefined) query = query.where('project_identifier', '=', owner.projectIdentifier);
  if (executionId !== undefined) query = query.where('execution_id', '=', executionId);
  if (pipelineIdentifiers !== undefined)
    query = query.where(sql<boolean>`pipeline_identifier = any(${pipelineIdentifiers}::text[])`);
  if (types !== undefined) query = query.where(sql<boolean>`type = any(${types}::text[])`);
  return (await query.orderBy('position').limit(limit).execute()).map(feedRow);
}

/** Everything of the positions in (after, until], for those who look through all of it. */
export async function listWholeFeed(db: Database | Transaction, after: number, until: number): Promise<FeedRow[]> {
  const rows = await db
    .selectFrom('feed')
    .selectAll()
    .where('position', '>', after)
    .where('position', '<=', until)
    .orderBy('position')
    .execute();
  return rows.map(feedRow);
}

/** Clears what is older, but for the positions after `until`, which somebody still needs. At most `limit` notices. */
export async function sweepFeed(db: Database, keepMs: number, until: number, limit: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.selectFrom('feed_state').select('is_only').forUpdate().execute();
    await sql`
      with gone as (
        delete from feed where position in (
          select position from feed where position <= ${until} and at < bridle_now() - ${keepMs}::bigint order by position limit ${limit})
        returning position)
      update feed_state set swept_position = greatest(swept_position, (select max(position) from gone))
      where exists (select from gone)`.execute(tx);
  });
}

export function feedRow(row: Selectable<FeedTable>): FeedRow {
  return {
    position: row.position,
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    ...(row.pipeline_identifier === null ? {} : { pipelineIdentifier: row.pipeline_identifier }),
    ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
    type: row.type,
    at: row.at,
    data: row.data as Readonly<Record<string, unknown>>,
  };
}

/** Whether notices of the execution wait for their positions. */
export async function hasUnnumberedNotices(db: Database, executionId: string): Promise<boolean> {
  const result = await sql<{ found: boolean }>`
    select exists (select from outbox where execution_id = ${executionId}) as found`.execute(db);
  return result.rows[0]?.found === true;
}
