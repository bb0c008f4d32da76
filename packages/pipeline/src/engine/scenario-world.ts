/**
 * A world for one execution in virtual time: steps end as the scenario says, timers fire when they are due, people act when
 * they are told to. Pure and deterministic: what happens at the same moment happens in the order in which it was arranged,
 * timers last, so that a step that ends with its timeout has ended.
 */
import type { Value } from '../expressions/values.ts';
import { advance, createExecution } from './advance.ts';
import type { Effect, TaskRequest } from './effects.ts';
import type { EngineEvent, TaskOutcome } from './events.ts';
import type { Execution, ExecutionHeader, FailureType, InterruptType, NodeExecution } from './execution.ts';
import { executionId, type NodeExecutionId, type TimerId } from './ids.ts';
import { nodeIdentity } from './nodes.ts';
import { isFinal, type FinalStatus } from './status.ts';

/** More events than any scenario needs: one that goes round in circles is stopped. */
export const SCENARIO_EVENTS_MAX = 50_000;
export const STEP_MS = 1_000;

/** How a step ends. */
export interface StepBehaviour {
  /** Default `Success`. `Lost`: its delegate dies; `Unassignable`: nobody takes it; `Cancelled`: its delegate gives it up. */
  readonly status?: 'Success' | 'Failed' | 'Lost' | 'Unassignable' | 'Cancelled';
  readonly exitCode?: number;
  readonly message?: string;
  readonly failureTypes?: readonly FailureType[];
  /** Output variables. */
  readonly outputs?: Readonly<Record<string, Value>>;
  /** Names of output variables that its delegate has sealed. */
  readonly secretOutputs?: readonly string[];
  /** Outputs as they are, beside the variables. */
  readonly rawOutputs?: Readonly<Record<string, Value>>;
  /** From the start of its process; default one second. */
  readonly durationMs?: number;
  /** From being told to stop until it says that it has; `never` says nothing. */
  readonly stopMs?: number | 'never';
}

/** Something that a person or the outside does. */
export interface ScenarioAct {
  readonly atMs: number;
  /** Identifier (with postfix) or address of the node it is about; the attempt that counts is meant. */
  readonly node?: string;
  readonly user?: string;
  readonly interrupt?: InterruptType;
  readonly answer?: 'APPROVE' | 'REJECT';
  readonly comments?: string;
  readonly approverInputs?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly admit?: true;
}

export interface ChildBehaviour {
  readonly status?: FinalStatus;
  readonly outputs?: Readonly<Record<string, Value>>;
  readonly durationMs?: number;
  readonly refused?: string;
}

export interface ScenarioWorld {
  /** By identifier, identifier with postfix, or address; a list has one entry per attempt, the last one for all that follow. */
  readonly steps?: Readonly<Record<string, StepBehaviour | readonly StepBehaviour[]>>;
  readonly acts?: readonly ScenarioAct[];
  /** By the pipeline that is started. */
  readonly children?: Readonly<Record<string, ChildBehaviour | readonly ChildBehaviour[]>>;
  /** When another execution gives the key up; a key that is not named here is free. */
  readonly queues?: Readonly<Record<string, number>>;
  readonly isQueued?: boolean;
}

export interface ScenarioRun {
  readonly execution: Execution;
  readonly events: readonly EngineEvent[];
  readonly effects: readonly Effect[];
  /** Every state the execution was in, one per event. */
  readonly states: readonly Execution[];
}

/** Runs the execution until nothing more happens. */
export function runScenario(header: ExecutionHeader, world: ScenarioWorld): ScenarioRun {
  return new World(header, world).run();
}

interface Arranged {
  readonly at: number;
  readonly isTimer: boolean;
  readonly order: number;
  readonly make: () => EngineEvent | undefined;
}

function isBefore(one: Arranged, other: Arranged): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return one.isTimer === other.isTimer ? one.order < other.order : other.isTimer;
}

class World {
  readonly #world: ScenarioWorld;
  readonly #arranged: Arranged[] = [];
  readonly #timers = new Map<TimerId, number>();
  readonly #tasks = new Map<NodeExecutionId, { readonly task: TaskRequest; isStarted: boolean; isOver: boolean }>();
  readonly #children = new Map<NodeExecutionId, { isOver: boolean }>();
  readonly #childCounts = new Map<string, number>();
  readonly #claims = new Set<NodeExecutionId>();
  readonly #events: EngineEvent[] = [];
  readonly #effects: Effect[] = [];
  readonly #states: Execution[] = [];
  #execution: Execution;
  #now = 0;
  #order = 0;

  constructor(header: ExecutionHeader, world: ScenarioWorld) {
    this.#world = world;
    this.#execution = createExecution(header, 0);
  }

  run(): ScenarioRun {
    const { isQueued, acts = [] } = this.#world;
    this.#arrange(0, () => ({ kind: 'executionStarted', at: 0, ...(isQueued === true ? { isQueued } : {}) }));
    for (const act of acts) this.#arrange(act.atMs, () => eventOfAct(act, this.#execution, this.#now));
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.#now = next.at;
      const event = next.make();
      if (event !== undefined) this.#send(event);
    }
    return {
      execution: this.#execution,
      events: this.#events,
      effects: this.#effects,
      states: this.#states,
    };
  }

  #send(event: EngineEvent): void {
    if (this.#events.length >= SCENARIO_EVENTS_MAX) throw new Error('The scenario has more events than it may.');
    const { execution, effects } = advance(this.#execution, event);
    this.#execution = execution;
    this.#events.push(event);
    this.#states.push(execution);
    this.#effects.push(...effects);
    for (const effect of effects) this.#carryOut(effect);
  }

  #arrange(at: number, make: Arranged['make'], isTimer = false): void {
    this.#order += 1;
    this.#arranged.push({ at, isTimer, order: this.#order, make });
  }

  #take(): Arranged | undefined {
    let first = 0;
    for (const [index, candidate] of this.#arranged.entries()) {
      const best = this.#arranged[first];
      if (best !== undefined && isBefore(candidate, best)) first = index;
    }
    return this.#arranged.splice(first, 1)[0];
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'enqueueTask':
        this.#runTask(effect.task);
        return;
      case 'cancelTask':
        this.#cancelTask(effect.taskId);
        return;
      case 'startTimer':
        this.#timers.set(effect.timerId, effect.dueAt);
        this.#arrange(Math.max(effect.dueAt, this.#now), () => this.#fire(effect.timerId, effect.dueAt), true);
        return;
      case 'cancelTimer':
        this.#timers.delete(effect.timerId);
        return;
      case 'acquireResource': {
        const { nodeExecutionId, key } = effect;
        this.#claims.add(nodeExecutionId);
        this.#arrange(Math.max(this.#now, this.#world.queues?.[key] ?? 0), () =>
          this.#claims.has(nodeExecutionId) ? { kind: 'resourceAcquired', at: this.#now, nodeExecutionId } : undefined,
        );
        return;
      }
      case 'releaseResource':
        this.#claims.delete(effect.nodeExecutionId);
        return;
      case 'startChild':
        this.#startChild(effect.nodeExecutionId, effect.request.pipelineIdentifier);
        return;
      case 'abortChild':
        this.#arrange(this.#now, () => this.#endChild(effect.nodeExecutionId, { status: 'Aborted' }));
        return;
      case 'releaseWorkspace':
      case 'reportToParent':
        return;
    }
  }

  #fire(timerId: TimerId, dueAt: number): EngineEvent | undefined {
    if (this.#timers.get(timerId) !== dueAt) return undefined;
    this.#timers.delete(timerId);
    return { kind: 'timerFired', at: this.#now, timerId };
  }

  #runTask(task: TaskRequest): void {
    const { taskId } = task;
    const behaviour = behaviourOf(this.#world, this.#execution, task);
    const record = { task, isStarted: false, isOver: false };
    this.#tasks.set(taskId, record);
    if (behaviour.status === 'Unassignable') {
      this.#arrange(this.#now + (behaviour.durationMs ?? STEP_MS), () =>
        record.isOver
          ? undefined
          : { kind: 'taskUnassignable', at: this.#now, nodeExecutionId: taskId, reason: 'No delegate could take it.' },
      );
      return;
    }
    this.#arrange(this.#now, () => {
      if (record.isOver) return undefined;
      record.isStarted = true;
      return { kind: 'taskStarted', at: this.#now, nodeExecutionId: taskId, delegate: { id: 'd', name: 'laptop' } };
    });
    this.#arrange(this.#now + (behaviour.durationMs ?? STEP_MS), () => {
      if (record.isOver) return undefined;
      record.isOver = true;
      if (behaviour.status === 'Lost') {
        return { kind: 'taskLost', at: this.#now, nodeExecutionId: taskId, reason: 'The delegate died.' };
      }
      return { kind: 'taskCompleted', at: this.#now, nodeExecutionId: taskId, outcome: outcomeOf(behaviour) };
    });
  }

  #cancelTask(taskId: NodeExecutionId): void {
    const record = this.#tasks.get(taskId);
    if (record === undefined || record.isOver) return;
    record.isOver = true;
    const { stopMs = 0 } = behaviourOf(this.#world, this.#execution, record.task);
    if (!record.isStarted || stopMs === 'never') return;
    this.#arrange(this.#now + stopMs, () => ({
      kind: 'taskCompleted',
      at: this.#now,
      nodeExecutionId: taskId,
      outcome: { kind: 'cancelled' },
    }));
  }

  #startChild(nodeExecutionId: NodeExecutionId, pipeline: string): void {
    const count = this.#childCounts.get(pipeline) ?? 0;
    this.#childCounts.set(pipeline, count + 1);
    const behaviour = nth(this.#world.children?.[pipeline], count) ?? {};
    if (behaviour.refused !== undefined) {
      const reason = behaviour.refused;
      this.#arrange(this.#now, () => ({ kind: 'childRefused', at: this.#now, nodeExecutionId, reason }));
      return;
    }
    this.#children.set(nodeExecutionId, { isOver: false });
    this.#arrange(this.#now, () => ({
      kind: 'childStarted',
      at: this.#now,
      nodeExecutionId,
      childExecutionId: executionId(`child of ${pipeline} ${String(count)}`),
    }));
    this.#arrange(this.#now + (behaviour.durationMs ?? STEP_MS), () => this.#endChild(nodeExecutionId, behaviour));
  }

  #endChild(
    nodeExecutionId: NodeExecutionId,
    { status = 'Success', outputs = {} }: ChildBehaviour,
  ): EngineEvent | undefined {
    const child = this.#children.get(nodeExecutionId);
    if (child === undefined || child.isOver) return undefined;
    child.isOver = true;
    return { kind: 'childEnded', at: this.#now, nodeExecutionId, status, outputs };
  }
}

/** How the step of a task ends; by its address, its identifier with or without postfix, and its attempt. */
export function behaviourOf(
  { steps = {} }: Pick<ScenarioWorld, 'steps'>,
  execution: Execution,
  { taskId, identifier, fqn }: TaskRequest,
): StepBehaviour {
  const node = execution.nodes[taskId];
  const plain = node === undefined ? identifier : (execution.plan.nodes[node.nodeId]?.identifier ?? identifier);
  const found = steps[fqn] ?? steps[identifier] ?? steps[plain];
  return nth(found, node?.attempt ?? 0) ?? {};
}

export function eventOfAct(act: ScenarioAct, execution: Execution, at: number): EngineEvent | undefined {
  if (act.admit === true) return { kind: 'executionAdmitted', at };
  const node = act.node === undefined ? undefined : findActive(execution, act.node);
  if (act.node !== undefined && node === undefined) throw new Error(`Nothing named ${act.node} runs at ${String(at)}.`);
  const user = act.user ?? 'ada';
  if (act.interrupt !== undefined) {
    const interrupt = {
      interruptId: `interrupt at ${String(at)}`,
      type: act.interrupt,
      at,
      by: { userId: user, name: user, email: `${user}@example.com` },
      ...(node === undefined ? {} : { nodeExecutionId: node.id }),
    };
    return { kind: 'interruptRequested', at, interrupt };
  }
  if (node === undefined) throw new Error(`The act at ${String(at)} says nothing.`);
  if (act.inputs !== undefined) return { kind: 'inputSubmitted', at, nodeExecutionId: node.id, inputs: act.inputs };
  return {
    kind: 'approvalDecided',
    at,
    nodeExecutionId: node.id,
    activity: {
      user: { userId: user, name: user, email: `${user}@example.com` },
      action: act.answer ?? 'APPROVE',
      comments: act.comments ?? '',
      approverInputs: act.approverInputs ?? {},
      at,
    },
  };
}

/** The node that counts and goes on; the last one that ended when none does. */
function findActive(execution: Execution, name: string): NodeExecution | undefined {
  const named = Object.values(execution.nodes).filter((node) => {
    const { identifier, fqn } = nodeIdentity(execution, node);
    const plan = execution.plan.nodes[node.nodeId];
    // A loop is called as the node it repeats.
    return node.isSuperseded === undefined && (fqn === name || (identifier === name && plan?.kind !== 'strategy'));
  });
  return named.find(({ status }) => !isFinal(status)) ?? named.at(-1);
}

export function nth<Behaviour>(
  found: Behaviour | readonly Behaviour[] | undefined,
  index: number,
): Behaviour | undefined {
  if (!Array.isArray(found)) return found as Behaviour | undefined;
  const list = found as readonly Behaviour[];
  return list[Math.min(index, list.length - 1)];
}

export function outcomeOf(behaviour: StepBehaviour): TaskOutcome {
  const { status = 'Success', outputs, secretOutputs, rawOutputs, message = 'it failed', failureTypes } = behaviour;
  if (status === 'Cancelled') return { kind: 'cancelled' };
  const produced = { ...rawOutputs, ...(outputs === undefined ? {} : { outputVariables: outputs }) };
  const exitCode = behaviour.exitCode ?? (status === 'Failed' ? 1 : 0);
  if (status === 'Failed') {
    const failure = { message, types: failureTypes ?? (['APPLICATION_ERROR'] as const) };
    return { kind: 'failed', exitCode, outputs: produced, failure };
  }
  return { kind: 'succeeded', exitCode, outputs: produced, ...(secretOutputs === undefined ? {} : { secretOutputs }) };
}
