/**
 * Facts that enter the engine. Every event carries `at`, epoch milliseconds of the database's clock; the engine has no
 * clock of its own. An event that no longer applies (a late timer, a doubled completion) changes nothing but `version`.
 */
import type { Value } from '../expressions/values.ts';
import type { Failure, InterruptRecord } from './execution.ts';
import type { NodeExecutionId, TimerId } from './ids.ts';

export type EngineEvent =
  | ExecutionStartedEvent
  | TaskStartedEvent
  | TaskCompletedEvent
  | TaskLostEvent
  | TaskUnassignableEvent
  | TimerFiredEvent
  | InterruptRequestedEvent;

interface EventBase {
  readonly at: number;
}

/** Always the first event of an execution, and only the first. */
export interface ExecutionStartedEvent extends EventBase {
  readonly kind: 'executionStarted';
}

/** A delegate is about to spawn the step's process; committed before it does (D2). */
export interface TaskStartedEvent extends EventBase {
  readonly kind: 'taskStarted';
  readonly nodeExecutionId: NodeExecutionId;
  readonly delegate: { readonly id: string; readonly name: string };
}

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly exitCode?: number; readonly outputs: Readonly<Record<string, Value>> }
  /** `outputs` are kept for a failed step too where the step type says so (Http: the response). */
  | {
      readonly kind: 'failed';
      readonly exitCode?: number;
      readonly outputs: Readonly<Record<string, Value>>;
      readonly failure: Failure;
    }
  /** The delegate stopped the work because it was told to. */
  | { readonly kind: 'cancelled' };

export interface TaskCompletedEvent extends EventBase {
  readonly kind: 'taskCompleted';
  readonly nodeExecutionId: NodeExecutionId;
  readonly outcome: TaskOutcome;
}

/** The delegate died, or its fence was given up, after the task had started (D2, D3). */
export interface TaskLostEvent extends EventBase {
  readonly kind: 'taskLost';
  readonly nodeExecutionId: NodeExecutionId;
  readonly reason: string;
}

/** No delegate may or can take the task, with the reason per delegate. */
export interface TaskUnassignableEvent extends EventBase {
  readonly kind: 'taskUnassignable';
  readonly nodeExecutionId: NodeExecutionId;
  readonly reason: string;
}

export interface TimerFiredEvent extends EventBase {
  readonly kind: 'timerFired';
  readonly timerId: TimerId;
}

export interface InterruptRequestedEvent extends EventBase {
  readonly kind: 'interruptRequested';
  readonly interrupt: InterruptRecord;
}
