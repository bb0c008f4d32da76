/**
 * Settings of accounts, organizations and projects. One statement, one function.
 *
 * What holds somewhere is what its project has set, else its organization, else its account, else what is usual; but nobody
 * below a scope that lets its value not be overridden is asked.
 */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { knownSetting, type UsualSettings } from './known-settings.ts';
import { ownedBy, ownerColumns, ownerOfRow, ownersAbove, type OwnerScope } from './owner-scope.ts';
import type { SettingsTable } from './tables.ts';

/** What one scope has set. */
export interface SettingRow {
  readonly owner: OwnerScope;
  readonly identifier: string;
  readonly value: string;
  /** Scopes below may set it otherwise. */
  readonly isOverridable: boolean;
  readonly updatedAt: number;
}

/** What holds in a scope. */
export interface EffectiveSetting {
  readonly value: string;
  /** Whose value it is; absent = the usual one. */
  readonly row?: SettingRow;
  /** The scope above that lets nobody override it. */
  readonly fixedBy?: OwnerScope;
}

/** The value that holds in a scope; `undefined` = there is no such setting. */
export async function findSetting(
  db: Database | Transaction,
  scope: OwnerScope,
  name: string,
): Promise<string | undefined> {
  return (await findEffectiveSettings(db, scope, [name])).get(name)?.value;
}

/** Those of the identifiers that there are. */
export async function findEffectiveSettings(
  db: Database | Transaction,
  scope: OwnerScope,
  identifiers: readonly string[],
  usual: UsualSettings = {},
): Promise<ReadonlyMap<string, EffectiveSetting>> {
  const owners = ownersAbove(scope);
  const columns = owners.map(ownerColumns);
  const rows = await db
    .selectFrom('settings')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where(
      sql<boolean>`(org_identifier, project_identifier) in (select * from unnest(
        ${columns.map((each) => each.org_identifier)}::text[], ${columns.map((each) => each.project_identifier)}::text[]))`,
    )
    .where(sql<boolean>`identifier = any(${[...identifiers]}::text[])`)
    // The account first, the project last.
    .orderBy('org_identifier')
    .orderBy('project_identifier')
    .execute();
  const byIdentifier = Map.groupBy(rows.map(settingRow), ({ identifier }) => identifier);
  return new Map(
    identifiers.flatMap((identifier) => {
      const known = knownSetting(identifier, usual);
      if (known === undefined) return [];
      return [[identifier, effective(known.usual, byIdentifier.get(identifier) ?? [], owners.length)] as const];
    }),
  );
}

/** `fromAbove`: what the scopes have set, the account first. */
function effective(usual: string, fromAbove: readonly SettingRow[], depth: number): EffectiveSetting {
  const fixing = fromAbove.find(({ isOverridable }) => !isOverridable);
  const row = fixing ?? fromAbove.at(-1);
  if (row === undefined) return { value: usual };
  const isAbove = fixing !== undefined && ownersAbove(fixing.owner).length < depth;
  return { value: row.value, row, ...(isAbove ? { fixedBy: fixing.owner } : {}) };
}

export async function saveSetting(
  db: Database | Transaction,
  owner: OwnerScope,
  { identifier, value, isOverridable }: Pick<SettingRow, 'identifier' | 'value' | 'isOverridable'>,
): Promise<void> {
  const set = { value, is_overridable: isOverridable, updated_at: sql<number>`bridle_now()` };
  await db
    .insertInto('settings')
    .values({ ...ownerColumns(owner), identifier, ...set })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'org_identifier', 'project_identifier', 'identifier']).doUpdateSet(set),
    )
    .execute();
}

/** What holds is again what the scopes above say. */
export async function restoreSetting(db: Database | Transaction, owner: OwnerScope, identifier: string): Promise<void> {
  await db.deleteFrom('settings').where(ownedBy(owner)).where('identifier', '=', identifier).execute();
}

function settingRow(row: Selectable<SettingsTable>): SettingRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    value: row.value,
    isOverridable: row.is_overridable,
    updatedAt: row.updated_at,
  };
}
