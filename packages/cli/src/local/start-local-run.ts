/**
 * A pipeline run on this machine: the server's runtime over its stores in memory, and the delegate's executors.
 *
 * Invariants (cited by tests):
 * - R1 When `ended` resolves nothing of the run is left: no process, no container, no folder.
 * - R2 Everything that happens is told in its order, the end last; no secret is in it.
 * - R3 The first abort is a person's; the second one kills what still runs.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  executionId,
  isFinal,
  nodeExecutionId,
  type EngineEvent,
  type Execution,
  type ExecutionCause,
  type ExecutionHeader,
  type ExecutionId,
  type FinalStatus,
  type Plan,
} from '@bridle/pipeline';
import {
  ExecutionRunner,
  MemoryDatabase,
  MemoryExecutionStore,
  MemoryTaskQueue,
  TaskReports,
  type ChildStart,
  type ChildStartResult,
  type CommittedChange,
} from '@bridle/runtime';
import type { Repository } from '../repository/repository.ts';
import type { ExecutorChoice } from './adapt-task.ts';
import type { Codebase } from './codebase/codebase.ts';
import { connectorsOf } from './connectors.ts';
import { decide } from './decide.ts';
import { EventStream } from './event-stream.ts';
import { openHost } from './host.ts';
import type { LocalRun, RunEnd, RunListener } from './local-run.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { LOCAL_DEFAULTS, LOCAL_SCOPE } from './local-settings.ts';
import { Loops } from './loops.ts';
import { NodeEvents } from './node-events.ts';
import { answerFor, type GivenAnswers } from './people.ts';
import { identifiersOf } from './plan-places.ts';
import { makeRunFolder } from './run-folder.ts';
import { prepareChild } from './start-child.ts';
import { Worker } from './worker.ts';

export interface LocalRunRequest {
  readonly repository: Repository;
  readonly pipeline: { readonly identifier: string; readonly name: string };
  readonly plan: Plan;
  /** Of the plan. */
  readonly seed: string;
  readonly cause: ExecutionCause;
  /** What is different from a run on a server; told first. */
  readonly notes: readonly RunNote[];
  readonly codebase: Codebase;
  readonly executor: ExecutorChoice;
  /** Tasks at once. */
  readonly parallel: number;
  readonly secrets: LocalSecrets;
  readonly people: GivenAnswers;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly artifactsFolder?: string;
  /** Hears everything that is committed, before it is told: the record of the run. */
  readonly onCommitted?: (changes: readonly CommittedChange[]) => void;
}

export interface RunNote {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

const ID_BYTES = 16;
const CLOCK = { now: () => Date.now() };

export async function startLocalRun(request: LocalRunRequest, listener: RunListener): Promise<LocalRun> {
  const run = new Run(request, listener);
  await run.start();
  return run;
}

class Run implements LocalRun {
  readonly executionId = executionId(randomBytes(ID_BYTES).toString('base64url'));
  readonly ended: Promise<RunEnd>;
  readonly #request: LocalRunRequest;
  readonly #events: EventStream;
  readonly #nodeEvents: NodeEvents;
  readonly #database = new MemoryDatabase(CLOCK);
  readonly #store = new MemoryExecutionStore(this.#database);
  readonly #runner: ExecutionRunner;
  readonly #over = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  readonly #live = new Set<ExecutionId>();
  readonly #result = Promise.withResolvers<RunEnd>();
  #loops: Loops | undefined;
  #worker: Worker | undefined;
  #killAll: () => Promise<void> = () => Promise.resolve();
  #aborts = 0;
  #neededPerson = false;
  #deciding: Promise<unknown> = Promise.resolve();

  constructor(request: LocalRunRequest, listener: RunListener) {
    this.#request = request;
    this.ended = this.#result.promise;
    this.#events = new EventStream(listener);
    this.#nodeEvents = new NodeEvents((text) => request.secrets.mask.text(text));
    this.#runner = new ExecutionRunner({
      store: this.#store,
      clock: CLOCK,
      onCommitted: (changes) => this.#onCommitted(changes),
    });
    // Whoever starts a run hears of its end; nobody may hear of it late.
    this.ended.catch(() => undefined);
  }

  /** Resolves when the execution has begun. */
  async start(): Promise<void> {
    const request = this.#request;
    const folder = await makeRunFolder(request.environment);
    const host = await openHost(folder, request.environment, (message) => this.#note('warning', message));
    this.#killAll = () => host.killAll();
    const onError = (error: unknown): void => this.#fail(error);
    const reports = new TaskReports(this.#runner);
    this.#worker = new Worker({
      queue: new MemoryTaskQueue(this.#database),
      store: this.#store,
      accountId: LOCAL_SCOPE.accountId,
      parallel: request.parallel,
      onError,
      tools: {
        reports,
        workspaces: host.workspaces,
        host: host.host,
        events: this.#events,
        codebase: request.codebase,
        executor: request.executor,
        wardrobe: {
          secrets: request.secrets,
          findConnector: connectorsOf(request.repository, (reference) => request.secrets.find(reference)),
          project: request.repository.root,
        },
        ...(request.artifactsFolder === undefined ? {} : { artifactsFolder: request.artifactsFolder }),
      },
    });
    this.#loops = new Loops({
      clock: CLOCK,
      database: this.#database,
      store: this.#store,
      runner: this.#runner,
      startChild: (start) => this.#startChild(start),
      onError,
    });
    for (const { level, text } of request.notes) this.#note(level, text);
    await this.#worker.open();
    const loops = this.#loops.run(this.#stop.signal);
    void this.#carryThrough(loops, async () => {
      await host.close();
      await rm(folder.path, { recursive: true, force: true, maxRetries: 3 });
    }).catch((error: unknown) => this.#result.reject(error));
    this.#nodeEvents.name(this.executionId, request.pipeline.name);
    try {
      await this.#runner.start(this.#header());
    } catch (error) {
      this.#fail(error); // cleans up; whoever called hears of it
      throw error;
    }
  }

  abort(): void {
    this.#aborts += 1;
    if (this.#aborts > 1) void this.#killAll().catch(() => undefined);
    void this.#interruptAll();
  }

  decide(decision: Parameters<LocalRun['decide']>[0]): Promise<string | undefined> {
    return decide(decision, {
      store: this.#store,
      runner: this.#runner,
      executions: [...this.#database.executions.keys()],
    });
  }

  #header(): ExecutionHeader {
    const { pipeline, plan, seed, cause } = this.#request;
    return {
      id: this.executionId,
      scope: LOCAL_SCOPE,
      pipelineIdentifier: pipeline.identifier,
      runSequence: 1,
      seed,
      plan,
      cause,
      executionUrl: '',
      defaults: LOCAL_DEFAULTS,
    };
  }

  #onCommitted(changes: readonly CommittedChange[]): void {
    this.#request.onCommitted?.(changes);
    for (const { execution } of changes) {
      if (isFinal(execution.status)) this.#live.delete(execution.id);
      else this.#live.add(execution.id);
      for (const event of this.#nodeEvents.of(execution)) {
        if (event.type === 'waiting') this.#askOrAnswer(event, execution);
        else this.#events.push(event);
      }
    }
    this.#worker?.changed(changes);
    this.#loops?.wake(changes);
    if (this.#live.size === 0) this.#over.resolve();
  }

  #askOrAnswer(waiting: Parameters<typeof answerFor>[0], execution: Execution): void {
    const identifiers = identifiersOf(execution, waiting.node);
    const answer = answerFor(waiting, { identifiers }, this.#request.people);
    this.#events.push(answer.kind === 'decision' ? { ...waiting, isAnswered: true } : waiting);
    if (answer.kind === 'ask') return;
    // After the commit that we are in the middle of.
    this.#deciding = this.#deciding
      .then(async () => {
        if (answer.kind === 'decision') {
          const objection = await this.decide(answer.decision);
          if (objection === undefined || !(await this.#stillWaits(execution.id, waiting.node))) return;
          this.#note('warning', `The answer for ${identifiers.join('.')} does not count: ${objection}`);
          if (this.#request.people.canAsk) {
            this.#events.push(waiting);
            return;
          }
        }
        this.#neededPerson = true;
        await this.#interruptAll();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  async #stillWaits(id: ExecutionId, node: string): Promise<boolean> {
    const status = (await this.#store.find(id))?.nodes[nodeExecutionId(node)]?.status ?? 'Skipped';
    return status === 'ApprovalWaiting' || status === 'InterventionWaiting' || status === 'InputWaiting';
  }

  async #interruptAll(): Promise<void> {
    await this.#runner.deliver(this.executionId, (at, { status }): EngineEvent | undefined =>
      isFinal(status)
        ? undefined
        : {
            kind: 'interruptRequested',
            at,
            interrupt: {
              interruptId: randomBytes(ID_BYTES).toString('base64url'),
              type: 'AbortAll',
              at,
              by: { userId: 'local', name: 'you', email: '' },
            },
          },
    );
  }

  async #startChild(start: ChildStart): Promise<ChildStartResult> {
    const prepared = prepareChild(start, this.#request.repository);
    if (prepared.kind === 'refused') return prepared;
    this.#nodeEvents.name(prepared.header.id, prepared.name);
    await this.#runner.start(prepared.header);
    return { kind: 'started' };
  }

  async #carryThrough(loops: Promise<void>, close: () => Promise<void>): Promise<void> {
    try {
      await this.#over.promise;
    } finally {
      this.#stop.abort();
      await this.#worker?.settled();
      await loops;
      await close();
    }
    await this.#events.settled();
    const execution = await this.#store.find(this.executionId);
    if (execution === undefined) throw new Error('The run has no execution.');
    this.#result.resolve({
      status: execution.status as FinalStatus,
      durationMs: (execution.endedAt ?? 0) - (execution.startedAt ?? execution.createdAt),
      neededPerson: this.#neededPerson,
    });
  }

  #fail(error: unknown): void {
    this.#result.reject(error);
    this.#over.resolve();
  }

  #note(level: RunNote['level'], text: string): void {
    this.#events.push({ type: 'note', time: new Date().toISOString(), level, text });
  }
}
