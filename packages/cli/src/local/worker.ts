/**
 * Takes tasks and performs them, as many at once as the run may.
 *
 * - W1 Every task that was started is reported, or its run is a bug of ours and said to be one.
 * - W2 A stage's folder goes when nothing of the stage runs any more.
 */
import type { Effect } from '@bridle/pipeline';
import type { CommittedChange, DelegateView, ExecutionStore, MemoryTaskQueue } from '@bridle/runtime';
import { TaskRun, WORKER, type TaskTools } from './task-run.ts';

/** Nobody else takes tasks here: a lease never ends by itself. */
const LEASE_MS = Number.MAX_SAFE_INTEGER / 4;
const INCARNATION = 'run';

export interface WorkerOptions {
  readonly queue: MemoryTaskQueue;
  readonly store: Pick<ExecutionStore, 'find'>;
  readonly tools: TaskTools;
  readonly accountId: string;
  readonly parallel: number;
  readonly onError: (error: unknown) => void;
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #running = new Map<string, TaskRun>();
  readonly #cleaning = new Set<Promise<void>>();
  /** This machine takes any task: all that is asked for are its tags. */
  readonly #tags = new Set<string>();
  #taking = false;
  #wantsMore = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#options.queue.register(this.#view(), INCARNATION);
  }

  /** Call with everything that is committed. */
  changed(changes: readonly CommittedChange[]): void {
    for (const { effects } of changes) for (const effect of effects) this.#hear(effect);
    void this.#take();
  }

  /** Resolves when nothing runs and all that was to be removed is gone. */
  async settled(): Promise<void> {
    this.#options.tools.host.processes.hurry(); // leftovers are looked for together with those of later steps, and none come
    while (this.#running.size + this.#cleaning.size > 0) {
      await Promise.all([...[...this.#running.values()].map(({ done }) => done), ...this.#cleaning]);
    }
  }

  #hear(effect: Effect): void {
    switch (effect.kind) {
      case 'enqueueTask':
        for (const selector of effect.task.selectors) this.#tags.add(selector.trim().toLowerCase());
        break;
      case 'cancelTask':
        this.#running.get(effect.taskId)?.stop();
        break;
      case 'releaseWorkspace':
        this.#clean(this.#release(effect.workspaceKey));
        break;
      default:
        break;
    }
  }

  async #take(): Promise<void> {
    this.#wantsMore = true;
    if (this.#taking) return;
    this.#taking = true;
    try {
      while (this.#wantsMore) {
        this.#wantsMore = false;
        const room = this.#options.parallel - this.#running.size;
        if (room <= 0) break;
        for (const lease of await this.#options.queue.lease(this.#view(), room, LEASE_MS)) {
          const execution = await this.#options.store.find(lease.executionId);
          if (execution === undefined) throw new Error(`The execution ${lease.executionId} is not there.`);
          const run = new TaskRun(lease, execution, this.#options.tools);
          this.#running.set(lease.task.taskId, run);
          this.#clean(this.#finish(lease.task.taskId, run));
        }
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#taking = false;
    }
  }

  async #finish(taskId: string, run: TaskRun): Promise<void> {
    await run.done.catch(this.#options.onError);
    this.#running.delete(taskId);
    void this.#take();
    this.#clean(run.logOver.catch(this.#options.onError));
    await run.cleaned.catch(this.#options.onError);
  }

  /** W2 */
  async #release(workspaceKey: string): Promise<void> {
    const ofStage = [...this.#running.values()].filter((run) => run.workspaceKey === workspaceKey);
    await Promise.allSettled(ofStage.map(({ done }) => done));
    await Promise.allSettled(ofStage.map(({ cleaned }) => cleaned));
    await this.#options.tools.workspaces.release(workspaceKey).catch(this.#options.onError);
  }

  #clean(work: Promise<void>): void {
    const cleaning = work.finally(() => this.#cleaning.delete(cleaning));
    this.#cleaning.add(cleaning);
  }

  #view(): DelegateView {
    return { delegateId: WORKER.id, accountId: this.#options.accountId, tags: [...this.#tags] };
  }
}
