/** What changes of an execution, as events for people and scripts. */
import {
  isFinal,
  nodeIdentity,
  shownOutcomes,
  type Execution,
  type ExecutionId,
  type Failure,
  type NodeExecution,
  type NodeExecutionId,
  type PlanNode,
  type Value,
} from '@bridle/pipeline';
import type { RunEvent, RunExecutionEvent, RunNodeEvent, RunWaitingEvent } from '@bridle/protocol';
import { availableAnswers } from '@bridle/runtime';

type WaitingInputs = NonNullable<RunWaitingEvent['inputs']>;
type Hide = (text: string) => string;

export class NodeEvents {
  readonly #told = new Map<ExecutionId, { version: number; status: Execution['status'] }>();
  readonly #names = new Map<ExecutionId, string>();
  /** What was said of a node last: a node that only gave birth to another has nothing to say. */
  readonly #said = new Map<NodeExecutionId, string>();
  readonly #hide: Hide;

  /** @param hide - masks secrets in what people and steps have written */
  constructor(hide: Hide) {
    this.#hide = hide;
  }

  /** The name of an execution's pipeline, which its plan does not tell before it is named here. */
  name(id: ExecutionId, name: string): void {
    this.#names.set(id, name);
  }

  /** What is new since the last call: parents begin before what they hold, and end after it. */
  of(execution: Execution): readonly RunEvent[] {
    const told = this.#told.get(execution.id);
    this.#told.set(execution.id, { version: execution.version, status: execution.status });
    const changed = inOrder(execution, this.#said).filter((node) => node.changedAtVersion > (told?.version ?? -1));
    const events: RunEvent[] = [];
    const isOver = isFinal(execution.status);
    if (told?.status !== execution.status && !isOver) events.push(this.#executionEvent(execution));
    for (const node of changed) {
      const event = nodeEvent(execution, node, this.#hide);
      const { time: _time, ...said } = event;
      const text = JSON.stringify(said);
      if (this.#said.get(node.id) !== text) events.push(event);
      this.#said.set(node.id, text);
      const waiting = waitingEvent(execution, node, this.#hide);
      if (waiting !== undefined) events.push(waiting);
    }
    if (told?.status !== execution.status && isOver) events.push(this.#executionEvent(execution));
    return events;
  }

  #executionEvent(execution: Execution): RunExecutionEvent {
    const { id, pipelineIdentifier, status, startedAt, endedAt, parent } = execution;
    const failure = isFinal(status) ? failureOf(execution) : undefined;
    return {
      type: 'execution',
      time: timeOf(endedAt ?? startedAt ?? execution.createdAt),
      planExecutionId: id,
      ...(parent === undefined ? {} : { parentNode: parent.nodeExecutionId }),
      pipeline: { identifier: pipelineIdentifier, name: this.#names.get(id) ?? pipelineIdentifier },
      status,
      ...(endedAt === undefined ? {} : { durationMs: Math.max(0, endedAt - (startedAt ?? endedAt)) }),
      ...(failure === undefined ? {} : { failure: shownFailure(failure, this.#hide) }),
    };
  }
}

/**
 * As a reader of the pipeline meets them; a node that was known and has ended stands behind what is below it. Order of creation
 * would tell of the next stage before the last step's end.
 */
function inOrder(
  { nodes, plan }: Execution,
  known: ReadonlyMap<NodeExecution['id'], unknown>,
): readonly NodeExecution[] {
  const ordered = new Set<NodeExecution>();
  const visit = (node: NodeExecution | undefined): void => {
    if (node === undefined || ordered.has(node)) return;
    for (const earlier of node.retryIds ?? []) visit(nodes[earlier]);
    const isEnd = known.has(node.id) && isFinal(node.status);
    if (!isEnd) ordered.add(node);
    for (const child of node.children) visit(nodes[child]);
    ordered.add(node);
  };
  for (const node of Object.values(nodes)) if (node.nodeId === plan.rootId) visit(node);
  // Whatever hangs on nothing.
  for (const node of Object.values(nodes)) visit(node);
  return [...ordered];
}

/** Of the root, else of the first step that was not made good. */
function failureOf({ nodes, plan }: Execution): Failure | undefined {
  const failed = Object.values(nodes)
    .filter(
      ({ failure, isSuperseded, status }) => failure !== undefined && isSuperseded !== true && status !== 'Success',
    )
    .toSorted((one, other) => (one.endedAt ?? Infinity) - (other.endedAt ?? Infinity));
  const root = failed.find(({ nodeId }) => nodeId === plan.rootId);
  return (root ?? failed[0])?.failure;
}

function shownFailure({ message, types }: Failure, hide: Hide): { message: string; types: string[] } {
  return { message: hide(message), types: [...types] };
}

function nodeEvent(execution: Execution, node: NodeExecution, hide: Hide): RunNodeEvent {
  const plan = planOf(execution, node);
  const { identifier, name, fqn } = nodeIdentity(execution, node);
  const { iteration, when } = node;
  const time = node.endedAt ?? node.startedAt ?? node.createdAt;
  return {
    type: 'node',
    time: timeOf(time),
    planExecutionId: execution.id,
    node: node.id,
    ...(node.parentId === undefined ? {} : { parent: node.parentId }),
    kind: plan.kind,
    fqn,
    identifier,
    name,
    ...(plan.kind === 'step' ? { stepType: plan.stepType } : {}),
    line: plan.line,
    attempt: node.attempt,
    ...(iteration === undefined
      ? {}
      : { turn: { index: iteration.index, total: iteration.total, label: hide(turnLabel(iteration)) } }),
    status: node.status,
    ...(node.startedAt === undefined ? {} : { startedAt: timeOf(node.startedAt) }),
    ...(node.endedAt === undefined ? {} : { endedAt: timeOf(node.endedAt) }),
    ...(node.exitCode === undefined ? {} : { exitCode: node.exitCode }),
    ...(node.failure === undefined ? {} : { failure: shownFailure(node.failure, hide) }),
    ...(when === undefined
      ? {}
      : {
          when: {
            status: when.status,
            statusHolds: when.statusHolds,
            ...(when.condition === undefined ? {} : { condition: when.condition }),
            ...(when.conditionHolds === undefined ? {} : { conditionHolds: when.conditionHolds }),
            expressions: when.expressions.map(({ expression, value }) => ({ expression, value: hide(value) })),
          },
        }),
    ...(plan.kind === 'step' && isFinal(node.status) ? { outcomes: shown(node, hide) } : {}),
    ...(node.isSuperseded === true ? { superseded: true } : {}),
  };
}

function shown({ outcomes }: NodeExecution, hide: Hide): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shownOutcomes(outcomes)).map(([name, value]) => [name, hidden(value, hide)]),
  );
}

function hidden(value: Value, hide: Hide): Value {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item: Value) => hidden(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hidden(item as Value, hide)]));
}

function turnLabel({ label, matrix, item, partition, postfix }: NonNullable<NodeExecution['iteration']>): string {
  if (label !== undefined) return label;
  if (matrix !== undefined) return Object.values(matrix).map(textOf).join(', ');
  if (item !== undefined) return textOf(item);
  return partition === undefined ? postfix.slice(1) : partition.map(textOf).join(', ');
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is asked of people at this node; `undefined` = nothing. */
export function waitingEvent(execution: Execution, node: NodeExecution, hide: Hide): RunWaitingEvent | undefined {
  if (node.stopping !== undefined) return undefined;
  const event = {
    type: 'waiting',
    time: timeOf(Date.now()),
    planExecutionId: execution.id,
    node: node.id,
  } as const;
  switch (node.status) {
    case 'ApprovalWaiting':
      // Without people a script decides.
      return node.approval === undefined
        ? undefined
        : {
            ...event,
            for: 'approval',
            message: hide(node.approval.message),
            choices: ['approve', 'reject'],
            ...withInputs(node.approval.inputs.map(approvalInput)),
          };
    case 'InterventionWaiting':
      // What holds the node has its status, too.
      if (node.intervention === undefined) return undefined;
      return {
        ...event,
        for: 'intervention',
        message: hide(node.failure?.message ?? 'The step failed.'),
        choices: [...availableAnswers(execution, node)],
      };
    case 'InputWaiting':
      if (node.inputs !== undefined || planOf(execution, node).executionInputs === undefined) return undefined;
      return {
        ...event,
        for: 'input',
        message: `${nodeIdentity(execution, node).name} asks for inputs.`,
        choices: ['submit', 'ProceedWithDefaultValues', 'Abort'],
        ...withInputs((planOf(execution, node).executionInputs ?? []).map(executionInput)),
      };
    default:
      return undefined;
  }
}

function withInputs(inputs: WaitingInputs): { inputs?: WaitingInputs } {
  return inputs.length === 0 ? {} : { inputs };
}

function approvalInput(input: NonNullable<NodeExecution['approval']>['inputs'][number]): WaitingInputs[number] {
  const { name, description, required, defaultValue, allowedValues, isMultiple, regex } = input;
  return {
    name,
    required,
    ...(description === undefined ? {} : { description }),
    ...(defaultValue === '' ? {} : { defaultValue }),
    ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
    ...(isMultiple === true ? { isMultiple: true } : {}),
    ...(regex === undefined ? {} : { regex }),
  };
}

function executionInput(input: NonNullable<PlanNode['executionInputs']>[number]): WaitingInputs[number] {
  const { path, required, default: fallback, allowedValues, isMultiple } = input;
  return {
    name: path.join('.'),
    required: required && fallback === undefined,
    ...(fallback === undefined ? {} : { defaultValue: textOf(fallback) }),
    ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
    ...(isMultiple === true ? { isMultiple: true } : {}),
  };
}

function planOf({ plan }: Execution, { nodeId }: NodeExecution): PlanNode {
  const node = plan.nodes[nodeId];
  if (node === undefined) throw new Error(`The plan has no node ${nodeId}.`);
  return node;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
