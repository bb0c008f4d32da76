/** Everything that happens, live: of the account, an organization, a project, pipelines or one execution (docs/guides/events.md). */
import { executionId } from '@bridle/pipeline';
import { EVENT_TYPES, type EventsReset } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { eventMessage } from '../notifications/event-message.ts';
import { Bell } from '../store/bell.ts';
import { hasUnnumberedNotices, listFeed, readFeedEnds, type FeedFilter, type FeedRow } from '../store/feed.ts';
import { ownerExists } from '../store/owner-scope.ts';
import { listExecutionStands } from '../store/execution-stands.ts';
import { wakeKeys } from '../store/wake-hub.ts';
import { errorAnswers, noOwner, ownerOf, ownerQuery } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize, mayCaller } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestError } from './errors.ts';
import { lastEventId, serveEventStream, type EventStream } from './event-stream.ts';
import { getExecution } from './execution-routes.ts';
import { whileAllowed } from './stream-rights.ts';

/** N1: with every wake-up lost, what happens is told within this time. */
const POLL_MS = 2_000;
/** Events read at a time. */
const PAGE_SIZE = 200;
/** Who is sent nothing for so many positions, or so long, is told how far the stream is: coming back must not begin long ago. */
const SILENT_POSITIONS_MAX = 1_000;
const SILENT_MS_MAX = 3_600_000;

const END = { event: 'end', data: {} } as const;

const Query = ownerQuery({
  pipelineIdentifier: Type.Optional(Type.String({ description: 'One or several, joined by commas.' })),
  planExecutionId: Type.Optional(
    Type.String({ description: 'Everything about this execution, from its start on; ends with it.' }),
  ),
  type: Type.Optional(
    Type.String({ description: 'One or several, joined by commas; `execution.*` for all that begin so.' }),
  ),
  lastEventId: Type.Optional(Type.String({ description: 'As the header Last-Event-ID, for those who cannot set it.' })),
});

export function eventRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/events',
    {
      config: { account: 'own' },
      exposeHeadRoute: false,
      schema: {
        summary: 'What happens, live',
        description:
          'Server-sent events named by their types, each with a position as its id to resume after. It begins now, but for one execution, which is told from its start on. `reset` says that events were missed; `position` says how far the stream is, at its beginning and where it has nothing to tell for long; `end` follows the end of the execution that was asked for. Only what the caller may view is told.',
        tags: ['Live views'],
        produces: ['text/event-stream'],
        response: errorAnswers,
        querystring: Query,
      },
    },
    async (request, reply) => {
      const filter = await filterOf(deps, request, request.query);
      const left = lastEventId(request);
      const after = left ?? (await beginning(deps, filter));
      await serveEventStream(request, reply, whileAllowed(deps, request, reply), async (stream) => {
        const reader = new FeedReader(deps, request, stream, filter, after);
        // Something to come back to for whoever is cut off before anything happens. Of an execution all is told anew.
        if (left === undefined && filter.executionId === undefined) await reader.sendPosition();
        await sendEvents(deps, stream, reader);
      });
    },
  );
}

/** What is named is there, and the caller may see it. */
async function filterOf(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: Static<typeof Query>,
): Promise<FeedFilter> {
  const types = query.type === undefined ? undefined : typesOf(query.type);
  const kinds = types === undefined ? {} : { types };
  const { planExecutionId = '', pipelineIdentifier = '' } = query;
  if (planExecutionId !== '') {
    const { id, scope } = await getExecution(deps, request, planExecutionId, query);
    return { owner: scope, executionId: id, ...kinds };
  }
  const owner = ownerOf(request, query);
  const { projectIdentifier } = owner;
  const pipelineIdentifiers = pipelineIdentifier.split(',').filter((text) => text !== '');
  // Without a project the caller's rights are asked event by event.
  if (projectIdentifier !== undefined) {
    for (const identifier of pipelineIdentifiers)
      await authorize(request, { permission: 'core_pipeline_view', scope: owner, identifier });
    if (pipelineIdentifiers.length === 0)
      await authorize(request, { permission: 'core_project_view', scope: owner, identifier: projectIdentifier });
  }
  // Asked last: who may not see a place does not learn whether it is there.
  if (!(await ownerExists(deps.db, owner))) throw noOwner(owner);
  return { owner, ...kinds, ...(pipelineIdentifiers.length === 0 ? {} : { pipelineIdentifiers }) };
}

function typesOf(text: string): readonly string[] {
  return text.split(',').flatMap((wanted) => {
    const found = wanted.endsWith('.*')
      ? EVENT_TYPES.filter((type) => type.startsWith(wanted.slice(0, -1)))
      : EVENT_TYPES.filter((type) => type === wanted);
    if (found.length > 0) return found;
    const error = `"${wanted}" is no type of event; there are ${EVENT_TYPES.join(', ')}`;
    throw new RequestError('INVALID_REQUEST', `type: ${error}`, [{ fieldId: 'type', error }]);
  });
}

async function beginning({ db }: ApiDependencies, { executionId: of }: FeedFilter): Promise<number> {
  const { last, swept } = await readFeedEnds(db);
  return of === undefined ? last : swept;
}

async function sendEvents(deps: ApiDependencies, stream: EventStream, reader: FeedReader): Promise<void> {
  const bell = new Bell();
  const unsubscribe = deps.wakes.subscribe(wakeKeys.feed, () => bell.ring());
  const timer = setInterval(() => bell.ring(), POLL_MS);
  timer.unref();
  try {
    while (!stream.signal.aborted) {
      const isOver = await reader.isOver();
      await reader.send();
      if (isOver && !stream.signal.aborted) return await stream.send(END);
      await bell.next(stream.signal);
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
  }
}

class FeedReader {
  readonly #deps: ApiDependencies;
  readonly #request: FastifyRequest;
  readonly #stream: EventStream;
  readonly #filter: FeedFilter;
  #position: number;
  #toldPosition: number;
  #toldAt = performance.now();

  constructor(
    deps: ApiDependencies,
    request: FastifyRequest,
    stream: EventStream,
    filter: FeedFilter,
    position: number,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#stream = stream;
    this.#filter = filter;
    this.#position = position;
    this.#toldPosition = position;
  }

  /** Sends everything up to the end of the feed as it is now. */
  async send(): Promise<void> {
    const { db } = this.#deps;
    const { last } = await readFeedEnds(db);
    while (this.#position !== last && !this.#stream.signal.aborted) {
      const rows = await listFeed(db, this.#filter, this.#position, last, PAGE_SIZE);
      // Asked after the rows were read: what was cleared meanwhile may be missing among them.
      const { swept } = await readFeedEnds(db);
      if (this.#position < swept || this.#position > last) return await this.#reset(last);
      for (const row of rows) if (await this.#mayBeSeen(row)) await this.#tell(row);
      this.#position = rows.length < PAGE_SIZE ? last : (rows.at(-1)?.position ?? last);
    }
    const isFar = this.#position - this.#toldPosition >= SILENT_POSITIONS_MAX;
    const isLong = this.#position > this.#toldPosition && performance.now() - this.#toldAt >= SILENT_MS_MAX;
    if (isFar || isLong) await this.sendPosition();
  }

  /** Nothing but how far the stream is. */
  async sendPosition(): Promise<void> {
    this.#told(this.#position);
    await this.#stream.send({ event: 'position', id: this.#position, data: {} });
  }

  /** Whether everything about the execution has its position: asked before the last look at them. */
  async isOver(): Promise<boolean> {
    const { executionId: id } = this.#filter;
    if (id === undefined) return false;
    const [stand] = await listExecutionStands(this.#deps.db, [executionId(id)]);
    return stand === undefined || (stand.isFinal && !(await hasUnnumberedNotices(this.#deps.db, id)));
  }

  async #reset(last: number): Promise<void> {
    const data: EventsReset = { reason: this.#position > last ? 'unknown' : 'expired' };
    this.#position = last;
    this.#told(last);
    await this.#stream.send({ event: 'reset', id: last, data });
  }

  async #tell(row: FeedRow): Promise<void> {
    this.#told(row.position);
    await this.#stream.send({ event: row.type, id: row.position, data: eventMessage(row) });
  }

  #told(position: number): void {
    this.#toldPosition = position;
    this.#toldAt = performance.now();
  }

  async #mayBeSeen({ scope, pipelineIdentifier }: FeedRow): Promise<boolean> {
    return await mayCaller(this.#request, {
      permission: 'core_pipeline_view',
      scope: ownerOf(this.#request, scope),
      ...(pipelineIdentifier === undefined ? {} : { identifier: pipelineIdentifier }),
    });
  }
}
