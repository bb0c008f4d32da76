/**
 * Build artifacts: files of steps that are kept with their execution for a time.
 *
 * Invariants (cited by tests):
 * - A1 an artifact that is listed can be read, whole and unchanged: its row comes after its file.
 * - A2 only the delegate that holds the task (D1) adds to it.
 * - A3 no file outlives its row for good: a file whose upload broke off, or whose row is gone, is noted and deleted by a sweep.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ArtifactQuery } from '@bridle/protocol';
import { asFileKey, fileKey } from '../files/file-key.ts';
import type { FileStore, OpenFile } from '../files/file-store.ts';
import {
  deleteExpiredArtifacts,
  dropUpload,
  findArtifact,
  insertArtifact,
  listArtifacts,
  measureArtifacts,
  noteUpload,
  removeDroppedFiles,
  type ArtifactRow,
} from '../store/artifact-statements.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { findTaskHolders } from '../store/task-queue-statements.ts';

const ARTIFACTS_PER_EXECUTION_MAX = 10_000;
const ID_BYTES = 16;
const SWEEP_BATCH = 500;
/** An upload that takes longer is given up. */
const UPLOAD_MS_MAX = 6 * 3_600_000;

export interface ArtifactSettings {
  /** How long an artifact is kept, in milliseconds. */
  readonly keepMs: number;
  /** All artifacts of one execution together. */
  readonly bytesPerExecutionMax: number;
}

export interface Artifact extends Omit<ArtifactRow, 'fileKey'> {}

export type KeepResult =
  | { readonly kind: 'ok'; readonly body: { readonly id: string } }
  | { readonly kind: 'stale'; readonly message: string }
  /** The artifact is not kept; the text is for the step's author. */
  | { readonly kind: 'invalid'; readonly message: string };

export interface Artifacts {
  /** Keeps a file of a step (A1, A2); one of the same name is replaced. */
  keep(
    delegate: { readonly delegateId: string; readonly taskId: string },
    query: ArtifactQuery,
    content: Readable,
  ): Promise<KeepResult>;
  list(executionId: string): Promise<readonly Artifact[]>;
  /** `undefined` = there is none (any more). */
  open(executionId: string, id: string): Promise<{ readonly artifact: Artifact; readonly file: OpenFile } | undefined>;
  /** Removes what is over (A3). */
  sweep(): Promise<void>;
}

export function createArtifacts(database: DatabaseHandle, files: FileStore, settings: ArtifactSettings): Artifacts {
  return new StoredArtifacts(database, files, settings);
}

/** The upload is larger than the execution may still keep. */
class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

class StoredArtifacts implements Artifacts {
  readonly #db: DatabaseHandle['db'];
  readonly #files: FileStore;
  readonly #settings: ArtifactSettings;

  constructor(database: DatabaseHandle, files: FileStore, settings: ArtifactSettings) {
    this.#db = database.db;
    this.#files = files;
    this.#settings = settings;
  }

  async keep(
    { delegateId, taskId }: Parameters<Artifacts['keep']>[0],
    { incarnation, fence, name }: ArtifactQuery,
    content: Readable,
  ): Promise<KeepResult> {
    const holder = (await findTaskHolders(this.#db, [taskId])).get(taskId);
    const isHeld =
      holder !== undefined &&
      holder.delegateId === delegateId &&
      holder.incarnation === incarnation &&
      holder.fence === fence;
    if (!isHeld) return { kind: 'stale', message: `This delegate does not hold task ${taskId} with fence ${fence}.` };
    if (!isArtifactName(name))
      return { kind: 'invalid', message: `"${name}" is not the name of an artifact: it needs to be a relative path.` };
    const { accountId, executionId } = holder;
    const kept = await measureArtifacts(this.#db, executionId);
    if (kept.count >= ARTIFACTS_PER_EXECUTION_MAX) {
      const message = `The execution has ${kept.count} artifacts already; ${name} is not kept.`;
      return { kind: 'invalid', message };
    }
    const id = randomBytes(ID_BYTES).toString('base64url');
    const key = fileKey('artifacts', accountId, executionId, id);
    // Noted first: whatever happens from here on, the file is deleted unless a row comes to stand for it (A3).
    await noteUpload(this.#db, key, UPLOAD_MS_MAX);
    const hash = createHash('sha256');
    const left = this.#settings.bytesPerExecutionMax - kept.bytes;
    try {
      const bytes = await this.#files.put(key, measured(content, hash, left));
      const isKept = await insertArtifact(this.#db, {
        id,
        accountId,
        executionId,
        nodeExecutionId: taskId,
        name,
        bytes,
        sha256: hash.digest('hex'),
        fileKey: key,
        keepMs: this.#settings.keepMs,
      });
      if (!isKept) return { kind: 'invalid', message: `The upload of ${name} took too long; it is not kept.` };
    } catch (error) {
      await dropUpload(this.#db, key);
      if (!(error instanceof TooLarge)) throw error;
      const message = `The artifacts of one execution may have ${this.#settings.bytesPerExecutionMax} bytes together; with ${name} they would be more, so it is not kept.`;
      return { kind: 'invalid', message };
    }
    return { kind: 'ok', body: { id } };
  }

  async list(executionId: string): Promise<readonly Artifact[]> {
    return (await listArtifacts(this.#db, executionId)).map(artifactOf);
  }

  async open(executionId: string, id: string): ReturnType<Artifacts['open']> {
    const row = await findArtifact(this.#db, executionId, id);
    const file = row === undefined ? undefined : await this.#files.open(asFileKey(row.fileKey));
    return row === undefined || file === undefined ? undefined : { artifact: artifactOf(row), file };
  }

  async sweep(): Promise<void> {
    while ((await deleteExpiredArtifacts(this.#db, SWEEP_BATCH)) === SWEEP_BATCH);
    for (;;) {
      const removed = await removeDroppedFiles(this.#db, SWEEP_BATCH, (key) => this.#files.delete(asFileKey(key)));
      if (removed < SWEEP_BATCH) return;
    }
  }
}

async function* measured(
  content: Readable,
  hash: ReturnType<typeof createHash>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TooLarge();
    hash.update(chunk);
    yield chunk;
  }
}

/** A relative path that names a file below nothing: what people and archives may safely unpack (S12). */
export function isArtifactName(name: string): boolean {
  if (name === '' || name.includes('\\') || !name.isWellFormed()) return false;
  // Control characters make a name that nobody can read or type.
  if (/[\u0000-\u001F\u007F]/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function artifactOf(row: ArtifactRow): Artifact {
  const { fileKey: _fileKey, ...artifact } = row;
  return artifact;
}
