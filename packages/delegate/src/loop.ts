/**
 * The delegate at work: asks for tasks, runs them, tells that it lives, stops what it is told to stop.
 *
 * - A1 Never more tasks than the capacity, and no new ones while the host is over its thresholds.
 * - A2 A task is held from the answer that brought it until its report is answered; heartbeats name exactly those.
 * - A3 Draining takes no new work; what runs may end within the deadline, the rest is stopped and reported.
 */
import type { DelegateTask, HeartbeatResponse, PollResponse } from '@bridle/protocol';
import type { Logger } from 'pino';
import { readHeartbeat, readPoll } from './answers.ts';
import { backoffMs, pause } from './backoff.ts';
import { CallCancelled, OutageError } from './client.ts';
import type { HostLoad } from './host-load.ts';
import { RegistrationRefused, type Session } from './session.ts';
import { TaskRun, type TaskTools } from './task-run.ts';

const POLL_WAIT_MS = 25_000;
/** On top of the wait, for the way there and back. */
const POLL_SLACK_MS = 10_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;
/** A poll that comes back empty sooner than this was not a long-poll; do not spin. */
const EMPTY_POLL_MS = 200;
/** After the drain deadline: for stopping steps (kill grace apart) and telling the server. */
const REPORT_DEADLINE_MS = 5_000;
const LEAVE_TIMEOUT_MS = 2_000;
/** For the end of the logs of services; what is left then waits for the next start. */
const LOGS_DEADLINE_MS = 2_000;
const UNKNOWN_CANCELS_MAX = 1_000;

export interface DelegateOptions extends TaskTools {
  readonly capacity: number;
  /** Keeps new work away while this host is busy. */
  readonly load: HostLoad;
  /** How long running steps may go on after `drain`. */
  readonly drainMs: number;
}

export class Delegate {
  readonly #options: DelegateOptions;
  readonly #session: Session;
  readonly #log: Logger;
  readonly #runs = new Map<string, TaskRun>();
  /** Workspaces that are gone, until the server has heard of it. */
  readonly #released = new Set<string>();
  readonly #unknownCancels = new Set<string>();
  readonly #cleanups = new Set<Promise<void>>();
  readonly #drain = new AbortController();
  readonly #hurry = new AbortController();
  readonly #end = new AbortController();
  /** What a heartbeat was told; the loop ends with it. */
  #refusal: RegistrationRefused | undefined;
  #onFreed: () => void = () => undefined;

  constructor(options: DelegateOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#log = options.log;
    options.load.onRelief = () => this.#onFreed();
  }

  /**
   * Works until drained; resolves when everything is reported or kept. The session must be registered.
   * @throws RegistrationRefused when the server does not want this delegate any more: its steps are ended, unreported
   */
  async run(): Promise<void> {
    const heartbeats = this.#heartbeats();
    try {
      await this.#polls();
      if (this.#refusal !== undefined) throw this.#refusal;
      await this.#finishRuns();
    } catch (error) {
      await this.#abandonRuns();
      throw error;
    } finally {
      this.#end.abort();
      await heartbeats;
    }
    // No stage goes on here. What its services write at last is shown, too.
    await this.#options.workspaces.clear([]);
    await this.#options.shipper.settled(LOGS_DEADLINE_MS);
    await this.#session
      .tell('leave', {}, { timeoutMs: LEAVE_TIMEOUT_MS, isPersistent: false, registers: false })
      .catch((error: unknown) => this.#log.warn({ reason: String(error) }, 'could not say goodbye to the server'));
    await this.#options.shipper.close();
    this.#options.host.processes.hurry();
    await Promise.all(this.#cleanups);
    await this.#options.workspaces.settled();
  }

  /** Graceful stop. A second call does not wait for running steps. */
  drain(): void {
    if (this.#drain.signal.aborted) this.#hurry.abort();
    this.#drain.abort();
  }

  /** Tasks the server has given up, from a registration: whatever still runs of them is stopped. */
  abandon(taskIds: readonly string[]): void {
    for (const taskId of taskIds) this.#runs.get(taskId)?.stop('lost');
  }

  async #polls(): Promise<void> {
    for (let empty = 0; !this.#drain.signal.aborted;) {
      const free = this.#options.load.isOver ? 0 : Math.max(0, this.#options.capacity - this.#runs.size);
      const released = [...this.#released];
      const startedAt = performance.now();
      const response = await this.#poll(free, released);
      if (response === undefined) continue;
      for (const key of released) this.#released.delete(key);
      for (const task of response.tasks) this.#accept(task);
      for (const taskId of response.cancel) this.#cancel(taskId);
      await Promise.all(response.release.map((key) => this.#release(key)));
      const isEmpty = response.tasks.length + response.release.length === 0;
      empty = isEmpty && performance.now() - startedAt < EMPTY_POLL_MS ? empty + 1 : 0;
      if (empty > 1) await pause(backoffMs(empty), this.#drain.signal);
    }
  }

  async #poll(free: number, released: readonly string[]): Promise<PollResponse | undefined> {
    // An answer may carry tasks, so a poll that asked for some is never given up for want of patience; one that asked for none is,
    // as soon as there is room.
    const room = new AbortController();
    if (free === 0) this.#onFreed = () => room.abort();
    try {
      const answer = await this.#session.ask(
        'poll',
        { free, cancelling: this.#cancelling(), waitMs: POLL_WAIT_MS, released },
        readPoll,
        { signal: AbortSignal.any([this.#drain.signal, room.signal]), timeoutMs: POLL_WAIT_MS + POLL_SLACK_MS },
      );
      if (answer.kind === 'ok') return answer.body;
      this.#log.error({ status: answer.status, reason: answer.message }, 'the server refused a poll');
      await pause(backoffMs(16), this.#drain.signal);
    } catch (error) {
      if (!(error instanceof CallCancelled)) throw error;
    } finally {
      this.#onFreed = () => undefined;
    }
    return undefined;
  }

  #cancelling(): string[] {
    return [
      ...[...this.#runs.values()].filter((run) => run.isStopping).map((run) => run.task.taskId),
      ...this.#unknownCancels,
    ];
  }

  #accept(task: DelegateTask): void {
    const earlier = this.#runs.get(task.taskId);
    if (earlier?.task.fence === task.fence) return; // told twice
    // Its lease had ended and it came back to us: the old fence is worth nothing, the new run waits until the old one is gone.
    earlier?.stop('lost');
    const run = new TaskRun(task, this.#options, earlier);
    this.#runs.set(task.taskId, run);
    void run.done.then(() => {
      if (this.#runs.get(task.taskId) === run) this.#runs.delete(task.taskId);
      this.#onFreed();
      this.#cleanups.add(run.cleaned);
      void run.cleaned.then(() => this.#cleanups.delete(run.cleaned));
    });
  }

  #cancel(taskId: string): void {
    const run = this.#runs.get(taskId);
    if (run !== undefined) return void (run.isStopping || run.stop('cancelled'));
    // Over already. Say "known" from now on, so that the server does not answer every poll with it at once.
    const oldest = this.#unknownCancels.values().next();
    if (this.#unknownCancels.size >= UNKNOWN_CANCELS_MAX && oldest.done !== true)
      this.#unknownCancels.delete(oldest.value);
    this.#unknownCancels.add(taskId);
  }

  async #release(key: string): Promise<void> {
    try {
      await this.#options.workspaces.release(key);
    } catch (error) {
      this.#log.error({ err: error, workspaceKey: key }, 'a workspace could not be deleted');
    }
    this.#released.add(key); // also then: asking again would not help
  }

  async #heartbeats(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await pause(this.#session.registration.heartbeatMs, this.#end.signal);
      if (this.#end.signal.aborted) return;
      const held = [...this.#runs.values()].map(({ task }) => ({ taskId: task.taskId, fence: task.fence }));
      try {
        const answer = await this.#session.ask('heartbeat', { held }, readHeartbeat, {
          signal: this.#end.signal,
          timeoutMs: HEARTBEAT_TIMEOUT_MS,
          isPersistent: false,
        });
        if (answer.kind === 'ok') this.#heed(answer.body);
      } catch (error) {
        // The next beat is the retry: silence does not end running steps (D3).
        if (error instanceof OutageError || error instanceof CallCancelled) continue;
        if (!(error instanceof RegistrationRefused)) {
          this.#log.error({ err: error }, 'a heartbeat failed');
          continue;
        }
        this.#refusal = error;
        return this.#drain.abort();
      }
    }
  }

  #heed(response: HeartbeatResponse): void {
    for (const taskId of response.lost) this.#runs.get(taskId)?.stop('lost');
    for (const taskId of response.cancel) this.#cancel(taskId);
  }

  async #finishRuns(): Promise<void> {
    if (this.#runs.size === 0) return;
    this.#log.info({ running: this.#runs.size, drainMs: this.#options.drainMs }, 'draining');
    const all = this.#allDone();
    // A timer that is left keeps the process alive, long after there is nothing to wait for.
    const over = new AbortController();
    await Promise.race([all, pause(this.#options.drainMs, AbortSignal.any([this.#hurry.signal, over.signal]))]);
    over.abort();
    for (const run of this.#runs.values()) run.stop('delegateStops');
    const stopMs = this.#options.host.settings.killGraceMs + REPORT_DEADLINE_MS;
    const giveUp = new AbortController();
    await Promise.race([all, pause(stopMs, giveUp.signal)]);
    giveUp.abort();
    for (const run of this.#runs.values()) run.giveUpReporting();
    await all;
  }

  /** Nobody would hear what comes of them. */
  async #abandonRuns(): Promise<void> {
    for (const run of this.#runs.values()) run.stop('lost');
    await this.#allDone();
    await this.#options.shipper.close();
    this.#options.host.processes.hurry();
    await Promise.all(this.#cleanups);
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.done));
  }
}
