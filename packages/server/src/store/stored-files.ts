/** Files and folders that people store by name; their content lies in the file store. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { StoredFilesTable } from './tables.ts';

/** The folder that holds all others; it has no row. */
export const ROOT_FOLDER = 'Root';

export interface StoredFileKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
}

export interface StoredFileContent {
  readonly name: string;
  /** The identifier of a folder, or `Root`. */
  readonly parentIdentifier: string;
  /** Of the names down to it: `/scripts/deploy.sh`. */
  readonly path: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `SCRIPT`, `CONFIG`, `MANIFEST_FILE`, or empty. */
  readonly fileUsage: string;
  readonly mimeType: string;
}

export interface StoredFileRow extends StoredFileKey, StoredFileContent {
  readonly type: 'FILE' | 'FOLDER';
  /** In the file store; absent of folders. */
  readonly fileKey?: string;
  readonly bytes: number;
  /** The name of who stored it. */
  readonly createdBy: string;
  /** 1-based, raised by each update. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Writers of one owner take turns: paths are made of the names of folders above. */
export async function lockStoredFiles(tx: Transaction, owner: OwnerScope): Promise<void> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  const name = JSON.stringify(['stored files', account_id, org_identifier, project_identifier]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

/** The upload has a row from now on. False = it was swept meanwhile, because it took too long. */
export async function claimUpload(tx: Transaction, fileKey: string): Promise<boolean> {
  const noted = await sql`delete from dropped_files where file_key = ${fileKey} returning 1`.execute(tx);
  return noted.rows.length > 0;
}

/** `undefined` = there is one of that identifier or path. */
export async function insertStoredFile(
  tx: Transaction,
  key: StoredFileKey,
  content: StoredFileContent & Pick<StoredFileRow, 'type' | 'fileKey' | 'bytes' | 'createdBy'>,
): Promise<StoredFileRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await tx
    .insertInto('stored_files')
    .values({
      ...ownerColumns(key.owner),
      identifier: key.identifier,
      ...columns(content),
      type: content.type,
      file_key: content.fileKey ?? null,
      bytes: content.bytes,
      created_by: content.createdBy,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : fileRow(row);
}

/** What is below a folder moves with it. `upload` absent = the content stays. */
export async function updateStoredFile(
  tx: Transaction,
  before: StoredFileRow,
  content: StoredFileContent,
  upload?: { readonly fileKey: string; readonly bytes: number },
): Promise<StoredFileRow> {
  const row = await tx
    .updateTable('stored_files')
    .set({
      ...columns(content),
      ...(upload === undefined ? {} : { file_key: upload.fileKey, bytes: upload.bytes }),
      version: sql<number>`version + 1`,
      updated_at: sql<number>`bridle_now()`,
    })
    .where(ownedBy(before.owner))
    .where('identifier', '=', before.identifier)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (content.path !== before.path) {
    await tx
      .updateTable('stored_files')
      .set({ path: sql<string>`${content.path}::text || substr(path, ${before.path.length + 1}::int)` })
      .where(ownedBy(before.owner))
      .where(sql<boolean>`starts_with(path, ${`${before.path}/`})`)
      .execute();
  }
  return fileRow(row);
}

/** A folder goes with all that is below it. */
export async function deleteStoredFile(tx: Transaction, { owner: scope, path }: StoredFileRow): Promise<void> {
  await tx
    .deleteFrom('stored_files')
    .where(ownedBy(scope))
    .where((eb) => eb.or([eb('path', '=', path), sql<boolean>`starts_with(path, ${`${path}/`})`]))
    .execute();
}

export async function findStoredFile(
  db: Database | Transaction,
  key: StoredFileKey,
): Promise<StoredFileRow | undefined> {
  const row = await db
    .selectFrom('stored_files')
    .selectAll()
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : fileRow(row);
}

export async function hasPath(db: Database | Transaction, scope: OwnerScope, path: string): Promise<boolean> {
  const row = await db
    .selectFrom('stored_files')
    .select('identifier')
    .where(ownedBy(scope))
    .where('path', '=', path)
    .executeTakeFirst();
  return row !== undefined;
}

/** One page (0-based): folders first, then by name. */
export async function listStoredFiles(
  db: Database | Transaction,
  {
    owner: scope,
    parentIdentifier,
    identifiers,
    search,
  }: {
    readonly owner: OwnerScope;
    readonly parentIdentifier?: string;
    readonly identifiers?: readonly string[];
    readonly search: string;
  },
  page: number,
  size: number,
): Promise<{ readonly rows: StoredFileRow[]; readonly total: number }> {
  let matching = db.selectFrom('stored_files').where(ownedBy(scope));
  if (parentIdentifier !== undefined) matching = matching.where('parent_identifier', '=', parentIdentifier);
  if (identifiers !== undefined) matching = matching.where(sql<boolean>`identifier = any(${identifiers}::text[])`);
  if (search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('type', 'desc')
      .orderBy('path')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(fileRow), total: count.total };
}

function columns(
  content: StoredFileContent,
): Pick<
  Selectable<StoredFilesTable>,
  'name' | 'parent_identifier' | 'path' | 'description' | 'file_usage' | 'mime_type'
> & { readonly tags: string } {
  return {
    name: content.name,
    parent_identifier: content.parentIdentifier,
    path: content.path,
    description: content.description,
    tags: JSON.stringify(content.tags),
    file_usage: content.fileUsage,
    mime_type: content.mimeType,
  };
}

function fileRow(row: Selectable<StoredFilesTable>): StoredFileRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    type: row.type === 'FOLDER' ? 'FOLDER' : 'FILE',
    name: row.name,
    parentIdentifier: row.parent_identifier,
    path: row.path,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    fileUsage: row.file_usage,
    mimeType: row.mime_type,
    ...(row.file_key === null ? {} : { fileKey: row.file_key }),
    bytes: row.bytes,
    createdBy: row.created_by,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The files (not folders) at these paths, in no order. */
export async function findStoredFilesByPath(
  db: Database | Transaction,
  wanted: readonly { readonly owner: OwnerScope; readonly path: string }[],
): Promise<readonly StoredFileRow[]> {
  if (wanted.length === 0) return [];
  const owners = wanted.map(({ owner }) => ownerColumns(owner));
  const result = await sql<Selectable<StoredFilesTable>>`
    select f.* from stored_files f join unnest(${owners.map((owner) => owner.account_id)}::text[],
      ${owners.map((owner) => owner.org_identifier)}::text[], ${owners.map((owner) => owner.project_identifier)}::text[],
      ${wanted.map(({ path }) => path)}::text[]) as wanted (account_id, org_identifier, project_identifier, path)
    on f.account_id = wanted.account_id and f.org_identifier = wanted.org_identifier
      and f.project_identifier = wanted.project_identifier and f.path = wanted.path
    where f.type = 'FILE'`.execute(db);
  return result.rows.map(fileRow);
}
