/** Delegate tokens: `dlt.<account>.<id>.<secret>`. Stored is the SHA-256 of the whole text. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { makeId } from '../store/make-id.ts';
import type { Database } from '../store/database.ts';
import { findDelegateToken, insertDelegateToken, type ListedToken } from '../store/delegate-tokens.ts';
import type { NewToken, TokenScope } from './dispatch.ts';

const SECRET_BYTES = 32;
/** No token of ours is longer. */
const TOKEN_LENGTH_MAX = 256;
/** A revocation takes effect within this time (and at once for new leases). */
export const TOKEN_CACHE_MS = 2_000;
const TOKEN_CACHE_MAX = 1_000;

/** `undefined` when the name is taken where the token belongs. */
export async function issueDelegateToken(
  db: Database,
  scope: Omit<TokenScope, 'tokenId'>,
  { name, createdBy, revokeAfter }: NewToken,
): Promise<{ readonly token: ListedToken; readonly secret: string } | undefined> {
  const id = makeId();
  const secret = `dlt.${scope.accountId}.${id}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const token = await insertDelegateToken(db, {
    ...scope,
    id,
    name,
    secretHash: hash(secret).toString('hex'),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(revokeAfter === undefined ? {} : { revokeAfter }),
  });
  return token === undefined ? undefined : { token, secret };
}

/** Checks tokens, remembering right ones for a moment: delegates call often. */
export class TokenChecker {
  readonly #db: Database;
  readonly #onExpired: (accountId: string, tokenId: string) => Promise<unknown>;
  readonly #known = new Map<string, { readonly scope: TokenScope; readonly until: number }>();

  /** @param onExpired - revokes a token whose time is over */
  constructor(db: Database, onExpired: (accountId: string, tokenId: string) => Promise<unknown>) {
    this.#db = db;
    this.#onExpired = onExpired;
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
    if (token.isExpired) {
      await this.#onExpired(token.accountId, token.id);
      return undefined;
    }
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
