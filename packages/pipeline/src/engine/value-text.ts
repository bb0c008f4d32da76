import type { Value } from '../expressions/values.ts';

/** A value where a text is needed: nothing for null, JSON for lists and maps. */
export function valueText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
