/**
 * How items of a list are found again (pipelines.md §2.4): stages, steps and groups by their identifier wherever parallel
 * groups put them, other objects by `identifier`, `name` or `key`. Lists without such keys are matched by position.
 */
import { find, findText, type ListNode, type YamlNode } from './yaml-node.ts';

export interface KeyedItem {
  /** `undefined` when the item has nothing to be found by. */
  readonly key: string | undefined;
  readonly node: YamlNode;
}

/** The items with parallel groups taken apart. */
export function listKeyedItems(list: ListNode): readonly KeyedItem[] {
  return list.items.flatMap((item) => {
    const parallel = item.kind === 'map' && item.entries.size === 1 ? find(item, 'parallel') : undefined;
    return parallel?.kind === 'list' ? listKeyedItems(parallel) : [{ key: keyOf(item), node: item }];
  });
}

/** Items by key, or `undefined` when an item has no key or two share one: then position decides. */
export function indexItems(list: ListNode): ReadonlyMap<string, YamlNode> | undefined {
  const items = listKeyedItems(list);
  const index = new Map<string, YamlNode>();
  for (const { key, node } of items) {
    if (key === undefined || index.has(key)) return undefined;
    index.set(key, node);
  }
  return index;
}

function keyOf(item: YamlNode): string | undefined {
  if (item.kind !== 'map') return undefined;
  const [only] = item.entries.values();
  if (item.entries.size === 1 && only?.value.kind === 'map') {
    const identifier = findText(only.value, 'identifier');
    if (identifier !== undefined) return `${only.key} ${identifier}`;
  }
  const locator = locatorOf(item);
  return locator === undefined ? undefined : `${locator} ${String(findText(item, locator))}`;
}

/** The key by which an object of a list is found. */
export function locatorOf(item: YamlNode): 'identifier' | 'name' | 'key' | undefined {
  return (['identifier', 'name', 'key'] as const).find((key) => findText(item, key) !== undefined);
}
