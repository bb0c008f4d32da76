/** What the transitions of one batch come to: the rows to write, decided here under the locks of the batch. */
import { isFinal, subjectOf, summarise, type Effect, type Execution, type TaskRequest } from '@bridle/pipeline';
import {
  requestId,
  settledBy,
  type CommitOutcome,
  type TaskGuard,
  type TaskState,
  type Transition,
} from '@bridle/runtime';
import { noticesOf } from './notices.ts';
import { requirementsOf } from '../dispatch/requirements.ts';
import { headerColumns, stateColumn } from '../store/execution-json.ts';
import { subjectText } from '../store/execution-subjects.ts';
import type { NoticeRow } from '../store/outbox.ts';
import type { NewExecution } from '../store/start-statements.ts';
import type {
  ClaimRow,
  EventRow,
  ExecutionUpdate,
  Locked,
  LockedTask,
  NodeRow,
  RequestRow,
  TaskRow,
  TimerRow,
} from '../store/transition-statements.ts';

export interface BatchRows {
  readonly updates: ExecutionUpdate[];
  readonly nodes: NodeRow[];
  readonly events: EventRow[];
  readonly notices: NoticeRow[];
  /** Deleted before new ones are inserted. */
  readonly endedTimers: Set<string>;
  readonly timers: Map<string, TimerRow>;
  readonly tasks: Map<string, TaskRow>;
  readonly taskStates: Map<string, TaskState>;
  readonly releasedWorkspaces: Set<string>;
  readonly claims: Map<string, ClaimRow>;
  readonly toldClaims: Set<string>;
  readonly releasedClaims: Set<string>;
  readonly requests: Map<string, RequestRow>;
  readonly settledRequests: Set<string>;
  /** Executions that are in line no more. */
  readonly admitted: Set<string>;
  /** Nothing more will come of these tasks; their delegates will not close the logs. */
  readonly lostTasks: Set<string>;
  /** Delegates that have a task to stop. */
  readonly cancellingDelegates: Set<string>;
}

export function emptyBatch(): BatchRows {
  return {
    updates: [],
    nodes: [],
    events: [],
    notices: [],
    endedTimers: new Set(),
    timers: new Map(),
    tasks: new Map(),
    taskStates: new Map(),
    releasedWorkspaces: new Set(),
    claims: new Map(),
    toldClaims: new Set(),
    releasedClaims: new Set(),
    requests: new Map(),
    settledRequests: new Set(),
    admitted: new Set(),
    lostTasks: new Set(),
    cancellingDelegates: new Set(),
  };
}

/** Tasks whose rows decide about the transition or change with it. */
export function touchedTasks({ guard, effects }: Transition): readonly string[] {
  const cancelled = effects.flatMap((effect) => (effect.kind === 'cancelTask' ? [effect.taskId] : []));
  return guard === undefined ? cancelled : [guard.taskId, ...cancelled];
}

/** E2/D1: whether the transition holds against the locked rows. */
export function judge({ expectedVersion, execution, guard }: Transition, locked: Locked): CommitOutcome {
  if (locked.versions.get(execution.id) !== expectedVersion) return { kind: 'conflict' };
  if (guard === undefined) return { kind: 'committed' };
  const task = locked.tasks.get(guard.taskId);
  if (task !== undefined && holds(guard, task)) return { kind: 'committed' };
  return { kind: 'stale', state: task?.state as TaskState | undefined, fence: task?.fence };
}

function holds(guard: TaskGuard, task: LockedTask): boolean {
  return task.fence === guard.fence && task.state === guard.from;
}

/**
 * Whether the rows of the transition follow from it alone, so that they can be written by the statement that judges it: it only
 * starts work, reports work, or ends a wait for time.
 */
export function isPlain({ expectedVersion, events, effects, guard, firedTimer }: Transition): boolean {
  if (expectedVersion === undefined || guard?.to === 'lost') return false;
  const { claims, requests, isAdmitted } = settledBy(events);
  if (claims.length > 0 || requests.length > 0 || isAdmitted) return false;
  const ended = new Set<string>(firedTimer === undefined ? [] : [firedTimer]);
  for (const effect of effects) if (effect.kind === 'cancelTimer') ended.add(effect.timerId);
  return effects.every((effect) => {
    switch (effect.kind) {
      case 'enqueueTask':
      case 'cancelTimer':
        return true;
      case 'startTimer':
        return !ended.has(effect.timerId); // one statement cannot delete a row and insert it again
      default:
        return false;
    }
  });
}

/** Adds an accepted transition of an existing execution. */
export function addTransition(batch: BatchRows, transition: Transition, locked: Pick<Locked, 'tasks'>): void {
  const { execution, guard, firedTimer } = transition;
  batch.updates.push(updateOf(execution));
  addState(batch, transition);
  if (guard !== undefined) {
    batch.taskStates.set(guard.taskId, guard.to);
    if (guard.to === 'lost') batch.lostTasks.add(guard.taskId);
  }
  if (firedTimer !== undefined) batch.endedTimers.add(firedTimer);
  addSettled(batch, transition);
  for (const effect of transition.effects) addEffect(batch, execution, effect, locked.tasks);
}

/** Adds a transition that creates its execution; its own row is made by `newExecution`. */
export function addStart(batch: BatchRows, transition: Transition): void {
  addState(batch, transition);
  for (const effect of transition.effects) addEffect(batch, transition.execution, effect, new Map());
}

function addState(batch: BatchRows, { expectedVersion = 0, before, execution, events }: Transition): void {
  if (execution.version !== expectedVersion + events.length) {
    throw new Error(`E2: ${events.length} events cannot lead from version ${expectedVersion} to ${execution.version}.`);
  }
  events.forEach((event, index) => {
    const row = {
      executionId: execution.id,
      sequence: expectedVersion + index + 1,
      at: event.at,
      event: JSON.stringify(event),
    };
    batch.events.push(row);
  });
  if (before !== undefined || expectedVersion === 0)
    batch.notices.push(...noticesOf(before, execution, events.at(-1)?.at ?? execution.createdAt));
  for (const node of Object.values(execution.nodes)) {
    if (node.changedAtVersion <= expectedVersion) continue;
    batch.nodes.push({
      executionId: execution.id,
      id: node.id,
      nodeId: node.nodeId,
      status: node.status,
      changedAtVersion: node.changedAtVersion,
      state: JSON.stringify(node),
    });
  }
}

function addSettled(batch: BatchRows, { execution, events }: Transition): void {
  const { claims, requests, isAdmitted } = settledBy(events);
  for (const id of claims) batch.toldClaims.add(id);
  for (const id of requests) batch.settledRequests.add(id);
  if (isAdmitted) batch.admitted.add(execution.id);
}

/** Idempotent by the effect's id (E3). */
function addEffect(
  batch: BatchRows,
  execution: Execution,
  effect: Effect,
  tasks: ReadonlyMap<string, LockedTask>,
): void {
  switch (effect.kind) {
    case 'enqueueTask':
      batch.tasks.set(effect.task.taskId, taskRow(execution, effect.task));
      return;
    case 'cancelTask': {
      const fresh = batch.tasks.get(effect.taskId);
      const before = tasks.get(effect.taskId);
      if (before === undefined) {
        if (fresh !== undefined) batch.tasks.set(effect.taskId, { ...fresh, state: 'cancelled' });
        return;
      }
      const state = batch.taskStates.get(effect.taskId) ?? before.state;
      if (state === 'queued' || state === 'leased') batch.taskStates.set(effect.taskId, 'cancelled');
      else if (state === 'started') {
        batch.taskStates.set(effect.taskId, 'cancelling');
        if (before.delegateId !== undefined) batch.cancellingDelegates.add(before.delegateId);
      }
      return;
    }
    case 'startTimer': {
      const { timerId: id, nodeExecutionId, dueAt } = effect;
      batch.timers.set(id, { id, executionId: execution.id, nodeExecutionId, dueAt });
      return;
    }
    case 'cancelTimer':
      batch.timers.delete(effect.timerId);
      batch.endedTimers.add(effect.timerId);
      return;
    case 'releaseWorkspace':
      batch.releasedWorkspaces.add(effect.workspaceKey);
      return;
    case 'acquireResource': {
      const { nodeExecutionId, key } = effect;
      const { accountId } = execution.scope;
      batch.claims.set(nodeExecutionId, { nodeExecutionId, accountId, key: cleanText(key), executionId: execution.id });
      return;
    }
    case 'releaseResource':
      batch.claims.delete(effect.nodeExecutionId);
      batch.releasedClaims.add(effect.nodeExecutionId);
      return;
    case 'startChild':
    case 'abortChild':
    case 'reportToParent': {
      const id = requestId(effect.kind, effect.nodeExecutionId);
      batch.requests.set(id, { id, executionId: execution.id, kind: effect.kind, body: JSON.stringify(effect) });
      return;
    }
  }
}

function taskRow(execution: Execution, task: TaskRequest): TaskRow {
  return {
    id: task.taskId,
    executionId: execution.id,
    ...execution.scope,
    state: 'queued',
    request: JSON.stringify(task),
    selectors: task.selectors.map(normaliseTag),
    requirements: requirementsOf(task),
    workspaceKey: task.workspaceKey ?? null,
    logKey: task.logKey,
  };
}

/** Selectors and tags meet in any case; a NUL can be in no tag. */
function normaliseTag(text: string): string {
  return cleanText(text.trim().toLowerCase());
}

/** The database refuses a NUL in text. */
function cleanText(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}

function updateOf(execution: Execution): ExecutionUpdate {
  return {
    id: execution.id,
    version: execution.version,
    status: execution.status,
    isFinal: isFinal(execution.status),
    startedAt: execution.startedAt ?? null,
    endedAt: execution.endedAt ?? null,
    state: stateColumn(execution),
    summary: JSON.stringify(summarise(execution)),
  };
}

/** Null: there is nothing to say. */
function subjectColumn({ plan, cause }: Execution): string | null {
  const subject = subjectOf(plan, cause);
  if (Object.keys(subject).length === 0) return null;
  return JSON.stringify(subject, (_, value: unknown) => (typeof value === 'string' ? subjectText(value) : value));
}

/** What an execution has beside its state; empty for one that was not started by the service. */
export interface ExecutionDocuments {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly pipelineYaml: string;
  readonly resolvedYaml: string;
  readonly inputYaml: string;
}

export function newExecution(execution: Execution, documents: ExecutionDocuments): NewExecution {
  const { cause, scope, pipelineIdentifier, runSequence, createdAt } = execution;
  return {
    ...updateOf(execution),
    ...scope,
    ...headerColumns(execution),
    pipelineIdentifier,
    runSequence,
    createdAt,
    name: documents.name,
    triggerType: cause.triggerType,
    triggerIdentifier: cause.trigger?.identifier ?? null,
    triggeredBy: cause.triggeredBy.identifier,
    tags: JSON.stringify(documents.tags),
    modules: JSON.stringify(documents.modules),
    pipelineYaml: documents.pipelineYaml,
    resolvedYaml: documents.resolvedYaml,
    inputYaml: documents.inputYaml,
    retryRootId: execution.retained?.rootExecutionId ?? null,
    subject: subjectColumn(execution),
  };
}
