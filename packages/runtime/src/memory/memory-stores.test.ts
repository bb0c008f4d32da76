import type { ProjectScope } from '@bridle/pipeline';
import { executionStoreConformance } from '../conformance/execution-store.ts';
import { queuesConformance, type QueuesFixture } from '../conformance/queues.ts';
import { taskQueueConformance } from '../conformance/task-queue.ts';
import { MemoryAdmissionQueue } from './memory-admission-queue.ts';
import { MemoryDatabase } from './memory-database.ts';
import { MemoryExecutionStore } from './memory-execution-store.ts';
import { MemoryRequestQueue } from './memory-request-queue.ts';
import { MemoryResourceQueue } from './memory-resource-queue.ts';
import { MemoryTaskQueue } from './memory-task-queue.ts';

const scope: ProjectScope = { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'one' };

async function makeFixture(): Promise<QueuesFixture> {
  let now = 1_800_000_000_000;
  const database = new MemoryDatabase({ now: () => now });
  const store = new MemoryExecutionStore(database);
  const queue = new MemoryTaskQueue(database);
  const incarnationOf = (delegateId: string): string => database.delegates.get(delegateId)?.incarnation ?? 'none';
  return {
    store,
    queue,
    resources: new MemoryResourceQueue(database),
    requests: new MemoryRequestQueue(database),
    admissions: new MemoryAdmissionQueue(database, 2),
    scope,
    otherScope: { ...scope, projectIdentifier: 'two' },
    insert: async (transition) => (await store.commit([transition]))[0] ?? { kind: 'conflict' },
    registerDelegate: (view, incarnation) => queue.register(view, incarnation),
    hearDelegate: async (delegateId) => void (await queue.hear(delegateId, incarnationOf(delegateId))),
    removeDelegate: (delegateId) => queue.leave(delegateId, incarnationOf(delegateId)),
    passTime: async (ms) => {
      now += ms;
    },
    now: async () => now,
    findTask: async (taskId) => {
      const task = database.tasks.get(taskId);
      return task === undefined ? undefined : { state: task.state, fence: task.fence };
    },
    isWorkspaceReleased: async (key) => database.workspaces.get(key)?.releasedAt !== undefined,
    close: async () => undefined,
  };
}

executionStoreConformance(makeFixture);
taskQueueConformance(makeFixture);
queuesConformance(makeFixture);
