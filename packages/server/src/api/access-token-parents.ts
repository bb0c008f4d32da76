/**
 * Whose API keys and tokens a request is about: the caller's own, or those of a service account.
 *
 * Nobody makes a token for another user. A token of a service account is as good as the service account: whoever makes one must
 * have what it has (auth/giving.ts).
 */
import type { FastifyRequest } from 'fastify';
import type { Giver } from '../auth/giving.ts';
import type { Database, Transaction } from '../store/database.ts';
import { listGrants } from '../store/grants.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { findServiceAccount } from '../store/service-accounts.ts';
import type { HolderParent } from '../store/token-holders.ts';
import { findUser } from '../store/users.ts';
import { missing, requireGivable } from './access-changes.ts';
import { authorize } from './authorization.ts';
import { callerOf } from './authentication.ts';
import { ApiError } from './errors.ts';

export interface TokenParent extends HolderParent {
  /** As the request named it: the id of a user, the identifier of a service account. */
  readonly named: string;
  readonly name: string;
  readonly email: string;
}

export async function tokenParent(
  db: Database,
  request: FastifyRequest,
  owner: OwnerScope,
  given: { readonly apiKeyType: 'USER' | 'SERVICE_ACCOUNT'; readonly parentIdentifier: string },
  how: 'view' | 'change',
): Promise<TokenParent> {
  const { apiKeyType: type, parentIdentifier: named } = given;
  if (type === 'USER') {
    const { userId, kind, accountId } = callerOf(request);
    if (kind !== 'USER' || named !== userId)
      throw new ApiError('NG_ACCESS_DENIED', 'The API keys and tokens of a user are theirs alone to see and to make.');
    const user = await findUser(db, accountId, userId);
    if (user === undefined) throw missing(`user ${userId}`, { accountId });
    // Wherever the request says it is: a user is one of the account.
    return { owner: { accountId }, type, id: userId, named, name: user.name, email: user.email };
  }
  const permission = how === 'view' ? 'core_serviceaccount_view' : 'core_serviceaccount_manageapikey';
  await authorize(request, { permission, scope: owner, identifier: named });
  const account = await findServiceAccount(db, owner, named);
  if (account === undefined) throw missing(`service account ${named}`, owner);
  return { owner, type, id: account.id, named, name: account.name, email: account.email };
}

/** A token for oneself is as good as oneself. */
export async function requireTokenGivable(tx: Transaction, giver: Giver, parent: TokenParent): Promise<void> {
  if (parent.type === 'USER') return;
  requireGivable(giver, await listGrants(tx, parent.owner.accountId, { kind: 'SERVICE_ACCOUNT', id: parent.id }));
}
