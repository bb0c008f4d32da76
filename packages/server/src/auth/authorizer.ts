/**
 * Asks the grants of whoever calls. They are kept for a moment, so that a page of many calls is one statement, and a right that
 * is taken away is gone within 5 s (quality S18).
 */
import { levelOf } from '@bridle/pipeline';
import type { OwnerScope } from '../store/owner-scope.ts';
import type { Database, Transaction } from '../store/database.ts';
import { listGrants, type GrantRow } from '../store/grants.ts';
import { BUILT_IN_RESOURCE_GROUPS, BUILT_IN_ROLES } from './built-in-roles.ts';
import { isAllowed, type Grant, type GrantedResources, type GrantedScope, type Question } from './decide.ts';
import type { Permission } from './permissions.ts';
import type { Principal } from './principal.ts';

const KEPT_MS = 3_000;
/** Principals whose grants are kept. */
const KEPT_MAX = 10_000;

export interface Authorizer {
  /** What they have been given, as it was read a moment ago. */
  grantsOf(principal: Pick<Principal, 'accountId' | 'kind' | 'userId'>): Promise<readonly Grant[]>;
  isAllowed(principal: Pick<Principal, 'accountId' | 'kind' | 'userId'>, question: Question): Promise<boolean>;
  /** Where the permission holds for all of its kind; for lists of scopes. */
  scopesWith(
    principal: Pick<Principal, 'accountId' | 'kind' | 'userId'>,
    permission: Permission,
  ): Promise<readonly GrantedScope[]>;
  /** Grants were changed here: the next question reads them anew. */
  forget(): void;
}

interface Kept {
  readonly until: number;
  readonly grants: Promise<readonly Grant[]>;
}

/** @param now - monotonic milliseconds */
export function createAuthorizer(db: Database, now: () => number = () => performance.now()): Authorizer {
  const kept = new Map<string, Kept>();
  const grantsOf = (principal: Pick<Principal, 'accountId' | 'kind' | 'userId'>): Promise<readonly Grant[]> => {
    const key = `${principal.accountId} ${principal.kind} ${principal.userId}`;
    const found = kept.get(key);
    if (found !== undefined && found.until > now()) return found.grants;
    if (kept.size >= KEPT_MAX) kept.clear();
    const grants = readGrants(db, principal);
    kept.set(key, { until: now() + KEPT_MS, grants });
    // What failed is not kept; whoever asked hears of it.
    grants.catch(() => kept.delete(key));
    return grants;
  };
  return {
    grantsOf,
    isAllowed: async (principal, question) =>
      question.scope.accountId === principal.accountId && isAllowed(await grantsOf(principal), question),
    scopesWith: async (principal, permission) =>
      (await grantsOf(principal)).flatMap(({ permissions, resources }) =>
        permissions.has(permission) && resources.types === undefined ? resources.scopes : [],
      ),
    forget: () => kept.clear(),
  };
}

/** What somebody has been given, as it is now. */
export async function readGrants(
  db: Database | Transaction,
  { accountId, kind, userId }: Pick<Principal, 'accountId' | 'kind' | 'userId'>,
): Promise<readonly Grant[]> {
  return (await listGrants(db, accountId, { kind, id: userId })).flatMap((row) => grantOf(row) ?? []);
}

/** `undefined`: its role or its resource group is gone; then it grants nothing (A1). */
export function grantOf(row: GrantRow): Grant | undefined {
  const permissions = permissionsOf(row);
  const resources = resourcesOf(row);
  return permissions === undefined || resources === undefined
    ? undefined
    : { scope: row.scope, permissions: new Set(permissions), resources };
}

function permissionsOf({ roleIdentifier, permissions, scope }: GrantRow): readonly string[] | undefined {
  const builtIn = BUILT_IN_ROLES.find(({ identifier }) => identifier === roleIdentifier);
  if (builtIn === undefined) return permissions;
  return builtIn.scopes.includes(levelOf(scope)) ? builtIn.permissions : undefined;
}

function resourcesOf({ resourceGroupIdentifier, resourceGroup, scope }: GrantRow): GrantedResources | undefined {
  const builtIn = BUILT_IN_RESOURCE_GROUPS.find(({ identifier }) => identifier === resourceGroupIdentifier);
  if (builtIn !== undefined) {
    return builtIn.scopes.includes(levelOf(scope))
      ? { scopes: [{ scope, hasChildScopes: builtIn.hasChildScopes }] }
      : undefined;
  }
  if (resourceGroup === undefined) return undefined;
  const { includedScopes, resources } = resourceGroup;
  const scopes = includedScopes.map(({ org, project, children }) => ({
    scope: {
      accountId: scope.accountId,
      ...(org === undefined ? {} : { orgIdentifier: org }),
      ...(project === undefined ? {} : { projectIdentifier: project }),
    },
    hasChildScopes: children,
  }));
  // Never above and never beside where it was given (A2).
  const within = scopes.filter((each) => isWithin(each.scope, scope));
  return resources === null
    ? { scopes: within }
    : {
        scopes: within,
        types: new Map(
          Object.entries(resources).map(([type, identifiers]) => [
            type,
            identifiers === null ? undefined : new Set(identifiers),
          ]),
        ),
      };
}

function isWithin(inner: OwnerScope, outer: OwnerScope): boolean {
  return (
    (outer.orgIdentifier === undefined || outer.orgIdentifier === inner.orgIdentifier) &&
    (outer.projectIdentifier === undefined || outer.projectIdentifier === inner.projectIdentifier)
  );
}
