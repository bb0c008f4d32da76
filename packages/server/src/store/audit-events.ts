/** What was done by whom. Rows are only ever added (migration 0013); the sweep removes what is older than it has to be kept. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { AuditEventsTable } from './tables.ts';

export interface NewAuditEvent {
  readonly id: string;
  readonly scope: OwnerScope;
  readonly action: string;
  readonly resource: { readonly type: string; readonly identifier: string };
  readonly principal: { readonly type: string; readonly id: string; readonly name: string };
  readonly sourceIp: string;
  readonly requestMethod: string;
  readonly requestId: string;
  readonly oldYaml?: string;
  readonly newYaml?: string;
}

export interface AuditEventRow extends NewAuditEvent {
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface AuditFilter {
  readonly scopes?: readonly OwnerScope[];
  readonly resources?: readonly { readonly type: string; readonly identifier?: string }[];
  readonly actions?: readonly string[];
  readonly principals?: readonly { readonly type?: string; readonly id: string }[];
  readonly from?: number;
  readonly until?: number;
}

export async function insertAuditEvent(db: Database | Transaction, event: NewAuditEvent): Promise<void> {
  const { id, scope, action, resource, principal, sourceIp, requestMethod, requestId, oldYaml, newYaml } = event;
  await db
    .insertInto('audit_events')
    .values({
      ...ownerColumns(scope),
      id,
      at: sql<number>`bridle_now()`,
      action,
      resource_type: resource.type,
      resource_identifier: resource.identifier,
      principal_type: principal.type,
      principal_id: principal.id,
      principal_name: principal.name,
      source_ip: sourceIp,
      request_method: requestMethod,
      request_id: requestId,
      old_yaml: oldYaml ?? null,
      new_yaml: newYaml ?? null,
    })
    .execute();
}

/** One page (0-based), newest first. */
export async function listAuditEvents(
  db: Database,
  accountId: string,
  filter: AuditFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly AuditEventRow[]; readonly total: number }> {
  let matching = db.selectFrom('audit_events').where('account_id', '=', accountId);
  const { scopes = [], resources = [], actions = [], principals = [], from, until } = filter;
  if (scopes.length > 0) matching = matching.where((eb) => eb.or(scopes.map(atOrBelow)));
  if (resources.length > 0) {
    matching = matching.where((eb) =>
      eb.or(
        resources.map(({ type, identifier }) =>
          identifier === undefined
            ? eb('resource_type', '=', type)
            : eb.and([eb('resource_type', '=', type), eb('resource_identifier', '=', identifier)]),
        ),
      ),
    );
  }
  if (actions.length > 0) matching = matching.where('action', 'in', actions);
  if (principals.length > 0) {
    matching = matching.where((eb) =>
      eb.or(
        principals.map(({ type, id }) =>
          type === undefined
            ? eb('principal_id', '=', id)
            : eb.and([eb('principal_type', '=', type), eb('principal_id', '=', id)]),
        ),
      ),
    );
  }
  if (from !== undefined) matching = matching.where('at', '>=', from);
  if (until !== undefined) matching = matching.where('at', '<=', until);
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('at', 'desc')
      .orderBy('position', 'desc')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(eventRow), total: count.total };
}

export async function findAuditEvent(db: Database, accountId: string, id: string): Promise<AuditEventRow | undefined> {
  const row = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : eventRow(row);
}

/** Removes what is older, the oldest first and at most so many; answers how many. The only way out of the table. */
export async function deleteOldAuditEvents(
  db: Database,
  accountId: string,
  keepMs: number,
  limit: number,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('bridle.audit_sweep', 'on', true)`.execute(tx);
    const result = await sql`
      delete from audit_events where position in (
        select position from audit_events where account_id = ${accountId} and at < bridle_now() - ${keepMs}::bigint
        order by at, position limit ${limit} for update skip locked)`.execute(tx);
    return Number(result.numAffectedRows ?? 0);
  });
}

function atOrBelow({ orgIdentifier = '', projectIdentifier = '' }: OwnerScope): ReturnType<typeof sql<boolean>> {
  return sql<boolean>`((${orgIdentifier} = '' or org_identifier = ${orgIdentifier})
    and (${projectIdentifier} = '' or project_identifier = ${projectIdentifier}))`;
}

function eventRow(row: Selectable<AuditEventsTable>): AuditEventRow {
  return {
    id: row.id,
    scope: ownerOfRow(row),
    at: row.at,
    action: row.action,
    resource: { type: row.resource_type, identifier: row.resource_identifier },
    principal: { type: row.principal_type, id: row.principal_id, name: row.principal_name },
    sourceIp: row.source_ip,
    requestMethod: row.request_method,
    requestId: row.request_id,
    ...(row.old_yaml === null ? {} : { oldYaml: row.old_yaml }),
    ...(row.new_yaml === null ? {} : { newYaml: row.new_yaml }),
  };
}
