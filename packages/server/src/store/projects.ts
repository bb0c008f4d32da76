import { sql, type Selectable } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern, type NameFilter } from './organizations.ts';
import type { ProjectsTable } from './tables.ts';

export interface ProjectRow {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export async function insertProject(db: Database | Transaction, scope: ProjectScope, name: string): Promise<void> {
  const now = sql<number>`bridle_now()`;
  await db
    .insertInto('projects')
    .values({
      account_id: scope.accountId,
      org_identifier: scope.orgIdentifier,
      identifier: scope.projectIdentifier,
      name,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The new row; `undefined` when the identifier is taken. */
export async function createProject(
  db: Database | Transaction,
  scope: ProjectScope,
  { name, description, tags }: Pick<ProjectRow, 'name' | 'description' | 'tags'>,
): Promise<ProjectRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('projects')
    .values({
      account_id: scope.accountId,
      org_identifier: scope.orgIdentifier,
      identifier: scope.projectIdentifier,
      name,
      description,
      tags: JSON.stringify(tags),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : projectRow(row);
}

export async function findProject(db: Database | Transaction, scope: ProjectScope): Promise<ProjectRow | undefined> {
  const row = await db
    .selectFrom('projects')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('org_identifier', '=', scope.orgIdentifier)
    .where('identifier', '=', scope.projectIdentifier)
    .executeTakeFirst();
  return row === undefined ? undefined : projectRow(row);
}

/** One page (0-based), by name; of one organization, or of all. */
export async function listProjects(
  db: Database | Transaction,
  accountId: string,
  filter: NameFilter & { readonly orgIdentifier?: string },
  page: number,
  size: number,
): Promise<{ readonly rows: ProjectRow[]; readonly total: number }> {
  let matching = db.selectFrom('projects').where('account_id', '=', accountId);
  if (filter.orgIdentifier !== undefined) matching = matching.where('org_identifier', '=', filter.orgIdentifier);
  if (filter.identifiers !== undefined && filter.identifiers.length > 0)
    matching = matching.where('identifier', 'in', filter.identifiers);
  const { seen } = filter;
  if (seen !== undefined) {
    matching = matching.where(
      sql<boolean>`(org_identifier = any(${[...seen.wholeOrganizations]}::text[])
        or (org_identifier, identifier) in (select * from unnest(
          ${seen.projects.map((each) => each.orgIdentifier)}::text[], ${seen.projects.map((each) => each.projectIdentifier)}::text[])))`,
    );
  }
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = likePattern(filter.search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('name')
      .orderBy('org_identifier')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(projectRow), total: count.total };
}

function projectRow(row: Selectable<ProjectsTable>): ProjectRow {
  return {
    accountId: row.account_id,
    orgIdentifier: row.org_identifier,
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
