/**
 * Browser sessions. The cookie holds a random text, the database its hash. A session begins with a token, or with the
 * one-time code of a sign-in link, which is spent by its first use.
 */
import type { Database, Transaction } from '../store/database.ts';
import { deleteSession, findSessionUser, insertSession } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';
import type { Principal } from './principal.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { principalOf } from './tokens.ts';

export const SESSION_COOKIE = 'bridle_session';
/** A browser signs in again after this time. */
export const SESSION_LIFETIME_MS = 30 * 86_400_000;
/** A sign-in link that nobody used is dead after this time. */
export const SIGN_IN_CODE_LIFETIME_MS = 86_400_000;

/** Returns the plain text of a one-time code. */
export async function makeSignInCode(db: Database | Transaction, user: UserRow): Promise<string> {
  const code = makeSecret();
  await insertSession(db, {
    idHash: hashSecret(code),
    accountId: user.accountId,
    userId: user.id,
    purpose: 'sign-in',
    lifetimeMs: SIGN_IN_CODE_LIFETIME_MS,
  });
  return code;
}

/** Spends a code; `undefined` when it is unknown, expired or spent. */
export async function spendSignInCode(db: Database, code: string): Promise<Principal | undefined> {
  const idHash = hashSecret(code);
  const user = await findSessionUser(db, idHash, 'sign-in');
  if (user === undefined || !(await deleteSession(db, idHash))) return undefined;
  return principalOf(user, 'session');
}

/** Returns the cookie's value. */
export async function openSession(db: Database, principal: Principal): Promise<string> {
  const id = makeSecret();
  await insertSession(db, {
    idHash: hashSecret(id),
    accountId: principal.accountId,
    userId: principal.userId,
    purpose: 'browser',
    lifetimeMs: SESSION_LIFETIME_MS,
  });
  return id;
}

export async function findSession(db: Database, cookie: string): Promise<Principal | undefined> {
  const user = await findSessionUser(db, hashSecret(cookie), 'browser');
  return user === undefined ? undefined : principalOf(user, 'session');
}

export async function closeSession(db: Database, cookie: string): Promise<void> {
  await deleteSession(db, hashSecret(cookie));
}
