/** `parallel` of a job: a number, or a matrix whose values are variables. */
import { COMBINATIONS_MAX, isUsable, multiply, toAxisValue, toRows } from '../combinations.ts';
import type { SourceMap } from '../source.ts';
import { describe, itemsOf, mapOf, textOf, valueOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import type { VariableScope } from './variables.ts';

export interface ReadParallel {
  readonly strategy?: YamlMap;
  readonly turns: number;
  readonly names: readonly string[];
  readonly reference: (name: string) => string;
  readonly notes: readonly string[];
}

export function readParallel(map: SourceMap, ledger: VariableScope['ledger']): ReadParallel {
  const none: ReadParallel = { names: [], turns: 0, reference: () => '', notes: [] };
  const entry = ledger.takeEntry(map, 'parallel');
  if (entry === undefined) return none;
  const count = Number(textOf(entry.value) ?? 'none');
  if (Number.isInteger(count) && count > 0 && count <= COMBINATIONS_MAX) {
    ledger.converted(entry, `parallel: ${String(count)}`, 'It is the strategy parallelism.');
    return { ...none, strategy: { parallelism: count }, turns: count };
  }
  const rows = itemsOf(ledger.take(mapOf(entry.value), 'matrix')).map((item) => {
    const axes = ledger
      .takeAll(mapOf(item))
      .map(({ key, value }) => [key, itemsOf(value).map((inner) => toAxisValue(valueOf(inner)))] as const);
    return Object.fromEntries(axes);
  });
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const [only] = rows;
  if (rows.length === 0 || !rows.every(isUsable)) {
    ledger.takeWhole(entry.value);
    ledger.manual(
      entry,
      `parallel: ${describe(entry.value)}`,
      'It is neither a number nor a matrix that Harness takes: the stage runs once.',
    );
    return none;
  }
  if (rows.length === 1 && only !== undefined) {
    ledger.converted(
      entry,
      'parallel: matrix',
      'It is a matrix with the same axes, each of which is a variable of the stage.',
    );
    return {
      strategy: { matrix: only },
      turns: multiply(only).length,
      names,
      reference: (name) => `<+matrix.${name}>`,
      notes: [],
    };
  }
  const combinations = rows.flatMap((row) => multiply(row));
  ledger.emulated(
    entry,
    'parallel: matrix',
    `Its ${String(combinations.length)} combinations are written out as one axis.`,
  );
  if (combinations.length > COMBINATIONS_MAX)
    ledger.manual(entry, 'parallel: matrix', `Harness runs ${String(COMBINATIONS_MAX)} at most.`);
  return {
    strategy: { matrix: { combination: toRows(combinations) } },
    turns: combinations.length,
    names,
    reference: (name) => `<+matrix.combination.${name}>`,
    notes: [],
  };
}
