/** Reads the feed on, and makes a delivery of each event for each endpoint that wants it (H1). */
import { makeId } from '../store/make-id.ts';
import type { Database } from '../store/database.ts';
import { listWholeFeed, readFeedEnds, type FeedRow } from '../store/feed.ts';
import { insertDeliveries, moveFeedReader, takeFeedReader, type NewDelivery } from '../store/webhook-deliveries.ts';
import { listEnabledEndpoints, type EndpointRow } from '../store/webhook-endpoints.ts';
import { eventMessage } from './event-message.ts';

/** Positions read in one transaction. */
const BATCH = 500;

/** One step; answers whether there is more, and whether something is to be sent now. */
export async function fanOut(db: Database): Promise<{ readonly isMore: boolean; readonly deliveries: number }> {
  return await db.transaction().execute(async (tx) => {
    const position = await takeFeedReader(tx);
    if (position === undefined) return { isMore: false, deliveries: 0 };
    const { last } = await readFeedEnds(tx);
    if (position >= last) return { isMore: false, deliveries: 0 };
    const endpoints = await listEnabledEndpoints(tx);
    // Without anybody to tell, nothing is read.
    const until = endpoints.length === 0 ? last : Math.min(last, position + BATCH);
    const rows = endpoints.length === 0 ? [] : await listWholeFeed(tx, position, until);
    const deliveries = rows.flatMap((row) => deliveriesOf(row, endpoints));
    await insertDeliveries(tx, deliveries);
    await moveFeedReader(tx, until);
    return { isMore: until < last, deliveries: deliveries.length };
  });
}

function deliveriesOf(row: FeedRow, endpoints: readonly EndpointRow[]): readonly NewDelivery[] {
  const wanting = endpoints.filter((endpoint) => wants(endpoint, row));
  if (wanting.length === 0) return [];
  const body = JSON.stringify(eventMessage(row));
  return wanting.map(({ id }) => ({
    id: makeId(),
    endpointId: id,
    position: row.position,
    messageId: `evt_${String(row.position)}`,
    eventType: row.type,
    body,
  }));
}

function wants(
  { owner, eventTypes, pipelineIdentifiers, fromPosition }: EndpointRow,
  { scope, type, position, pipelineIdentifier }: FeedRow,
): boolean {
  return (
    position > fromPosition &&
    owner.accountId === scope.accountId &&
    (owner.orgIdentifier === undefined || owner.orgIdentifier === scope.orgIdentifier) &&
    (owner.projectIdentifier === undefined || owner.projectIdentifier === scope.projectIdentifier) &&
    (eventTypes.length === 0 || eventTypes.includes(type)) &&
    (pipelineIdentifiers.length === 0 ||
      (pipelineIdentifier !== undefined && pipelineIdentifiers.includes(pipelineIdentifier)))
  );
}
