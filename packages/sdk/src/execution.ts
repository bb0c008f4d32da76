/** One execution, to be followed and steered. */
import type { Api } from './http/api.ts';
import type { CallOptions } from './http/transport.ts';
import { executionEvents, readDetails, type EventOptions, type ExecutionEvent } from './live/execution-events.ts';
import { executionLogs, type ExecutionLogLine, type LogOptions } from './live/execution-logs.ts';
import type { Live } from './live/live.ts';
import { waitForExecution, type WaitOptions } from './live/wait.ts';
import { isApiError } from './errors.ts';
import type { ExecutionDetails, InterruptResponse, PipelineExecutionSummary } from './wire/schemas.ts';

export interface ExecutionScope {
  readonly org: string | undefined;
  readonly project: string | undefined;
}

/**
 * A hold on one execution. With `await using` it is aborted at the end of the block, if it has not ended by then.
 */
export class Execution implements AsyncDisposable {
  readonly planExecutionId: string;
  readonly #live: Live;
  readonly #api: Api;
  readonly #scope: ExecutionScope;

  /** @internal */
  constructor(live: Live, scope: ExecutionScope, planExecutionId: string) {
    this.#live = live;
    this.#api = live.api;
    this.#scope = scope;
    this.planExecutionId = planExecutionId;
  }

  /** How it stands, with the graph of all its nodes. */
  async details(options: CallOptions = {}): Promise<ExecutionDetails> {
    return await readDetails(this.#live, this.planExecutionId, options);
  }

  /** What happens in it until it has ended. */
  events(options: EventOptions = {}): AsyncIterableIterator<ExecutionEvent> {
    return executionEvents(this.#live, this.planExecutionId, options);
  }

  /** What its steps print. */
  logs(options: LogOptions = {}): AsyncIterableIterator<ExecutionLogLine> {
    return executionLogs(this.#live, this.planExecutionId, options);
  }

  /** Waits until it has ended, or what else is asked for. */
  async wait(options: WaitOptions = {}): Promise<PipelineExecutionSummary> {
    return await waitForExecution(this.#live, this.planExecutionId, options);
  }

  async abort(options: CallOptions = {}): Promise<InterruptResponse> {
    return await this.#interrupt('AbortAll', options);
  }

  /** Nothing new is started until it is resumed. */
  async pause(options: CallOptions = {}): Promise<InterruptResponse> {
    return await this.#interrupt('Pause', options);
  }

  async resume(options: CallOptions = {}): Promise<InterruptResponse> {
    return await this.#interrupt('Resume', options);
  }

  async #interrupt(interruptType: string, options: CallOptions): Promise<InterruptResponse> {
    const { org: orgIdentifier, project: projectIdentifier } = this.#scope;
    return await this.#api.call(
      'PUT',
      '/pipeline/api/pipeline/execute/interrupt/{planExecutionId}',
      {
        path: { planExecutionId: this.planExecutionId },
        query: { interruptType, orgIdentifier, projectIdentifier },
      },
      options,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.abort();
    } catch (error) {
      // It has ended already, or somebody else aborts it.
      if (!isApiError(error, 400)) throw error;
    }
  }
}
