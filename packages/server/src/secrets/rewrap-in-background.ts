/** At each start: what still lies under an older master key is brought under the current one, beside everything else. */
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import type { KeyRing } from './key-ring.ts';
import { rewrapAll } from './rewrap.ts';

export function rewrapInBackground(db: Database, ring: KeyRing, logger: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const done = rewrapAll(db, ring, stopping.signal).then(
    ({ rewrapped, unreadable, damaged }) => {
      if (rewrapped > 0) logger.info({ rewrapped, keyId: ring.current.id }, 'secrets are under the current master key');
      if (unreadable.size > 0) {
        logger.error({ keys: Object.fromEntries(unreadable) }, 'secrets lie under master keys that are not here');
      }
      for (const { owner, identifier } of damaged) logger.error({ owner, identifier }, 'a secret cannot be opened');
    },
    (error: unknown) => logger.error({ err: error }, 'secrets could not be wrapped anew; the next start tries again'),
  );
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
