/** Cuts a list into portions of at most so much weight, in its order; what is heavier than that is a portion of its own. */
export function* portions<T>(
  items: readonly T[],
  weigh: (item: T) => number,
  weightMax: number,
): Generator<readonly [T, ...T[]]> {
  let portion: [T, ...T[]] | undefined;
  let weight = 0;
  for (const item of items) {
    const own = weigh(item);
    if (portion !== undefined && weight + own <= weightMax) {
      portion.push(item);
      weight += own;
      continue;
    }
    if (portion !== undefined) yield portion;
    portion = [item];
    weight = own;
  }
  if (portion !== undefined) yield portion;
}
