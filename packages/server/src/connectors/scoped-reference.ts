/** References of a project's steps, as keys of what is stored. */
import { parseScopedIdentifier, type ProjectScope, SECRET_REFERENCE } from '@bridle/pipeline';
import { ownerSeenFrom, type OwnerScope } from '../store/owner-scope.ts';

export interface StoredKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
}

/** What a project means by the reference: its own, its organization's or its account's; `undefined` = it is no reference. */
export function keyOf(scope: ProjectScope, reference: string): StoredKey | undefined {
  if (!SECRET_REFERENCE.test(reference)) return undefined;
  const { scope: level, identifier } = parseScopedIdentifier(reference);
  return { owner: ownerSeenFrom(scope, level), identifier };
}

/** As messages name it: `the project web`. */
export function describePlace({ orgIdentifier, projectIdentifier }: OwnerScope): string {
  if (orgIdentifier === undefined) return 'the account';
  return projectIdentifier === undefined ? `the organization ${orgIdentifier}` : `the project ${projectIdentifier}`;
}
