/**
 * The state of one execution: data only, JSON-safe, never mutated. `advance` (advance.ts) makes the next one.
 *
 * Invariants:
 * - E1 see status.ts.
 * - E2 `version` counts the events applied: events have the gap-free sequence 1…version, and the state is their fold.
 * - E4 a parent is final only when all its children are final.
 */
import type { Plan } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import type { ExecutionId, NodeExecutionId, NodeId, TimerId } from './ids.ts';
import type { FinalStatus, NodeStatus } from './status.ts';

export interface ProjectScope {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
}

export type TriggerType = 'MANUAL' | 'WEBHOOK' | 'WEBHOOK_CUSTOM' | 'SCHEDULER_CRON' | 'ARTIFACT' | 'MANIFEST';

/** Why the execution exists and to whom it is attributed. */
export interface ExecutionCause {
  readonly triggerType: TriggerType;
  readonly triggeredBy: {
    /** User id, or `systemUser` for an unauthenticated webhook. */
    readonly uuid: string;
    /** User name, or the trigger's identifier. */
    readonly identifier: string;
    readonly email?: string;
  };
  readonly trigger?: {
    readonly identifier: string;
    readonly name: string;
    readonly eventId: string;
    /** The raw body and the headers (lower-cased names): `<+trigger.…>` is built from them. */
    readonly payload: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly rerun?: {
    readonly previousExecutionId: ExecutionId;
    readonly rootExecutionId: ExecutionId;
    readonly previousTriggerType: TriggerType;
    readonly rootTriggerType: TriggerType;
  };
}

/** What the engine needs to know of the pipeline beside the plan. */
export interface ExecutionHeader {
  readonly id: ExecutionId;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  /** 1-based per pipeline, gap-free over started executions. */
  readonly runSequence: number;
  /** Random text given by the shell; node and node-execution ids are derived from it. */
  readonly seed: string;
  readonly plan: Plan;
  readonly cause: ExecutionCause;
  /** Base URL of the UI page, for `<+pipeline.executionUrl>`. */
  readonly executionUrl: string;
  /** Defaults of this installation (settings). */
  readonly defaults: { readonly pipelineTimeoutMs: number; readonly stepTimeoutMs: number };
}

export interface Execution extends ExecutionHeader {
  /** Number of events applied (E2). 0 = created, nothing applied yet. */
  readonly version: number;
  readonly status: NodeStatus;
  /** Epoch milliseconds of the database's clock, as all times here. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly nodes: Readonly<Record<NodeExecutionId, NodeExecution>>;
  readonly abort?: InterruptRecord;
}

export interface InterruptRecord {
  readonly interruptId: string;
  readonly type: 'AbortAll';
  readonly at: number;
  readonly by: { readonly userId: string; readonly name: string; readonly email: string };
}

/** The failure types of api.md §6.12, as the API prints them. */
export type FailureType =
  | 'EXPIRED'
  | 'DELEGATE_PROVISIONING'
  | 'CONNECTIVITY'
  | 'AUTHENTICATION'
  | 'VERIFICATION_FAILURE'
  | 'APPLICATION_ERROR'
  | 'AUTHORIZATION_ERROR'
  | 'TIMEOUT_ERROR'
  | 'POLICY_EVALUATION_FAILURE'
  | 'INPUT_TIMEOUT_FAILURE'
  | 'APPROVAL_REJECTION'
  | 'DELEGATE_RESTART'
  | 'USER_MARKED_FAILURE';

export interface Failure {
  readonly message: string;
  readonly types: readonly FailureType[];
}

/** Runtime state of one attempt of one plan node. */
export interface NodeExecution {
  readonly id: NodeExecutionId;
  readonly nodeId: NodeId;
  readonly parentId?: NodeExecutionId;
  /** 0-based: the n-th try of the same node. */
  readonly attempt: number;
  readonly status: NodeStatus;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Children in the order they were created; empty for steps. */
  readonly children: readonly NodeExecutionId[];
  /** The evaluated `when`: the stored "why" of a skipped node. */
  readonly when?: WhenRecord;
  /** The resolved spec a step was started with. */
  readonly stepParameters?: Value;
  /** `{ output: { outputVariables: {…} } }` and the like: reachable by expressions, printed as `outcomes`. */
  readonly outcomes: Readonly<Record<string, Value>>;
  readonly failure?: Failure;
  readonly exitCode?: number;
  /** Resolved timeout of this node. */
  readonly timeoutMs?: number;
  readonly delegate?: { readonly id: string; readonly name: string };
  /** Set for steps with a log of their own (api.md §8.3). */
  readonly logKey?: string;
  /** The node was told to end and waits for its task to stop; the status it will then have. */
  readonly stopping?: { readonly as: FinalStatus; readonly at: number; readonly interruptId?: string };
  /** Timers that run for this node. */
  readonly timers: readonly TimerId[];
  /** Version of the execution at which this node changed last; what live views resume by. */
  readonly changedAtVersion: number;
}

export interface WhenRecord {
  readonly status: 'Success' | 'Failure' | 'All';
  readonly condition?: string;
  readonly statusHolds: boolean;
  readonly conditionHolds?: boolean;
  /** Sub-expressions and their values, for people. */
  readonly expressions: readonly { readonly expression: string; readonly value: string }[];
}
