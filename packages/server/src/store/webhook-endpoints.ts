/** Endpoints of outgoing webhooks and the secrets that sign what is sent to them. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { readFeedEnds } from './feed.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { SealedValue } from './secrets.ts';
import type { WebhookEndpointsTable } from './tables.ts';

export interface EndpointSettings {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  /** Empty = all. */
  readonly eventTypes: readonly string[];
  /** Empty = all. */
  readonly pipelineIdentifiers: readonly string[];
  readonly isEnabled: boolean;
}

export interface EndpointRow extends EndpointSettings {
  readonly id: string;
  readonly owner: OwnerScope;
  /** Why it was disabled, where nobody did it. */
  readonly disabledReason?: string;
  readonly failingSince?: number;
  readonly fromPosition: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface EndpointKey {
  readonly owner: OwnerScope;
  readonly id: string;
}

/** Answers with `undefined` where the owner has as many as it may have. */
export async function insertEndpoint(
  tx: Transaction,
  { owner, id }: EndpointKey,
  settings: EndpointSettings,
  endpointsMax: number,
): Promise<EndpointRow | undefined> {
  // Those who make one for the same owner at once count one after the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`bridle webhooks ${JSON.stringify(ownerColumns(owner))}`}, 0))`.execute(
    tx,
  );
  const { count } = await tx
    .selectFrom('webhook_endpoints')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(ownedBy(owner))
    .executeTakeFirstOrThrow();
  if (count >= endpointsMax) return undefined;
  const { last } = await readFeedEnds(tx);
  const row = await tx
    .insertInto('webhook_endpoints')
    .values({
      id,
      ...ownerColumns(owner),
      ...columnsOf(settings),
      from_position: last,
      created_at: sql<number>`bridle_now()`,
      updated_at: sql<number>`bridle_now()`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return endpointRow(row);
}

/** One that is enabled again begins anew: nothing of its failures counts any more. */
export async function updateEndpoint(
  tx: Transaction,
  { owner, id }: EndpointKey,
  settings: EndpointSettings,
): Promise<EndpointRow | undefined> {
  const row = await tx
    .updateTable('webhook_endpoints')
    .set({
      ...columnsOf(settings),
      disabled_reason: sql<string | null>`case when ${settings.isEnabled} then null else disabled_reason end`,
      failing_since: sql<
        number | null
      >`case when ${settings.isEnabled} and not is_enabled then null else failing_since end`,
      updated_at: sql<number>`bridle_now()`,
    })
    .where('id', '=', id)
    .where(ownedBy(owner))
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : endpointRow(row);
}

export async function deleteEndpoint(tx: Transaction, { owner, id }: EndpointKey): Promise<boolean> {
  const result = await tx.deleteFrom('webhook_endpoints').where('id', '=', id).where(ownedBy(owner)).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function findEndpoint(
  db: Database | Transaction,
  { owner, id }: EndpointKey,
): Promise<EndpointRow | undefined> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .where(ownedBy(owner))
    .executeTakeFirst();
  return row === undefined ? undefined : endpointRow(row);
}

export async function findEndpointOwner(db: Database, id: string): Promise<OwnerScope | undefined> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .select(['account_id', 'org_identifier', 'project_identifier'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : ownerOfRow(row);
}

/** Those of exactly this owner, oldest first. */
export async function listEndpoints(db: Database, owner: OwnerScope): Promise<EndpointRow[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where(ownedBy(owner))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(endpointRow);
}

export async function listEnabledEndpoints(db: Database | Transaction): Promise<EndpointRow[]> {
  const rows = await db.selectFrom('webhook_endpoints').selectAll().where('is_enabled', '=', true).execute();
  return rows.map(endpointRow);
}

/** By whom it was not done, but by how the endpoint answers. */
export async function disableEndpoint(tx: Transaction, id: string, reason: string): Promise<void> {
  await tx
    .updateTable('webhook_endpoints')
    .set({ is_enabled: false, disabled_reason: reason, updated_at: sql<number>`bridle_now()` })
    .where('id', '=', id)
    .where('is_enabled', '=', true)
    .execute();
}

/** Nobody deletes it, and its deliveries with it, before the transaction ends. `false` = it is gone. */
export async function holdEndpoint(tx: Transaction, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Remembers since when it fails; answers for how long by now. */
export async function noteFailure(tx: Transaction, id: string): Promise<number> {
  const row = await tx
    .updateTable('webhook_endpoints')
    .set({ failing_since: sql<number>`coalesce(failing_since, bridle_now())` })
    .where('id', '=', id)
    .returning(sql<number>`bridle_now() - failing_since`.as('ms'))
    .executeTakeFirst();
  return row?.ms ?? 0;
}

export async function noteSuccess(tx: Transaction, id: string): Promise<void> {
  await tx
    .updateTable('webhook_endpoints')
    .set({ failing_since: null })
    .where('id', '=', id)
    .where('failing_since', 'is not', null)
    .execute();
}

export interface WebhookSecretRow {
  readonly id: string;
  readonly value: SealedValue;
}

export async function insertWebhookSecret(
  tx: Transaction,
  endpointId: string,
  { id, value }: WebhookSecretRow,
): Promise<void> {
  await tx
    .insertInto('webhook_secrets')
    .values({
      id,
      endpoint_id: endpointId,
      key_id: value.keyId,
      wrapped_key: value.wrappedKey,
      content: value.content,
      created_at: sql<number>`bridle_now()`,
      expires_at: null,
    })
    .execute();
}

/** Those without an end get one; those that have ended go. */
export async function retireWebhookSecrets(tx: Transaction, endpointId: string, forMs: number): Promise<void> {
  await tx
    .updateTable('webhook_secrets')
    .set({ expires_at: sql<number>`bridle_now() + ${forMs}::bigint` })
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', 'is', null)
    .execute();
  await tx
    .deleteFrom('webhook_secrets')
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', '<=', sql<number>`bridle_now()`)
    .execute();
}

/** The newest first. */
export async function listWebhookSecrets(db: Database, endpointId: string): Promise<WebhookSecretRow[]> {
  const rows = await db
    .selectFrom('webhook_secrets')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<number>`bridle_now()`)]))
    .orderBy(sql`expires_at is null`, 'desc')
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    value: { keyId: row.key_id, wrappedKey: row.wrapped_key, content: row.content },
  }));
}

function columnsOf({
  name,
  description,
  url,
  eventTypes,
  pipelineIdentifiers,
  isEnabled,
}: EndpointSettings): Pick<
  Selectable<WebhookEndpointsTable>,
  'name' | 'description' | 'url' | 'event_types' | 'pipeline_identifiers' | 'is_enabled'
> {
  return {
    name,
    description,
    url,
    event_types: [...eventTypes],
    pipeline_identifiers: [...pipelineIdentifiers],
    is_enabled: isEnabled,
  };
}

export function endpointRow(row: Selectable<WebhookEndpointsTable>): EndpointRow {
  return {
    id: row.id,
    owner: ownerOfRow(row),
    name: row.name,
    description: row.description,
    url: row.url,
    eventTypes: row.event_types,
    pipelineIdentifiers: row.pipeline_identifiers,
    isEnabled: row.is_enabled,
    ...(row.disabled_reason === null ? {} : { disabledReason: row.disabled_reason }),
    ...(row.failing_since === null ? {} : { failingSince: row.failing_since }),
    fromPosition: row.from_position,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
