/**
 * Requests that leave the engine: data, saved in the same transaction as the state that caused them (E3), carried out at
 * least once, keyed by node execution. Each is idempotent by its id.
 */
import type { StageNeed } from '../plan/plan.ts';
import type { DelegateStepType } from '../steps/step-types.ts';
import type { Value } from '../expressions/values.ts';
import type { ExecutionActor, Failure } from './execution.ts';
import type { ExecutionId, NodeExecutionId, TimerId } from './ids.ts';
import type { FinalStatus } from './status.ts';

export type Effect =
  | { readonly kind: 'enqueueTask'; readonly task: TaskRequest }
  /** Not leased or not started yet: the task must never start. Started: its delegate must stop it and report `cancelled`. */
  | { readonly kind: 'cancelTask'; readonly taskId: NodeExecutionId }
  | {
      readonly kind: 'startTimer';
      readonly timerId: TimerId;
      readonly nodeExecutionId: NodeExecutionId;
      readonly dueAt: number;
    }
  | { readonly kind: 'cancelTimer'; readonly timerId: TimerId }
  /** The CI stage is over: the delegate that holds its workspace may delete it. */
  | { readonly kind: 'releaseWorkspace'; readonly workspaceKey: string }
  /** Starts the pipeline of a chained stage; answered by `childStarted` or `childRefused`, later by `childEnded`. */
  | { readonly kind: 'startChild'; readonly nodeExecutionId: NodeExecutionId; readonly request: ChildRequest }
  /** Aborts the chained execution, or keeps it from starting. */
  | { readonly kind: 'abortChild'; readonly nodeExecutionId: NodeExecutionId; readonly childExecutionId?: ExecutionId }
  /** A chained execution is over: its parent is to hear `childEnded`. */
  | {
      readonly kind: 'reportToParent';
      readonly executionId: ExecutionId;
      readonly nodeExecutionId: NodeExecutionId;
      readonly status: FinalStatus;
      readonly outputs: Readonly<Record<string, Value>>;
      readonly failure?: Failure;
    }
  /** Takes a place in the account's queue of this key, first in, first out; answered by `resourceAcquired`. */
  | { readonly kind: 'acquireResource'; readonly nodeExecutionId: NodeExecutionId; readonly key: string }
  /** Gives the place up, whether it was waited for or held. */
  | { readonly kind: 'releaseResource'; readonly nodeExecutionId: NodeExecutionId; readonly key: string };

/** What a chained stage asks for, resolved in the parent. */
export interface ChildRequest {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  /** The `pipeline:` tree of inputs without its root key. */
  readonly inputs: Value;
  readonly inputSetReferences: readonly string[];
  /** For the child's header. */
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}

/** What a delegate needs to perform one step. */
export interface TaskRequest {
  readonly taskId: NodeExecutionId;
  readonly stepType: DelegateStepType;
  readonly identifier: string;
  readonly name: string;
  /** `baseFqn` of the step. */
  readonly fqn: string;
  /** The step's spec, fully resolved. */
  readonly spec: Value;
  /** Environment of the step beside what its spec declares: CI variables, pipeline and stage variables, outputs of earlier steps. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every selector must be a tag of the delegate. */
  readonly selectors: readonly string[];
  /** All tasks with the same key run on one delegate in one folder (a CI stage); absent = a temp folder on any eligible delegate. */
  readonly workspaceKey?: string;
  readonly logKey: string;
  /** Where the resolved spec and environment use secrets; absent = nowhere. */
  readonly secrets?: readonly TaskSecret[];
  /** The CI stage around the step; absent in other stages. */
  readonly stage?: TaskStage;
  /** The execution's. */
  readonly actor?: ExecutionActor;
}

/** One use of a secret: in the text at `path` below `{ spec, environment }`, the characters from `start` to `end` stand for it. */
export interface TaskSecret {
  readonly path: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
  readonly source: SecretReference;
}

export type SecretReference =
  /** A stored secret, by its scoped identifier (`id`, `org.id`, `account.id`). */
  | { readonly kind: 'stored'; readonly identifier: string }
  /** A secret output of an earlier step, sealed by its delegate; only the server can open it. */
  | { readonly kind: 'sealed'; readonly sealed: string };

/** What the steps of one CI stage share beside their workspace. */
export interface TaskStage {
  readonly identifier: string;
  readonly sharedPaths: readonly string[];
  /** `Linux`, `MacOS` or `Windows`; absent = any. */
  readonly os?: string;
  /** `Amd64` or `Arm64`; absent = any. */
  readonly arch?: string;
  /** What the stage's steps need: whoever takes the first one must have all of it. */
  readonly needs?: readonly StageNeed[];
}
