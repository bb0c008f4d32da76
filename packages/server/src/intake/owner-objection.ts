/** S15: a trigger starts what whoever made or changed it last may start, and nothing else. */
import { readGrants } from '../auth/authorizer.ts';
import { isAllowed } from '../auth/decide.ts';
import type { Transaction } from '../store/database.ts';
import { findTriggerOwner } from '../store/trigger-owners.ts';
import type { TriggerKey } from '../store/triggers.ts';

/** Why the trigger may not start its pipeline now; `undefined` = it may. */
export async function ownerObjection(tx: Transaction, key: TriggerKey): Promise<string | undefined> {
  const { scope, pipelineIdentifier, identifier } = key;
  const owner = await findTriggerOwner(tx, key);
  if (owner === undefined) return `Nobody answers for the trigger ${identifier}. Save it again.`;
  const grants = owner.isActive
    ? await readGrants(tx, { accountId: scope.accountId, kind: owner.kind, userId: owner.id })
    : [];
  const isStarter = isAllowed(grants, { permission: 'core_pipeline_execute', scope, identifier: pipelineIdentifier });
  return isStarter
    ? undefined
    : `Whoever made or changed the trigger ${identifier} last may not execute the pipeline ${pipelineIdentifier} any more. Somebody who may has to save it again.`;
}
