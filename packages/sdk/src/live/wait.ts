/** Waiting for an execution to come to something. */
import { ExecutionFailedError, WaitTimeoutError } from '../errors.ts';
import type { CallOptions } from '../http/transport.ts';
import { isFailed, isFinal, isWaiting } from '../statuses.ts';
import type { ExecutionNode, PipelineExecutionSummary } from '../wire/schemas.ts';
import { executionEvents, type PollInterval } from './execution-events.ts';
import type { Live } from './live.ts';

export interface WaitOptions extends Omit<CallOptions, 'timeoutMs' | 'overallTimeoutMs'> {
  /**
   * What is waited for. `final`: it has ended. `waiting`: that, or it needs somebody to approve, decide or give something.
   * Or a question of your own. Default: `final`.
   */
  readonly until?: 'final' | 'waiting' | ((execution: PipelineExecutionSummary) => boolean) | undefined;
  /** Is told of every change on the way. */
  readonly onProgress?: ((execution: PipelineExecutionSummary, nodes: readonly ExecutionNode[]) => void) | undefined;
  /** Throw `ExecutionFailedError` when it ended otherwise than well. Default: false. */
  readonly throwOnFailure?: boolean | undefined;
  /** How long to wait before `WaitTimeoutError`. Default: for ever. */
  readonly timeoutMs?: number | undefined;
  /** How often to ask a server that has no streams, in milliseconds. */
  readonly pollMs?: PollInterval | undefined;
}

export async function waitForExecution(
  live: Live,
  planExecutionId: string,
  { until = 'final', onProgress, throwOnFailure = false, timeoutMs, ...options }: WaitOptions = {},
): Promise<PipelineExecutionSummary> {
  const nodes = new Map<string, ExecutionNode>();
  const deadline = startDeadline(timeoutMs, options.signal);
  let last: PipelineExecutionSummary | undefined;
  try {
    for await (const event of executionEvents(live, planExecutionId, { ...options, signal: deadline.signal })) {
      last = event.execution;
      if (event.kind === 'change') {
        for (const node of event.nodes) nodes.set(node.uuid, node);
        onProgress?.(event.execution, event.nodes);
      }
      if (event.kind === 'end' || isReached(until, event.execution)) break;
    }
  } catch (error) {
    if (timeoutMs === undefined || !deadline.isOver()) throw error;
    const status = last?.status;
    throw new WaitTimeoutError(
      `Execution ${planExecutionId} is ${status ?? 'not seen'} after ${timeoutMs} ms`,
      timeoutMs,
      status,
    );
  } finally {
    deadline.clear();
  }
  if (last === undefined) throw new Error(`Nothing was told about the execution ${planExecutionId}.`);
  if (throwOnFailure && isFailed(last.status)) throw new ExecutionFailedError(last, failedNodes([...nodes.values()]));
  return last;
}

function isReached(until: NonNullable<WaitOptions['until']>, execution: PipelineExecutionSummary): boolean {
  if (typeof until === 'function') return until(execution) || isFinal(execution.status);
  if (isFinal(execution.status)) return true;
  return until === 'waiting' && (isWaiting(execution.status) || stagesWait(execution));
}

/** An execution with other stages under way is `Running` while one of them waits. */
function stagesWait({ layoutNodeMap }: PipelineExecutionSummary): boolean {
  return Object.values(layoutNodeMap ?? {}).some(({ status }) => isWaiting(status));
}

/** What failed by itself: not what failed because something inside of it did. */
export function failedNodes(nodes: readonly ExecutionNode[]): readonly ExecutionNode[] {
  const failed = nodes.filter(({ status }) => isFailed(status));
  return failed.filter(
    ({ uuid, baseFqn }) => !failed.some((other) => other.uuid !== uuid && other.baseFqn.startsWith(`${baseFqn}.`)),
  );
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended, and not the caller who gave up. */
  isOver(): boolean;
  clear(): void;
}

export function startDeadline(timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline {
  const over = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => over.abort(), timeoutMs);
  return {
    signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
    isOver: () => over.signal.aborted && signal?.aborted !== true,
    clear: () => clearTimeout(timer),
  };
}
