/**
 * The pipeline as a typed model with places: what the plan is compiled from and what editors and lists show. Leaves may
 * hold expressions; runtime inputs are still `<+input>` unless the text was frozen before.
 */
import type { Value } from '../expressions/values.ts';
import type { Place } from './diagnostics.ts';

export type Timeout =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'expression'; readonly text: string };

export interface When {
  readonly status: 'Success' | 'Failure' | 'All';
  readonly condition?: string;
}

export interface Variable extends Place {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'Secret';
  readonly value: Value;
  readonly required: boolean;
  readonly description?: string;
}

export interface FailureStrategy extends Place {
  readonly errors: readonly string[];
  /** As written, such as `StageRollback`; empty when there is none. */
  readonly action: string;
}

interface NodeBase extends Place {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly when: When;
  readonly timeout?: Timeout;
  readonly delegateSelectors: readonly string[];
  readonly failureStrategies: readonly FailureStrategy[];
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
  readonly allowStageExecutions: boolean;
  /** `properties` as written. */
  readonly properties: Value;
  readonly stages: readonly StageItem[];
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
}

export interface StepGroup extends NodeBase {
  readonly kind: 'stepGroup';
  readonly variables: readonly Variable[];
  readonly steps: readonly StepItem[];
}

export interface Step extends NodeBase {
  readonly kind: 'step';
  /** As written, such as `ShellScript`; `Template` for a template link; empty when there is none. */
  readonly type: string;
  /** With defaults filled in where Bridle runs the type, else as written. */
  readonly spec: Value;
}

/** All stages in the order of the text, those of parallel groups included. */
export function listStages(items: readonly StageItem[]): readonly Stage[] {
  return items.flatMap((item) => (item.kind === 'parallel' ? listStages(item.items) : [item]));
}

/** All steps in the order of the text, those of groups and parallel groups included. */
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
