/**
 * The port between a delegate (or a local run) and what performs one step.
 *
 * Invariants:
 * - X1 `run` answers with a result for everything a step, its author or the outside world can do wrong; it rejects only for a
 *   bug of ours.
 * - X2 Once `signal` is aborted no process of the step outlives `run` by more than the kill grace, and the result is
 *   `cancelled` unless the step had already ended by itself.
 * - X3 The log gets the step's bytes as they were written, in order, nothing left out; `run` resolves only after the last of
 *   them was handed over.
 */
import type { ProxySettings } from '@bridle/outgoing';
import type { FailureType, Value } from '@bridle/pipeline';
import type { DockerHost } from './docker/docker-host.ts';
import type { FifoPool } from './process/fifo-pool.ts';
import type { Isolation } from './process/isolation.ts';
import type { ProcessTable } from './process/process-table.ts';
import type { Shells } from './process/shells.ts';
import { toolCacheFolders } from './storage/tool-caches.ts';
import type { StepWorkspace } from './workspace.ts';

/** What is asked for; the resolved step of a plan. */
export interface StepRequest {
  readonly taskId: string;
  readonly stepType: string;
  readonly identifier: string;
  readonly name: string;
  /** Where the step stands in its pipeline: `pipeline.stages.S.spec.execution.steps.GROUP.steps.STEP`. */
  readonly fqn?: string;
  /** The step's spec, fully resolved. It came over a wire: every reader checks what it takes. */
  readonly spec: unknown;
  /** Environment beside what the spec declares: CI variables, pipeline and stage variables, outputs of earlier steps. */
  readonly environment: Readonly<Record<string, string>>;
  /** Connectors that the spec refers to, by the reference as it stands there. Absent = none. */
  readonly connectors?: Readonly<Record<string, StepConnector>>;
  /** Only for a step of a CI stage. */
  readonly stage?: StepStage;
  /** Names the project whose step this is, by what the server says of it: caches of projects are kept apart. */
  readonly project?: string;
  /** What the account allows to containers; absent = nothing special is allowed, every image is. */
  readonly containers?: { readonly isPrivilegedAllowed: boolean; readonly imagesAllowed?: readonly string[] };
}

/** How to reach an outside system. */
export interface StepConnector {
  readonly identifier: string;
  /** Harness's connector type: `Github`, `Git`, `DockerRegistry`, `Aws`, … */
  readonly type: string;
  /** As its YAML has it. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Plaintext of what its spec refers to (`passwordRef`, `tokenRef`, …), by the reference; the log masks all of them. */
  readonly secrets: ReadonlyMap<string, SecretBytes>;
}

/** A secret's plaintext; secret files may be binary. */
export type SecretBytes = Uint8Array;

/** What the steps of one CI stage share beside their workspace. */
export interface StepStage {
  /** Names the stage's network, volumes and services on this delegate. */
  readonly workspaceKey: string;
  readonly identifier: string;
  /** Extra absolute paths that all containers of the stage share. */
  readonly sharedPaths: readonly string[];
  readonly os?: string;
  readonly arch?: string;
}

/** Values that must never show; they are masked from the next byte on. */
export interface SecretMask {
  add(plaintext: Uint8Array | string): void;
  /** The text with all of them hidden, for where it leaves the step by another way than its log. */
  text(text: string): string;
}

/** What a step leaves with the server beside its outputs. Sent after the step has ended, and kept over outages like its report. */
export interface StepUploads {
  /** JUnit files, by absolute path on this host. */
  addTestReports(paths: readonly string[]): void;
  /** A file to be kept as an artifact of the execution; `name` is a relative path with forward slashes. */
  addArtifact(artifact: { readonly name: string; readonly path: string }): void;
}

/** Where a step's output goes. Masking, spooling and shipping are the sink's business. */
export interface LogSink {
  /** Bytes in order. The returned promise is the back pressure: a step is not read from until it resolves. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The log of a step that stays open after it, for what the service writes that it has started. */
export interface ServiceLog extends LogSink {
  /** Nothing more comes. */
  end(): void;
}

export interface StepContext {
  readonly step: StepRequest;
  readonly workspace: StepWorkspace;
  /** Aborted when the step must stop (timeout, abort, lost fence). */
  readonly signal: AbortSignal;
  readonly log: LogSink;
  /** Keeps the step's log open beyond the step. Absent = what a service writes is not shown. */
  readonly keepLog?: () => ServiceLog;
  readonly mask: SecretMask;
  readonly uploads: StepUploads;
  readonly host: ExecutorHost;
}

/** What all steps of one delegate share. */
export interface ExecutorHost {
  readonly shells: Shells;
  readonly fifos: FifoPool;
  readonly processes: ProcessTable;
  /** Absent = steps with an image cannot run here. */
  readonly docker?: DockerHost;
  readonly settings: ExecutorSettings;
}

export interface ExecutorSettings {
  /** Between SIGTERM and SIGKILL, in milliseconds. */
  readonly killGraceMs: number;
  /** How long a process that outlives the script may keep the output open without writing, in milliseconds. */
  readonly pipeGraceMs: number;
  /** Names taken from this process's environment beside the built-in minimal list. */
  readonly inheritedNames: readonly string[];
  readonly http: HttpSettings;
  /** The way out of this host's network; absent = direct. */
  readonly proxy?: ProxySettings;
  readonly caches: CacheSettings;
  readonly ssh: SshSettings;
  readonly git: GitSettings;
  /** Under whose name and within which limits the processes of steps run; absent = as this process, without limits. */
  readonly isolation?: Isolation;
}

export interface GitSettings {
  /** Repositories in folders of this host may be cloned. Off by default: such a path reads what this process may read. */
  readonly isFileUrlAllowed: boolean;
  /** Before the first repetition of a command that failed in passing; the next one waits twice as long. */
  readonly retryDelayMs: number;
}

export interface CacheSettings {
  /** Where caches of this delegate are kept; absent = it keeps none. */
  readonly folder?: string;
  /** Of all kept caches together; the least recently used ones go first. */
  readonly bytesMax: number;
  /** Absolute folders outside of a step's workspace that caches may save and restore. */
  readonly outsideFolders: readonly string[];
}

export interface SshSettings {
  /** Keys of hosts, in OpenSSH's format; absent = `~/.ssh/known_hosts`. */
  readonly knownHostsFile?: string;
  /** `acceptNew`: a host seen for the first time is trusted and noted; `strict`: it must be listed already. */
  readonly hostKeys: 'acceptNew' | 'strict';
  readonly connectTimeoutMs: number;
}

export interface HttpSettings {
  /** Loopback and private ranges may be called (default); link-local and metadata addresses never. */
  readonly isPrivateNetworkAllowed: boolean;
  /** Origins of Bridle itself; Http steps may only ask them for their health. */
  readonly ownOrigins: readonly string[];
  readonly connectTimeoutMs: number;
  /** Authorities of the operator's, PEM, trusted beside those that Node knows. */
  readonly certificateAuthorities?: readonly string[];
}

export const DEFAULT_SETTINGS: ExecutorSettings = {
  killGraceMs: 10_000,
  pipeGraceMs: 1_000,
  inheritedNames: [],
  http: { isPrivateNetworkAllowed: true, ownOrigins: [], connectTimeoutMs: 10_000 },
  caches: { bytesMax: 20 * 1024 ** 3, outsideFolders: toolCacheFolders() },
  ssh: { hostKeys: 'acceptNew', connectTimeoutMs: 20_000 },
  git: { isFileUrlAllowed: false, retryDelayMs: 2_000 },
};

export type StepOutputs = Readonly<Record<string, Value>>;

export interface StepFailure {
  readonly message: string;
  readonly types: readonly FailureType[];
}

export type StepResult =
  | {
      readonly kind: 'succeeded';
      readonly exitCode?: number;
      readonly outputs: StepOutputs;
      /** Names below `outputs.outputVariables` whose values are secret: they leave this process sealed only. */
      readonly secretOutputs?: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly exitCode?: number;
      readonly outputs: StepOutputs;
      readonly secretOutputs?: readonly string[];
      readonly failure: StepFailure;
    }
  | { readonly kind: 'cancelled' };

/** Performs one step type. */
export interface StepExecutor {
  run(context: StepContext): Promise<StepResult>;
}

/** A failure that is not the step's process saying no: a bad spec, a missing shell, a limit. */
export function failed(message: string, types: readonly FailureType[] = ['APPLICATION_ERROR']): StepResult {
  return { kind: 'failed', outputs: {}, failure: { message, types } };
}
