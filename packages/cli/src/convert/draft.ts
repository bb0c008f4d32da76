/** The pipeline on its way from the source to YAML: what every source system is brought to. */
import type { Diagnostic } from '@bridle/pipeline';
import type { Ledger } from './ledger.ts';
import type { Place } from './source.ts';
import type { TriggerDraft } from './triggers.ts';
import type { Yaml, YamlMap } from './yaml-value.ts';

/** What a source comes to: one pipeline, and what starts it. */
export type ConvertedSource =
  | {
      readonly kind: 'converted';
      readonly draft: PipelineDraft;
      readonly triggers: readonly TriggerDraft[];
      readonly ledger: Ledger;
    }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

export interface PipelineDraft {
  readonly identifier: string;
  readonly name: string;
  readonly variables: readonly VariableDraft[];
  readonly codebase: CodebaseDraft;
  readonly timeout?: string;
  readonly stages: readonly StageDraft[];
}

export interface VariableDraft {
  readonly name: string;
  readonly type: 'String' | 'Secret' | 'Number';
  readonly value: Yaml;
  readonly description?: string;
  readonly required?: boolean;
  readonly notes?: readonly string[];
}

/** Fields of the clone beside its connector and build. */
export type CodebaseDraft = YamlMap;

export interface StageDraft {
  /** How other stages of the source call it. */
  readonly key: string;
  readonly identifier: string;
  readonly name: string;
  readonly type: 'CI' | 'Approval' | 'Custom';
  /** Keys of the stages that must be over before it begins. */
  readonly needs: readonly string[];
  readonly place: Place;
  readonly when?: WhenDraft;
  readonly strategy?: YamlMap;
  /** Of the strategy, where they can be counted. */
  readonly turns?: number;
  readonly timeout?: string;
  readonly variables: readonly VariableDraft[];
  readonly failureStrategies: readonly Yaml[];
  readonly delegateSelectors: readonly string[];
  readonly platform?: PlatformDraft;
  readonly clones: boolean;
  readonly caching?: YamlMap;
  readonly sharedPaths: readonly string[];
  readonly steps: readonly StepItemDraft[];
  readonly notes: readonly string[];
}

export interface PlatformDraft {
  readonly os: string;
  readonly arch: string;
}

export interface WhenDraft {
  readonly status: 'Success' | 'Failure' | 'All';
  readonly condition?: string;
}

export interface StepDraft {
  readonly identifier: string;
  readonly name: string;
  readonly type: string;
  readonly spec: YamlMap;
  readonly timeout?: string;
  readonly when?: WhenDraft;
  readonly failureStrategies?: readonly Yaml[];
  readonly notes?: readonly string[];
}

/** Steps in one item run side by side. */
export type StepItemDraft = readonly StepDraft[];

/** Whatever goes wrong, take this action. */
export function onAnyError(action: YamlMap): Yaml {
  return { onFailure: { errors: ['AllErrors'], action } };
}

export const IGNORE_FAILURE: Yaml = onAnyError({ type: 'Ignore' });

/** Run again so many times, at once, and then fail or go on. */
export function retryOnError(errors: readonly string[], count: number, isIgnored: boolean): Yaml {
  const after = { action: { type: isIgnored ? 'Ignore' : 'MarkAsFailure' } };
  return {
    onFailure: {
      errors: [...errors],
      action: { type: 'Retry', spec: { retryCount: count, retryIntervals: ['10s'], onRetryFailure: after } },
    },
  };
}
