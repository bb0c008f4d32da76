/**
 * Follows one execution: its changes and what its steps print, as the events of a run, in one order.
 *
 * Invariants:
 * - F1 A line of a log comes after the first word about its step, and before the end of the execution.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution, ExecutionNode, PipelineExecutionSummary } from '@bridle/sdk';
import type { RunEvent, RunLogEvent } from '@bridle/protocol';
import type { ProjectConnection } from '../connection/connect.ts';
import { ServerEvents } from './run-events.ts';
import { waitingEvent } from './waiting.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly hasLogs: boolean;
  readonly on: (event: RunEvent) => Promise<void> | void;
  /** Hears of every node as the server tells it. */
  readonly onNode: (node: ExecutionNode) => void;
}

/** What is still on its way when the execution has ended; a log that was never closed keeps nobody waiting for longer. */
const LOGS_AFTER_END_MS = 5_000;
/** Lines of a step that was not told of yet. */
const HELD_LINES_MAX = 10_000;

export async function follow(
  { harness }: ProjectConnection,
  planExecutionId: string,
  { signal, hasLogs, on, onNode }: FollowOptions,
): Promise<PipelineExecutionSummary> {
  const execution = harness.executions.of(planExecutionId);
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const events = new ServerEvents();
  const held = new HeldLines(on);
  const asked = new Set<string>();
  const nodes = new Map<string, ExecutionNode>();
  const logs = hasLogs ? followLogs(execution, planExecutionId, events, held, both) : Promise.resolve();
  try {
    for await (const event of execution.events({ signal: both })) {
      if (event.kind === 'end') {
        await Promise.race([logs, sleep(LOGS_AFTER_END_MS, undefined, { signal: both, ref: false })]);
        await on(events.end(event.execution));
        return event.execution;
      }
      await place(execution, events, event.nodes, both);
      for (const node of event.nodes) {
        nodes.set(node.uuid, node);
        onNode(node);
      }
      for (const told of events.of(event.execution, event.nodes)) {
        await on(told);
        if (told.type === 'node') await held.release(told.node);
      }
      for (const node of event.nodes) {
        const key = `${node.uuid} ${node.status}`;
        if (asked.has(key)) continue;
        const waiting = await waitingEvent(harness, planExecutionId, node, nodes.values(), both);
        if (waiting === undefined) continue;
        asked.add(key);
        await on(waiting);
      }
    }
    throw new Error(`The events of ${planExecutionId} ended without an end.`);
  } finally {
    over.abort();
    await logs;
  }
}

/** Where nodes stand is told by the graph only, so it is asked for when one is new. */
async function place(
  execution: Execution,
  events: ServerEvents,
  nodes: readonly ExecutionNode[],
  signal: AbortSignal,
): Promise<void> {
  if (events.knows(nodes)) return;
  const { executionGraph } = await execution.details({ signal });
  if (executionGraph !== undefined) events.place(executionGraph);
}

/** Never rejects: that a log cannot be read must not end the view of the run. */
async function followLogs(
  execution: Execution,
  planExecutionId: string,
  events: ServerEvents,
  held: HeldLines,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { nodeExecutionId: node, line, text, time } of execution.logs({ follow: true, signal })) {
      const at = new Date(time ?? Date.now()).toISOString();
      const event: RunLogEvent = { type: 'log', time: at, planExecutionId, node, line, text };
      await held.line(event, events.isTold(node));
    }
  } catch {
    // Ended by whoever follows, or the log is gone; the events tell what became of the run.
  }
}

/** F1 */
class HeldLines {
  readonly #on: FollowOptions['on'];
  readonly #held = new Map<string, RunLogEvent[]>();

  constructor(on: FollowOptions['on']) {
    this.#on = on;
  }

  async line(event: RunLogEvent, isTold: boolean): Promise<void> {
    if (isTold) {
      await this.release(event.node);
      await this.#on(event);
      return;
    }
    const lines = this.#held.get(event.node) ?? [];
    if (lines.length < HELD_LINES_MAX) lines.push(event);
    this.#held.set(event.node, lines);
  }

  async release(node: string): Promise<void> {
    const lines = this.#held.get(node) ?? [];
    this.#held.delete(node);
    for (const line of lines) await this.#on(line);
  }
}
