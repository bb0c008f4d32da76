/**
 * A test of a pipeline as it is written (`*.test.yaml`): what a run is given, what its steps come to, what people do, and what
 * is expected of it. Each part keeps its place, so that whoever judges a run can point to the line.
 */
import type { ErrorName } from '../language/node-parts.ts';
import type { Place } from '../language/diagnostics.ts';
import type {
  ANSWER_ACTIONS,
  ExpectedStatus,
  MOCK_STATUSES,
  ROLLBACK_WORDS,
  TEST_INTERRUPTS,
} from '../language/words-of-tests.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';

export interface Placed<T> {
  readonly value: T;
  readonly place: Place;
}

export interface TestDocument {
  /** A path from the test's file, or an identifier; absent = the pipeline beside it. */
  readonly pipeline?: Placed<string>;
  /** What all cases are given is in each of them already. */
  readonly cases: readonly TestCase[];
}

/** What a run is given. */
export interface Given {
  /** Those of the case stand after those of all cases: the last one of a name wins. */
  readonly inputs: readonly GivenInputs[];
  readonly inputSets: readonly Placed<string>[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly event?: Placed<string>;
  readonly trigger?: Placed<string>;
  /** Epoch milliseconds. */
  readonly startAt?: number;
  readonly isStrict: boolean;
  /** The first one that fits counts. */
  readonly mocks: readonly Mock[];
  readonly answers: readonly Answer[];
}

export type GivenInputs =
  /** YAML rooted at `pipeline`. */
  | { readonly kind: 'tree'; readonly yaml: string }
  | { readonly kind: 'named'; readonly values: readonly NamedInputValue[] };

export interface NamedInputValue {
  readonly name: Placed<string>;
  readonly value: Value;
  /** With scalars as they are written: `1.10` stays `1.10`. */
  readonly written: Value;
}

export interface TestCase extends Given {
  readonly name: Placed<string>;
  readonly stages?: readonly Placed<string>[];
  readonly interrupts: readonly TestInterrupt[];
  readonly expect: Expectations;
}

/** A node by its name (see `names.ts`), and which of its runs. */
export interface Subject {
  readonly kind: 'step' | 'stage';
  readonly name: Placed<string>;
}

export interface Which {
  /** 1-based. */
  readonly attempt?: number;
  /** Values of a loop's turn by axis, or its 0-based number. */
  readonly iteration?: Readonly<Record<string, string>> | number;
}

export interface Mock extends Which {
  readonly subject: Subject;
  readonly status: (typeof MOCK_STATUSES)[number];
  readonly errors: readonly ErrorName[];
  readonly message?: string;
  readonly exitCode?: number;
  readonly outputs: Readonly<Record<string, Placed<Value>>>;
  readonly durationMs?: number;
}

export interface Answer extends Which {
  readonly subject: Subject;
  readonly action?: (typeof ANSWER_ACTIONS)[number];
  readonly afterMs: number;
  readonly by?: string;
  readonly comments?: string;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly place: Place;
}

export interface TestInterrupt {
  readonly action: (typeof TEST_INTERRUPTS)[number];
  readonly afterMs: number;
  readonly subject?: Subject;
  readonly by?: string;
  readonly place: Place;
}

export type RollbackWord = (typeof ROLLBACK_WORDS)[number];

/** One thing that is expected. `undefined` as its value = nothing is written yet: see `Expectation.node`. */
export type Expectation = ExpectationParts & {
  /** The value in the text; what an update replaces. */
  readonly node: YamlNode;
  /** Key of the expectation (`stages`), with what it is about (`stages build`). */
  readonly title: string;
};

type ExpectationParts =
  | { readonly kind: 'status'; readonly status: ExpectedStatus | undefined }
  | {
      readonly kind: 'nodeStatus';
      readonly of: 'stage' | 'step';
      readonly name: Placed<string>;
      readonly status: ExpectedStatus | undefined;
    }
  /** `stages:` or `steps:` with nothing below. */
  | { readonly kind: 'allStatuses'; readonly of: 'stage' | 'step' }
  | { readonly kind: 'skipped' | 'notRun'; readonly names: readonly Placed<string>[] | undefined }
  | { readonly kind: 'rollback'; readonly words: readonly RollbackWord[] | undefined }
  | { readonly kind: 'attempts' | 'turns'; readonly name: Placed<string>; readonly count: number | undefined }
  | { readonly kind: 'failure'; readonly text: string | undefined }
  | { readonly kind: 'nodeFailure'; readonly name: Placed<string>; readonly text: string | undefined }
  | { readonly kind: 'value'; readonly expression: Placed<string>; readonly isOpen: boolean }
  | { readonly kind: 'resolved' | 'environment'; readonly name: Placed<string>; readonly isOpen: boolean }
  | { readonly kind: 'duration'; readonly atLeastMs?: number; readonly atMostMs?: number; readonly isOpen: boolean }
  | { readonly kind: 'refused'; readonly text: string | undefined };

export interface Expectations {
  readonly list: readonly Expectation[];
  readonly place: Place;
}
