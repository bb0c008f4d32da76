/**
 * What a server tells of an execution, as the events of a run: so that a run looks the same wherever it is.
 *
 * Invariants:
 * - T1 A node is told of after what holds it, which ends after it, and its beginning before its end; an earlier attempt is told
 *   to be superseded before the one that took its place.
 * - T2 The end of the execution is told last.
 * - T3 Its beginning is told first, also of one that had ended before anybody looked.
 */
import type { ExecutionGraph, ExecutionNode, PipelineExecutionSummary } from '@bridle/sdk';
import type { RunEvent, RunExecutionEvent, RunNodeEvent } from '@bridle/protocol';
import { isFinal } from '@bridle/sdk';

type Kind = RunNodeEvent['kind'];

interface Told {
  readonly node: ExecutionNode;
  /** It has ended, and its beginning was not told yet. */
  readonly isBeginning: boolean;
}

/** It began, and has ended since. */
function hasRun({ status, startTs }: ExecutionNode): boolean {
  return isFinal(status) && status !== 'Skipped' && startTs !== null;
}

/** As it was when nothing of it had ended. */
function begun(node: ExecutionNode): ExecutionNode {
  return { ...node, status: 'Running', endTs: null, failureInfo: { ...node.failureInfo, message: '' } };
}

/** What each node holds, in the order of the pipeline: lists give the first of a sequence, and who follows whom. */
export function childrenOf(adjacency: ExecutionGraph['nodeAdjacencyListMap']): ReadonlyMap<string, readonly string[]> {
  const seen = new Set<string>();
  return new Map(
    Object.entries(adjacency).map(([parent, { children }]) => {
      const held: string[] = [];
      const waiting = [...children];
      for (let child = waiting.shift(); child !== undefined; child = waiting.shift()) {
        if (seen.has(child)) continue;
        seen.add(child);
        held.push(child);
        waiting.unshift(...(adjacency[child]?.nextIds ?? []));
      }
      return [parent, held];
    }),
  );
}

export class ServerEvents {
  #children: ReadonlyMap<string, readonly string[]> = new Map();
  #parents: ReadonlyMap<string, string> = new Map();
  #status: string | undefined;
  readonly #said = new Map<string, string>();
  readonly #states = new Map<string, RunNodeEvent>();

  /** Whether the place of each of them is known. */
  knows(nodes: readonly ExecutionNode[]): boolean {
    return nodes.every(({ uuid, stepType }) => this.#parents.has(uuid) || stepType === 'PIPELINE_SECTION');
  }

  place(graph: ExecutionGraph): void {
    this.#children = childrenOf(graph.nodeAdjacencyListMap);
    this.#parents = new Map(
      [...this.#children].flatMap(([parent, held]) => held.map((child) => [child, parent] as const)),
    );
  }

  isTold(node: string): boolean {
    return this.#states.has(node);
  }

  of(execution: PipelineExecutionSummary, nodes: readonly ExecutionNode[]): readonly RunEvent[] {
    const head = this.#head(execution);
    this.#status = execution.status;
    const told = this.#inOrder(nodes).flatMap(({ node, isBeginning }) =>
      this.#node(execution.planExecutionId, isBeginning ? begun(node) : node),
    );
    return [...head, ...told];
  }

  /** T2, T3 */
  #head(execution: PipelineExecutionSummary): readonly RunEvent[] {
    if (!isFinal(execution.status)) return execution.status === this.#status ? [] : [executionEvent(execution)];
    return this.#status === undefined ? [executionEvent({ ...execution, status: 'Running', endTs: undefined })] : [];
  }

  /** T2 */
  end(execution: PipelineExecutionSummary): RunEvent {
    return executionEvent(execution);
  }

  #node(planExecutionId: string, node: ExecutionNode): readonly RunNodeEvent[] {
    const event = nodeEvent(planExecutionId, node, this.#parents.get(node.uuid));
    const { time: _, ...said } = event;
    const text = JSON.stringify(said);
    if (this.#said.get(node.uuid) === text) return [];
    this.#said.set(node.uuid, text);
    this.#states.set(node.uuid, event);
    return [...this.#superseded(node), event];
  }

  #superseded({ retryNodeMetadata }: ExecutionNode): readonly RunNodeEvent[] {
    return (retryNodeMetadata?.attempts ?? []).flatMap(({ uuid, status, endTs, failureInfo }) => {
      const state = this.#states.get(uuid);
      if (state === undefined || state.superseded === true) return [];
      const event: RunNodeEvent = {
        ...state,
        status: status as RunNodeEvent['status'],
        ...(endTs === null ? {} : { endedAt: iso(endTs) }),
        ...failureOf(failureInfo),
        superseded: true,
      };
      this.#states.set(uuid, event);
      return [event];
    });
  }

  /** T1: as a reader of the pipeline meets them; what holds others ends behind them, and begins before if it was not told of. */
  #inOrder(nodes: readonly ExecutionNode[]): readonly Told[] {
    const changed = new Map(nodes.map((node) => [node.uuid, node]));
    const told: Told[] = [];
    const visited = new Set<string>();
    const visit = (id: string): void => {
      if (visited.has(id)) return;
      visited.add(id);
      const node = changed.get(id);
      const held = this.#children.get(id) ?? [];
      const isEnd = node !== undefined && isFinal(node.status) && held.length > 0;
      const isLate = node !== undefined && !this.#states.has(id) && (isEnd || hasRun(node));
      if (isLate) told.push({ node, isBeginning: true });
      if (node !== undefined && !isEnd) told.push({ node, isBeginning: false });
      for (const child of held) visit(child);
      if (node !== undefined && isEnd) told.push({ node, isBeginning: false });
    };
    for (const id of this.#children.keys()) if (!this.#parents.has(id)) visit(id);
    // Whatever has no place yet.
    for (const { uuid } of nodes) visit(uuid);
    return told;
  }
}

function executionEvent(execution: PipelineExecutionSummary): RunExecutionEvent {
  const { planExecutionId, pipelineIdentifier, name, status, startTs, endTs, createdAt, failureInfo } = execution;
  const isOver = isFinal(status);
  return {
    type: 'execution',
    time: iso(endTs ?? startTs ?? createdAt),
    planExecutionId,
    pipeline: { identifier: pipelineIdentifier, name },
    status: status as RunExecutionEvent['status'],
    ...(isOver ? { durationMs: Math.max(0, (endTs ?? createdAt) - (startTs ?? endTs ?? createdAt)) } : {}),
    ...(isOver && failureInfo !== undefined ? failureOf(failureInfo) : {}),
  };
}

function nodeEvent(planExecutionId: string, node: ExecutionNode, parent: string | undefined): RunNodeEvent {
  const { uuid, baseFqn, identifier, name, stepType, status, startTs, endTs, outcomes, retryNodeMetadata } = node;
  const kind = kindOf(node);
  return {
    type: 'node',
    time: iso(timeOf(node)),
    planExecutionId,
    node: uuid,
    ...(parent === undefined ? {} : { parent }),
    kind,
    fqn: baseFqn,
    identifier,
    name,
    ...(kind === 'step' ? { stepType } : {}),
    // A server's pipeline is no file of ours.
    line: 0,
    attempt: retryNodeMetadata?.attempts.length ?? 0,
    ...turnOf(node),
    status: status as RunNodeEvent['status'],
    ...(startTs === null ? {} : { startedAt: iso(startTs) }),
    ...(endTs === null ? {} : { endedAt: iso(endTs) }),
    ...failureOf(node.failureInfo),
    ...whenOf(node),
    ...(kind === 'step' && isFinal(status) ? { outcomes: { ...outcomes } } : {}),
  };
}

const KINDS: Readonly<Record<string, Kind>> = {
  PIPELINE_SECTION: 'pipeline',
  STAGES_STEP: 'section',
  NG_EXECUTION: 'section',
  NG_SECTION: 'section',
  NG_FORK: 'fork',
  STRATEGY: 'strategy',
  STEP_GROUP: 'stepGroup',
  ROLLBACK_OPTIONAL_CHILD_CHAIN: 'rollback',
  SERVICE_V3: 'section',
  INFRASTRUCTURE: 'section',
};

function kindOf({ stepType, baseFqn }: ExecutionNode): Kind {
  return KINDS[stepType] ?? (/^pipeline\.stages\.[^.]+$/.test(baseFqn) ? 'stage' : 'step');
}

function turnOf({ strategyMetadata }: ExecutionNode): Pick<RunNodeEvent, 'turn'> {
  if (strategyMetadata === null || strategyMetadata === undefined) return {};
  const { currentIteration: index, totalIterations: total, matrixMetadata, forMetadata } = strategyMetadata;
  const values = matrixMetadata === undefined ? undefined : Object.values(matrixMetadata.matrixValues).join(', ');
  const item = forMetadata?.value === '' ? forMetadata.partition.join(', ') : forMetadata?.value;
  const label = values ?? item ?? strategyMetadata.identifierPostFix.slice(1);
  return { turn: { index, total, label } };
}

function failureOf(info: ExecutionNode['failureInfo'] | undefined): Pick<RunNodeEvent, 'failure'> {
  if (info === undefined || info === null || info.message === '') return {};
  return { failure: { message: info.message, types: [...info.failureTypeList] } };
}

/** `<+OnStageFailure> && (condition)` */
const WHEN = /^<\+(?:Always|On(?:Pipeline|Stage)(Success|Failure))>(?: && \((.*)\))?$/s;

function whenOf({ nodeRunInfo }: ExecutionNode): Pick<RunNodeEvent, 'when'> {
  if (nodeRunInfo === null || nodeRunInfo === undefined) return {};
  const { whenCondition, evaluatedCondition, expressions } = nodeRunInfo;
  const [whole, status, condition] = WHEN.exec(whenCondition) ?? [];
  if (whole === undefined) return {};
  // The condition is looked at only where the status holds, and then its parts have values.
  const isLooked =
    evaluatedCondition || (condition !== undefined && (expressions.length > 0 || !condition.includes('<+')));
  return {
    when: {
      status: status === 'Success' || status === 'Failure' ? status : 'All',
      statusHolds: isLooked,
      ...(condition === undefined ? {} : { condition }),
      ...(condition === undefined || !isLooked ? {} : { conditionHolds: evaluatedCondition }),
      expressions: expressions.map(({ expression, expressionValue }) => ({ expression, value: expressionValue })),
    },
  };
}

function timeOf({ endTs, startTs, createdAt }: ExecutionNode): number {
  return endTs ?? startTs ?? createdAt ?? 0;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
