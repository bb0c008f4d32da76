/** How long what happened is kept for those who come back. */
import type { Database } from '../store/database.ts';
import { sweepFeed } from '../store/feed.ts';
import { findFeedReader, sweepDeliveries } from '../store/webhook-deliveries.ts';

/** Longer than a weekend: who was away for it goes on where it was. */
export const EVENTS_KEEP_MS = 4 * 86_400_000;
/** For how long it is told what was sent to webhooks. */
export const DELIVERIES_KEEP_MS = 14 * 86_400_000;
/** Events, or deliveries, cleared at a time. */
const SWEEP_MAX = 50_000;

export async function sweepOldEvents(db: Database, keepMs = EVENTS_KEEP_MS): Promise<void> {
  // What the webhooks have not looked at yet is kept.
  await sweepFeed(db, keepMs, await findFeedReader(db), SWEEP_MAX);
  await sweepDeliveries(db, DELIVERIES_KEEP_MS, SWEEP_MAX);
}
