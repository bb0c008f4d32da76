/** What of a project is watched by looking: statements cheap enough to run every few seconds while somebody looks on. */
import { sql } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database } from './database.ts';

/** Texts that differ when what they stand for has changed. */
export interface ProjectPulse {
  readonly pipelines: string;
  readonly triggers: string;
  readonly delegates: string;
}

/** `disconnectedAfterMs`: a delegate silent for longer counts as another state. */
export async function readProjectPulse(
  db: Database,
  { accountId, orgIdentifier, projectIdentifier }: ProjectScope,
  disconnectedAfterMs: number,
): Promise<ProjectPulse> {
  const result = await sql<ProjectPulse>`
    select
      (select concat_ws('.', count(*), max(updated_at), sum(version)) from pipelines
        where account_id = ${accountId} and org_identifier = ${orgIdentifier} and project_identifier = ${projectIdentifier}) as pipelines,
      (select concat_ws('.', count(*), max(updated_at), sum(version)) from triggers
        where account_id = ${accountId} and org_identifier = ${orgIdentifier} and project_identifier = ${projectIdentifier}) as triggers,
      (select concat_ws('.', count(*), max(registered_at), max(left_at),
          count(*) filter (where heartbeat_at < bridle_now() - ${disconnectedAfterMs}::bigint)) from delegates
        where account_id = ${accountId} and coalesce(org_identifier, ${orgIdentifier}) = ${orgIdentifier}
          and coalesce(project_identifier, ${projectIdentifier}) = ${projectIdentifier}) as delegates`.execute(db);
  const [pulse] = result.rows;
  if (pulse === undefined) throw new Error('A select without a table gave no row.');
  return pulse;
}

/** A trigger event without what makes it large. */
export interface TriggerEventHead {
  readonly id: string;
  readonly pipelineIdentifier?: string;
  readonly triggerIdentifier?: string;
  readonly status: string;
}

interface HeadRow {
  readonly id: string;
  readonly pipeline_identifier: string | null;
  readonly trigger_identifier: string | null;
  readonly status: string;
}

export async function listTriggerEventHeads(
  db: Database,
  accountId: string,
  ids: readonly string[],
): Promise<readonly TriggerEventHead[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('trigger_events')
    .select(['id', 'pipeline_identifier', 'trigger_identifier', 'status'])
    .where('account_id', '=', accountId)
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .orderBy('received_at')
    .orderBy('id')
    .execute();
  return rows.map(eventHead);
}

/** The newest event of each trigger of the project. */
export async function listLatestTriggerEventHeads(
  db: Database,
  { accountId, orgIdentifier, projectIdentifier }: ProjectScope,
): Promise<readonly TriggerEventHead[]> {
  const result = await sql<HeadRow>`
    select latest.* from triggers t, lateral (
      select id, pipeline_identifier, trigger_identifier, status from trigger_events e
      where e.account_id = t.account_id and e.org_identifier = t.org_identifier and e.project_identifier = t.project_identifier
        and e.pipeline_identifier = t.pipeline_identifier and e.trigger_identifier = t.identifier
      order by received_at desc limit 1) latest
    where t.account_id = ${accountId} and t.org_identifier = ${orgIdentifier} and t.project_identifier = ${projectIdentifier}`.execute(
    db,
  );
  return result.rows.map(eventHead);
}

function eventHead(row: HeadRow): TriggerEventHead {
  return {
    id: row.id,
    ...(row.pipeline_identifier === null ? {} : { pipelineIdentifier: row.pipeline_identifier }),
    ...(row.trigger_identifier === null ? {} : { triggerIdentifier: row.trigger_identifier }),
    status: row.status,
  };
}
