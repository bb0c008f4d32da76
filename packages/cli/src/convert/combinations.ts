/** Matrices whose combinations do not follow from axes alone: they are written out, as one axis of maps. */
import type { Yaml, YamlMap } from './yaml-value.ts';

export type Combination = Readonly<Record<string, Yaml>>;

/** What is more is refused by Harness. */
export const COMBINATIONS_MAX = 256;

/** What an axis can hold: texts and maps. Lists inside of it become text. */
export function toAxisValue(value: Yaml): Yaml {
  if (value === null) return '';
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

/** The product of the axes, the last one fastest. */
export function multiply(axes: Readonly<Record<string, readonly Yaml[]>>): readonly Combination[] {
  let combinations: readonly Combination[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    if (combinations.length * values.length > COMBINATIONS_MAX * 16) return [];
    combinations = combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value })));
  }
  return Object.keys(axes).length === 0 ? [] : combinations;
}

export function isWithout(combination: Combination, excluded: readonly Combination[]): boolean {
  return !excluded.some((partial) =>
    Object.entries(partial).every(([name, value]) => isSame(combination[name], value)),
  );
}

/**
 * GitHub's rule for `include`: an entry is added to every combination of the axes whose axis values it does not change, and
 * stands for itself where there is none. Values that other entries have added may be changed.
 */
export function includeAll(
  product: readonly Combination[],
  included: readonly Combination[],
  axes: readonly string[],
): readonly Combination[] {
  const combinations = product.map((combination) => ({ original: combination, now: { ...combination } }));
  const added: Combination[] = [];
  for (const entry of included) {
    const fitting = combinations.filter(({ original }) =>
      axes.every((axis) => entry[axis] === undefined || isSame(original[axis], entry[axis])),
    );
    for (const combination of fitting) Object.assign(combination.now, entry);
    if (fitting.length === 0) added.push(entry);
  }
  return [...combinations.map(({ now }) => now), ...added];
}

/** Every combination has every name: a missing one would be an error where it is asked for. */
export function toRows(combinations: readonly Combination[]): readonly YamlMap[] {
  const names = [...new Set(combinations.flatMap((combination) => Object.keys(combination)))];
  return combinations.map((combination) => Object.fromEntries(names.map((name) => [name, combination[name] ?? ''])));
}

/** Numbers and texts that look alike are the same, as in the source. */
function spell(value: Yaml | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function isSame(left: Yaml | undefined, right: Yaml | undefined): boolean {
  return spell(left) === spell(right);
}

/** Each axis has values, and there is one. */
export function isUsable(axes: YamlMap): boolean {
  const lists = Object.entries(axes).filter(([name]) => name !== 'exclude');
  return (
    lists.length > 0 &&
    lists.every(([name, values]) => Array.isArray(values) && values.length > 0 && !SETTINGS.includes(name))
  );
}

/** Axes of these names would be read as settings of the matrix. */
const SETTINGS: readonly string[] = ['maxConcurrency', 'nodeName', 'exclude'];
