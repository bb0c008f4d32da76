import type { EngineEvent, NodeExecutionId } from '@bridle/pipeline';
import { requestId } from './requests.ts';

/** What events answer: it goes with the commit of the transition that applies them. */
export interface Settled {
  readonly claims: readonly NodeExecutionId[];
  readonly requests: readonly string[];
  /** The execution left the line of those that wait to run. */
  readonly isAdmitted: boolean;
}

export function settledBy(events: readonly EngineEvent[]): Settled {
  const claims: NodeExecutionId[] = [];
  const requests: string[] = [];
  let isAdmitted = false;
  for (const event of events) {
    switch (event.kind) {
      case 'resourceAcquired':
        claims.push(event.nodeExecutionId);
        break;
      case 'childStarted':
      case 'childRefused':
        requests.push(requestId('startChild', event.nodeExecutionId));
        break;
      case 'childEnded':
        requests.push(requestId('reportToParent', event.nodeExecutionId));
        break;
      case 'executionAdmitted':
        isAdmitted = true;
        break;
      default:
        break;
    }
  }
  return { claims, requests, isAdmitted };
}
