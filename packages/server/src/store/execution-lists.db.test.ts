/** Lists of executions against a plain look at each of them: the indexes that answer them must not change what is in them. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listExecutions, listExecutionsAfter, type ExecutionFilter } from './execution-lists.ts';
import { listPipelineActivity, listRecentExecutions } from './pipeline-activity.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { findTextKeys, TEXTS_MAX } from './text-keys.ts';

const DAY_MS = 86_400_000;
const SCOPE = { accountId: 'a', orgIdentifier: 'o', projectIdentifier: 'p' };
/** Each execution has a tag of its own, so that there are too many texts to look at each. */
const MANY = { ...SCOPE, projectIdentifier: 'many' };

let database: TestDatabase;

interface Row {
  readonly id: string;
  readonly scope?: typeof SCOPE;
  readonly pipeline: string;
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly status?: string;
  readonly by?: string;
  readonly createdAt: number;
  readonly runSequence: number;
  readonly retryOf?: string;
}

async function insert(rows: readonly Row[]): Promise<void> {
  const given = rows.map(({ scope = SCOPE, pipeline, name = pipeline, tags = {}, ...row }) => {
    const cause = { triggerType: 'MANUAL', triggeredBy: { uuid: 'u', identifier: row.by ?? 'ann', email: 'ann@x' } };
    return { ...scope, ...row, pipeline, name, tags, by: row.by ?? 'ann', status: row.status ?? 'Success', cause };
  });
  await sql`
    insert into executions (id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status, is_final,
      version, trigger_type, triggered_by, tags, created_at, started_at, header, state, summary, retry_root_id)
    select v->>'id', v->>'accountId', v->>'orgIdentifier', v->>'projectIdentifier', v->>'pipeline', v->>'name', (v->>'runSequence')::bigint,
      v->>'status', true, 1, 'MANUAL', v->>'by', v->'tags', (v->>'createdAt')::bigint, (v->>'createdAt')::bigint,
      json_build_object('cause', v->'cause'), '{}', '{}', v->>'retryOf'
    from json_array_elements(${JSON.stringify(given)}::json) as v`.execute(database.db);
}

/** In the order of a list. */
const ROWS: readonly Row[] = Array.from({ length: 240 }, (_, index): Row => {
  const pipeline = `p${index % 80}`;
  const runSequence = 1 + Math.floor(index / 80);
  return {
    id: `e${String(index).padStart(3, '0')}`,
    pipeline,
    // Renamed since its first run.
    name: runSequence === 1 ? `Old ${pipeline}` : `Line ${pipeline}`,
    tags: index % 3 === 0 ? { team: `T${index % 2}` } : {},
    status: index % 4 === 0 ? 'Failed' : 'Success',
    by: index % 5 === 0 ? 'bob' : 'ann',
    // Many at the same time.
    createdAt: 1_000 + Math.floor(index / 50),
    runSequence,
    // Of the first ten pipelines the second run is a retry of the first, of the first five the third one, too.
    ...((runSequence === 2 && index % 80 < 10) || (runSequence === 3 && index % 80 < 5)
      ? { retryOf: `e${String(index % 80).padStart(3, '0')}` }
      : {}),
  };
}).toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));

const isRetried = (row: Row): boolean =>
  ROWS.some(
    (other) =>
      other.retryOf !== undefined && other.retryOf === (row.retryOf ?? row.id) && other.runSequence > row.runSequence,
  );

async function ids(filter: Partial<ExecutionFilter>, size = 7): Promise<readonly string[]> {
  const found: string[] = [];
  for (let page = 0; ; page += 1) {
    const { rows, total } = await listExecutions(database.db, { scope: SCOPE, ...filter }, page, size);
    found.push(...rows.map(({ id }) => id));
    if (rows.length < size) {
      expect(total).toBe(found.length);
      return found;
    }
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  await insert(ROWS);
  // What looks the same elsewhere is not meant.
  await insert(
    ROWS.slice(0, 20).map((row) => ({ ...row, id: `x${row.id}`, scope: { ...SCOPE, projectIdentifier: 'q' } })),
  );
});

afterAll(async () => {
  await database.close();
});

describe('pages', () => {
  const cases: readonly [string, Partial<ExecutionFilter>, (row: Row) => boolean][] = [
    ['of all', {}, () => true],
    ['without those that were retried', { isNewestOfRetries: true }, (row) => !isRetried(row)],
    [
      'by status',
      { statuses: ['Failed'], isNewestOfRetries: true },
      (row) => row.status === 'Failed' && !isRetried(row),
    ],
    ['by who started them', { triggeredBy: ['bob', 'u2'], triggerTypes: ['MANUAL'] }, (row) => row.by === 'bob'],
    [
      'by a text of few',
      { search: 'LINE P7', isNewestOfRetries: true },
      (row) => /line p7/i.test(row.name ?? '') && !isRetried(row),
    ],
    ['by a text of many', { search: 'line' }, (row) => (row.name ?? '').startsWith('Line')],
    [
      'by a text of many, without those that were retried',
      { search: 'old', isNewestOfRetries: true },
      (row) => (row.name ?? '').startsWith('Old') && !isRetried(row),
    ],
    ['by the text of an identifier', { search: 'p79' }, (row) => row.pipeline === 'p79'],
    ['by the text of a tag', { search: '"t1"' }, (row) => row.tags?.['team'] === 'T1'],
    ['by name', { name: 'old p1' }, (row) => (row.name ?? '').startsWith('Old p1')],
    [
      'by tag',
      { tags: [{ key: 'team', value: 'T0' }], statuses: ['Success'] },
      (row) => row.tags?.['team'] === 'T0' && row.status === 'Success',
    ],
    ['by a text nobody has', { search: 'nobody' }, () => false],
  ];

  it.each(cases)('%s hold each once, in order, and their number', async (_, filter, isMeant) => {
    const meant = ROWS.filter(isMeant).map(({ id }) => id);
    expect(await ids(filter)).toEqual(meant);
    expect(await ids(filter, 1_000)).toEqual(meant);
    const [, second] = meant;
    const after = second === undefined ? {} : { id: second };
    const rest = await listExecutionsAfter(database.db, { scope: SCOPE, ...filter }, after, 1_000);
    expect(rest.map(({ id }) => id)).toEqual(meant.slice(second === undefined ? 0 : 2));
  });

  it('are the same where each execution has texts of its own', async () => {
    const rows = Array.from({ length: TEXTS_MAX + 1 }, (_, index) => ({
      id: `m${String(index).padStart(5, '0')}`,
      scope: MANY,
      pipeline: 'm',
      tags: { number: String(index) },
      createdAt: index,
      runSequence: index + 1,
    }));
    await insert(rows.slice(1));
    expect(await findTextKeys(database.db, MANY, { search: '"4999"' })).toHaveLength(1);
    expect(await ids({ scope: MANY, search: '"4999"' })).toEqual(['m04999']);
    await insert(rows.slice(0, 1));
    expect(await findTextKeys(database.db, MANY, { search: '"4999"' })).toBeUndefined();
    expect(await ids({ scope: MANY, search: '"4999"' })).toEqual(['m04999']);
    expect(await ids({ scope: MANY, search: '"499', statuses: ['Success'] })).toHaveLength(11);
  });
});

it('texts that are longer than an index takes are kept and found', async () => {
  const long = { ...SCOPE, projectIdentifier: 'long' };
  const text = (): string => randomBytes(4_000).toString('base64url');
  const row = { id: 'long', scope: long, pipeline: 'l', name: text(), tags: { t: text() }, by: text() };
  await insert([{ ...row, createdAt: 1, runSequence: 1 }]);
  expect(await ids({ scope: long, search: row.name.slice(50, 80), triggeredBy: [row.by] })).toEqual(['long']);
  expect(await ids({ scope: long, triggeredBy: ['ann'] })).toEqual([]);
});

it('a list of pipelines is told the newest runs of each and its last seven days', async () => {
  const scope = { ...SCOPE, projectIdentifier: 'days' };
  const clock = await sql<{ now: number }>`select bridle_now() as now`.execute(database.db);
  const today = Math.floor((clock.rows[0]?.now ?? 0) / DAY_MS) * DAY_MS;
  const ages = [0, 0, 1, 6, 7, 30];
  await insert(
    ages.map((days, index) => ({
      id: `d${index}`,
      scope,
      pipeline: 'd',
      status: index === 2 || index === 4 ? 'Failed' : 'Success',
      createdAt: today - days * DAY_MS + ages.length - index,
      runSequence: ages.length - index,
    })),
  );
  const recent = await listRecentExecutions(database.db, scope, ['gone', 'd'], 4);
  expect(recent.map(({ id }) => id)).toEqual(['d0', 'd1', 'd2', 'd3']);
  expect(recent[2]).toMatchObject({
    pipelineIdentifier: 'd',
    status: 'Failed',
    runSequence: 4,
    cause: { triggerType: 'MANUAL', triggeredBy: { identifier: 'ann', email: 'ann@x' } },
  });
  expect(recent[2]).not.toHaveProperty('endedAt');
  const activity = await listPipelineActivity(database.db, scope, ['gone', 'd']);
  const counted = activity.get('d');
  expect([...activity.keys()]).toEqual(['d']);
  expect(counted).toEqual({ runs: [1, 0, 0, 0, 0, 1, 2], failures: [0, 0, 0, 0, 0, 1, 0] });
});
