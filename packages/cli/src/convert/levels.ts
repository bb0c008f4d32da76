/**
 * Brings a graph of needs to what Bridle has: levels one after the other, each of things side by side.
 *
 * - L1 Everything comes after what it needs; among its equals it keeps the order of the source.
 */

export interface Node {
  readonly key: string;
  readonly needs: readonly string[];
}

export type Levels<T> =
  | { readonly kind: 'levels'; readonly levels: readonly (readonly T[])[] }
  /** These need each other. */
  | { readonly kind: 'cycle'; readonly keys: readonly string[] };

/** Needs that name nothing are left out: whoever reads them reports them. */
export function toLevels<T extends Node>(nodes: readonly T[]): Levels<T> {
  const known = new Set(nodes.map(({ key }) => key));
  const done = new Set<string>();
  const levels: T[][] = [];
  let left = [...nodes];
  while (left.length > 0) {
    const ready = left.filter(({ needs }) => needs.every((need) => done.has(need) || !known.has(need)));
    if (ready.length === 0) return { kind: 'cycle', keys: left.map(({ key }) => key) };
    for (const { key } of ready) done.add(key);
    levels.push(ready);
    left = left.filter((node) => !ready.includes(node));
  }
  return { kind: 'levels', levels };
}

/** The keys of all that a node needs, directly or through others. */
export function neededBy<T extends Node>(nodes: readonly T[], at: T): ReadonlySet<string> {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const needed = new Set<string>();
  const open = [...at.needs];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (needed.has(key)) continue;
    needed.add(key);
    open.push(...(byKey.get(key)?.needs ?? []));
  }
  return needed;
}

/** What a node also waits for although it does not need it, directly or through others. */
export function unneeded<T extends Node>(levels: readonly (readonly T[])[], at: T): readonly T[] {
  const needed = neededBy(levels.flat(), at);
  const level = levels.findIndex((nodes) => nodes.includes(at));
  return levels
    .slice(0, level)
    .flat()
    .filter(({ key }) => !needed.has(key));
}
