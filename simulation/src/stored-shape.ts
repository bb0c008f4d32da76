import type { Execution } from '@bridle/pipeline';

/**
 * The execution as a database with `jsonb` columns gives it back: another object, keys in another order (shorter ones first),
 * `undefined` gone. Whoever depends on identity or on the order of keys is found out.
 */
export function asStored(execution: Execution): Execution {
  return reorder(JSON.parse(JSON.stringify(execution))) as Execution;
}

function reorder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reorder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(
    ([one], [other]) => one.length - other.length || (one < other ? -1 : 1),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, reorder(inner)]));
}
