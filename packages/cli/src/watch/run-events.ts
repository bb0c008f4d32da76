/**
 * What a server tells of an execution, as the events of a run: so that a run looks the same wherever it is.
 *
 * Invariants:
 * - T1 An earlier attempt is told to be superseded before the one that took its place.
 * - T2 The end of the execution is told last.
 */
import type { ExecutionGraph, ExecutionNode, PipelineExecutionSummary } from '@bridle/sdk';
import type { RunEvent, RunExecutionEvent, RunNodeEvent } from '@bridle/protocol';
import { isFinal } from '@bridle/sdk';

type Kind = RunNodeEvent['kind'];

/** Which node holds which, from the lists of first children and followers. */
export function parentsOf(adjacency: ExecutionGraph['nodeAdjacencyListMap']): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  for (const [parent, { children }] of Object.entries(adjacency)) {
    const waiting = [...children];
    for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
      if (parents.has(child)) continue;
      parents.set(child, parent);
      waiting.push(...(adjacency[child]?.nextIds ?? []));
    }
  }
  return parents;
}

export class ServerEvents {
  #parents: ReadonlyMap<string, string> = new Map();
  #status: string | undefined;
  readonly #said = new Map<string, string>();
  readonly #states = new Map<string, RunNodeEvent>();

  /** Whether the place of each of them is known. */
  knows(nodes: readonly ExecutionNode[]): boolean {
    return nodes.every(({ uuid, stepType }) => this.#parents.has(uuid) || stepType === 'PIPELINE_SECTION');
  }

  place(graph: ExecutionGraph): void {
    this.#parents = parentsOf(graph.nodeAdjacencyListMap);
  }

  isTold(node: string): boolean {
    return this.#states.has(node);
  }

  of(execution: PipelineExecutionSummary, nodes: readonly ExecutionNode[]): readonly RunEvent[] {
    const isNew = execution.status !== this.#status;
    this.#status = execution.status;
    const head = isNew && !isFinal(execution.status) ? [executionEvent(execution)] : [];
    const told = nodes
      .toSorted((one, other) => this.#compare(one, other))
      .flatMap((node) => this.#node(execution.planExecutionId, node));
    return [...head, ...told];
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

  /** In the order of what happened; at the same moment ends come first, the deepest before what holds it. */
  #compare(one: ExecutionNode, other: ExecutionNode): number {
    const [left, right] = [this.#rankOf(one), this.#rankOf(other)];
    return left.time - right.time || left.kind - right.kind || left.depth - right.depth;
  }

  #rankOf(node: ExecutionNode): { readonly time: number; readonly kind: 0 | 1; readonly depth: number } {
    const isEnd = isFinal(node.status);
    const depth = this.#depthOf(node.uuid);
    return { time: timeOf(node), kind: isEnd ? 0 : 1, depth: isEnd ? -depth : depth };
  }

  #depthOf(id: string): number {
    let depth = 0;
    for (let at = this.#parents.get(id); at !== undefined; at = this.#parents.get(at)) depth += 1;
    return depth;
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
