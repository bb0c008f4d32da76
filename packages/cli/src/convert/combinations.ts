/** Matrices whose combinations do not follow from axes alone: they are written out, as one axis of maps. */
import type { Yaml, YamlMap } from './yaml-value.ts';

export type Combination = Readonly<Record<string, Yaml>>;

/** What is more is refused by Harness. */
export const COMBINATIONS_MAX = 256;

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
  return !excluded.some((partial) => Object.entries(partial).every(([name, value]) => isSame(combination[name], value)));
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

function isSame(left: Yaml | undefined, right: Yaml | undefined): boolean {
  if (left !== null && typeof left === 'object') return JSON.stringify(left) === JSON.stringify(right);
  return String(left) === String(right);
}
