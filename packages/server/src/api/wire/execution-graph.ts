/**
 * The execution graph (api.md §6.10), made of the engine's nodes.
 *
 * Clients expect two nodes that the engine has no need of: `stages` below the pipeline and `execution` below each stage. They
 * are made here, with the state of what holds them. Sequences hang under their parent by the first child and are chained by
 * `nextIds`; the members of a fork and the turns of a loop are all its children.
 */
import {
  deriveId,
  type NodeExecution,
  type NodeExecutionId,
  type NodeId,
  type Plan,
  type PlanNode,
} from '@bridle/pipeline';
import type { ExecutionGraph, ExecutionNode } from '@bridle/protocol';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';
import { executionNode, type NodeContext } from './execution-node.ts';

export type GraphSource = Pick<ExecutionSummaryRow, 'id' | 'scope' | 'pipelineIdentifier' | 'abort'> & {
  readonly plan: Plan;
};

/** `of` undefined = the whole run; otherwise a stage, by its plan node or its node execution. `undefined` when it has not begun. */
export function executionGraph(
  source: GraphSource,
  nodes: readonly NodeExecution[],
  of?: { readonly nodeId?: NodeId; readonly nodeExecutionId?: string },
): ExecutionGraph | undefined {
  const root = findRoot(nodes, source.plan, of);
  if (root === undefined) return undefined;
  const builder = new GraphBuilder(source, nodes);
  builder.add(root, []);
  return {
    rootNodeId: root.id,
    nodeMap: builder.nodeMap,
    nodeAdjacencyListMap: builder.adjacency,
    representationStrategy: 'camelCase',
    executionMetadata: {
      accountId: source.scope.accountId,
      orgIdentifier: source.scope.orgIdentifier,
      projectIdentifier: source.scope.projectIdentifier,
      pipelineIdentifier: source.pipelineIdentifier,
      planExecutionId: source.id,
    },
  };
}

/**
 * Nodes as the graph prints them, one by one: for live views. A stage and the pipeline bring their made node along. `all`: every
 * node of the execution, where they are not all to be printed.
 */
export function graphNodes(
  source: GraphSource,
  nodes: readonly NodeExecution[],
  all: readonly NodeExecution[] = nodes,
): ExecutionNode[] {
  const context = contextOf(source, all);
  return nodes.filter(isCurrent).flatMap((node) => {
    const plan = planNode(source.plan, node.nodeId);
    const printed = executionNode(node, plan, context);
    const section = node.children.length > 0 ? sectionOf(node, plan, printed) : undefined;
    return section === undefined ? [printed] : [printed, section];
  });
}

function findRoot(
  nodes: readonly NodeExecution[],
  plan: Plan,
  of: { readonly nodeId?: NodeId; readonly nodeExecutionId?: string } | undefined,
): NodeExecution | undefined {
  if (of?.nodeExecutionId !== undefined) return nodes.find((node) => node.id === of.nodeExecutionId);
  const nodeId = of?.nodeId ?? plan.rootId;
  // The turns of a loop have no plan node of their own; lists name them by their node execution.
  return (
    nodes.find((node) => node.nodeId === nodeId && isCurrent(node)) ??
    nodes.find((node) => node.id === (nodeId as string))
  );
}

class GraphBuilder {
  readonly nodeMap = dictionary<ExecutionNode>();
  readonly adjacency = dictionary<{ children: string[]; nextIds: string[] }>();
  readonly #source: GraphSource;
  readonly #context: NodeContext;

  constructor(source: GraphSource, nodes: readonly NodeExecution[]) {
    this.#source = source;
    this.#context = contextOf(source, nodes);
  }

  add(node: NodeExecution, nextIds: string[]): void {
    const plan = planNode(this.#source.plan, node.nodeId);
    const printed = executionNode(node, plan, this.#context);
    this.nodeMap[node.id] = printed;
    const children = node.children.flatMap((id) => this.#context.nodes[id] ?? []).filter(isCurrent);
    if (plan.kind === 'fork' || plan.kind === 'strategy') {
      this.adjacency[node.id] = { children: children.map(({ id }) => id), nextIds };
      for (const child of children) this.add(child, []);
      return;
    }
    const section = children.length > 0 ? sectionOf(node, plan, printed) : undefined;
    const first = children.slice(0, 1).map(({ id }) => id);
    this.adjacency[node.id] = { children: section === undefined ? [...first] : [section.uuid], nextIds };
    if (section !== undefined) {
      this.nodeMap[section.uuid] = section;
      this.adjacency[section.uuid] = { children: [...first], nextIds: [] };
    }
    children.forEach((child, index) => {
      this.add(
        child,
        children.slice(index + 1, index + 2).map(({ id }) => id),
      );
    });
  }
}

const SECTIONS = {
  pipeline: { identifier: 'stages', name: 'stages', suffix: '.stages', stepType: 'STAGES_STEP' },
  stage: { identifier: 'execution', name: 'Execution', suffix: '.spec.execution', stepType: 'NG_EXECUTION' },
} as const;

/** The node between a pipeline or stage and what runs in it. */
function sectionOf(node: NodeExecution, plan: PlanNode, holder: ExecutionNode): ExecutionNode | undefined {
  if (plan.kind !== 'pipeline' && plan.kind !== 'stage') return undefined;
  const { identifier, name, suffix, stepType } = SECTIONS[plan.kind];
  return {
    ...holder,
    // The holder asks, not what it is made of.
    executionInputConfigured: false,
    uuid: deriveId(node.id, identifier),
    setupId: deriveId(node.nodeId, identifier),
    identifier,
    name,
    baseFqn: `${holder.baseFqn}${suffix}`,
    stepType,
    strategyMetadata: null,
    retryNodeMetadata: null,
    failureAdvice: null,
    stepDetails: null,
    stepParameters: null,
    nodeRunInfo: null,
    outcomes: {},
    executableResponses: node.children
      .slice(0, 1)
      .map((childNodeId) => ({ child: { childNodeId, logKeys: [], units: [] } })),
  };
}

/** Earlier attempts of a node are told by the last one, not shown beside it. */
function isCurrent({ isSuperseded }: NodeExecution): boolean {
  return isSuperseded !== true;
}

function contextOf({ id, plan, abort }: GraphSource, nodes: readonly NodeExecution[]): NodeContext {
  const byId: Record<NodeExecutionId, NodeExecution> = dictionary();
  for (const node of nodes) byId[node.id] = node;
  return { executionId: id, plan, nodes: byId, ...(abort === undefined ? {} : { abort }) };
}

/** Made for many keys from the start: an object that grows to a thousand of them is several times slower to make. */
function dictionary<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

function planNode(plan: Plan, id: NodeId): PlanNode {
  const node = plan.nodes[id];
  if (node === undefined) throw new Error(`The plan has no node ${id}.`);
  return node;
}
