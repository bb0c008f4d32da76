/** What people do with triggers beside saving them (api.md §3.1): tokens, switching many, what a changed pipeline asks for now. */
import {
  BulkToggleRequest,
  BulkToggleResult,
  springPageOf,
  successOf,
  TriggerCatalog,
  TriggerEventHistory,
  TriggerYamlDiff,
} from '@bridle/protocol';
import { GIT_TRIGGER_EVENTS } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit, type AuditAction } from '../auth/audit.ts';
import { reconcileTrigger } from '../intake/reconcile-trigger.ts';
import { makeWebhookToken, switchTriggers } from '../intake/save-trigger.ts';
import { findTrigger, replaceTriggerToken, type TriggerFilter, type TriggerKey } from '../store/triggers.ts';
import { answers, ownerQuery, PageNumber, pageSize, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { refuseOtherSites } from './authentication.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { noTrigger, targetOf, TriggerParams, TriggerQuery } from './trigger-routes.ts';
import { springPage } from './wire/pages.ts';

const tags = ['Triggers'];
const viewTrigger = { permission: 'core_pipeline_view', of: 'targetIdentifier' } as const;

/** The envelope that Harness gives this one answer. */
const TokenAnswer = Type.Object({
  metaData: Type.Object({}),
  resource: Type.String({ pattern: '^[A-Za-z0-9]{40}$' }),
  responseMessages: Type.Array(Type.Never()),
});

export function triggerToolRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    '/pipeline/api/triggers/regenerateToken',
    {
      config: { needs: 'inHandler' },
      schema: {
        summary: 'Make a webhook token, or give a custom trigger a new one',
        description:
          'With the organization, the project, `targetIdentifier` and `triggerIdentifier` the trigger gets the token, and its old address stops working. Without them the token belongs to nothing.',
        tags,
        querystring: ownerQuery({
          targetIdentifier: Type.Optional(Type.String()),
          triggerIdentifier: Type.Optional(Type.String()),
        }),
        response: answers(TokenAnswer),
      },
    },
    async (request) => {
      const resource = makeWebhookToken();
      const key = namedTrigger(request);
      if (key !== undefined) {
        // A GET that changes something: no page of another site may cause it.
        refuseOtherSites(request);
        const { scope, pipelineIdentifier } = key;
        await authorize(request, { permission: 'core_pipeline_edit', scope, identifier: pipelineIdentifier });
        const isThere = await db.transaction().execute(async (tx) => {
          if (!(await replaceTriggerToken(tx, key, resource))) return false;
          await recordAudit(tx, request, auditOf(key, 'ROTATE_TOKEN'));
          return true;
        });
        if (!isThere) throw noTrigger(key.identifier);
      }
      return { metaData: {}, resource, responseMessages: [] };
    },
  );

  app.get(
    '/pipeline/api/triggers/catalog',
    {
      config: { needs: 'signedIn' },
      schema: {
        summary: 'The kinds of triggers that fire here',
        tags,
        querystring: ownerQuery({}),
        response: answers(successOf(TriggerCatalog)),
      },
    },
    async (request) =>
      success(request, {
        catalog: [
          { category: 'Webhook', triggerCatalogType: [...servedProviders(), 'Custom'] },
          { category: 'Scheduled', triggerCatalogType: ['Cron'] },
        ],
      }),
  );

  app.patch(
    '/pipeline/api/triggers/bulk-toggle',
    {
      config: { needs: 'inHandler' },
      schema: {
        summary: 'Enable or disable many triggers',
        description: 'Those in the scope of `filters` that stand otherwise are switched, and answered with.',
        tags,
        querystring: ownerQuery({}),
        body: BulkToggleRequest,
        response: answers(successOf(BulkToggleResult)),
      },
    },
    async (request) => {
      const { filters = {}, data } = request.body;
      const filter = { accountId: request.accountId, ...given(filters) };
      const { orgIdentifier, projectIdentifier, pipelineIdentifier } = filter;
      if (projectIdentifier !== undefined && orgIdentifier === undefined)
        throw invalidRequest('orgIdentifier is needed beside projectIdentifier');
      if (pipelineIdentifier !== undefined && projectIdentifier === undefined)
        throw invalidRequest('projectIdentifier is needed beside pipelineIdentifier');
      await authorize(request, {
        permission: 'core_pipeline_edit',
        scope: filter,
        ...(pipelineIdentifier === undefined ? {} : { identifier: pipelineIdentifier }),
      });
      const switched = await db.transaction().execute(async (tx) => {
        const rows = await switchTriggers(tx, filter, data.enable);
        for (const row of rows) await recordAudit(tx, request, auditOf(row, data.enable ? 'ENABLED' : 'DISABLED'));
        return rows;
      });
      return success(request, {
        count: switched.length,
        bulkTriggerDetailDTOList: switched.map(({ scope, ...row }) => ({
          triggerIdentifier: row.identifier,
          triggerName: row.name,
          type: row.type,
          pipelineIdentifier: row.pipelineIdentifier,
          projectIdentifier: scope.projectIdentifier,
          orgIdentifier: scope.orgIdentifier,
        })),
      });
    },
  );

  app.get(
    '/pipeline/api/triggers/:triggerIdentifier/triggerReconciliationYamlDiff',
    {
      config: { needs: viewTrigger },
      schema: {
        summary: 'A trigger with the inputs that its pipeline asks for now',
        description:
          'In `newYAML` inputs that are none any more are gone from `inputYaml`, and those that are not given are `<+input>`.',
        tags,
        params: TriggerParams,
        querystring: TriggerQuery,
        response: answers(successOf(TriggerYamlDiff)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const key = targetOf(scope, request.query.targetIdentifier, request.params.triggerIdentifier);
      const row = await findTrigger(db, key);
      if (row === undefined) throw noTrigger(key.identifier);
      return success(request, { oldYAML: row.yaml, newYAML: (await reconcileTrigger(db, row)).yaml });
    },
  );

  app.put(
    '/pipeline/api/triggers/update-branch-name',
    {
      config: { needs: { permission: 'core_pipeline_edit', of: 'targetIdentifier' } },
      schema: {
        summary: 'Change the branch that the pipeline of triggers is read from; always refused',
        tags,
        querystring: scopeQuery({ targetIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(Type.Null())),
      },
    },
    async () => {
      throw invalidRequest('Pipelines are kept in the store of this server, which has no branches.');
    },
  );

  app.get(
    '/pipeline/api/triggers/eventHistory/artifact-manifest-info',
    {
      config: { needs: { permission: 'core_pipeline_view' } },
      schema: {
        summary: 'Events of artifact and manifest triggers; none, for they do not fire here',
        tags,
        querystring: scopeQuery({ page: PageNumber, size: pageSize(10) }),
        response: answers(successOf(springPageOf(TriggerEventHistory))),
      },
    },
    async (request) => success(request, springPage([], request.query.page, request.query.size, 0)),
  );

  app.get(
    '/pipeline/api/triggers/eventHistory/polledResponse/:eventId',
    {
      config: { needs: 'signedIn' },
      schema: {
        summary: 'What a poll for artifacts has found; there is none, for nothing is polled',
        tags,
        params: Type.Object({ eventId: Type.String() }),
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Null())),
      },
    },
    async (request) => {
      throw notFound(`There is no polled response of the event ${request.params.eventId}: no trigger polls.`);
    },
  );
}

function auditOf({ scope, identifier }: TriggerKey, action: AuditAction): Parameters<typeof recordAudit>[2] {
  return { action, resource: { type: 'TRIGGER', identifier }, scope };
}

/** All four names, or none of the last two. */
function namedTrigger(request: FastifyRequest): TriggerKey | undefined {
  const query = request.query as Readonly<Record<string, string | undefined>>;
  const { orgIdentifier = '', projectIdentifier = '', targetIdentifier = '', triggerIdentifier = '' } = query;
  if (targetIdentifier === '' && triggerIdentifier === '') return undefined;
  if ([orgIdentifier, projectIdentifier, targetIdentifier, triggerIdentifier].includes('')) {
    throw invalidRequest(
      'A trigger is named by orgIdentifier, projectIdentifier, targetIdentifier and triggerIdentifier together.',
    );
  }
  const scope = { accountId: request.accountId, orgIdentifier, projectIdentifier };
  return targetOf(scope, targetIdentifier, triggerIdentifier);
}

/** Empty texts narrow nothing. */
function given(
  filters: NonNullable<BulkToggleRequest['filters']>,
): Partial<Omit<TriggerFilter, 'accountId' | 'source'>> & { readonly type?: string } {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
}

function servedProviders(): readonly string[] {
  return Object.entries(GIT_TRIGGER_EVENTS)
    .filter(([, events]) => Object.values(events).some(({ isServed }) => isServed))
    .map(([provider]) => provider);
}
