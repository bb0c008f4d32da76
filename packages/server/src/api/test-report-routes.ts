/** Results of tests: a summary per suite, and the tests themselves. */
import { Type } from 'typebox';
import type { TestStatus } from '../reports/test-reports.ts';
import { likePattern } from '../store/organizations.ts';
import { answers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getExecution } from './execution-routes.ts';
import { executionAsPreferred, WAITS } from './waiting-answers.ts';

const tags = ['Tests'];
const config = { account: 'own' } as const;
const TESTS_PER_PAGE = 100;
const TESTS_PER_PAGE_MAX = 1_000;

const Counts = {
  tests: Type.Integer(),
  passed: Type.Integer(),
  failed: Type.Integer(),
  errors: Type.Integer(),
  skipped: Type.Integer(),
  flaky: Type.Integer({ description: 'Of these, how many have both passed and failed on the same commit.' }),
  durationMs: Type.Number(),
};
const Totals = Type.Object(Counts);
const SuiteTotals = Type.Object({ nodeExecutionId: Type.String(), suite: Type.String(), ...Counts });
const Test = Type.Object({
  nodeExecutionId: Type.String({ description: 'The step that reported it.' }),
  position: Type.Integer({ description: '0-based, among the tests of the step.' }),
  suite: Type.String(),
  className: Type.String(),
  name: Type.String(),
  status: Type.Enum(['passed', 'failed', 'error', 'skipped']),
  durationMs: Type.Number(),
  file: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  details: Type.Optional(Type.String()),
  isFlaky: Type.Boolean(),
});

export function testReportRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/executions/:planExecutionId/tests/summary',
    {
      config,
      schema: {
        summary: 'How the tests of an execution went',
        description: 'Counts of the whole execution, and per step and suite in the order in which they were reported.',
        tags,
        headers: WAITS,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
        response: answers(Type.Object({ totals: Totals, suites: Type.Array(SuiteTotals) })),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      await executionAsPreferred(deps, request, reply, row);
      const suites = await deps.testReports.totals(row.id);
      const sum = (read: (suite: (typeof suites)[number]) => number): number =>
        suites.reduce((total, suite) => total + read(suite), 0);
      return {
        totals: {
          tests: sum(({ tests }) => tests),
          passed: sum(({ passed }) => passed),
          failed: sum(({ failed }) => failed),
          errors: sum(({ errors }) => errors),
          skipped: sum(({ skipped }) => skipped),
          flaky: sum(({ flaky }) => flaky),
          durationMs: sum(({ durationMs }) => durationMs),
        },
        suites: [...suites],
      };
    },
  );

  app.get(
    '/bridle/api/executions/:planExecutionId/tests',
    {
      config,
      schema: {
        summary: 'The tests of an execution',
        description: 'In the order in which they were reported, as far as they fit the filter.',
        tags,
        headers: WAITS,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: Type.Object({
          accountIdentifier: Type.Optional(Type.String()),
          nodeExecutionId: Type.Optional(Type.String()),
          suite: Type.Optional(Type.String()),
          status: Type.Optional(
            Type.String({ description: 'One or several of passed, failed, error and skipped, joined by commas.' }),
          ),
          flaky: Type.Optional(Type.Boolean({ description: 'True = only flaky ones.' })),
          searchTerm: Type.Optional(Type.String({ description: 'Part of suite, class or name, in any case.' })),
          page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
          size: Type.Integer({ minimum: 1, maximum: TESTS_PER_PAGE_MAX, default: TESTS_PER_PAGE }),
        }),
        response: answers(Type.Object({ total: Type.Integer(), tests: Type.Array(Test) })),
      },
    },
    async (request, reply) => {
      const row = await getExecution(deps, request, request.params.planExecutionId);
      await executionAsPreferred(deps, request, reply, row);
      const { nodeExecutionId, suite, status, flaky, searchTerm = '', page, size } = request.query;
      const { total, tests } = await deps.testReports.list(row.id, {
        ...(nodeExecutionId === undefined ? {} : { nodeExecutionId }),
        ...(suite === undefined ? {} : { suite }),
        ...(status === undefined || status === '' ? {} : { statuses: statusesOf(status) }),
        ...(flaky === true ? { isFlaky: true } : {}),
        ...(searchTerm === '' ? {} : { pattern: likePattern(searchTerm) }),
        limit: size,
        offset: page * size,
      });
      return { total, tests: [...tests] };
    },
  );
}

const STATUSES: readonly string[] = ['passed', 'failed', 'error', 'skipped'] satisfies readonly TestStatus[];

/** Words that are none select nothing. */
function statusesOf(text: string): readonly TestStatus[] {
  return text.split(',').filter((word): word is TestStatus => STATUSES.includes(word));
}
