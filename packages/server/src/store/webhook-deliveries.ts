/**
 * What is sent to webhooks, and how that went.
 *
 * Invariants (cited by tests):
 * - H1 every event that an endpoint wants becomes exactly one delivery, made in the transaction that moves the reader of the feed on.
 * - H2 a delivery is sent at least once: it is taken for a time, and taken again by anybody when that is over and nobody said how
 *   it went.
 */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { WebhookAttemptsTable, WebhookDeliveriesTable } from './tables.ts';

export type DeliveryState = 'pending' | 'delivered' | 'failed';

export interface NewDelivery {
  readonly id: string;
  readonly endpointId: string;
  /** Of the event in the feed; absent for what was made by hand. */
  readonly position?: number;
  /** `webhook-id`: the same however often it is sent. */
  readonly messageId: string;
  readonly eventType: string;
  /** Exactly what is sent. */
  readonly body: string;
}

export interface DeliveryRow extends NewDelivery {
  readonly state: DeliveryState;
  /** Times it was taken since it was asked for last. */
  readonly tries: number;
  /** While it is pending: when it is sent next. */
  readonly dueAt: number;
  readonly createdAt: number;
  readonly endedAt?: number;
}

export interface AttemptRow {
  readonly at: number;
  readonly durationMs: number;
  /** Absent = no answer came. */
  readonly status?: number;
  readonly error?: string;
  /** The beginning of the answer. */
  readonly response: string;
}

/** Where the reader of the feed stands, for as long as the transaction lasts; `undefined` while another replica has it. */
export async function takeFeedReader(tx: Transaction): Promise<number | undefined> {
  const row = await tx
    .selectFrom('feed_readers')
    .select('position')
    .where('name', '=', 'webhooks')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row?.position;
}

export async function moveFeedReader(tx: Transaction, position: number): Promise<void> {
  await tx.updateTable('feed_readers').set({ position }).where('name', '=', 'webhooks').execute();
}

/** Up to where the feed was read. */
export async function findFeedReader(db: Database): Promise<number> {
  const row = await db
    .selectFrom('feed_readers')
    .select('position')
    .where('name', '=', 'webhooks')
    .executeTakeFirstOrThrow();
  return row.position;
}

export async function insertDeliveries(tx: Transaction, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const column = <T>(read: (delivery: NewDelivery) => T): T[] => deliveries.map(read);
  // An endpoint may be gone by now.
  await sql`
    insert into webhook_deliveries (id, endpoint_id, position, message_id, event_type, body, state, due_at, created_at)
    select v.id, v.endpoint_id, v.position, v.message_id, v.event_type, v.body, 'pending', bridle_now(), bridle_now()
    from unnest(${column(({ id }) => id)}::text[], ${column(({ endpointId }) => endpointId)}::text[],
      ${column(({ position }) => position ?? null)}::bigint[], ${column(({ messageId }) => messageId)}::text[],
      ${column(({ eventType }) => eventType)}::text[], ${column(({ body }) => body)}::text[])
      as v (id, endpoint_id, position, message_id, event_type, body)
    join webhook_endpoints e on e.id = v.endpoint_id
    on conflict (endpoint_id, position) do nothing`.execute(tx);
}

export interface TakenDelivery extends DeliveryRow {
  readonly url: string;
  /** By the clock of the database. */
  readonly takenAt: number;
}

/**
 * Takes what is due for `leaseMs`, at most `limit` in all and `perEndpoint` of one endpoint: one that hangs keeps nobody else
 * waiting. `busy`: endpoints that have enough under way.
 */
export async function takeDueDeliveries(
  db: Database,
  limit: number,
  perEndpoint: number,
  leaseMs: number,
  busy: readonly string[],
): Promise<TakenDelivery[]> {
  const result = await sql<Selectable<WebhookDeliveriesTable> & { url: string; taken_at: number }>`
    with due as (
      select d.id, row_number() over (partition by d.endpoint_id order by d.due_at, d.id) as place
      from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id and (e.is_enabled or d.position is null)
      where d.state = 'pending' and d.due_at <= (select bridle_now()) and (d.lease_until is null or d.lease_until <= (select bridle_now()))
        and not d.endpoint_id = any(${busy}::text[])),
    taken as (
      select id from webhook_deliveries
      where id in (select id from due where place <= ${perEndpoint}) and state = 'pending'
        and (lease_until is null or lease_until <= (select bridle_now()))
      order by due_at, id limit ${limit} for update skip locked)
    update webhook_deliveries d set tries = d.tries + 1, lease_until = bridle_now() + ${leaseMs}::bigint
    from webhook_endpoints e where d.id in (select id from taken) and e.id = d.endpoint_id
    returning d.*, e.url, bridle_now() as taken_at`.execute(db);
  return result.rows.map((row) => ({ ...deliveryRow(row), url: row.url, takenAt: row.taken_at }));
}

export interface Outcome {
  readonly attempt: Omit<AttemptRow, 'at'>;
  readonly state: DeliveryState;
  /** While it stays pending: until it is sent again. */
  readonly againAfterMs?: number;
}

/** Says how it went, unless somebody else has taken it meanwhile. The attempt is kept in any case. */
export async function endDelivery(tx: Transaction, { id, tries }: DeliveryRow, outcome: Outcome): Promise<void> {
  const { attempt, state, againAfterMs = 0 } = outcome;
  const { durationMs, status = null, error = null, response } = attempt;
  await sql`
    insert into webhook_attempts (delivery_id, at, duration_ms, status, error, response)
    select id, bridle_now() - ${durationMs}::bigint, ${durationMs}, ${status}, ${error}, ${response}
    from webhook_deliveries where id = ${id}`.execute(tx);
  await tx
    .updateTable('webhook_deliveries')
    .set({
      state,
      lease_until: null,
      due_at: sql<number>`bridle_now() + ${againAfterMs}::bigint`,
      ended_at: state === 'pending' ? null : sql<number>`bridle_now()`,
    })
    .where('id', '=', id)
    .where('tries', '=', tries)
    .where('state', '=', 'pending')
    .execute();
}

/** Sends it once more, from the beginning of the schedule; answers with `undefined` where it is not there. */
export async function repeatDelivery(
  tx: Transaction,
  endpointId: string,
  id: string,
): Promise<DeliveryRow | undefined> {
  const row = await tx
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', tries: 0, due_at: sql<number>`bridle_now()`, lease_until: null, ended_at: null })
    .where('id', '=', id)
    .where('endpoint_id', '=', endpointId)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : deliveryRow(row);
}

export async function findDelivery(
  db: Database,
  endpointId: string,
  id: string,
): Promise<(DeliveryRow & { readonly attempts: readonly AttemptRow[] }) | undefined> {
  // Both of the same moment: an attempt and what came of it are kept together.
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const row = await tx
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('id', '=', id)
        .where('endpoint_id', '=', endpointId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const attempts = await tx
        .selectFrom('webhook_attempts')
        .selectAll()
        .where('delivery_id', '=', id)
        .orderBy('number')
        .execute();
      return { ...deliveryRow(row), attempts: attempts.map(attemptRow) };
    });
}

/** Newest first. */
export async function listDeliveries(
  db: Database,
  endpointId: string,
  state: DeliveryState | undefined,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly DeliveryRow[]; readonly total: number }> {
  let matching = db.selectFrom('webhook_deliveries').where('endpoint_id', '=', endpointId);
  if (state !== undefined) matching = matching.where('state', '=', state);
  const rows = await matching
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size)
    .offset(page * size)
    .execute();
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { rows: rows.map(deliveryRow), total };
}

/** Clears those that are older, whatever became of them. */
export async function sweepDeliveries(db: Database, keepMs: number, limit: number): Promise<void> {
  await sql`delete from webhook_deliveries where id in (
    select id from webhook_deliveries where created_at < bridle_now() - ${keepMs}::bigint
    order by created_at limit ${limit})`.execute(db);
}

function deliveryRow(row: Selectable<WebhookDeliveriesTable>): DeliveryRow {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    ...(row.position === null ? {} : { position: row.position }),
    messageId: row.message_id,
    eventType: row.event_type,
    body: row.body,
    state: row.state as DeliveryState,
    tries: row.tries,
    dueAt: row.due_at,
    createdAt: row.created_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}

function attemptRow(row: Selectable<WebhookAttemptsTable>): AttemptRow {
  return {
    at: row.at,
    durationMs: row.duration_ms,
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.error === null ? {} : { error: row.error }),
    response: row.response,
  };
}
