/** `Queue`: one holder per key in the whole account, first in, first out (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import type { StepDefinition } from './step-definition.ts';

export const QueueSpec = Type.Object({
  key: Type.String(),
  /** What the place is held for, whatever its outcome. */
  scope: Type.Enum(['Pipeline', 'Stage'], { default: 'Pipeline' }),
});
export type QueueSpec = Static<typeof QueueSpec>;

export const queue: StepDefinition = {
  type: 'Queue',
  spec: QueueSpec,
  outputs: [],
  usualIn: ['Custom', 'Deployment'],
};
