/**
 * Signing in with e-mail address and password.
 *
 * - S1 Nobody learns from it whether an address is known: answer, delay and time taken are the same for all that are wrong.
 * - S2 Failures are counted by account and by address, by all replicas together; each costs a longer delay than the one before.
 * - S3 A password that somebody else gave opens nothing until its owner has chosen another one.
 * - S4 A new password ends every other session of its owner.
 */
import type { Database } from '../store/database.ts';
import {
  deletePassword,
  findPassword,
  findUserWithPassword,
  replaceHash,
  savePassword,
  type UserWithPassword,
} from '../store/passwords.ts';
import { beginAttempt, forgetAttempts, takeBackAttempt, type AttemptRule } from '../store/sign-in-attempts.ts';
import { deleteSessionsOf } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';
import { isLoopback } from './loopback.ts';
import { checkPassword, hashPassword, objectToPassword } from './passwords.ts';
import type { Principal } from './principal.ts';
import { hashSecret, makeAlphanumeric } from './secrets.ts';
import { principalOf } from './tokens.ts';

/** The delay stays short enough that nobody can keep its owner out for long. */
const BY_ACCOUNT: AttemptRule = { free: 5, firstMs: 1_000, delayMsMax: 60_000 };
/** Many people may share one address. */
const BY_ADDRESS: AttemptRule = { free: 20, firstMs: 1_000, delayMsMax: 900_000 };
const ONE_TIME_LENGTH = 20;

export interface PasswordAttempt {
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
  /** In place of a one-time password. */
  readonly newPassword?: string;
  /** Of the caller. */
  readonly address: string;
}

export type PasswordSignIn =
  | { readonly kind: 'signedIn'; readonly principal: Principal }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Right, and to be replaced: S3. */
  | { readonly kind: 'oneTime' }
  | { readonly kind: 'weak'; readonly reason: string };

export async function signInByPassword(db: Database, attempt: PasswordAttempt): Promise<PasswordSignIn> {
  const { accountId, email, password, newPassword, address } = attempt;
  // Behind a proxy that is not trusted, everybody would come from here.
  const addressKey = isLoopback(address) ? undefined : `address ${address}`;
  const accountKey = keyOfAccount(accountId, email);
  const wait =
    (addressKey === undefined ? 0 : await beginAttempt(db, addressKey, BY_ADDRESS)) ||
    (await beginAttempt(db, accountKey, BY_ACCOUNT));
  if (wait > 0) return { kind: 'wait', ms: wait };
  const found = await findUserWithPassword(db, accountId, email);
  const user = await whoIs(db, found, password);
  if (user === undefined) return { kind: 'wrong' };
  await forgetAttempts(db, accountKey);
  if (addressKey !== undefined) await takeBackAttempt(db, addressKey);
  if (found?.password?.isOneTime === true) {
    if (newPassword === undefined) return { kind: 'oneTime' };
    const reason = newPassword === password ? 'must be another one' : objectToPassword(newPassword, user);
    if (reason !== undefined) return { kind: 'weak', reason };
    await storePassword(db, user.id, newPassword);
  }
  return { kind: 'signedIn', principal: principalOf(user, 'session') };
}

async function whoIs(
  db: Database,
  found: UserWithPassword | undefined,
  password: string,
): Promise<UserRow | undefined> {
  const hash = found?.password?.hash;
  const { isRight, isOutdated } = await checkPassword(password, hash);
  if (!isRight || found === undefined || hash === undefined || found.isDisabled) return undefined;
  if (isOutdated) await replaceHash(db, found.user.id, hash, await hashPassword(password));
  return found.user;
}

export type PasswordChange =
  | { readonly kind: 'changed' | 'wrong' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'weak'; readonly reason: string };

export interface PasswordChangeRequest {
  /** Needed when there is one. */
  readonly currentPassword?: string;
  readonly newPassword: string;
  /** The session that stays (S4). */
  readonly sessionId?: string;
}

/** Of the caller themself. */
export async function changeOwnPassword(
  db: Database,
  principal: Pick<Principal, 'userId' | 'accountId' | 'email'>,
  { currentPassword, newPassword, sessionId }: PasswordChangeRequest,
): Promise<PasswordChange> {
  const { userId, accountId, email } = principal;
  const kept = await findPassword(db, userId);
  if (kept !== undefined) {
    const key = keyOfAccount(accountId, email);
    const wait = await beginAttempt(db, key, BY_ACCOUNT);
    if (wait > 0) return { kind: 'wait', ms: wait };
    if (!(await checkPassword(currentPassword ?? '', kept.hash)).isRight) return { kind: 'wrong' };
    await forgetAttempts(db, key);
  }
  const reason = newPassword === currentPassword ? 'must be another one' : objectToPassword(newPassword, { email });
  if (reason !== undefined) return { kind: 'weak', reason };
  await storePassword(db, userId, newPassword, sessionId);
  return { kind: 'changed' };
}

async function storePassword(db: Database, userId: string, password: string, sessionId?: string): Promise<void> {
  const hash = await hashPassword(password);
  await db.transaction().execute(async (tx) => {
    await savePassword(tx, userId, { hash, isOneTime: false });
    await deleteSessionsOf(tx, userId, sessionId);
  });
}

/** Gives a user a password that is good for choosing another one. Returns it; their sessions end. */
export async function giveOneTimePassword(db: Database, user: UserRow): Promise<string> {
  const password = makeAlphanumeric(ONE_TIME_LENGTH);
  const hash = await hashPassword(password);
  await db.transaction().execute(async (tx) => {
    await savePassword(tx, user.id, { hash, isOneTime: true });
    await deleteSessionsOf(tx, user.id);
  });
  await forgetAttempts(db, keyOfAccount(user.accountId, user.email));
  return password;
}

/** The password is gone, sessions end, and no delay is left: for the owner's way back in by a link. */
export async function forgetPassword(db: Database, user: UserRow): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await deletePassword(tx, user.id);
    await deleteSessionsOf(tx, user.id);
  });
  await forgetAttempts(db, keyOfAccount(user.accountId, user.email));
}

/** Hashed: what somebody typed may be a password in the wrong field. */
function keyOfAccount(accountId: string, email: string): string {
  return `account ${hashSecret(`${accountId} ${email.toLowerCase()}`)}`;
}
