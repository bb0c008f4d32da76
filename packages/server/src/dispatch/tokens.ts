/** Delegate tokens: `dlt.<account>.<id>.<secret>`. Stored is the SHA-256 of the whole text. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '../store/database.ts';
import { findDelegateToken, insertDelegateToken } from '../store/delegates.ts';
import type { TokenScope } from './dispatch.ts';

const SECRET_BYTES = 32;
const ID_BYTES = 16;
/** No token of ours is longer. */
const TOKEN_LENGTH_MAX = 256;
/** A revocation takes effect within this time (and at once for new leases). */
export const TOKEN_CACHE_MS = 2_000;
const TOKEN_CACHE_MAX = 1_000;

export function makeId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

export async function issueDelegateToken(
  db: Database,
  scope: Omit<TokenScope, 'tokenId'>,
  name: string,
): Promise<{ readonly tokenId: string; readonly secret: string }> {
  const tokenId = makeId();
  const secret = `dlt.${scope.accountId}.${tokenId}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
  await insertDelegateToken(db, { ...scope, id: tokenId, name, secretHash: hash(secret).toString('hex') });
  return { tokenId, secret };
}

/** Checks tokens, remembering right ones for a moment: delegates call often. */
export class TokenChecker {
  readonly #db: Database;
  readonly #known = new Map<string, { readonly scope: TokenScope; readonly until: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  async check(bearer: string): Promise<TokenScope | undefined> {
    if (bearer.length === 0 || bearer.length > TOKEN_LENGTH_MAX) return undefined;
    const digest = hash(bearer);
    const secretHash = digest.toString('hex');
    const known = this.#known.get(secretHash);
    if (known !== undefined && known.until > performance.now()) return known.scope;
    this.#known.delete(secretHash);
    const token = await findDelegateToken(this.#db, secretHash);
    if (token === undefined || !timingSafeEqual(digest, Buffer.from(token.secretHash, 'hex'))) return undefined;
    const scope: TokenScope = {
      tokenId: token.id,
      accountId: token.accountId,
      ...(token.orgIdentifier === undefined ? {} : { orgIdentifier: token.orgIdentifier }),
      ...(token.projectIdentifier === undefined ? {} : { projectIdentifier: token.projectIdentifier }),
    };
    if (this.#known.size >= TOKEN_CACHE_MAX) this.#known.clear();
    this.#known.set(secretHash, { scope, until: performance.now() + TOKEN_CACHE_MS });
    return scope;
  }

  forgetAll(): void {
    this.#known.clear();
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
