/**
 * Deleting organizations and projects: what it takes along, and what stays.
 *
 * - Z1 Nothing is deleted while an execution inside has not ended: it would lose its secrets and connectors under way.
 * - Z2 Everything that was defined inside goes at once, also who was allowed what there, and its delegates' tokens.
 * - Z3 What happened stays under the identifiers: executions with their logs and results, trigger events, the audit log.
 *   A project of the same identifier, made later, shows them again and goes on counting its runs.
 */
import { sql, type Selectable } from 'kysely';
import { lockOfAccount } from './admission-statements.ts';
import type { Database, Transaction } from './database.ts';
import type { OrganizationsTable, ProjectsTable, Tables } from './tables.ts';

/** A project, or an organization with all its projects. */
export interface DeletedScope {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier?: string;
}

export type DeleteScopeOutcome =
  | { readonly kind: 'deleted' | 'missing' | 'stale' }
  | { readonly kind: 'running'; readonly executions: number };

/** Tables of definitions; what hangs on their rows goes with them. */
export const DELETED_TABLES = [
  'pipelines',
  'templates',
  'deployment_documents',
  'connectors',
  'secrets',
  'variables',
  'settings',
  'saved_filters',
  'stored_files',
  'role_assignments',
  'resource_groups',
  'roles',
  'user_groups',
  'service_accounts',
  'token_holders',
  'delegate_tokens',
  'delegates',
  'errands',
  'preflight_checks',
  'webhook_endpoints',
] as const satisfies readonly (keyof Tables)[];

/** Tables of what happened (Z3). */
export const KEPT_TABLES = [
  'executions',
  'run_sequences',
  'trigger_events',
  'delegate_tasks',
  'outbox',
  'feed',
  'test_outcomes',
  'audit_events',
  'retention_marks',
] as const;

export async function deleteScope(
  tx: Transaction,
  scope: DeletedScope,
  expectedVersion?: number,
): Promise<DeleteScopeOutcome> {
  const row = await lockScope(tx, scope);
  if (row === undefined) return { kind: 'missing' };
  if (expectedVersion !== undefined && row.version !== expectedVersion) return { kind: 'stale' };
  // Whoever starts one holds this until it can be counted.
  await sql`select ${sql.raw(lockOfAccount('a'))} from (values (${scope.accountId}::text)) as v(a)`.execute(tx);
  const executions = await countRunning(tx, scope);
  if (executions > 0) return { kind: 'running', executions };
  for (const table of DELETED_TABLES) {
    await sql`delete from ${sql.table(table)} where ${inside(scope)}`.execute(tx);
  }
  if (scope.projectIdentifier === undefined) {
    await sql`delete from projects where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier}`.execute(
      tx,
    );
    await sql`delete from organizations where account_id = ${scope.accountId} and identifier = ${scope.orgIdentifier}`.execute(
      tx,
    );
  } else {
    await sql`delete from projects where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier}
      and identifier = ${scope.projectIdentifier}`.execute(tx);
  }
  return { kind: 'deleted' };
}

function inside({ accountId, orgIdentifier, projectIdentifier }: DeletedScope): ReturnType<typeof sql<boolean>> {
  return projectIdentifier === undefined
    ? sql<boolean>`account_id = ${accountId} and org_identifier = ${orgIdentifier}`
    : sql<boolean>`account_id = ${accountId} and org_identifier = ${orgIdentifier} and project_identifier = ${projectIdentifier}`;
}

async function lockScope(
  tx: Transaction,
  { accountId, orgIdentifier, projectIdentifier }: DeletedScope,
): Promise<Pick<Selectable<OrganizationsTable | ProjectsTable>, 'version'> | undefined> {
  if (projectIdentifier === undefined) {
    return await tx
      .selectFrom('organizations')
      .select('version')
      .where('account_id', '=', accountId)
      .where('identifier', '=', orgIdentifier)
      .forUpdate()
      .executeTakeFirst();
  }
  return await tx
    .selectFrom('projects')
    .select('version')
    .where('account_id', '=', accountId)
    .where('org_identifier', '=', orgIdentifier)
    .where('identifier', '=', projectIdentifier)
    .forUpdate()
    .executeTakeFirst();
}

async function countRunning(db: Database | Transaction, scope: DeletedScope): Promise<number> {
  const result = await sql<{ total: number }>`
    select count(*) as total from executions where not is_final and ${inside(scope)}`.execute(db);
  return result.rows[0]?.total ?? 0;
}
