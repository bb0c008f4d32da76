/**
 * Trigger events: accepted calls on their way to an execution.
 *
 * Invariants (cited by tests):
 * - I1 an event is accepted by the statement that checks for an enabled trigger, becomes final once (`state` guards it), and
 *   names at most one execution; further triggers the same call matched have rows of their own (`originEventId`).
 * - S2 a signed request is one event however often it is sent (`delivery`): whoever sends it again is told of the first.
 */
import { sql, type Selectable } from 'kysely';
import type { ExecutionId, ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import type { TriggerEventsTable } from './tables.ts';
import { readFiles, type AskedFiles } from './trigger-files.ts';
import { acceptedNotices, decidedNotices, TOLD_COLUMNS, toldColumnsOf } from './trigger-notices.ts';

/** Who called, when the call was authenticated. */
export interface EventPrincipal {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

/** `git`: of a Git provider; it concerns all triggers of the account. `cron`: a schedule was due. */
export type EventKind = 'custom' | 'git' | 'cron';

export interface NewTriggerEvent {
  readonly id: string;
  /** Absent = `custom`. */
  readonly kind?: Exclude<EventKind, 'cron'>;
  /** Of an event of Git: organization and project are empty unless the call narrows them. */
  readonly scope: ProjectScope;
  readonly pipelineIdentifier?: string;
  readonly triggerIdentifier?: string;
  readonly payload: Buffer;
  /** Names in lower case, without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
  readonly principal?: EventPrincipal;
  /** Identifies a signed request (S2). */
  readonly delivery?: string;
  /** Stands for the token that the sender gave instead of a signature. */
  readonly senderTokenHash?: string;
}

export interface TriggerEventRow {
  readonly id: string;
  readonly kind: EventKind;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier?: string;
  readonly triggerIdentifier?: string;
  readonly state: 'queued' | 'final';
  readonly status: string;
  /** For whoever fired it. */
  readonly message: string;
  /** The same with more in it, for those who may see the trigger; absent = the message says all. */
  readonly cause?: string;
  readonly isException: boolean;
  /** The bytes as received. */
  readonly payload: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly principal?: EventPrincipal;
  readonly executionId?: ExecutionId;
  readonly runtimeInput?: string;
  readonly conditionResults?: readonly unknown[];
  readonly receivedAt: number;
  readonly processedAt?: number;
  readonly attempts: number;
  /** Set on the rows of further triggers that one call matched: the event the caller knows. */
  readonly originEventId?: string;
  readonly senderTokenHash?: string;
  /** When the schedule was due. */
  readonly dueAt?: number;
  /** What providers were asked for it, all answered. */
  readonly files?: readonly AskedFiles[];
}

/** What became of an event; written once. */
export interface EventOutcome {
  readonly eventId: string;
  readonly status: string;
  readonly message: string;
  readonly cause?: string;
  readonly isException: boolean;
  /** Of the trigger, where the event did not say it. */
  readonly scope?: ProjectScope;
  readonly pipelineIdentifier?: string;
  readonly triggerIdentifier?: string;
  readonly executionId?: ExecutionId;
  readonly runtimeInput?: string;
  readonly conditionResults?: readonly unknown[];
  /** The same signed request is a new event from now on. */
  readonly maySendAgain?: boolean;
}

/** The event that answers a call: its own, or the one of the same request when it came first. */
export interface AcceptedEvent {
  readonly eventId: string;
  readonly isNew: boolean;
}

/**
 * Accepts many calls in one statement: each is inserted only if an enabled custom trigger exists in its scope, or, for events of
 * Git, if the account does; and a signed request only once (S2). Returns what answers those calls, by the id each was given.
 */
export async function acceptTriggerEvents(
  db: Database | Transaction,
  events: readonly NewTriggerEvent[],
  queued: { readonly status: string; readonly message: string },
): Promise<ReadonlyMap<string, AcceptedEvent>> {
  const column = <T>(read: (event: NewTriggerEvent) => T): T[] => events.map(read);
  const result = await sql<{ id: string }>`
    with accepted as (
    insert into trigger_events (id, kind, account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier,
      state, status, message, payload, headers, source_ip, principal, received_at, delivery, sender_token_hash)
    select call.id, call.kind, call.account_id, call.org, call.project, call.pipeline, call.trigger,
      'queued', ${queued.status}, ${queued.message}, call.payload, call.headers::json, call.source_ip, call.principal::json, bridle_now(),
      call.delivery, call.sender_token_hash
    from unnest(
      ${column((event) => event.id)}::text[],
      ${column((event) => event.kind ?? 'custom')}::text[],
      ${column((event) => event.scope.accountId)}::text[],
      ${column((event) => event.scope.orgIdentifier)}::text[],
      ${column((event) => event.scope.projectIdentifier)}::text[],
      ${column((event) => event.pipelineIdentifier ?? null)}::text[],
      ${column((event) => event.triggerIdentifier ?? null)}::text[],
      ${column((event) => event.payload)}::bytea[],
      ${column((event) => JSON.stringify(event.headers))}::text[],
      ${column((event) => event.sourceIp)}::text[],
      ${column((event) => (event.principal === undefined ? null : JSON.stringify(event.principal)))}::text[],
      ${column((event) => event.delivery ?? null)}::text[],
      ${column((event) => event.senderTokenHash ?? null)}::text[]
    ) as call(id, kind, account_id, org, project, pipeline, trigger, payload, headers, source_ip, principal, delivery, sender_token_hash)
    where case when call.kind = 'git' then exists (select from accounts where id = call.account_id) else exists (
      select from triggers
      where account_id = call.account_id and org_identifier = call.org and project_identifier = call.project
        and source_type = 'Custom' and is_enabled
        and (call.pipeline is null or pipeline_identifier = call.pipeline)
        and (call.trigger is null or identifier = call.trigger)) end
    on conflict (account_id, delivery) where delivery is not null do nothing
    returning ${TOLD_COLUMNS}), ${acceptedNotices(sql`accepted`)}
    select id from accepted`.execute(db);
  const accepted = new Map<string, AcceptedEvent>(result.rows.map(({ id }) => [id, { eventId: id, isNew: true }]));
  const again = events.filter(({ id, delivery }) => delivery !== undefined && !accepted.has(id));
  for (const [id, eventId] of await findByDelivery(db, again)) accepted.set(id, { eventId, isNew: false });
  return accepted;
}

/** The events that the same signed requests have made, by the ids of these calls. */
async function findByDelivery(
  db: Database | Transaction,
  calls: readonly NewTriggerEvent[],
): Promise<readonly (readonly [id: string, eventId: string])[]> {
  if (calls.length === 0) return [];
  const result = await sql<{ id: string; event_id: string }>`
    select call.id, event.id as event_id
    from unnest(${calls.map(({ id }) => id)}::text[], ${calls.map(({ scope }) => scope.accountId)}::text[],
      ${calls.map(({ delivery }) => delivery ?? '')}::text[]) as call(id, account_id, delivery)
    join trigger_events as event on event.account_id = call.account_id and event.delivery = call.delivery`.execute(db);
  return result.rows.map(({ id, event_id: eventId }) => [id, eventId]);
}

/**
 * Takes queued events, oldest first, for as long as the transaction lasts; other replicas pass them over. Those that wait for files
 * of a pull request are left out. At most `limit`, and no more than fit into `bytesMax` of payload (but at least one), and none that
 * came less than `ageMs` ago. `areAll`: nothing more of that kind is queued that nobody holds.
 */
export async function claimTriggerEvents(
  tx: Transaction,
  limit: number,
  bytesMax: number,
  ageMs = 0,
): Promise<{ readonly events: TriggerEventRow[]; readonly areAll: boolean }> {
  const result = await sql<Selectable<TriggerEventsTable> & { found: number }>`
    select event.*, found from trigger_events as event
    join (
      select id, sum(bytes) over (order by received_at, id) - bytes as bytes_before, count(*) over () as found from (
        select id, received_at, octet_length(payload) as bytes from trigger_events
        where state = 'queued' and files_due_at is null and (${ageMs} = 0 or received_at <= bridle_now() - ${ageMs}::bigint)
        order by received_at, id limit ${limit} for update skip locked
      ) as queued
    ) as taken on taken.id = event.id and (taken.bytes_before = 0 or taken.bytes_before < ${bytesMax})
    order by event.received_at, event.id`.execute(tx);
  const found = result.rows[0]?.found ?? 0;
  return { events: result.rows.map(eventRow), areAll: found < limit && found === result.rows.length };
}

/** One queued event, if nobody else holds it. */
export async function claimTriggerEvent(tx: Transaction, id: string): Promise<TriggerEventRow | undefined> {
  const row = await tx
    .selectFrom('trigger_events')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .where('files_due_at', 'is', null)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row === undefined ? undefined : eventRow(row);
}

/** Ends queued events (I1: an event that is final already is left as it is). */
export async function finishTriggerEvents(
  tx: Database | Transaction,
  outcomes: readonly EventOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const column = <T>(read: (outcome: EventOutcome) => T): T[] => outcomes.map(read);
  await sql`
    with decided as (
    update trigger_events as event set state = 'final', status = done.status, message = done.message, cause = done.cause, is_exception = done.is_exception,
      org_identifier = coalesce(done.org, event.org_identifier), project_identifier = coalesce(done.project, event.project_identifier),
      pipeline_identifier = coalesce(done.pipeline, event.pipeline_identifier), trigger_identifier = coalesce(done.trigger, event.trigger_identifier),
      execution_id = done.execution_id, runtime_input = done.runtime_input, condition_results = done.conditions::json,
      processed_at = bridle_now(), sender_token_hash = null,
      delivery = case when done.may_send_again then null else event.delivery end
    from unnest(
      ${column((outcome) => outcome.eventId)}::text[],
      ${column((outcome) => outcome.status)}::text[],
      ${column((outcome) => storable(outcome.message))}::text[],
      ${column((outcome) => outcome.isException)}::boolean[],
      ${column((outcome) => outcome.pipelineIdentifier ?? null)}::text[],
      ${column((outcome) => outcome.triggerIdentifier ?? null)}::text[],
      ${column((outcome) => outcome.executionId ?? null)}::text[],
      ${column((outcome) => outcome.runtimeInput ?? null)}::text[],
      ${column((outcome) => (outcome.conditionResults === undefined ? null : JSON.stringify(outcome.conditionResults)))}::text[],
      ${column((outcome) => outcome.scope?.orgIdentifier ?? null)}::text[],
      ${column((outcome) => outcome.scope?.projectIdentifier ?? null)}::text[],
      ${column((outcome) => outcome.maySendAgain ?? false)}::boolean[],
      ${column((outcome) => (outcome.cause === undefined ? null : storable(outcome.cause)))}::text[]
    ) as done(id, status, message, is_exception, pipeline, trigger, execution_id, runtime_input, conditions, org, project, may_send_again, cause)
    where event.id = done.id and event.state = 'queued'
    returning ${toldColumnsOf('event')}), ${decidedNotices(sql`decided`)} select`.execute(tx);
}

/** A further row for a call that matched several triggers; final from the start. */
export async function insertFurtherEvent(
  tx: Transaction,
  id: string,
  origin: TriggerEventRow,
  outcome: EventOutcome,
): Promise<void> {
  await sql`
    with decided as (
    insert into trigger_events (id, kind, account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier,
      state, status, message, cause, is_exception, payload, headers, source_ip, principal, execution_id, runtime_input, condition_results,
      received_at, processed_at, origin_event_id)
    select ${id}, kind, account_id, coalesce(${outcome.scope?.orgIdentifier ?? null}, org_identifier),
      coalesce(${outcome.scope?.projectIdentifier ?? null}, project_identifier), ${outcome.pipelineIdentifier ?? null}, ${outcome.triggerIdentifier ?? null},
      'final', ${outcome.status}, ${storable(outcome.message)}, ${outcome.cause === undefined ? null : storable(outcome.cause)}, ${outcome.isException}, payload, headers, source_ip, principal,
      ${outcome.executionId ?? null}, ${outcome.runtimeInput ?? null},
      ${outcome.conditionResults === undefined ? null : JSON.stringify(outcome.conditionResults)}::json,
      received_at, bridle_now(), id
    from trigger_events where id = ${origin.id}
    returning ${TOLD_COLUMNS}), ${decidedNotices(sql`decided`)} select`.execute(tx);
}

/** A message quotes the event, which may hold what no text column may: NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}

/** Counts a failed try to process; returns the number of tries so far. */
export async function countTriggerEventAttempt(db: Database | Transaction, id: string): Promise<number> {
  const row = await db
    .updateTable('trigger_events')
    .set({ attempts: sql<number>`attempts + 1` })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .returning('attempts')
    .executeTakeFirst();
  return row?.attempts ?? 0;
}

export interface EventAnswer extends TriggerEventRow {
  /** The same call matched other triggers too. */
  readonly hasFurther: boolean;
}

export async function findTriggerEvent(
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<EventAnswer | undefined> {
  const row = await db
    .selectFrom('trigger_events as event')
    .selectAll('event')
    .select(
      sql<boolean>`exists (select from trigger_events as further where further.origin_event_id = event.id)`.as(
        'has_further',
      ),
    )
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...eventRow(row), hasFurther: row.has_further };
}

/** The event and the further rows of the same call. */
export async function listTriggerEventsOfCall(
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<TriggerEventRow[]> {
  const rows = await db
    .selectFrom('trigger_events')
    .selectAll()
    .where('account_id', '=', accountId)
    .where((eb) => eb.or([eb('id', '=', id), eb('origin_event_id', '=', id)]))
    .orderBy('origin_event_id', (order) => order.asc().nullsFirst())
    .orderBy('id')
    .execute();
  return rows.map(eventRow);
}

/** Whether an event has been processed; `undefined` when it is not there. */
export async function findTriggerEventState(
  db: Database | Transaction,
  id: string,
): Promise<{ readonly isFinal: boolean; readonly executionId?: ExecutionId } | undefined> {
  const row = await db
    .selectFrom('trigger_events')
    .select(['state', 'execution_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    isFinal: row.state === 'final',
    ...(row.execution_id === null ? {} : { executionId: row.execution_id as ExecutionId }),
  };
}

export function eventRow(row: Selectable<TriggerEventsTable>): TriggerEventRow {
  return {
    id: row.id,
    kind: row.kind === 'git' || row.kind === 'cron' ? row.kind : 'custom',
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    ...(row.pipeline_identifier === null ? {} : { pipelineIdentifier: row.pipeline_identifier }),
    ...(row.trigger_identifier === null ? {} : { triggerIdentifier: row.trigger_identifier }),
    state: row.state === 'queued' ? 'queued' : 'final',
    status: row.status,
    message: row.message,
    ...(row.cause === null ? {} : { cause: row.cause }),
    isException: row.is_exception,
    payload: row.payload,
    headers: row.headers as Readonly<Record<string, string>>,
    ...(row.principal === null ? {} : { principal: row.principal as EventPrincipal }),
    ...(row.execution_id === null ? {} : { executionId: row.execution_id as ExecutionId }),
    ...(row.runtime_input === null ? {} : { runtimeInput: row.runtime_input }),
    ...(row.condition_results === null ? {} : { conditionResults: row.condition_results as readonly unknown[] }),
    receivedAt: row.received_at,
    ...(row.processed_at === null ? {} : { processedAt: row.processed_at }),
    attempts: row.attempts,
    ...(row.origin_event_id === null ? {} : { originEventId: row.origin_event_id }),
    ...(row.sender_token_hash === null ? {} : { senderTokenHash: row.sender_token_hash }),
    ...(row.due_at === null ? {} : { dueAt: row.due_at }),
    ...filesOf(row.files),
  };
}

function filesOf(column: unknown): Pick<TriggerEventRow, 'files'> {
  const files = readFiles(column);
  return files === undefined ? {} : { files };
}
