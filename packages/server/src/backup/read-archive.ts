/** Reads the file of a backup: once to check every part of it, then to take the parts out. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extract } from 'tar-stream';
import { BackupError } from './backup-error.ts';
import { BACKUP_FORMAT, MANIFEST_NAME, isManifest, type BackupManifest, type PartOfBackup } from './manifest.ts';

/** Lists every table and file: far more than any has. */
const MANIFEST_BYTES_MAX = 268_435_456;
const WHAT_TO_DO = 'Take another copy of it: this one was cut off or changed on its way.';

export interface ArchiveEntry {
  readonly name: string;
  /** Has to be read, or left with `for await` by `break`. */
  readonly content: AsyncIterable<Buffer>;
}

/** The entries in their order. */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const entries = extract();
  const source = createReadStream(path);
  source.once('error', (error) => entries.destroy(error));
  source.pipe(entries);
  try {
    for await (const entry of entries) {
      yield { name: entry.header.name, content: entry as AsyncIterable<Buffer> };
      entry.resume();
    }
  } finally {
    source.destroy();
  }
}

/** Reads the whole file and compares each part with the manifest. @throws BackupError */
export async function checkArchive(path: string): Promise<BackupManifest> {
  try {
    return await compareParts(path);
  } catch (error) {
    if (isSystemError(error)) throw error;
    // It is no tar file, or ends in the middle of one.
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
}

async function compareParts(path: string): Promise<BackupManifest> {
  const found = new Map<string, PartOfBackup>();
  let manifest: BackupManifest | undefined;
  for await (const { name, content } of readArchive(path)) {
    if (name === MANIFEST_NAME) {
      manifest = parseManifest(path, await readBytes(content, MANIFEST_BYTES_MAX));
      continue;
    }
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    found.set(name, { name, bytes, sha256: hash.digest('hex') });
  }
  if (manifest === undefined) throw damaged(path, 'it has no manifest, so its end is missing, or it is no backup');
  for (const { name, bytes, sha256 } of manifest.parts) {
    const part = found.get(name);
    if (part === undefined) throw damaged(path, `${name} is missing`);
    if (part.bytes !== bytes || part.sha256 !== sha256) throw damaged(path, `${name} is not what was written`);
  }
  const known = new Set(manifest.parts.map(({ name }) => name));
  for (const name of found.keys()) if (!known.has(name)) throw damaged(path, `${name} does not belong to it`);
  return manifest;
}

/** @throws BackupError for more than `bytesMax` */
export async function readBytes(content: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new BackupError('BACKUP_INVALID', 'A part of the backup is too large.', WHAT_TO_DO);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseManifest(path: string, bytes: Buffer): BackupManifest {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, 'its manifest cannot be read');
  }
  if (!isManifest(value)) throw damaged(path, 'its manifest is none');
  if (value.format > BACKUP_FORMAT) {
    throw new BackupError(
      'BACKUP_NEWER',
      `${path} was written by Bridle ${value.version}, in a form that this release does not know.`,
      'Restore it with that release or a newer one.',
    );
  }
  return value;
}

function damaged(path: string, why: string): BackupError {
  return new BackupError('BACKUP_INVALID', `${path} cannot be restored: ${why}.`, WHAT_TO_DO);
}

function isSystemError(error: unknown): boolean {
  return error instanceof BackupError || (error instanceof Error && 'syscall' in error);
}
