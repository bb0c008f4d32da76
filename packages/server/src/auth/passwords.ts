/**
 * Passwords: argon2id by Node itself, the parameters kept beside each hash in the usual text form, so that stronger ones can
 * replace them as their owners sign in.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

interface Parameters {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's first choice for argon2id. */
const CURRENT: Parameters = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** What is stored comes from here; the bounds only keep a damaged row from taking all memory. */
const MEMORY_MAX = 1_048_576;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;
/** Hashes under way at once: each takes 19 MiB and a thread that files and DNS need too. */
const AT_ONCE = 2;
/** More callers than this wait for none. */
const WAITING_MAX = 64;

/** Too many passwords are being checked. */
export class PasswordsBusyError extends Error {
  override readonly name = 'PasswordsBusyError';
}

/** What is wrong with a new password; `undefined` = nothing. */
export function objectToPassword(password: string, { email }: { readonly email: string }): string | undefined {
  const { length } = password;
  if (length < PASSWORD_LENGTH_MIN) return `must have at least ${String(PASSWORD_LENGTH_MIN)} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `must have at most ${String(PASSWORD_LENGTH_MAX)} characters`;
  if (new Set(password).size < 4) return 'must not be made of the same few characters';
  if (password.toLowerCase() === email.toLowerCase()) return 'must not be the e-mail address';
  return undefined;
}

export async function hashPassword(password: string, parameters: Parameters = CURRENT): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, TAG_BYTES, parameters);
  const { memory, passes, parallelism } = parameters;
  const settings = `m=${String(memory)},t=${String(passes)},p=${String(parallelism)}`;
  return `$argon2id$v=19$${settings}$${unpadded(salt)}$${unpadded(tag)}`;
}

export interface PasswordCheck {
  readonly isRight: boolean;
  /** It was hashed with other parameters than those of today. */
  readonly isOutdated: boolean;
}

/** Without a hash it takes the same time, and is wrong. */
export async function checkPassword(password: string, hash: string | undefined): Promise<PasswordCheck> {
  const kept = hash === undefined ? undefined : parse(hash);
  const { parameters, salt, tag } = kept ?? { parameters: CURRENT, salt: Buffer.alloc(SALT_BYTES), tag: undefined };
  const derived = await derive(password, salt, tag?.length ?? TAG_BYTES, parameters);
  const isRight = tag !== undefined && timingSafeEqual(derived, tag);
  const { memory, passes, parallelism } = parameters;
  const isOutdated = memory !== CURRENT.memory || passes !== CURRENT.passes || parallelism !== CURRENT.parallelism;
  return { isRight, isOutdated };
}

function parse(
  hash: string,
): { readonly parameters: Parameters; readonly salt: Buffer; readonly tag: Buffer } | undefined {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(hash) ?? [];
  if (salt === undefined || tag === undefined || Number(memory) > MEMORY_MAX) return undefined;
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

let underWay = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, nonce: Buffer, tagLength: number, parameters: Parameters): Promise<Buffer> {
  if (underWay >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new PasswordsBusyError('Too many passwords are being checked.');
    // Whoever ends hands its place over.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else underWay += 1;
  try {
    // The same letters typed on another keyboard are the same password.
    const message = password.normalize('NFKC');
    return await new Promise<Buffer>((resolve, reject) => {
      argon2('argon2id', { message, nonce, tagLength, ...parameters }, (error, tag) => {
        if (error === null) resolve(tag);
        else reject(error);
      });
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  }
}
