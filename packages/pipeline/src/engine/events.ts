/**
 * Facts that enter the engine. Every event carries `at`, epoch milliseconds of the database's clock; the engine has no
 * clock of its own. An event that no longer applies (a late timer, a doubled completion) changes nothing but `version`.
 */
import type { Value } from '../expressions/values.ts';
import type { ApprovalActivity, Failure, InterruptRecord } from './execution.ts';
import type { ExecutionId, NodeExecutionId, TimerId } from './ids.ts';
import type { FinalStatus } from './status.ts';

export type EngineEvent =
  | ExecutionStartedEvent
  | ExecutionAdmittedEvent
  | TaskStartedEvent
  | TaskCompletedEvent
  | TaskLostEvent
  | TaskUnassignableEvent
  | TimerFiredEvent
  | InterruptRequestedEvent
  | ApprovalDecidedEvent
  | InputSubmittedEvent
  | ResourceAcquiredEvent
  | ChildStartedEvent
  | ChildRefusedEvent
  | ChildEndedEvent;

interface EventBase {
  readonly at: number;
}

/** Always the first event of an execution, and only the first. */
export interface ExecutionStartedEvent extends EventBase {
  readonly kind: 'executionStarted';
  /** The limit of running executions is reached: it waits (`QueuedExecutionConcurrencyReached`) until it is admitted. */
  readonly isQueued?: boolean;
}

/** The queued execution's turn has come. */
export interface ExecutionAdmittedEvent extends EventBase {
  readonly kind: 'executionAdmitted';
}

/** A delegate is about to spawn the step's process; committed before it does (D2). */
export interface TaskStartedEvent extends EventBase {
  readonly kind: 'taskStarted';
  readonly nodeExecutionId: NodeExecutionId;
  readonly delegate: { readonly id: string; readonly name: string };
}

export type TaskOutcome =
  | {
      readonly kind: 'succeeded';
      readonly exitCode?: number;
      readonly outputs: Readonly<Record<string, Value>>;
      /** Names below `outputs.outputVariables` whose values are secrets, sealed by the delegate (K1). */
      readonly secretOutputs?: readonly string[];
    }
  /** `outputs` are kept for a failed step too where the step type says so (Http: the response). */
  | {
      readonly kind: 'failed';
      readonly exitCode?: number;
      readonly outputs: Readonly<Record<string, Value>>;
      readonly secretOutputs?: readonly string[];
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

/** A person answered an approval. Who may do so is the shell's matter, but for what the step itself says (S14). */
export interface ApprovalDecidedEvent extends EventBase {
  readonly kind: 'approvalDecided';
  readonly nodeExecutionId: NodeExecutionId;
  readonly activity: ApprovalActivity;
}

/** A person supplied the values a node waits for (`.executionInput()`), by path joined with `.`; checked before (`checkExecutionInputs`). */
export interface InputSubmittedEvent extends EventBase {
  readonly kind: 'inputSubmitted';
  readonly nodeExecutionId: NodeExecutionId;
  readonly inputs: Readonly<Record<string, Value>>;
}

/** The node has its turn in a queue. */
export interface ResourceAcquiredEvent extends EventBase {
  readonly kind: 'resourceAcquired';
  readonly nodeExecutionId: NodeExecutionId;
}

/** The chained execution exists. */
export interface ChildStartedEvent extends EventBase {
  readonly kind: 'childStarted';
  readonly nodeExecutionId: NodeExecutionId;
  readonly childExecutionId: ExecutionId;
}

/** The chained pipeline cannot run. */
export interface ChildRefusedEvent extends EventBase {
  readonly kind: 'childRefused';
  readonly nodeExecutionId: NodeExecutionId;
  readonly reason: string;
  /** Whoever the parent goes in the name of may not run it. */
  readonly isDenied?: true;
}

export interface ChildEndedEvent extends EventBase {
  readonly kind: 'childEnded';
  readonly nodeExecutionId: NodeExecutionId;
  readonly status: FinalStatus;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly failure?: Failure;
}
