import type { ProjectScope } from '@bridle/pipeline';
import {
  executionStoreConformance,
  queuesConformance,
  taskQueueConformance,
  type QueuesFixture,
  type StoreFixture,
} from '@bridle/runtime/conformance';
import { sql } from 'kysely';
import { DatabaseClock, readNow } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import { createTestDatabase } from '../store/test-database.ts';
import { findTask } from '../store/task-queue-statements.ts';
import { PostgresExecutionStore } from './postgres-execution-store.ts';
import { PostgresAdmissionQueue, PostgresRequestQueue, PostgresResourceQueue } from './postgres-queues.ts';
import { PostgresTaskQueue } from './postgres-task-queue.ts';

const scope: ProjectScope = { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'one' };

async function makeFixture(): Promise<QueuesFixture> {
  const database = await createTestDatabase();
  const { db } = database;
  await sql`insert into accounts values (${scope.accountId}, 'Account', 0)`.execute(db);
  await sql`insert into delegate_tokens (id, account_id, name, secret_hash, created_at) values ('token', ${scope.accountId}, 'token', 'hash', 0)`.execute(
    db,
  );
  const store = new PostgresExecutionStore({ database, clock: new DatabaseClock() });
  return {
    store,
    queue: new PostgresTaskQueue(database),
    resources: new PostgresResourceQueue(db),
    requests: new PostgresRequestQueue(db),
    admissions: new PostgresAdmissionQueue(db, 2),
    scope,
    otherScope: { ...scope, projectIdentifier: 'two' },
    insert: async (transition) => (await store.commit([transition]))[0] ?? { kind: 'conflict' },
    registerDelegate: async (view, incarnation) => {
      await sql`
        insert into delegates (id, account_id, token_id, org_identifier, project_identifier, name, installation, incarnation, tags, capabilities, facts, capacity, registered_at, heartbeat_at)
        values (${view.delegateId}, ${view.accountId}, 'token', ${view.orgIdentifier ?? null}, ${view.projectIdentifier ?? null}, ${view.delegateId}, 'home',
          ${incarnation}, ${view.tags}::text[], '{shell:bash,shell:sh}', '{}', 10, bridle_now(), bridle_now())
        on conflict (id) do update set incarnation = excluded.incarnation, heartbeat_at = excluded.heartbeat_at`.execute(
        db,
      );
    },
    hearDelegate: async (delegateId) => {
      await sql`update delegates set heartbeat_at = bridle_now() where id = ${delegateId}`.execute(db);
    },
    removeDelegate: async (delegateId) => {
      await sql`update delegates set left_at = bridle_now() where id = ${delegateId}`.execute(db);
    },
    passTime: (ms) => setTimesBack(db, ms),
    now: () => readNow(db),
    findTask: async (taskId) => {
      const task = await findTask(db, taskId);
      return task as Awaited<ReturnType<StoreFixture['findTask']>>;
    },
    isWorkspaceReleased: async (key) => {
      const row = await db.selectFrom('workspaces').select('released_at').where('key', '=', key).executeTakeFirst();
      return row !== undefined && row.released_at !== null;
    },
    close: () => database.close(),
  };
}

/** The database's clock cannot be moved, so all stored times are. */
async function setTimesBack(db: Database, ms: number): Promise<void> {
  await sql`update timers set due_at = due_at - ${ms}::bigint`.execute(db);
  await sql`update delegate_tasks set lease_until = lease_until - ${ms}::bigint, queued_at = queued_at - ${ms}::bigint`.execute(
    db,
  );
  await sql`update engine_requests set due_at = due_at - ${ms}::bigint`.execute(db);
  await sql`update delegates set heartbeat_at = heartbeat_at - ${ms}::bigint`.execute(db);
}

executionStoreConformance(makeFixture);
taskQueueConformance(makeFixture);
queuesConformance(makeFixture);
