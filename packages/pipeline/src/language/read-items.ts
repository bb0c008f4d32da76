/** The grammar of `stages` and step lists: each item is exactly one of a few wrappers, or a `parallel` list of such items. */
import type { Findings, Place } from './diagnostics.ts';
import { awaitsInput, capitalised } from './read-fields.ts';
import type { Parallel } from './model.ts';
import { didYouMean } from './suggest.ts';
import { describeKind, find, findText, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** Reads the map of one wrapper, such as the one under `step`. `place` begins at the wrapper's key: the line people know. */
export type ReadItem<Item> = (map: MapNode, place: Place) => Item;

/**
 * `wrappers` maps each allowed wrapper key to its reader. What is no list, no item or no map is reported and left out;
 * what was put into an `insert` point stands where the point is (pipelines.md §1.4).
 */
export function readItems<Item>(
  node: YamlNode | undefined,
  wrappers: Readonly<Record<string, ReadItem<Item>>>,
  what: string,
  findings: Findings,
): readonly (Item | Parallel<Item>)[] {
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      node,
      `${capitalised(what)} must be a list, but it is ${describeKind(node)}.`,
    );
    return [];
  }
  return node.items.flatMap((item) => readItem(item, wrappers, what, findings));
}

function readItem<Item>(
  item: YamlNode,
  wrappers: Readonly<Record<string, ReadItem<Item>>>,
  what: string,
  findings: Findings,
): readonly (Item | Parallel<Item>)[] {
  const known = [...Object.keys(wrappers), 'parallel', 'insert'];
  const expected = `An item of ${what} is one of ${known.join(', ')}`;
  const entries = item.kind === 'map' ? [...item.entries.values()] : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      item,
      `${expected}; this is ${entry === undefined ? describeKind(item) : 'more than one thing'}.`,
    );
    return [];
  }
  const { key, keyRange, value } = entry;
  const place = { path: value.path, range: { start: keyRange.start, end: value.range.end } };
  if (key === 'parallel') {
    const items = readItems(value, wrappers, `parallel in ${what}`, findings) as readonly Item[];
    if (items.length === 0 && hasNoItems(value))
      findings.add('FIELD_MISSING', 'run', place, `A parallel group of ${what} is empty.`);
    return [{ kind: 'parallel', items, ...place }];
  }
  if (key === 'insert') {
    const content = value.kind === 'map' ? contentOf(value) : value;
    const point = `the insertion point ${findText(value, 'identifier') ?? ''}`.trimEnd();
    return readItems(content, wrappers, `${point} of ${what}`, findings);
  }
  const read = Object.hasOwn(wrappers, key) ? wrappers[key] : undefined;
  if (read === undefined) {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      { path: value.path, range: keyRange },
      `${expected}; ${key} is none of them.`,
      didYouMean(key, known),
    );
    return [];
  }
  if (value.kind !== 'map') {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      place,
      `The ${key} in ${what} must be a map, but it is ${describeKind(value)}.`,
    );
    return [];
  }
  return [read(value, place)];
}

/** What was put into an insertion point. */
function contentOf(insert: YamlNode): YamlNode | undefined {
  return find(insert, 'steps') ?? find(insert, 'stages');
}

/** Nothing is in the list, or nothing but insertion points that nothing was put into. */
export function hasNoItems(node: YamlNode | undefined): boolean {
  if (node?.kind !== 'list') return isEmpty(node);
  return node.items.every((item) => {
    const insert = find(item, 'insert');
    return insert !== undefined && hasNoItems(contentOf(insert));
  });
}
