/**
 * Whose account a person of a provider gets: by issuer and subject, and never by the e-mail address alone.
 *
 * - P1 Issuer and subject name a person; an address does so once, at the first sign-in, if the setting allows it, the provider
 *   has verified it, and nobody of that provider has the user yet.
 * - P2 Of the groups that the mapping names, a person is in those that the provider says, from each sign-in to the next.
 */
import type { Database, Transaction } from '../store/database.ts';
import { findIdentityUser, hasIdentity, insertIdentity, keepGroups } from '../store/identities.ts';
import { insertRoleAssignment } from '../store/role-assignments.ts';
import { findUserByEmail, insertUser, type UserRow } from '../store/users.ts';
import type { OpenIdPerson, OpenIdSettings } from './openid.ts';
import type { Principal } from './principal.ts';
import { makeId } from '../store/make-id.ts';
import { principalOf } from './tokens.ts';

export type OpenIdSignIn =
  | { readonly kind: 'signedIn'; readonly principal: Principal; readonly isNew: boolean }
  /** `unknown`: nobody here, and none is made; `taken`: somebody here has the address, and is not theirs. */
  | { readonly kind: 'unknown' | 'disabled' | 'taken' | 'noEmail' };

export async function signInPerson(
  db: Database,
  accountId: string,
  settings: OpenIdSettings,
  person: OpenIdPerson,
): Promise<OpenIdSignIn> {
  return await db.transaction().execute(async (tx) => {
    const found = await findOrMake(tx, accountId, settings, person);
    if (found.kind !== 'user') return found;
    const { user, isNew } = found;
    if (settings.groups !== undefined) {
      await keepGroups(tx, user, [...new Set(settings.groups.groups.values())], person.groups);
    }
    return { kind: 'signedIn', principal: principalOf(user, 'session'), isNew };
  });
}

type Found =
  | { readonly kind: 'user'; readonly user: UserRow; readonly isNew: boolean }
  | Exclude<OpenIdSignIn, { readonly kind: 'signedIn' }>;

async function findOrMake(
  tx: Transaction,
  accountId: string,
  settings: OpenIdSettings,
  person: OpenIdPerson,
): Promise<Found> {
  const known = await findIdentityUser(tx, accountId, person);
  if (known !== undefined) return known.isDisabled ? { kind: 'disabled' } : { kind: 'user', user: known, isNew: false };
  const { email } = person;
  if (email === undefined) return { kind: settings.createsUsers ? 'noEmail' : 'unknown' };
  const namesake = await findUserByEmail(tx, accountId, email);
  if (namesake !== undefined) {
    // P1
    const isTheirs =
      settings.linksByEmail && person.isEmailVerified && !(await hasIdentity(tx, person.issuer, namesake.id));
    if (!isTheirs) return { kind: 'taken' };
    if (namesake.isDisabled || namesake.isRemoved) return { kind: 'disabled' };
    await insertIdentity(tx, person, namesake.id);
    return { kind: 'user', user: namesake, isNew: false };
  }
  if (!settings.createsUsers) return { kind: 'unknown' };
  const user: UserRow = { id: makeId(), accountId, name: person.name, email, isAdmin: false };
  await insertUser(tx, user);
  await insertIdentity(tx, person, user.id);
  if (settings.role !== undefined) {
    await insertRoleAssignment(tx, {
      owner: { accountId },
      identifier: `role_assignment_${user.id}`,
      roleIdentifier: settings.role,
      resourceGroupIdentifier: '_all_resources_including_child_scopes',
      principal: { type: 'USER', id: user.id, scope: 'account' },
      isManaged: false,
      isDisabled: false,
    });
  }
  return { kind: 'user', user, isNew: true };
}
