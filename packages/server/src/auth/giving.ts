/**
 * Nobody gives away more than they have (decide.ts, A3): not by a role assignment, not by changing a role or a resource group
 * that is in use, not by putting somebody into a group, not by a token of a service account.
 */
import type { Transaction } from '../store/database.ts';
import type { GrantRow } from '../store/grants.ts';
import { grantOf, readGrants } from './authorizer.ts';
import { firstNotHeld, type Grant, type Question } from './decide.ts';
import type { Principal } from './principal.ts';

/** What the giver has, read before anything is changed. */
export interface Giver {
  /** The first thing in these grants that the giver does not have; `undefined` = they may give them. */
  cannotGive(rows: readonly GrantRow[]): Question | undefined;
}

export async function giverOf(tx: Transaction, principal: Principal): Promise<Giver> {
  const own: readonly Grant[] = await readGrants(tx, principal);
  return {
    cannotGive: (rows) => {
      for (const row of rows) {
        const grant = grantOf(row);
        const missing = grant === undefined ? undefined : firstNotHeld(own, grant);
        if (missing !== undefined) return missing;
      }
      return undefined;
    },
  };
}
