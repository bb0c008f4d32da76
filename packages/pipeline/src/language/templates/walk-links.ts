/** Where the language has stages, step groups and steps: the places where a template link may stand. */
import { find, mapEntries, type MapNode, type YamlNode } from '../yaml-node.ts';
import { isLink, type LinkKind } from './template-link.ts';

/** What becomes of a map that is a link. */
export type Follow = (link: MapNode, kind: LinkKind) => MapNode;

/**
 * The tree with each link changed; what `follow` gives is not walked again. Only these places are: a tree of inputs for
 * another pipeline looks alike and is left alone.
 */
export function changeLinks(map: MapNode, kind: LinkKind, follow: Follow): MapNode {
  if (isLink(map)) return follow(map, kind);
  const items = (node: YamlNode): YamlNode => changeItemLinks(node, follow);
  switch (kind) {
    case 'step':
      return map;
    case 'pipeline':
      return changeAt(map, ['stages'], items);
    case 'stepGroup':
      return changeSteps(map, [], items);
    case 'stage':
      return STEP_HOLDERS.reduce((stage, path) => changeSteps(stage, path, items), map);
  }
}

/** The same for a list of stages or steps. */
export function changeItemLinks(node: YamlNode, follow: Follow): YamlNode {
  if (node.kind !== 'list') return node;
  const items = node.items.map((item) =>
    item.kind === 'map' ? mapEntries(item, (value, key) => changeItem(value, key, follow)) : item,
  );
  return { ...node, items };
}

function changeItem(value: YamlNode, key: string, follow: Follow): YamlNode {
  if (key === 'parallel') return changeItemLinks(value, follow);
  if (key === 'insert' && value.kind === 'map')
    return mapEntries(value, (inner, name) => (isContent(name) ? changeItemLinks(inner, follow) : inner));
  if ((key === 'stage' || key === 'stepGroup' || key === 'step') && value.kind === 'map')
    return changeLinks(value, key, follow);
  return value;
}

/** What is put into an insertion point. */
function isContent(key: string): boolean {
  return key === 'steps' || key === 'stages';
}

/** Where a stage has steps, as paths to the map that has `steps` and `rollbackSteps`. */
const STEP_HOLDERS: readonly (readonly string[])[] = [
  ['spec', 'execution'],
  ['spec', 'environment', 'provisioner'],
  ['spec', 'infrastructure', 'infrastructureDefinition', 'provisioner'],
];

function changeSteps(map: MapNode, path: readonly string[], change: (node: YamlNode) => YamlNode): MapNode {
  return changeAt(changeAt(map, [...path, 'steps'], change), [...path, 'rollbackSteps'], change);
}

/** The map with the node at this path of keys changed, if there is one. */
function changeAt(map: MapNode, [first, ...rest]: readonly string[], change: (node: YamlNode) => YamlNode): MapNode {
  const value = first === undefined ? undefined : find(map, first);
  if (value === undefined) return map;
  const changed = rest.length === 0 ? change(value) : value.kind === 'map' ? changeAt(value, rest, change) : value;
  return changed === value ? map : mapEntries(map, (other) => (other === value ? changed : other));
}
