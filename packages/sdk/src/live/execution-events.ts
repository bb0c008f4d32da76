/** What happens in one execution: streamed where the server can, else found out by asking again and again. */
import { pause } from '../http/pause.ts';
import type { CallOptions } from '../http/transport.ts';
import { isFinal } from '../statuses.ts';
import type {
  ExecutionChangeEvent,
  ExecutionDetails,
  ExecutionNode,
  PipelineExecutionSummary,
} from '../wire/schemas.ts';
import { NoStreamError, readStream } from './event-stream.ts';
import type { Live } from './live.ts';

export type ExecutionEvent =
  /** The execution or some of its nodes changed. The first one has every node there is. */
  | {
      readonly kind: 'change';
      /** To go on after this one (`lastEventId`). Undefined where the server was asked again and again. */
      readonly id: string | undefined;
      readonly execution: PipelineExecutionSummary;
      readonly nodes: readonly ExecutionNode[];
    }
  /** The execution has ended; the last event. */
  | { readonly kind: 'end'; readonly execution: PipelineExecutionSummary };

/** How often the server is asked where it has no streams: from `min` on, slower while nothing changes. */
export interface PollInterval {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export interface EventOptions extends CallOptions {
  /** Go on after this event. */
  readonly lastEventId?: string | undefined;
  /** Milliseconds. Default: 500 to 5,000. */
  readonly pollMs?: PollInterval | undefined;
}

const POLL_MS_MIN = 500;
const POLL_MS_MAX = 5_000;
/** Each question that found nothing new makes the next pause longer by this. */
const POLL_GROWTH = 1.5;

export async function* executionEvents(
  live: Live,
  planExecutionId: string,
  options: EventOptions = {},
): AsyncGenerator<ExecutionEvent> {
  if (live.hasStreams !== false) {
    try {
      yield* streamEvents(live, planExecutionId, options);
      return;
    } catch (error) {
      if (!(error instanceof NoStreamError)) throw error;
    }
  }
  yield* pollEvents(live, planExecutionId, options);
}

async function* streamEvents(
  live: Live,
  planExecutionId: string,
  options: EventOptions,
): AsyncGenerator<ExecutionEvent> {
  const path = `/bridle/api/executions/${encodeURIComponent(planExecutionId)}/events`;
  let execution: PipelineExecutionSummary | undefined;
  for await (const { event, id, data } of readStream(live.transport, { path }, options)) {
    live.hasStreams = true;
    if (event !== 'change') continue;
    const change = JSON.parse(data) as ExecutionChangeEvent;
    execution = change.pipelineExecutionSummary;
    yield { kind: 'change', id, execution, nodes: change.nodes };
  }
  // Whoever goes on after the last event gets none before the end.
  execution ??= (await readDetails(live, planExecutionId, options)).pipelineExecutionSummary;
  yield { kind: 'end', execution };
}

async function* pollEvents(live: Live, planExecutionId: string, options: EventOptions): AsyncGenerator<ExecutionEvent> {
  const { pollMs = {} } = options;
  const { min = POLL_MS_MIN, max = POLL_MS_MAX } = pollMs;
  const seen = new Map<string, string>();
  let before = '';
  for (let wait = min; ; wait = Math.min(max, wait * POLL_GROWTH)) {
    const { pipelineExecutionSummary: execution, executionGraph } = await readDetails(live, planExecutionId, options);
    // It exists, and only its stream does not: so it is for all of them.
    live.hasStreams = false;
    const nodes = Object.values(executionGraph?.nodeMap ?? {}).filter((node) => isNews(seen, node));
    const now = JSON.stringify(execution);
    if (now !== before || nodes.length > 0) {
      before = now;
      wait = min;
      yield { kind: 'change', id: undefined, execution, nodes };
    }
    if (isFinal(execution.status)) {
      yield { kind: 'end', execution };
      return;
    }
    await pause(wait, options.signal);
  }
}

function isNews(seen: Map<string, string>, node: ExecutionNode): boolean {
  const text = JSON.stringify(node);
  if (seen.get(node.uuid) === text) return false;
  seen.set(node.uuid, text);
  return true;
}

export async function readDetails(
  { api }: Live,
  planExecutionId: string,
  options: CallOptions,
): Promise<ExecutionDetails> {
  return await api.call(
    'GET',
    '/pipeline/api/pipelines/execution/v2/{planExecutionId}',
    { path: { planExecutionId }, query: { renderFullBottomGraph: true } },
    options,
  );
}
