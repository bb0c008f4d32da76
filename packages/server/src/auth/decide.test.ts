import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnerScope } from '../store/owner-scope.ts';
import { BUILT_IN_ROLES } from './built-in-roles.ts';
import { isAllowed, type Grant } from './decide.ts';
import { factsOf, PERMISSIONS } from './permissions.ts';

const ACCOUNT = { accountId: 'a' };
const ORG = { accountId: 'a', orgIdentifier: 'o' };
const PROJECT = { accountId: 'a', orgIdentifier: 'o', projectIdentifier: 'p' };
const OTHERS: readonly OwnerScope[] = [
  { accountId: 'b' },
  { accountId: 'a', orgIdentifier: 'x' },
  { accountId: 'a', orgIdentifier: 'x', projectIdentifier: 'p' },
  { accountId: 'a', orgIdentifier: 'o', projectIdentifier: 'x' },
];
const scopes = fc.constantFrom(ACCOUNT, ORG, PROJECT, ...OTHERS);

function grant(scope: OwnerScope, hasChildScopes: boolean, types?: Grant['resources']['types']): Grant {
  return {
    scope,
    permissions: new Set(['core_pipeline_view']),
    resources: { scopes: [{ scope, hasChildScopes }], ...(types === undefined ? {} : { types }) },
  };
}

describe('isAllowed', () => {
  it('A1 allows nothing without a grant, nor what the grant does not name', () => {
    fc.assert(
      fc.property(scopes, fc.constantFrom(...PERMISSIONS), scopes, fc.boolean(), (at, permission, scope, below) => {
        expect(isAllowed([], { permission, scope })).toBe(false);
        if (permission === 'core_pipeline_view') return;
        expect(isAllowed([grant(at, below)], { permission, scope })).toBe(false);
      }),
    );
  });

  it.each([
    [ACCOUNT, true, [ACCOUNT, ORG, PROJECT, OTHERS[1], OTHERS[2], OTHERS[3]]],
    [ACCOUNT, false, [ACCOUNT]],
    [ORG, true, [ORG, PROJECT, OTHERS[3]]],
    [ORG, false, [ORG]],
    [PROJECT, true, [PROJECT]],
    [PROJECT, false, [PROJECT]],
  ] as const)('A2 given at %j (below: %s) it counts exactly there', (at, below, expected) => {
    const allowed = [ACCOUNT, ORG, PROJECT, ...OTHERS].filter((scope) =>
      isAllowed([grant(at, below)], { permission: 'core_pipeline_view', scope }),
    );
    expect(new Set(allowed)).toEqual(new Set(expected));
  });

  it('names single resources, which allows neither others nor new ones', () => {
    const some = [grant(PROJECT, false, new Map([['PIPELINE', new Set(['build'])]]))];
    const ask = (identifier?: string): boolean =>
      isAllowed(some, {
        permission: 'core_pipeline_view',
        scope: PROJECT,
        ...(identifier === undefined ? {} : { identifier }),
      });
    expect([ask('build'), ask('other'), ask()]).toEqual([true, false, false]);
    expect(
      isAllowed([grant(PROJECT, false, new Map([['SECRET', undefined]]))], {
        permission: 'core_pipeline_view',
        scope: PROJECT,
      }),
    ).toBe(false);
  });
});

describe('built-in roles', () => {
  it('viewers change nothing', () => {
    const viewers = BUILT_IN_ROLES.filter(({ identifier }) => identifier.endsWith('_viewer'));
    expect(viewers).toHaveLength(3);
    for (const { permissions } of viewers) {
      expect(new Set(permissions.map((permission) => factsOf(permission).action))).toEqual(new Set(['view']));
    }
  });

  it('nobody below the account administers it, and projects make no projects', () => {
    const holders = (permission: string): readonly string[] =>
      BUILT_IN_ROLES.filter(({ permissions }) => (permissions as readonly string[]).includes(permission)).map(
        ({ identifier }) => identifier,
      );
    expect(holders('core_account_edit')).toEqual(['_account_admin']);
    expect(holders('core_organization_create')).toEqual(['_account_admin']);
    expect(holders('core_project_create')).toEqual(['_account_admin', '_organization_admin']);
  });
});
