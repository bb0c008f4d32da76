/** How many instances a loop makes, as far as that is known before the run. */
import type { Value } from '../expressions/values.ts';
import type { Findings, Place } from './diagnostics.ts';
import { STRATEGY_INSTANCES_MAX, type LateNumber, type Loop } from './node-parts.ts';
import { capitalised } from './read-fields.ts';

/** Harness refuses more instances of one loop. */
const HARNESS_INSTANCES_MAX = 256;
/** Larger products are not searched for excluded combinations: they count whole. */
const COMBINATIONS_SEARCHED_MAX = 16 * STRATEGY_INSTANCES_MAX;

/** `name` as in `the strategy of the step build`. */
export function checkLoopSize(loop: Loop, place: Place, name: string, findings: Findings): void {
  const size = loopSize(loop);
  if (size === undefined) return;
  if (size === 0) {
    findings.add('STRATEGY_EMPTY', 'run', place, `${capitalised(name)} makes no instance: nothing would run.`);
  } else if (size > STRATEGY_INSTANCES_MAX) {
    findings.add(
      'STRATEGY_TOO_LARGE',
      'run',
      place,
      `${capitalised(name)} makes ${String(size)} instances; ${String(STRATEGY_INSTANCES_MAX)} are the limit.`,
      'Split it, or let one instance do more: repeat has partitionSize.',
    );
  } else if (size > HARNESS_INSTANCES_MAX) {
    findings.add(
      'STRATEGY_LARGE',
      'nothing',
      place,
      `Harness refuses more than ${String(HARNESS_INSTANCES_MAX)} instances, and ${name} makes ${String(size)}; Bridle runs them.`,
    );
  }
}

/** `undefined` = an expression decides. */
export function loopSize(loop: Loop): number | undefined {
  switch (loop.kind) {
    case 'times':
      return fixed(loop.times);
    case 'items':
      return itemsSize(loop);
    case 'matrix':
      return matrixSize(loop);
  }
}

function itemsSize({ items, start, end, partitionSize, unit }: Extract<Loop, { kind: 'items' }>): number | undefined {
  const list = listOf(items);
  if (list === undefined) return undefined;
  const from = start === undefined ? 0 : fixed(start);
  const to = end === undefined ? list.length : fixed(end);
  const size = partitionSize === undefined ? 1 : fixed(partitionSize);
  if (from === undefined || to === undefined || size === undefined) return undefined;
  const count = Math.max(0, Math.min(to, list.length) - from);
  const chunk = unit === 'Percentage' && partitionSize !== undefined ? Math.ceil((count * size) / 100) : size;
  return count === 0 ? 0 : Math.ceil(count / chunk);
}

function matrixSize({ axes, exclude }: Extract<Loop, { kind: 'matrix' }>): number | undefined {
  const lists: { readonly name: string; readonly values: readonly Value[] }[] = [];
  for (const { name, values } of axes) {
    const list = listOf(values);
    if (list === undefined) return undefined;
    lists.push({ name, values: list });
  }
  const product = lists.reduce((total, { values }) => total * values.length, 1);
  const excluded = asMaps(exclude);
  if (excluded === undefined || holdsExpressions(exclude) || lists.some(({ values }) => holdsExpressions(values))) {
    // What is excluded is not known: only the product is, and as a bound only where nothing is left out.
    return Array.isArray(exclude) && exclude.length === 0 ? product : undefined;
  }
  if (excluded.length === 0 || product > COMBINATIONS_SEARCHED_MAX) return product;
  let size = 0;
  for (let index = 0; index < product; index++) {
    const combination = combinationAt(lists, index);
    if (!excluded.some((partial) => matches(partial, combination))) size++;
  }
  return size;
}

/** `undefined` = an expression, or a text that is read as JSON. Other texts are parts joined by commas. */
function listOf(values: Value): readonly Value[] | undefined {
  if (Array.isArray(values)) return values as readonly Value[];
  if (typeof values !== 'string' || values.includes('<+') || values.startsWith('[')) return undefined;
  return values.split(',').map((part) => part.trim());
}

/** The last axis runs fastest. */
function combinationAt(
  axes: readonly { readonly name: string; readonly values: readonly Value[] }[],
  index: number,
): ReadonlyMap<string, string> {
  const combination = new Map<string, string>();
  let rest = index;
  for (const { name, values } of axes.toReversed()) {
    combination.set(name, textOf(values[rest % values.length] ?? null));
    rest = Math.floor(rest / values.length);
  }
  return combination;
}

function matches(partial: ReadonlyMap<string, string>, combination: ReadonlyMap<string, string>): boolean {
  return partial.size > 0 && [...partial].every(([name, text]) => combination.get(name) === text);
}

function asMaps(exclude: Value): readonly ReadonlyMap<string, string>[] | undefined {
  if (!Array.isArray(exclude)) return undefined;
  return (exclude as readonly Value[]).flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? [new Map(Object.entries(item).map(([key, value]): [string, string] => [key, textOf(value as Value)]))]
      : [],
  );
}

/** Values are equal when people would write them alike: the number 1 and the text "1" are. */
function textOf(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function holdsExpressions(value: Value): boolean {
  return JSON.stringify(value).includes('<+');
}

function fixed(number: LateNumber): number | undefined {
  return typeof number === 'number' ? number : undefined;
}
