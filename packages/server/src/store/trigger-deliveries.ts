/** Which signed request has fired which trigger (S2). */
import type { Transaction } from './database.ts';
import type { TriggerKey } from './triggers.ts';

/**
 * Notes that the request fires the trigger.
 * @param signature - identifies the signed request
 * @returns the event by which it has done so before; `undefined` = it has not
 */
export async function claimDelivery(
  tx: Transaction,
  key: TriggerKey,
  signature: string,
  eventId: string,
): Promise<string | undefined> {
  const columns = {
    account_id: key.scope.accountId,
    org_identifier: key.scope.orgIdentifier,
    project_identifier: key.scope.projectIdentifier,
    pipeline_identifier: key.pipelineIdentifier,
    trigger_identifier: key.identifier,
    signature,
  };
  const inserted = await tx
    .insertInto('trigger_deliveries')
    .values({ ...columns, event_id: eventId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('event_id')
    .executeTakeFirst();
  if (inserted !== undefined) return undefined;
  const first = await tx
    .selectFrom('trigger_deliveries')
    .select('event_id')
    .where((eb) => eb.and(columns))
    .executeTakeFirstOrThrow();
  return first.event_id === eventId ? undefined : first.event_id;
}
