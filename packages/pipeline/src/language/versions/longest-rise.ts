/** Indices of a longest run of numbers that only rise (not necessarily neighbours). */
export function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  /** Of each length the index of the smallest number that a rise of that length ends with. */
  const ends: number[] = [];
  const before = numbers.map(() => -1);
  numbers.forEach((value, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = index;
  });
  const rise = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index !== -1; index = before[index] ?? -1) rise.add(index);
  return rise;
}
