/** Tokens of users and service accounts: `pat.` or `sat.<account>.<id>.<secret>` (clients read the account out of the second part). */
import type { Database, Transaction } from '../store/database.ts';
import { findApiKey, insertApiKey, noteApiKeyUse, type ApiKeyWithUser } from '../store/api-keys.ts';
import type { UserRow } from '../store/users.ts';
import type { Principal } from './principal.ts';
import { hashSecret, makeAlphanumeric, makeSecret, sameHash } from './secrets.ts';

const TOKEN = /^(?:pat|sat)\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,128})$/;
const TOKEN_ID_LENGTH = 24;

export type TokenCheck =
  | { readonly kind: 'valid'; readonly principal: Principal }
  | { readonly kind: 'unknown' | 'expired' | 'revoked' };

/** The text of a new token, and what is stored of it. */
export function makeTokenText(
  kind: Principal['kind'],
  accountId: string,
): { readonly id: string; readonly secretHash: string; readonly token: string } {
  const id = makeAlphanumeric(TOKEN_ID_LENGTH);
  const secret = makeSecret();
  const prefix = kind === 'USER' ? 'pat' : 'sat';
  return { id, secretHash: hashSecret(secret), token: `${prefix}.${accountId}.${id}.${secret}` };
}

/** Makes a token for a user and stores its hash; the plain text is returned once and never again. */
export async function issueToken(db: Database | Transaction, user: UserRow, name: string): Promise<string> {
  const { id, secretHash, token } = makeTokenText('USER', user.accountId);
  await insertApiKey(db, { id, accountId: user.accountId, userId: user.id, name, secretHash });
  return token;
}

/** What a token is called in the database. */
export function tokenIdOf(token: string): string | undefined {
  return TOKEN.exec(token.trim())?.[2];
}

/** Whom the token speaks for; that it was used is noted now and then. */
export async function useToken(db: Database, token: string): Promise<TokenCheck> {
  return await lookUp(db, token, async (key, id) => {
    if (key.isUseOld) await noteApiKeyUse(db, key.user.accountId, id);
  });
}

/** The same without using it. */
export async function checkToken(db: Database | Transaction, token: string): Promise<TokenCheck> {
  return await lookUp(db, token, async () => undefined);
}

async function lookUp(
  db: Database | Transaction,
  token: string,
  onValid: (key: ApiKeyWithUser, id: string) => Promise<void>,
): Promise<TokenCheck> {
  const match = TOKEN.exec(token);
  const [, accountId, id, secret] = match ?? [];
  if (accountId === undefined || id === undefined || secret === undefined) return { kind: 'unknown' };
  const key = await findApiKey(db, accountId, id);
  // The comparison also runs for unknown ids, so that the time taken tells nothing.
  const isRight = sameHash(hashSecret(secret), key?.secretHash ?? hashSecret(''));
  if (key === undefined || !isRight) return { kind: 'unknown' };
  if (key.isRevoked || key.isDisabled) return { kind: 'revoked' };
  if (key.isExpired) return { kind: 'expired' };
  await onValid(key, id);
  return {
    kind: 'valid',
    principal: principalOf(key.user, 'token', key.isServiceAccount ? 'SERVICE_ACCOUNT' : 'USER'),
  };
}

export function principalOf(user: UserRow, by: Principal['by'], kind: Principal['kind'] = 'USER'): Principal {
  const { accountId, name, email } = user;
  return { accountId, kind, userId: user.id, name, email, by };
}
