import type { ExecutionId, NodeExecutionId, ProjectScope } from '@bridle/pipeline';
import type { CommitOutcome, DelegateView, ExecutionStore, TaskQueue, TaskState, Transition } from '../ports.ts';

/** One fresh, empty store with its queue, and the handles a suite needs beside the ports. */
export interface StoreFixture {
  readonly store: ExecutionStore;
  readonly queue: TaskQueue;
  /** A project the store knows, and another one of the same organization. */
  readonly scope: ProjectScope;
  readonly otherScope: ProjectScope;
  /** How a new execution gets into this store (`expectedVersion` is undefined); `conflict` when its id is there already. */
  insert(transition: Transition): Promise<CommitOutcome>;
  registerDelegate(view: DelegateView, incarnation: string): Promise<void>;
  /** A sign of life of the registered process. */
  hearDelegate(delegateId: string): Promise<void>;
  /** The registered process is known to be gone. */
  removeDelegate(delegateId: string): Promise<void>;
  /** Makes time pass for the store: moves its clock on, or sets all stored times back. */
  passTime(ms: number): Promise<void>;
  /** Now by the store's clock. */
  now(): Promise<number>;
  findTask(taskId: NodeExecutionId): Promise<{ readonly state: TaskState; readonly fence: number } | undefined>;
  isWorkspaceReleased(key: string, executionId: ExecutionId): Promise<boolean>;
  close(): Promise<void>;
}

export type MakeStoreFixture<Fixture extends StoreFixture = StoreFixture> = () => Promise<Fixture>;
