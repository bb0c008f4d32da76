/** A duration as people write it in YAML: `3d 2h`, `1m 30s`, `0s`. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

export function printDuration(ms: number): string {
  let left = ms;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    if (count > 0) parts.push(`${String(count)}${unit}`);
    left -= count * length;
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}
