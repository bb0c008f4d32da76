/** A node of an execution, by how people call it: STAGE, STAGE.STEP, STAGE/STEP, STEP, or its id. */
import type { ExecutionGraph, ExecutionNode } from '@bridle/sdk';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';

const STRUCTURE = new Set(['PIPELINE_SECTION', 'STAGES_STEP', 'NG_EXECUTION', 'NG_SECTION', 'NG_FORK', 'STRATEGY']);

/** Nodes that people speak of, in the order in which they began. */
export function namedNodes(graph: ExecutionGraph | undefined): readonly ExecutionNode[] {
  return Object.values(graph?.nodeMap ?? {})
    .filter(({ stepType }) => !STRUCTURE.has(stepType))
    .toSorted((one, other) => (one.startTs ?? one.createdAt ?? 0) - (other.startTs ?? other.createdAt ?? 0));
}

/** `build.unit` for `pipeline.stages.build.spec.execution.steps.unit`. */
export function placeOf({ baseFqn, identifier }: ExecutionNode): string {
  const stage = stageOf(baseFqn);
  return stage === '' || stage === identifier ? identifier : `${stage}.${identifier}`;
}

export function stageOf(baseFqn: string): string {
  return /^pipeline\.stages\.([^.]+)/.exec(baseFqn)?.[1] ?? '';
}

/** @throws UsageError where it names none, or several */
export function findNode(graph: ExecutionGraph | undefined, given: string): ExecutionNode {
  const nodes = namedNodes(graph);
  const wanted = given.replaceAll('/', '.');
  const exact = nodes.filter((node) => node.uuid === given || placeOf(node) === wanted);
  const found = exact.length > 0 ? exact : nodes.filter(({ identifier }) => identifier === wanted);
  const [node, ...others] = found;
  const places = [...new Set(nodes.map(placeOf))];
  if (node === undefined) {
    const known = places.length === 0 ? 'It has none yet.' : `There are: ${places.join(', ')}.`;
    throw new UsageError(
      `The execution has no stage or step "${given}".`,
      `${suggestLine(given, [...places, ...nodes.map(({ identifier }) => identifier)])}${known}`,
      5,
    );
  }
  if (others.length === 0) return node;
  throw new UsageError(
    `"${given}" may be one of ${found.length} steps.`,
    `Say which: ${found.map(placeOf).join(', ')}.`,
  );
}
