const SECOND_MS = 1000;
const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/**
 * A duration for people: its two largest units, cut off rather than rounded, as in `1m 40s`, `2h 5m`, `3d`. Under a second
 * it is in milliseconds (`340ms`). Negative and impossible durations, which clocks that differ produce, are `0ms`.
 */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) return '0ms';
  if (durationMs < SECOND_MS) return `${Math.floor(durationMs)}ms`;
  let restSeconds = Math.floor(durationMs / SECOND_MS);
  const parts = UNITS.map(({ name, seconds }) => {
    const count = Math.floor(restSeconds / seconds);
    restSeconds -= count * seconds;
    return { name, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count}${name}`)
    .join(' ');
}
