import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay, type ExecutionId } from '@bridle/pipeline';
import { sql } from 'kysely';
import { findExecution, listEvents } from '../store/execution-statements.ts';
import { listExecutions } from '../store/execution-lists.ts';
import { findExecutionRow, listNodeExecutions } from '../store/execution-rows.ts';
import { listRecentExecutions } from '../store/pipeline-activity.ts';
import { findExecutionTexts } from '../store/execution-texts.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import type { ExecutionChange } from './service.ts';
import {
  insertAccount,
  newExecutionId,
  pipelineYaml,
  registerDelegate,
  shellStep,
  startReplica,
  startRequest,
  TEST_SCOPE,
  WAIT_STEP,
  type Replica,
} from './test-replica.ts';

const NEVER = new AbortController().signal;
const BY = { userId: 'u', name: 'Ada', email: 'ada@example.test' };

describe('ExecutionService', () => {
  let database: TestDatabase;
  let replica: Replica;
  beforeEach(async () => {
    database = await createTestDatabase();
    await insertAccount(database);
    replica = await startReplica(database);
  });
  afterEach(async () => {
    await replica.close();
    await database.close();
    expect(replica.problems).toEqual([]);
  });

  async function run(id: ExecutionId): Promise<void> {
    expect(await replica.executions.waitUntilFinal(id, 20_000, NEVER)).toBe(true);
  }

  async function expectReplayed(id: ExecutionId): Promise<void> {
    const stored = await findExecution(database.db, id);
    if (stored === undefined) throw new Error('the execution is not there');
    const { version, status, startedAt, endedAt, nodes, abort, createdAt, ...header } = stored;
    const events = await listEvents(database.db, id);
    expect(events).toHaveLength(version);
    expect(replay(header, createdAt, events)).toEqual(stored);
    expect([status, startedAt, endedAt, nodes, abort]).toHaveLength(5);
  }

  test('E2 an execution of several steps runs to Success, and its events replay to the stored state', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const request = startRequest(pipelineYaml([shellStep('a'), shellStep('b'), shellStep('c')]));
    const started = await replica.executions.start(request);
    expect(started).toMatchObject({ executionId: request.executionId, runSequence: 1 });
    await delegate.work(3);
    await run(request.executionId);
    const row = await findExecutionRow(database.db, request.executionId);
    expect(row).toMatchObject({
      status: 'Success',
      isFinal: true,
      runSequence: 1,
      cause: request.cause,
    });
    const { pipelineYaml: text, resolvedYaml, inputYaml } = request;
    expect(await findExecutionTexts(database.db, request.executionId)).toEqual({
      pipelineYaml: text,
      resolvedYaml,
      inputYaml,
    });
    expect(row?.summary.counts).toEqual({ successful: 1, running: 0, failed: 0, total: 1 });
    expect(
      (await listNodeExecutions(database.db, request.executionId)).every((node) => node.status === 'Success'),
    ).toBe(true);
    await expectReplayed(request.executionId);
  });

  test('NUL and lone surrogates in payload, headers and outputs come back as they were', async () => {
    const nasty = 'nul \u0000 surrogate \ud800 emoji 🐎 quote " backslash \\u0000';
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const request = startRequest(pipelineYaml([shellStep('a')]), {
      tags: { tag: 'with \u0000' },
      cause: {
        triggerType: 'WEBHOOK_CUSTOM',
        triggeredBy: { uuid: 'systemUser', identifier: 'hook' },
        trigger: {
          identifier: 'hook',
          name: 'Hook',
          eventId: 'e',
          payload: JSON.stringify({ nasty }) + '\u0000',
          headers: { 'x-nasty': nasty },
        },
      },
    });
    await replica.executions.start(request);
    await delegate.work(1, { nasty, deep: [{ nasty }] });
    await run(request.executionId);
    const row = await findExecutionRow(database.db, request.executionId);
    expect(row?.cause).toEqual(request.cause);
    expect(row?.tags).toEqual(request.tags);
    const nodes = await listNodeExecutions(database.db, request.executionId);
    const outputs = nodes.flatMap((node) => Object.values(node.outcomes));
    expect(outputs).toEqual([{ nasty, deep: [{ nasty }] }]);
    await expectReplayed(request.executionId);
    const list = await listExecutions(database.db, { scope: TEST_SCOPE }, 0, 10);
    expect(list.rows[0]?.cause.trigger).toMatchObject({ identifier: 'hook', payload: '', headers: {} });
  });

  test('run sequences are gap-free however many start at once, and refused transactions give theirs back', async () => {
    const yaml = pipelineYaml([WAIT_STEP('w', '1h')]);
    const requests = Array.from({ length: 40 }, () => startRequest(yaml));
    await database.db
      .transaction()
      .execute(async (tx) => {
        await replica.executions.startIn(tx, [startRequest(yaml), startRequest(yaml)]);
        throw new Error('changed my mind');
      })
      .catch((error: unknown) => expect(String(error)).toContain('changed my mind'));
    const started = await Promise.all(requests.map((request) => replica.executions.start(request)));
    expect(started.map((one) => one.runSequence).toSorted((one, other) => one - other)).toEqual(
      requests.map((_, index) => index + 1),
    );
    expect(new Set(started.map((one) => one.executionId)).size).toBe(40);
  });

  test('of starts that share a transaction one that is refused does not spoil the others', async () => {
    const yaml = pipelineYaml([WAIT_STEP('w', '1h')]);
    const first = startRequest(yaml);
    await replica.executions.start(first);
    const results = await Promise.allSettled(
      [startRequest(yaml), { ...startRequest(yaml), executionId: first.executionId }, startRequest(yaml)].map(
        (request) => replica.executions.start(request),
      ),
    );
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.runSequence] : []))).toEqual([
      2, 3,
    ]);
  });

  test('T1 a timer fires by the clock of the database, not before it is due', async () => {
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1s')]));
    await replica.executions.start(request);
    await run(request.executionId);
    const step = (await listNodeExecutions(database.db, request.executionId)).find(
      (node) => node.children.length === 0,
    );
    expect(step?.status).toBe('Success');
    expect((step?.endedAt ?? 0) - (step?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
    await expectReplayed(request.executionId);
  });

  test('abort: requested once, said again, and refused when all is over', async () => {
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1h')]));
    expect(await replica.executions.interrupt(request.executionId, { type: 'AbortAll', by: BY })).toEqual({
      kind: 'unknown',
    });
    await replica.executions.start(request);
    const abort = (): ReturnType<typeof replica.executions.interrupt> =>
      replica.executions.interrupt(request.executionId, { type: 'AbortAll', by: BY });
    const kinds = (await Promise.all([abort(), abort()])).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'done')).toHaveLength(1);
    expect(['alreadyRequested', 'alreadyFinal']).toContain(kinds.find((kind) => kind !== 'done'));
    await run(request.executionId);
    expect(await replica.executions.interrupt(request.executionId, { type: 'AbortAll', by: BY })).toEqual({
      kind: 'alreadyFinal',
      status: 'Aborted',
    });
    expect((await findExecutionRow(database.db, request.executionId))?.abort?.by).toEqual(BY);
    await expectReplayed(request.executionId);
  });

  test('a watcher sees every state it has to, ends with the final one, and resumes by version', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const request = startRequest(pipelineYaml([shellStep('a'), shellStep('b')]));
    await replica.executions.start(request);
    const changes: ExecutionChange[] = [];
    const watching = (async () => {
      for await (const change of replica.executions.watch(request.executionId, 0, NEVER)) changes.push(change);
    })();
    await delegate.work(2);
    await watching;
    expect(changes.at(-1)).toMatchObject({ status: 'Success', isFinal: true });
    expect(changes.map((change) => change.version)).toEqual(
      changes.map((change) => change.version).toSorted((one, other) => one - other),
    );
    const seen = new Map(changes.flatMap((change) => change.nodes.map((node) => [node.id, node])));
    const stored = await listNodeExecutions(database.db, request.executionId);
    expect([...seen.values()].toSorted(byId)).toEqual(stored.toSorted(byId));
    const after = (changes.at(-1)?.version ?? 0) - 1;
    const rest: ExecutionChange[] = [];
    for await (const change of replica.executions.watch(request.executionId, after, NEVER)) rest.push(change);
    expect(rest).toHaveLength(1);
    expect(rest[0]?.nodes.every((node) => node.changedAtVersion > after)).toBe(true);
    for await (const change of replica.executions.watch(newExecutionId(), 0, NEVER)) expect(change).toBeUndefined();
  });

  test('a project is watched until its watcher has enough', async () => {
    const watching = replica.executions.watchProject(TEST_SCOPE, NEVER)[Symbol.asyncIterator]();
    const next = watching.next();
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1h')]));
    await replica.executions.start(request);
    expect((await next).value).toMatchObject({
      executionId: request.executionId,
      pipelineIdentifier: 'sample',
      runSequence: 1,
    });
    await watching.return?.();
  });

  test('waiting ends at its timeout and when nobody waits any more', async () => {
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1h')]));
    await replica.executions.start(request);
    expect(await replica.executions.waitUntilFinal(request.executionId, 50, NEVER)).toBe(false);
    const controller = new AbortController();
    const waiting = replica.executions.waitUntilFinal(request.executionId, 600_000, controller.signal);
    controller.abort();
    expect(await waiting).toBe(false);
    expect(await replica.executions.waitUntilFinal(newExecutionId(), 600_000, NEVER)).toBe(false);
  });

  test('lists: filters, search, pages, totals', async () => {
    const yaml = pipelineYaml([WAIT_STEP('w', '1h')]);
    for (const name of ['alpha', 'beta 100%', 'gamma'])
      await replica.executions.start(
        startRequest(yaml, { name, pipelineIdentifier: name.slice(0, 5).trim(), tags: { team: name } }),
      );
    const find = async (
      filter: Partial<Parameters<typeof listExecutions>[1]>,
      page = 0,
      size = 10,
    ): Promise<readonly string[]> =>
      (await listExecutions(database.db, { scope: TEST_SCOPE, ...filter }, page, size)).rows.map((row) => row.name);
    expect(await find({})).toEqual(['gamma', 'beta 100%', 'alpha']);
    expect(await find({ search: 'BETA' })).toEqual(['beta 100%']);
    expect(await find({ search: '100%' })).toEqual(['beta 100%']);
    expect(await find({ search: '%' })).toEqual(['beta 100%']);
    expect(await find({ pipelineIdentifiers: ['alpha', 'gamma'] })).toEqual(['gamma', 'alpha']);
    expect(await find({ statuses: ['Success'] })).toEqual([]);
    expect(await find({ triggerTypes: ['MANUAL'], triggeredBy: ['admin'] })).toHaveLength(3);
    expect(await find({ scope: { ...TEST_SCOPE, projectIdentifier: 'two' } })).toEqual([]);
    const page = await listExecutions(database.db, { scope: TEST_SCOPE }, 1, 2);
    expect(page.total).toBe(3);
    expect(page.rows.map((row) => row.name)).toEqual(['alpha']);
    const recent = await listRecentExecutions(database.db, TEST_SCOPE, ['alpha', 'unknown'], 5);
    expect(recent.map((row) => row.pipelineIdentifier)).toEqual(['alpha']);
  });

  test('N1 with NOTIFY off another replica still hears of everything', async () => {
    const deaf = database.openAnother();
    const other = await startReplica(deaf, { isNotifyEnabled: false });
    const delegate = await registerDelegate(other.dispatch, 'far away');
    const poll = delegate.takeOne();
    const request = startRequest(pipelineYaml([shellStep('a'), WAIT_STEP('w', '1s')]));
    const projects = other.executions.watchProject(TEST_SCOPE, NEVER)[Symbol.asyncIterator]();
    const firstChange = projects.next();
    await replica.executions.start(request);
    const waiting = other.executions.waitUntilFinal(request.executionId, 20_000, NEVER);
    const watched: number[] = [];
    const watching = (async () => {
      for await (const change of other.executions.watch(request.executionId, 0, NEVER)) watched.push(change.version);
    })();
    const task = await poll;
    await delegate.started(task);
    await delegate.complete(task);
    expect(await waiting).toBe(true);
    await watching;
    expect((await firstChange).value).toMatchObject({ executionId: request.executionId });
    await projects.return?.();
    expect(watched.length).toBeGreaterThan(0);
    await other.close();
    await deaf.close();
    expect(other.problems).toEqual([]);
  });

  test('an outage of the connections is an error of the calls that met it, and everything goes on after it', async () => {
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1s')]));
    await replica.executions.start(request);
    const other = database.openAnother();
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
      other.db,
    );
    await other.close();
    // A connection from before the outage fails its first call, then the pool has new ones.
    await expect
      .poll(() => replica.executions.waitUntilFinal(request.executionId, 20_000, NEVER).catch(() => false), {
        timeout: 20_000,
      })
      .toBe(true);
    expect(await replica.executions.start(startRequest(pipelineYaml([WAIT_STEP('w', '1h')])))).toMatchObject({
      runSequence: 2,
    });
    replica.problems.length = 0;
  });
});

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1);
