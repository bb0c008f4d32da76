/**
 * The state of one execution: data only, JSON-safe, never mutated. `advance` (advance.ts) makes the next one.
 *
 * Invariants:
 * - E1 see status.ts.
 * - E2 `version` counts the events applied: events have the gap-free sequence 1…version, and the state is their fold.
 * - E4 a parent is final only when all its children are final.
 */
import type { FailureAction, Plan } from '../plan/plan.ts';
import type { NullPolicy } from '../expressions/policy.ts';
import type { Value } from '../expressions/values.ts';
import type { GitEvent } from '../triggers/git/git-event.ts';
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
    /** Of the event of a Git provider: what it says, in words of ours. */
    readonly git?: GitEvent;
    /** The connector that the trigger of a Git event names. */
    readonly connectorRef?: string;
    /** Nobody called: its schedule was due. */
    readonly isScheduled?: true;
  };
  readonly rerun?: {
    readonly previousExecutionId: ExecutionId;
    readonly rootExecutionId: ExecutionId;
    readonly previousTriggerType: TriggerType;
    readonly rootTriggerType: TriggerType;
  };
}

/** In whose name an execution goes: what it uses is used with their rights. */
export interface ExecutionActor {
  readonly kind: 'USER' | 'SERVICE_ACCOUNT';
  readonly id: string;
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
  /** Absent in local runs, and in executions of releases that did not ask. */
  readonly actor?: ExecutionActor;
  /** Base URL of the UI page, for `<+pipeline.executionUrl>`. */
  readonly executionUrl: string;
  /** Defaults of this installation (settings). */
  readonly defaults: {
    readonly pipelineTimeoutMs: number;
    readonly stepTimeoutMs: number;
    /** Absent in executions of older releases: one day. */
    readonly approvalTimeoutMs?: number;
  };
  /** Choices where public material conflicts (pipelines.md §11); absent = the documented behaviour. */
  readonly switches?: EngineSwitches;
  /** Set for a chained execution: who waits for its end, and what it is to tell. */
  readonly parent?: {
    readonly executionId: ExecutionId;
    readonly nodeExecutionId: NodeExecutionId;
    readonly outputs: readonly { readonly name: string; readonly value: string }[];
  };
  /** Set for a retry from a stage: what an earlier execution has done already. */
  readonly retained?: RetainedRun;
}

export interface EngineSwitches {
  /** Q1: after an ignored failure, do `Failure` nodes of the pipeline run? Default true at stage level (as documented). */
  readonly ignoredFailureFiresFailure?: boolean;
  /** Q4: after a stage that was rolled back, do later `Failure` stages run? Default false (as documented). */
  readonly rolledBackFiresFailure?: boolean;
  /** §3.3: undefined names fail the node instead of becoming null. Default `variables` (of pipeline, stage, account, …). */
  readonly unresolved?: NullPolicy;
}

/** The stages of an earlier execution that are not run again; their nodes are taken over as they ended. */
export interface RetainedRun {
  readonly executionId: ExecutionId;
  /** First execution of the chain of retries: `<+pipeline.resumedExecutionId>`. */
  readonly rootExecutionId: ExecutionId;
  readonly nodes: readonly RetainedNode[];
}

/** One node as it ended in the earlier execution, found again by its place instead of its id. */
export interface RetainedNode {
  /** `fqn` of the plan node. */
  readonly fqn: string;
  readonly loop?: readonly number[];
  readonly state: Omit<NodeExecution, 'id' | 'nodeId' | 'parentId' | 'children' | 'timers' | 'changedAtVersion'>;
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
  /** The first abort; a second one also stops a rollback that goes on. */
  readonly abort?: InterruptRecord;
  /** Nothing new starts until somebody resumes. */
  readonly pause?: InterruptRecord;
  /** What a chained execution told its parent: the evaluated `outputs`. */
  readonly outputs?: Readonly<Record<string, Value>>;
}

/** Interrupts on the whole execution. */
export const PIPELINE_INTERRUPTS = ['AbortAll', 'ExpireAll', 'Pause', 'Resume'] as const;
/** Interrupts on one node; the first ones also answer a manual intervention. */
export const NODE_INTERRUPTS = [
  'Abort',
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Retry',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
  'ProceedWithDefaultValues',
] as const;
export type InterruptType = (typeof PIPELINE_INTERRUPTS)[number] | (typeof NODE_INTERRUPTS)[number];

export interface InterruptRecord {
  readonly interruptId: string;
  readonly type: InterruptType;
  readonly at: number;
  readonly by: { readonly userId: string; readonly name: string; readonly email: string };
  /** Present for an interrupt on one node. */
  readonly nodeExecutionId?: NodeExecutionId;
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
  | 'USER_MARKED_FAILURE'
  | 'INFRASTRUCTURE_FAILURE'
  | 'PLUGIN_IMAGE_FAILURE'
  | 'RESOURCE_LIMITS_FAILURE'
  | 'CONFIGURATION_FAILURE';

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
  readonly stopping?: {
    readonly as: FinalStatus;
    readonly at: number;
    readonly interruptId?: string;
    /** It ends for a reason of its own (its timeout, a person's word) and not with what holds it: failure strategies are asked. */
    readonly isOwn?: boolean;
  };
  /** Indices of the loops around this node, outermost first; absent = none. */
  readonly loop?: readonly number[];
  /** Present on the instances of a loop. */
  readonly iteration?: Iteration;
  /** Present on a strategy node once it was expanded: instances in all. */
  readonly iterations?: number;
  /** How many of them may run at once. */
  readonly slots?: number;
  /** Earlier attempts of this node, oldest first. */
  readonly retryIds?: readonly NodeExecutionId[];
  /** A later attempt took this one's place: it counts for nothing but history. */
  readonly isSuperseded?: true;
  /** Repetitions made by a failure strategy so far; what a person asked for does not count. */
  readonly retries?: number;
  /** The failed node is to be taken care of by its container: it rolls back after all in it has ended. */
  readonly rollback?: RollbackRecord;
  /** Of a stage's rollback under the pipeline's: the stage execution it undoes. */
  readonly subject?: NodeExecutionId;
  /** The failure strategy that decided about this node's failure. */
  readonly advised?: { readonly action: FailureAction['kind']; readonly from: NodeId };
  /** A manual intervention that is waited for. */
  readonly intervention?: { readonly since: number; readonly onTimeout: FailureAction; readonly failedAs: FinalStatus };
  /** Interrupts that reached this node, oldest first. */
  readonly interrupts?: readonly InterruptRecord[];
  readonly approval?: ApprovalState;
  /** Values supplied for the node's `executionInputs`, by path joined with `.`. */
  readonly inputs?: Readonly<Record<string, Value>>;
  /** The execution that a stage of type Pipeline started. */
  readonly childExecutionId?: ExecutionId;
  /** Of a container: places in queues that were asked for below it and are given up when it ends. */
  readonly holds?: readonly { readonly nodeExecutionId: NodeExecutionId; readonly key: string }[];
  /** Of a step group: run it again, so long after all in it has ended. */
  readonly repeat?: { readonly afterMs: number };
  /** Its time to begin came while the execution was paused. */
  readonly isDue?: true;
  /** Timers that run for this node. */
  readonly timers: readonly TimerId[];
  /** Version of the execution at which this node changed last; what live views resume by. */
  readonly changedAtVersion: number;
}

/** Which turn of its loop an instance is. */
export interface Iteration {
  /** 0-based. */
  readonly index: number;
  readonly total: number;
  /** `_0`, `_1_2`: what makes the instance's identifier. */
  readonly postfix: string;
  /** Display label, when `nodeName` gives one. */
  readonly label?: string;
  readonly matrix?: Readonly<Record<string, Value>>;
  readonly item?: Value;
  readonly partition?: readonly Value[];
}

export interface RollbackRecord {
  readonly kind: 'stage' | 'stepGroup' | 'pipeline';
  /** The node whose failure asked for it. */
  readonly causedBy: NodeExecutionId;
  readonly at: number;
  /** The container itself was stopped, by its timeout or a person's word, and rolls back all the same. */
  readonly isAfterStop?: true;
}

export interface ApprovalState {
  readonly minimumCount: number;
  readonly userGroups: readonly string[];
  readonly disallowPipelineExecutor: boolean;
  readonly disallowedUserEmails: readonly string[];
  readonly message: string;
  readonly inputs: readonly ApprovalInput[];
  readonly activities: readonly ApprovalActivity[];
}

export interface ApprovalInput {
  readonly name: string;
  readonly defaultValue: string;
  readonly description?: string;
  readonly required: boolean;
  readonly allowedValues?: readonly string[];
  readonly isMultiple?: boolean;
  readonly regex?: string;
}

export interface ApprovalActivity {
  readonly user: { readonly userId: string; readonly name: string; readonly email: string };
  readonly action: 'APPROVE' | 'REJECT';
  readonly comments: string;
  readonly approverInputs: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface WhenRecord {
  readonly status: 'Success' | 'Failure' | 'All';
  readonly condition?: string;
  readonly statusHolds: boolean;
  readonly conditionHolds?: boolean;
  /** Sub-expressions and their values, for people. */
  readonly expressions: readonly { readonly expression: string; readonly value: string }[];
}
