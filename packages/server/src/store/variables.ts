/** Variables of accounts, organizations and projects. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { VariablesTable } from './tables.ts';

/**
 * Characters of all variables of one owner (P1): a run that uses one of them keeps them all. A variable counts for its identifier,
 * its value and `CHARACTERS_EACH`.
 */
export const VARIABLES_LENGTH_MAX = 262_144;
const CHARACTERS_EACH = 32;

export interface VariableKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
}

export interface VariableContent {
  readonly name: string;
  readonly description: string;
  readonly value: string;
}

export interface VariableRow extends VariableKey, VariableContent {
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `undefined` = there is one of that identifier. */
export async function insertVariable(
  db: Database | Transaction,
  key: VariableKey,
  content: VariableContent,
): Promise<VariableRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('variables')
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
  return row === undefined ? undefined : variableRow(row);
}

/** `expectedVersion` undefined = no check. */
export async function updateVariable(
  db: Database | Transaction,
  key: VariableKey,
  content: VariableContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<VariableRow>> {
  let update = db
    .updateTable('variables')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: variableRow(row) };
  return (await findVariable(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

export async function deleteVariable(
  db: Database | Transaction,
  key: VariableKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db.deleteFrom('variables').where(ownedBy(key.owner)).where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findVariable(db, key)) === undefined ? 'missing' : 'stale';
}

export async function findVariable(db: Database | Transaction, key: VariableKey): Promise<VariableRow | undefined> {
  const row = await db
    .selectFrom('variables')
    .selectAll()
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : variableRow(row);
}

/** One page (0-based), by identifier. */
export async function listVariables(
  db: Database | Transaction,
  scope: OwnerScope,
  search: string,
  page: number,
  size: number,
): Promise<{ readonly rows: VariableRow[]; readonly total: number }> {
  let matching = db.selectFrom('variables').where(ownedBy(scope));
  if (search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(variableRow), total: count.total };
}

/** The variables of each owner, identifier → value; all of one account. */
export async function findVariableTexts(
  db: Database | Transaction,
  owners: readonly OwnerScope[],
): Promise<readonly Readonly<Record<string, string>>[]> {
  const [first] = owners;
  if (first === undefined) return [];
  const columnsOf = owners.map(ownerColumns);
  const result = await sql<{ position: number; identifier: string; value: string }>`
    select wanted.position, v.identifier, v.value
    from unnest(${columnsOf.map((each) => each.org_identifier)}::text[], ${columnsOf.map((each) => each.project_identifier)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, position)
    join variables v on v.account_id = ${first.accountId} and v.org_identifier = wanted.org_identifier
      and v.project_identifier = wanted.project_identifier
    order by wanted.position, v.identifier`.execute(db);
  const byPosition = Map.groupBy(result.rows, ({ position }) => position);
  return owners.map((_, index) =>
    Object.fromEntries((byPosition.get(index + 1) ?? []).map(({ identifier, value }) => [identifier, value])),
  );
}

/** What the owner's variables come to beside this one; see `VARIABLES_LENGTH_MAX`. */
export async function lengthOfOtherVariables(
  db: Database | Transaction,
  { owner: scope, identifier }: VariableKey,
): Promise<number> {
  const row = await db
    .selectFrom('variables')
    .select(
      sql<number>`coalesce(sum(length(identifier) + length(value) + ${CHARACTERS_EACH}), 0)::bigint`.as('characters'),
    )
    .where(ownedBy(scope))
    .where('identifier', '!=', identifier)
    .executeTakeFirstOrThrow();
  return row.characters;
}

export function lengthOfVariable({ identifier }: VariableKey, { value }: VariableContent): number {
  return identifier.length + value.length + CHARACTERS_EACH;
}

function columns({ name, description, value }: VariableContent): VariableContent {
  return { name, description, value };
}

function variableRow(row: Selectable<VariablesTable>): VariableRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    value: row.value,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
