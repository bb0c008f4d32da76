/** Sealed values as rows of a key: what a rotation reads and writes; and the key pairs of sealed outputs. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { SealedValue, SecretKey } from './secrets.ts';

export interface SealedSecret {
  readonly key: SecretKey;
  readonly value: SealedValue;
}

interface SealedSecretColumns {
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly identifier: string;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
}

/** Secrets under these master keys, without their contents: a rotation changes their data keys' wrapping only. */
export async function listSecretsUnderKeys(
  db: Database,
  keyIds: readonly string[],
  limit: number,
): Promise<readonly (Omit<SealedSecret, 'value'> & { readonly value: Omit<SealedValue, 'content'> })[]> {
  const result = await sql<SealedSecretColumns>`
    select account_id, org_identifier, project_identifier, identifier, key_id, wrapped_key
    from secrets where key_id = any(${keyIds}::text[]) limit ${limit}`.execute(db);
  return result.rows.map((row) => ({
    key: { owner: ownerOfRow(row), identifier: row.identifier },
    value: { keyId: row.key_id, wrappedKey: row.wrapped_key },
  }));
}

export interface Rewrapping {
  readonly key: SecretKey;
  readonly before: Buffer;
  readonly after: Omit<SealedValue, 'content'>;
}

/** Changes those whose value is still the one that was read: one saved meanwhile has a data key of its own. */
export async function rewrapSecrets(db: Database, rewrappings: readonly Rewrapping[]): Promise<number> {
  const owners = rewrappings.map(({ key }) => ownerColumns(key.owner));
  const result = await sql`
    update secrets s set key_id = v.key_id, wrapped_key = v.after, lost_at = null
    from unnest(${owners.map((owner) => owner.account_id)}::text[], ${owners.map((owner) => owner.org_identifier)}::text[],
      ${owners.map((owner) => owner.project_identifier)}::text[], ${rewrappings.map(({ key }) => key.identifier)}::text[],
      ${rewrappings.map(({ before }) => before)}::bytea[], ${rewrappings.map(({ after }) => after.keyId)}::text[],
      ${rewrappings.map(({ after }) => after.wrappedKey)}::bytea[])
      as v (account_id, org_identifier, project_identifier, identifier, before, key_id, after)
    where s.account_id = v.account_id and s.org_identifier = v.org_identifier and s.project_identifier = v.project_identifier
      and s.identifier = v.identifier and s.wrapped_key = v.before`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Secrets under none of these master keys. */
export async function listSecretsUnderOthers(
  db: Database | Transaction,
  keyIds: readonly string[],
): Promise<readonly SecretKey[]> {
  const rows = await db
    .selectFrom('secrets')
    .select(['account_id', 'org_identifier', 'project_identifier', 'identifier'])
    .where('key_id', 'is not', null)
    .where(sql<boolean>`not key_id = any(${keyIds}::text[])`)
    .orderBy('account_id')
    .orderBy('org_identifier')
    .orderBy('project_identifier')
    .orderBy('identifier')
    .execute();
  return rows.map((row) => ({ owner: ownerOfRow(row), identifier: row.identifier }));
}

/** What lies under none of these master keys is given up: secrets keep their rows, key pairs of outputs are of no use. */
export async function giveUpValuesUnderOthers(tx: Transaction, keyIds: readonly string[]): Promise<void> {
  const isUnderOther = sql<boolean>`not key_id = any(${keyIds}::text[])`;
  await tx
    .updateTable('secrets')
    .set({ lost_at: sql<number>`bridle_now()` })
    .where('key_id', 'is not', null)
    .where('lost_at', 'is', null)
    .where(isUnderOther)
    .execute();
  await tx.deleteFrom('sealing_keys').where(isUnderOther).execute();
  await tx
    .updateTable('webhook_endpoints')
    .set({
      is_enabled: false,
      disabled_reason: 'Its secret was lost with a master key. Rotate it, and enable the webhook.',
    })
    .where('id', 'in', tx.selectFrom('webhook_secrets').select('endpoint_id').where(isUnderOther))
    .execute();
  await tx.deleteFrom('webhook_secrets').where(isUnderOther).execute();
}

/** How many values each master key holds; what is under a key that nobody has cannot be read. */
export async function countByKey(db: Database): Promise<ReadonlyMap<string, number>> {
  const result = await sql<{ key_id: string; count: number }>`
    select key_id, count(*) from (
      select key_id from secrets where key_id is not null union all select key_id from sealing_keys
      union all select key_id from webhook_secrets) as sealed
    group by key_id order by key_id`.execute(db);
  return new Map(result.rows.map((row) => [row.key_id, row.count]));
}

export interface SealedWebhookSecret {
  readonly id: string;
  /** Of the endpoint. */
  readonly owner: OwnerScope;
  readonly value: Omit<SealedValue, 'content'>;
}

/** Secrets of webhooks under these master keys. */
export async function listWebhookSecretsUnderKeys(
  db: Database,
  keyIds: readonly string[],
): Promise<readonly SealedWebhookSecret[]> {
  const rows = await db
    .selectFrom('webhook_secrets')
    .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_secrets.endpoint_id')
    .select(['webhook_secrets.id', 'key_id', 'wrapped_key', 'account_id', 'org_identifier', 'project_identifier'])
    .where(sql<boolean>`key_id = any(${keyIds}::text[])`)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    owner: ownerOfRow(row),
    value: { keyId: row.key_id, wrappedKey: row.wrapped_key },
  }));
}

export async function rewrapWebhookSecret(
  db: Database,
  id: string,
  { keyId, wrappedKey }: Omit<SealedValue, 'content'>,
): Promise<void> {
  await db
    .updateTable('webhook_secrets')
    .set({ key_id: keyId, wrapped_key: wrappedKey })
    .where('id', '=', id)
    .execute();
}

export interface SealingKeyRow {
  readonly publicKey: string;
  readonly value: SealedValue;
}

/** Oldest first: the first one is given out. */
export async function listSealingKeys(db: Database | Transaction): Promise<readonly SealingKeyRow[]> {
  const rows = await db.selectFrom('sealing_keys').selectAll().orderBy('position').execute();
  return rows.map((row) => ({
    publicKey: row.public_key,
    value: { keyId: row.key_id, wrappedKey: row.wrapped_key, content: row.content },
  }));
}

export async function insertSealingKey(db: Database | Transaction, { publicKey, value }: SealingKeyRow): Promise<void> {
  await db
    .insertInto('sealing_keys')
    .values({
      public_key: publicKey,
      key_id: value.keyId,
      wrapped_key: value.wrappedKey,
      content: value.content,
      created_at: sql<number>`bridle_now()`,
    })
    .execute();
}

export async function rewrapSealingKey(
  db: Database,
  publicKey: string,
  { keyId, wrappedKey }: Omit<SealedValue, 'content'>,
): Promise<void> {
  await db
    .updateTable('sealing_keys')
    .set({ key_id: keyId, wrapped_key: wrappedKey })
    .where('public_key', '=', publicKey)
    .execute();
}
