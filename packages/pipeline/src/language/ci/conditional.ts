/** Flags that may be expressions: they are judged when the run gets there. */
import type { Findings, Place } from '../diagnostics.ts';
import { awaitsInput, isLateNode, reportKind } from '../read-fields.ts';
import { find, isEmpty, type MapNode } from '../yaml-node.ts';

/** Something that happens always, or when the expression holds. */
export interface Conditional extends Place {
  readonly condition?: string;
}

/** `undefined` = `false`, absent, or asked for and not supplied yet. */
export function readConditional(map: MapNode, key: string, what: string, findings: Findings): Conditional | undefined {
  const node = find(map, key);
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return undefined;
  const { path, range } = node;
  if (node.kind === 'scalar' && isLateNode(node)) return { condition: node.text.trim(), path, range };
  if (node.kind !== 'scalar' || (node.text !== 'true' && node.text !== 'false')) {
    reportKind(node, `the field ${key} of ${what}`, 'true or false', findings);
    return undefined;
  }
  return node.text === 'true' ? { path, range } : undefined;
}
