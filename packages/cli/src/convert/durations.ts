/** Durations as the sources write them, in the spelling of Harness. */

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^(?:w|weeks?|wks?)$/, 'w'],
  [/^(?:d|days?)$/, 'd'],
  [/^(?:h|hrs?|hours?)$/, 'h'],
  [/^(?:m|mins?|minutes?)$/, 'm'],
  [/^(?:s|secs?|seconds?)$/, 's'],
];

/** `1 hour 30 minutes`, `1h30m`, `90m`; a bare number counts in the unit. `undefined` for what is none. */
export function toDuration(text: string, bareUnit: 'm' | 's'): string | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+$/.test(trimmed)) return trimmed === '0' ? undefined : `${trimmed}${bareUnit}`;
  if (!/^(?:\d+\s*[a-z]+[\s,]*(?:and\s+)?)+$/.test(trimmed)) return undefined;
  const parts: string[] = [];
  for (const [, count = '', word = ''] of trimmed.replaceAll(/\band\b/g, ' ').matchAll(/(\d+)\s*([a-z]+)/g)) {
    const unit = UNITS.find(([pattern]) => pattern.test(word))?.[1];
    if (unit === undefined) return undefined;
    parts.push(`${count}${unit}`);
  }
  return parts.join(' ');
}
