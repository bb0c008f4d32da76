/**
 * Master keys outside of the database: those of the environment, and the files of the home.
 *
 * | where | what |
 * |---|---|
 * | `BRIDLE_MASTER_KEY` | the current key; the launcher reads it from `keys/master.key` |
 * | `BRIDLE_OLD_MASTER_KEYS` | older ones, separated by commas |
 * | `keys/old/<id>.key` | older ones of a home whose key was rotated there |
 */
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { MASTER_KEY_BYTES, masterKeyId, type MasterKeys } from './key-ring.ts';

/** Thrown when text that should be a master key is none. */
export class MasterKeyInvalidError extends Error {
  override readonly name = 'MasterKeyInvalidError';
  readonly code = 'SETTING_INVALID';
}

/** @throws MasterKeyInvalidError; the text of the error never holds the key */
export function parseMasterKey(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== MASTER_KEY_BYTES || key.toString('base64') !== text.trim()) {
    throw new MasterKeyInvalidError(`${where} is not a master key: ${String(MASTER_KEY_BYTES)} bytes in base64.`);
  }
  return key;
}

/** All keys as they are now; `given` are those of the environment. @throws MasterKeyInvalidError */
export function readMasterKeys(home: string, given: MasterKeys): MasterKeys {
  const old = readOldKeys(home);
  const isRetired = old.some((key) => key.equals(given.current));
  const fresh = isRetired ? readKey(masterKeyFile(home)) : undefined;
  // The key this process was started with has been rotated out meanwhile: the file has the one that counts.
  const current = fresh ?? given.current;
  const others = [given.current, ...given.old, ...old].filter((key) => !key.equals(current));
  return { current, old: others };
}

/** The home's own key. */
export function readKeyFile(home: string): Buffer | undefined {
  return readKey(masterKeyFile(home));
}

/** The home's own key; a new one where there is none. */
export async function ensureKeyFile(home: string): Promise<{ readonly key: Buffer; readonly isNew: boolean }> {
  const file = masterKeyFile(home);
  const kept = readKey(file);
  if (kept !== undefined) return { key: kept, isNew: false };
  const key = randomBytes(MASTER_KEY_BYTES);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeKey(file, key);
  return { key, isNew: true };
}

/** Retires the home's key and puts a new one in its place. At every moment each key that anything is under can be found. */
export async function rotateKeyFile(home: string): Promise<MasterKeys> {
  const file = masterKeyFile(home);
  const before = readKey(file);
  if (before === undefined) {
    throw new MasterKeyInvalidError(`${file} is not there: this home has no master key of its own to rotate.`);
  }
  const folder = oldFolder(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeKey(join(folder, `${masterKeyId(before)}.key`), before);
  await writeKey(file, randomBytes(MASTER_KEY_BYTES));
  return readMasterKeys(home, { current: before, old: [] });
}

export function masterKeyFile(home: string): string {
  return join(home, 'keys', 'master.key');
}

function oldFolder(home: string): string {
  return join(home, 'keys', 'old');
}

function readOldKeys(home: string): readonly Buffer[] {
  let names: readonly string[];
  try {
    names = readdirSync(oldFolder(home));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.key'))
    .toSorted()
    .flatMap((name) => readKey(join(oldFolder(home), name)) ?? []);
}

function readKey(path: string): Buffer | undefined {
  try {
    return parseMasterKey(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function writeKey(path: string, key: Buffer): Promise<void> {
  const draft = `${path}.${String(process.pid)}.new`;
  await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flush: true });
  await chmod(draft, 0o600);
  await rename(draft, path);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
