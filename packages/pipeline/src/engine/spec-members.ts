/** Reading resolved specs, whose shape their schema promises and whose leaves may have become anything. */
import type { Value } from '../expressions/values.ts';
import { valueText } from './value-text.ts';

export type ValueMap = { readonly [key: string]: Value };

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(value: Value, key: string): Value {
  return isMap(value) && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}

/** Empty when there is none. */
export function memberText(value: Value, key: string): string {
  return valueText(member(value, key));
}

export function memberList(value: Value, key: string): readonly Value[] {
  const found = member(value, key);
  if (Array.isArray(found)) return found as readonly Value[];
  return found === null || found === '' ? [] : [found];
}

/** Lists in lists are one list: an expression in a list may give a whole one. */
export function memberTexts(value: Value, key: string): readonly string[] {
  return (memberList(value, key).flat() as readonly Value[]).map(valueText).filter((text) => text !== '');
}

export function memberFlag(value: Value, key: string): boolean {
  return memberText(value, key) === 'true';
}
