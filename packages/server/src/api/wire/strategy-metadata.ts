import type { Iteration, StrategyNode, Value } from '@bridle/pipeline';
import type { StrategyMetadata } from '@bridle/protocol';

export function strategyMetadata({ index, total, postfix, matrix, item, partition }: Iteration): StrategyMetadata {
  return {
    currentIteration: index,
    totalIterations: total,
    identifierPostFix: postfix,
    ...(matrix === undefined
      ? {}
      : {
          matrixMetadata: {
            matrixCombination: combination(postfix),
            matrixValues: Object.fromEntries(Object.entries(matrix).map(([axis, value]) => [axis, text(value)])),
            subType: '',
          },
        }),
    ...(item === undefined && partition === undefined
      ? {}
      : { forMetadata: { value: item === undefined ? '' : text(item), partition: (partition ?? []).map(text) } }),
  };
}

/** `_1_0` → the place of each value on its axis. */
function combination(postfix: string): number[] {
  const places = postfix.split('_').slice(1).map(Number);
  return places.every(Number.isInteger) ? places : [];
}

function text(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The words of the API for the kinds of loops. */
export function strategyType(loop: StrategyNode['loop']['kind']): string {
  switch (loop) {
    case 'matrix':
      return 'MATRIX';
    case 'times':
      return 'PARALLELISM';
    case 'items':
      return 'LOOP';
  }
}
