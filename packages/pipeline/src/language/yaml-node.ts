/**
 * The YAML of a document as an immutable tree with places: what every reader of the language works on. Aliases and merge
 * keys are already expanded, so each node has one path of its own.
 */
import type { Value } from '../expressions/values.ts';
import type { Place, SourceRange } from './diagnostics.ts';

export type YamlNode = ScalarNode | MapNode | ListNode;

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  /** The value by YAML 1.2's core rules. */
  readonly value: null | boolean | number | string;
  /** The text as written (`1.10` stays `1.10`), without quotes; empty for null. */
  readonly text: string;
  readonly style: 'plain' | 'quoted' | 'block';
}

export interface MapNode extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  /** Of a map that was a template link: the keys that the link itself says. The others are the template's. */
  readonly linkKeys?: ReadonlySet<string>;
}

export interface MapEntry {
  readonly key: string;
  readonly keyRange: SourceRange;
  readonly value: YamlNode;
}

export interface ListNode extends Place {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The path of a map's entry. Keys that could be mistaken for more than one step are quoted, so that paths are unique. */
export function keyPath(path: string, key: string): string {
  const step = PLAIN_KEY.test(key) ? key : `[${JSON.stringify(key)}]`;
  if (path === '') return step;
  return step.startsWith('[') ? path + step : `${path}.${step}`;
}

export function indexPath(path: string, index: number): string {
  return `${path}[${String(index)}]`;
}

/** The same subtree at another path, and at another place when one is given. */
export function relocate(node: YamlNode, path: string, range: SourceRange = node.range): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return { ...node, path, range };
    case 'list':
      return {
        ...node,
        path,
        range,
        items: node.items.map((item, index) => relocate(item, indexPath(path, index), placeOf(item, node, range))),
      };
    case 'map': {
      const entries = [...node.entries].map(([key, entry]): [string, MapEntry] => {
        const value = relocate(entry.value, keyPath(path, key), placeOf(entry.value, node, range));
        return [key, { key, keyRange: range === node.range ? entry.keyRange : range, value }];
      });
      return { ...node, path, range, entries: new Map(entries) };
    }
  }
}

/** What is below a node that goes to another place goes there too. */
function placeOf(child: YamlNode, parent: YamlNode, range: SourceRange): SourceRange {
  return range === parent.range ? child.range : range;
}

/** The tree with the subtrees at these paths replaced; the new ones are put there as they are. */
export function replaceAt(node: YamlNode, values: ReadonlyMap<string, YamlNode>): YamlNode {
  const value = values.get(node.path);
  if (value !== undefined) return value;
  switch (node.kind) {
    case 'scalar':
      return node;
    case 'list':
      return { ...node, items: node.items.map((item) => replaceAt(item, values)) };
    case 'map':
      return mapEntries(node, (entry) => replaceAt(entry, values));
  }
}

/** A map with the value of each entry made anew. */
export function mapEntries(map: MapNode, change: (value: YamlNode, key: string) => YamlNode): MapNode {
  const entries = [...map.entries].map(([key, entry]): [string, MapEntry] => [
    key,
    { ...entry, value: change(entry.value, key) },
  ]);
  return { ...map, entries: new Map(entries) };
}

export function find(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The text of a scalar entry, or `undefined` when there is none. */
export function findText(node: YamlNode | undefined, key: string): string | undefined {
  const found = find(node, key);
  return found?.kind === 'scalar' && found.value !== null ? found.text : undefined;
}

/** Nothing was written: absent, null, an empty text, an empty list or map. */
export function isEmpty(node: YamlNode | undefined): boolean {
  if (node === undefined) return true;
  switch (node.kind) {
    case 'scalar':
      return node.text === '';
    case 'map':
      return node.entries.size === 0;
    case 'list':
      return node.items.length === 0;
  }
}

export function toValue(node: YamlNode | undefined): Value {
  if (node === undefined) return null;
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'map':
      return toRecord(node);
    case 'list':
      return node.items.map(toValue);
  }
}

function toRecord(node: MapNode): { readonly [key: string]: Value } {
  return Object.fromEntries([...node.entries.values()].map(({ key, value }) => [key, toValue(value)]));
}

/** Scalars as the text they were written as: for places where Harness knows only text (tags, environment values). */
export function toTextValue(node: YamlNode): Value {
  return node.kind === 'scalar' ? node.text : toValue(node);
}

/** `text`, `a list` … for messages. */
export function describeKind(node: YamlNode): string {
  switch (node.kind) {
    case 'map':
      return 'a map';
    case 'list':
      return 'a list';
    case 'scalar':
      if (node.value === null) return 'empty';
      return typeof node.value === 'string' ? 'text' : `the ${typeof node.value} ${node.text}`;
  }
}

/** Visits a node and everything below it, in the order of the text. */
export function walk(node: YamlNode, visit: (node: YamlNode) => void): void {
  visit(node);
  if (node.kind === 'list') for (const item of node.items) walk(item, visit);
  if (node.kind === 'map') for (const { value } of node.entries.values()) walk(value, visit);
}
