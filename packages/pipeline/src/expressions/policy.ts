/** What happens to a name that does not exist (pipelines.md §3.3). */

/**
 * - `variables`: an undefined name under `pipeline.variables`, `stage.variables`, `stepGroup.variables` or `variable` is an error, anything else is null.
 * - `strict`: every name that does not exist is an error.
 * - `lenient`: every name that does not exist is null.
 *
 * In all of them an expression that asks for it may be missing: one side of a comparison, the left of `?:` and `??`, the operand
 * of `empty`, a condition.
 */
export type NullPolicy = 'variables' | 'strict' | 'lenient';

const VARIABLE_OWNERS: ReadonlySet<string> = new Set(['pipeline', 'stage', 'stepGroup']);

/** Whether the policy makes a missing reference an error. `names` are the root and the fixed or computed members behind it. */
export function isMissingAnError(policy: NullPolicy, names: readonly string[]): boolean {
  switch (policy) {
    case 'strict':
      return true;
    case 'lenient':
      return false;
    case 'variables': {
      const [root = '', second] = names;
      return root === 'variable' || (VARIABLE_OWNERS.has(root) && second === 'variables' && names.length > 2);
    }
  }
}
