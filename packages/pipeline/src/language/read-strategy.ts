/** Looping strategies of stages, step groups and steps: matrix, repeat, parallelism (pipelines.md §1.6). */
import type { Value } from '../expressions/values.ts';
import type { Findings, Place } from './diagnostics.ts';
import { checkLoopSize } from './loop-size.ts';
import type { Strategy } from './model.ts';
import type { LateNumber, Loop } from './node-parts.ts';
import { awaitsInput, capitalised, isLateNode, readMap, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { readCount, toSpelledValue } from './read-numbers.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

const LOOPS = ['matrix', 'repeat', 'parallelism'] as const;
const MATRIX_SETTINGS = ['exclude', 'maxConcurrency', 'nodeName'];
export const REPEAT_KEYS = [
  'times',
  'items',
  'partitionSize',
  'unit',
  'start',
  'end',
  'nodeName',
  'maxConcurrency',
] as const;
export const UNITS = ['Count', 'Percentage'] as const;
export const ON_FAILURE = ['RunAll', 'SkipQueued'] as const;

/** `what` as in `the step build`. `undefined` = no strategy, asked for, or wrong (reported). */
export function readStrategy(map: MapNode, what: string, findings: Findings): Strategy | undefined {
  const strategy = readMap(map, 'strategy', what, findings);
  if (strategy === undefined) return undefined;
  const name = `the strategy of ${what}`;
  warnUnknownKeys(strategy, [...LOOPS, 'maxConcurrency', 'when', 'onFailure'], name, findings);
  const { path, range } = strategy;
  const keyRange = map.entries.get('strategy')?.keyRange ?? range;
  const place = { path, range: { start: keyRange.start, end: range.end } };
  const kinds = LOOPS.filter((kind) => !isEmpty(find(strategy, kind)));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const found = kind === undefined ? 'none of them' : kinds.join(' and ');
    findings.add(
      kind === undefined ? 'FIELD_MISSING' : 'FIELD_VALUE',
      'run',
      place,
      `${capitalised(name)} takes exactly one of ${LOOPS.join(', ')}; it has ${found}.`,
    );
    return undefined;
  }
  const onFailure = readWord(strategy, 'onFailure', ON_FAILURE, name, findings) ?? 'RunAll';
  const condition = readCondition(strategy, name, findings);
  const maxConcurrency = readMaxConcurrency(strategy, kind, name, findings);
  const loop = readLoop(strategy, kind, name, findings);
  if (loop === undefined) return undefined;
  checkLoopSize(loop, place, name, findings);
  return {
    loop,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(condition === undefined ? {} : { condition }),
    onFailure,
    ...place,
  };
}

/** Written inside the loop or beside it; inside wins. */
function readMaxConcurrency(
  strategy: MapNode,
  kind: (typeof LOOPS)[number],
  name: string,
  findings: Findings,
): LateNumber | undefined {
  const inside = find(find(strategy, kind), 'maxConcurrency');
  const beside = find(strategy, 'maxConcurrency');
  if (beside !== undefined && !isEmpty(inside) && !isEmpty(beside)) {
    findings.add(
      'CONSTRUCT_IGNORED',
      'nothing',
      beside,
      `This maxConcurrency of ${name} has no effect: the one inside ${kind} wins.`,
      'Remove one of the two.',
    );
  }
  return readCount(isEmpty(inside) ? beside : inside, 1, `the field maxConcurrency of ${name}`, findings);
}

/** The text itself, or a map with `condition`. */
function readCondition(strategy: MapNode, name: string, findings: Findings): string | undefined {
  const when = find(strategy, 'when');
  if (when === undefined || isEmpty(when) || awaitsInput(when)) return undefined;
  if (when.kind === 'map') warnUnknownKeys(when, ['condition'], `when of ${name}`, findings);
  const text =
    when.kind === 'map'
      ? readText(when, 'condition', `when of ${name}`, findings)
      : readText(strategy, 'when', name, findings);
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function readLoop(strategy: MapNode, kind: (typeof LOOPS)[number], name: string, findings: Findings): Loop | undefined {
  switch (kind) {
    case 'parallelism': {
      const times = readCount(find(strategy, kind), 1, `the field parallelism of ${name}`, findings);
      return times === undefined ? undefined : { kind: 'times', times };
    }
    case 'matrix': {
      const matrix = readMap(strategy, kind, name, findings);
      return matrix === undefined ? undefined : readMatrix(matrix, name, findings);
    }
    case 'repeat': {
      const repeat = readMap(strategy, kind, name, findings);
      return repeat === undefined ? undefined : readRepeat(repeat, name, findings);
    }
  }
}

function readMatrix(matrix: MapNode, name: string, findings: Findings): Loop | undefined {
  const entries = [...matrix.entries.values()].filter(({ key }) => !MATRIX_SETTINGS.includes(key));
  if (entries.length === 0) {
    findings.add(
      'FIELD_MISSING',
      'run',
      matrix,
      `The matrix of ${name} has no axis.`,
      'Add one, such as os: [linux, mac].',
    );
    return undefined;
  }
  const axes = entries.map(({ key, value }) => ({
    name: key,
    values: readValues(value, `the axis ${key} of ${name}`, findings),
  }));
  const exclude = readExclude(
    matrix,
    entries.map(({ key }) => key),
    name,
    findings,
  );
  const nodeName = readText(matrix, 'nodeName', name, findings);
  const read = axes.flatMap(({ name: axis, values }) => (values === undefined ? [] : [{ name: axis, values }]));
  if (read.length < axes.length) return undefined;
  return { kind: 'matrix', axes: read, exclude, ...labelOf(nodeName) };
}

/**
 * A list, the text of an expression that gives one, or texts joined by commas, as an input with several choices gives them;
 * `undefined` = asked for, or wrong (reported).
 */
function readValues(node: YamlNode, what: string, findings: Findings): Value | undefined {
  if (awaitsInput(node)) return undefined;
  if (isEmpty(node)) {
    findings.add('STRATEGY_EMPTY', 'run', node, `${capitalised(what)} has no values: nothing would run.`);
    return undefined;
  }
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'map') {
    reportKind(node, what, 'a list or an expression that gives one', findings);
    return undefined;
  }
  const nested = node.items.find((item) => item.kind === 'list');
  if (nested !== undefined) reportKind(nested, `a value of ${what}`, 'text or a map', findings);
  return nested === undefined ? node.items.map(toSpelledValue) : undefined;
}

function readExclude(matrix: MapNode, axes: readonly string[], name: string, findings: Findings): Value {
  const node = find(matrix, 'exclude');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (isLateNode(node)) return toSpelledValue(node);
  if (node.kind !== 'list') {
    reportKind(node, `the field exclude of ${name}`, 'a list of maps', findings);
    return [];
  }
  const maps = node.items.filter((item) => item.kind === 'map');
  const other = node.items.find((item) => item.kind !== 'map');
  if (other !== undefined) reportKind(other, `an item of exclude of ${name}`, 'a map', findings);
  for (const { key, keyRange, value } of maps.flatMap((item) => [...item.entries.values()])) {
    if (axes.includes(key)) continue;
    findings.add(
      'STRATEGY_EXCLUDE_UNKNOWN',
      'nothing',
      { path: value.path, range: keyRange },
      `The matrix has no axis ${key}: this item of exclude of ${name} excludes nothing.`,
      didYouMean(key, axes),
    );
  }
  return maps.map(toSpelledValue);
}

function readRepeat(repeat: MapNode, name: string, findings: Findings): Loop | undefined {
  warnUnknownKeys(repeat, REPEAT_KEYS, `repeat of ${name}`, findings);
  const hasTimes = !isEmpty(find(repeat, 'times'));
  const items = find(repeat, 'items');
  if (hasTimes === (items !== undefined)) {
    findings.add(
      hasTimes ? 'FIELD_VALUE' : 'FIELD_MISSING',
      'run',
      repeat,
      `Repeat of ${name} takes exactly one of times and items; it has ${hasTimes ? 'both' : 'none of them'}.`,
    );
    return undefined;
  }
  const label = labelOf(readText(repeat, 'nodeName', name, findings));
  if (items === undefined) {
    warnUnused(repeat, name, findings);
    const times = readCount(find(repeat, 'times'), 1, `the field times of ${name}`, findings);
    return times === undefined ? undefined : { kind: 'times', times, ...label };
  }
  const values = readValues(items, `the field items of ${name}`, findings);
  const count = (key: string, min: number): LateNumber | undefined =>
    readCount(find(repeat, key), min, `the field ${key} of ${name}`, findings);
  const start = count('start', 0);
  const end = count('end', 0);
  const partitionSize = count('partitionSize', 1);
  const unit = readWord(repeat, 'unit', UNITS, name, findings) ?? 'Count';
  if (values === undefined) return undefined;
  return {
    kind: 'items',
    items: values,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(partitionSize === undefined ? {} : { partitionSize }),
    unit,
    ...label,
  };
}

function warnUnused(repeat: MapNode, name: string, findings: Findings): void {
  for (const key of ['partitionSize', 'unit', 'start', 'end']) {
    const node = find(repeat, key);
    if (node === undefined || isEmpty(node)) continue;
    const message = `The field ${key} of ${name} has no effect: it belongs to items, and times has none.`;
    findings.add('CONSTRUCT_IGNORED', 'nothing', node, message);
  }
}

function labelOf(nodeName: string | undefined): { readonly nodeName?: string } {
  return nodeName === undefined || nodeName === '' ? {} : { nodeName };
}

function readWord<Word extends string>(
  map: MapNode,
  key: string,
  words: readonly Word[],
  name: string,
  findings: Findings,
): Word | undefined {
  const written = readText(map, key, name, findings);
  const node = find(map, key);
  if (written === undefined || written === '' || node === undefined || awaitsInput(node)) return undefined;
  const word = words.find((known) => known === written);
  if (word === undefined) {
    const message = `The field ${key} of ${name} is "${written}"; it takes ${words.join(' or ')}.`;
    findings.add('FIELD_VALUE', 'run', node, message, didYouMean(written, words));
  }
  return word;
}

/** Where a strategy may stand by the type of its node. */
export function checkStrategyPlace(type: string, place: Place, what: string, findings: Findings): void {
  if (type === 'Background') {
    findings.add(
      'STRATEGY_MISPLACED',
      'run',
      place,
      `Background steps cannot loop: ${what} runs beside its stage once.`,
    );
  }
  if (type === 'Pipeline') {
    const message = `Harness does not loop stages of type Pipeline (${what}); Bridle starts one execution per instance.`;
    findings.add('STRATEGY_UNUSUAL_HERE', 'nothing', place, message);
  }
}
