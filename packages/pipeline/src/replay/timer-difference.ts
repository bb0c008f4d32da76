/**
 * Times that decide: a timeout, the patience with a person, the deadline of an approval. The recorded events carry their times, so
 * it can be said when such a timer would have been first, and when it would not have been due.
 */
import type { EngineEvent } from '../engine/events.ts';
import type { Execution } from '../engine/execution.ts';
import type { TimerId } from '../engine/ids.ts';
import { readTimerId, type TimerPurpose } from '../engine/timers.ts';
import { differentNode } from './different-node.ts';
import type { Difference } from './difference.ts';
import { describeMs } from './explain.ts';
import type { TimersSeen } from './timers-seen.ts';

interface TimedSide {
  readonly execution: Execution;
  readonly timers: TimersSeen;
}

/** What ends when such a timer fires: the length of other waits is part of a spec, or of no path. */
const DECISIVE: Partial<Readonly<Record<TimerPurpose, string>>> = {
  timeout: 'its time was over',
  intervention: 'nobody had intervened in time',
  autoApprove: 'it was approved by its deadline',
};

/**
 * @param last - where the record leads to; asked for once there is a difference
 * @returns a difference that shows before the event is applied
 */
export function findTimerDifference(
  event: EngineEvent,
  then: TimedSide,
  now: TimedSide,
  last: () => Execution,
): Omit<Difference, 'event'> | undefined {
  const early = now.timers.findEarlier(event.at, then.timers, (timer) => isDecisive(timer));
  if (early !== undefined) return withEnd(describe(early.timer, then, now, 'earlier', event.at), early.timer, last);
  if (event.kind !== 'timerFired' || !isDecisive(event.timerId)) return undefined;
  const dueThen = then.timers.dueAt(event.timerId);
  const dueNow = now.timers.dueAt(event.timerId);
  if (dueNow === dueThen || (dueNow !== undefined && dueNow <= event.at)) return undefined;
  return withEnd(describe(event.timerId, then, now, 'later', event.at), event.timerId, last);
}

/** What came of the node then. */
function withEnd(
  difference: Omit<Difference, 'event'>,
  timer: TimerId,
  last: () => Execution,
): Omit<Difference, 'event'> {
  const came = last().nodes[readTimerId(timer).nodeExecutionId];
  return came === undefined ? difference : { ...difference, node: { ...difference.node, statusThen: came.status } };
}

function isDecisive(timer: TimerId): boolean {
  return DECISIVE[readTimerId(timer).purpose] !== undefined;
}

function describe(
  timer: TimerId,
  then: TimedSide,
  now: TimedSide,
  which: 'earlier' | 'later',
  at: number,
): Omit<Difference, 'event'> {
  const { nodeExecutionId, purpose } = readTimerId(timer);
  const node = now.execution.nodes[nodeExecutionId];
  const since = node?.startedAt ?? node?.createdAt ?? 0;
  const span = (due: number | undefined): string => (due === undefined ? 'has no limit' : describeMs(due - since));
  const fired = DECISIVE[purpose] ?? '';
  const dueNow = now.timers.dueAt(timer);
  const words =
    which === 'earlier'
      ? {
          then: `it went on for ${describeMs(at - since)}`,
          now: `${fired} after ${span(dueNow)}`,
        }
      : {
          then: `${fired} after ${span(then.timers.dueAt(timer))}`,
          now: dueNow === undefined ? 'it goes on without a limit' : `it goes on, for up to ${span(dueNow)}`,
          why: 'What would have happened in that time is not recorded.',
        };
  const thenNode = then.execution.nodes[nodeExecutionId];
  return {
    kind: 'timeout',
    node: differentNode({ execution: then.execution, node: thenNode }, { execution: now.execution, node }),
    ...words,
  };
}
