import { Type, type Static } from 'typebox';

/** Which turn of a loop a node is. */
export const StrategyMetadata = Type.Object({
  currentIteration: Type.Integer({ description: '0-based' }),
  totalIterations: Type.Integer(),
  identifierPostFix: Type.String(),
  matrixMetadata: Type.Optional(
    Type.Object({
      matrixCombination: Type.Array(Type.Integer()),
      matrixValues: Type.Record(Type.String(), Type.String()),
      subType: Type.String(),
    }),
  ),
  forMetadata: Type.Optional(Type.Object({ value: Type.String(), partition: Type.Array(Type.String()) })),
});
export type StrategyMetadata = Static<typeof StrategyMetadata>;
