/**
 * Makes faults of steps where leases are given, so that any delegate will do: a step that fails or expires never reaches one, the
 * end of one that is delayed is told later. What a killed server has kept back is lost with it: faults are for tests.
 */
import type { NodeExecutionId, TaskOutcome } from '@bridle/pipeline';
import type { StepFault } from '@bridle/protocol';
import { checkOutcome } from '../dispatch/report-outcome.ts';
import type { LeaseFaults } from '../dispatch/lease-faults.ts';
import type { TaskReport, TaskReporter } from '../dispatch/create-dispatch.ts';
import type { Database } from '../store/database.ts';
import { listExecutionHeads } from '../store/execution-statements.ts';
import { expireTimers } from '../store/expire-timers.ts';
import type { Lease } from '../store/task-queue-statements.ts';
import type { Faults } from './faults.ts';

const MESSAGE = 'This step fails because a fault rule of the server says so.';
/** `pipeline.stages.NAME.…` */
const STAGE_PART = 2;

export interface StepFaultsOptions {
  readonly db: Database;
  readonly faults: Faults;
  readonly reporter: TaskReporter;
  readonly onError: (error: unknown) => void;
}

interface KeptBack {
  readonly timer: NodeJS.Timeout;
  readonly tell: () => Promise<void>;
}

export function createStepFaults(options: StepFaultsOptions): LeaseFaults {
  return new StepFaults(options);
}

class StepFaults implements LeaseFaults {
  readonly #options: StepFaultsOptions;
  /** By task and fence: the ends of these are told later. */
  readonly #delays = new Map<string, number>();
  readonly #keptBack = new Map<string, KeptBack>();
  /** Started in the books only; whoever stops them is told so by us. */
  readonly #expiring = new Map<NodeExecutionId, TaskReport>();

  constructor(options: StepFaultsOptions) {
    this.#options = options;
  }

  async apply(leases: readonly Lease[]): Promise<readonly Lease[]> {
    const { db, faults } = this.#options;
    if (!faults.hasSteps || leases.length === 0) return leases;
    const heads = await listExecutionHeads(db, [...new Set(leases.map(({ executionId }) => executionId))]);
    const pipelines = new Map(heads.map(({ id, pipelineIdentifier }) => [id, pipelineIdentifier]));
    const given: Lease[] = [];
    for (const lease of leases) {
      const { fqn, identifier: step } = lease.task;
      const stage = fqn.split('.')[STAGE_PART] ?? '';
      const action = faults.step({ pipeline: pipelines.get(lease.executionId) ?? '', stage, step });
      if (action === undefined || (await this.#isGiven(lease, action))) given.push(lease);
    }
    return given;
  }

  keepsBack(report: TaskReport, outcome: TaskOutcome): boolean {
    const key = keyOf(report);
    if (this.#keptBack.has(key)) return true;
    const delayMs = this.#delays.get(key);
    if (delayMs === undefined) return false;
    this.#delays.delete(key);
    const tell = async (): Promise<void> => {
      this.#keptBack.delete(key);
      await this.#options.reporter.completed(report, outcome);
    };
    const timer = setTimeout(() => void tell().catch(this.#options.onError), delayMs);
    this.#keptBack.set(key, { timer, tell });
    return true;
  }

  async stop(taskIds: readonly NodeExecutionId[]): Promise<readonly NodeExecutionId[]> {
    const heard: NodeExecutionId[] = [];
    for (const taskId of taskIds) {
      const report = this.#expiring.get(taskId);
      if (report === undefined) {
        heard.push(taskId);
        continue;
      }
      await this.#options.reporter.completed(report, { kind: 'cancelled' });
      this.#expiring.delete(taskId);
    }
    return heard;
  }

  async close(): Promise<void> {
    const kept = [...this.#keptBack.values()];
    for (const { timer } of kept) clearTimeout(timer);
    await Promise.all(kept.map(({ tell }) => tell().catch(this.#options.onError)));
  }

  async #isGiven(lease: Lease, action: StepFault['action']): Promise<boolean> {
    const { reporter, db } = this.#options;
    const { executionId, taskId, fence, delegateId } = lease;
    const report = { executionId, taskId, fence };
    if (action.kind === 'delay') {
      this.#delays.set(keyOf(report), action.ms);
      return true;
    }
    await reporter.started(report, { id: delegateId, name: 'fault' });
    if (action.kind === 'expire') {
      this.#expiring.set(taskId, report);
      await expireTimers(db, taskId);
      return false;
    }
    const { message = MESSAGE, errorTypes = [] } = action;
    const failed = checkOutcome({ kind: 'failed', outputs: {}, failure: { message, types: errorTypes } });
    if (failed.kind === 'ok') await reporter.completed(report, failed.outcome);
    return false;
  }
}

function keyOf({ taskId, fence }: TaskReport): string {
  return `${taskId}/${String(fence)}`;
}
