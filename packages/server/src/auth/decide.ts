/**
 * Whether somebody may do something: pure, over the grants that were read for them.
 *
 * - A1 Nothing is allowed that no grant allows.
 * - A2 A grant counts at its scope and, where its resources say so, below; never above and never beside.
 */
import type { OwnerScope } from '../store/owner-scope.ts';
import type { Permission } from './permissions.ts';
import { factsOf } from './permissions.ts';

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
