/** What an executor's test needs: a host with real shells and pipes, folders of its own, and a log that is kept. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_SETTINGS,
  type ExecutorHost,
  type ExecutorSettings,
  type LogSink,
  type ServiceLog,
  type StepRequest,
  type StepResult,
} from '../executor.ts';
import { DockerHost } from '../docker/docker-host.ts';
import { Mask } from '../masking/mask.ts';
import { FifoPool } from '../process/fifo-pool.ts';
import type { Isolation } from '../process/isolation.ts';
import { ProcessTable } from '../process/process-table.ts';
import { Shells } from '../process/shells.ts';
import { findExecutor } from '../registry.ts';
import { Workspaces } from '../workspace.ts';

/** Keeps a log and tells when something has appeared in it. */
export class KeptLog implements LogSink {
  readonly chunks: Buffer[] = [];
  readonly #waiters = new Set<() => void>();

  async write(bytes: Uint8Array): Promise<void> {
    this.chunks.push(Buffer.from(bytes));
    for (const check of this.#waiters) check();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** The step's own output: without the first and the last line, which are the frame. */
  get body(): string {
    return this.text.replace(/^Executing.*\n/, '').replace(/Execution ended with exit code .*\n$/, '');
  }

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      await new Promise<void>((resolve) => {
        const check = (): void => {
          this.#waiters.delete(check);
          resolve();
        };
        this.#waiters.add(check);
      });
    }
  }
}

/** What a service writes, and whether that is all. */
export class KeptServiceLog extends KeptLog implements ServiceLog {
  readonly #over = Promise.withResolvers<void>();
  isOver = false;

  get over(): Promise<void> {
    return this.#over.promise;
  }

  end(): void {
    this.isOver = true;
    this.#over.resolve();
  }
}

export interface StepStart {
  readonly log: KeptLog;
  readonly taskId: string;
  readonly result: Promise<StepResult>;
  /** Test reports it handed over. */
  readonly reports: readonly string[];
  readonly cancel: () => void;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workspaceKey?: string;
  readonly log?: KeptLog;
  readonly settings?: Partial<ExecutorSettings>;
  readonly shells?: Shells;
  /** More of the request: connectors, the stage, what containers may. */
  readonly step?: Partial<StepRequest>;
  /** Leave folders and processes as they are when the step is over. */
  readonly keep?: boolean;
  /** Where what a service writes is shown. */
  readonly serviceLog?: ServiceLog;
}

export interface Stage {
  readonly folder: string;
  readonly processes: ProcessTable;
  readonly workspaces: Workspaces;
  start(stepType: string, spec: unknown, options?: StartOptions): StepStart;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Steps with an image may run. */
  readonly docker?: boolean;
  /** How steps are confined. */
  readonly isolation?: Isolation;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  // A blank and a quote in every path.
  const folder = await mkdtemp(join(tmpdir(), "bridle step's "));
  const pipes = join(folder, 'pipes');
  await mkdir(pipes);
  const processes = new ProcessTable();
  const mark = randomBytes(9).toString('hex');
  const docker = options.docker === true ? new DockerHost({ mark, installation: mark }) : undefined;
  const workspaces = new Workspaces({
    root: join(folder, 'work'),
    processes,
    mark,
    ...(docker === undefined ? {} : { containers: docker }),
    ...(options.isolation?.user === undefined ? {} : { owner: options.isolation.user }),
    ...(options.isolation?.groups === undefined ? {} : { groups: options.isolation.groups }),
  });
  await workspaces.open();
  const host: ExecutorHost = {
    shells: new Shells(process.env['PATH'] ?? ''),
    fifos: new FifoPool(pipes),
    processes,
    ...(docker === undefined ? {} : { docker }),
    settings: {
      ...DEFAULT_SETTINGS,
      killGraceMs: 300,
      pipeGraceMs: 200,
      ...(options.isolation === undefined ? {} : { isolation: options.isolation }),
    },
  };
  const running = new Set<Promise<unknown>>();
  return {
    folder,
    processes,
    workspaces,
    start(stepType, spec, options = {}) {
      const log = options.log ?? new KeptLog();
      const { serviceLog } = options;
      const taskId = randomBytes(16).toString('base64url').slice(0, 22);
      const stop = new AbortController();
      const reports: string[] = [];
      const perform = async (): Promise<StepResult> => {
        const workspace = await workspaces.enter(taskId, options.workspaceKey);
        const executor = findExecutor(stepType);
        if (executor === undefined) throw new Error(`no executor for ${stepType}`);
        const mask = new Mask();
        const masked = mask.wrap(log);
        const result = await executor.run({
          step: {
            taskId,
            stepType,
            identifier: 'step1',
            name: 'step1',
            spec,
            environment: options.environment ?? {},
            ...options.step,
          },
          workspace,
          signal: stop.signal,
          log: masked,
          ...(serviceLog === undefined ? {} : { keepLog: () => serviceLog }),
          mask,
          uploads: { addTestReports: (paths) => void reports.push(...paths), addArtifact: () => undefined },
          host: { ...host, shells: options.shells ?? host.shells, settings: { ...host.settings, ...options.settings } },
        });
        await masked.end();
        if (options.keep !== true) {
          const left = workspace.leave();
          processes.hurry(); // a delegate sweeps for several steps at once; a test waits for its own
          await left;
        }
        return result;
      };
      const result = perform();
      running.add(result);
      return { log, taskId, result, reports, cancel: () => stop.abort() };
    },
    async close() {
      await Promise.allSettled(running);
      await processes.killAll({ markPrefix: `${mark}:`, groups: [] });
      await docker?.clear();
      await workspaces.settled();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function bash(script: string, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { shell: 'Bash', source: { type: 'Inline', spec: { script } }, onDelegate: true, ...more };
}

/** A zombie is not alive: whoever adopted it has only not looked yet. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
