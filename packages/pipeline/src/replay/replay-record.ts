/**
 * Re-evaluates a recorded execution: the same results, decisions, interrupts and times, in the recorded order, under the
 * present plan and engine. What came from outside is taken as it was; everything the engine decides is decided anew.
 *
 * Both plans hear the same events, one after the other, and after each of them what changed is compared. So nothing is ever
 * guessed: the first event at which they differ is the first difference, and what would have come after it nobody knows.
 *
 * Invariants:
 * - Y1 a record replays to "same" under the plan it was made by, as long as the engine decides as it did.
 * - Y2 the node that is named is the one whose own decision differs, not one that follows from it.
 * - Y3 what was not decided again counts for nothing: names, descriptions, another text of a condition with the same result,
 *   the length of pauses between attempts.
 */
import { advance, createExecution } from '../engine/advance.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Execution } from '../engine/execution.ts';
import type { NodeStatus } from '../engine/status.ts';
import type { Plan } from '../plan/plan.ts';
import { describeEvent } from './describe-event.ts';
import type { Difference } from './difference.ts';
import { findEngineDifference } from './engine-difference.ts';
import { findFirstDifference } from './first-difference.ts';
import { mergeOrders } from './plan-order.ts';
import type { ExecutionRecord } from './record.ts';
import { findTimerDifference } from './timer-difference.ts';
import { TimersSeen } from './timers-seen.ts';

export type Replay =
  | {
      readonly kind: 'same';
      readonly events: number;
      /** Nodes that were reached, containers included. */
      readonly nodes: number;
      readonly status: NodeStatus;
    }
  | { readonly kind: 'different'; readonly difference: Difference };

export function replayRecord(record: ExecutionRecord, plan: Plan): Replay {
  const { header, events } = record;
  const { execution, createdAt } = header;
  const then = new Side(createExecution(execution, createdAt));
  const now = new Side(createExecution({ ...execution, plan }, createdAt));
  const difference = findDifference(record, then, now);
  // An engine that decides otherwise explains all else: the recorded pipeline itself would not go the same way.
  const engine = findEngineDifference(record, then.carryThrough(events));
  const first = engine ?? difference;
  if (first !== undefined) return { kind: 'different', difference: first };
  return {
    kind: 'same',
    events: events.length,
    nodes: Object.keys(now.execution.nodes).length,
    status: now.execution.status,
  };
}

function findDifference({ header, events }: ExecutionRecord, then: Side, now: Side): Difference | undefined {
  const order = mergeOrders(header.execution.plan, now.execution.plan);
  const last = (): Execution => then.carryThrough(events);
  for (const [index, event] of events.entries()) {
    const place = { sequence: index + 1, at: event.at, description: describeEvent(then.execution, event) };
    const found =
      findTimerDifference(event, then, now, last) ??
      findFirstDifference({ then: then.apply(event), now: now.apply(event), order, last });
    if (found !== undefined) return { ...found, event: place };
  }
  return undefined;
}

/** One of the two executions as far as it has come. */
class Side {
  execution: Execution;
  readonly timers = new TimersSeen();

  constructor(execution: Execution) {
    this.execution = execution;
  }

  apply(event: EngineEvent): ReturnType<typeof advance> {
    if (event.kind === 'timerFired') this.timers.drop(event.timerId);
    const advanced = advance(this.execution, event);
    this.execution = advanced.execution;
    this.timers.take(advanced.effects);
    return advanced;
  }

  /** Its state after the last event. */
  carryThrough(events: readonly EngineEvent[]): Execution {
    for (const event of events.slice(this.execution.version)) this.apply(event);
    return this.execution;
  }
}
