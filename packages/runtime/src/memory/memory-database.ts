import type {
  EngineEvent,
  Execution,
  ExecutionId,
  NodeExecutionId,
  ProjectScope,
  TaskRequest,
  TimerId,
} from '@bridle/pipeline';
import type { Clock, DelegateView, TaskState } from '../ports.ts';
import type { RequestEffect } from '../requests.ts';

export interface ExecutionRecord {
  execution: Execution;
  readonly events: EngineEvent[];
}

export interface TaskRecord {
  readonly task: TaskRequest;
  readonly executionId: ExecutionId;
  readonly scope: ProjectScope;
  /** Order of enqueueing: "oldest first". */
  readonly sequence: number;
  state: TaskState;
  fence: number;
  /** The process that leased the task last. */
  holder?: { readonly delegateId: string; readonly incarnation: string };
  leaseUntil?: number;
}

export interface TimerRecord {
  readonly timerId: TimerId;
  readonly executionId: ExecutionId;
  readonly dueAt: number;
}

/** A CI stage's folder: bound to the delegate process that leased its first task. */
export interface WorkspaceRecord {
  readonly key: string;
  readonly holder: { readonly delegateId: string; readonly incarnation: string };
  releasedAt?: number;
}

export interface DelegateRecord {
  readonly view: DelegateView;
  incarnation: string;
  heardAt: number;
  hasLeft: boolean;
}

/** A place in the line of a key, in the order of the map that holds it. */
export interface ClaimRecord {
  readonly nodeExecutionId: NodeExecutionId;
  readonly executionId: ExecutionId;
  readonly accountId: string;
  readonly key: string;
  isGranted: boolean;
  isTold: boolean;
}

export interface RequestRecord {
  readonly id: string;
  readonly executionId: ExecutionId;
  readonly effect: RequestEffect;
  dueAt: number;
  attempts: number;
  /** Of a `startChild`: its parent gave it up. */
  isForbidden: boolean;
}

/** An execution that waits for its turn to run, in the order of the map that holds it. */
export interface WaitingRecord {
  readonly executionId: ExecutionId;
  readonly accountId: string;
  isAdmitted: boolean;
}

/**
 * The rows that the stores and queues in memory share. Their calls run to their end without waiting, so that
 * each is atomic as a database transaction is. All is lost with the process.
 */
export class MemoryDatabase {
  readonly clock: Clock;
  readonly executions = new Map<ExecutionId, ExecutionRecord>();
  readonly tasks = new Map<NodeExecutionId, TaskRecord>();
  readonly timers = new Map<TimerId, TimerRecord>();
  readonly workspaces = new Map<string, WorkspaceRecord>();
  readonly delegates = new Map<string, DelegateRecord>();
  readonly claims = new Map<NodeExecutionId, ClaimRecord>();
  readonly requests = new Map<string, RequestRecord>();
  readonly waiting = new Map<ExecutionId, WaitingRecord>();

  constructor(clock: Clock) {
    this.clock = clock;
  }
}
