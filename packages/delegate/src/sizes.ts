/** Sizes as operators write them. */

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `512M`, `4G`, `4GiB`, or bytes; `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const value = Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}
