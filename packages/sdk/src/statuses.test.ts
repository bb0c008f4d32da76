/** The SDK reads statuses without the engine: they must mean the same to both. */
import { isFinal as isFinalToTheEngine, NODE_STATUSES } from '@bridle/pipeline';
import { describe, expect, it } from 'vitest';
import { isFailed, isFinal, isWaiting } from './statuses.ts';

describe('statuses', () => {
  it.each(NODE_STATUSES)('%s is final to the SDK when it is to the engine', (status) => {
    expect(isFinal(status)).toBe(isFinalToTheEngine(status));
  });

  it('that failed are final, and those that wait are not', () => {
    expect(NODE_STATUSES.filter(isFailed)).toEqual(
      expect.arrayContaining(['Failed', 'Errored', 'Expired', 'Aborted', 'ApprovalRejected', 'AbortedByFreeze']),
    );
    expect(NODE_STATUSES.filter((status) => isFailed(status) && !isFinal(status))).toEqual([]);
    expect(NODE_STATUSES.filter((status) => isWaiting(status) && isFinal(status))).toEqual([]);
    expect(NODE_STATUSES.filter(isFailed)).not.toContain('IgnoreFailed');
  });

  it('of a newer server are under way', () => {
    expect([isFinal('Meditating'), isFailed('Meditating'), isWaiting('Meditating')]).toEqual([false, false, false]);
  });
});
