/** How long what happened is kept for those who come back. */
import type { Database } from '../store/database.ts';
import { readFeedEnds, sweepFeed } from '../store/feed.ts';

/** Longer than a weekend: who was away for it goes on where it was. */
export const EVENTS_KEEP_MS = 4 * 86_400_000;
/** Events cleared at a time. */
const SWEEP_MAX = 50_000;

export async function sweepOldEvents(db: Database, keepMs = EVENTS_KEEP_MS): Promise<void> {
  const { last } = await readFeedEnds(db);
  await sweepFeed(db, keepMs, last, SWEEP_MAX);
}
