/** Results of tests: one row per step that reported some, one per test, and what is known of each test's steadiness. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';

export type TestStatus = 'passed' | 'failed' | 'error' | 'skipped';

export interface TestRow {
  /** 0-based among the tests of its step. */
  readonly position: number;
  /** The same for the same test in every execution. */
  readonly key: Buffer;
  readonly suite: string;
  readonly className: string;
  readonly name: string;
  readonly status: TestStatus;
  readonly durationMs: number;
  readonly file?: string;
  readonly message?: string;
  readonly details?: string;
  /** It failed first and passed when it was repeated within the same run. */
  readonly hasFailedBefore?: boolean;
}

export interface StoredTest extends Omit<TestRow, 'key' | 'hasFailedBefore'> {
  readonly nodeExecutionId: string;
  /** It has both passed and failed on what was tested here. */
  readonly isFlaky: boolean;
}

export interface TestTotals {
  readonly nodeExecutionId: string;
  readonly suite: string;
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly flaky: number;
  readonly durationMs: number;
}

/** @param subject - the commit, or `undefined` for the execution itself */
export async function openTestReport(
  tx: Transaction,
  report: { readonly nodeExecutionId: string; readonly executionId: string; readonly subject: string | undefined },
): Promise<void> {
  await sql`
    insert into test_reports (node_execution_id, execution_id, subject)
    values (${report.nodeExecutionId}, ${report.executionId}, ${report.subject ?? `execution:${report.executionId}`})
    on conflict do nothing`.execute(tx);
}

/** Adds the tests that are not there yet, and what they say about their steadiness. */
export async function insertTests(tx: Transaction, nodeExecutionId: string, tests: readonly TestRow[]): Promise<void> {
  const column = <T>(read: (test: TestRow) => T): T[] => tests.map(read);
  await sql`
    with fresh as (
      insert into test_cases
        (node_execution_id, position, test_key, suite, class_name, name, status, has_failed_before, duration_ms, file, message, details)
      select ${nodeExecutionId}, * from unnest(
        ${column((test) => test.position)}::int[], ${column((test) => test.key)}::bytea[], ${column((test) => test.suite)}::text[],
        ${column((test) => test.className)}::text[], ${column((test) => test.name)}::text[], ${column((test) => test.status)}::text[],
        ${column((test) => test.hasFailedBefore === true)}::bool[], ${column((test) => test.durationMs)}::float8[],
        ${column((test) => test.file ?? null)}::text[], ${column((test) => test.message ?? null)}::text[],
        ${column((test) => test.details ?? null)}::text[])
      on conflict do nothing
      returning test_key, status, has_failed_before),
    seen as (
      select test_key, bool_or(status = 'passed') as has_passed, bool_or(status in ('failed', 'error') or has_failed_before) as has_failed
      from fresh where status <> 'skipped' group by test_key)
    insert into test_outcomes as o (account_id, org_identifier, project_identifier, test_key, subject, has_passed, has_failed)
    select e.account_id, e.org_identifier, e.project_identifier, s.test_key, r.subject, s.has_passed, s.has_failed
    from seen s, test_reports r join executions e on e.id = r.execution_id
    where r.node_execution_id = ${nodeExecutionId} order by s.test_key
    on conflict (account_id, org_identifier, project_identifier, test_key, subject) do update
    set has_passed = o.has_passed or excluded.has_passed, has_failed = o.has_failed or excluded.has_failed, seen_at = bridle_now()`.execute(
    tx,
  );
}

/** A test together with whether it is flaky on its subject. */
const CASES = sql`
  test_reports r join executions e on e.id = r.execution_id join test_cases c on c.node_execution_id = r.node_execution_id
  left join test_outcomes o on o.account_id = e.account_id and o.org_identifier = e.org_identifier
    and o.project_identifier = e.project_identifier and o.test_key = c.test_key and o.subject = r.subject and o.has_passed and o.has_failed`;

/** Per step and suite, in the order in which they were reported. */
export async function listTestTotals(db: Database, executionId: string): Promise<readonly TestTotals[]> {
  const { rows } = await sql<TestTotals>`
    select c.node_execution_id as "nodeExecutionId", c.suite, count(*) as tests,
      count(*) filter (where c.status = 'passed') as passed, count(*) filter (where c.status = 'failed') as failed,
      count(*) filter (where c.status = 'error') as errors, count(*) filter (where c.status = 'skipped') as skipped,
      count(o.test_key) as flaky, sum(c.duration_ms) as "durationMs"
    from ${CASES} where r.execution_id = ${executionId}
    group by r.created_at, c.node_execution_id, c.suite order by r.created_at, c.node_execution_id, min(c.position)`.execute(
    db,
  );
  return rows;
}

export interface TestFilter {
  readonly nodeExecutionId?: string;
  readonly suite?: string;
  readonly statuses?: readonly TestStatus[];
  readonly isFlaky?: true;
  /** Part of suite, class or name, in any case: a pattern for `ilike`. */
  readonly pattern?: string;
  readonly limit: number;
  /** Rows to pass over. */
  readonly offset: number;
}

/** In the order in which they were reported; `total` counts all that fit the filter. */
export async function listTests(
  db: Database,
  executionId: string,
  filter: TestFilter,
): Promise<{ readonly total: number; readonly tests: readonly StoredTest[] }> {
  const where = sql.join(
    [
      sql`r.execution_id = ${executionId}`,
      ...(filter.nodeExecutionId === undefined ? [] : [sql`c.node_execution_id = ${filter.nodeExecutionId}`]),
      ...(filter.suite === undefined ? [] : [sql`c.suite = ${filter.suite}`]),
      ...(filter.statuses === undefined ? [] : [sql`c.status = any(${filter.statuses}::text[])`]),
      ...(filter.isFlaky === undefined ? [] : [sql`o.test_key is not null`]),
      ...(filter.pattern === undefined
        ? []
        : [
            sql`(c.suite ilike ${filter.pattern} or c.class_name ilike ${filter.pattern} or c.name ilike ${filter.pattern})`,
          ]),
    ],
    sql` and `,
  );
  const counted = await sql<{ total: number }>`select count(*) as total from ${CASES} where ${where}`.execute(db);
  const { rows } = await sql<ListedRow>`
    select c.node_execution_id, c.position, c.suite, c.class_name, c.name, c.status, c.duration_ms, c.file, c.message, c.details,
      o.test_key is not null as is_flaky
    from ${CASES} where ${where} order by r.created_at, c.node_execution_id, c.position
    limit ${filter.limit} offset ${filter.offset}`.execute(db);
  return { total: counted.rows[0]?.total ?? 0, tests: rows.map(storedTest) };
}

interface ListedRow {
  readonly node_execution_id: string;
  readonly position: number;
  readonly suite: string;
  readonly class_name: string;
  readonly name: string;
  readonly status: TestStatus;
  readonly duration_ms: number;
  readonly file: string | null;
  readonly message: string | null;
  readonly details: string | null;
  readonly is_flaky: boolean;
}

function storedTest(row: ListedRow): StoredTest {
  return {
    nodeExecutionId: row.node_execution_id,
    position: row.position,
    suite: row.suite,
    className: row.class_name,
    name: row.name,
    status: row.status,
    durationMs: row.duration_ms,
    ...(row.file === null ? {} : { file: row.file }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.details === null ? {} : { details: row.details }),
    isFlaky: row.is_flaky,
  };
}

/** Steadiness that nobody has added to for longer than `ageMs` is forgotten. */
export async function forgetTestOutcomes(db: Database, ageMs: number, limit: number): Promise<number> {
  const { rows } = await sql<{ forgotten: number }>`
    with old as (
      select ctid from test_outcomes where seen_at < bridle_now() - ${ageMs}::bigint limit ${limit} for update skip locked),
    gone as (delete from test_outcomes where ctid in (select ctid from old) returning 1)
    select count(*) as forgotten from gone`.execute(db);
  return rows[0]?.forgotten ?? 0;
}
