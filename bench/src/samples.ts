/** What a case measures, and how runs of it are put together. All times are milliseconds. */

export interface Run {
  /** One duration per operation. */
  readonly latencies: readonly number[];
  /** Operations per second under load, where the case has a rate. */
  readonly perSecond?: number;
}

export interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly perSecond?: number;
}

/** All latencies together; of the rates the median, because single runs on a shared machine are noisy. */
export function figuresOf(runs: readonly Run[]): Figures {
  const sorted = runs.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b);
  const rates = runs.flatMap(({ perSecond }) => (perSecond === undefined ? [] : [perSecond])).toSorted((a, b) => a - b);
  const rate = rates[Math.floor(rates.length / 2)];
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    ...(rate === undefined ? {} : { perSecond: rate }),
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Does something again and again, one after the other. */
export async function timeEach(
  count: number,
  operation: (index: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    await operation(index);
    latencies.push(performance.now() - start);
  }
  return latencies;
}

/** Does something `count` times, `width` at a time; answers with operations per second. */
export async function rateOf(
  count: number,
  width: number,
  operation: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await operation(next);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return (1_000 * count) / (performance.now() - start);
}
