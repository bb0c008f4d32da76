/**
 * Parts of nodes that are the same in the model of a pipeline and in its plan: data without places. Texts may hold
 * expressions.
 */
import type { Value } from '../expressions/values.ts';

export const STAGE_TYPES = ['Custom', 'CI', 'Deployment', 'Approval', 'Pipeline'] as const;
export type StageType = (typeof STAGE_TYPES)[number];

/** A duration in milliseconds, or the expression text that will give a duration such as `1h 30m`. */
export type Timeout =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'expression'; readonly text: string };

/** A number, or the expression text that will give one. */
export type LateNumber = number | string;

export interface When {
  /** How the nodes before this one must stand; the default of a node without `when` is `Success`. */
  readonly status: 'Success' | 'Failure' | 'All';
  /** One JEXL program with `<+…>` operands; absent = holds. */
  readonly condition?: string;
}

/** The errors a failure strategy may name (pipelines.md §4.3). `AnyOther` of old files is read as `AllErrors`. */
export const ERROR_NAMES = [
  'AllErrors',
  'Unknown',
  'Authentication',
  'Connectivity',
  'Timeout',
  'Authorization',
  'Verification',
  'DelegateProvisioning',
  'PolicyEvaluationFailure',
  'InputTimeoutError',
  'ApprovalRejection',
  'DelegateRestart',
  'UserMarkedFailure',
  'InfrastructureFailure',
  'PluginImageFailure',
  'ResourceLimitsFailure',
  'ConfigurationFailure',
  'RetryableTransientFailure',
] as const;
export type ErrorName = (typeof ERROR_NAMES)[number];

/** Actions that need nothing more to be said. */
export const PLAIN_ACTIONS = [
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Abort',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
  'ProceedWithDefaultValues',
] as const;
export type PlainAction = (typeof PLAIN_ACTIONS)[number];

/** The actions that repeat or ask, beside the plain ones. */
export const FAILURE_ACTIONS = [...PLAIN_ACTIONS, 'Retry', 'RetryStepGroup', 'ManualIntervention'] as const;

export type FailureAction =
  | { readonly kind: PlainAction }
  | {
      /** `Retry` repeats the failing step, `RetryStepGroup` the nearest step group around it from its first step. */
      readonly kind: 'Retry' | 'RetryStepGroup';
      /** Repetitions beside the first run. */
      readonly count: LateNumber;
      /** Wait before each repetition; the last one repeats; none = at once. */
      readonly intervals: readonly Timeout[];
      /** Repeat only while this holds. */
      readonly condition?: string;
      /** What happens when the repetitions are used up; absent = the node fails. */
      readonly onExhausted?: FailureAction;
    }
  | {
      readonly kind: 'ManualIntervention';
      readonly timeout: Timeout;
      readonly onTimeout: FailureAction;
    };

/** A place inside a node that asks for a value when the node is reached (`.executionInput()`). */
export interface ExecutionInput {
  /** Path from the node's YAML map, such as `spec.source.spec.script` or `variables.tag.value`. */
  readonly path: readonly string[];
  readonly type: 'String' | 'Number' | 'Secret' | 'Object';
  readonly default?: Value;
  readonly allowedValues?: readonly string[];
  readonly isMultiple?: boolean;
  readonly regex?: string;
  readonly required: boolean;
}

/** Instances of one loop; what is known before the run to be more is refused, and so is what turns out to be more. */
export const STRATEGY_INSTANCES_MAX = 4096;

export type Loop =
  | {
      readonly kind: 'matrix';
      /** In the order of the text; the last axis runs fastest. Values: a list, or the text of an expression that gives one. */
      readonly axes: readonly { readonly name: string; readonly values: Value }[];
      /** Partial combinations that are left out; a list of maps, or the text of an expression that gives one. */
      readonly exclude: Value;
      /** Text of the display label of an instance. */
      readonly nodeName?: string;
    }
  | { readonly kind: 'times'; readonly times: LateNumber; readonly nodeName?: string }
  | {
      readonly kind: 'items';
      /** A list, or the text of an expression that gives one. */
      readonly items: Value;
      /** Half-open range of the items, 0-based. */
      readonly start?: LateNumber;
      readonly end?: LateNumber;
      /** Chunks of so many items (or so many percent of them); the last one may be smaller. */
      readonly partitionSize?: LateNumber;
      readonly unit: 'Count' | 'Percentage';
      readonly nodeName?: string;
    };

/** The pipeline a stage of type Pipeline starts; texts may hold expressions of the parent. */
export interface Chain {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  /** The `pipeline:` tree of inputs without its root key; leaves are resolved in the parent. */
  readonly inputs: Value;
  readonly inputSetReferences: readonly string[];
  /** Evaluated by the child when it ends. */
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
}
