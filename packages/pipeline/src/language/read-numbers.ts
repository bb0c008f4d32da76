/** Counts that may be expressions, and scalars that keep their spelling. */
import type { Value } from '../expressions/values.ts';
import type { Findings } from './diagnostics.ts';
import type { LateNumber } from './node-parts.ts';
import { awaitsInput, capitalised, isLate, reportKind } from './read-fields.ts';
import type { YamlNode } from './yaml-node.ts';

/** A whole number of at least `min`, or expression text; `undefined` = absent, null, asked for, or wrong (reported). */
export function readCount(
  node: YamlNode | undefined,
  min: number,
  what: string,
  findings: Findings,
): LateNumber | undefined {
  if (node === undefined || awaitsInput(node)) return undefined;
  if (node.kind !== 'scalar') {
    reportKind(node, what, 'a number', findings);
    return undefined;
  }
  if (node.text.trim() === '') return undefined;
  if (isLate(node.text)) return node.text;
  const count = Number(node.text);
  if (Number.isSafeInteger(count) && count >= min) return count;
  findings.add(
    'FIELD_VALUE',
    'run',
    node,
    `${capitalised(what)} is "${node.text}"; it takes a whole number of at least ${String(min)}.`,
  );
  return undefined;
}

/** Scalars with their type where that loses nothing of what was written: `3` is a number, `3.10` and `007` stay texts. */
export function toSpelledValue(node: YamlNode): Value {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' && String(node.value) !== node.text ? node.text : node.value;
    case 'list':
      return node.items.map(toSpelledValue);
    case 'map':
      return Object.fromEntries([...node.entries.values()].map(({ key, value }) => [key, toSpelledValue(value)]));
  }
}
