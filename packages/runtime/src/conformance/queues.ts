import type { Effect, EngineEvent, Execution, ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AdmissionQueue, CommitOutcome, RequestQueue, ResourceQueue } from '../ports.ts';
import { requestId } from '../requests.ts';
import { sampleStart, sampleStep, sampleTaskId } from './samples.ts';
import type { MakeStoreFixture, StoreFixture } from './store-fixture.ts';

/** What `StoreFixture` needs beside the store for the queues between executions. */
export interface QueuesFixture extends StoreFixture {
  readonly resources: ResourceQueue;
  readonly requests: RequestQueue;
  /** With a limit of two executions. */
  readonly admissions: AdmissionQueue;
}

const COMMITTED: CommitOutcome = { kind: 'committed' };

/** What every `ResourceQueue`, `RequestQueue` and `AdmissionQueue` must do. Registers vitest tests. */
export function queuesConformance(makeFixture: MakeStoreFixture<QueuesFixture>): void {
  let fixture: QueuesFixture;
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

  /** One more event with effects; answers with the execution after it. */
  async function step(before: Execution, effects: readonly Effect[], event?: EngineEvent): Promise<Execution> {
    const transition = sampleStep(before, effects);
    const withEvent = event === undefined ? transition : { ...transition, events: [event] };
    expect(await fixture.store.commit([withEvent])).toEqual([COMMITTED]);
    return withEvent.execution;
  }

  const acquire = (nodeExecutionId: NodeExecutionId, key: string): Effect => ({
    kind: 'acquireResource',
    nodeExecutionId,
    key,
  });
  const release = (nodeExecutionId: NodeExecutionId, key: string): Effect => ({
    kind: 'releaseResource',
    nodeExecutionId,
    key,
  });
  const granted = async (): Promise<readonly NodeExecutionId[]> =>
    (await fixture.resources.listGranted(10)).map(({ nodeExecutionId }) => nodeExecutionId);

  describe('ResourceQueue conformance (Q1, Q2)', () => {
    test('the first claim of each key is granted, the others wait', async () => {
      const [one, two, other] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      const first = await insert([acquire(one, 'key')]);
      await insert([acquire(two, 'key'), acquire(other, 'another')]);
      expect(await granted()).toEqual([]);
      expect(await fixture.resources.grantHeads()).toBe(2);
      expect(await fixture.resources.grantHeads()).toBe(0);
      expect(await fixture.resources.listGranted(10)).toEqual([
        { nodeExecutionId: one, executionId: first.id },
        expect.objectContaining({ nodeExecutionId: other }),
      ]);
      expect(await fixture.resources.listGranted(1)).toHaveLength(1);
    });

    test('a release lets the next one in, in the order of the claims', async () => {
      const [one, two, three] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      const holder = await insert([acquire(one, 'key')]);
      await insert([acquire(two, 'key')]);
      await insert([acquire(three, 'key')]);
      await fixture.resources.grantHeads();
      const after = await step(holder, [release(one, 'key')]);
      await fixture.resources.grantHeads();
      expect(await granted()).toEqual([two]);
      await step(after, [release(one, 'key')]);
      expect(await fixture.resources.grantHeads()).toBe(0);
      expect(await granted()).toEqual([two]);
    });

    test('a claim that waits can be given up', async () => {
      const [one, two, three] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      const holder = await insert([acquire(one, 'key'), acquire(two, 'key'), acquire(three, 'key')]);
      await fixture.resources.grantHeads();
      await step(holder, [release(two, 'key'), release(one, 'key')]);
      await fixture.resources.grantHeads();
      expect(await granted()).toEqual([three]);
    });

    test('a claim that was told is not listed again and keeps its key', async () => {
      const [one, two] = [sampleTaskId(), sampleTaskId()];
      const holder = await insert([acquire(one, 'key')]);
      await insert([acquire(two, 'key')]);
      await fixture.resources.grantHeads();
      const at = await fixture.now();
      const after = await step(holder, [], { kind: 'resourceAcquired', at, nodeExecutionId: one });
      expect(await granted()).toEqual([]);
      expect(await fixture.resources.grantHeads()).toBe(0);
      await step(after, [acquire(one, 'key')]);
      expect(await granted()).toEqual([]);
    });

    test('a dropped claim lets the next one in', async () => {
      const [one, two] = [sampleTaskId(), sampleTaskId()];
      await insert([acquire(one, 'key'), acquire(two, 'key')]);
      await fixture.resources.grantHeads();
      await fixture.resources.dropClaim(one);
      await fixture.resources.grantHeads();
      expect(await granted()).toEqual([two]);
    });

    test('of those that grant at once nobody grants a key twice', async () => {
      const nodes = Array.from({ length: 12 }, () => sampleTaskId());
      const grants: Promise<number>[] = [];
      for (const node of nodes) {
        await insert([acquire(node, 'key')]);
        grants.push(fixture.resources.grantHeads(), fixture.resources.grantHeads());
      }
      await Promise.all(grants);
      expect(await granted()).toEqual(nodes.slice(0, 1));
    });
  });

  describe('RequestQueue conformance (E3)', () => {
    const startChild = (nodeExecutionId: NodeExecutionId): Effect => ({
      kind: 'startChild',
      nodeExecutionId,
      request: {
        orgIdentifier: 'default',
        projectIdentifier: 'one',
        pipelineIdentifier: 'child',
        inputs: { variables: [{ name: 'text', value: 'a "quoted" ünï \0 code' }] },
        inputSetReferences: ['set'],
        outputs: [{ name: 'out', value: '<+pipeline.variables.text>' }],
      },
    });

    test('a request is taken as it was made, once per lease', async () => {
      const node = sampleTaskId();
      const effect = startChild(node);
      const { id } = await insert([effect, effect]);
      const asked = { id: requestId('startChild', node), executionId: id, effect };
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([{ ...asked, attempts: 1 }]);
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([]);
      await fixture.passTime(6_000);
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([{ ...asked, attempts: 2 }]);
    });

    test('requests come oldest first, bounded', async () => {
      const nodes = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      for (const node of nodes) await insert([startChild(node)]);
      const ids = nodes.map((node) => requestId('startChild', node));
      expect((await fixture.requests.takeRequests(2, 5_000)).map((request) => request.id)).toEqual(ids.slice(0, 2));
      expect((await fixture.requests.takeRequests(2, 5_000)).map((request) => request.id)).toEqual(ids.slice(2));
    });

    test('the event that answers a request settles it in its commit', async () => {
      const [one, two, three] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      const report: Effect = {
        kind: 'reportToParent',
        executionId: 'parent'.padEnd(22, '-') as ExecutionId,
        nodeExecutionId: three,
        status: 'Failed',
        outputs: { out: 1 },
        failure: { message: 'no', types: ['APPLICATION_ERROR'] },
      };
      let execution = await insert([startChild(one), startChild(two), report]);
      const at = await fixture.now();
      const childExecutionId = 'child'.padEnd(22, '-') as ExecutionId;
      execution = await step(execution, [], { kind: 'childStarted', at, nodeExecutionId: one, childExecutionId });
      execution = await step(execution, [], { kind: 'childRefused', at, nodeExecutionId: two, reason: 'no' });
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([
        { id: requestId('reportToParent', three), executionId: execution.id, effect: report, attempts: 1 },
      ]);
      await step(execution, [], { kind: 'childEnded', at, nodeExecutionId: three, status: 'Failed', outputs: {} });
      await fixture.passTime(6_000);
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([]);
    });

    test('a conflict settles nothing', async () => {
      const node = sampleTaskId();
      const execution = await insert([startChild(node)]);
      await step(execution, []);
      const event: EngineEvent = {
        kind: 'childRefused',
        at: await fixture.now(),
        nodeExecutionId: node,
        reason: 'no',
      };
      const late = { ...sampleStep(execution), events: [event] };
      expect(await fixture.store.commit([late])).toEqual([{ kind: 'conflict' }]);
      expect(await fixture.requests.takeRequests(10, 5_000)).toHaveLength(1);
    });

    test('a finished request does not come again; finishing it twice changes nothing', async () => {
      const node = sampleTaskId();
      await insert([{ kind: 'abortChild', nodeExecutionId: node }]);
      const id = requestId('abortChild', node);
      await fixture.requests.finishRequest(id);
      await fixture.requests.finishRequest(id);
      expect(await fixture.requests.takeRequests(10, 5_000)).toEqual([]);
    });

    test('a chained execution starts while its parent waits for it, and not after it was forbidden (C2)', async () => {
      const [wanted, forbidden, unknown] = [sampleTaskId(), sampleTaskId(), sampleTaskId()];
      const parent = await insert([startChild(wanted), startChild(forbidden)]);
      await fixture.requests.forbidChild(forbidden);
      await fixture.requests.forbidChild(unknown);
      const outcomes: (CommitOutcome | undefined)[] = [];
      for (const nodeExecutionId of [wanted, forbidden, unknown]) {
        const start = sampleStart(fixture.scope, await fixture.now());
        const execution = { ...start.execution, parent: { executionId: parent.id, nodeExecutionId, outputs: [] } };
        outcomes.push(await fixture.insert({ ...start, execution }));
      }
      expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['committed', 'conflict', 'conflict']);
    });
  });

  describe('AdmissionQueue conformance (A1, A2)', () => {
    async function insertQueued(): Promise<Execution> {
      const start = sampleStart(fixture.scope, await fixture.now());
      const [first] = start.events;
      if (first?.kind !== 'executionStarted') throw new Error('an execution starts with its start');
      expect(await fixture.insert({ ...start, events: [{ ...first, isQueued: true }] })).toEqual(COMMITTED);
      return start.execution;
    }

    async function end(execution: Execution): Promise<void> {
      const transition = sampleStep(execution);
      const ended = { ...transition.execution, status: 'Success', endedAt: await fixture.now() } as const;
      expect(await fixture.store.commit([{ ...transition, execution: ended }])).toEqual([COMMITTED]);
    }

    test('nobody waits, nobody is admitted', async () => {
      await insert();
      expect(await fixture.admissions.admit(10)).toEqual([]);
      expect(fixture.admissions.hasWaiting).toBe(false);
    });

    test('free places go to those that wait longest, and no others', async () => {
      const running = [await insert(), await insert()];
      const waiting = [await insertQueued(), await insertQueued(), await insertQueued()];
      expect(await fixture.admissions.admit(10)).toEqual([]);
      expect(fixture.admissions.hasWaiting).toBe(true);
      await end(running[0] as Execution);
      expect(await fixture.admissions.admit(10)).toEqual([waiting[0]?.id]);
      await end(running[1] as Execution);
      expect(await fixture.admissions.admit(10)).toEqual([waiting[0]?.id, waiting[1]?.id]);
    });

    test('who has heard of it is not told again, and counts', async () => {
      const waiting = [await insertQueued(), await insertQueued(), await insertQueued()];
      expect(await fixture.admissions.admit(10)).toEqual([waiting[0]?.id, waiting[1]?.id]);
      const [first, second] = waiting;
      if (first === undefined || second === undefined) throw new Error('two were admitted');
      const after = await step(first, [], { kind: 'executionAdmitted', at: await fixture.now() });
      expect(await fixture.admissions.admit(10)).toEqual([second.id]);
      await end(after);
      expect(await fixture.admissions.admit(10)).toEqual([second.id, waiting[2]?.id]);
    });

    test('one that ended while it waited takes no place and can be dropped', async () => {
      const running = [await insert(), await insert()];
      const [first, second] = [await insertQueued(), await insertQueued()];
      await end(first);
      expect(await fixture.admissions.admit(10)).toEqual([first.id]);
      await fixture.admissions.dropWaiting(first.id);
      expect(await fixture.admissions.admit(10)).toEqual([]);
      await end(running[0] as Execution);
      expect(await fixture.admissions.admit(10)).toEqual([second.id]);
      await fixture.admissions.dropWaiting(second.id);
      await fixture.admissions.admit(10);
      expect(fixture.admissions.hasWaiting).toBe(false);
    });

    test('of those that admit at once nobody gives a place twice', async () => {
      const waiting = await Promise.all(Array.from({ length: 6 }, insertQueued));
      const rounds = await Promise.all(Array.from({ length: 6 }, () => fixture.admissions.admit(10)));
      const admitted = new Set(rounds.flat());
      expect(admitted.size).toBe(2);
      expect(waiting.map(({ id }) => id)).toEqual(expect.arrayContaining([...admitted]));
    });
  });
}
