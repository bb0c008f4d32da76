/** What happens to a name that does not exist (pipelines.md §3.3). */

/**
 * - `variables`: an undefined variable of the pipeline, of a stage (`stage.variables`, `stages.X.variables`), of the step group or
 *   under `variable` is an error, anything else is null.
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
      const [root = ''] = names;
      if (root === 'variable') return true;
      // `stages.X.variables.V`, `pipeline.stages.X.variables.V`, else `stage.variables.V` and its like.
      const at = root === 'stages' ? 2 : root === 'pipeline' && names[1] === 'stages' ? 3 : 1;
      const hasOwner = at > 1 || VARIABLE_OWNERS.has(root);
      return hasOwner && names[at] === 'variables' && names.length > at + 1;
    }
  }
}
