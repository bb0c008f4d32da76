/** Build artifacts: a row per file; the files lie in the file store. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface ArtifactRow {
  readonly id: string;
  readonly executionId: string;
  readonly nodeExecutionId: string;
  /** A relative path with forward slashes. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly fileKey: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface NewArtifact extends Omit<ArtifactRow, 'createdAt' | 'expiresAt'> {
  readonly accountId: string;
  readonly keepMs: number;
}

const COLUMNS = sql`id, execution_id as "executionId", node_execution_id as "nodeExecutionId", name, bytes, sha256,
  file_key as "fileKey", created_at as "createdAt", expires_at as "expiresAt"`;

/**
 * Replaces the step's artifact of that name; the file of the one before is dropped with its row. False = the file was swept
 * meanwhile, because its upload took too long.
 */
export async function insertArtifact(db: Database, artifact: NewArtifact): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const noted = await sql`delete from dropped_files where file_key = ${artifact.fileKey} returning 1`.execute(tx);
    if (noted.rows.length === 0) return false;
    await sql`delete from artifacts where node_execution_id = ${artifact.nodeExecutionId} and name = ${artifact.name}`.execute(
      tx,
    );
    await sql`
      insert into artifacts (id, account_id, execution_id, node_execution_id, name, bytes, sha256, file_key, expires_at)
      values (${artifact.id}, ${artifact.accountId}, ${artifact.executionId}, ${artifact.nodeExecutionId}, ${artifact.name},
        ${artifact.bytes}, ${artifact.sha256}, ${artifact.fileKey}, bridle_now() + ${artifact.keepMs}::bigint)`.execute(
      tx,
    );
    return true;
  });
}

/** How many the execution has, and how many bytes they are together. */
export async function measureArtifacts(
  db: Database,
  executionId: string,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const { rows } = await sql<{ count: number; bytes: number }>`
    select count(*) as count, coalesce(sum(bytes), 0)::bigint as bytes from artifacts where execution_id = ${executionId}`.execute(
    db,
  );
  return rows[0] ?? { count: 0, bytes: 0 };
}

/** Those that are not over, by step and name. */
export async function listArtifacts(db: Database, executionId: string): Promise<readonly ArtifactRow[]> {
  const { rows } = await sql<ArtifactRow>`
    select ${COLUMNS} from artifacts where execution_id = ${executionId} and expires_at > bridle_now()
    order by node_execution_id, name`.execute(db);
  return rows;
}

export async function findArtifact(db: Database, executionId: string, id: string): Promise<ArtifactRow | undefined> {
  const { rows } = await sql<ArtifactRow>`
    select ${COLUMNS} from artifacts where execution_id = ${executionId} and id = ${id} and expires_at > bridle_now()`.execute(
    db,
  );
  return rows[0];
}

/** Their files are noted as dropped. */
export async function deleteExpiredArtifacts(db: Database, limit: number): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`
    with old as (select id from artifacts where expires_at <= bridle_now() limit ${limit} for update skip locked),
    gone as (delete from artifacts where id in (select id from old) returning 1)
    select count(*) as deleted from gone`.execute(db);
  return rows[0]?.deleted ?? 0;
}

/**
 * Deletes files that are due, by `remove`, and forgets them; answers how many. They are locked meanwhile: nobody else takes
 * them, and an upload that ends just now finds out that it came too late. A note of a file that a log stands for is only forgotten.
 */
export async function removeDroppedFiles(
  db: Database,
  limit: number,
  remove: (fileKey: string) => Promise<void>,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ file_key: string; is_needed: boolean }>`
      select file_key, exists (select from log_files l where l.file_key = d.file_key) as is_needed
      from dropped_files d where due_at <= bridle_now() order by due_at limit ${limit} for update skip locked`.execute(
      tx,
    );
    const keys = rows.map((row) => row.file_key);
    for (const row of rows) if (!row.is_needed) await remove(row.file_key);
    await sql`delete from dropped_files where file_key = any(${keys}::text[])`.execute(tx);
    return keys.length;
  });
}

/** A file that is being uploaded: due unless it has a row by then. */
export async function noteUpload(db: Database, fileKey: string, uploadMsMax: number): Promise<void> {
  await sql`insert into dropped_files (file_key, due_at) values (${fileKey}, bridle_now() + ${uploadMsMax}::bigint)`.execute(
    db,
  );
}

/** An upload that was refused or broken off: due now. */
export async function dropUpload(db: Database, fileKey: string): Promise<void> {
  await sql`update dropped_files set due_at = bridle_now() where file_key = ${fileKey}`.execute(db);
}
