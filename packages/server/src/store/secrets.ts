/** Secrets: what is known about them, and their sealed values. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { SecretsTable } from './tables.ts';

/** A value under its own data key, and that key under a master key. */
export interface SealedValue {
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly content: Buffer;
}

export interface SecretKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
}

export interface SecretContent {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As written; empty where the type has none. */
  readonly manager: string;
  /** `Inline`, `Reference`, or empty. */
  readonly valueType: string;
  /** What is no secret. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface SecretRow extends SecretKey, SecretContent {
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Its master key was given up: the value is missing until another one is saved. */
  readonly isLost: boolean;
}

/** `keep` = the value that is there. */
export type ValueChange = 'keep' | 'none' | SealedValue;

export interface SecretFilter {
  /** Exactly these owners. */
  readonly owners: readonly OwnerScope[];
  readonly identifiers?: readonly string[];
  readonly types?: readonly string[];
  /** Part of the name or the identifier, in any case. */
  readonly search?: string;
}

/** The sealed columns stay in the database: only `findSealedSecrets` reads them. */
const SHOWN = [
  'account_id',
  'org_identifier',
  'project_identifier',
  'identifier',
  'type',
  'name',
  'description',
  'tags',
  'manager',
  'value_type',
  'spec',
  'version',
  'created_at',
  'updated_at',
  'lost_at',
] as const;

type ShownRow = Pick<Selectable<SecretsTable>, (typeof SHOWN)[number]>;

/** `undefined` = there is one of that identifier. */
export async function insertSecret(
  db: Database | Transaction,
  key: SecretKey,
  content: SecretContent,
  value: SealedValue | undefined,
): Promise<SecretRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('secrets')
    .values({
      ...ownerColumns(key.owner),
      identifier: key.identifier,
      ...columns(content),
      ...sealedColumns(value),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(SHOWN)
    .executeTakeFirst();
  return row === undefined ? undefined : secretRow(row);
}

/** `expectedVersion` undefined = no check. */
export async function updateSecret(
  db: Database | Transaction,
  key: SecretKey,
  content: SecretContent,
  value: ValueChange,
  expectedVersion?: number,
): Promise<UpdateOutcome<SecretRow>> {
  let update = db
    .updateTable('secrets')
    .set({
      ...columns(content),
      ...(value === 'keep' ? {} : { ...sealedColumns(value === 'none' ? undefined : value), lost_at: null }),
      version: sql<number>`version + 1`,
      updated_at: sql<number>`bridle_now()`,
    })
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returning(SHOWN).executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: secretRow(row) };
  return (await findSecret(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

export async function deleteSecret(
  db: Database | Transaction,
  key: SecretKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db.deleteFrom('secrets').where(ownedBy(key.owner)).where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findSecret(db, key)) === undefined ? 'missing' : 'stale';
}

export async function findSecret(db: Database | Transaction, key: SecretKey): Promise<SecretRow | undefined> {
  const row = await db
    .selectFrom('secrets')
    .select(SHOWN)
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : secretRow(row);
}

/** One page (0-based), what was changed last first. */
export async function listSecrets(
  db: Database | Transaction,
  { owners, identifiers, types, search }: SecretFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: SecretRow[]; readonly total: number }> {
  let matching = db.selectFrom('secrets').where((eb) => eb.or(owners.map(ownedBy)));
  if (identifiers !== undefined) matching = matching.where(sql<boolean>`identifier = any(${identifiers}::text[])`);
  if (types !== undefined) matching = matching.where(sql<boolean>`type = any(${types}::text[])`);
  if (search !== undefined && search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .select(SHOWN)
      .orderBy('updated_at', 'desc')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(secretRow), total: count.total };
}

export interface SealedSecretRow extends SecretRow {
  /** Absent where another manager keeps the value, or the type has none. */
  readonly sealed?: SealedValue;
}

/** Those that are not there; all of one account. */
export async function findMissingSecrets<Key extends SecretKey>(
  db: Database | Transaction,
  accountId: string,
  keys: readonly Key[],
): Promise<readonly Key[]> {
  if (keys.length === 0) return [];
  const owners = keys.map((key) => ownerColumns(key.owner));
  const result = await sql<{ position: number }>`
    select wanted.position
    from unnest(${owners.map((owner) => owner.org_identifier)}::text[],
      ${owners.map((owner) => owner.project_identifier)}::text[], ${keys.map(({ identifier }) => identifier)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, identifier, position)
    where not exists (select 1 from secrets s where s.account_id = ${accountId} and s.org_identifier = wanted.org_identifier
      and s.project_identifier = wanted.project_identifier and s.identifier = wanted.identifier)
    order by wanted.position`.execute(db);
  return result.rows.flatMap(({ position }) => keys[position - 1] ?? []);
}

/** Those that are there, in the order of the keys; all of one account. */
export async function findSealedSecrets(
  db: Database | Transaction,
  accountId: string,
  keys: readonly SecretKey[],
): Promise<ReadonlyMap<SecretKey, SealedSecretRow>> {
  const found = new Map<SecretKey, SealedSecretRow>();
  if (keys.length === 0) return found;
  const owners = keys.map((key) => ownerColumns(key.owner));
  const result = await sql<Selectable<SecretsTable> & { wanted_position: number }>`
    select wanted.position as wanted_position, s.*
    from unnest(${owners.map((owner) => owner.org_identifier)}::text[],
      ${owners.map((owner) => owner.project_identifier)}::text[], ${keys.map(({ identifier }) => identifier)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, identifier, position)
    join secrets s on s.account_id = ${accountId} and s.org_identifier = wanted.org_identifier
      and s.project_identifier = wanted.project_identifier and s.identifier = wanted.identifier`.execute(db);
  for (const row of result.rows) {
    const key = keys[row.wanted_position - 1];
    if (key === undefined) continue;
    const sealed = sealedOf(row);
    found.set(key, { ...secretRow(row), ...(sealed === undefined ? {} : { sealed }) });
  }
  return found;
}

function sealedColumns(
  value: SealedValue | undefined,
): Pick<Selectable<SecretsTable>, 'key_id' | 'wrapped_key' | 'content'> {
  return {
    key_id: value?.keyId ?? null,
    wrapped_key: value?.wrappedKey ?? null,
    content: value?.content ?? null,
  };
}

function sealedOf(row: Selectable<SecretsTable>): SealedValue | undefined {
  if (row.key_id === null || row.wrapped_key === null || row.content === null) return undefined;
  return { keyId: row.key_id, wrappedKey: row.wrapped_key, content: row.content };
}

function columns({ type, name, description, tags, manager, valueType, spec }: SecretContent): Pick<
  Selectable<SecretsTable>,
  'type' | 'name' | 'description' | 'manager' | 'value_type'
> & {
  readonly tags: string;
  readonly spec: string;
} {
  return {
    type,
    name,
    description,
    tags: JSON.stringify(tags),
    manager,
    value_type: valueType,
    spec: JSON.stringify(spec),
  };
}

function secretRow(row: ShownRow): SecretRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    type: row.type,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    manager: row.manager,
    valueType: row.value_type,
    spec: row.spec as Readonly<Record<string, unknown>>,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    isLost: row.lost_at !== null,
  };
}
