/** Names that mean nothing in any value: they are how code is reached from data in other languages (S10). */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor', 'getClass']);

export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}
