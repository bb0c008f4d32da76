/**
 * Secrets in files of one folder, as Docker and Kubernetes mount them.
 *
 * - F1 Nothing outside of the folder is read: no `..`, no absolute path, no link that leads out (links inside are how Kubernetes
 *   replaces secrets).
 * - F2 The line break behind a single line is the editor's and not part of the secret; of a file of several lines every byte is.
 */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { SECRET_BYTES_MAX, tooLarge, type FoundSecret, type SecretManager } from './secret-manager.ts';

const PATH_LENGTH_MAX = 1_024;

export class FileSecrets implements SecretManager {
  readonly #folder: string | undefined;

  /** @param folder - set by the operator; without one there are no such secrets */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  async find(path: string): Promise<FoundSecret> {
    if (this.#folder === undefined) {
      return {
        kind: 'notReleased',
        message: `The delegate has no folder of secrets to find ${path} in: it must be started with --secrets-dir.`,
      };
    }
    if (!isPlain(path)) return outside(path);
    try {
      const folder = await realpath(this.#folder);
      const target = await realpath(join(folder, path));
      if (!target.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return outside(path);
      return await readSecret(target, path);
    } catch (error) {
      return absent(path, error);
    }
  }
}

async function readSecret(target: string, path: string): Promise<FoundSecret> {
  // Every link is resolved by now; a pipe must not be waited for.
  const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const info = await file.stat();
    if (!info.isFile()) return { kind: 'missing', message: `The secret file ${path} of the delegate is not a file.` };
    if (info.size > SECRET_BYTES_MAX) return tooLarge(`The secret file ${path} of the delegate`);
    return { kind: 'found', bytes: withoutEditorsBreak(await file.readFile()) };
  } finally {
    await file.close();
  }
}

function withoutEditorsBreak(bytes: Buffer): Buffer {
  const first = bytes.indexOf(0x0a);
  if (first === -1 || first !== bytes.length - 1) return bytes;
  return bytes.subarray(0, bytes[first - 1] === 0x0d ? first - 1 : first);
}

function isPlain(path: string): boolean {
  return (
    path.length > 0 &&
    path.length <= PATH_LENGTH_MAX &&
    !path.includes('\0') &&
    !path.includes('\\') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function outside(path: string): FoundSecret {
  return { kind: 'notReleased', message: `${JSON.stringify(path)} is not in the delegate's folder of secrets.` };
}

function absent(path: string, error: unknown): FoundSecret {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const why =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'is not there'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read by the delegate'
        : `cannot be read (${code})`;
  return { kind: 'missing', message: `The secret file ${path} of the delegate ${why}.` };
}
