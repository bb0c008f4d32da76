/** `Wait`: a timer of the server, without a delegate (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import type { StepDefinition } from './step-definition.ts';

export const WaitSpec = Type.Object({
  /** A duration such as `10m` or `1h 30m`, at most 53 weeks. */
  duration: Type.String({ format: 'duration' }),
});
export type WaitSpec = Static<typeof WaitSpec>;

export const wait: StepDefinition = {
  type: 'Wait',
  spec: WaitSpec,
  outputs: [],
  usualIn: ['Custom', 'Approval', 'Deployment'],
};
