import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Effect, Execution, NodeExecutionId, ProjectScope, TaskRequest } from '@bridle/pipeline';
import type { DelegateView, LeasedTask, TaskState } from '../ports.ts';
import { sampleDelegate, sampleStart, sampleStep, sampleTask } from './samples.ts';
import type { MakeStoreFixture, StoreFixture } from './store-fixture.ts';

const LEASE_MS = 15_000;
const GRACE_MS = 600_000;

/** What every `TaskQueue` must do. Registers vitest tests; call it inside a test file. */
export function taskQueueConformance(makeFixture: MakeStoreFixture): void {
  describe('TaskQueue conformance', () => {
    let fixture: StoreFixture;
    beforeEach(async () => {
      fixture = await makeFixture();
    });
    afterEach(async () => {
      await fixture.close();
    });

    /** Puts tasks into the queue, oldest first, each by an execution of its own. */
    async function enqueue(
      tasks: readonly TaskRequest[],
      scope: ProjectScope = fixture.scope,
    ): Promise<readonly Execution[]> {
      const executions: Execution[] = [];
      for (const task of tasks) {
        const start = sampleStart(scope, await fixture.now(), [{ kind: 'enqueueTask', task }]);
        expect(await fixture.insert(start)).toEqual({ kind: 'committed' });
        executions.push(start.execution);
        await fixture.passTime(1);
      }
      return executions;
    }

    async function delegate(name: string, change: Partial<DelegateView> = {}): Promise<DelegateView> {
      const view = sampleDelegate(fixture.scope, name, change);
      await fixture.registerDelegate(view, `first process of ${name}`);
      return view;
    }

    async function leaseOne(view: DelegateView): Promise<LeasedTask> {
      const [lease] = await fixture.queue.lease(view, 1, LEASE_MS);
      if (lease === undefined) throw new Error(`${view.delegateId} got no task`);
      return lease;
    }

    /** Moves the task as the report of its delegate would. */
    async function move(
      execution: Execution,
      taskId: NodeExecutionId,
      fence: number,
      from: TaskState,
      to: TaskState,
    ): Promise<Execution> {
      const step = sampleStep(execution, [], { guard: { taskId, fence, from, to } });
      expect(await fixture.store.commit([step])).toEqual([{ kind: 'committed' }]);
      return step.execution;
    }

    async function apply(execution: Execution, effect: Effect): Promise<Execution> {
      const step = sampleStep(execution, [effect]);
      expect(await fixture.store.commit([step])).toEqual([{ kind: 'committed' }]);
      return step.execution;
    }

    async function only(tasks: readonly TaskRequest[], scope?: ProjectScope): Promise<Execution> {
      const [execution] = await enqueue(tasks, scope);
      if (execution === undefined) throw new Error('no task was given');
      return execution;
    }

    /** One task that this delegate has started. */
    async function started(
      view: DelegateView,
      change: Partial<TaskRequest> = {},
    ): Promise<{ execution: Execution; taskId: NodeExecutionId; fence: number }> {
      const execution = await only([sampleTask(change)]);
      const { task, fence } = await leaseOne(view);
      return { execution: await move(execution, task.taskId, fence, 'leased', 'started'), taskId: task.taskId, fence };
    }

    describe('lease', () => {
      test('gives the oldest tasks first, whole, up to the limit', async () => {
        const tasks = [sampleTask(), sampleTask(), sampleTask()];
        const executions = await enqueue(tasks);
        const view = await delegate('worker');
        const first = await fixture.queue.lease(view, 2, LEASE_MS);
        expect(first.map((lease) => lease.task)).toEqual(tasks.slice(0, 2));
        expect(first.map((lease) => lease.executionId)).toEqual(
          executions.slice(0, 2).map((execution) => execution.id),
        );
        const second = await fixture.queue.lease(view, 2, LEASE_MS);
        expect(second.map((lease) => lease.task)).toEqual(tasks.slice(2));
        expect(await fixture.queue.lease(view, 2, LEASE_MS)).toEqual([]);
      });

      test('ends by the clock of the store (T1)', async () => {
        await enqueue([sampleTask()]);
        const view = await delegate('worker');
        const before = await fixture.now();
        const lease = await leaseOne(view);
        expect(lease.leaseUntil).toBeGreaterThanOrEqual(before + LEASE_MS);
        expect(lease.leaseUntil).toBeLessThanOrEqual((await fixture.now()) + LEASE_MS);
      });

      test('D1 of delegates that race, one gets the task', async () => {
        const task = sampleTask();
        await enqueue([task]);
        const views = await Promise.all(['one', 'two', 'three', 'four'].map((name) => delegate(name)));
        const leases = (await Promise.all(views.map((view) => fixture.queue.lease(view, 5, LEASE_MS)))).flat();
        expect(leases.map((lease) => lease.task.taskId)).toEqual([task.taskId]);
      });

      test('every selector must be a tag', async () => {
        await enqueue([sampleTask({ selectors: ['linux', 'Gpu '] })]);
        expect(await fixture.queue.lease(await delegate('plain', { tags: ['plain', 'linux'] }), 1, LEASE_MS)).toEqual(
          [],
        );
        expect(
          await fixture.queue.lease(await delegate('big', { tags: ['big', 'linux', 'gpu', 'more'] }), 1, LEASE_MS),
        ).toHaveLength(1);
      });

      test('a delegate serves its account, or only its organization or project', async () => {
        const { scope, otherScope } = fixture;
        await enqueue([sampleTask()], otherScope);
        const bound = { orgIdentifier: scope.orgIdentifier, projectIdentifier: scope.projectIdentifier };
        expect(await fixture.queue.lease(await delegate('project', bound), 1, LEASE_MS)).toEqual([]);
        expect(
          await fixture.queue.lease(
            await delegate('organization', { orgIdentifier: otherScope.orgIdentifier }),
            1,
            LEASE_MS,
          ),
        ).toHaveLength(1);
      });

      test('a process that is gone gets nothing', async () => {
        await enqueue([sampleTask()]);
        const view = await delegate('worker');
        await fixture.removeDelegate(view.delegateId);
        expect(await fixture.queue.lease(view, 1, LEASE_MS)).toEqual([]);
      });
    });

    describe('workspaces', () => {
      test('all tasks of one workspace go to the delegate that leased the first', async () => {
        const key = 'workspace-1';
        await enqueue([sampleTask({ workspaceKey: key }), sampleTask({ workspaceKey: key }), sampleTask()]);
        const [one, two] = [await delegate('one'), await delegate('two')];
        const first = await leaseOne(one);
        expect(first.task.workspaceKey).toBe(key);
        const others = await fixture.queue.lease(two, 5, LEASE_MS);
        expect(others.map((lease) => lease.task.workspaceKey)).toEqual([undefined]);
        expect((await leaseOne(one)).task.workspaceKey).toBe(key);
      });

      test('tasks of one new workspace leased in one call share one delegate', async () => {
        const key = 'workspace-2';
        await enqueue([sampleTask({ workspaceKey: key }), sampleTask({ workspaceKey: key })]);
        const [one, two] = [await delegate('one'), await delegate('two')];
        const leases = await Promise.all([one, two].map((view) => fixture.queue.lease(view, 2, LEASE_MS)));
        expect(leases.flat()).toHaveLength(2);
        expect(leases.filter((list) => list.length > 0)).toHaveLength(1);
      });

      test('a queued task whose workspace died with its delegate is lost', async () => {
        const key = 'workspace-3';
        const view = await delegate('builder');
        const { execution, taskId, fence } = await started(view, { workspaceKey: key });
        await move(execution, taskId, fence, 'started', 'done');
        const next = sampleTask({ workspaceKey: key });
        const waiting = await only([next]);
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toEqual([]);
        await fixture.registerDelegate(view, 'second process of builder');
        expect(await fixture.queue.lease(view, 1, LEASE_MS)).toEqual([]);
        const lost = await fixture.queue.listLost(GRACE_MS, 10);
        expect(lost).toMatchObject([{ taskId: next.taskId, executionId: waiting.id, fence: 0, from: 'queued' }]);
        expect(lost[0]?.reason).not.toBe('');
        await move(waiting, next.taskId, 0, 'queued', 'lost');
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toEqual([]);
      });
    });

    describe('the end of a lease', () => {
      test('D1 an unstarted task returns to the queue and its old fence is void', async () => {
        const execution = await only([sampleTask()]);
        const [one, two] = [await delegate('one'), await delegate('two')];
        const old = await leaseOne(one);
        expect(await fixture.queue.requeueExpired()).toBe(0);
        await fixture.passTime(LEASE_MS + 1);
        expect(await fixture.queue.requeueExpired()).toBe(1);
        expect(await fixture.queue.requeueExpired()).toBe(0);
        const held = { taskId: old.task.taskId, fence: old.fence };
        expect(await fixture.queue.extend(one.delegateId, [held], LEASE_MS)).toEqual([held.taskId]);
        const again = await leaseOne(two);
        expect(again.task).toEqual(old.task);
        expect(again.fence).toBeGreaterThan(old.fence);
        const late = sampleStep(execution, [], { guard: { ...held, from: 'leased', to: 'started' } });
        expect(await fixture.store.commit([late])).toEqual([{ kind: 'stale', state: 'leased', fence: again.fence }]);
      });

      test('an extended lease goes on', async () => {
        await enqueue([sampleTask()]);
        const view = await delegate('worker');
        const { task, fence } = await leaseOne(view);
        await fixture.passTime(LEASE_MS - 1_000);
        expect(await fixture.queue.extend(view.delegateId, [{ taskId: task.taskId, fence }], LEASE_MS)).toEqual([]);
        await fixture.passTime(LEASE_MS - 1_000);
        expect(await fixture.queue.requeueExpired()).toBe(0);
        expect(await fixture.findTask(task.taskId)).toEqual({ state: 'leased', fence });
      });

      test('D2 a started task never returns to the queue', async () => {
        const view = await delegate('worker');
        const { taskId, fence } = await started(view);
        await fixture.passTime(LEASE_MS * 10);
        expect(await fixture.queue.requeueExpired()).toBe(0);
        expect(await fixture.findTask(taskId)).toEqual({ state: 'started', fence });
        expect(await fixture.queue.extend(view.delegateId, [{ taskId, fence }], LEASE_MS)).toEqual([]);
      });

      test('extend names what is not held: other fences, other delegates, ended and unknown tasks', async () => {
        const [one, two] = [await delegate('one'), await delegate('two')];
        const mine = await started(one);
        const done = await started(one);
        await move(done.execution, done.taskId, done.fence, 'started', 'done');
        const held = [
          { taskId: mine.taskId, fence: mine.fence + 1 },
          { taskId: done.taskId, fence: done.fence },
          { taskId: sampleTask().taskId, fence: 1 },
        ];
        expect(await fixture.queue.extend(one.delegateId, held, LEASE_MS)).toEqual(held.map((task) => task.taskId));
        const theirs = [{ taskId: mine.taskId, fence: mine.fence }];
        expect(await fixture.queue.extend(two.delegateId, theirs, LEASE_MS)).toEqual([mine.taskId]);
        expect(await fixture.queue.extend(one.delegateId, theirs, LEASE_MS)).toEqual([]);
        expect(await fixture.queue.extend(one.delegateId, [], LEASE_MS)).toEqual([]);
      });
    });

    describe('cancel', () => {
      test('a queued task never starts', async () => {
        const task = sampleTask();
        const execution = await only([task]);
        await apply(execution, { kind: 'cancelTask', taskId: task.taskId });
        expect(await fixture.findTask(task.taskId)).toMatchObject({ state: 'cancelled' });
        expect(await fixture.queue.lease(await delegate('worker'), 1, LEASE_MS)).toEqual([]);
      });

      test('a leased task never starts: its delegate hears that it is lost', async () => {
        const execution = await only([sampleTask()]);
        const view = await delegate('worker');
        const { task, fence } = await leaseOne(view);
        const cancelled = await apply(execution, { kind: 'cancelTask', taskId: task.taskId });
        expect(await fixture.queue.extend(view.delegateId, [{ taskId: task.taskId, fence }], LEASE_MS)).toEqual([
          task.taskId,
        ]);
        const late = sampleStep(cancelled, [], {
          guard: { taskId: task.taskId, fence, from: 'leased', to: 'started' },
        });
        expect(await fixture.store.commit([late])).toEqual([{ kind: 'stale', state: 'cancelled', fence }]);
        expect(await fixture.queue.listCancelling(view.delegateId)).toEqual([]);
      });

      test('a started task is listed until its delegate reports', async () => {
        const [view, other] = [await delegate('worker'), await delegate('other')];
        const { execution, taskId, fence } = await started(view);
        expect(await fixture.queue.listCancelling(view.delegateId)).toEqual([]);
        const cancelling = await apply(execution, { kind: 'cancelTask', taskId });
        expect(await fixture.queue.listCancelling(view.delegateId)).toEqual([taskId]);
        expect(await fixture.queue.listCancelling(other.delegateId)).toEqual([]);
        expect(await fixture.queue.extend(view.delegateId, [{ taskId, fence }], LEASE_MS)).toEqual([]);
        const done = await move(cancelling, taskId, fence, 'cancelling', 'done');
        expect(await fixture.queue.listCancelling(view.delegateId)).toEqual([]);
        await apply(done, { kind: 'cancelTask', taskId });
        expect(await fixture.findTask(taskId)).toEqual({ state: 'done', fence });
      });
    });

    describe('lost tasks (D3)', () => {
      test('none while the delegate lives', async () => {
        const view = await delegate('worker');
        await started(view);
        await fixture.passTime(GRACE_MS - 1_000);
        await fixture.hearDelegate(view.delegateId);
        await fixture.passTime(GRACE_MS - 1_000);
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toEqual([]);
      });

      test('a new incarnation means that the tasks of the old one are lost', async () => {
        const view = await delegate('worker');
        const { execution, taskId, fence } = await started(view);
        await fixture.registerDelegate(view, 'second process of worker');
        const lost = await fixture.queue.listLost(GRACE_MS, 10);
        expect(lost).toMatchObject([{ taskId, executionId: execution.id, fence, from: 'started' }]);
        expect(lost[0]?.reason).not.toBe('');
        expect(await fixture.queue.extend(view.delegateId, [{ taskId, fence }], LEASE_MS)).toEqual([taskId]);
        await move(execution, taskId, fence, 'started', 'lost');
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toEqual([]);
      });

      test('a delegate that has left loses its started tasks, those being cancelled too', async () => {
        const view = await delegate('worker');
        const { execution, taskId, fence } = await started(view);
        await apply(execution, { kind: 'cancelTask', taskId });
        await fixture.removeDelegate(view.delegateId);
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toMatchObject([{ taskId, fence, from: 'cancelling' }]);
      });

      test('silence beyond the grace gives up started tasks; leased ones just return to the queue', async () => {
        const view = await delegate('worker');
        const { taskId } = await started(view);
        await enqueue([sampleTask()]);
        await leaseOne(view);
        await fixture.passTime(GRACE_MS + 1);
        expect(await fixture.queue.listLost(GRACE_MS, 10)).toMatchObject([{ taskId, from: 'started' }]);
        expect(await fixture.queue.requeueExpired()).toBe(1);
      });

      test('the answer is bounded', async () => {
        const view = await delegate('worker');
        await started(view);
        await started(view);
        await started(view);
        await fixture.removeDelegate(view.delegateId);
        expect(await fixture.queue.listLost(GRACE_MS, 2)).toHaveLength(2);
      });
    });
  });
}
