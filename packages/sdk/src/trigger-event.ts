/** One call of a webhook, until it has become an execution or nothing. */
import { isApiError, TriggerNotMatchedError, WaitTimeoutError } from './errors.ts';
import { Execution, type ExecutionScope } from './execution.ts';
import { pause } from './http/pause.ts';
import type { CallOptions } from './http/transport.ts';
import type { PollInterval } from './live/execution-events.ts';
import type { Live } from './live/live.ts';
import { startDeadline } from './live/wait.ts';
import type { ConditionResult, TriggerExecutionDetails, WebhookEventProcessingDetails } from './wire/schemas.ts';

/** Decisions take milliseconds; the first look is at once. */
const POLL_MS_MIN = 50;
const POLL_MS_MAX = 2_000;
const POLL_GROWTH = 1.5;
/** Of one question to a server that answers when it is decided; less where a try may not take as long. */
const WAIT_SECONDS_MAX = 10;
/** An answer that took as long is followed by the next question without a pause. */
const HAS_WAITED_MS = POLL_MS_MAX;

export interface EventWaitOptions extends Omit<CallOptions, 'timeoutMs' | 'overallTimeoutMs'> {
  /** How long to wait before `WaitTimeoutError`. Default: for ever. */
  readonly timeoutMs?: number | undefined;
  /** How often to ask a server that does not wait with its answer, in milliseconds. Default: 50 to 2,000. */
  readonly pollMs?: PollInterval | undefined;
}

/** What `fireCustom` answers with. */
export class FiredEvent {
  /** Identity of the call, to ask for what became of it. */
  readonly eventCorrelationId: string;
  /** The same call as a line for a shell. */
  readonly curl: string;
  readonly #live: Live;
  readonly #scope: ExecutionScope;

  /** @internal */
  constructor(live: Live, scope: ExecutionScope, eventCorrelationId: string, curl: string) {
    this.#live = live;
    this.#scope = scope;
    this.eventCorrelationId = eventCorrelationId;
    this.curl = curl;
  }

  /** What became of it so far. Undefined until somebody has looked at it. */
  async details(options: CallOptions = {}): Promise<TriggerExecutionDetails | undefined> {
    return await eventDetails(this.#live, this.eventCorrelationId, options);
  }

  /**
   * Resolves when an execution came of it, with a hold on that. Bridle is asked once, and answers when it is decided; an older
   * one answers after ten seconds, or when the execution has ended. Harness is asked again and again.
   */
  async waitForExecution(options: EventWaitOptions = {}): Promise<Execution> {
    const { timeoutMs, pollMs: { min = POLL_MS_MIN, max = POLL_MS_MAX } = {}, ...call } = options;
    const deadline = startDeadline(timeoutMs, options.signal);
    const inTime = { ...call, signal: deadline.signal };
    let lastStatus: string | undefined;
    try {
      for (let wait = min; ; wait = Math.min(max, wait * POLL_GROWTH)) {
        const { decision, hasWaited } = await this.#decision(inTime);
        const { pipelineExecutionId = null, status = null } = decision ?? {};
        lastStatus = status ?? lastStatus;
        if (pipelineExecutionId !== null) return new Execution(this.#live, this.#scope, pipelineExecutionId);
        if (status !== null && status !== 'QUEUED') throw await this.#notMatched(decision, status, inTime);
        if (!hasWaited) await pause(wait, deadline.signal);
      }
    } catch (error) {
      if (timeoutMs === undefined || !deadline.isOver()) throw error;
      throw new WaitTimeoutError(
        `No execution came of the event ${this.eventCorrelationId} within ${timeoutMs} ms`,
        timeoutMs,
        lastStatus,
      );
    } finally {
      deadline.clear();
    }
  }

  /** What was decided. Bridle answers when it is; Harness, and who does not wait for all that it says so, at once. */
  async #decision(
    options: CallOptions,
  ): Promise<{ readonly decision: WebhookEventProcessingDetails | undefined; readonly hasWaited: boolean }> {
    const seconds = Math.min(WAIT_SECONDS_MAX, Math.floor(this.#live.transport.config.timeoutMs / 2_000));
    const askedAt = performance.now();
    const decision = await knownEvent(
      this.#live.api.call(
        'GET',
        '/pipeline/api/webhook/triggerProcessingDetails',
        { query: { eventId: this.eventCorrelationId } },
        seconds === 0 ? options : { ...options, headers: { prefer: `wait=${String(seconds)}`, ...options.headers } },
      ),
    );
    return { decision, hasWaited: performance.now() - askedAt >= HAS_WAITED_MS };
  }

  async #notMatched(
    decision: WebhookEventProcessingDetails | undefined,
    status: string,
    options: CallOptions,
  ): Promise<TriggerNotMatchedError> {
    return new TriggerNotMatchedError({
      eventCorrelationId: this.eventCorrelationId,
      status,
      message: decision?.message ?? '',
      conditions: await this.#conditions(options),
    });
  }

  /** Only Bridle tells them, and only to whoever may see the pipeline. */
  async #conditions(options: CallOptions): Promise<readonly ConditionResult[]> {
    try {
      const { conditions = [] } = await this.#live.api.call(
        'GET',
        '/pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}',
        { path: { eventId: this.eventCorrelationId } },
        options,
      );
      return conditions;
    } catch (error) {
      if (isApiError(error)) return [];
      throw error;
    }
  }
}

/** What became of an event; undefined while nobody has looked at it. */
export async function eventDetails(
  { api }: Live,
  eventId: string,
  options: CallOptions,
): Promise<TriggerExecutionDetails | undefined> {
  return await knownEvent(
    api.call('GET', '/pipeline/api/webhook/triggerExecutionDetailsV2/{eventId}', { path: { eventId } }, options),
  );
}

/** Undefined where Harness does not know an event yet that it has only just accepted. */
async function knownEvent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isApiError(error, 400) && /doesn't exist/.test(error.message)) return undefined;
    throw error;
  }
}
