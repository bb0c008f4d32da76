/** What a run of a pipeline would do, as data: the documented shape of `bridle plan -o json`. */
import type { StageType } from '../plan/plan.ts';
import type { StepType } from '../steps/step-types.ts';
import type { Value } from '../expressions/values.ts';

export interface Preview {
  readonly identifier: string;
  readonly name: string;
  /** What is taken for granted: sentences. */
  readonly assumptions: readonly string[];
  readonly root: PreviewNode;
  /** What would go wrong, whatever steps do: each with its place. */
  readonly problems: readonly PreviewProblem[];
}

export interface PreviewProblem {
  /** Address of the node. */
  readonly node: string;
  readonly line: number;
  readonly document?: string;
  readonly message: string;
  readonly hint?: string;
  /** The node would fail; else only a value is in doubt. */
  readonly isFatal: boolean;
}

export interface PreviewNode {
  readonly kind: 'pipeline' | 'stage' | 'stepGroup' | 'step' | 'fork' | 'strategy' | 'section' | 'rollback';
  /** With the postfix of its turn. */
  readonly identifier: string;
  readonly name: string;
  /** `Custom`, `ShellScript`, … of stages and steps. */
  readonly type?: StageType | StepType;
  /** Address, as logs and APIs spell it: `pipeline.stages.build.spec.execution.steps.test`. */
  readonly address: string;
  /** 1-based; 0 = it stands in no text of the author's. */
  readonly line: number;
  readonly outlook: Outlook;
  /** Absent = there is none. */
  readonly timeout?: PreviewTimeout;
  /** Those that would be asked about a failure of it, in their order: `Timeout → Retry 2, then Ignore`. */
  readonly failureStrategies: readonly string[];
  readonly expressions: readonly PreviewExpression[];
  /** Of a loop. */
  readonly loop?: PreviewLoop;
  /** Of a turn of a loop. */
  readonly turn?: { readonly index: number; readonly values: Value };
  readonly children: readonly PreviewNode[];
}

export type PreviewTimeout =
  /** `isDefault`: the pipeline says nothing of it. */
  | { readonly kind: 'value'; readonly ms: number; readonly isDefault: boolean }
  | { readonly kind: 'knownLater'; readonly waitsFor: readonly Wait[] };

export type PreviewLoop =
  | { readonly kind: 'expanded'; readonly turns: number; readonly atOnce: number }
  /** One turn stands for all of them. */
  | { readonly kind: 'knownLater'; readonly waitsFor: readonly Wait[] };

/** Whether a node runs. `condition` is what was asked, where anything was. */
export type Outlook =
  | { readonly kind: 'runs'; readonly condition?: PreviewCondition }
  | { readonly kind: 'skipped'; readonly why: string; readonly condition?: PreviewCondition }
  | { readonly kind: 'depends'; readonly waitsFor: readonly Wait[]; readonly condition: PreviewCondition }
  /** It would not even start. */
  | { readonly kind: 'fails'; readonly message: string; readonly condition?: PreviewCondition };

export interface PreviewCondition {
  readonly status: 'Success' | 'Failure' | 'All';
  readonly text?: string;
  /** Sub-expressions, inner ones first, as far as they were asked. */
  readonly parts: readonly PreviewPart[];
}

export type PreviewPart =
  | { readonly expression: string; readonly value: string }
  | { readonly expression: string; readonly waitsFor: readonly Wait[] };

/** What a value waits for. */
export interface Wait {
  readonly kind:
    | 'output'
    | 'approval'
    | 'executionInput'
    | 'start'
    | 'time'
    | 'decision'
    | 'turn'
    | 'race'
    | 'ownResult'
    | 'chain';
  /** Address of the node it comes from. */
  readonly node: string;
  /** For people: `the output of build`. */
  readonly text: string;
  /** An output variable that its step does not declare; its script may write it all the same. */
  readonly undeclared?: { readonly name: string; readonly declared: readonly string[] };
}

export interface PreviewExpression {
  /** As written, with its delimiters; a condition as a whole is in the outlook. */
  readonly text: string;
  /** From the node: `spec.command`, `when.condition`. */
  readonly path: string;
  readonly line: number;
  /** Where the line is, when it is not in the pipeline itself. */
  readonly document?: string;
  readonly result: ExpressionOutlook;
}

export type ExpressionOutlook =
  /** `secret`: it uses one; the text has its reference. */
  /** `missing`: names in it that do not exist, and count as null. */
  | { readonly kind: 'value'; readonly value: Value; readonly isSecret: boolean; readonly missing?: readonly string[] }
  | {
      readonly kind: 'knownLater';
      readonly waitsFor: readonly Wait[];
      readonly doubt?: { readonly message: string; readonly hint?: string };
    }
  /** `fails`: the node cannot start because of it; else it is null. */
  | { readonly kind: 'neverKnown'; readonly message: string; readonly hint?: string; readonly fails: boolean };
