/** What happened, as in "compile had succeeded": the moment at which a difference shows. */
import type { EngineEvent } from '../engine/events.ts';
import type { Execution } from '../engine/execution.ts';
import type { NodeExecutionId } from '../engine/ids.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import { readTimerId, type TimerPurpose } from '../engine/timers.ts';

/** @param execution - before the event */
export function describeEvent(execution: Execution, event: EngineEvent): string {
  const named = (id: NodeExecutionId): string => nameOf(execution, id);
  switch (event.kind) {
    case 'executionStarted':
      return 'at the start';
    case 'executionAdmitted':
      return 'after the execution had its turn';
    case 'taskStarted':
      return `when ${named(event.nodeExecutionId)} began`;
    case 'taskCompleted': {
      const { kind } = event.outcome;
      const how = kind === 'succeeded' ? 'had succeeded' : kind === 'failed' ? 'had failed' : 'was stopped';
      return `after ${named(event.nodeExecutionId)} ${how}`;
    }
    case 'taskLost':
      return `after the delegate of ${named(event.nodeExecutionId)} was lost`;
    case 'taskUnassignable':
      return `after no delegate took ${named(event.nodeExecutionId)}`;
    case 'timerFired': {
      const { nodeExecutionId, purpose } = readTimerId(event.timerId);
      return describeTimer(purpose, named(nodeExecutionId));
    }
    case 'interruptRequested': {
      const { type, nodeExecutionId } = event.interrupt;
      return nodeExecutionId === undefined ? `after ${type}` : `after ${type} of ${named(nodeExecutionId)}`;
    }
    case 'approvalDecided':
      return `after ${named(event.nodeExecutionId)} was ${event.activity.action === 'APPROVE' ? 'approved' : 'rejected'}`;
    case 'inputSubmitted':
      return `after ${named(event.nodeExecutionId)} got its inputs`;
    case 'resourceAcquired':
      return `after ${named(event.nodeExecutionId)} had its turn in the queue`;
    case 'childStarted':
    case 'childRefused':
    case 'childEnded':
      return `after the pipeline of ${named(event.nodeExecutionId)} ${CHILD_WORDS[event.kind]}`;
  }
}

function describeTimer(purpose: TimerPurpose, name: string): string {
  switch (purpose) {
    case 'wait':
      return `after the wait of ${name}`;
    case 'timeout':
      return `after the time of ${name} was over`;
    case 'stop':
      return `after ${name} had not stopped in time`;
    case 'retry':
      return `after the pause before the next attempt of ${name}`;
    case 'intervention':
      return `after nobody had intervened at ${name}`;
    case 'poll':
      return `when ${name} asked again`;
    case 'autoApprove':
      return `at the deadline of ${name}`;
    case 'grace':
      return `after the grace of ${name} was over`;
  }
}

const CHILD_WORDS = { childStarted: 'had started', childRefused: 'was refused', childEnded: 'had ended' } as const;

export function nameOf(execution: Execution, id: NodeExecutionId): string {
  const node = execution.nodes[id];
  if (node === undefined) return 'something that is not there';
  const { identifier } = nodeIdentity(execution, node);
  return node.attempt === 0 ? identifier : `${identifier} (attempt ${String(node.attempt + 1)})`;
}
