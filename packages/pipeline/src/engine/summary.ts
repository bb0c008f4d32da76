/**
 * What lists and details need of an execution's stages, small enough to be stored beside it: the layout of the stage
 * strip with the state of each stage, and the counts of api.md §6.3.
 */
import type { ForkNode, PlanNode, StageNode, StrategyNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import type { Execution, Failure, Iteration, NodeExecution, WhenRecord } from './execution.ts';
import { nodeId, type NodeExecutionId, type NodeId } from './ids.ts';
import { nodeIdentity } from './nodes.ts';
import type { NodeStatus } from './status.ts';

export interface ExecutionSummary {
  /** The first stage or fork. */
  readonly startingNodeId: NodeId;
  /** Stages, loops over stages with their turns, and forks of these, in plan order. */
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
  readonly kind: 'stage' | 'fork' | 'strategy';
  /** Of the turn of a loop, which has no plan node of its own: its node execution's id. */
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
  /** How a loop is written. */
  readonly loop?: StrategyNode['loop']['kind'];
  /** Present for the turns of a loop. */
  readonly iteration?: Iteration;
  /** What stands beside each other in a fork or loop; empty for stages. */
  readonly children: readonly NodeId[];
  /** What comes after it; empty for the members of a fork and for the last one. */
  readonly next: readonly NodeId[];
}

export function summarise(execution: Execution): ExecutionSummary {
  const { plan } = execution;
  const root = plan.nodes[plan.rootId];
  assertInvariant(root?.kind === 'pipeline', 'the root of a plan is its pipeline');
  const view = { execution, started: startedNodes(execution) };
  const layout = layOut(root.children, view);
  const [first] = root.children;
  assertInvariant(first !== undefined, 'a plan has a stage');
  const failure = view.started.get(plan.rootId)?.failure;
  return {
    startingNodeId: first,
    layout,
    counts: countStages(layout),
    ...(failure === undefined ? {} : { failure }),
  };
}

interface View {
  readonly execution: Execution;
  /** The attempts that count, but for those inside loops. */
  readonly started: ReadonlyMap<NodeId, NodeExecution>;
}

function startedNodes({ nodes }: Execution): ReadonlyMap<NodeId, NodeExecution> {
  const counting = Object.values(nodes).filter((node) => node.isSuperseded === undefined && node.loop === undefined);
  return new Map(counting.map((node) => [node.nodeId, node]));
}

function layOut(sequence: readonly NodeId[], view: View): LayoutNode[] {
  return sequence.flatMap((id, index) => {
    const node = layoutOf(view, id);
    const next = sequence.slice(index + 1, index + 2);
    const state = view.started.get(id);
    if (node.kind === 'stage') return [layoutNode(node, state, next, [])];
    if (node.kind === 'strategy') return layOutLoop(node, state, next, view);
    const members = node.children.flatMap((child) => layOut([child], view));
    return [layoutNode(node, state, next, node.children), ...members];
  });
}

/** Before a loop is expanded its stage stands for the turns to come. */
function layOutLoop(
  node: StrategyNode,
  state: NodeExecution | undefined,
  next: readonly NodeId[],
  view: View,
): LayoutNode[] {
  const stages = node.children.map((id) => layoutOf(view, id));
  const turns = (state?.children ?? []).flatMap((id) => view.execution.nodes[id] ?? []);
  if (turns.length === 0) {
    return [
      layoutNode(node, state, next, node.children),
      ...stages.map((stage) => layoutNode(stage, undefined, [], [])),
    ];
  }
  const laidOut = turns.flatMap((turn) => stages.map((stage) => turnLayout(stage, turn, view)));
  return [
    layoutNode(
      node,
      state,
      next,
      laidOut.map((turn) => turn.nodeId),
    ),
    ...laidOut,
  ];
}

function turnLayout(plan: LayoutPlan, state: NodeExecution, { execution }: View): LayoutNode {
  const { identifier, name } = nodeIdentity(execution, state);
  return { ...layoutNode(plan, state, [], []), nodeId: nodeId(state.id), identifier, name };
}

type LayoutPlan = StageNode | ForkNode | StrategyNode;

function layoutOf({ execution }: View, id: NodeId): LayoutPlan {
  const node: PlanNode | undefined = execution.plan.nodes[id];
  assertInvariant(
    node?.kind === 'stage' || node?.kind === 'fork' || node?.kind === 'strategy',
    `${id} is a stage, a loop or a fork of stages`,
  );
  return node;
}

function layoutNode(
  plan: LayoutPlan,
  state: NodeExecution | undefined,
  next: readonly NodeId[],
  children: readonly NodeId[],
): LayoutNode {
  return {
    kind: plan.kind,
    nodeId: plan.id,
    identifier: plan.identifier,
    name: plan.name,
    ...(plan.kind === 'stage' ? { stageType: plan.stageType } : {}),
    ...(plan.kind === 'strategy' ? { loop: plan.loop.kind } : {}),
    status: state?.status ?? 'NotStarted',
    ...(state === undefined ? {} : { nodeExecutionId: state.id, createdAt: state.createdAt }),
    ...(state?.startedAt === undefined ? {} : { startedAt: state.startedAt }),
    ...(state?.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...(state?.failure === undefined ? {} : { failure: state.failure }),
    ...(state?.when === undefined ? {} : { when: state.when }),
    ...(state?.iteration === undefined ? {} : { iteration: state.iteration }),
    children,
    next,
  };
}

function countStages(layout: readonly LayoutNode[]): StageCounts {
  const stages = layout.filter((node) => node.kind === 'stage');
  const count = (status: NodeStatus): number => stages.filter((stage) => stage.status === status).length;
  return { successful: count('Success'), running: count('Running'), failed: count('Failed'), total: stages.length };
}
