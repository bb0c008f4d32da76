/**
 * The pipeline as a typed model with places: what the plan is compiled from and what editors and lists show. Leaves may
 * hold expressions; runtime inputs are still `<+input>` unless the text was frozen before.
 */
import type { Value } from '../expressions/values.ts';
import type { CiSpec } from './ci/ci-spec.ts';
import type { DeploymentSpec } from './deployment/deployment-spec.ts';
import type { Place } from './diagnostics.ts';
import type { Chain, ErrorName, ExecutionInput, FailureAction, LateNumber, Loop, Timeout, When } from './node-parts.ts';

export interface Variable extends Place {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'Secret';
  readonly value: Value;
  readonly required: boolean;
  readonly description?: string;
}

export interface FailureStrategy extends Place {
  readonly errors: readonly ErrorName[];
  readonly action: FailureAction;
}

/** `strategy` of a stage, step group or step: how often it runs. */
export interface Strategy extends Place {
  readonly loop: Loop;
  /** How many instances may run at once; absent = all. */
  readonly maxConcurrency?: LateNumber;
  /** `strategy.when`: one JEXL program, judged once before the expansion; absent = holds. */
  readonly condition?: string;
  readonly onFailure: 'RunAll' | 'SkipQueued';
}

interface NodeBase extends Place {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly when: When;
  readonly timeout?: Timeout;
  readonly delegateSelectors: readonly string[];
  readonly failureStrategies: readonly FailureStrategy[];
  readonly strategy?: Strategy;
}

/** Members start together; what follows waits for all of them. */
export interface Parallel<Item> extends Place {
  readonly kind: 'parallel';
  readonly items: readonly Item[];
}

export type StageItem = Stage | Parallel<StageItem>;
export type StepItem = Step | StepGroup | Parallel<StepItem>;

export interface Pipeline extends Place {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly variables: readonly Variable[];
  readonly timeout?: Timeout;
  readonly delegateSelectors: readonly string[];
  /** Some of the stages may be chosen when a run starts. */
  readonly allowStageExecutions: boolean;
  /** A rerun takes the inputs of the run it repeats. */
  readonly fixedInputsOnRerun: boolean;
  /** `properties` as written. */
  readonly properties: Value;
  /** `properties.ci.codebase` as the spec of a `GitClone` step; absent when there is none. */
  readonly codebase?: Value;
  /** `flowControl.barriers`. */
  readonly barriers: readonly Barrier[];
  readonly stages: readonly StageItem[];
}

/** A barrier that Barrier steps refer to. */
export interface Barrier extends Place {
  readonly identifier: string;
  readonly name: string;
}

export interface Stage extends NodeBase {
  readonly kind: 'stage';
  /** As written, such as `Custom`; `Template` for a template link; empty when there is none. */
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly variables: readonly Variable[];
  readonly steps: readonly StepItem[];
  readonly rollbackSteps: readonly StepItem[];
  /** `spec` without `execution`, as written. */
  readonly spec: Value;
  /** Of a stage of type Pipeline. */
  readonly chain?: Chain;
  /** Of a stage of type Deployment. */
  readonly deployment?: DeploymentSpec;
  /** Of a stage of type CI. */
  readonly ci?: CiSpec;
  /** Its variables that are asked for when the stage is reached. */
  readonly executionInputs: readonly ExecutionInput[];
}

export interface StepGroup extends NodeBase {
  readonly kind: 'stepGroup';
  readonly variables: readonly Variable[];
  readonly steps: readonly StepItem[];
  readonly rollbackSteps: readonly StepItem[];
}

export interface Step extends NodeBase {
  readonly kind: 'step';
  /** As written, such as `ShellScript`; `Template` for a template link; empty when there is none. */
  readonly type: string;
  /** With defaults filled in where Bridle runs the type, else as written. */
  readonly spec: Value;
  /** Fields of its spec that are asked for when the step is reached. */
  readonly executionInputs: readonly ExecutionInput[];
}

/** All stages in the order of the text, those of parallel groups included. */
export function listStages(items: readonly StageItem[]): readonly Stage[] {
  return items.flatMap((item) => (item.kind === 'parallel' ? listStages(item.items) : [item]));
}

/** All steps in the order of the text, those of groups and parallel groups included, without rollback steps. */
export function listSteps(items: readonly StepItem[]): readonly Step[] {
  return items.flatMap((item) => {
    switch (item.kind) {
      case 'step':
        return [item];
      case 'stepGroup':
        return listSteps(item.steps);
      case 'parallel':
        return listSteps(item.items);
    }
  });
}
