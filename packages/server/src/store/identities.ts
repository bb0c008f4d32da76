/** Users as a provider of OpenID Connect knows them, and sign-ins that are under way there. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UserRow } from './users.ts';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export async function findIdentityUser(
  db: Database | Transaction,
  accountId: string,
  { issuer, subject }: Identity,
): Promise<(UserRow & { readonly isDisabled: boolean }) | undefined> {
  const row = await db
    .selectFrom('identities')
    .innerJoin('users', 'users.id', 'identities.user_id')
    .select(['users.id', 'users.account_id', 'users.name', 'users.email', 'users.is_admin', 'users.is_disabled'])
    .where('identities.issuer', '=', issuer)
    .where('identities.subject', '=', subject)
    .where('users.account_id', '=', accountId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    email: row.email,
    isAdmin: row.is_admin,
    isDisabled: row.is_disabled,
  };
}

/** Whether the user is known to this provider, under whatever subject. */
export async function hasIdentity(db: Database | Transaction, issuer: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('identities')
    .select('subject')
    .where('issuer', '=', issuer)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertIdentity(db: Transaction, { issuer, subject }: Identity, userId: string): Promise<void> {
  await db
    .insertInto('identities')
    .values({ issuer, subject, user_id: userId, created_at: sql<number>`bridle_now()` })
    .execute();
}

/** A sign-in that was sent to the provider and has not come back. */
export interface SignInFlow {
  readonly nonce: string;
  readonly verifier: string;
  /** Path of this site to go on to. */
  readonly continueAt: string;
}

export async function insertSignInFlow(
  db: Database,
  idHash: string,
  { nonce, verifier, continueAt }: SignInFlow,
  lifetimeMs: number,
): Promise<void> {
  await db
    .deleteFrom('sign_in_flows')
    .where('expires_at', '<=', sql<number>`bridle_now()`)
    .execute();
  await db
    .insertInto('sign_in_flows')
    .values({
      id_hash: idHash,
      nonce,
      verifier,
      continue_at: continueAt,
      expires_at: sql<number>`bridle_now() + ${lifetimeMs}`,
    })
    .execute();
}

/** Spends it: for exactly one of several callers. */
export async function takeSignInFlow(db: Database, idHash: string): Promise<SignInFlow | undefined> {
  const row = await db
    .deleteFrom('sign_in_flows')
    .where('id_hash', '=', idHash)
    .returning(['nonce', 'verifier', 'continue_at', sql<boolean>`expires_at > bridle_now()`.as('is_alive')])
    .executeTakeFirst();
  if (row === undefined || !row.is_alive) return undefined;
  return { nonce: row.nonce, verifier: row.verifier, continueAt: row.continue_at };
}

/** Of the groups named, the user is in these and in no other; groups that do not exist are left out. Groups of the account. */
export async function keepGroups(
  db: Transaction,
  { id, accountId }: Pick<UserRow, 'id' | 'accountId'>,
  named: readonly string[],
  memberOf: readonly string[],
): Promise<void> {
  await sql`delete from user_group_members where account_id = ${accountId} and org_identifier = '' and project_identifier = ''
    and user_id = ${id} and group_identifier = any(${named}::text[]) and not group_identifier = any(${memberOf}::text[])`.execute(
    db,
  );
  await sql`insert into user_group_members (account_id, org_identifier, project_identifier, group_identifier, user_id)
    select account_id, org_identifier, project_identifier, identifier, ${id} from user_groups
    where account_id = ${accountId} and org_identifier = '' and project_identifier = '' and identifier = any(${memberOf}::text[])
    on conflict do nothing`.execute(db);
}
