/** What is removed when it has been kept for long enough, and what is not (R1–R5). */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, ACCOUNT, type TestApp } from '../api/test-app.ts';
import { graphOf, pipelineOf, savePipeline, shell, startedId, startRun, untilStatus } from '../api/test-runs.ts';
import { createArtifacts } from '../artifacts/artifacts.ts';
import { openFolderFiles } from '../files/folder-files.ts';
import { LogFiler } from '../logs/log-filer.ts';
import { claimSweep } from '../store/retention-statements.ts';
import type { UsualSettings } from '../store/known-settings.ts';
import { Retention, type RemovedCounts } from './retention.ts';

const DETAILS = '/pipeline/api/pipelines/execution/v2';
const NOTHING = { executions: 0, logs: 0, triggerEvents: 0, deliveries: 0, auditEvents: 0, sessions: 0 };
type TaskOutcome = NonNullable<Parameters<TestApp['completeTask']>[1]>;

const FAILED: TaskOutcome = {
  kind: 'failed',
  exitCode: 1,
  outputs: {},
  failure: { message: 'no', types: ['APPLICATION_ERROR'] },
};

let server: TestApp;

beforeEach(async () => {
  server = await createTestApp();
  await savePipeline(server, pipelineOf('work', [{ identifier: 'one', steps: shell('make') }]));
});

afterEach(async () => {
  await server.close();
});

async function sweep(usualSettings: UsualSettings = { executions_kept_per_pipeline: '0' }): Promise<RemovedCounts> {
  const removed = await new Retention({ db: server.db, usualSettings, sessionIdleMs: 3_600_000 }).sweep();
  if (removed === undefined) throw new Error('Somebody else sweeps.');
  return removed;
}

/** As if it had all happened so many days earlier. */
async function age(id: string, days: number): Promise<void> {
  const by = days * 86_400_000;
  await sql`update executions set created_at = created_at - ${by}::bigint, ended_at = ended_at - ${by}::bigint where id = ${id}`.execute(
    server.db,
  );
}

async function run(pipeline = 'work', outcome?: TaskOutcome): Promise<string> {
  const id = await startRun(server, pipeline);
  await server.runTasks(outcome === undefined ? undefined : () => outcome);
  await untilStatus(server, id, outcome === undefined ? 'Success' : 'Failed');
  return id;
}

async function set(identifier: string, value: string, query: Readonly<Record<string, string>>): Promise<void> {
  const answer = await server.call('PUT', '/ng/api/settings', {
    query,
    body: [{ identifier, value, updateType: 'UPDATE' }] as never,
  });
  expect(answer.body.data).toMatchObject([{ updateStatus: true }]);
}

const statusOf = async (id: string): Promise<number> => (await server.call('GET', `${DETAILS}/${id}`)).status;

async function rowsOf(table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(server.db);
  return rows[0]?.count ?? -1;
}

async function filesOf(): Promise<readonly string[]> {
  const entries = await readdir(join(server.home, 'files'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function sweepFiles(): Promise<void> {
  const files = await openFolderFiles(join(server.home, 'files'));
  await createArtifacts(server.database, files, { keepMs: 1, bytesPerExecutionMax: 1 }).sweep();
}

/** An execution with everything that may hang on one. */
async function runWithResults(): Promise<string> {
  const id = await startRun(server, 'work');
  const task = await server.startTask();
  await server.writeLog(task, randomBytes(150_000).toString('base64'), true);
  await server.upload('PUT', task, 'artifacts', { query: { name: 'a' }, body: Buffer.from('artifact') });
  const test = { suite: 's', className: 'c', name: 'n', status: 'passed', durationMs: 1 };
  await server.upload('POST', task, 'tests', { body: { position: 0, tests: [test] } });
  await server.completeTask(task);
  await untilStatus(server, id, 'Success');
  await server.fileLogs();
  return id;
}

describe('an execution that was kept for long enough', () => {
  it('goes with all that belongs to it, its files too, and its number is not given again (R5)', async () => {
    const tables = [
      'executions',
      'execution_documents',
      'node_executions',
      'execution_events',
      'delegate_tasks',
      'logs',
      'log_files',
      'test_reports',
      'test_cases',
      'artifacts',
    ];
    const id = await runWithResults();
    expect(await filesOf()).toHaveLength(2);
    await age(id, 179);
    expect(await sweep()).toEqual(NOTHING);
    for (const table of tables) expect([table, await rowsOf(table)]).not.toEqual([table, 0]);

    await age(id, 2);
    expect(await sweep()).toEqual({ ...NOTHING, executions: 1 });
    for (const table of tables) expect([table, await rowsOf(table)]).toEqual([table, 0]);
    await sweepFiles();
    expect([await filesOf(), await rowsOf('dropped_files')]).toEqual([[], 0]);

    const gone = await server.call('GET', `${DETAILS}/${id}`);
    expect([gone.status, gone.body.message]).toEqual([404, expect.stringContaining('180 days after their end')]);
    const listed = await server.call('POST', '/pipeline/api/pipelines/execution/summary', { body: {} });
    expect(listed.body.data).toMatchObject({ totalElements: 0 });
    const next = await server.call('GET', `${DETAILS}/${await startRun(server, 'work')}`);
    expect(next.body.data).toMatchObject({ pipelineExecutionSummary: { runSequence: 2 } });
  });

  it('is kept for another time in a project that says so', async () => {
    const id = await run();
    await age(id, 20);
    await set('execution_retention_days', '30', {});
    expect(await sweep()).toEqual(NOTHING);
    await set('execution_retention_days', '10', {});
    expect(await sweep()).toEqual({ ...NOTHING, executions: 1 });
    const hint = (await server.call('GET', `${DETAILS}/${id}`)).body.message;
    expect(hint).toContain('removed 10 days after');
  });

  it('stays while it waits or runs, and its trigger event with it (R1)', async () => {
    const accepted = await server.call('POST', '/pipeline/api/webhook/custom', { body: {} });
    const eventId = accepted.body.data as unknown as string;
    const task = await server.startTask();
    const { execution_id: id } = await server.db
      .selectFrom('trigger_events')
      .select('execution_id')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    const by = 400 * 86_400_000;
    await age(String(id), 400);
    await sql`update trigger_events set received_at = received_at - ${by}::bigint`.execute(server.db);
    expect(await sweep()).toEqual(NOTHING);
    await server.completeTask(task);
    await server.runTasks();
    await untilStatus(server, String(id), 'Success');
    // It has ended just now.
    expect(await sweep()).toEqual({ ...NOTHING, triggerEvents: 1 });
    expect(await statusOf(String(id))).toBe(200);
  });

  it('stays while a retry of it does, whose earlier stages it ran (R1)', async () => {
    const id = await run('work', FAILED);
    const answer = await server.call('POST', '/pipeline/api/pipeline/execute/retry/work', {
      query: { planExecutionId: id, retryStages: 'one' },
      body: '',
    });
    const again = startedId(answer);
    await age(id, 400);
    await age(again, 300);
    expect(await sweep({ executions_kept_per_pipeline: '0', log_retention_days: '10' })).toEqual(NOTHING);
    await server.runTasks();
    await untilStatus(server, again, 'Success');
    expect(await sweep()).toEqual(NOTHING);
    await age(again, 300);
    expect(await sweep()).toEqual({ ...NOTHING, executions: 1 });
    expect([await statusOf(id), await statusOf(again)]).toEqual([200, 404]);
    expect(await sweep()).toEqual({ ...NOTHING, executions: 1 });
    expect(await statusOf(id)).toBe(404);
  });

  it('stays while the one that started it does (R1)', async () => {
    const call = [
      'pipeline:\n  identifier: parent\n  name: parent\n  orgIdentifier: default\n  projectIdentifier: myproject\n  stages:',
      '    - stage:\n        identifier: call\n        name: call\n        type: Pipeline\n        spec:',
      '          org: default\n          project: myproject\n          pipeline: work\n',
    ].join('\n');
    await savePipeline(server, call);
    const parent = await startRun(server, 'parent');
    await server.completeTask(await server.startTask());
    await untilStatus(server, parent, 'Success');
    const details = (await graphOf(server, parent))['call']?.['stepDetails'] as {
      childPipelineExecutionDetails: { planExecutionId: string };
    };
    const child = details.childPipelineExecutionDetails.planExecutionId;
    await age(child, 400);
    expect(await sweep()).toEqual(NOTHING);
    await age(parent, 401);
    while ((await sweep()).executions > 0);
    expect([await statusOf(parent), await statusOf(child)]).toEqual([404, 404]);
  });

  it('stays while it is one of the newest of its pipeline, as long as there is that pipeline (R2)', async () => {
    const ids = [await run(), await run(), await run()];
    for (const [index, id] of ids.entries()) await age(id, 400 - index);
    expect(await sweep({ executions_kept_per_pipeline: '2' })).toEqual({ ...NOTHING, executions: 1 });
    expect(await Promise.all(ids.map(statusOf))).toEqual([404, 200, 200]);
    expect(await sweep({})).toEqual({ ...NOTHING, executions: 1 });
    expect(await sweep({})).toEqual(NOTHING);
    await server.call('DELETE', '/pipeline/api/pipelines/work');
    expect(await sweep({})).toEqual({ ...NOTHING, executions: 1 });
  });
});

describe('logs', () => {
  const usual = { log_retention_days: '10', execution_retention_days: '100' };

  it('may go earlier than their execution, each once', async () => {
    const old = await runWithResults();
    await age(old, 20);
    const running = await startRun(server, 'work');
    const task = await server.startTask();
    await server.writeLog(task, 'still here\n');
    await age(running, 19);
    const later = await runWithResults();
    await age(later, 18);
    expect(await sweep(usual)).toEqual({ ...NOTHING, logs: 2 });
    expect(await rowsOf('logs')).toBe(1);
    await sweepFiles();
    // Artifacts have their own time.
    expect(await filesOf()).toHaveLength(2);
    expect([await statusOf(old), await statusOf(later)]).toEqual([200, 200]);

    await server.completeTask(task);
    await untilStatus(server, running, 'Success');
    expect(await sweep(usual)).toEqual(NOTHING);
    await sql`update executions set ended_at = created_at where id = ${running}`.execute(server.db);
    // The next sweep begins with the one that it could not have.
    expect(await sweep(usual)).toEqual({ ...NOTHING, logs: 1 });
    const mark = await server.db.selectFrom('retention_marks').select('logs_before').executeTakeFirstOrThrow();
    const { created_at: created } = await server.db
      .selectFrom('executions')
      .select('created_at')
      .where('id', '=', later)
      .executeTakeFirstOrThrow();
    expect(mark.logs_before).toBe(created);
  });

  it('that go while a replica writes their file leave no file behind', async () => {
    const id = await startRun(server, 'work');
    const task = await server.startTask();
    await server.writeLog(task, randomBytes(150_000).toString('base64'), true);
    await server.completeTask(task);
    await untilStatus(server, id, 'Success');
    await age(id, 20);
    const written = Promise.withResolvers<void>();
    const files = await openFolderFiles(join(server.home, 'files'));
    const filer = new LogFiler({
      db: server.db,
      files: Object.assign(Object.create(files) as typeof files, {
        put: async (...args: Parameters<typeof files.put>) => {
          const bytes = await files.put(...args);
          written.resolve();
          await sweep(usual);
          return bytes;
        },
      }),
      pauses: { afterCloseMs: 0, afterFileMs: 0 },
    });
    await filer.fileNext().catch(() => undefined);
    await written.promise;
    expect([await rowsOf('logs'), await filesOf()]).toEqual([0, [expect.stringMatching(/\.zst$/)]]);
    await sweepFiles();
    expect(await filesOf()).toHaveLength(1);
    await sql`update dropped_files set due_at = 0`.execute(server.db);
    await sweepFiles();
    expect(await filesOf()).toEqual([]);
  });

  it('keep the file that a second replica noted after the first one had recorded it', async () => {
    const id = await runWithResults();
    const before = await filesOf();
    await sql`insert into dropped_files (file_key, due_at) select file_key, 0 from log_files`.execute(server.db);
    await sweepFiles();
    expect([await filesOf(), await rowsOf('dropped_files')]).toEqual([before, 0]);
    expect(await statusOf(id)).toBe(200);
  });
});

describe('other things that were kept for long enough', () => {
  it('trigger events go with their payloads; what is still queued stays; signatures are remembered', async () => {
    const insert = (id: string, state: string, days: number): Promise<unknown> =>
      sql`insert into trigger_events (id, account_id, org_identifier, project_identifier, state, status, message, payload, headers, received_at)
        values (${id}, ${ACCOUNT}, 'default', 'myproject', ${state}, 'X', '', 'payload', '{}', bridle_now() - ${days * 86_400_000}::bigint)`.execute(
        server.db,
      );
    await insert('old', 'final', 181);
    await insert('young', 'final', 179);
    await sql`insert into trigger_deliveries (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier, signature, event_id)
      select account_id, org_identifier, project_identifier, pipeline_identifier, identifier, 's', 'old' from triggers`.execute(
      server.db,
    );
    expect(await sweep()).toEqual({ ...NOTHING, triggerEvents: 1 });
    expect(await server.db.selectFrom('trigger_events').select('id').execute()).toEqual([{ id: 'young' }]);
    expect(await rowsOf('trigger_deliveries')).toBe(1);
    await sql`update trigger_deliveries set claimed_at = claimed_at - 731 * 86400000::bigint`.execute(server.db);
    expect(await sweep({ trigger_event_retention_days: '178' })).toEqual({
      ...NOTHING,
      triggerEvents: 1,
      deliveries: 1,
    });
  });

  it('sessions go when they have ended, or when nobody has used them', async () => {
    const user = await server.db.selectFrom('users').select('id').executeTakeFirstOrThrow();
    const insert = (id: string, expires: number, used: number): Promise<unknown> =>
      sql`insert into sessions (id_hash, account_id, user_id, purpose, created_at, expires_at, last_used_at)
        values (${id}, ${ACCOUNT}, ${user.id}, 'browser', 0, bridle_now() + ${expires}::bigint, bridle_now() - ${used}::bigint)`.execute(
        server.db,
      );
    await sql`delete from sessions`.execute(server.db);
    await insert('ended', -1, 0);
    await insert('idle', 60_000, 3_600_000);
    await insert('good', 60_000, 0);
    expect(await sweep()).toEqual({ ...NOTHING, sessions: 2 });
    expect(await server.db.selectFrom('sessions').select('id_hash').execute()).toEqual([{ id_hash: 'good' }]);
  });

  it('the audit log goes by a setting of the account', async () => {
    await set('audit_retention_days', '800', { orgIdentifier: '', projectIdentifier: '' });
    await sql`alter table audit_events disable trigger audit_events_are_kept`.execute(server.db);
    await sql`update audit_events set at = at - 750 * 86400000::bigint`.execute(server.db);
    await sql`alter table audit_events enable trigger audit_events_are_kept`.execute(server.db);
    expect(await sweep()).toEqual(NOTHING);
    await set('audit_retention_days', '740', { orgIdentifier: '', projectIdentifier: '' });
    const { auditEvents, ...rest } = await sweep();
    expect([auditEvents > 0, rest.executions]).toEqual([true, 0]);
    expect(await rowsOf('audit_events')).toBe(1);
  });
});

describe('a sweep', () => {
  it('is done by one replica at a time, and by another one when that one is gone (R4)', async () => {
    await age(await run(), 400);
    expect(await claimSweep(server.db, 'retention', 60_000)).toBe(true);
    const retention = new Retention({ db: server.db, usualSettings: {}, sessionIdleMs: 1 });
    expect(await retention.sweep()).toBeUndefined();
    await sql`update sweep_claims set held_until = bridle_now()`.execute(server.db);
    expect(await retention.sweep()).toBeDefined();
  });

  it('of several replicas at once removes each thing once, whoever does it (R3)', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.push(await run());
    for (const [index, id] of ids.entries()) await age(id, 400 - index);
    const counted: RemovedCounts[] = [];
    const sweeps = Array.from({ length: 4 }, async () => {
      const onRemoved = (removed: RemovedCounts): number => counted.push(removed);
      const usualSettings = { executions_kept_per_pipeline: '0' };
      // As if each had found the claim ended.
      await sql`delete from sweep_claims`.execute(server.db);
      await new Retention({ db: server.db, usualSettings, sessionIdleMs: 3_600_000, onRemoved }).sweep();
    });
    await Promise.all(sweeps);
    expect(counted.reduce((sum, { executions }) => sum + executions, 0)).toBe(5);
    expect(await rowsOf('executions')).toBe(0);
  });

  it('ends when the server stops, and the next one goes on (R3)', async () => {
    await age(await run(), 400);
    const usualSettings = { executions_kept_per_pipeline: '0' };
    const retention = new Retention({ db: server.db, usualSettings, sessionIdleMs: 3_600_000 });
    expect(await retention.sweep(AbortSignal.abort())).toEqual(NOTHING);
    expect(await retention.sweep()).toEqual({ ...NOTHING, executions: 1 });
  });
});
