/** Retry from a stage (pipelines.md §4.9): which stages it may begin with, and what it takes over from the earlier execution. */
import {
  isFinal,
  isPositive,
  retainNodes,
  type ExecutionId,
  type NodeExecution,
  type NodeId,
  type Plan,
  type RetainedRun,
  type StageNode,
} from '@bridle/pipeline';

export interface StageState {
  readonly plan: StageNode;
  /** What stands for it in the graph: the stage, or the loop around it. Absent = it was not reached. */
  readonly node?: NodeExecution;
}

/** Stages that stand beside each other; a stage that stands alone is a group of its own. */
export type StageGroup = readonly StageState[];

export function stageGroups(plan: Plan, nodes: readonly NodeExecution[]): readonly StageGroup[] {
  const root = plan.nodes[plan.rootId];
  if (root?.kind !== 'pipeline') return [];
  const latest = new Map(nodes.filter(isCurrent).map((node) => [node.nodeId, node]));
  return root.children.map((id) => statesOf(plan, latest, id));
}

function statesOf(plan: Plan, latest: ReadonlyMap<NodeId, NodeExecution>, id: NodeId): StageState[] {
  const planned = plan.nodes[id];
  switch (planned?.kind) {
    case 'fork':
      return planned.children.flatMap((child) => statesOf(plan, latest, child));
    case 'stage':
      return [stateOf(planned, latest.get(id))];
    case 'strategy': {
      const [child] = planned.children;
      const stage = child === undefined ? undefined : plan.nodes[child];
      return stage?.kind === 'stage' ? [stateOf(stage, latest.get(id))] : [];
    }
    default:
      return [];
  }
}

function stateOf(plan: StageNode, node: NodeExecution | undefined): StageState {
  return node === undefined ? { plan } : { plan, node };
}

const isCurrent = ({ isSuperseded }: NodeExecution): boolean => isSuperseded !== true;

/** Groups a retry may begin with: all that were reached, down to the first one that did not end well. */
export function retryableGroups(groups: readonly StageGroup[]): readonly StageGroup[] {
  const failed = groups.findIndex((group) => !group.every(endedWell));
  const reached = failed === -1 ? groups : groups.slice(0, failed + 1);
  return reached.filter((group) => group.some(({ node }) => node !== undefined));
}

function endedWell({ node }: StageState): boolean {
  return node !== undefined && isFinal(node.status) && isPositive(node.status);
}

export interface RetryOrder {
  readonly execution: {
    readonly id: ExecutionId;
    readonly plan: Plan;
    readonly retryOf?: { readonly rootExecutionId: ExecutionId };
  };
  readonly nodes: readonly NodeExecution[];
  /** Identifiers of stages of one group; empty = of the first group that did not end well. */
  readonly stages: readonly string[];
  /** False: of a group, only what did not end well runs again. */
  readonly runsAllStages: boolean;
}

export type RetryPlan =
  | { readonly kind: 'retry'; readonly retained: RetainedRun }
  /** For people. */
  | { readonly kind: 'refused'; readonly message: string };

export function planRetry({ execution, nodes, stages, runsAllStages }: RetryOrder): RetryPlan {
  const groups = stageGroups(execution.plan, nodes);
  const possible = retryableGroups(groups);
  const last = possible.at(-1);
  if (last === undefined) return refused(`No stage of execution ${execution.id} was reached; run it again instead.`);
  const chosen = stages.length === 0 ? last : possible.find((group) => hasAll(group, stages));
  if (chosen === undefined) return refused(unknownStages(possible, stages));
  const before = groups.slice(0, groups.indexOf(chosen)).flat();
  const beside = runsAllStages
    ? []
    : chosen.filter((state) => endedWell(state) && !stages.includes(state.plan.identifier));
  if (!runsAllStages && beside.length === chosen.length) {
    return refused('All stages of this group ended well; choose to run all of them, or another stage.');
  }
  const kept = [...before, ...beside].flatMap(({ node }) => node ?? []);
  return {
    kind: 'retry',
    retained: {
      executionId: execution.id,
      rootExecutionId: execution.retryOf?.rootExecutionId ?? execution.id,
      nodes: retainNodes(execution.plan, nodes, kept),
    },
  };
}

function refused(message: string): RetryPlan {
  return { kind: 'refused', message };
}

function hasAll(group: StageGroup, identifiers: readonly string[]): boolean {
  return identifiers.every((identifier) => group.some(({ plan }) => plan.identifier === identifier));
}

function unknownStages(possible: readonly StageGroup[], stages: readonly string[]): string {
  const names = possible.map((group) => group.map(({ plan }) => plan.identifier).join(', ')).join('; ');
  return `A retry cannot begin with ${stages.join(', ')}. It may begin with (stages side by side together): ${names}.`;
}
