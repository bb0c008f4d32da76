/** Who made or changed a trigger last (quality S15: a trigger never has more rights than they). */
import type { Database, Transaction } from './database.ts';
import type { PrincipalKey } from './grants.ts';
import { ownerColumns } from './owner-scope.ts';
import type { TriggerKey } from './triggers.ts';

export async function saveTriggerOwner(
  db: Database | Transaction,
  { scope, pipelineIdentifier, identifier }: TriggerKey,
  owner: PrincipalKey,
): Promise<void> {
  const principal = { principal_type: owner.kind, principal_id: owner.id };
  await db
    .insertInto('trigger_owners')
    .values({
      ...ownerColumns(scope),
      pipeline_identifier: pipelineIdentifier,
      trigger_identifier: identifier,
      ...principal,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'org_identifier', 'project_identifier', 'pipeline_identifier', 'trigger_identifier'])
        .doUpdateSet(principal),
    )
    .execute();
}

export interface TriggerOwner extends PrincipalKey {
  /** Known to the account and not disabled. */
  readonly isActive: boolean;
}

export async function findTriggerOwner(
  db: Database | Transaction,
  { scope, pipelineIdentifier, identifier }: TriggerKey,
): Promise<TriggerOwner | undefined> {
  const row = await db
    .selectFrom('trigger_owners as o')
    .leftJoin('users as u', 'u.id', 'o.principal_id')
    .leftJoin('service_accounts as s', 's.id', 'o.principal_id')
    .select(['o.principal_type', 'o.principal_id', 'u.is_disabled', 's.id as service_account_id'])
    .where('o.account_id', '=', scope.accountId)
    .where('o.org_identifier', '=', scope.orgIdentifier)
    .where('o.project_identifier', '=', scope.projectIdentifier)
    .where('o.pipeline_identifier', '=', pipelineIdentifier)
    .where('o.trigger_identifier', '=', identifier)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const kind = row.principal_type === 'USER' ? 'USER' : 'SERVICE_ACCOUNT';
  const isActive = kind === 'USER' ? row.is_disabled === false : row.service_account_id !== null;
  return { kind, id: row.principal_id, isActive };
}
