/** What others are told of trigger events, written by the statements that store them. */
import { sql, type RawBuilder } from 'kysely';

/** Characters of a message that are told; the history of the trigger has all of it (P1). */
const MESSAGE_LENGTH_MAX = 1_000;

const COLUMNS = [
  'id',
  'account_id',
  'org_identifier',
  'project_identifier',
  'pipeline_identifier',
  'trigger_identifier',
  'origin_event_id',
  'status',
  'message',
  'execution_id',
  'received_at',
  'processed_at',
] as const;

/** What the statement that stores events must return for this: payloads are left where they are. */
export const TOLD_COLUMNS: RawBuilder<unknown> = sql.join(COLUMNS.map((column) => sql.ref(column)));

/** The same where another table of the statement has columns of these names, too. */
export function toldColumnsOf(table: string): RawBuilder<unknown> {
  return sql.join(COLUMNS.map((column) => sql.ref(`${table}.${column}`)));
}

/** Common expressions that tell of the events in `rows`, a table with the columns of `trigger_events`. */
export function acceptedNotices(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return notices(
    rows,
    'trigger.accepted',
    sql`received_at`,
    sql`
    json_build_object('eventCorrelationId', id, 'pipelineIdentifier', pipeline_identifier, 'triggerIdentifier', trigger_identifier)`,
  );
}

/** As `acceptedNotices`, of events that have become final. */
export function decidedNotices(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return notices(
    rows,
    'trigger.decided',
    sql`processed_at`,
    sql`
    json_build_object('eventCorrelationId', coalesce(origin_event_id, id), 'pipelineIdentifier', pipeline_identifier,
      'triggerIdentifier', trigger_identifier, 'finalStatus', status, 'message', left(message, ${sql.lit(MESSAGE_LENGTH_MAX)}),
      'planExecutionId', execution_id)`,
  );
}

function notices(
  rows: RawBuilder<unknown>,
  type: string,
  at: RawBuilder<unknown>,
  data: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`told as (
    insert into outbox (execution_id, account_id, org_identifier, project_identifier, pipeline_identifier, type, at, data)
    select null, account_id, org_identifier, project_identifier, pipeline_identifier, ${sql.lit(type)}, ${at}, ${data} from ${rows})`;
}
