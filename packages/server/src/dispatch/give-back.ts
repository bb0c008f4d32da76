import type { DatabaseHandle } from '../store/database.ts';
import { returnLeases, type HeldTaskRow } from '../store/task-queue-statements.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';

/** Leases that never reached their delegate return to the queue at once, and whoever waits hears of it, in every replica. */
export async function giveBack(database: DatabaseHandle, hub: WakeHub, leases: readonly HeldTaskRow[]): Promise<void> {
  const accountIds = await returnLeases(database.db, leases);
  hub.wake([...new Set(accountIds)].map((id) => ({ key: wakeKeys.tasks(id) })));
}
