/**
 * What the language needs to know of a step type: the schema of its spec with defaults, what it gives out, where it may
 * stand. How a step runs is the executors' matter.
 *
 * A schema describes the spec after its expressions are resolved. In the YAML every scalar may be expression text instead;
 * the reader of specs (`language/read-spec.ts`) allows that everywhere.
 */
import {
  Type,
  type Static,
  type TArray,
  type TObject,
  type TOptional,
  type TRecord,
  type TString,
  type TUnsafe,
} from 'typebox';
import type { Value } from '../expressions/values.ts';
import type { StepType } from './step-types.ts';

export interface StepDefinition {
  readonly type: StepType;
  readonly spec: TObject;
  /** Names under `<+steps.X.output.…>` that every step of the type gives, beside `outputVariables` where it has them. */
  readonly outputs: readonly string[];
  /** The stage types in which Harness allows the step; elsewhere Bridle runs it with a warning. */
  readonly usualIn: readonly ('Custom' | 'CI' | 'Approval' | 'Deployment')[];
  /** It works nowhere else: it lives as long as its stage. */
  readonly isOfCiStages?: true;
  /** Where in the spec the script stands, for checks of its text. */
  readonly scriptPath?: readonly string[];
  /** Of each of these lists one field at least is needed. */
  readonly needsOneOf?: readonly (readonly string[])[];
}

/**
 * Our schema keywords, read by `language/read-spec.ts`:
 * - `notRunYet`: a field that changes what the step does and is not carried out yet. Setting it blocks the run.
 * - `ignored`: a field that changes nothing Bridle promises; setting it is a warning with this reason.
 * - `notRunYetValues`: the same for single values of a field.
 * - `listStandsFor`: a list may be written in place of the map; it is the field at this path.
 * - `whenMissing`: what to do about a field that is needed and absent; a sentence.
 */
export interface SpecKeywords {
  readonly notRunYet?: string;
  readonly ignored?: string;
  readonly notRunYetValues?: Readonly<Record<string, string>>;
  readonly listStandsFor?: readonly string[];
  readonly whenMissing?: string;
}

/** `what` completes "Bridle does not run … yet". */
export function notRunYet(what: string): TOptional<TUnsafe<unknown>> {
  return Type.Optional(Type.Unsafe<unknown>({ notRunYet: what }));
}

/** `why` is a sentence. */
export function ignored(why: string): TOptional<TUnsafe<unknown>> {
  return Type.Optional(Type.Unsafe<unknown>({ ignored: why }));
}

/** A map of texts, such as environment variables. */
export const TextMap: TRecord<string, TString> = Type.Record(Type.String(), Type.String());

/** The settings of a plugin: texts keep their spelling, also in lists. */
export const Settings: TRecord<string, TUnsafe<Value>> = Type.Record(Type.String(), Type.Unsafe<Value>({}), {
  description: 'What the image gets as PLUGIN_… variables.',
});

/** A `Secret` never shows: it is masked in logs, and as an output it leaves the delegate sealed. */
const ValueType = Type.Enum(['String', 'Secret', 'Number'], { default: 'String' });

export const NamedValue = Type.Object({ name: Type.String(), type: ValueType, value: Type.String({ default: '' }) });
export type NamedValue = Static<typeof NamedValue>;

/** `[{ name, type, value }]`. */
export const NamedValues: TArray<typeof NamedValue> = Type.Array(NamedValue);
