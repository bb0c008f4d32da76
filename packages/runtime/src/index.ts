export type {
  AdmissionQueue,
  ChildStart,
  ChildStarter,
  ChildStartResult,
  Clock,
  CommitOutcome,
  DelegateView,
  DueTimer,
  ExecutionStore,
  GrantedClaim,
  HeldTask,
  LeasedTask,
  LostTask,
  OpenRequest,
  RequestQueue,
  ResourceQueue,
  Scheduler,
  TaskGuard,
  TaskQueue,
  TaskState,
  Transition,
} from './ports.ts';
export { AdmissionLoop, type AdmissionLoopOptions } from './admission-loop.ts';
export { beginExecution, isQueuedStart } from './begin-execution.ts';
export {
  answerObjectionOf,
  availableAnswers,
  interruptObjection,
  textOfRefusal,
  waitObjection,
  type Actor,
  type ApprovalAnswer,
  type ControlRefusal,
  type ControlResult,
  type InterruptOrder,
  type SubmittedInputs,
} from './control.ts';
export { Doorbell } from './doorbell.ts';
export { ChildForbiddenError, ExecutionBusyError, ExecutionContendedError } from './errors.ts';
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
export { MemoryAdmissionQueue } from './memory/memory-admission-queue.ts';
export { MemoryDatabase } from './memory/memory-database.ts';
export { MemoryExecutionStore } from './memory/memory-execution-store.ts';
export { MemoryRequestQueue } from './memory/memory-request-queue.ts';
export { MemoryResourceQueue } from './memory/memory-resource-queue.ts';
export { MemoryTaskQueue } from './memory/memory-task-queue.ts';
export { VirtualTime } from './memory/virtual-time.ts';
export { RequestLoop, type RequestLoopOptions } from './request-loop.ts';
export { childExecutionId, requestId, type ChildRequest, type RequestEffect } from './requests.ts';
export { ResourceLoop, type ResourceLoopOptions } from './resource-loop.ts';
export { settledBy, type Settled } from './settled.ts';
export { TaskReports, type ReportResult, type TaskReport } from './task-reports.ts';
export { TimerLoop, type TimerLoopOptions } from './timer-loop.ts';
export type { VirtualChild } from './virtual-children.ts';
export type { TaskEnd } from './virtual-delegate.ts';
export type { PersonAnswer, UnheardAnswer, WaitingNode } from './virtual-people.ts';
export {
  runVirtually,
  VIRTUAL_EVENTS_MAX,
  type VirtualAct,
  type VirtualExecution,
  type VirtualRun,
  type VirtualRunOptions,
} from './virtual-run.ts';
