/** The steps of a stage as a tree, read from the execution graph: structural nodes vanish, forks and groups stay. */
import type { ExecutionGraph, ExecutionSummary, GraphNode, LayoutNode } from '../api/types.ts';

export interface TreeNode {
  readonly node: GraphNode;
  readonly children: readonly TreeNode[];
}

/** Nodes of the graph that only hold others. */
const STRUCTURAL = new Set([
  'PIPELINE_SECTION',
  'STAGES_STEP',
  'NG_SECTION',
  'NG_SECTION_WITH_ROLLBACK_INFO',
  'NG_SPEC_STEP',
  'NG_EXECUTION',
  'NG_FORK',
]);

/** Nodes that hold others and are shown with them. */
const GROUPS = new Set(['STEP_GROUP', 'STRATEGY', 'ROLLBACK_OPTIONAL_CHILD_CHAIN']);

export function isGroup(node: GraphNode): boolean {
  return GROUPS.has(node.stepType);
}

/** What stands under a node, in order; a node that was reached once is not followed again. */
export function treeBelow(graph: ExecutionGraph, uuid: string): readonly TreeNode[] {
  const seen = new Set<string>([uuid]);
  const visit = (id: string): readonly TreeNode[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    const node = graph.nodeMap[id];
    const adjacency = graph.nodeAdjacencyListMap[id];
    const below = (adjacency?.children ?? []).flatMap(visit);
    const after = (adjacency?.nextIds ?? []).flatMap(visit);
    if (node === undefined || STRUCTURAL.has(node.stepType)) return [...below, ...after];
    return [{ node, children: below }, ...after];
  };
  return (graph.nodeAdjacencyListMap[uuid]?.children ?? []).flatMap(visit);
}

export function flatten(tree: readonly TreeNode[]): readonly GraphNode[] {
  return tree.flatMap(({ node, children }) => [node, ...flatten(children)]);
}

/** The stage strip: each column is one stage, or the stages that run beside each other. */
export function stageColumns({
  layoutNodeMap,
  startingNodeId,
}: Pick<ExecutionSummary, 'layoutNodeMap' | 'startingNodeId'>): readonly (readonly LayoutNode[])[] {
  const columns: LayoutNode[][] = [];
  const seen = new Set<string>();
  for (let id: string | undefined = startingNodeId; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const node: LayoutNode | undefined = layoutNodeMap[id];
    if (node === undefined) break;
    columns.push(members(layoutNodeMap, node));
    id = node.edgeLayoutList.nextIds[0];
  }
  return columns;
}

/** Stages beside each other, and the turns of a loop over a stage. */
const HOLDERS = new Set(['parallel', 'MATRIX', 'LOOP', 'PARALLELISM']);

function members(map: Readonly<Record<string, LayoutNode>>, node: LayoutNode): LayoutNode[] {
  if (!HOLDERS.has(node.nodeType) || node.edgeLayoutList.currentNodeChildren.length === 0) return [node];
  return node.edgeLayoutList.currentNodeChildren.flatMap((id) => {
    const child = map[id];
    return child === undefined ? [] : members(map, child);
  });
}

const BROKEN = ['Failed', 'Errored', 'Expired', 'ApprovalRejected', 'Aborted'];
const ACTIVE = [
  'Running',
  'AsyncWaiting',
  'WaitStepRunning',
  'TaskWaiting',
  'Discontinuing',
  'ApprovalWaiting',
  'InterventionWaiting',
  'InputWaiting',
  'Queued',
  'ResourceWaiting',
  'TimedWaiting',
  'Paused',
];

/** What a person wants to see first: what broke, else what goes on, else the first that ran. */
export function mostTelling<T extends { readonly status: string }>(nodes: readonly T[]): T | undefined {
  return (
    nodes.find(({ status }) => BROKEN.includes(status)) ??
    nodes.findLast(({ status }) => ACTIVE.includes(status)) ??
    nodes.find(({ status }) => status !== 'Skipped' && status !== 'NotStarted') ??
    nodes[0]
  );
}

export function isFinalStatus(status: string): boolean {
  return [
    'Success',
    'IgnoreFailed',
    'Skipped',
    'Suspended',
    'Failed',
    'Errored',
    'Expired',
    'Aborted',
    'ApprovalRejected',
    'AbortedByFreeze',
  ].includes(status);
}
