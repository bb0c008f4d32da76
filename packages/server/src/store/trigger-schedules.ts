/**
 * When scheduled triggers are due. Rows are derived from triggers; replicas take them by their locks.
 *
 * - T1 Due is what the database's clock says.
 * - T2 A time fires once: taking a due row and moving it to its next time is one transaction, with the event it makes.
 */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownedBy } from './owner-scope.ts';
import { acceptedNotices, decidedNotices, TOLD_COLUMNS } from './trigger-notices.ts';
import { triggerRow, type TriggerKey, type TriggerRow } from './triggers.ts';
import type { TriggersTable } from './tables.ts';

export interface ScheduleRow {
  readonly key: TriggerKey;
  /** As JSON. */
  readonly schedule: string;
  readonly dueAt: number;
}

/** Enabled triggers whose row is missing or older than they are, with what the row says now. Those that are disabled lose theirs. */
export async function claimUnplanned(
  tx: Transaction,
  limit: number,
): Promise<{ readonly now: number; readonly rows: { readonly trigger: TriggerRow; readonly planned?: string }[] }> {
  await sql`
    delete from trigger_schedules as planned using triggers
    where not is_enabled and type = 'Scheduled' and ${SAME_TRIGGER}`.execute(tx);
  const result = await sql<Selectable<TriggersTable> & { planned: string | null; now: number }>`
    select triggers.*, planned.schedule as planned, bridle_now() as now from triggers
    left join trigger_schedules as planned on ${SAME_TRIGGER}
    where type = 'Scheduled' and is_enabled and planned.trigger_version is distinct from version
    limit ${limit} for update of triggers skip locked`.execute(tx);
  const [first] = result.rows;
  return {
    now: first?.now ?? 0,
    rows: result.rows.map((row) => ({
      trigger: triggerRow(row),
      ...(row.planned === null ? {} : { planned: row.planned }),
    })),
  };
}

const SAME_TRIGGER = sql`planned.account_id = triggers.account_id and planned.org_identifier = triggers.org_identifier
  and planned.project_identifier = triggers.project_identifier and planned.pipeline_identifier = triggers.pipeline_identifier
  and planned.trigger_identifier = triggers.identifier`;

/** `dueAt` undefined = never; `keep` = the time that stands there. */
export async function planTrigger(
  tx: Transaction,
  { scope, pipelineIdentifier, identifier, version }: TriggerRow,
  schedule: string,
  dueAt: number | undefined | 'keep',
): Promise<void> {
  const due = dueAt === 'keep' ? null : (dueAt ?? null);
  await sql`
    insert into trigger_schedules as planned (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier,
      trigger_version, schedule, due_at)
    values (${scope.accountId}, ${scope.orgIdentifier}, ${scope.projectIdentifier}, ${pipelineIdentifier}, ${identifier},
      ${version}, ${schedule}, ${due})
    on conflict (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier) do update set
      trigger_version = excluded.trigger_version, schedule = excluded.schedule,
      due_at = case when ${dueAt === 'keep'} then planned.due_at else excluded.due_at end`.execute(tx);
}

/** What is due, the longest first, for as long as the transaction lasts. */
export async function claimDue(
  tx: Transaction,
  limit: number,
): Promise<{ readonly now: number; readonly rows: readonly ScheduleRow[] }> {
  const result = await sql<{
    account_id: string;
    org_identifier: string;
    project_identifier: string;
    pipeline_identifier: string;
    trigger_identifier: string;
    schedule: string;
    due_at: number;
    now: number;
  }>`
    select planned.*, bridle_now() as now from trigger_schedules as planned
    join triggers on ${SAME_TRIGGER}
    where due_at <= bridle_now() and is_enabled and trigger_version = version
    order by due_at limit ${limit} for update of planned skip locked`.execute(tx);
  return {
    now: result.rows[0]?.now ?? 0,
    rows: result.rows.map((row) => ({
      key: {
        scope: {
          accountId: row.account_id,
          orgIdentifier: row.org_identifier,
          projectIdentifier: row.project_identifier,
        },
        pipelineIdentifier: row.pipeline_identifier,
        identifier: row.trigger_identifier,
      },
      schedule: row.schedule,
      dueAt: row.due_at,
    })),
  };
}

/** `undefined` = never again. */
export async function moveSchedule(tx: Transaction, key: TriggerKey, dueAt: number | undefined): Promise<void> {
  await tx
    .updateTable('trigger_schedules')
    .set({ due_at: dueAt ?? null })
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('trigger_identifier', '=', key.identifier)
    .execute();
}

/** Milliseconds until something is due; negative when it is overdue, `undefined` when nothing ever is. */
export async function findNextDue(db: Database): Promise<number | undefined> {
  const result = await sql<{ ms: number | null }>`
    select min(due_at) - bridle_now() as ms from trigger_schedules where due_at is not null`.execute(db);
  return result.rows[0]?.ms ?? undefined;
}

/** An event of a schedule: queued for processing, or final where it starts nothing. */
export async function insertScheduleEvent(
  tx: Transaction,
  id: string,
  { scope, pipelineIdentifier, identifier }: TriggerKey,
  dueAt: number,
  standing: { readonly state: 'queued' | 'final'; readonly status: string; readonly message: string },
): Promise<void> {
  const { state, status, message } = standing;
  const told = state === 'queued' ? acceptedNotices(sql`stored`) : decidedNotices(sql`stored`);
  await sql`
    with stored as (
    insert into trigger_events (id, kind, account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier,
      state, status, message, is_exception, payload, headers, received_at, processed_at, due_at)
    values (${id}, 'cron', ${scope.accountId}, ${scope.orgIdentifier}, ${scope.projectIdentifier}, ${pipelineIdentifier}, ${identifier},
      ${state}, ${status}, ${message}, ${state === 'final'}, ''::bytea, '{}', bridle_now(),
      ${state === 'final' ? sql`bridle_now()` : null}, ${dueAt})
    returning ${TOLD_COLUMNS}), ${told} select`.execute(tx);
}
