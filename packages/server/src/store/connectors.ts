/** Connectors. One statement, one function. */
import { type ConnectorContent } from '@bridle/pipeline';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { ConnectorsTable } from './tables.ts';

export interface ConnectorKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
}

/** The last test call. */
export interface ConnectorStatus {
  readonly status: 'SUCCESS' | 'FAILURE';
  /** Empty when it went well. */
  readonly message: string;
  readonly testedAt: number;
  /** When a test last went well. */
  readonly connectedAt?: number;
}

export interface ConnectorRow extends ConnectorKey, ConnectorContent {
  readonly status?: ConnectorStatus;
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ConnectorFilter {
  /** Exactly these owners. */
  readonly owners: readonly OwnerScope[];
  readonly identifiers?: readonly string[];
  readonly types?: readonly string[];
  /** Part of the name or the identifier, in any case. */
  readonly search?: string;
}

/** `undefined` = there is one of that identifier. */
export async function insertConnector(
  db: Database | Transaction,
  key: ConnectorKey,
  content: ConnectorContent,
): Promise<ConnectorRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('connectors')
    .values({
      ...ownerColumns(key.owner),
      identifier: key.identifier,
      ...columns(content),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : connectorRow(row);
}

/** What was known of its last test goes: it was another connector. `expectedVersion` undefined = no check. */
export async function updateConnector(
  db: Database | Transaction,
  key: ConnectorKey,
  content: ConnectorContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<ConnectorRow>> {
  let update = db
    .updateTable('connectors')
    .set({
      ...columns(content),
      status: null,
      version: sql<number>`version + 1`,
      updated_at: sql<number>`bridle_now()`,
    })
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: connectorRow(row) };
  return (await findConnector(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

/** The result of a test of this version; dropped when the connector was changed meanwhile. Answers with the status kept. */
export async function keepConnectorStatus(
  db: Database,
  key: ConnectorKey,
  version: number,
  { status, message }: Pick<ConnectorStatus, 'status' | 'message'>,
): Promise<ConnectorStatus | undefined> {
  // What others answer with may hold what `jsonb` refuses.
  const told = message.replaceAll('\0', '\u{FFFD}').toWellFormed();
  const row = await db
    .updateTable('connectors')
    .set({
      status: sql<string>`jsonb_strip_nulls(jsonb_build_object('status', ${status}::text, 'message', ${told}::text,
        'testedAt', bridle_now(), 'connectedAt',
        case when ${status} = 'SUCCESS' then to_jsonb(bridle_now()) else status->'connectedAt' end))`,
    })
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .where('version', '=', version)
    .returning('status')
    .executeTakeFirst();
  return row === undefined ? undefined : (row.status as ConnectorStatus);
}

export async function deleteConnector(
  db: Database | Transaction,
  key: ConnectorKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db.deleteFrom('connectors').where(ownedBy(key.owner)).where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findConnector(db, key)) === undefined ? 'missing' : 'stale';
}

export async function findConnector(db: Database | Transaction, key: ConnectorKey): Promise<ConnectorRow | undefined> {
  const row = await db
    .selectFrom('connectors')
    .selectAll()
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : connectorRow(row);
}

/** Those that are there; all of one account. */
export async function findConnectors(
  db: Database | Transaction,
  accountId: string,
  keys: readonly ConnectorKey[],
): Promise<ReadonlyMap<ConnectorKey, ConnectorRow>> {
  const found = new Map<ConnectorKey, ConnectorRow>();
  if (keys.length === 0) return found;
  const owners = keys.map((key) => ownerColumns(key.owner));
  const result = await sql<Selectable<ConnectorsTable> & { wanted_position: number }>`
    select wanted.position as wanted_position, c.*
    from unnest(${owners.map((owner) => owner.org_identifier)}::text[],
      ${owners.map((owner) => owner.project_identifier)}::text[], ${keys.map(({ identifier }) => identifier)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, identifier, position)
    join connectors c on c.account_id = ${accountId} and c.org_identifier = wanted.org_identifier
      and c.project_identifier = wanted.project_identifier and c.identifier = wanted.identifier`.execute(db);
  for (const row of result.rows) {
    const key = keys[row.wanted_position - 1];
    if (key !== undefined) found.set(key, connectorRow(row));
  }
  return found;
}

/** One page (0-based), what was changed last first. */
export async function listConnectors(
  db: Database | Transaction,
  { owners, identifiers, types, search }: ConnectorFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: ConnectorRow[]; readonly total: number }> {
  let matching = db.selectFrom('connectors').where((eb) => eb.or(owners.map(ownedBy)));
  if (identifiers !== undefined) matching = matching.where(sql<boolean>`identifier = any(${identifiers}::text[])`);
  if (types !== undefined) matching = matching.where(sql<boolean>`type = any(${types}::text[])`);
  if (search !== undefined && search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('updated_at', 'desc')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(connectorRow), total: count.total };
}

function columns({ type, name, description, tags, spec, yaml }: ConnectorContent): Pick<
  Selectable<ConnectorsTable>,
  'type' | 'name' | 'description' | 'yaml'
> & {
  readonly tags: string;
  readonly spec: string;
} {
  return { type, name, description, tags: JSON.stringify(tags), spec: JSON.stringify(spec), yaml };
}

function connectorRow(row: Selectable<ConnectorsTable>): ConnectorRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    type: row.type,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    spec: row.spec as Readonly<Record<string, unknown>>,
    yaml: row.yaml,
    ...(row.status === null ? {} : { status: row.status as ConnectorStatus }),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
