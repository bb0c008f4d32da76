import { nodeExecutionId, timerId, type NodeExecutionId, type TimerId } from './ids.ts';
import { assertInvariant } from './assert.ts';

/**
 * `wait`: a Wait step is over; `timeout`: the node's time is over; `stop`: a told-to-stop task has not reported in time;
 * `retry`: the pause before a repetition is over; `intervention`: nobody intervened; `poll`: a custom approval asks again;
 * `autoApprove`: the deadline of an approval; `grace`: a rollback had its time after its pipeline's was over.
 */
const PURPOSES = ['wait', 'timeout', 'stop', 'retry', 'intervention', 'poll', 'autoApprove', 'grace'] as const;
export type TimerPurpose = (typeof PURPOSES)[number];

export function makeTimerId(node: NodeExecutionId, purpose: TimerPurpose): TimerId {
  return timerId(`${node}:${purpose}`);
}

export function readTimerId(timer: TimerId): { nodeExecutionId: NodeExecutionId; purpose: TimerPurpose } {
  const colon = timer.indexOf(':');
  const purpose = PURPOSES.find((known) => known === timer.slice(colon + 1));
  assertInvariant(purpose !== undefined, `timer ${timer} has no known purpose`);
  return { nodeExecutionId: nodeExecutionId(timer.slice(0, colon)), purpose };
}
