/**
 * What the rest of the server asks of executions. `PostgresExecutionService` (execution-service.ts) is the implementation.
 */
import type {
  ExecutionActor,
  ExecutionCause,
  ExecutionHeader,
  ExecutionId,
  NodeExecution,
  NodeExecutionId,
  NodeStatus,
  Plan,
  ProjectScope,
} from '@bridle/pipeline';
import type { Transaction } from '../store/database.ts';
import type { ApprovalAnswer, ControlResult, InterruptOrder, SubmittedInputs } from './control.ts';

export interface StartRequest {
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly cause: ExecutionCause;
  /** In whose name it goes; absent only below an execution that has none. */
  readonly actor?: ExecutionActor;
  readonly plan: Plan;
  /** Random text; node and node-execution ids are derived from it. */
  readonly seed: string;
  readonly executionId: ExecutionId;
  readonly pipelineYaml: string;
  readonly resolvedYaml: string;
  readonly inputYaml: string;
  /** Set for a chained execution; it starts only while its parent waits for it. */
  readonly parent?: NonNullable<ExecutionHeader['parent']>;
  /** Set for a retry from a stage. */
  readonly retained?: NonNullable<ExecutionHeader['retained']>;
}

/** Times are epoch milliseconds of the database's clock. */
export interface StartedExecution {
  readonly executionId: ExecutionId;
  readonly runSequence: number;
  readonly createdAt: number;
  readonly startedAt: number;
  /** `Running`, or the status in which it waits in line. */
  readonly status: NodeStatus;
}

/** How things stand now, not what happened: `version` and everything that changed after the version asked for. */
export interface ExecutionChange {
  readonly executionId: ExecutionId;
  readonly version: number;
  readonly status: NodeStatus;
  readonly isFinal: boolean;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Nodes that changed after the version asked for, as they stand now. */
  readonly nodes: readonly NodeExecution[];
}

export interface ProjectChange {
  readonly executionId: ExecutionId;
  readonly pipelineIdentifier: string;
  readonly runSequence: number;
  readonly version: number;
  readonly status: NodeStatus;
}

export interface ExecutionService {
  /**
   * Takes run sequences and inserts executions, nodes, events and first effects in the CALLER's transaction. Nothing runs
   * before that transaction commits; call `started` after it.
   */
  startIn(tx: Transaction, requests: readonly StartRequest[]): Promise<readonly StartedExecution[]>;
  /** After the commit of the transaction given to `startIn`: wakes delegates, timers and watchers. Losing the call costs a poll. */
  started(executions: readonly StartedExecution[]): void;
  /** `startIn` in a transaction of its own, then `started`. */
  start(request: StartRequest): Promise<StartedExecution>;
  /** Aborts, pauses, resumes, or steps in at one node. */
  interrupt(id: ExecutionId, order: InterruptOrder): Promise<ControlResult>;
  /** One person's answer to an approval. */
  answerApproval(id: ExecutionId, nodeExecutionId: NodeExecutionId, answer: ApprovalAnswer): Promise<ControlResult>;
  /** Values a node waits for, by path joined with `.`; checked before. */
  submitInputs(id: ExecutionId, nodeExecutionId: NodeExecutionId, inputs: SubmittedInputs): Promise<ControlResult>;
  /** `true` as soon as the execution is final, at once when it is already; `false` when it is not there, at the timeout or abort. */
  waitUntilFinal(id: ExecutionId, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  /**
   * The state after `afterVersion` (0 = everything), then again after each change, several at once when they come fast. Ends
   * after the final one, when the execution is not there, or when `signal` aborts. Resumable on any replica by `version`.
   */
  watch(id: ExecutionId, afterVersion: number, signal: AbortSignal): AsyncIterable<ExecutionChange>;
  /** Every execution of the project that starts or changes from now on. */
  watchProject(scope: ProjectScope, signal: AbortSignal): AsyncIterable<ProjectChange>;
}
