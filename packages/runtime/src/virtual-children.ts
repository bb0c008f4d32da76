/** Chained executions of a virtual run: pipelines that run in the same world, or ends that are made up. */
import {
  isFinal,
  type Execution,
  type ExecutionHeader,
  type FinalStatus,
  type NodeExecutionId,
  type Value,
} from '@bridle/pipeline';
import type { ExecutionRunner } from './execution-runner.ts';
import type { ChildStart, ChildStarter, ChildStartResult } from './ports.ts';

export type VirtualChild =
  /** Runs. Its id and whose child it is are filled in. */
  | { readonly kind: 'runs'; readonly header: Omit<ExecutionHeader, 'id' | 'parent'> }
  /** Nothing runs: this is what comes of it. */
  | {
      readonly kind: 'ends';
      readonly afterMs: number;
      readonly status: FinalStatus;
      readonly outputs: Readonly<Record<string, Value>>;
    }
  /** Nothing runs, and it goes on until its parent stops it. */
  | { readonly kind: 'hangs' }
  /** The pipeline cannot run; for people. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface VirtualChildrenOptions {
  readonly runner: ExecutionRunner;
  readonly startChild: (start: ChildStart) => VirtualChild | Promise<VirtualChild>;
  readonly later: (ms: number, work: () => Promise<unknown>) => void;
}

export class VirtualChildren implements ChildStarter {
  readonly #options: VirtualChildrenOptions;
  readonly #loading = new Set<Promise<VirtualChild>>();
  /** Stages whose chained execution is made up. */
  readonly #madeUp = new Map<NodeExecutionId, Execution['id']>();

  constructor(options: VirtualChildrenOptions) {
    this.#options = options;
  }

  /** Whether a pipeline is being read: real time passes, virtual time must not. */
  get isLoading(): boolean {
    return this.#loading.size > 0;
  }

  async loaded(): Promise<void> {
    await Promise.allSettled(this.#loading);
  }

  async startChild(start: ChildStart): Promise<ChildStartResult> {
    const child = await this.#load(start);
    const { parent, nodeExecutionId, childExecutionId, request } = start;
    switch (child.kind) {
      case 'refused':
        return child;
      case 'runs': {
        const { outputs } = request;
        const header = { ...child.header, id: childExecutionId };
        await this.#options.runner.start({ ...header, parent: { executionId: parent.id, nodeExecutionId, outputs } });
        return { kind: 'started' };
      }
      case 'ends':
      case 'hangs':
        this.#madeUp.set(nodeExecutionId, parent.id);
        if (child.kind === 'ends') {
          const { afterMs, status, outputs } = child;
          this.#options.later(afterMs, () => this.#end(nodeExecutionId, status, outputs));
        }
        return { kind: 'started' };
    }
  }

  /** The parent gave its child up. One that runs is told by the loop of requests. */
  stop(nodeExecutionId: NodeExecutionId): void {
    if (this.#madeUp.has(nodeExecutionId)) this.#options.later(0, () => this.#end(nodeExecutionId, 'Aborted', {}));
  }

  async #load(start: ChildStart): Promise<VirtualChild> {
    const loading = Promise.resolve(this.#options.startChild(start));
    this.#loading.add(loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(loading);
    }
  }

  async #end(
    nodeExecutionId: NodeExecutionId,
    status: FinalStatus,
    outputs: Readonly<Record<string, Value>>,
  ): Promise<void> {
    const parent = this.#madeUp.get(nodeExecutionId);
    if (parent === undefined) return;
    this.#madeUp.delete(nodeExecutionId);
    await this.#options.runner.deliver(parent, (at, execution) =>
      isFinal(execution.status) ? undefined : { kind: 'childEnded', at, nodeExecutionId, status, outputs },
    );
  }
}
