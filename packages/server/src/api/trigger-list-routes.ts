/** Triggers as lists show them, and what became of their events (api.md §3.1, §3.3, §3.4). */
import { ngPageOf, springPageOf, successOf, TriggerDetails, TriggerEventHistory } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { ProjectScope } from '@bridle/pipeline';
import { DocumentSource } from '../intake/document-source.ts';
import { reconcileTrigger } from '../intake/reconcile-trigger.ts';
import { readNow } from '../store/clock.ts';
import { listExecutionsById } from '../store/execution-rows.ts';
import { listTriggerActivity, listTriggerHistory } from '../store/trigger-history.ts';
import { listTriggerEventsOfCall, type TriggerEventRow } from '../store/trigger-events.ts';
import { findTrigger, listTriggers, type TriggerKey, type TriggerRow, type TriggerSort } from '../store/triggers.ts';
import { answers, PageNumber, pageSize, scopeOf, scopeQuery, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize, mayCaller } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { targetOf, TriggerParams, TriggerQuery } from './trigger-routes.ts';
import { applyPreferences, eventAsPreferred, WAITS } from './waiting-answers.ts';
import { noSuchEvent } from './webhook-details.ts';
import { ngPage, springPage } from './wire/pages.ts';
import { triggerDetails, type Surroundings } from './wire/trigger.ts';
import { triggerEventHistory } from './wire/trigger-history.ts';

const tags = ['Triggers'];

const HistoryQuery = Type.Object({
  ...TriggerQuery.properties,
  searchTerm: Type.Optional(Type.String()),
  page: PageNumber,
  size: pageSize(10),
});

export function triggerListRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    '/pipeline/api/triggers',
    {
      schema: {
        summary: 'List the triggers of a pipeline',
        tags,
        querystring: scopeQuery({
          targetIdentifier: Type.String({ minLength: 1 }),
          page: PageNumber,
          size: pageSize(25),
          searchTerm: Type.Optional(Type.String()),
          sort: Type.Optional(Type.Array(Type.String())),
        }),
        response: answers(successOf(ngPageOf(TriggerDetails))),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { targetIdentifier, page, size, searchTerm = '', sort } = request.query;
      const order = triggerSort(sort);
      const { rows, total } = await listTriggers(db, scope, targetIdentifier, searchTerm, page, size, order);
      const activity = await listTriggerActivity(
        db,
        scope,
        targetIdentifier,
        rows.map(({ identifier }) => identifier),
      );
      const around = await surroundings(deps, scope);
      const outdated = await findOutdated(deps, rows);
      const content = rows.map((row) =>
        triggerDetails(row, activity.get(row.identifier), { ...around, isOutdated: outdated.has(row.identifier) }),
      );
      return success(request, ngPage(content, page, size, total));
    },
  );

  app.get(
    '/pipeline/api/triggers/:triggerIdentifier/details',
    {
      schema: {
        summary: 'A trigger with its webhook URL and last event',
        tags,
        params: TriggerParams,
        querystring: TriggerQuery,
        response: answers(successOf(TriggerDetails)),
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request, request.query);
      const key = targetOf(scope, request.query.targetIdentifier, request.params.triggerIdentifier);
      const row = await findTrigger(db, key);
      if (row === undefined) {
        throw notFound(
          `Trigger ${key.identifier} does not exist in project ${scope.projectIdentifier} in org ${scope.orgIdentifier}`,
        );
      }
      const activity = await listTriggerActivity(db, scope, key.pipelineIdentifier, [key.identifier]);
      tellVersion(reply, row.version);
      const around = await surroundings(deps, scope);
      const isOutdated = (await findOutdated(deps, [row])).has(row.identifier);
      return success(request, triggerDetails(row, activity.get(row.identifier), { ...around, isOutdated }));
    },
  );

  for (const [url, hide] of [
    ['/pipeline/api/triggers/eventHistory/:triggerIdentifier', false],
    ['/pipeline/api/triggers/:triggerIdentifier/eventHistory', true],
  ] as const) {
    app.get(
      url,
      {
        schema: {
          summary: 'Events of a trigger, newest first',
          tags,
          hide,
          params: TriggerParams,
          querystring: HistoryQuery,
          response: answers(successOf(springPageOf(TriggerEventHistory))),
        },
      },
      async (request) => {
        const key = targetOf(
          scopeOf(request, request.query),
          request.query.targetIdentifier,
          request.params.triggerIdentifier,
        );
        return success(request, await historyPage(deps, key, request.query));
      },
    );
  }

  app.get(
    '/pipeline/api/triggers/eventHistory/eventCorrelation/:eventId',
    {
      schema: {
        summary: 'The history row of an event',
        tags,
        headers: WAITS,
        params: Type.Object({ eventId: Type.String() }),
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(TriggerEventHistory)),
      },
    },
    async (request, reply) => {
      const [row] = await rowsAsPreferred(deps, request, reply, request.params.eventId);
      if (row === undefined) throw noSuchEvent(request.params.eventId);
      return success(request, row);
    },
  );

  app.get(
    '/pipeline/api/triggers/eventHistory/v2/eventCorrelation/:eventId',
    {
      schema: {
        summary: 'All history rows of an event',
        tags,
        headers: WAITS,
        params: Type.Object({ eventId: Type.String() }),
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(Type.Array(TriggerEventHistory))),
      },
    },
    async (request, reply) => success(request, await rowsAsPreferred(deps, request, reply, request.params.eventId)),
  );
}

/** The rows after the wait that the request prefers. */
async function rowsAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  eventId: string,
): Promise<TriggerEventHistory[]> {
  const rows = await eventRows(deps, request, eventId);
  const preferences = applyPreferences(request, reply);
  if (preferences.waitSeconds === undefined || rows.length === 0) return rows;
  await eventAsPreferred(deps, reply, eventId, preferences);
  return await eventRows(deps, request, eventId);
}

const SORTED_BY: Readonly<Record<string, TriggerSort['by']>> = {
  name: 'name',
  identifier: 'identifier',
  createdAt: 'created_at',
  lastModifiedAt: 'updated_at',
  lastUpdatedAt: 'updated_at',
};

/** `sort=field,ASC`; a field that is not known here is passed over. */
function triggerSort(sort: readonly string[] | undefined): TriggerSort | undefined {
  const [name = '', direction = ''] = sort?.[0]?.split(',') ?? [];
  const by = Object.hasOwn(SORTED_BY, name) ? SORTED_BY[name] : undefined;
  return by === undefined ? undefined : { by, isDescending: direction.toUpperCase() === 'DESC' };
}

async function surroundings(deps: ApiDependencies, scope: ProjectScope): Promise<Omit<Surroundings, 'isOutdated'>> {
  const [now, isTokenlessOpen] = await Promise.all([readNow(deps.db), deps.webhookSettings.isTokenlessOpen(scope)]);
  return { publicUrl: deps.publicUrl(), now, isTokenlessOpen };
}

/** Those of one pipeline whose inputs do not fit it any more. */
async function findOutdated({ db }: ApiDependencies, rows: readonly TriggerRow[]): Promise<ReadonlySet<string>> {
  const source = new DocumentSource(db);
  const outdated = new Set<string>();
  for (const row of rows) {
    if ((await reconcileTrigger(db, row, source)).isOutdated) outdated.add(row.identifier);
  }
  return outdated;
}

async function historyPage(
  deps: ApiDependencies,
  key: TriggerKey,
  query: { readonly searchTerm?: string; readonly page: number; readonly size: number },
): Promise<ReturnType<typeof springPage<TriggerEventHistory>>> {
  const { searchTerm = '', page, size } = query;
  const { rows, total } = await listTriggerHistory(deps.db, key, searchTerm, page, size);
  return springPage(await withExecutions(deps, rows), page, size, total);
}

/** The rows that the caller may see: an event of Git may concern triggers of several projects. */
async function eventRows(
  deps: ApiDependencies,
  request: FastifyRequest,
  eventId: string,
): Promise<TriggerEventHistory[]> {
  const rows = await listTriggerEventsOfCall(deps.db, request.accountId, eventId);
  const seen: TriggerEventRow[] = [];
  for (const row of rows) if (await mayCaller(request, questionOf(row))) seen.push(row);
  const [first] = rows;
  if (first !== undefined && seen.length === 0) await authorize(request, questionOf(first));
  return await withExecutions(deps, seen);
}

/** An event that no project's trigger answered to is the account's. */
function questionOf({ scope, pipelineIdentifier }: TriggerEventRow): Parameters<typeof authorize>[1] {
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  return {
    permission: 'core_pipeline_view',
    scope: projectIdentifier === '' ? { accountId } : { accountId, orgIdentifier, projectIdentifier },
    ...(pipelineIdentifier === undefined ? {} : { identifier: pipelineIdentifier }),
  };
}

async function withExecutions(
  { db }: ApiDependencies,
  rows: readonly (TriggerEventRow & { readonly isPayloadCut?: boolean })[],
): Promise<TriggerEventHistory[]> {
  const ids = rows.flatMap(({ executionId }) => executionId ?? []);
  const executions = new Map((await listExecutionsById(db, ids)).map((execution) => [execution.id, execution]));
  return rows.map((row) =>
    triggerEventHistory(row, row.executionId === undefined ? undefined : executions.get(row.executionId)),
  );
}
