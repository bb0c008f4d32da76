/** `Prefer: wait=SECONDS, return=representation` (RFC 7240): waiting for an execution without polling. */

/** A longer wait counts as this one. */
export const WAIT_SECONDS_MAX = 300;

export interface Preferences {
  /** Absent = answer at once. */
  readonly waitSeconds?: number;
  readonly wantsRepresentation: boolean;
}

/** Unknown or malformed preferences are ignored, as the RFC asks. */
export function parsePrefer(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  let waitSeconds: number | undefined;
  let wantsRepresentation = false;
  for (const preference of text.split(',')) {
    const [name = '', value = ''] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    const plain = value.replace(/^"(.*)"$/, '$1');
    // The first of a repeated preference counts.
    if (name.toLowerCase() === 'wait' && /^\d{1,9}$/.test(plain))
      waitSeconds ??= Math.min(Number(plain), WAIT_SECONDS_MAX);
    if (name.toLowerCase() === 'return' && plain.toLowerCase() === 'representation') wantsRepresentation = true;
  }
  return { ...(waitSeconds === undefined ? {} : { waitSeconds }), wantsRepresentation };
}

/** The value of `Preference-Applied`, or undefined when nothing was applied. */
export function preferenceApplied(applied: Preferences): string | undefined {
  const parts = [
    ...(applied.waitSeconds === undefined ? [] : [`wait=${String(applied.waitSeconds)}`]),
    ...(applied.wantsRepresentation ? ['return=representation'] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
