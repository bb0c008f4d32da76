/**
 * What the runtime needs of the world. Two implementations exist of each: PostgreSQL (server) and in memory (simulation,
 * later the CLI); both pass the same conformance suite (`conformance/`).
 *
 * Invariants:
 * - E2/E3 `commit` saves state, events and effects of a transition together or not at all, and only over the version it was
 *   computed from.
 * - D1 a guarded transition is saved only while its task has the fence it names.
 * - E3 what an event answers (a claim, a request, a place in the waiting line) is settled with the transition that applies it.
 */
import type {
  Effect,
  EngineEvent,
  Execution,
  ExecutionId,
  NodeExecutionId,
  TaskRequest,
  TimerId,
} from '@bridle/pipeline';
import type { ChildRequest, RequestEffect } from './requests.ts';

export interface Clock {
  /** Epoch milliseconds of the store's clock (the database's, or the virtual one), never of this process. */
  now(): number;
}

/** How this process waits. The only source of waiting in the runtime, so that simulation drives it. */
export interface Scheduler {
  /** Resolves after `ms` milliseconds or as soon as `signal` aborts, whichever is first. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** One or more events applied to one execution, to be saved in one piece. */
export interface Transition {
  /** Version the events were applied to; the row must still have it. `undefined` = the execution is new. */
  readonly expectedVersion: number | undefined;
  /** The state before the first event, where it is known: what has changed is told to others. */
  readonly before?: Execution;
  /** The state after the last event. */
  readonly execution: Execution;
  readonly events: readonly EngineEvent[];
  readonly effects: readonly Effect[];
  readonly guard?: TaskGuard;
  /** A timer this transition consumes: its row goes with the commit. */
  readonly firedTimer?: TimerId;
}

/** The report of a delegate counts only while it holds the task (D1). */
export interface TaskGuard {
  readonly taskId: NodeExecutionId;
  readonly fence: number;
  /** The state the task's row must be in, and the one it gets with the commit. */
  readonly from: TaskState;
  readonly to: TaskState;
}

/**
 * queued → leased → started → done; leased → queued (lease ended before the start, fence + 1); queued|leased → cancelled;
 * started → cancelling → done; started|cancelling → lost; queued → lost when the workspace it is bound to is gone.
 */
export type TaskState = 'queued' | 'leased' | 'started' | 'cancelling' | 'done' | 'cancelled' | 'lost';

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** Another writer was first: load again and apply again. */
  | { readonly kind: 'conflict' }
  /** The guard does not hold: the report is stale and must be refused. */
  | { readonly kind: 'stale'; readonly state: TaskState | undefined; readonly fence: number | undefined };

export interface ExecutionStore {
  find(id: ExecutionId): Promise<Execution | undefined>;
  /**
   * Saves each transition on its own merit; the answer has the order of the question. Many share one database transaction.
   * An execution occurs at most once in a call.
   */
  commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]>;
  /** The kept events 1…version, for replay. */
  listEvents(id: ExecutionId): Promise<readonly EngineEvent[]>;
  /** Timers due now by the store's clock, oldest first. They stay until a transition consumes them or cancels them. */
  listDueTimers(limit: number): Promise<readonly DueTimer[]>;
  /** When the next timer is due, or `undefined` when none runs. */
  nextTimerAt(): Promise<number | undefined>;
}

export interface DueTimer {
  readonly timerId: TimerId;
  readonly executionId: ExecutionId;
  readonly dueAt: number;
}

export interface LeasedTask {
  readonly task: TaskRequest;
  readonly executionId: ExecutionId;
  readonly fence: number;
  readonly leaseUntil: number;
}

/** Who asks for work. */
export interface DelegateView {
  readonly delegateId: string;
  readonly accountId: string;
  /** Tags, the name included, lower-cased and trimmed. */
  readonly tags: readonly string[];
  /** Projects the delegate's token may serve: the account, one organization, or one project. */
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

/** Tasks as delegates see them. Enqueueing and cancelling are effects of `ExecutionStore.commit`. */
export interface TaskQueue {
  /** Takes up to `limit` queued tasks this delegate may run, oldest first; each gets a new fence (D1). */
  lease(delegate: DelegateView, limit: number, leaseMs: number): Promise<readonly LeasedTask[]>;
  /** Extends the leases that still have these fences; answers with those that do not any more. */
  extend(delegateId: string, held: readonly HeldTask[], leaseMs: number): Promise<readonly NodeExecutionId[]>;
  /** Started tasks of this delegate that must be stopped. */
  listCancelling(delegateId: string): Promise<readonly NodeExecutionId[]>;
  /** Returns leased, unstarted tasks whose lease has ended to the queue; answers with their number. */
  requeueExpired(): Promise<number>;
  /**
   * Started tasks whose delegate is dead or silent beyond the grace: their executions must hear `taskLost`. Also queued tasks
   * bound to the workspace of such a delegate: nobody else may ever run them.
   */
  listLost(graceMs: number, limit: number): Promise<readonly LostTask[]>;
}

export interface HeldTask {
  readonly taskId: NodeExecutionId;
  readonly fence: number;
}

export interface LostTask {
  readonly taskId: NodeExecutionId;
  readonly executionId: ExecutionId;
  readonly fence: number;
  readonly from: TaskState;
  readonly reason: string;
}

/** A claim that has been granted and whose execution has not heard of it. */
export interface GrantedClaim {
  readonly nodeExecutionId: NodeExecutionId;
  readonly executionId: ExecutionId;
}

/**
 * The queues of `Queue` steps: per account and key a line of claims, first come, first served. Claims come and go as effects
 * of `ExecutionStore.commit`; a `resourceAcquired` event that is committed marks its claim as told.
 *
 * Invariants: Q1 at most one claim of a key is granted at a time. Q2 the order of a key's claims never changes, none is lost.
 */
export interface ResourceQueue {
  /** Grants the first claim of every key that nobody holds; answers with how many. */
  grantHeads(): Promise<number>;
  /** Granted claims nobody was told of yet, oldest first. */
  listGranted(limit: number): Promise<readonly GrantedClaim[]>;
  /** Takes a claim away whose execution cannot be told any more. */
  dropClaim(nodeExecutionId: NodeExecutionId): Promise<void>;
}

/** A request of the engine that is to be carried out. */
export interface OpenRequest {
  /** See `requestId`. */
  readonly id: string;
  /** The execution that asked. */
  readonly executionId: ExecutionId;
  readonly effect: RequestEffect;
  /** How often it was taken, this time included. */
  readonly attempts: number;
}

/**
 * What executions ask of each other: an outbox, written with the state that caused it (E3), carried out at least once. The
 * event that answers a request settles it in its own commit.
 */
export interface RequestQueue {
  /** Takes up to `limit` requests, oldest first; they come again after `leaseMs` unless they are settled. */
  takeRequests(limit: number, leaseMs: number): Promise<readonly OpenRequest[]>;
  /** Settles a request that has no answer. */
  finishRequest(id: string): Promise<void>;
  /** From now on no execution starts for this node: a start under way has happened already or is refused. */
  forbidChild(nodeExecutionId: NodeExecutionId): Promise<void>;
}

/** What a chained stage asks for, with who asks. */
export interface ChildStart {
  /** As the loop read it; it may have gone on since. */
  readonly parent: Execution;
  readonly nodeExecutionId: NodeExecutionId;
  /** The same at each attempt. */
  readonly childExecutionId: ExecutionId;
  readonly request: ChildRequest;
}

export type ChildStartResult =
  | { readonly kind: 'started' }
  /** The pipeline cannot run; for people. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** Whoever the parent goes in the name of may not run it. */
      readonly isDenied?: true;
    };

/** Starts the pipelines of chained stages. */
export interface ChildStarter {
  /** Starts the execution, or finds that it was started before. Rejects when it may be tried again. */
  startChild(start: ChildStart): Promise<ChildStartResult>;
}

/** Executions above the limit of an account: they wait in line for those that run to end. */
export interface AdmissionQueue {
  /** Gives the free places to those that wait longest. Answers with all that were given one and do not know it yet. */
  admit(limit: number): Promise<readonly ExecutionId[]>;
  /** Whether anybody waits, as far as the last `admit` could see. */
  readonly hasWaiting: boolean;
  /** Takes an execution out of the line that cannot be told any more. */
  dropWaiting(id: ExecutionId): Promise<void>;
}
