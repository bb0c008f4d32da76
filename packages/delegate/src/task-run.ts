/**
 * One task from lease to report.
 *
 * - D2 No process before the server has committed `started`; 409 there = never start.
 * - T1 Exactly one report per task: repeated until the server has answered it; 409 = it was given to somebody else, drop it.
 * - T2 The log is complete at the server before the report is; but that of a step whose service goes on stays open with it.
 * - T3 A lost task (its fence is no longer valid) is stopped and never reported.
 * - T4 Nothing unmasked leaves `#perform`: the log is masked before it is spooled, the result before it is reported or kept, and what
 *   the delegate's own log is told of it.
 */
import {
  findExecutor,
  hideSecrets,
  Mask,
  StepLog,
  type ExecutorHost,
  type MaskedLog,
  type StepResult,
  type StepWorkspace,
  type Workspaces,
} from '@bridle/executors';
import type { DelegateTask, TaskOutcome } from '@bridle/protocol';
import type { Logger } from 'pino';
import { CallCancelled } from './client.ts';
import type { LogShipper } from './log-shipper.ts';
import type { ReportSpool } from './report-spool.ts';
import { hideError } from './secrets/hide-error.ts';
import type { SecretManagers } from './secrets/secret-manager.ts';
import { seal } from './secrets/seal.ts';
import { prepareTask } from './secrets/task-secrets.ts';
import type { ServiceLogs, StageStep } from './service-logs.ts';
import { orAbort, type Session } from './session.ts';
import type { TaskLog } from './task-log.ts';
import { TaskUploads } from './uploads/task-uploads.ts';

/** Bound of the protocol for the text of a failure. */
const MESSAGE_LENGTH_MAX = 65_536;
/** HTTP status of a report whose fence is no longer valid. */
const STALE = 409;

export interface TaskTools {
  readonly session: Session;
  readonly shipper: LogShipper;
  readonly workspaces: Workspaces;
  readonly host: ExecutorHost;
  readonly reports: ReportSpool;
  readonly secrets: SecretManagers;
  readonly services: ServiceLogs;
  readonly log: Logger;
}

/** Why a run was told to end. */
export type StopReason = 'cancelled' | 'lost' | 'delegateStops';

export class TaskRun {
  readonly task: DelegateTask;
  readonly #tools: TaskTools;
  readonly #log: Logger;
  /** Ends the step. */
  readonly #stop = new AbortController();
  /** Gives up every call to the server about this task. */
  readonly #abandon = new AbortController();
  #stopReason: StopReason | undefined;
  readonly #uploads: TaskUploads;
  readonly #mask = new Mask();
  /** Resolves when the task is reported, or will not be; never rejects. */
  readonly done: Promise<void>;
  /** Resolves when its folders and stray processes are gone too; set before `done` resolves. */
  cleaned: Promise<void> = Promise.resolve();

  /** @param earlier - a run of the same task under an older fence: it must be over before this one begins */
  constructor(task: DelegateTask, tools: TaskTools, earlier?: TaskRun) {
    this.task = task;
    this.#uploads = new TaskUploads(task);
    this.#tools = tools;
    this.#log = tools.log.child(
      { taskId: task.taskId, fqn: task.fqn },
      {
        serializers: {
          err: (error: unknown) => hideError(error, this.#mask),
          reason: (reason: unknown) => this.#mask.text(String(reason)),
        },
      },
    );
    this.done = this.#runAfter(earlier).catch((error: unknown) => {
      if (!(error instanceof CallCancelled)) this.#log.error({ err: error }, 'the task could not be carried through');
    });
  }

  get isStopping(): boolean {
    return this.#stopReason !== undefined;
  }

  stop(reason: StopReason): void {
    // What is lost stays lost; otherwise the first reason counts.
    if (this.#stopReason === undefined || reason === 'lost') this.#stopReason = reason;
    if (reason === 'lost') this.#abandon.abort();
    this.#stop.abort();
  }

  /** No more calls to the server for this task: what could not be reported is kept on disk. */
  giveUpReporting(): void {
    this.#abandon.abort();
  }

  async #runAfter(earlier: TaskRun | undefined): Promise<void> {
    await earlier?.done;
    await earlier?.cleaned;
    await this.#run();
  }

  async #run(): Promise<void> {
    const { session, shipper, services } = this.#tools;
    const { taskId, fence, logKey, workspaceKey } = this.task;
    const starting = session.tell(`tasks/${taskId}/started`, { fence }, { signal: this.#abandon.signal });
    // The step's own folder is made while the server commits. That of a stage may be gone for good, if the task is not ours any more.
    const early = workspaceKey === undefined ? this.#enter() : undefined;
    let isOurs = false;
    try {
      const started = await starting;
      isOurs = started.kind === 'ok';
      if (started.kind === 'refused')
        this.#log.info({ status: started.status, reason: started.message }, 'the task is no longer ours; not started');
    } finally {
      if (!isOurs) await this.#leave(await early);
    }
    if (!isOurs) return;
    const log = shipper.open({ taskId, fence, logKey });
    const workspace = await (early ?? this.#enter());
    if (workspace instanceof Error) {
      await this.#report(log, failure(`The delegate could not make a folder for the step: ${workspace.message}`));
      return;
    }
    const masked = this.#mask.wrap(log);
    const inStage = services.enter(this.task.workspaceKey, this.#mask, masked, log);
    const result = await this.#perform(masked, workspace, inStage.keepLog);
    await this.#upload(masked);
    const isLogOver = await inStage.leave();
    // Folders and stray processes go while the report is under way: the next step must not wait for them.
    this.cleaned = this.#leave(workspace);
    await this.#report(log, this.#outcomeOf(result), isLogOver);
  }

  async #enter(): Promise<StepWorkspace | Error> {
    try {
      return await this.#tools.workspaces.enter(this.task.taskId, this.task.workspaceKey);
    } catch (error) {
      this.#log.error({ err: error }, 'no folder for the step');
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #leave(workspace: StepWorkspace | Error | undefined): Promise<void> {
    if (workspace === undefined || workspace instanceof Error) return;
    await workspace
      .leave()
      .catch((error: unknown) => this.#log.error({ err: error }, 'the step could not be cleaned up'));
  }

  async #perform(log: MaskedLog, workspace: StepWorkspace, keepLog: StageStep['keepLog']): Promise<StepResult> {
    const { task } = this;
    const executor = findExecutor(task.stepType);
    if (executor === undefined) {
      return failure(`This delegate does not know steps of type ${task.stepType}; it may be older than the server.`);
    }
    try {
      const prepared = await prepareTask(task, this.#tools.secrets, this.#mask);
      if (prepared.kind === 'failed') {
        await new StepLog(log).line(prepared.failure.message);
        return { kind: 'failed', outputs: {}, failure: prepared.failure };
      }
      const { step } = prepared;
      const own = { HARNESS_DELEGATE_ID: this.#tools.session.registration.delegateId };
      const result = await executor.run({
        step: { ...step, environment: { ...own, ...step.environment } },
        workspace,
        signal: this.#stop.signal,
        log,
        keepLog,
        mask: this.#mask,
        uploads: this.#uploads,
        host: this.#tools.host,
      });
      const { sealKey } = task;
      return hideSecrets(result, this.#mask, sealKey === undefined ? undefined : (text) => seal(sealKey, text));
    } catch (error) {
      this.#log.error({ err: error }, 'an executor failed');
      const message = error instanceof Error ? error.message : String(error);
      return failure(this.#mask.text(`The delegate could not run the step: ${message}`));
    }
  }

  /** Before its folder goes: what the step leaves with the server beside its outcome. */
  async #upload(log: MaskedLog): Promise<void> {
    if (this.#uploads.isEmpty || this.isLost) return;
    const words = new StepLog(log);
    try {
      await this.#uploads.send({
        session: this.#tools.session,
        hide: (text) => this.#mask.text(text),
        say: (line) => words.line(line),
        signal: this.#abandon.signal,
      });
    } catch (error) {
      if (error instanceof CallCancelled) return;
      this.#log.error({ err: error }, 'reports and artifacts could not be sent');
      await words.line('The test reports and artifacts of this step could not be sent to the server.');
    }
  }

  #outcomeOf(result: StepResult): StepResult {
    if (result.kind !== 'cancelled' || this.#stopReason !== 'delegateStops') return result;
    return {
      kind: 'failed',
      outputs: {},
      failure: { message: 'The delegate was stopped while the step was running.', types: ['DELEGATE_RESTART'] },
    };
  }

  async #report(log: TaskLog, result: StepResult, isLogOver = true): Promise<void> {
    const { session, reports } = this.#tools;
    const { taskId, fence } = this.task;
    if (this.#stopReason === 'lost') {
      await log.drop('the task was lost');
      return;
    }
    const finished = isLogOver ? log.finish() : Promise.resolve();
    const outcome = outcomeOf(result);
    const call = this.#abandon.signal;
    try {
      await orAbort(finished, call);
      await this.#complete(outcome, call);
    } catch (error) {
      if (!(error instanceof CallCancelled)) throw error;
      if (this.isLost) return;
      await reports.keep({
        delegateId: session.registration.delegateId,
        incarnation: session.incarnation,
        taskId,
        fence,
        outcome,
      });
      this.#log.warn('the server cannot be reached; the report is kept for the next start');
    } finally {
      if (this.isLost) await log.drop('the task was lost');
    }
  }

  async #complete(outcome: TaskOutcome, signal: AbortSignal): Promise<void> {
    const { taskId, fence } = this.task;
    const answer = await this.#tools.session.tell(`tasks/${taskId}/complete`, { fence, outcome }, { signal });
    if (answer.kind === 'ok') return;
    this.#log.warn({ status: answer.status, reason: answer.message }, 'the report was refused');
    if (answer.status === STALE || outcome.kind === 'cancelled' || Object.keys(outcome.outputs).length === 0) return;
    // The server cannot take this result, e.g. its outputs: without them the step ends, and its author learns why.
    const message = this.#mask.text(`The server does not accept the result of the step: ${answer.message}`);
    await this.#complete(outcomeOf(failure(message)), signal);
  }

  get isLost(): boolean {
    return this.#stopReason === 'lost';
  }
}

function failure(message: string): StepResult {
  return { kind: 'failed', outputs: {}, failure: { message, types: ['APPLICATION_ERROR'] } };
}

function outcomeOf(result: StepResult): TaskOutcome {
  switch (result.kind) {
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'succeeded':
      return { kind: 'succeeded', ...exitCodeOf(result), outputs: { ...result.outputs }, ...secretOutputsOf(result) };
    case 'failed':
      return {
        kind: 'failed',
        ...exitCodeOf(result),
        outputs: { ...result.outputs },
        ...secretOutputsOf(result),
        failure: { message: result.failure.message.slice(0, MESSAGE_LENGTH_MAX), types: [...result.failure.types] },
      };
  }
}

function exitCodeOf(result: { readonly exitCode?: number }): { exitCode?: number } {
  return result.exitCode === undefined ? {} : { exitCode: result.exitCode };
}

function secretOutputsOf(result: { readonly secretOutputs?: readonly string[] }): { secretOutputs?: string[] } {
  return result.secretOutputs === undefined ? {} : { secretOutputs: [...result.secretOutputs] };
}
