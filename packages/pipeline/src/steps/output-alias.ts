/** `outputAlias`: a step publishes its output variables under a name of their own (pipelines.md §3.5, `exportedVariables`). */
import { Type, type Static } from 'typebox';

export const OutputAlias = Type.Object({
  key: Type.String(),
  /** The nearest one of these around the step: whatever is below it may ask for the alias. */
  scope: Type.Enum(['Pipeline', 'Stage', 'StepGroup'], { default: 'Pipeline' }),
});
export type OutputAlias = Static<typeof OutputAlias>;
