/**
 * The kept files that a snapshot of the database refers to.
 *
 * - K1 A file is there before its row and goes after it, so what the snapshot names was there when it was taken. Since then it
 *   may have been deleted: links hold on to the content, made right after the snapshot.
 * - K2 A file that was deleted between snapshot and link makes the snapshot worthless: another one is taken. One that stays
 *   missing was lost before, and is named.
 */
import { copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileKey } from '../files/file-key.ts';
import type { DatabaseSnapshot } from './dump-database.ts';

/** Columns that name a file, wherever a schema has them. */
const KEY_COLUMNS = `
  select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and a.attname = 'file_key' and not a.attisdropped and c.relname <> 'dropped_files' order by 1`;

export interface HeldFiles {
  /** Key → path of content that nobody deletes. */
  readonly paths: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  release(): Promise<void>;
}

/** Keys of all files that the snapshot names, sorted. */
export async function listKeys(snapshot: DatabaseSnapshot): Promise<readonly string[]> {
  const keys = new Set<string>();
  for (const [table, column] of await snapshot.rows(KEY_COLUMNS)) {
    const rows = await snapshot.rows(
      `select distinct "${column ?? ''}" from "${table ?? ''}" where "${column ?? ''}" is not null`,
    );
    for (const [key] of rows) if (key !== null && key !== undefined) keys.add(asFileKey(key));
  }
  return [...keys].toSorted();
}

/** Holds on to the files of the folder `root` (K1). */
export async function holdFiles(root: string, keys: readonly string[]): Promise<HeldFiles> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  // Keys never begin with a dot: nobody takes it for a file.
  const folder = await mkdtemp(join(root, '.backup-'));
  const paths = new Map<string, string>();
  const missing: string[] = [];
  for (const [index, key] of keys.entries()) {
    const held = join(folder, String(index));
    const isHeld = await hold(join(root, key), held);
    if (isHeld) paths.set(key, held);
    else missing.push(key);
  }
  return { paths, missing, release: () => rm(folder, { recursive: true, force: true }) };
}

/** False for a file that is not there. A file system without links gets a copy. */
async function hold(path: string, held: string): Promise<boolean> {
  try {
    await link(path, held).catch(async (error: unknown) => {
      if (isCode(error, 'ENOENT')) throw error;
      await copyFile(path, held);
    });
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
