/** The names of functors and methods, for people who mistook one and for completion. */
import { LIST_METHODS, MAP_METHODS } from './collections.ts';
import { FUNCTOR_KEYS } from './functors.ts';
import { BOOLEAN_METHODS, NUMBER_METHODS } from './scalars.ts';
import { STRING_METHODS } from './strings.ts';

/** `json` → `select`, `list`, … */
export const FUNCTORS_BY_NAME: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(FUNCTOR_KEYS, ownerOf)].map(([owner, keys]) => [
    owner,
    keys.map((key) => key.slice(owner.length + 1)),
  ]),
);

export const METHOD_NAMES: readonly string[] = [
  ...new Set(
    [STRING_METHODS, NUMBER_METHODS, BOOLEAN_METHODS, LIST_METHODS, MAP_METHODS].flatMap((table) => [...table.keys()]),
  ),
];

function ownerOf(key: string): string {
  return key.slice(0, key.indexOf('.'));
}
