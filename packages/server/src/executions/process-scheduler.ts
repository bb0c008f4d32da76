import { setTimeout as delay } from 'node:timers/promises';
import type { Scheduler } from '@bridle/runtime';

/** Sleeps by this process's timers. Durations only: when something is due is for the database to say (T1). */
export const processScheduler: Scheduler = {
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  },
};
