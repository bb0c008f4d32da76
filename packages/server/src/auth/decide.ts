/**
 * Whether somebody may do something: pure, over the grants that were read for them.
 *
 * - A1 Nothing is allowed that no grant allows.
 * - A2 A grant counts at its scope and, where its resources say so, below; never above and never beside.
 * - A3 Nobody gives away what they do not have: each part of what is given is covered by one grant of the giver.
 */
import type { OwnerScope } from '../store/owner-scope.ts';
import type { Permission } from './permissions.ts';
import { factsOf, isPermission } from './permissions.ts';

/** A role that was given to somebody, or to a group they are in, for some resources. */
export interface Grant {
  /** Where it was given. */
  readonly scope: OwnerScope;
  readonly permissions: ReadonlySet<string>;
  readonly resources: GrantedResources;
}

export interface GrantedResources {
  /** The scopes that count, each with or without what is below it. */
  readonly scopes: readonly GrantedScope[];
  /** By resource type; `undefined` = all types. A type without identifiers stands for all of its kind. */
  readonly types?: ReadonlyMap<string, ReadonlySet<string> | undefined>;
}

export interface GrantedScope {
  readonly scope: OwnerScope;
  readonly hasChildScopes: boolean;
}

export interface Question {
  readonly permission: Permission;
  readonly scope: OwnerScope;
  /** The resource; absent = one that is only about to be made, or all of the kind. */
  readonly identifier?: string;
}

export function isAllowed(grants: readonly Grant[], { permission, scope, identifier }: Question): boolean {
  const { resourceType } = factsOf(permission);
  return grants.some(
    ({ permissions, resources }) =>
      permissions.has(permission) &&
      resources.scopes.some((granted) => covers(granted, scope)) &&
      holds(resources, resourceType, identifier),
  );
}

/** Whoever may change the account itself: the one who made it, and whoever was made an administrator later. */
export function isAdministrator(grants: readonly Grant[], accountId: string): boolean {
  return isAllowed(grants, { permission: 'core_account_edit', scope: { accountId } });
}

/** What is about to be given and the giver does not have themself (A3); `undefined` = nothing. */
export function firstNotHeld(own: readonly Grant[], given: Grant): Question | undefined {
  for (const permission of given.permissions) {
    if (!isPermission(permission)) continue;
    const { resourceType } = factsOf(permission);
    const { types, scopes } = given.resources;
    // A permission on a type that the resource group does not have allows nothing.
    if (types?.has(resourceType) === false) continue;
    const identifiers = types?.get(resourceType);
    for (const granted of scopes) {
      for (const identifier of identifiers ?? [undefined]) {
        const isHeld = own.some(
          ({ permissions, resources }) =>
            permissions.has(permission) &&
            resources.scopes.some((each) => coversWhole(each, granted)) &&
            holds(resources, resourceType, identifier),
        );
        if (!isHeld) return { permission, scope: granted.scope, ...(identifier === undefined ? {} : { identifier }) };
      }
    }
  }
  return undefined;
}

function coversWhole(own: GrantedScope, { scope, hasChildScopes }: GrantedScope): boolean {
  return covers(own, scope) && (own.hasChildScopes || !hasChildScopes || scope.projectIdentifier !== undefined);
}

function covers({ scope: granted, hasChildScopes }: GrantedScope, asked: OwnerScope): boolean {
  if (granted.accountId !== asked.accountId) return false;
  if (granted.orgIdentifier === undefined) return hasChildScopes || asked.orgIdentifier === undefined;
  if (granted.orgIdentifier !== asked.orgIdentifier) return false;
  if (granted.projectIdentifier === undefined) return hasChildScopes || asked.projectIdentifier === undefined;
  return granted.projectIdentifier === asked.projectIdentifier;
}

function holds({ types }: GrantedResources, resourceType: string, identifier: string | undefined): boolean {
  if (types === undefined) return true;
  if (!types.has(resourceType)) return false;
  const identifiers = types.get(resourceType);
  // Only some of the kind: that allows neither making new ones nor what is about all of them.
  return identifiers === undefined || (identifier !== undefined && identifiers.has(identifier));
}
