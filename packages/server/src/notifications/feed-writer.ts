/**
 * Gives notices their positions in the feed: a loop of every replica, of which one at a time is at it.
 *
 * - N1 woken by who writes notices; with every wake-up lost they are found within `POLL_MS`.
 */
import { Bell } from '../store/bell.ts';
import type { Database } from '../store/database.ts';
import { FEED_BATCH_MAX, isOutboxEmpty, numberNotices } from '../store/feed.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';

const POLL_MS = 1_000;

export interface FeedWriterOptions {
  readonly db: Database;
  readonly hub: Pick<WakeHub, 'subscribe' | 'wake'>;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

export interface FeedWriter {
  /** Ends after what is in hand. */
  stop(): Promise<void>;
}

export function startFeedWriter({ db, hub, onError, pollMs = POLL_MS }: FeedWriterOptions): FeedWriter {
  const stopping = new AbortController();
  const bell = new Bell();
  const unsubscribe = hub.subscribe(wakeKeys.outbox, () => bell.ring());
  const timer = setInterval(() => bell.ring(), pollMs);
  timer.unref();
  const write = async (): Promise<void> => {
    if (await isOutboxEmpty(db)) return;
    for (;;) {
      const count = await numberNotices(db);
      if (count > 0) hub.wake([{ key: wakeKeys.feed }]);
      if (count < FEED_BATCH_MAX || stopping.signal.aborted) return;
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await write().catch(onError);
      await bell.next(stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      unsubscribe();
      clearInterval(timer);
      await running;
    },
  };
}
