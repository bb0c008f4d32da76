/** The logs of an execution's steps: as they are now, or as they are written. */
import type { CallOptions } from '../http/transport.ts';
import { isFinal } from '../statuses.ts';
import type { ExecutionNode } from '../wire/schemas.ts';
import { executionEvents, readDetails, type PollInterval } from './execution-events.ts';
import type { Live } from './live.ts';
import { Merged } from './merged.ts';
import { followLog, readStoredLog, type NodeLogLine } from './node-log.ts';

/** A line of a step's log. */
export interface ExecutionLogLine extends NodeLogLine {
  /** Identifier of the stage. */
  readonly stage: string;
  /** Identifier of the step. */
  readonly step: string;
  readonly nodeExecutionId: string;
}

export interface LogOptions extends CallOptions {
  /** Identifier of a stage: only the logs of its steps. */
  readonly stage?: string | undefined;
  /** Identifier of a step. */
  readonly step?: string | undefined;
  /** The step of this id, and no other. */
  readonly nodeExecutionId?: string | undefined;
  /** Go on while lines are written, until the execution has ended. Default: false, the lines there are. */
  readonly follow?: boolean | undefined;
  /** How often to ask a server that has no streams, in milliseconds. */
  readonly pollMs?: PollInterval | undefined;
}

/** Lines of one step are in their order. Of steps that run beside each other they come as they are written. */
export async function* executionLogs(
  live: Live,
  planExecutionId: string,
  options: LogOptions = {},
): AsyncGenerator<ExecutionLogLine> {
  const { stage, step, nodeExecutionId, follow = false, pollMs, ...call } = options;
  const wanted = { stage, step, nodeExecutionId };
  if (follow) {
    yield* followAll(live, planExecutionId, wanted, { ...call, pollMs });
    return;
  }
  const { executionGraph } = await readDetails(live, planExecutionId, call);
  const nodes = Object.values(executionGraph?.nodeMap ?? {}).filter((node) => hasLog(node, wanted));
  for (const node of nodes.toSorted((one, other) => (one.startTs ?? 0) - (other.startTs ?? 0))) {
    yield* namedLines(node, readStoredLog(live, planExecutionId, node, call));
  }
}

type Wanted = Pick<LogOptions, 'stage' | 'step' | 'nodeExecutionId'>;

async function* followAll(
  live: Live,
  planExecutionId: string,
  wanted: Wanted,
  options: CallOptions & { readonly pollMs: PollInterval | undefined },
): AsyncGenerator<ExecutionLogLine> {
  const over = new AbortController();
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([options.signal, over.signal]);
  const lines = new Merged<ExecutionLogLine>();
  const running = new Map<string, { readonly ended: () => void }>();
  const watch = async (): Promise<void> => {
    for await (const event of executionEvents(live, planExecutionId, { ...options, signal })) {
      for (const node of event.kind === 'change' ? event.nodes : []) {
        if (!hasLog(node, wanted)) continue;
        let known = running.get(node.uuid);
        if (known === undefined) {
          const { promise, resolve } = Promise.withResolvers<void>();
          known = { ended: resolve };
          running.set(node.uuid, known);
          lines.add(namedLines(node, followLog(live, planExecutionId, node, promise, { ...options, signal })));
        }
        if (isFinal(node.status)) known.ended();
      }
    }
    for (const { ended } of running.values()) ended();
  };
  try {
    lines.until(watch());
    yield* lines.all();
  } finally {
    over.abort();
  }
}

async function* namedLines(node: ExecutionNode, lines: AsyncIterable<NodeLogLine>): AsyncGenerator<ExecutionLogLine> {
  const names = { stage: stageOf(node), step: node.identifier, nodeExecutionId: node.uuid };
  for await (const line of lines) yield { ...names, ...line };
}

function hasLog(node: ExecutionNode, { stage, step, nodeExecutionId }: Wanted): boolean {
  if (node.logBaseKey === null || node.startTs === null) return false;
  if (nodeExecutionId !== undefined) return node.uuid === nodeExecutionId;
  return (
    (stage === undefined || isNamed(stageOf(node), stage)) && (step === undefined || isNamed(node.identifier, step))
  );
}

/** Of a loop each turn is meant: they are called as their stage or step, with a number. */
function isNamed(name: string, wanted: string): boolean {
  return name === wanted || (name.startsWith(`${wanted}_`) && /^(_\d+)+$/.test(name.slice(wanted.length)));
}

function stageOf({ baseFqn }: ExecutionNode): string {
  return /^pipeline\.stages\.([^.]+)/.exec(baseFqn)?.[1] ?? '';
}
