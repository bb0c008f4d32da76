/**
 * One task from lease to report, by the executors of the delegate.
 *
 * - D2 No process before the start is committed.
 * - T2 The whole log has been heard before the task is reported; but that of a step whose service goes on stays open with it.
 * - T4 Nothing unmasked leaves here: neither log nor result nor what is said of tests.
 */
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  findExecutor,
  hideSecrets,
  prepareStep,
  StepLog,
  type ExecutorHost,
  type MaskedLog,
  type ServiceLog,
  type StepResult,
  type StepWorkspace,
  type Workspaces,
} from '@bridle/executors';
import type { Execution, PlanNode, TaskOutcome, TaskRequest } from '@bridle/pipeline';
import type { LeasedTask, TaskReports } from '@bridle/runtime';
import { adaptTask, type ExecutorChoice } from './adapt-task.ts';
import { provideCodebase, type Codebase } from './codebase/codebase.ts';
import { tellProgress } from './codebase/progress.ts';
import { dressTask, type Wardrobe } from './dress-task.ts';
import type { EventStream } from './event-stream.ts';
import { summariseReports } from './local-tests.ts';
import { LogLines } from './log-lines.ts';
import { identifiersOf, isCodebaseStep, worksInCodebase } from './plan-places.ts';

export interface TaskTools {
  readonly reports: TaskReports;
  readonly workspaces: Workspaces;
  readonly host: ExecutorHost;
  readonly wardrobe: Wardrobe;
  readonly events: EventStream;
  readonly codebase: Codebase;
  readonly executor: ExecutorChoice;
  /** Where artifacts of steps are kept; absent = nowhere. */
  readonly artifactsFolder?: string;
}

/** Who performs the tasks of a run, as the engine's events name it. */
export const WORKER = { id: 'local', name: 'this machine' } as const;
/** Bound of the protocol for the text of a failure. */
const MESSAGE_LENGTH_MAX = 65_536;

export class TaskRun {
  readonly #lease: LeasedTask;
  readonly #execution: Execution;
  readonly #tools: TaskTools;
  readonly #stop = new AbortController();
  /** Resolves when the task is reported. */
  readonly done: Promise<void>;
  /** Resolves when its folders and stray processes are gone too; set before `done` resolves. */
  cleaned: Promise<void> = Promise.resolve();
  /** Resolves when nothing more comes of its log: with the service that it has started, if it has; set before `done` resolves. */
  logOver: Promise<void> = Promise.resolve();

  constructor(lease: LeasedTask, execution: Execution, tools: TaskTools) {
    this.#lease = lease;
    this.#execution = execution;
    this.#tools = tools;
    this.done = this.#run();
  }

  get workspaceKey(): string | undefined {
    return this.#task.workspaceKey;
  }

  stop(): void {
    this.#stop.abort();
  }

  get #task(): TaskRequest {
    return this.#lease.task;
  }

  get #plan(): PlanNode | undefined {
    const { plan, nodes } = this.#execution;
    const node = nodes[this.#task.taskId];
    return node === undefined ? undefined : plan.nodes[node.nodeId];
  }

  async #run(): Promise<void> {
    const { reports, events, wardrobe } = this.#tools;
    const { executionId, fence } = this.#lease;
    const report = { executionId, fence, taskId: this.#task.taskId };
    if ((await reports.started(report, WORKER)).kind !== 'accepted') return;
    const lines = new LogLines(events, { planExecutionId: executionId, node: this.#task.taskId });
    const masked = wardrobe.secrets.mask.wrap(lines);
    const log = new OpenLog(masked, async () => {
      await masked.end();
      await lines.end();
    });
    const result = await this.#performIn(log);
    this.logOver = log.over;
    if (!log.isKept) log.end();
    if (!log.isKept) await log.over;
    await reports.completed(report, outcomeOf(result));
  }

  async #performIn(log: OpenLog): Promise<StepResult> {
    let workspace: StepWorkspace;
    try {
      workspace = await this.#enter();
    } catch (error) {
      return failure(`No folder could be made for the step: ${messageOf(error)}`);
    }
    try {
      const uploads = new LocalUploads();
      const result = await this.#perform(log, workspace, uploads);
      await this.#keep(uploads, new StepLog(log));
      return result;
    } catch (error) {
      const message = this.#tools.wardrobe.secrets.mask.text(`The step could not be run: ${messageOf(error)}`);
      await new StepLog(log).line(message);
      return failure(message);
    } finally {
      // Folders and stray processes go while the report is under way: the next step must not wait for them.
      this.cleaned = workspace.leave();
    }
  }

  async #enter(): Promise<StepWorkspace> {
    const { workspaces, codebase } = this.#tools;
    const workspace = await workspaces.enter(this.#task.taskId, this.#task.workspaceKey);
    const plan = this.#plan;
    const isInPlace =
      codebase.mode === 'inPlace' && plan !== undefined && worksInCodebase(this.#execution.plan, plan.id);
    return isInPlace ? { ...workspace, folder: codebase.root, isOfUser: true } : workspace;
  }

  async #perform(log: OpenLog, workspace: StepWorkspace, uploads: LocalUploads): Promise<StepResult> {
    const { wardrobe, host, executor, codebase } = this.#tools;
    const plan = this.#plan;
    if (plan !== undefined && isCodebaseStep(plan)) {
      const onProgress = this.#progress();
      const { spec } = this.#task;
      return provideCodebase({ codebase, spec, workspace, log, signal: this.#stop.signal, onProgress });
    }
    const found = findExecutor(this.#task.stepType);
    if (found === undefined) return failure(`Steps of type ${this.#task.stepType} cannot be run.`);
    const { step: bare, secrets } = dressTask(adaptTask(this.#task, executor), wardrobe);
    const { mask } = wardrobe.secrets;
    const prepared = prepareStep(bare, secrets, mask);
    if (prepared.kind === 'failed') {
      await new StepLog(log).line(prepared.failure.message);
      return { kind: 'failed', outputs: {}, failure: prepared.failure };
    }
    const { step } = prepared;
    const result = await found.run({
      step: { ...step, environment: { HARNESS_DELEGATE_ID: WORKER.id, ...step.environment } },
      workspace,
      signal: this.#stop.signal,
      log,
      keepLog: () => log.keep(),
      mask,
      uploads,
      host,
    });
    return hideSecrets(result, mask, (plaintext) => wardrobe.secrets.seal(plaintext));
  }

  #progress(): (done: number, total: number, isFinished: boolean) => void {
    return tellProgress((done, total, isFinished) =>
      this.#tools.events.push({
        type: 'progress',
        time: new Date().toISOString(),
        what: `copy ${this.#task.taskId}`,
        text: `Copying the working tree for ${this.#task.stage?.identifier ?? this.#task.name}`,
        done,
        total,
        ...(isFinished ? { finished: true } : {}),
      }),
    );
  }

  async #keep({ reports, artifacts }: LocalUploads, log: StepLog): Promise<void> {
    const { events, wardrobe, artifactsFolder } = this.#tools;
    if (reports.size > 0) {
      const hide = (text: string): string => wardrobe.secrets.mask.text(text);
      const summary = await summariseReports(reports, hide, (line) => log.line(line));
      await log.line(
        `Test reports: ${summary.total} tests, ${summary.failed} failed, ${summary.skipped} skipped (${reports.size} files).`,
      );
      events.push({
        type: 'tests',
        time: new Date().toISOString(),
        planExecutionId: this.#lease.executionId,
        node: this.#task.taskId,
        ...summary,
      });
    }
    for (const [name, path] of artifacts) {
      if (artifactsFolder === undefined) {
        await log.line(`The artifact ${name} is not kept: a local run keeps artifacts with --record only.`);
        continue;
      }
      const target = join(artifactsFolder, ...identifiersOf(this.#execution, this.#task.taskId), name);
      await mkdir(dirname(target), { recursive: true });
      await cp(path, target);
      await log.line(`Kept the artifact ${name}.`);
    }
  }
}

/** The log of a step, and of the service that it may start. All secrets of the run are hidden in it, whoever prints them. */
class OpenLog implements ServiceLog {
  readonly #masked: MaskedLog;
  readonly #finish: () => Promise<void>;
  readonly #over = Promise.withResolvers<void>();
  isKept = false;

  constructor(masked: MaskedLog, finish: () => Promise<void>) {
    this.#masked = masked;
    this.#finish = finish;
    this.over.catch(() => undefined); // whoever waits hears of it
  }

  get over(): Promise<void> {
    return this.#over.promise;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#masked.write(bytes);
  }

  keep(): ServiceLog {
    this.isKept = true;
    return this;
  }

  end(): void {
    this.#finish().then(this.#over.resolve, this.#over.reject);
  }
}

class LocalUploads {
  readonly reports = new Set<string>();
  readonly artifacts = new Map<string, string>();

  addTestReports(paths: readonly string[]): void {
    for (const path of paths) this.reports.add(path);
  }

  addArtifact({ name, path }: { readonly name: string; readonly path: string }): void {
    this.artifacts.set(name, path);
  }
}

function outcomeOf(result: StepResult): TaskOutcome {
  if (result.kind !== 'failed') return result;
  const { message, types } = result.failure;
  return { ...result, failure: { message: message.slice(0, MESSAGE_LENGTH_MAX), types } };
}

function failure(message: string): StepResult {
  return { kind: 'failed', outputs: {}, failure: { message, types: ['APPLICATION_ERROR'] } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
