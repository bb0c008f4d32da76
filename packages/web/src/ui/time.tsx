/** Times and durations for people; the exact time and UTC are one hover away. */
import { formatDuration, formatRelative } from '@bridle/text';
import { useSyncExternalStore, type JSX } from 'react';

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for the whole page: it ticks only while somebody shows a time that grows. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function RelativeTime({ at }: { readonly at: number }): JSX.Element {
  const current = useNow();
  const date = new Date(at);
  return (
    <time
      dateTime={date.toISOString()}
      title={`${date.toLocaleString()} (${date.toISOString()})`}
      className="whitespace-nowrap"
    >
      {formatRelative(at, Math.max(current, at))}
    </time>
  );
}

/** From start to end, or to now while it goes on. */
export function Duration({
  from,
  to,
}: {
  readonly from: number | null | undefined;
  readonly to: number | null | undefined;
}): JSX.Element | null {
  if (from === null || from === undefined) return null;
  return to === null || to === undefined ? (
    <GrowingDuration from={from} />
  ) : (
    <span className="whitespace-nowrap">{formatDuration(Math.max(0, to - from))}</span>
  );
}

function GrowingDuration({ from }: { readonly from: number }): JSX.Element {
  const current = useNow();
  return <span className="whitespace-nowrap">{formatDuration(Math.max(0, current - from))}</span>;
}
