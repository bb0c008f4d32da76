/**
 * The plan: the immutable node tree of one execution.
 *
 * A plan is data (JSON), compiled once from the pipeline with its inputs and stored with the execution, so that an
 * execution started today finishes under tomorrow's release. `semanticsVersion` names the engine behaviour it was made for.
 * Expressions inside are still text: they are resolved just before their node starts (late binding).
 */
import type { NodeId } from '../engine/ids.ts';
import type { StepType } from '../steps/step-types.ts';
import type { Value } from '../expressions/values.ts';

export const SEMANTICS_VERSION = 1;

export interface Plan {
  readonly semanticsVersion: typeof SEMANTICS_VERSION;
  readonly rootId: NodeId;
  readonly nodes: Readonly<Record<NodeId, PlanNode>>;
}

export type PlanNode = PipelineNode | ForkNode | StageNode | StepGroupNode | StepNode;
/** Nodes whose children run one after the other. */
export type SequenceNode = PipelineNode | StageNode | StepGroupNode;

/** A duration in milliseconds, or the expression text that will give a duration such as `1h 30m`. */
export type Timeout =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'expression'; readonly text: string };

export interface When {
  /** How the nodes before this one must stand; the default of a node without `when` is `Success`. */
  readonly status: 'Success' | 'Failure' | 'All';
  /** One JEXL program with `<+…>` operands; absent = holds. */
  readonly condition?: string;
}

export interface PlanVariable {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'Secret';
  /** The frozen value: may still hold expressions. */
  readonly value: Value;
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
}

export interface PipelineNode extends PlanNodeBase {
  readonly kind: 'pipeline';
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  /** Stages and forks of stages, in order. */
  readonly children: readonly NodeId[];
  readonly allowStageExecutions: boolean;
  /** `properties` as written; reachable by expressions. */
  readonly properties: Value;
}

/** `parallel`: all children start together, the join waits for all. Identifier is `parallel<node id>` as the API prints it. */
export interface ForkNode extends PlanNodeBase {
  readonly kind: 'fork';
  readonly of: 'stages' | 'steps';
  readonly children: readonly NodeId[];
}

export interface StageNode extends PlanNodeBase {
  readonly kind: 'stage';
  readonly stageType: 'Custom' | 'CI';
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  /** Steps, step groups and forks of steps, in order. */
  readonly children: readonly NodeId[];
  /** The stage's `spec` without `execution`, as written: reachable by expressions. */
  readonly spec: Value;
}

export interface StepGroupNode extends PlanNodeBase {
  readonly kind: 'stepGroup';
  readonly variables: readonly PlanVariable[];
  readonly delegateSelectors: readonly string[];
  readonly children: readonly NodeId[];
}

export interface StepNode extends PlanNodeBase {
  readonly kind: 'step';
  readonly stepType: StepType;
  /** The step's `spec` with its defaults filled in; leaves may hold expressions. */
  readonly spec: Value;
  readonly delegateSelectors: readonly string[];
}
