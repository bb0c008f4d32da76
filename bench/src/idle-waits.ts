/** Times of one task by the database's clock, epoch milliseconds. */
export interface Held {
  readonly delegateId: string;
  readonly queuedAt: number;
  readonly leasedAt: number;
  readonly endedAt: number;
}

/**
 * For each task how long it waited while one and the same delegate was idle: the longest of its overlaps with the times in which
 * a delegate had no task. Delegates take one task at a time and were idle before their first.
 */
export function idleWaits(tasks: readonly Held[], delegateIds: readonly string[]): readonly number[] {
  const byDelegate = Map.groupBy(tasks, ({ delegateId }) => delegateId);
  const idle = delegateIds.flatMap((id) => {
    const own = (byDelegate.get(id) ?? []).toSorted((one, other) => one.leasedAt - other.leasedAt);
    const ends = [Number.NEGATIVE_INFINITY, ...own.map(({ endedAt }) => endedAt)];
    return ends.map((from, index) => ({ from, until: own[index]?.leasedAt ?? Number.POSITIVE_INFINITY }));
  });
  return tasks.map(({ queuedAt, leasedAt }) =>
    Math.max(0, ...idle.map(({ from, until }) => Math.min(leasedAt, until) - Math.max(queuedAt, from))),
  );
}
