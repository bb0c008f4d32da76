/** Copies what a channel gives to the log. */
import type { ClientChannel } from 'ssh2';
import type { LogSink } from '../executor.ts';

/** What is under way when the script has ended; beyond that the bytes are of something it left behind. */
const TAIL_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Until the channel's end; once the script has ended, until nothing has come for the grace. Time the log takes does not count.
 * @param ended - when the script has; its rejection is told to whoever else waits for it
 */
export async function copyChannel(
  channel: ClientChannel,
  log: LogSink,
  ended: Promise<unknown>,
  graceMs: number,
): Promise<void> {
  const chunks = channel.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let hasEnded = false;
  const end = ended.then(
    () => {
      hasEnded = true;
      return 'ended' as const;
    },
    () => {
      hasEnded = true;
      return 'ended' as const;
    },
  );
  let tailBytes = 0;
  let next = chunks.next();
  next.catch(() => undefined); // a broken connection; `ended` tells it
  for (;;) {
    const first = hasEnded ? await within(next, graceMs) : await Promise.race([next, end]);
    if (first === 'ended') continue;
    if (first === 'late' || first.done === true) return;
    await log.write(first.value);
    if (hasEnded) tailBytes += first.value.length;
    if (tailBytes > TAIL_BYTES_MAX) return;
    next = chunks.next();
    next.catch(() => undefined);
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
