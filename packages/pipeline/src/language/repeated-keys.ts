/** Keys that occur twice, found in one walk: the YAML library compares each key with all before it, which takes minutes for a large map. */
import { isScalar, visit, type Document } from 'yaml';

/** Of a document that was read with `uniqueKeys: false`. */
export function hasRepeatedKey(document: Document): boolean {
  let isRepeated = false;
  visit(document, {
    Map: (_, { items }) => {
      const keys = items.map(({ key }) => (isScalar(key) ? key.value : key));
      isRepeated = new Set(keys).size < keys.length;
      return isRepeated ? visit.BREAK : undefined;
    },
  });
  return isRepeated;
}
