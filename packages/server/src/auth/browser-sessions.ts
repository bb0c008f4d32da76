/**
 * Browser sessions. The cookie holds a random text, the database its hash. A session begins with a token, a password, a
 * provider of OpenID Connect, or with the one-time code of a sign-in link, which is spent by its first use. It ends by signing
 * out, after its lifetime, when nobody used it for a while, or with the token that opened it.
 */
import type { Database, Transaction } from '../store/database.ts';
import { deleteSession, findSessionUser, insertSession, useSession, type SignedInBy } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';
import type { Principal } from './principal.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { makeId } from '../store/make-id.ts';
import { principalOf } from './tokens.ts';

export const SESSION_COOKIE = 'bridle_session';
/** A sign-in link that nobody used is dead after this time. */
export const SIGN_IN_CODE_LIFETIME_MS = 86_400_000;
/** Of what a browser says of itself. */
const USER_AGENT_LENGTH_MAX = 256;

export interface SessionLimits {
  /** A browser signs in again after this time. */
  readonly lifetimeMs: number;
  /** And after this time without any request. */
  readonly idleMs: number;
}

export const USUAL_SESSION_LIMITS: SessionLimits = { lifetimeMs: 30 * 86_400_000, idleMs: 7 * 86_400_000 };

/** Returns the plain text of a one-time code. */
export async function makeSignInCode(
  db: Database | Transaction,
  user: UserRow,
  lifetimeMs = SIGN_IN_CODE_LIFETIME_MS,
): Promise<string> {
  const code = makeSecret();
  await insertSession(db, {
    idHash: hashSecret(code),
    accountId: user.accountId,
    userId: user.id,
    purpose: 'sign-in',
    publicId: makeId(),
    lifetimeMs,
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

export interface SessionStart {
  readonly signedInBy: SignedInBy;
  readonly address: string;
  readonly userAgent: string;
  /** Id of the token that opens it. */
  readonly apiKeyId?: string;
}

/** Returns the cookie's value. */
export async function openSession(
  db: Database,
  principal: Principal,
  { signedInBy, address, userAgent, apiKeyId }: SessionStart,
  { lifetimeMs }: SessionLimits,
): Promise<string> {
  const id = makeSecret();
  await insertSession(db, {
    idHash: hashSecret(id),
    accountId: principal.accountId,
    userId: principal.userId,
    purpose: 'browser',
    publicId: makeId(),
    signedInBy,
    address,
    // PostgreSQL text holds no NUL; a header cannot either.
    userAgent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
    lifetimeMs,
  });
  return id;
}

export interface FoundSession {
  readonly principal: Principal;
  readonly sessionId: string;
  readonly signedInBy: string;
}

export async function findSession(
  db: Database,
  cookie: string,
  { idleMs }: SessionLimits,
): Promise<FoundSession | undefined> {
  const used = await useSession(db, hashSecret(cookie), idleMs);
  if (used === undefined) return undefined;
  return { principal: principalOf(used.user, 'session'), sessionId: used.id, signedInBy: used.signedInBy };
}

export async function closeSession(db: Database, cookie: string): Promise<void> {
  await deleteSession(db, hashSecret(cookie));
}
