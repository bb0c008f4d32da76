/** Looking into payloads from outside: what is missing or of another kind is absent, never an error. */
import type { Value } from '../../expressions/values.ts';

/** Characters of a commit message or of a pull request's body that are kept; the payload has all of it. */
export const GIT_TEXT_LENGTH_MAX = 20_000;

/** Fields without value are left out, so that absent is absent. */
export type Known<Fields> = { readonly [Name in keyof Fields]?: NonNullable<Fields[Name]> };

export type Payload = Readonly<Record<string, Value>>;

export function isPayload(value: Value | undefined): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value below these keys and indices. */
export function valueAt(payload: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let value: Value | undefined = payload;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string | number, Value>>)[key];
  }
  return value;
}

/** A text or a number as text; the empty text counts as none. */
export function textAt(payload: Value | undefined, ...path: readonly (string | number)[]): string | undefined {
  const value = valueAt(payload, ...path);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listAt(payload: Value | undefined, ...path: readonly (string | number)[]): readonly Value[] {
  const value = valueAt(payload, ...path);
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** A commit's sha; that of nothing (all zeros) is none. */
export function shaAt(payload: Value | undefined, ...path: readonly (string | number)[]): string | undefined {
  const sha = textAt(payload, ...path);
  return sha === undefined || /^0+$/.test(sha) ? undefined : sha;
}

/** A text that people write, not longer than what is kept. */
export function longTextAt(payload: Value | undefined, ...path: readonly (string | number)[]): string | undefined {
  return textAt(payload, ...path)?.slice(0, GIT_TEXT_LENGTH_MAX);
}

export function known<Fields extends Readonly<Record<string, unknown>>>(fields: Fields): Known<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<Fields>;
}

/** `refs/heads/main` → the branch main. */
export function readRef(
  ref: string | undefined,
): { readonly kind: 'branch' | 'tag'; readonly name: string } | undefined {
  for (const [prefix, kind] of [
    ['refs/heads/', 'branch'],
    ['refs/tags/', 'tag'],
  ] as const) {
    if (ref?.startsWith(prefix) === true && ref.length > prefix.length) return { kind, name: ref.slice(prefix.length) };
  }
  return undefined;
}
