/** Specs of artifacts, manifests and infrastructures: texts keep their spelling (`tag: 1.10` is the text `1.10`). */
import type { Value } from '../../expressions/values.ts';
import type { MapNode, YamlNode } from '../yaml-node.ts';

export type SpecMap = Readonly<Record<string, Value>>;

export function toSpecMap(map: MapNode | undefined, without: readonly string[] = []): SpecMap {
  const entries = [...(map?.entries.values() ?? [])].filter(({ key }) => !without.includes(key));
  return Object.fromEntries(entries.map(({ key, value }) => [key, toSpecValue(value)]));
}

function toSpecValue(node: YamlNode): Value {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' ? node.text : node.value;
    case 'list':
      return node.items.map(toSpecValue);
    case 'map':
      return toSpecMap(node);
  }
}
