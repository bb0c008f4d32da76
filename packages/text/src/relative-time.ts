const UNITS = [
  { name: 'y', seconds: 365 * 86_400 },
  { name: 'mo', seconds: 30 * 86_400 },
  { name: 'w', seconds: 7 * 86_400 },
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;
/** Nobody cares which of the last seconds it was, and a growing number draws the eye. */
const JUST_NOW_SECONDS = 5;

/** How long ago, or in how long: `just now`, `12s ago`, `5m ago`, `in 3h`, `2w ago`. Both times in epoch milliseconds. */
export function formatRelative(atMs: number, nowMs: number): string {
  const seconds = Math.floor(Math.abs(nowMs - atMs) / 1000);
  if (!(seconds >= JUST_NOW_SECONDS)) return 'just now';
  const unit = UNITS.find((candidate) => seconds >= candidate.seconds);
  if (unit === undefined || !Number.isFinite(seconds)) return 'just now';
  const amount = `${Math.floor(seconds / unit.seconds)}${unit.name}`;
  return atMs <= nowMs ? `${amount} ago` : `in ${amount}`;
}
