/**
 * The intake of events: accepts webhooks (event-acceptor.ts), fires schedules (schedule-loop.ts), processes what came of both
 * (event-processor.ts), asks providers for what their events do not say (files-loop.ts), and tells those who wait for one. Works without any notification: the accepting replica wakes its own loop, every replica looks by itself now and then.
 */
import { Doorbell, type Scheduler } from '@bridle/runtime';
import type { ExecutionId } from '@bridle/pipeline';
import type { ExecutionService } from '../executions/service.ts';
import type { Database } from '../store/database.ts';
import { findTriggerEventState } from '../store/trigger-events.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import { EventAcceptor, type AcceptResult, type WebhookCall } from './event-acceptor.ts';
import type { FindWebhookSecret } from './definitions.ts';
import { EventProcessor, type EventProcessorOptions, type ProcessedEvent } from './event-processor.ts';
import type { ReadStoredText } from './document-source.ts';
import { askForFiles, FILES_PAUSES_MS, type AskChangedFiles } from './files-loop.ts';
import { runSchedules } from './schedule-loop.ts';

/** How often a replica looks for events that nobody processes, such as those of a replica that died. */
const POLL_MS = 1_000;
/** How often those who wait for an event look whether another replica has processed it. */
const WAIT_POLL_MS = 250;
const RETRY_MS = 1_000;

export interface IntakeOptions {
  readonly db: Database;
  readonly executions: ExecutionService;
  readonly scheduler: Scheduler;
  readonly findWebhookSecret: FindWebhookSecret;
  readonly askChangedFiles: AskChangedFiles;
  readonly readStoredText: ReadStoredText;
  /** Between tries to ask a provider that is away; absent = the usual ones. */
  readonly filesPausesMs?: readonly number[];
  /** Tells live views that events were accepted or processed. */
  readonly hub: WakeHub;
  readonly onProblem: EventProcessorOptions['onProblem'];
  /** While it is so, events stay queued and schedules wait; absent = never. */
  readonly isHeld?: () => boolean;
  /** Events are processed no sooner than this after they came; absent = at once. */
  readonly eventDelayMs?: () => number;
  /** Hears of failures of the loop itself, such as a database that is away. */
  readonly onError: (error: unknown) => void;
}

export interface Intake {
  /** Stores the call if an enabled custom trigger is in its scope (I1), or if it is an event of Git. */
  accept(call: WebhookCall): Promise<AcceptResult>;
  /** Resolves when the event has been processed, at the timeout, or when `signal` aborts. */
  waitUntilProcessed(
    eventId: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly isFinal: boolean; readonly executionId?: ExecutionId } | undefined>;
  /** Calls the listener after events were processed here; the answer removes it. */
  onProcessed(listener: (eventIds: readonly string[]) => void): () => void;
  start(): void;
  /** Ends the loop after the batch in hand. */
  stop(): Promise<void>;
}

export function createIntake(options: IntakeOptions): Intake {
  return new WebhookIntake(options);
}

class WebhookIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #acceptor: EventAcceptor;
  readonly #processor: EventProcessor;
  readonly #doorbell = new Doorbell();
  readonly #filesDoorbell = new Doorbell();
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(eventIds: readonly string[]) => void>();
  #loop: Promise<unknown> | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#acceptor = new EventAcceptor(options.db, (events) => {
      this.#doorbell.ring();
      this.#wake(events);
    });
    this.#processor = new EventProcessor({ ...options, onPostponed: () => this.#filesDoorbell.ring() });
  }

  accept(call: WebhookCall): Promise<AcceptResult> {
    return this.#acceptor.accept(call);
  }

  onProcessed(listener: (eventIds: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async waitUntilProcessed(
    eventId: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly isFinal: boolean; readonly executionId?: ExecutionId } | undefined> {
    const { db, scheduler } = this.#options;
    const deadline = performance.now() + timeoutMs;
    let wake = new AbortController();
    const unlisten = this.onProcessed((ids) => {
      if (ids.includes(eventId)) wake.abort();
    });
    try {
      for (;;) {
        const state = await findTriggerEventState(db, eventId);
        const left = deadline - performance.now();
        if (state === undefined || state.isFinal || left <= 0 || signal.aborted) return state;
        await scheduler.sleep(Math.min(left, WAIT_POLL_MS), AbortSignal.any([wake.signal, signal]));
        if (wake.signal.aborted) wake = new AbortController();
      }
    } finally {
      unlisten();
    }
  }

  start(): void {
    this.#loop ??= Promise.all([this.#run(), this.#fire(), this.#askForFiles()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  #wake(events: readonly ProcessedEvent[]): void {
    const wakes = events.map(({ id, scope }) => ({ key: wakeKeys.triggerEvents(scope), id }));
    this.#options.hub.wake([...wakes, { key: wakeKeys.outbox }]);
  }

  async #fire(): Promise<void> {
    const { db, scheduler, onError, isHeld } = this.#options;
    const onFired = (events: readonly ProcessedEvent[]): void => {
      this.#doorbell.ring();
      this.#wake(events);
    };
    await runSchedules({ db, scheduler, onFired, onError, ...(isHeld && { isHeld }) }, this.#stopping.signal);
  }

  async #askForFiles(): Promise<void> {
    const { db, scheduler, askChangedFiles: ask, filesPausesMs: pausesMs = FILES_PAUSES_MS, onError } = this.#options;
    const onAnswered = (): void => this.#doorbell.ring();
    const doorbell = this.#filesDoorbell;
    await askForFiles({ db, scheduler, ask, pausesMs, doorbell, onAnswered, onError }, this.#stopping.signal);
  }

  async #run(): Promise<void> {
    const { scheduler, onError, isHeld = () => false, eventDelayMs = () => 0 } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (isHeld()) {
        await scheduler.sleep(POLL_MS, signal);
        continue;
      }
      try {
        const { events: processed, isQueueEmpty } = await this.#processor.processBatch(eventDelayMs());
        if (processed.length > 0) {
          this.#wake(processed);
          const ids = processed.map(({ id }) => id);
          for (const listener of this.#listeners) listener(ids);
        }
        // What was accepted since the batch was taken has rung: the wait is over at once then.
        if (isQueueEmpty) await this.#doorbell.wait(scheduler, POLL_MS, signal);
      } catch (error) {
        onError(error);
        await scheduler.sleep(RETRY_MS, signal);
      }
    }
  }
}
