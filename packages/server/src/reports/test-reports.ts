/**
 * The results of tests that steps report, and which tests are flaky.
 *
 * Invariants (cited by tests):
 * - J1 each test of a step is kept once, however often a delegate sends it.
 * - J2 only the delegate that holds the task (D1) adds to its report.
 * - J3 a test is flaky where it both passed and failed on one commit; without a commit, within one execution (a retry).
 */
import { createHash } from 'node:crypto';
import type { ReportedTest, TestsRequest } from '@bridle/protocol';
import type { Database, DatabaseHandle } from '../store/database.ts';
import { findTaskHolders } from '../store/task-queue-statements.ts';
import {
  forgetTestOutcomes,
  insertTests,
  listTests,
  listTestTotals,
  openTestReport,
  type StoredTest,
  type TestFilter,
  type TestRow,
  type TestTotals,
} from '../store/test-report-statements.ts';

export type { StoredTest, TestFilter, TestStatus, TestTotals } from '../store/test-report-statements.ts';

const TEST_KEY_BYTES = 16;
/** What is known of a test's steadiness is forgotten this long after its last result. */
const OUTCOMES_KEPT_MS = 90 * 86_400_000;
const FORGET_BATCH = 5_000;

export type TestsResult =
  | { readonly kind: 'ok'; readonly body: Record<string, never> }
  | { readonly kind: 'stale'; readonly message: string };

export interface TestReports {
  /** Keeps a piece of a step's report (J1, J2). */
  add(delegate: { readonly delegateId: string; readonly taskId: string }, request: TestsRequest): Promise<TestsResult>;
  totals(executionId: string): Promise<readonly TestTotals[]>;
  list(
    executionId: string,
    filter: TestFilter,
  ): Promise<{ readonly total: number; readonly tests: readonly StoredTest[] }>;
  /** Removes what is too old to matter. */
  sweep(): Promise<void>;
}

export function createTestReports(database: DatabaseHandle): TestReports {
  const { db } = database;
  return {
    add: ({ delegateId, taskId }, request) => addTests(db, delegateId, taskId, request),
    totals: (executionId) => listTestTotals(db, executionId),
    list: (executionId, filter) => listTests(db, executionId, filter),
    sweep: async () => {
      while ((await forgetTestOutcomes(db, OUTCOMES_KEPT_MS, FORGET_BATCH)) === FORGET_BATCH);
    },
  };
}

async function addTests(
  db: Database,
  delegateId: string,
  taskId: string,
  { incarnation, fence, position, commit, tests }: TestsRequest,
): Promise<TestsResult> {
  const holder = (await findTaskHolders(db, [taskId])).get(taskId);
  const isHeld =
    holder !== undefined &&
    holder.delegateId === delegateId &&
    holder.incarnation === incarnation &&
    holder.fence === fence;
  if (!isHeld) return { kind: 'stale', message: `This delegate does not hold task ${taskId} with fence ${fence}.` };
  await db.transaction().execute(async (tx) => {
    await openTestReport(tx, { nodeExecutionId: taskId, executionId: holder.executionId, subject: commit });
    if (tests.length > 0)
      await insertTests(
        tx,
        taskId,
        tests.map((test, index) => testRow(test, position + index)),
      );
  });
  return { kind: 'ok', body: {} };
}

function testRow(test: ReportedTest, position: number): TestRow {
  const { suite, className, name, status, durationMs, file, message, details, hasFailedBefore } = test;
  return {
    position,
    key: createHash('sha256')
      .update(JSON.stringify([suite, className, name]))
      .digest()
      .subarray(0, TEST_KEY_BYTES),
    suite: storable(suite),
    className: storable(className),
    name: storable(name),
    status,
    durationMs,
    ...(file === undefined ? {} : { file: storable(file) }),
    ...(message === undefined ? {} : { message: storable(message) }),
    ...(details === undefined ? {} : { details: storable(details) }),
    ...(hasFailedBefore === undefined ? {} : { hasFailedBefore }),
  };
}

/** PostgreSQL takes neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
