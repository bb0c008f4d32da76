/** What happens in the account, an organization or a project, as it happens. */
import { isApiError, UnsupportedError } from '../errors.ts';
import { ownerQuery, type OwnerOptions } from '../resources/owned.ts';
import type { BridleEvent, EventsReset } from '../wire/schemas.ts';
import { NoStreamError, readStream } from './event-stream.ts';
import type { Live } from './live.ts';

export interface FeedOptions extends OwnerOptions {
  /** Identifiers: only what concerns these pipelines. Default: all of them. */
  readonly pipelines?: readonly string[] | undefined;
  /** Only these types, such as `execution.finished`; `approval.*` for all that begin so. Default: all. */
  readonly types?: readonly string[] | undefined;
  /** Go on after this event. Default: begin now. */
  readonly lastEventId?: string | undefined;
}

/** `id` is what `lastEventId` takes. There will be more types: pass over those you do not know. */
export type LiveEvent =
  | (BridleEvent & { readonly id: string })
  /** Nothing happened that concerns you up to here. The first one says that whatever happens from now on is told. */
  | { readonly type: 'position'; readonly id: string }
  /** Events were missed: look at everything anew. What happens from now on is told. */
  | { readonly type: 'reset'; readonly id: string; readonly data: EventsReset };

/** Without an end, across as many connections as it takes; whoever has enough leaves the loop or aborts the signal. */
export async function* liveEvents(live: Live, options: FeedOptions = {}): AsyncGenerator<LiveEvent> {
  const { org, project, level, pipelines = [], types = [], lastEventId, ...call } = options;
  const query = {
    ...ownerQuery(live.transport.config, { org, project, level }),
    pipelineIdentifier: pipelines.length === 0 ? undefined : pipelines.join(','),
    type: types.length === 0 ? undefined : types.join(','),
  };
  try {
    for await (const message of readStream(
      live.transport,
      { path: '/bridle/api/events', query },
      { ...call, lastEventId },
    )) {
      const { event, id = '', data } = message;
      if (event === 'position') yield { type: 'position', id };
      else if (event === 'reset') yield { type: 'reset', id, data: JSON.parse(data) as EventsReset };
      else yield { ...(JSON.parse(data) as BridleEvent), id };
    }
  } catch (error) {
    if (!(error instanceof NoStreamError)) throw error;
    // The route is there, and what it was asked about is not.
    if (isApiError(error.cause) && error.cause.code === 'ENTITY_NOT_FOUND') throw error.cause;
    throw new UnsupportedError(
      'This server tells of no events, or something on the way lets no streams through. Harness does not have them; Bridle does.',
      { cause: error },
    );
  }
}
