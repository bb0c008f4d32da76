/** For tests: what a preview said of a run that has ended, held against what happened. */
import type { Execution, NodeExecution } from '../engine/execution.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import type { Value } from '../expressions/values.ts';
import type { PreviewNode } from './preview.ts';

export interface Comparison {
  /** In words; empty = all of it held. */
  readonly differences: string[];
  /** How much was held against the run. */
  readonly counts: Record<'runs' | 'skipped' | 'depends' | 'values' | 'later' | 'never' | 'turns', number>;
}

export function emptyComparison(): Comparison {
  return { differences: [], counts: { runs: 0, skipped: 0, depends: 0, values: 0, later: 0, never: 0, turns: 0 } };
}

export function compareWithRun(node: PreviewNode, execution: Execution, into: Comparison): void {
  const { address, outlook, loop, kind } = node;
  if (kind === 'rollback') return;
  const { counts, differences } = into;
  const state = Object.values(execution.nodes).find((other) => nodeIdentity(execution, other).fqn === address);
  if (outlook.kind !== 'fails') counts[outlook.kind] += 1;
  if (outlook.kind === 'skipped') {
    if (state?.status !== 'Skipped') differences.push(`${address} was to be skipped, and is ${String(state?.status)}`);
    return;
  }
  if (outlook.kind === 'depends' && (state === undefined || state.status === 'Skipped')) return;
  if (state?.status !== 'Success') {
    differences.push(`${address} was to run, and is ${String(state?.status)}`);
    return;
  }
  differences.push(...partDifferences(node, state), ...timeDifferences(node, state));
  compareValues(node, state, into);
  if (loop?.kind === 'expanded') counts.turns += loop.turns;
  // The turn of an open loop stands for all of them, and has no state of its own.
  if (loop?.kind !== 'knownLater') for (const child of node.children) compareWithRun(child, execution, into);
}

function partDifferences({ outlook, address }: PreviewNode, { when }: NodeExecution): readonly string[] {
  if (!('condition' in outlook) || outlook.condition === undefined) return [];
  return outlook.condition.parts.flatMap((part) => {
    const real = when?.expressions.find(({ expression }) => expression === part.expression);
    if (!('value' in part) || real === undefined || real.value === part.value) return [];
    return [`${part.expression} in the condition of ${address} was to be ${part.value}, and is ${real.value}`];
  });
}

function timeDifferences({ timeout, loop, address }: PreviewNode, state: NodeExecution): readonly string[] {
  const told = timeout?.kind === 'value' ? timeout.ms : state.timeoutMs;
  const [turns, slots] = loop?.kind === 'expanded' ? [loop.turns, loop.atOnce] : [state.iterations, state.slots];
  return told === state.timeoutMs && turns === state.iterations && slots === state.slots
    ? []
    : [`${address} has another timeout, or another loop, than was said`];
}

function compareValues(
  { expressions, address }: PreviewNode,
  { stepParameters }: NodeExecution,
  { counts, differences }: Comparison,
): void {
  for (const { path, result, text } of expressions) {
    if (result.kind === 'knownLater') counts.later += 1;
    if (stepParameters === undefined || !path.startsWith('spec.') || result.kind === 'knownLater') continue;
    counts[result.kind === 'value' ? 'values' : 'never'] += 1;
    const leaf = path
      .split('.')
      .slice(1)
      .reduce<Value>((inner, key) => (inner as { readonly [key: string]: Value })[key] ?? null, stepParameters);
    const told = JSON.stringify(result.kind === 'value' ? result.value : null);
    if (JSON.stringify(leaf) !== told) {
      differences.push(`${text} at ${path} of ${address} was to be ${told}, and is ${JSON.stringify(leaf)}`);
    }
  }
}
