/** `strategy` of a job. */
import {
  COMBINATIONS_MAX,
  includeAll,
  isUsable,
  isWithout,
  multiply,
  toAxisValue,
  toRows,
  type Combination,
} from '../combinations.ts';
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../source.ts';
import { flagOf, itemsOf, mapOf, textOf, valueOf } from '../source-nodes.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';

export interface ReadMatrix {
  readonly strategy?: YamlMap;
  readonly matrix?: 'axes' | 'combinations';
  readonly notes: readonly string[];
  /** How many combinations there are; 0 = not known before the run. */
  readonly turns: number;
  /** The values of an axis, for what is decided by them. */
  readonly axes: Readonly<Record<string, readonly Yaml[]>>;
}

const NONE: ReadMatrix = { notes: [], axes: {}, turns: 0 };

export function readMatrix(job: SourceMap, ledger: Ledger): ReadMatrix {
  const strategy = mapOf(ledger.take(job, 'strategy'));
  if (strategy === undefined) return NONE;
  const failFast = ledger.takeEntry(strategy, 'fail-fast');
  const most = ledger.takeEntry(strategy, 'max-parallel');
  const entry = ledger.takeEntry(strategy, 'matrix');
  if (entry === undefined) return NONE;
  const matrix = mapOf(entry.value);
  if (matrix === undefined || [...matrix.entries.values()].some(({ value }) => isLate(value)))
    return late(entry, ledger);
  const onFailure = failFast !== undefined && flagOf(failFast.value) === false ? 'RunAll' : 'SkipQueued';
  if (failFast !== undefined)
    ledger.converted(failFast, `fail-fast: ${textOf(failFast.value) ?? ''}`, `It is onFailure: ${onFailure}.`);
  if (onFailure === 'SkipQueued')
    ledger.emulated(
      entry,
      'fail-fast',
      'What runs already when a combination fails is not cancelled; what waits is skipped.',
    );
  const count = most === undefined ? undefined : Number(textOf(most.value));
  const maxConcurrency = count !== undefined && Number.isInteger(count) && count > 0 ? count : undefined;
  if (most !== undefined && maxConcurrency === undefined)
    ledger.manual(most, `max-parallel: ${textOf(most.value) ?? ''}`, 'It is no number: all run at once.');
  const read = readAxes(matrix, entry, ledger);
  if (!isUsable(read.axisMap)) {
    ledger.manual(entry, 'matrix', 'It has an axis without values, or none at all: the stage runs once.');
    return NONE;
  }
  return { ...read, strategy: { matrix: { ...read.axisMap, maxConcurrency }, onFailure } };
}

/** What a step of an earlier job makes. */
function late(entry: SourceEntry, ledger: Ledger): ReadMatrix {
  ledger.takeWhole(entry.value);
  const text = textOf(entry.value) ?? JSON.stringify(valueOf(entry.value));
  ledger.manual(
    entry,
    `matrix: ${text}`,
    'Its values are worked out during the run.',
    'Write an axis with an expression that gives a list.',
  );
  const notes = [`TODO: a matrix whose values are worked out: ${text}`];
  return { ...NONE, notes, strategy: { matrix: { todo: ['TODO'] } }, matrix: 'axes' };
}

function isLate(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.text.includes('${{');
}

function readAxes(matrix: SourceMap, entry: SourceEntry, ledger: Ledger): ReadMatrix & { readonly axisMap: YamlMap } {
  const entries = ledger.takeAll(matrix);
  for (const { value } of entries) ledger.takeWhole(value);
  const find = (key: string): SourceEntry | undefined => entries.find((candidate) => candidate.key === key);
  const [include, exclude] = [find('include'), find('exclude')];
  const axes = Object.fromEntries(
    entries
      .filter((axis) => axis !== include && axis !== exclude)
      .map(({ key, value }) => [key, itemsOf(value).map((item) => toAxisValue(valueOf(item)))]),
  );
  const excluded = combinationsOf(exclude);
  if (include === undefined) {
    const axisMap: YamlMap = { ...axes, exclude: excluded.length === 0 ? undefined : excluded };
    const turns = multiply(axes).filter((combination) => isWithout(combination, excluded)).length;
    return { axisMap, matrix: 'axes', axes, turns, notes: [] };
  }
  const product = multiply(axes).filter((combination) => isWithout(combination, excluded));
  const all = includeAll(product, combinationsOf(include), Object.keys(axes));
  const how = `The ${String(all.length)} combinations are written out as one axis: matrix.x is matrix.combination.x.`;
  ledger.emulated(include, 'include of the matrix', how);
  if (exclude !== undefined)
    ledger.converted(exclude, 'exclude of the matrix', 'What it leaves out is not among the combinations.');
  if (all.length > COMBINATIONS_MAX)
    ledger.manual(
      entry,
      'matrix',
      `It has ${String(all.length)} combinations; Harness runs ${String(COMBINATIONS_MAX)}.`,
    );
  const rows = toRows(all);
  const values = Object.fromEntries(
    [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => [name, rows.map((row) => row[name] ?? '')]),
  );
  return { axisMap: { combination: rows }, matrix: 'combinations', axes: values, turns: rows.length, notes: [] };
}

function combinationsOf(entry: SourceEntry | undefined): readonly Combination[] {
  return itemsOf(entry?.value).flatMap((item) => {
    const value = valueOf(item);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? [value as Combination] : [];
  });
}
