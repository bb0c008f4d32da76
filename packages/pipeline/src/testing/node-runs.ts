/** Which run of a node a mock or an answer is about. */
import type { Execution, Iteration, NodeExecution } from '../engine/execution.ts';
import { valueText } from '../engine/value-text.ts';
import type { Value } from '../expressions/values.ts';
import type { Which } from './document.ts';

/** The n-th try of the node in its turn of the loops around it, repeated groups and a person's retries counted. */
export function attemptOf({ nodes }: Execution, node: NodeExecution): number {
  const turn = turnOf(node);
  return Object.values(nodes).filter(
    (other) => other.nodeId === node.nodeId && turnOf(other) === turn && other.createdAt <= node.createdAt,
  ).length;
}

function turnOf({ loop = [] }: NodeExecution): string {
  return loop.join('.');
}

export function isWhich({ attempt, iteration }: Which, execution: Execution, node: NodeExecution): boolean {
  if (attempt !== undefined && attemptOf(execution, node) !== attempt) return false;
  if (iteration === undefined) return true;
  const turns = turnsAround(execution, node);
  if (typeof iteration === 'number') return turns[0]?.index === iteration;
  return Object.entries(iteration).every(([name, text]) => turns.some((turn) => hasValue(turn, name, text)));
}

/** Innermost first. */
function turnsAround({ nodes }: Execution, node: NodeExecution): readonly Iteration[] {
  const turns: Iteration[] = [];
  for (let current: NodeExecution | undefined = node; current !== undefined;) {
    if (current.iteration !== undefined) turns.push(current.iteration);
    current = current.parentId === undefined ? undefined : nodes[current.parentId];
  }
  return turns;
}

function hasValue({ matrix, item }: Iteration, name: string, text: string): boolean {
  const value: Value | undefined = matrix?.[name] ?? (name === 'item' ? item : undefined);
  return value !== undefined && valueText(value) === text;
}
