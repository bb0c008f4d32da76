/**
 * What delegates report about their tasks, turned into guarded events. A report counts only while the delegate holds the
 * task (D1); repeating a report whose answer was lost is answered as the first time was.
 */
import type { ExecutionId, NodeExecutionId, TaskOutcome } from '@bridle/pipeline';
import type { DeliverResult, ExecutionRunner, MakeEvent } from './execution-runner.ts';
import type { LostTask, TaskState } from './ports.ts';

export interface TaskReport {
  readonly executionId: ExecutionId;
  readonly taskId: NodeExecutionId;
  readonly fence: number;
}

export type ReportResult =
  | { readonly kind: 'accepted' }
  /** The same report was accepted before. */
  | { readonly kind: 'repeated' }
  /** Stale: the delegate does not hold the task (any more). Nothing was changed. */
  | { readonly kind: 'refused'; readonly state: TaskState | undefined; readonly fence: number | undefined };

interface Step {
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  /** With one of these states under the same fence, the report has been heard already. */
  readonly heard: readonly TaskState[];
}

const STARTED: Step = { from: ['leased'], to: 'started', heard: ['started', 'cancelling'] };
const COMPLETED: Step = { from: ['started', 'cancelling'], to: 'done', heard: ['done'] };

export class TaskReports {
  readonly #runner: ExecutionRunner;

  constructor(runner: ExecutionRunner) {
    this.#runner = runner;
  }

  /** Must be accepted (or repeated) before the process is spawned (D2); when refused the process must not start. */
  started(report: TaskReport, delegate: { readonly id: string; readonly name: string }): Promise<ReportResult> {
    return this.#report(report, STARTED, (at) => ({
      kind: 'taskStarted',
      at,
      nodeExecutionId: report.taskId,
      delegate,
    }));
  }

  completed(report: TaskReport, outcome: TaskOutcome): Promise<ReportResult> {
    return this.#report(report, COMPLETED, (at) => ({
      kind: 'taskCompleted',
      at,
      nodeExecutionId: report.taskId,
      outcome,
    }));
  }

  /** Tells the execution that nobody will ever report on the task, and gives its fence up. */
  lost(task: LostTask): Promise<ReportResult> {
    const step: Step = { from: [task.from], to: 'lost', heard: ['lost'] };
    // A task that never started cannot be lost to the engine: it is one that nobody can take.
    const kind = task.from === 'queued' ? 'taskUnassignable' : 'taskLost';
    return this.#report(task, step, (at) => ({ kind, at, nodeExecutionId: task.taskId, reason: task.reason }));
  }

  async #report(report: TaskReport, step: Step, makeEvent: MakeEvent): Promise<ReportResult> {
    let result: ReportResult = { kind: 'refused', state: undefined, fence: undefined };
    for (const from of step.from) {
      const guard = { taskId: report.taskId, fence: report.fence, from, to: step.to };
      result = reportResult(await this.#runner.deliver(report.executionId, makeEvent, { guard }), report.fence, step);
      const isNext = result.kind === 'refused' && result.fence === report.fence && result.state !== undefined;
      if (!isNext) return result;
    }
    return result;
  }
}

function reportResult(result: DeliverResult, fence: number, step: Step): ReportResult {
  switch (result.kind) {
    case 'applied':
      return { kind: 'accepted' };
    case 'stale': {
      const isHeard = result.fence === fence && result.state !== undefined && step.heard.includes(result.state);
      return isHeard ? { kind: 'repeated' } : { kind: 'refused', state: result.state, fence: result.fence };
    }
    case 'declined':
    case 'unknownExecution':
      return { kind: 'refused', state: undefined, fence: undefined };
  }
}
