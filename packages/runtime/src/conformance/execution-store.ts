import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeExecutionId, type Effect, type Execution } from '@bridle/pipeline';
import type { CommitOutcome, Transition } from '../ports.ts';
import { sampleDelegate, sampleStart, sampleStep, sampleTask, sampleTaskId, sampleTimerId } from './samples.ts';
import type { MakeStoreFixture, StoreFixture } from './store-fixture.ts';

const COMMITTED: CommitOutcome = { kind: 'committed' };
const CONFLICT: CommitOutcome = { kind: 'conflict' };

/** What every `ExecutionStore` must do. Registers vitest tests; call it inside a test file. */
export function executionStoreConformance(makeFixture: MakeStoreFixture): void {
  describe('ExecutionStore conformance', () => {
    let fixture: StoreFixture;
    beforeEach(async () => {
      fixture = await makeFixture();
    });
    afterEach(async () => {
      await fixture.close();
    });

    async function insert(effects: readonly Effect[] = []): Promise<Execution> {
      const start = sampleStart(fixture.scope, await fixture.now(), effects);
      expect(await fixture.insert(start)).toEqual(COMMITTED);
      return start.execution;
    }

    async function commit(transition: Transition): Promise<CommitOutcome | undefined> {
      const outcomes = await fixture.store.commit([transition]);
      expect(outcomes).toHaveLength(1);
      return outcomes[0];
    }

    describe('state and events (E2)', () => {
      test('an unknown execution is not found and has no events', async () => {
        const { execution } = sampleStart(fixture.scope, await fixture.now());
        expect(await fixture.store.find(execution.id)).toBeUndefined();
        expect(await fixture.store.listEvents(execution.id)).toEqual([]);
      });

      test('a new execution is found as it was saved, with its event', async () => {
        const start = sampleStart(fixture.scope, await fixture.now());
        await fixture.insert(start);
        expect(await fixture.store.find(start.execution.id)).toEqual(start.execution);
        expect(await fixture.store.listEvents(start.execution.id)).toEqual(start.events);
      });

      test('the same new execution twice is a conflict and changes nothing', async () => {
        const start = sampleStart(fixture.scope, await fixture.now());
        await fixture.insert(start);
        expect(await fixture.insert(start)).toEqual(CONFLICT);
        expect(await fixture.store.listEvents(start.execution.id)).toEqual(start.events);
      });

      test('a transition saves changed nodes, header fields and several events at once', async () => {
        const before = await insert();
        const [node] = Object.values(before.nodes);
        if (node === undefined) throw new Error('the sample execution has a node');
        const changed = {
          ...node,
          outcomes: {
            output: { outputVariables: { text: 'a "quoted" ünïcode \\ \n line', none: null, list: [1, true] } },
          },
          changedAtVersion: before.version + 2,
        };
        const abort = {
          interruptId: 'interrupt',
          type: 'AbortAll',
          at: 5,
          by: { userId: 'u', name: 'n', email: 'e' },
        } as const;
        const step = sampleStep(before);
        const execution = {
          ...before,
          version: before.version + 2,
          abort,
          nodes: { ...before.nodes, [node.id]: changed },
        };
        const second = { kind: 'interruptRequested', at: 5, interrupt: abort } as const;
        const transition = { ...step, execution, events: [...step.events, second] };
        expect(await commit(transition)).toEqual(COMMITTED);
        expect(await fixture.store.find(before.id)).toEqual(execution);
        const events = await fixture.store.listEvents(before.id);
        expect(events).toHaveLength(3);
        expect(events.slice(1)).toEqual(transition.events);
      });

      test('all of a header and a state come back as they were given', async () => {
        const parent = await insert();
        const asking = sampleTaskId();
        const request = {
          orgIdentifier: 'default',
          projectIdentifier: 'one',
          pipelineIdentifier: 'child',
          inputs: {},
          inputSetReferences: [],
          outputs: [],
        };
        await commit(sampleStep(parent, [{ kind: 'startChild', nodeExecutionId: asking, request }]));
        const start = sampleStart(fixture.scope, await fixture.now());
        const [node] = Object.values(start.execution.nodes);
        if (node === undefined) throw new Error('the sample execution has a node');
        const { id: _i, nodeId: _n, parentId: _p, children: _c, timers: _t, changedAtVersion: _v, ...state } = node;
        const by = { userId: 'u', name: 'n', email: 'e' };
        const full: Execution = {
          ...start.execution,
          switches: { ignoredFailureFiresFailure: false, unresolved: 'strict' },
          defaults: { ...start.execution.defaults, approvalTimeoutMs: 5 },
          cause: {
            ...start.execution.cause,
            trigger: { identifier: 't', name: 'T', eventId: 'event', payload: '{"a": "\0"}', headers: { host: 'h' } },
          },
          parent: {
            executionId: parent.id,
            nodeExecutionId: asking,
            outputs: [{ name: 'out', value: '<+pipeline.name>' }],
          },
          retained: {
            executionId: parent.id,
            rootExecutionId: parent.id,
            nodes: [{ fqn: 'pipeline.stages.only', loop: [0, 1], state: { ...state, outcomes: { text: 'ü\0' } } }],
          },
          abort: { interruptId: 'a', type: 'AbortAll', at: 4, by },
          pause: { interruptId: 'p', type: 'Pause', at: 3, by },
          outputs: { out: ['x', null, 1] },
        };
        expect(await fixture.insert({ ...start, execution: full })).toEqual(COMMITTED);
        expect(await fixture.store.find(full.id)).toEqual(full);
        const { pause: _pause, ...resumed } = { ...full, version: full.version + 1 };
        expect(await commit({ ...sampleStep(full), execution: resumed })).toEqual(COMMITTED);
        expect(await fixture.store.find(full.id)).toEqual(resumed);
      });

      test('a transition over another version than the stored one is a conflict and changes nothing', async () => {
        const before = await insert();
        const task = sampleTask();
        await commit(sampleStep(before));
        const late = sampleStep(before, [{ kind: 'enqueueTask', task }]);
        expect(await commit(late)).toEqual(CONFLICT);
        expect((await fixture.store.find(before.id))?.version).toBe(before.version + 1);
        expect(await fixture.store.listEvents(before.id)).toHaveLength(2);
        expect(await fixture.findTask(task.taskId)).toBeUndefined();
      });

      test('a transition of an execution that is not there is a conflict', async () => {
        const { execution } = sampleStart(fixture.scope, await fixture.now());
        expect(await commit(sampleStep(execution))).toEqual(CONFLICT);
      });

      test('many transitions in one call each have their own fate, in the order of the question', async () => {
        const [one, two, three] = [await insert(), await insert(), await insert()];
        await commit(sampleStep(two));
        const outcomes = await fixture.store.commit([sampleStep(one), sampleStep(two), sampleStep(three)]);
        expect(outcomes).toEqual([COMMITTED, CONFLICT, COMMITTED]);
        expect((await fixture.store.find(one.id))?.version).toBe(one.version + 1);
        expect((await fixture.store.find(three.id))?.version).toBe(three.version + 1);
      });

      test('no transitions, no outcomes', async () => {
        expect(await fixture.store.commit([])).toEqual([]);
      });

      test('of calls that race for one version exactly one commits', async () => {
        const before = await insert();
        const tasks = Array.from({ length: 8 }, () => sampleTask());
        const outcomes = await Promise.all(
          tasks.map((task) => commit(sampleStep(before, [{ kind: 'enqueueTask', task }]))),
        );
        expect(outcomes.filter((outcome) => outcome?.kind === 'committed')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome?.kind === 'conflict')).toHaveLength(7);
        const queued = await Promise.all(tasks.map((task) => fixture.findTask(task.taskId)));
        expect(queued.map((task) => task?.state)).toEqual(
          outcomes.map((outcome) => (outcome?.kind === 'committed' ? 'queued' : undefined)),
        );
      });
    });

    describe('guards (D1)', () => {
      async function leased(): Promise<{
        execution: Execution;
        taskId: ReturnType<typeof sampleTaskId>;
        fence: number;
      }> {
        const task = sampleTask();
        const execution = await insert([{ kind: 'enqueueTask', task }]);
        const view = sampleDelegate(fixture.scope, 'guardian');
        await fixture.registerDelegate(view, 'first-process');
        const [lease] = await fixture.queue.lease(view, 1, 15_000);
        if (lease === undefined) throw new Error('the task was not leased');
        return { execution, taskId: task.taskId, fence: lease.fence };
      }

      test('a guard that holds moves the task with the commit', async () => {
        const { execution, taskId, fence } = await leased();
        const guard = { taskId, fence, from: 'leased', to: 'started' } as const;
        expect(await commit(sampleStep(execution, [], { guard }))).toEqual(COMMITTED);
        expect(await fixture.findTask(taskId)).toEqual({ state: 'started', fence });
      });

      test('another fence is stale and changes nothing', async () => {
        const { execution, taskId, fence } = await leased();
        const other = sampleTask();
        const guard = { taskId, fence: fence - 1, from: 'leased', to: 'started' } as const;
        const outcome = await commit(sampleStep(execution, [{ kind: 'enqueueTask', task: other }], { guard }));
        expect(outcome).toEqual({ kind: 'stale', state: 'leased', fence });
        expect((await fixture.store.find(execution.id))?.version).toBe(execution.version);
        expect(await fixture.store.listEvents(execution.id)).toHaveLength(1);
        expect(await fixture.findTask(taskId)).toEqual({ state: 'leased', fence });
        expect(await fixture.findTask(other.taskId)).toBeUndefined();
      });

      test('another state is stale', async () => {
        const { execution, taskId, fence } = await leased();
        const guard = { taskId, fence, from: 'started', to: 'done' } as const;
        expect(await commit(sampleStep(execution, [], { guard }))).toEqual({ kind: 'stale', state: 'leased', fence });
      });

      test('a task that is not there is stale', async () => {
        const execution = await insert();
        const guard = { taskId: sampleTaskId(), fence: 1, from: 'started', to: 'done' } as const;
        expect(await commit(sampleStep(execution, [], { guard }))).toEqual({
          kind: 'stale',
          state: undefined,
          fence: undefined,
        });
      });

      test('a conflict leaves the guarded task alone', async () => {
        const { execution, taskId, fence } = await leased();
        await commit(sampleStep(execution));
        const guard = { taskId, fence, from: 'leased', to: 'started' } as const;
        expect(await commit(sampleStep(execution, [], { guard }))).toEqual(CONFLICT);
        expect(await fixture.findTask(taskId)).toEqual({ state: 'leased', fence });
      });

      test('a stale transition does not spoil its neighbours in the same call', async () => {
        const { execution, taskId, fence } = await leased();
        const neighbour = await insert();
        const guard = { taskId, fence: fence + 1, from: 'leased', to: 'started' } as const;
        const outcomes = await fixture.store.commit([sampleStep(execution, [], { guard }), sampleStep(neighbour)]);
        expect(outcomes.map((outcome) => outcome.kind)).toEqual(['stale', 'committed']);
      });
    });

    describe('timers (T1)', () => {
      test('due timers come oldest first, bounded, and stay until consumed', async () => {
        const now = await fixture.now();
        const [early, late, future] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
        const execution = await insert([
          { kind: 'startTimer', timerId: sampleTimerId(late), nodeExecutionId: late, dueAt: now + 2_000 },
          { kind: 'startTimer', timerId: sampleTimerId(early), nodeExecutionId: early, dueAt: now + 1_000 },
          { kind: 'startTimer', timerId: sampleTimerId(future), nodeExecutionId: future, dueAt: now + 9_000_000 },
        ]);
        expect(await fixture.store.listDueTimers(10)).toEqual([]);
        await fixture.passTime(3_000);
        const due = await fixture.store.listDueTimers(10);
        expect(due.map((timer) => timer.timerId)).toEqual([sampleTimerId(early), sampleTimerId(late)]);
        expect(due.map((timer) => timer.executionId)).toEqual([execution.id, execution.id]);
        expect((await fixture.store.listDueTimers(1)).map((timer) => timer.timerId)).toEqual([sampleTimerId(early)]);
        expect(await commit(sampleStep(execution, [], { firedTimer: sampleTimerId(early) }))).toEqual(COMMITTED);
        expect((await fixture.store.listDueTimers(10)).map((timer) => timer.timerId)).toEqual([sampleTimerId(late)]);
      });

      test('a conflict does not consume the timer', async () => {
        const node = sampleTaskId();
        const timer = {
          kind: 'startTimer',
          timerId: sampleTimerId(node),
          nodeExecutionId: node,
          dueAt: (await fixture.now()) + 1_000,
        } as const;
        const execution = await insert([timer]);
        await commit(sampleStep(execution));
        await fixture.passTime(2_000);
        expect(await commit(sampleStep(execution, [], { firedTimer: timer.timerId }))).toEqual(CONFLICT);
        expect(await fixture.store.listDueTimers(10)).toHaveLength(1);
      });

      test('a timer that is gone already does not hinder its transition', async () => {
        const execution = await insert();
        expect(await commit(sampleStep(execution, [], { firedTimer: sampleTimerId(sampleTaskId()) }))).toEqual(
          COMMITTED,
        );
      });

      test('the next timer is the earliest one, due or not; cancelled ones are gone', async () => {
        expect(await fixture.store.nextTimerAt()).toBeUndefined();
        const now = await fixture.now();
        const [near, far] = [sampleTaskId(), sampleTaskId()];
        const execution = await insert([
          { kind: 'startTimer', timerId: sampleTimerId(far), nodeExecutionId: far, dueAt: now + 60_000 },
          { kind: 'startTimer', timerId: sampleTimerId(near), nodeExecutionId: near, dueAt: now - 5_000 },
        ]);
        expect(await fixture.store.nextTimerAt()).toBe(now - 5_000);
        await commit(sampleStep(execution, [{ kind: 'cancelTimer', timerId: sampleTimerId(near) }]));
        expect(await fixture.store.nextTimerAt()).toBe(now + 60_000);
        expect(await fixture.store.listDueTimers(10)).toEqual([]);
      });
    });

    describe('effects (E3)', () => {
      test('each is idempotent by its id', async () => {
        const task = sampleTask();
        const timer = {
          kind: 'startTimer',
          timerId: sampleTimerId(task.taskId),
          nodeExecutionId: task.taskId,
          dueAt: 7_000,
        } as const;
        const effects: readonly Effect[] = [{ kind: 'enqueueTask', task }, timer];
        const first = await insert(effects);
        const second = sampleStep(first, [...effects, { kind: 'cancelTask', taskId: task.taskId }]);
        expect(await commit(second)).toEqual(COMMITTED);
        const third = sampleStep(second.execution, [
          { kind: 'enqueueTask', task },
          { kind: 'cancelTask', taskId: task.taskId },
          { kind: 'cancelTimer', timerId: timer.timerId },
          { kind: 'cancelTimer', timerId: timer.timerId },
          { kind: 'releaseWorkspace', workspaceKey: 'never-bound' },
        ]);
        expect(await commit(third)).toEqual(COMMITTED);
        expect(await fixture.findTask(task.taskId)).toMatchObject({ state: 'cancelled' });
        expect(await fixture.store.nextTimerAt()).toBeUndefined();
      });

      test('a cancel of an unknown task changes nothing', async () => {
        const execution = await insert();
        expect(
          await commit(
            sampleStep(execution, [{ kind: 'cancelTask', taskId: nodeExecutionId('unknown'.padEnd(22, '-')) }]),
          ),
        ).toEqual(COMMITTED);
      });

      test('a released workspace is marked', async () => {
        const task = sampleTask({ workspaceKey: `workspace of ${sampleTaskId()}` });
        const key = task.workspaceKey ?? '';
        const execution = await insert([{ kind: 'enqueueTask', task }]);
        const view = sampleDelegate(fixture.scope, 'builder');
        await fixture.registerDelegate(view, 'first-process');
        await fixture.queue.lease(view, 1, 15_000);
        expect(await fixture.isWorkspaceReleased(key, execution.id)).toBe(false);
        await commit(sampleStep(execution, [{ kind: 'releaseWorkspace', workspaceKey: key }]));
        expect(await fixture.isWorkspaceReleased(key, execution.id)).toBe(true);
      });
    });
  });
}
