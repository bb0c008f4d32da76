/** `strategy`, `matrix` and `repeat` (pipelines.md §1.6): the nearest turn of a loop around a node. */
import type { ScopeObject, ScopeValue } from '../expressions/scope.ts';
import { ENGINE_NAMES, isBroken, isFinal } from './status.ts';
import type { Iteration, NodeExecution } from './execution.ts';
import { stateOf, type Seat, type View } from './scope-seats.ts';

export function loopAlias(
  view: View,
  path: readonly Seat[],
  name: 'strategy' | 'matrix' | 'repeat',
): ScopeValue | undefined {
  if (name === 'strategy') return strategyObject(view, path);
  for (const seat of path) {
    const iteration = stateOf(view, seat)?.iteration;
    if (iteration === undefined) continue;
    if (name === 'matrix' && iteration.matrix !== undefined) return iteration.matrix;
    if (name === 'repeat' && iteration.matrix === undefined) return repeatValue(iteration);
  }
  return null;
}

/** `<+stage.matrix.X>`: the turn of this very node. */
export function ownMatrix(state: NodeExecution | undefined): ScopeValue {
  return state?.iteration?.matrix ?? null;
}

export function repeatValue({ item, partition, index }: Iteration): ScopeValue {
  return { item: item ?? null, partition: partition ?? null, index };
}

function strategyObject(view: View, path: readonly Seat[]): ScopeObject {
  const nearest = path.find((seat) => stateOf(view, seat)?.iteration !== undefined);
  const iteration = nearest === undefined ? undefined : stateOf(view, nearest)?.iteration;
  return {
    get: (key) => {
      switch (key) {
        case 'iteration':
          return iteration?.index ?? 0;
        case 'iterations':
          return iteration?.total ?? 1;
        case 'identifierPostFix':
          return iteration?.postfix ?? '';
        case 'currentStatus': {
          const loop = path.find(({ plan }) => plan.kind === 'strategy');
          return loop === undefined ? null : loopStatus(view, loop);
        }
        case 'node':
          return loopsByNode(view, path);
        default:
          return undefined;
      }
    },
    toValue: () => null,
  };
}

/** `strategy.node.ID.currentStatus`: the loop over the node of this identifier, seen from inside it. */
function loopsByNode(view: View, path: readonly Seat[]): ScopeObject {
  const loops = path.filter(({ plan }) => plan.kind === 'strategy');
  return {
    get: (identifier) => {
      const loop = loops.find(({ plan }) => plan.identifier === identifier);
      return loop === undefined ? undefined : { currentStatus: loopStatus(view, loop) };
    },
    toValue: () => null,
  };
}

/** `RUNNING`, `FAILED` or `SUCCESS`, over the turns that have ended so far. */
function loopStatus(view: View, loop: Seat): string {
  const state = stateOf(view, loop);
  const turns = (state?.children ?? []).map((id) => view.draft.get(id).status);
  if (turns.some(isBroken)) return ENGINE_NAMES.Failed;
  return turns.length > 0 && turns.every(isFinal) ? 'SUCCESS' : ENGINE_NAMES.Running;
}
