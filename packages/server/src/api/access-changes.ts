/**
 * Changes of people and rights: one at a time per account, recorded in the same commit, known to the next request.
 *
 * Whoever changes them gives nothing that they do not have (auth/giving.ts).
 */
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { BUILT_IN_RESOURCE_GROUPS, BUILT_IN_ROLES } from '../auth/built-in-roles.ts';
import { giverOf, type Giver } from '../auth/giving.ts';
import type { Transaction } from '../store/database.ts';
import type { GrantRow } from '../store/grants.ts';
import { lockAccess } from '../store/named-rows.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import { countAdmins } from '../store/role-assignments.ts';
import { findResourceGroupSeenFrom, findRoleSeenFrom } from '../store/roles.ts';
import { describeOwner, noOwner, ownerOf } from './answers.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';

interface ScopeWords {
  readonly orgIdentifier?: string | null;
  readonly projectIdentifier?: string | null;
}

export async function changeAccess<T>(
  { db, authorizer }: Pick<ApiDependencies, 'db' | 'authorizer'>,
  request: FastifyRequest,
  owner: OwnerScope,
  work: (tx: Transaction, giver: Giver) => Promise<T>,
): Promise<T> {
  const result = await db.transaction().execute(async (tx) => {
    await lockAccess(tx, owner.accountId);
    if (!(await ownerExists(tx, owner))) throw noOwner(owner);
    return await work(tx, await giverOf(tx, callerOf(request)));
  });
  authorizer.forget();
  return result;
}

/** @throws ApiError `NG_ACCESS_DENIED` */
export function requireGivable(giver: Giver, rows: readonly GrantRow[]): void {
  const missing = giver.cannotGive(rows);
  if (missing === undefined) return;
  const { permission, scope, identifier } = missing;
  const on = identifier === undefined ? '' : ` with identifier ${identifier}`;
  throw new ApiError(
    'NG_ACCESS_DENIED',
    `Nobody may give away what they do not have: this would give ${permission}${on} in ${describeOwner(scope)}, which you do not have there.`,
  );
}

/** What an assignment of this role for these resources would give. */
export async function grantRowOf(
  tx: Transaction,
  owner: OwnerScope,
  roleIdentifier: string,
  resourceGroupIdentifier: string,
): Promise<GrantRow> {
  const level = levelOf(owner);
  const builtIn = BUILT_IN_ROLES.find(({ identifier }) => identifier === roleIdentifier);
  const role = builtIn ?? (await findRoleSeenFrom(tx, owner, roleIdentifier));
  if (role === undefined) throw notFound(`There is no role ${roleIdentifier} in ${describeOwner(owner)} or above.`);
  if (!role.scopes.includes(level))
    throw invalidRequest(`The role ${roleIdentifier} cannot be given in ${describeOwner(owner)}.`);
  const builtInGroup = BUILT_IN_RESOURCE_GROUPS.find(({ identifier }) => identifier === resourceGroupIdentifier);
  if (builtInGroup?.scopes.includes(level) === false)
    throw invalidRequest(`The resource group ${resourceGroupIdentifier} cannot be used in ${describeOwner(owner)}.`);
  const group =
    builtInGroup === undefined ? await findResourceGroupSeenFrom(tx, owner, resourceGroupIdentifier) : undefined;
  if (builtInGroup === undefined && group === undefined) {
    throw notFound(`There is no resource group ${resourceGroupIdentifier} in ${describeOwner(owner)} or above.`);
  }
  return {
    scope: owner,
    roleIdentifier,
    resourceGroupIdentifier,
    ...(builtIn === undefined ? { permissions: role.permissions } : {}),
    ...(group === undefined ? {} : { resourceGroup: group }),
  };
}

const USUAL_GROUPS = {
  account: '_all_resources_including_child_scopes',
  org: '_all_resources_including_child_scopes',
  project: '_all_project_level_resources',
} as const;

/** The resources that are meant where none are named. */
export function usualResourceGroup(owner: OwnerScope): string {
  return USUAL_GROUPS[levelOf(owner)];
}

/** After a change that may have taken the last way in. */
export async function requireAdmin(tx: Transaction, accountId: string): Promise<void> {
  if ((await countAdmins(tx, accountId)) === 0)
    throw invalidRequest('This would leave the account without an administrator. Make somebody else one first.');
}

/** The query says whose it is; a body that says it too must agree. */
export function scopeOfBoth(request: FastifyRequest, query: ScopeWords, body: ScopeWords): OwnerScope {
  const owner = ownerOf(request, {
    orgIdentifier: query.orgIdentifier ?? '',
    projectIdentifier: query.projectIdentifier ?? '',
  });
  for (const field of ['orgIdentifier', 'projectIdentifier'] as const) {
    const inBody = body[field] ?? '';
    if (inBody !== '' && inBody !== (owner[field] ?? ''))
      throw invalidRequest(`The body has the ${field} ${inBody}, but the query has ${owner[field] ?? 'none'}.`);
  }
  return owner;
}

/** Of API keys and tokens: the body says whose they are; a query that says it too must agree. */
export function scopeOfBody(request: FastifyRequest, query: ScopeWords, body: ScopeWords): OwnerScope {
  const merged = {
    orgIdentifier: (body.orgIdentifier ?? '') || (query.orgIdentifier ?? ''),
    projectIdentifier: (body.projectIdentifier ?? '') || (query.projectIdentifier ?? ''),
  };
  const owner = ownerOf(request, merged);
  for (const field of ['orgIdentifier', 'projectIdentifier'] as const) {
    const inQuery = query[field] ?? '';
    if (inQuery !== '' && inQuery !== merged[field])
      throw invalidRequest(`The body has the ${field} ${merged[field]}, but the query has ${inQuery}.`);
  }
  return owner;
}

export function taken(what: string, owner: OwnerScope): Error {
  return new ApiError(
    'DUPLICATE_FIELD',
    `There is a ${what} in ${describeOwner(owner)} already, or above or below it.`,
  );
}

export function missing(what: string, owner: OwnerScope): Error {
  return notFound(`There is no ${what} in ${describeOwner(owner)}.`);
}
