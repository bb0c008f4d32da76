export type {
  Clock,
  CommitOutcome,
  DelegateView,
  DueTimer,
  ExecutionStore,
  HeldTask,
  LeasedTask,
  LostTask,
  Scheduler,
  TaskGuard,
  TaskQueue,
  TaskState,
  Transition,
} from './ports.ts';
export { beginExecution } from './begin-execution.ts';
export { Doorbell } from './doorbell.ts';
export { ExecutionBusyError, ExecutionContendedError } from './errors.ts';
export {
  ExecutionRunner,
  type CommittedChange,
  type DeliverOptions,
  type DeliverResult,
  type ExecutionRunnerOptions,
  type MakeEvent,
  type StartResult,
} from './execution-runner.ts';
export { GroupCommit } from './group-commit.ts';
export { LostTaskLoop, type LostTaskLoopOptions } from './lost-task-loop.ts';
export { MemoryDatabase } from './memory/memory-database.ts';
export { MemoryExecutionStore } from './memory/memory-execution-store.ts';
export { MemoryTaskQueue } from './memory/memory-task-queue.ts';
export { VirtualTime } from './memory/virtual-time.ts';
export { TaskReports, type ReportResult, type TaskReport } from './task-reports.ts';
export { TimerLoop, type TimerLoopOptions } from './timer-loop.ts';
