/** Faults of steps, for servers that make some on purpose. Declared here for who gives leases; implemented in the room faults. */
import type { NodeExecutionId, TaskOutcome } from '@bridle/pipeline';
import type { Lease } from '../store/task-queue-statements.ts';
import type { TaskReport } from './create-dispatch.ts';

export interface LeaseFaults {
  /** Answers with those that the delegate is to have; the others have met a fault, and it never hears of them. */
  apply(leases: readonly Lease[]): Promise<readonly Lease[]>;
  /** Whether the end of this task is told to its execution later. */
  keepsBack(report: TaskReport, outcome: TaskOutcome): boolean;
  /** Of the tasks that are to be stopped, those of which the delegate has heard. */
  stop(taskIds: readonly NodeExecutionId[]): Promise<readonly NodeExecutionId[]>;
  /** What was kept back is told now. */
  close(): Promise<void>;
}
