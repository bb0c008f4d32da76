/**
 * A value as it is written in a test against one of a run. Of maps only the keys that are written count; lists are compared
 * item by item. Scalars are the same when their texts are: outputs are texts wherever they come from.
 */
import { valueText } from '../engine/value-text.ts';
import { isMap } from '../engine/spec-members.ts';
import type { Value } from '../expressions/values.ts';
import { printInline } from '../language/print-yaml.ts';
import { keyPath, indexPath, type YamlNode } from '../language/yaml-node.ts';

export interface Difference {
  readonly node: YamlNode;
  /** From the value that was compared. */
  readonly path: string;
  /** Absent = there is none at that place. */
  readonly actual?: Value;
}

/** The first difference in the order of the text. */
export function compareWritten(node: YamlNode, actual: Value | undefined, path = ''): Difference | undefined {
  switch (node.kind) {
    case 'scalar':
      return isSameScalar(node, actual) ? undefined : difference(node, path, actual);
    case 'list': {
      const items = parsed(actual);
      if (!isList(items) || items.length !== node.items.length) return difference(node, path, actual);
      for (const [index, item] of node.items.entries()) {
        const found = compareWritten(item, items[index], indexPath(path, index));
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'map': {
      const map = parsed(actual);
      if (!isMap(map)) return difference(node, path, actual);
      for (const { key, value } of node.entries.values()) {
        const member = Object.hasOwn(map, key) ? map[key] : undefined;
        const found = compareWritten(value, member, keyPath(path, key));
        if (found !== undefined) return found;
      }
      return undefined;
    }
  }
}

/** Null is written for what is not there. */
function isSameScalar(node: Extract<YamlNode, { readonly kind: 'scalar' }>, actual: Value | undefined): boolean {
  if (node.value === null) return actual === undefined || actual === null;
  if (actual === undefined || actual === null) return false;
  return node.text === valueText(actual) || (typeof actual !== 'object' && node.value === actual);
}

/** An output variable with JSON in it may be written as what it holds. */
function parsed(actual: Value | undefined): Value | undefined {
  if (typeof actual !== 'string') return actual;
  try {
    return JSON.parse(actual) as Value;
  } catch {
    return undefined; // a text like any other
  }
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function difference(node: YamlNode, path: string, actual: Value | undefined): Difference {
  return { node, path, ...(actual === undefined ? {} : { actual }) };
}

/** As it is written, in one line. */
export function writtenText(node: YamlNode): string {
  return node.kind === 'scalar' ? (node.value === null ? 'nothing' : node.text) : printInline(node);
}
