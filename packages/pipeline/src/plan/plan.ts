/**
 * The plan: the immutable node tree of one execution.
 *
 * A plan is data (JSON), compiled once from the pipeline with its inputs and stored with the execution, so that an
 * execution started today finishes under tomorrow's release. `semanticsVersion` names the engine behaviour it was made for.
 * Expressions inside are still text: they are resolved just before their node starts (late binding).
 *
 * One plan node may be executed several times: by a strategy above it (each instance has its own iteration) and by retries.
 */
import type { NodeId } from '../engine/ids.ts';
import type {
  Chain,
  ErrorName,
  ExecutionInput,
  FailureAction,
  LateNumber,
  Loop,
  StageType,
  Timeout,
  When,
} from '../language/node-parts.ts';
import type { OwnerVariables } from '../language/owner-variables.ts';
import type { StepType } from '../steps/step-types.ts';
import type { Value } from '../expressions/values.ts';

/** Said once for the language and the plan. */
export {
  ERROR_NAMES,
  PLAIN_ACTIONS,
  STAGE_TYPES,
  STRATEGY_INSTANCES_MAX,
  type Chain,
  type ErrorName,
  type ExecutionInput,
  type FailureAction,
  type LateNumber,
  type Loop,
  type PlainAction,
  type StageType,
  type Timeout,
  type When,
} from '../language/node-parts.ts';

/**
 * 1: sequences, forks, conditions, timeouts, abort. 2: failure strategies, rollback, loops, approvals, barriers, queues, chained
 * executions, pause. A plan of version 1 is also one of version 2 that uses none of the new fields, and runs alike.
 */
export const SEMANTICS_VERSION = 2;

export interface Plan {
  readonly semanticsVersion: 1 | typeof SEMANTICS_VERSION;
  readonly rootId: NodeId;
  readonly nodes: Readonly<Record<NodeId, PlanNode>>;
}

export type PlanNode =
  | PipelineNode
  | ForkNode
  | StageNode
  | StepGroupNode
  | StepNode
  | StrategyNode
  | RollbackNode
  | SectionNode;
/** Nodes whose children run one after the other. */
export type SequenceNode = PipelineNode | StageNode | StepGroupNode | RollbackNode;

export interface PlanVariable {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'Secret';
  /** The frozen value: may still hold expressions. */
  readonly value: Value;
}

/** First match in list order wins; a node's own list, then its groups', then its stage's (pipelines.md §4.4). */
export interface FailureStrategy {
  readonly errors: readonly ErrorName[];
  readonly action: FailureAction;
}

interface PlanNodeBase {
  readonly id: NodeId;
  readonly parentId?: NodeId;
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `baseFqn` of the API: `pipeline`, `pipeline.stages.S`, `pipeline.stages.S.spec.execution.steps.X`, … Unique in a plan. */
  readonly fqn: string;
  readonly when: When;
  readonly timeout?: Timeout;
  /** 1-based line of the node in the pipeline's YAML; 0 when it has none of its own. */
  readonly line: number;
  /** Of stages, step groups and steps. */
  readonly failureStrategies?: readonly FailureStrategy[];
  /** Of stages and steps: asked for before the node begins. */
  readonly executionInputs?: readonly ExecutionInput[];
}

export interface PipelineNode extends PlanNodeBase {
  readonly kind: 'pipeline';
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  /** Stages, loops over stages and forks of these, in order. */
  readonly children: readonly NodeId[];
  readonly allowStageExecutions: boolean;
  /** `properties` as written; reachable by expressions. */
  readonly properties: Value;
  /** The inputs of this run as a tree with the root key `pipeline`, as they were given; absent = none were. */
  readonly inputs?: Value;
  /** Variables of the account, the organization and the project when the run began; absent = nothing speaks of them. */
  readonly ownerVariables?: OwnerVariables;
  /** Identifiers of the stages chosen at the start; absent = all. */
  readonly selectedStages?: readonly string[];
  /** The `rollback` node that undoes stages in reverse order; present when any stage has rollback steps. */
  readonly rollback?: NodeId;
}

/** `parallel`: all children start together, the join waits for all. Identifier is `parallel<node id>` as the API prints it. */
export interface ForkNode extends PlanNodeBase {
  readonly kind: 'fork';
  readonly of: 'stages' | 'steps';
  readonly children: readonly NodeId[];
}

export interface StageNode extends PlanNodeBase {
  readonly kind: 'stage';
  readonly stageType: StageType;
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  /** Sections (of a Deployment), then steps, step groups, loops and forks of these, in order. Empty for a chained pipeline. */
  readonly children: readonly NodeId[];
  /** The stage's `spec` without `execution`, as written: reachable by expressions. */
  readonly spec: Value;
  /** The `rollback` node that holds its rollback steps. */
  readonly rollback?: NodeId;
  /** Present exactly for stages of type Pipeline. */
  readonly chain?: Chain;
  /** Of a CI stage that says anything of it. */
  readonly ci?: CiSetup;
}

/** A container engine, or a Git client. */
export type StageNeed = 'engine' | 'git';

/** What a delegate needs to know of the CI stage around a step. Texts may hold expressions. */
export interface CiSetup {
  /** Absolute paths that its containers share beside the workspace. */
  readonly sharedPaths?: readonly string[];
  /** `Linux`, `MacOS` or `Windows`; absent = any. */
  readonly os?: string;
  /** `Amd64` or `Arm64`; absent = any. */
  readonly arch?: string;
  /** What its steps need: the delegate that takes the first one must have all of it. */
  readonly needs?: readonly StageNeed[];
}

export interface StepGroupNode extends PlanNodeBase {
  readonly kind: 'stepGroup';
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  readonly children: readonly NodeId[];
  readonly rollback?: NodeId;
}

export interface StepNode extends PlanNodeBase {
  readonly kind: 'step';
  readonly stepType: StepType;
  /** The step's `spec` with its defaults filled in; leaves may hold expressions. */
  readonly spec: Value;
  readonly delegateSelectors: readonly string[];
  /**
   * Of a CustomApproval: the ShellScript step that asks, run once per round. Its parent is the approval, its `fqn` the
   * approval's with `.script`, its `when` has the status `All`, its timeout is `scriptTimeout`.
   */
  readonly script?: NodeId;
}

/**
 * A loop: runs its one child once per iteration. Identifier, name and line are those of the child; `fqn` is the child's with
 * `.strategy`; `when` is `strategy.when` (status `All`), judged once before the expansion.
 */
export interface StrategyNode extends PlanNodeBase {
  readonly kind: 'strategy';
  readonly of: 'stages' | 'steps';
  readonly loop: Loop;
  /** How many instances may run at once; absent = all. */
  readonly maxConcurrency?: LateNumber;
  /** After a failed instance: start the rest, or skip what has not started. */
  readonly onFailure: 'RunAll' | 'SkipQueued';
  /** Exactly one. */
  readonly children: readonly NodeId[];
}

/** A sequence of rollback steps (of a stage or step group), or of the rollbacks of stages (of the pipeline). */
export interface RollbackNode extends PlanNodeBase {
  readonly kind: 'rollback';
  readonly of: 'pipeline' | 'stage' | 'stepGroup';
  /** Rollback steps in order; for the pipeline empty: they are chosen when it starts. */
  readonly children: readonly NodeId[];
}

/** A part of a Deployment stage that is resolved before its steps: the service, the environment and infrastructure. */
export interface SectionNode extends PlanNodeBase {
  readonly kind: 'section';
  readonly section: 'service' | 'infrastructure';
  /** See `deployment.ts`: the entity with its inputs and overrides merged; leaves may hold expressions. */
  readonly spec: Value;
}
