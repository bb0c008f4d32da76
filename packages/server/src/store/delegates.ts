/** Delegates: who is registered, what they can do, and what they have to be told. */
import { sql, type Selectable } from 'kysely';
import type { NodeExecutionId } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import type { DelegatesTable } from './tables.ts';

export interface DelegateFacts {
  readonly version: string;
  readonly hostName: string;
  readonly os: string;
  readonly arch: string;
  readonly shells: readonly string[];
  /** Programs it found on its PATH, and the container engine it can use. Absent: it is older than the question. */
  readonly binaries?: readonly string[];
  readonly docker?: { readonly version: string; readonly os: string; readonly arch: string };
}

export interface DelegateRegistration {
  /** Used when this installation is new. */
  readonly newId: string;
  readonly accountId: string;
  readonly tokenId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly name: string;
  readonly installation: string;
  readonly incarnation: string;
  /** Lower-cased and trimmed, the name included. */
  readonly tags: readonly string[];
  /** Words as `dispatch/requirements.ts` makes them. */
  readonly capabilities: readonly string[];
  readonly facts: DelegateFacts;
  readonly capacity: number;
}

export interface Registered {
  readonly delegateId: string;
  /** Tasks that the process before had started: they are lost (D3). */
  readonly abandoned: readonly NodeExecutionId[];
  /** Tasks it had leased only are back in the queue. */
  readonly requeued: number;
}

/** The id of an installation is stable; another incarnation takes the place of the one before, which is dead (D3). */
export async function registerDelegate(db: Database, registration: DelegateRegistration): Promise<Registered> {
  return db.transaction().execute(async (tx) => {
    await insertDelegate(tx, registration);
    const before = await tx
      .selectFrom('delegates')
      .select(['id', 'incarnation'])
      .where('account_id', '=', registration.accountId)
      .where('name', '=', registration.name)
      .where('installation', '=', registration.installation)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await tx
      .updateTable('delegates')
      .set({
        token_id: registration.tokenId,
        org_identifier: registration.orgIdentifier ?? null,
        project_identifier: registration.projectIdentifier ?? null,
        incarnation: registration.incarnation,
        tags: [...registration.tags],
        capabilities: [...registration.capabilities],
        facts: JSON.stringify(registration.facts),
        capacity: registration.capacity,
        heartbeat_at: sql<number>`bridle_now()`,
        left_at: null,
        ...(before.incarnation === registration.incarnation ? {} : { registered_at: sql<number>`bridle_now()` }),
      })
      .where('id', '=', before.id)
      .execute();
    if (before.incarnation === registration.incarnation) return { delegateId: before.id, abandoned: [], requeued: 0 };
    const requeued = await requeueLeasesOf(tx, before.id);
    await closeDoneLogs(tx, before.id);
    return { delegateId: before.id, abandoned: await listStarted(tx, before.id), requeued };
  });
}

async function insertDelegate(tx: Transaction, registration: DelegateRegistration): Promise<void> {
  await tx
    .insertInto('delegates')
    .values({
      id: registration.newId,
      account_id: registration.accountId,
      token_id: registration.tokenId,
      name: registration.name,
      installation: registration.installation,
      incarnation: registration.incarnation,
      tags: [...registration.tags],
      capabilities: [...registration.capabilities],
      facts: JSON.stringify(registration.facts),
      capacity: registration.capacity,
      registered_at: sql<number>`bridle_now()`,
      heartbeat_at: sql<number>`bridle_now()`,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'name', 'installation']).doNothing())
    .execute();
}

/** What the delegate had leased only goes back to the queue. */
export async function requeueLeasesOf(tx: Transaction, delegateId: string): Promise<number> {
  const result = await sql`
    update delegate_tasks set state = 'queued', fence = fence + 1, lease_until = null, queued_at = bridle_now()
    where id in (select id from delegate_tasks where delegate_id = ${delegateId} and state = 'leased' order by id for no key update)`.execute(
    tx,
  );
  return Number(result.numAffectedRows ?? 0n);
}

/** Logs of ended tasks whose last chunk did not come before the process went: nobody waits for it. */
export async function closeDoneLogs(tx: Transaction, delegateId: string): Promise<void> {
  await sql`
    update logs set closed_at = bridle_now(), lacks_end = true from delegate_tasks t
    where logs.closed_at is null and t.id = logs.node_execution_id and t.delegate_id = ${delegateId} and t.state in ('done', 'cancelled', 'lost')`.execute(
    tx,
  );
}

/**
 * The same for all processes that are gone, or silent for so long: the log of a service stays open after its task is done, and nothing
 * else looks at that task again.
 */
export async function closeDesertedLogs(db: Database, graceMs: number): Promise<void> {
  await sql`
    update logs set closed_at = bridle_now(), lacks_end = true from delegate_tasks t join delegates d on d.id = t.delegate_id
    where logs.closed_at is null and t.id = logs.node_execution_id and t.state in ('done', 'cancelled', 'lost')
      and (d.left_at is not null or d.incarnation <> t.incarnation or d.heartbeat_at <= (select bridle_now()) - ${graceMs}::bigint)`.execute(
    db,
  );
}

async function listStarted(tx: Transaction, delegateId: string): Promise<readonly NodeExecutionId[]> {
  const rows = await tx
    .selectFrom('delegate_tasks')
    .select('id')
    .where('delegate_id', '=', delegateId)
    .where('state', 'in', ['started', 'cancelling'])
    .orderBy('position')
    .execute();
  return rows.map((row) => row.id as NodeExecutionId);
}

/** The process goes: its leases return to the queue, and what it had started is lost. Whether it was the registered one. */
export async function leaveDelegate(db: Database, delegateId: string, incarnation: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const left = await tx
      .updateTable('delegates')
      .set({ left_at: sql<number>`bridle_now()` })
      .where('id', '=', delegateId)
      .where('incarnation', '=', incarnation)
      .where('left_at', 'is', null)
      .executeTakeFirst();
    if (left.numUpdatedRows === 0n) return false;
    await requeueLeasesOf(tx, delegateId);
    await closeDoneLogs(tx, delegateId);
    return true;
  });
}

/**
 * All go: after a restore none of them holds what the backup says that it held. Those that still run register again; steps that
 * had been started fail as after a restart of their delegate.
 */
export async function leaveAllDelegates(db: Database): Promise<void> {
  await sql`update delegates set left_at = bridle_now() where left_at is null`.execute(db);
}

/** A sign of life; `false` when this is not the registered process. */
export async function touchDelegate(db: Database, delegateId: string, incarnation: string): Promise<boolean> {
  const result = await db
    .updateTable('delegates')
    .set({ heartbeat_at: sql<number>`bridle_now()` })
    .where('id', '=', delegateId)
    .where('incarnation', '=', incarnation)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export interface DelegateRow {
  readonly id: string;
  readonly accountId: string;
  readonly tokenId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly name: string;
  readonly incarnation: string;
  readonly tags: readonly string[];
  readonly capabilities: readonly string[];
  readonly facts: DelegateFacts;
  readonly capacity: number;
  readonly registeredAt: number;
  readonly heartbeatAt: number;
  readonly leftAt?: number;
}

export async function findDelegate(db: Database, id: string): Promise<DelegateRow | undefined> {
  const row = await db.selectFrom('delegates').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : delegateRow(row);
}

export interface ListedDelegate extends DelegateRow {
  readonly isRevoked: boolean;
  /** Milliseconds since its last sign of life, by the database's clock. */
  readonly silentMs: number;
  readonly tasks: number;
}

/** Who never said goodbye and has not been heard of for this long is not coming back. */
const FORGOTTEN_MS = 7 * 86_400_000;

/** The delegates of an account; those that left longer ago than `leftSinceMs`, or were silent for a week, are not listed. */
export async function listDelegates(
  db: Database,
  accountId: string,
  leftSinceMs: number,
): Promise<readonly ListedDelegate[]> {
  const result = await sql<Selectable<DelegatesTable> & { is_revoked: boolean; silent_ms: number; tasks: number }>`
    select d.*, k.revoked_at is not null as is_revoked, bridle_now() - d.heartbeat_at as silent_ms,
      (select count(*) from delegate_tasks t where t.delegate_id = d.id and t.incarnation = d.incarnation and t.state in ('leased', 'started', 'cancelling')) as tasks
    from delegates d join delegate_tokens k on k.id = d.token_id
    where d.account_id = ${accountId} and (d.left_at is null or d.left_at > bridle_now() - ${leftSinceMs}::bigint)
      and d.heartbeat_at > bridle_now() - ${FORGOTTEN_MS}::bigint
    order by d.name, d.id`.execute(db);
  return result.rows.map((row) => ({
    ...delegateRow(row),
    isRevoked: row.is_revoked,
    silentMs: row.silent_ms,
    tasks: row.tasks,
  }));
}

function delegateRow(row: Selectable<DelegatesTable>): DelegateRow {
  return {
    id: row.id,
    accountId: row.account_id,
    // Empty when its token was deleted: no token in use has that id.
    tokenId: row.token_id ?? '',
    ...scopeOfRow(row),
    name: row.name,
    incarnation: row.incarnation,
    tags: row.tags,
    capabilities: row.capabilities,
    facts: row.facts as DelegateFacts,
    capacity: row.capacity,
    registeredAt: row.registered_at,
    heartbeatAt: row.heartbeat_at,
    ...(row.left_at === null ? {} : { leftAt: row.left_at }),
  };
}

export function scopeOfRow(row: {
  readonly org_identifier: string | null;
  readonly project_identifier: string | null;
}): {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
} {
  return {
    ...(row.org_identifier === null ? {} : { orgIdentifier: row.org_identifier }),
    ...(row.project_identifier === null ? {} : { projectIdentifier: row.project_identifier }),
  };
}

/** What a delegate must be told beside new work. */
export interface Inbox {
  readonly cancelling: readonly NodeExecutionId[];
  /** Workspaces it may delete. */
  readonly released: readonly string[];
  readonly hasErrands: boolean;
}

const EMPTY_INBOX: Inbox = { cancelling: [], released: [], hasErrands: false };

/** The inboxes of several delegates in one statement; a delegate without news is not in the answer. */
export async function readInboxes(db: Database, delegateIds: readonly string[]): Promise<ReadonlyMap<string, Inbox>> {
  const result = await sql<{ delegate_id: string; kind: 'cancel' | 'release' | 'errand'; id: string }>`
    select t.delegate_id, 'cancel' as kind, t.id from delegate_tasks t join delegates d on d.id = t.delegate_id and d.incarnation = t.incarnation
    where t.delegate_id = any(${delegateIds}::text[]) and t.state = 'cancelling'
    union all
    select w.delegate_id, 'release', w.key from workspaces w
    where w.delegate_id = any(${delegateIds}::text[]) and w.released_at is not null and w.deleted_at is null
    union all
    select e.delegate_id, 'errand', e.id from errands e join delegates d on d.id = e.delegate_id and d.incarnation = e.incarnation
    where e.delegate_id = any(${delegateIds}::text[]) and e.state = 'waiting'`.execute(db);
  const inboxes = new Map<string, { cancelling: NodeExecutionId[]; released: string[]; hasErrands: boolean }>();
  for (const row of result.rows) {
    const inbox = inboxes.get(row.delegate_id) ?? { cancelling: [], released: [], hasErrands: false };
    inboxes.set(row.delegate_id, inbox);
    if (row.kind === 'cancel') inbox.cancelling.push(row.id as NodeExecutionId);
    else if (row.kind === 'release') inbox.released.push(row.id);
    else inbox.hasErrands = true;
  }
  return inboxes;
}

export async function readInbox(db: Database, delegateId: string): Promise<Inbox> {
  return (await readInboxes(db, [delegateId])).get(delegateId) ?? EMPTY_INBOX;
}

export async function markWorkspacesDeleted(db: Database, delegateId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update workspaces set deleted_at = bridle_now()
    where delegate_id = ${delegateId} and key = any(${keys}::text[]) and released_at is not null and deleted_at is null`.execute(
    db,
  );
}
