/**
 * Variables of the whole source that tell of what was cloned: a variable of the pipeline is asked for where nothing is cloned yet,
 * so each stage has its own.
 */
import type { VariableDraft } from './draft.ts';

/** @param others - variables of stages, which it may use */
export function isLate(value: VariableDraft['value'], others: ReadonlySet<string> = new Set()): boolean {
  if (typeof value !== 'string') return false;
  return value.includes('<+codebase.') || [...others].some((name) => value.includes(`<+stage.variables.${name}>`));
}

export interface SplitVariables {
  /** Of the pipeline. */
  readonly early: readonly VariableDraft[];
  /** Of each stage. */
  readonly late: readonly VariableDraft[];
}

export function splitVariables(
  variables: readonly VariableDraft[],
  late: ReadonlySet<string> = new Set(variables.filter(({ value }) => isLate(value)).map(({ name }) => name)),
): SplitVariables {
  return {
    early: variables.filter(({ name }) => !late.has(name)),
    late: variables.filter(({ name }) => late.has(name)),
  };
}
