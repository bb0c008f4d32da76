import { sql, type Selectable } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { BY_NAME, likePattern, NAME_COLUMNS, type NameFilter, type NameSort } from './organizations.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { ProjectsTable } from './tables.ts';

export interface ProjectRow {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As `#rrggbb`. */
  readonly color: string;
  /** What it is for, such as `CI`; empty = everything. */
  readonly modules: readonly string[];
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
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

/** What is not said of colour and modules is usual, or stays. */
export type ProjectContent = Pick<ProjectRow, 'name' | 'description' | 'tags'> &
  Partial<Pick<ProjectRow, 'color' | 'modules'>>;

/** The new row; `undefined` when the identifier is taken. */
export async function createProject(
  db: Database | Transaction,
  scope: ProjectScope,
  content: ProjectContent,
): Promise<ProjectRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('projects')
    .values({
      account_id: scope.accountId,
      org_identifier: scope.orgIdentifier,
      identifier: scope.projectIdentifier,
      ...columns(content),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : projectRow(row);
}

/** `expectedVersion` undefined = no check. */
export async function updateProject(
  db: Database | Transaction,
  scope: ProjectScope,
  content: ProjectContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<ProjectRow>> {
  let update = db
    .updateTable('projects')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where('account_id', '=', scope.accountId)
    .where('org_identifier', '=', scope.orgIdentifier)
    .where('identifier', '=', scope.projectIdentifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: projectRow(row) };
  return (await findProject(db, scope)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
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

export interface ProjectFilter extends NameFilter {
  readonly orgIdentifier?: string;
  readonly orgIdentifiers?: readonly string[];
  /** Projects that are for it, or that are not. */
  readonly module?: { readonly name: string; readonly isIn: boolean };
}

/** One page (0-based), by name unless sorted otherwise; of one organization, of several, or of all. */
export async function listProjects(
  db: Database | Transaction,
  accountId: string,
  filter: ProjectFilter,
  page: number,
  size: number,
  sort: NameSort = BY_NAME,
): Promise<{ readonly rows: ProjectRow[]; readonly total: number }> {
  let matching = db.selectFrom('projects').where('account_id', '=', accountId);
  if (filter.orgIdentifier !== undefined) matching = matching.where('org_identifier', '=', filter.orgIdentifier);
  if (filter.orgIdentifiers !== undefined && filter.orgIdentifiers.length > 0)
    matching = matching.where('org_identifier', 'in', filter.orgIdentifiers);
  if (filter.module !== undefined) {
    const { name, isIn } = filter.module;
    const isFor = sql<boolean>`(modules = '[]' or modules ? ${name})`;
    matching = matching.where(isIn ? isFor : sql<boolean>`not ${isFor}`);
  }
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
      .orderBy(NAME_COLUMNS[sort.field], sort.direction)
      .orderBy('org_identifier')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(projectRow), total: count.total };
}

function columns({ name, description, tags, color, modules }: ProjectContent): {
  readonly name: string;
  readonly description: string;
  readonly tags: string;
  readonly color?: string;
  readonly modules?: string;
} {
  return {
    name,
    description,
    tags: JSON.stringify(tags),
    ...(color === undefined ? {} : { color }),
    ...(modules === undefined ? {} : { modules: JSON.stringify(modules) }),
  };
}

function projectRow(row: Selectable<ProjectsTable>): ProjectRow {
  return {
    accountId: row.account_id,
    orgIdentifier: row.org_identifier,
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    color: row.color,
    modules: row.modules as readonly string[],
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
