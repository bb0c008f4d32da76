/** S15: a trigger starts what whoever made or changed it last may start, in their name, and nothing else. */
import { readGrants } from '../auth/authorizer.ts';
import { isAllowed } from '../auth/decide.ts';
import type { Transaction } from '../store/database.ts';
import { findTriggerOwner } from '../store/trigger-owners.ts';
import type { TriggerKey } from '../store/triggers.ts';
import type { Starter } from './prepare-execution.ts';

export type TriggerStarter =
  | { readonly kind: 'starter'; readonly starter: Starter }
  /** Why the trigger may not start its pipeline now. */
  | { readonly kind: 'objection'; readonly objection: string };

export async function findTriggerStarter(tx: Transaction, key: TriggerKey): Promise<TriggerStarter> {
  const { scope, pipelineIdentifier, identifier } = key;
  const owner = await findTriggerOwner(tx, key);
  if (owner === undefined) {
    return { kind: 'objection', objection: `Nobody answers for the trigger ${identifier}. Save it again.` };
  }
  const { kind, id } = owner;
  // As they are now, and not as they were a moment ago: nobody waits for this answer.
  const grants = owner.isActive ? await readGrants(tx, { accountId: scope.accountId, kind, userId: id }) : [];
  if (isAllowed(grants, { permission: 'core_pipeline_execute', scope, identifier: pipelineIdentifier })) {
    return { kind: 'starter', starter: { actor: { kind, id }, grants } };
  }
  const objection = `Whoever made or changed the trigger ${identifier} last may not execute the pipeline ${pipelineIdentifier} any more. Somebody who may has to save it again.`;
  return { kind: 'objection', objection };
}
