/** A trigger's history as lists show it. One statement, one function. */
import { sql } from 'kysely';
import type { ExecutionId } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy } from './owner-scope.ts';
import { eventRow, type TriggerEventRow } from './trigger-events.ts';
import type { TriggerKey } from './triggers.ts';

/** Bytes of a payload that a list shows (P1): a page of large ones would not fit into memory. */
const PAYLOAD_SHOWN_BYTES_MAX = 65_536;

export interface HistoryRow extends TriggerEventRow {
  readonly isPayloadCut: boolean;
}

/** One page (0-based) of a trigger's events, newest first. A search finds ids, statuses and messages. */
export async function listTriggerHistory(
  db: Database | Transaction,
  key: TriggerKey,
  search: string,
  page: number,
  size: number,
): Promise<{ readonly rows: HistoryRow[]; readonly total: number }> {
  let matching = db
    .selectFrom('trigger_events')
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('trigger_identifier', '=', key.identifier);
  if (search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) =>
      eb.or([
        eb('id', 'ilike', pattern),
        eb('status', 'ilike', pattern),
        eb(sql`coalesce(cause, message)`, 'ilike', pattern),
      ]),
    );
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .select(sql<Buffer>`substring(payload from 1 for ${PAYLOAD_SHOWN_BYTES_MAX})`.as('payload'))
      .select(sql<boolean>`octet_length(payload) > ${PAYLOAD_SHOWN_BYTES_MAX}`.as('is_payload_cut'))
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map((row) => ({ ...eventRow(row), isPayloadCut: row.is_payload_cut })), total: count.total };
}

export interface TriggerActivity {
  readonly pipelineIdentifier: string;
  readonly triggerIdentifier: string;
  /** Runs requested per day of the last seven, today last. */
  readonly runsPerDay: readonly number[];
  readonly last?: {
    readonly processedAt: number;
    readonly status: string;
    readonly message: string;
    readonly executionId?: ExecutionId;
  };
}

const DAYS = 7;

/** What the given triggers of one pipeline did lately. Days are those of UTC, by the database's clock. */
export async function listTriggerActivity(
  db: Database | Transaction,
  scope: TriggerKey['scope'],
  pipelineIdentifier: string,
  triggerIdentifiers: readonly string[],
): Promise<ReadonlyMap<string, TriggerActivity>> {
  if (triggerIdentifiers.length === 0) return new Map();
  const result = await sql<ActivityRow>`
    select asked.identifier, last.processed_at, last.status, coalesce(last.cause, last.message) as message, last.execution_id,
      (select coalesce(json_object_agg(day, runs), '{}') from (
        select (bridle_now() / 86400000 - received_at / 86400000) as day, count(*) as runs from trigger_events
        where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
          and pipeline_identifier = ${pipelineIdentifier} and trigger_identifier = asked.identifier
          and received_at >= (bridle_now() / 86400000 - ${DAYS - 1}) * 86400000 and execution_id is not null
        group by 1) as per_day) as days
    from unnest(${triggerIdentifiers}::text[]) as asked(identifier)
    left join lateral (
      select processed_at, status, message, cause, execution_id from trigger_events
      where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
        and pipeline_identifier = ${pipelineIdentifier} and trigger_identifier = asked.identifier and state = 'final'
      order by received_at desc limit 1) as last on true`.execute(db);
  return new Map(result.rows.map((row) => [row.identifier, activity(pipelineIdentifier, row)]));
}

interface ActivityRow {
  readonly identifier: string;
  readonly processed_at: number | null;
  readonly status: string | null;
  readonly message: string | null;
  readonly execution_id: string | null;
  /** Days ago → runs. */
  readonly days: Readonly<Record<string, number>>;
}

function activity(pipelineIdentifier: string, row: ActivityRow): TriggerActivity {
  const runsPerDay = Array.from({ length: DAYS }, (_, index) => row.days[String(DAYS - 1 - index)] ?? 0);
  const known = row.processed_at !== null && row.status !== null && row.message !== null;
  return {
    pipelineIdentifier,
    triggerIdentifier: row.identifier,
    runsPerDay,
    ...(known
      ? {
          last: {
            processedAt: row.processed_at,
            status: row.status,
            message: row.message,
            ...(row.execution_id === null ? {} : { executionId: row.execution_id as ExecutionId }),
          },
        }
      : {}),
  };
}
