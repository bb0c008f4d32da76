/** The audit log (Harness's `/audit/api`). What is read is never recorded, what is changed always is (audit-hook.ts). */
import { AuditEvent, AuditFilter, AuditYaml, ngPageOf, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { findAuditEvent, listAuditEvents, type AuditEventRow } from '../store/audit-events.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { answers, ownerOf, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { accessScope } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';
import { storableTime } from './storable-time.ts';

const tags = ['Audit'];
const AccountQuery = { accountIdentifier: Type.Optional(Type.String()) };

export function auditRoutes(app: App, { db }: ApiDependencies): void {
  app.post(
    '/audit/api/audits/list',
    {
      schema: {
        summary: 'Who changed what, newest first',
        description:
          'Asks core_audit_view in each scope of the filter, or in the account. Filters of Harness that are not named here (environments, modules, static filters) are ignored.',
        tags,
        querystring: Type.Object({ ...AccountQuery, pageIndex: PageNumber, pageSize: pageSize(50) }),
        body: AuditFilter,
        response: answers(successOf(ngPageOf(AuditEvent))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size } = request.query;
      const { scopes, resources, actions, principals, startTime, endTime } = request.body;
      const asked = (scopes ?? []).map(({ accountIdentifier, orgIdentifier, projectIdentifier }) => {
        if ((accountIdentifier ?? request.accountId) !== request.accountId)
          throw invalidRequest('The filter names a scope of another account.');
        return ownerOf(request, { orgIdentifier: orgIdentifier ?? '', projectIdentifier: projectIdentifier ?? '' });
      });
      const judged: readonly OwnerScope[] = asked.length === 0 ? [{ accountId: request.accountId }] : asked;
      for (const scope of judged) await authorize(request, { permission: 'core_audit_view', scope });
      const filter = {
        scopes: asked,
        resources: (resources ?? []).map(({ type, identifier }) => ({
          type,
          ...(identifier === undefined || identifier === null ? {} : { identifier }),
        })),
        actions: actions ?? [],
        principals: (principals ?? []).map(({ type, identifier: id }) => ({
          id,
          ...(type === undefined || type === null ? {} : { type }),
        })),
        ...(startTime === undefined || startTime === null ? {} : { from: storableTime(startTime) }),
        ...(endTime === undefined || endTime === null ? {} : { until: storableTime(endTime) }),
      };
      const { rows, total } = await listAuditEvents(db, request.accountId, filter, pageIndex, size);
      return success(request, ngPage(rows.map(auditEvent), pageIndex, size, total));
    },
  );

  app.get(
    '/audit/api/auditYaml',
    {
      schema: {
        summary: 'What something was before a change, and after it',
        tags,
        querystring: Type.Object({ ...AccountQuery, auditId: Type.String() }),
        response: answers(successOf(AuditYaml)),
      },
    },
    async (request) => {
      const { auditId } = request.query;
      const row = await findAuditEvent(db, request.accountId, auditId);
      // Who may see nothing does not hear what there is.
      await authorize(request, {
        permission: 'core_audit_view',
        scope: row?.scope ?? { accountId: request.accountId },
      });
      if (row === undefined) throw notFound(`There is no audit event ${auditId}.`);
      return success(request, { oldYaml: row.oldYaml ?? null, newYaml: row.newYaml ?? null });
    },
  );
}

function auditEvent(row: AuditEventRow): AuditEvent {
  return {
    auditId: row.id,
    insertId: row.requestId,
    resourceScope: accessScope(row.scope),
    httpRequestInfo: { requestMethod: row.requestMethod },
    requestMetadata: { clientIP: row.sourceIp },
    timestamp: row.at,
    authenticationInfo: {
      principal: { type: row.principal.type, identifier: row.principal.id },
      labels: { username: row.principal.name },
    },
    module: 'CORE',
    resource: { type: row.resource.type, identifier: row.resource.identifier, labels: {} },
    action: row.action,
    yamlDiff: row.oldYaml !== undefined || row.newYaml !== undefined,
  };
}
