/**
 * What lists and details need of an execution's stages, small enough to be stored beside it: the layout of the stage
 * strip with the state of each stage, and the counts of api.md §6.3.
 */
import type { ForkNode, PlanNode, StageNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import type { Execution, Failure, NodeExecution, WhenRecord } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import type { NodeStatus } from './status.ts';

export interface ExecutionSummary {
  /** The first stage or fork. */
  readonly startingNodeId: NodeId;
  /** Stages and forks of stages, in plan order. */
  readonly layout: readonly LayoutNode[];
  readonly counts: StageCounts;
  readonly failure?: Failure;
}

/** Only exactly `Success`, `Running` and `Failed` count; a fork counts by its stages. */
export interface StageCounts {
  readonly successful: number;
  readonly running: number;
  readonly failed: number;
  readonly total: number;
}

export interface LayoutNode {
  readonly kind: 'stage' | 'fork';
  readonly nodeId: NodeId;
  readonly identifier: string;
  readonly name: string;
  /** Present for stages. */
  readonly stageType?: StageNode['stageType'];
  readonly status: NodeStatus;
  readonly nodeExecutionId?: NodeExecutionId;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  readonly when?: WhenRecord;
  /** What stands beside each other in a fork; empty for stages. */
  readonly children: readonly NodeId[];
  /** What comes after it; empty for the members of a fork and for the last one. */
  readonly next: readonly NodeId[];
}

export function summarise(execution: Execution): ExecutionSummary {
  const { plan } = execution;
  const root = plan.nodes[plan.rootId];
  assertInvariant(root?.kind === 'pipeline', 'the root of a plan is its pipeline');
  const started = new Map(Object.values(execution.nodes).map((node) => [node.nodeId, node]));
  const layout = layOut(root.children, plan.nodes, started);
  const [first] = root.children;
  assertInvariant(first !== undefined, 'a plan has a stage');
  const failure = [...started.values()].find((node) => node.nodeId === plan.rootId)?.failure;
  return {
    startingNodeId: first,
    layout,
    counts: countStages(layout),
    ...(failure === undefined ? {} : { failure }),
  };
}

function layOut(
  sequence: readonly NodeId[],
  nodes: Readonly<Record<NodeId, PlanNode>>,
  started: ReadonlyMap<NodeId, NodeExecution>,
): LayoutNode[] {
  return sequence.flatMap((id, index) => {
    const node = layoutOf(nodes, id);
    const next = sequence.slice(index + 1, index + 2);
    if (node.kind === 'stage') return [layoutNode(node, started.get(id), next)];
    const members = node.children.flatMap((child) => layOut([child], nodes, started));
    return [layoutNode(node, started.get(id), next), ...members];
  });
}

function layoutOf(nodes: Readonly<Record<NodeId, PlanNode>>, id: NodeId): StageNode | ForkNode {
  const node = nodes[id];
  assertInvariant(node?.kind === 'stage' || node?.kind === 'fork', `${id} is a stage or a fork of stages`);
  return node;
}

function layoutNode(plan: StageNode | ForkNode, state: NodeExecution | undefined, next: readonly NodeId[]): LayoutNode {
  return {
    kind: plan.kind,
    nodeId: plan.id,
    identifier: plan.identifier,
    name: plan.name,
    ...(plan.kind === 'stage' ? { stageType: plan.stageType } : {}),
    status: state?.status ?? 'NotStarted',
    ...(state === undefined ? {} : { nodeExecutionId: state.id, createdAt: state.createdAt }),
    ...(state?.startedAt === undefined ? {} : { startedAt: state.startedAt }),
    ...(state?.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...(state?.failure === undefined ? {} : { failure: state.failure }),
    ...(state?.when === undefined ? {} : { when: state.when }),
    children: plan.kind === 'fork' ? plan.children : [],
    next,
  };
}

function countStages(layout: readonly LayoutNode[]): StageCounts {
  const stages = layout.filter((node) => node.kind === 'stage');
  const count = (status: NodeStatus): number => stages.filter((stage) => stage.status === status).length;
  return { successful: count('Success'), running: count('Running'), failed: count('Failed'), total: stages.length };
}
