/** A notice of the feed as everybody is told of it. */
import type { BridleEvent } from '@bridle/protocol';
import type { FeedRow } from '../store/feed.ts';

/** The writers of notices keep to the schema; a test checks what they write against it. */
export function eventMessage({ type, at, scope, data }: FeedRow): BridleEvent {
  const place = {
    accountIdentifier: scope.accountId,
    orgIdentifier: scope.orgIdentifier || null,
    projectIdentifier: scope.projectIdentifier || null,
  };
  return { type, timestamp: new Date(at).toISOString(), data: { ...place, ...data } } as BridleEvent;
}
