/** `Barrier`: all Barrier steps of one reference go on together (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import type { StepDefinition } from './step-definition.ts';

export const BarrierSpec = Type.Object({
  /** An identifier of `flowControl.barriers`. */
  barrierRef: Type.String(),
});
export type BarrierSpec = Static<typeof BarrierSpec>;

export const barrier: StepDefinition = {
  type: 'Barrier',
  spec: BarrierSpec,
  outputs: [],
  usualIn: ['Custom', 'Deployment'],
};
