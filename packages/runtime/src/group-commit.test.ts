import { expect, test } from 'vitest';
import { sampleStart } from './conformance/samples.ts';
import { GroupCommit } from './group-commit.ts';
import type { CommitOutcome, Transition } from './ports.ts';

const scope = { accountId: 'a', orgIdentifier: 'o', projectIdentifier: 'p' };
const COMMITTED: CommitOutcome = { kind: 'committed' };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store whose calls the test answers by hand. */
class HandStore {
  readonly calls: {
    readonly batch: readonly Transition[];
    readonly answer: (outcomes: readonly CommitOutcome[]) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  readonly save = (batch: readonly Transition[]): Promise<readonly CommitOutcome[]> =>
    new Promise((answer, fail) => {
      this.calls.push({ batch, answer, fail });
    });

  call(index: number): HandStore['calls'][number] {
    const call = this.calls[index];
    if (call === undefined) throw new Error(`call ${index} was not made`);
    return call;
  }
}

const make = (): Transition => sampleStart(scope, 1);

test('G1 while a call is in flight transitions gather, and the next call takes them all', async () => {
  const store = new HandStore();
  const commits = new GroupCommit(store.save);
  const [first, second, third, fourth] = [make(), make(), make(), make()];
  const answers = [commits.submit(first)];
  await settled();
  answers.push(commits.submit(second), commits.submit(third), commits.submit(fourth));
  await settled();
  expect(store.calls.map((call) => call.batch)).toEqual([[first]]);
  store.call(0).answer([COMMITTED]);
  await settled();
  expect(store.calls.map((call) => call.batch)).toEqual([[first], [second, third, fourth]]);
  store.call(1).answer([COMMITTED, { kind: 'conflict' }, { kind: 'stale', state: 'done', fence: 3 }]);
  expect(await Promise.all(answers)).toEqual([
    COMMITTED,
    COMMITTED,
    { kind: 'conflict' },
    { kind: 'stale', state: 'done', fence: 3 },
  ]);
});

test('transitions of the same tick share a call, and an idle committer starts again', async () => {
  const store = new HandStore();
  const commits = new GroupCommit(store.save);
  const [first, second, third] = [make(), make(), make()];
  const answers = [commits.submit(first), commits.submit(second)];
  await settled();
  expect(store.calls.map((call) => call.batch)).toEqual([[first, second]]);
  store.call(0).answer([COMMITTED, COMMITTED]);
  await Promise.all(answers);
  const last = commits.submit(third);
  await settled();
  store.call(1).answer([COMMITTED]);
  expect(await last).toEqual(COMMITTED);
});

test('G2 a failed call rejects those it carried, and only those', async () => {
  const store = new HandStore();
  const commits = new GroupCommit(store.save);
  const [first, second, third] = [make(), make(), make()];
  const carried = Promise.allSettled([commits.submit(first), commits.submit(second)]);
  await settled();
  const next = commits.submit(third);
  const error = new Error('the database is away');
  store.call(0).fail(error);
  expect(await carried).toEqual([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ]);
  await settled();
  store.call(1).answer([COMMITTED]);
  expect(await next).toEqual(COMMITTED);
});

test('G2 a store that answers too little is an error for all it was asked', async () => {
  const store = new HandStore();
  const commits = new GroupCommit(store.save);
  const carried = Promise.allSettled([make(), make()].map((transition) => commits.submit(transition)));
  await settled();
  store.call(0).answer([COMMITTED]);
  expect((await carried).map((result) => result.status)).toEqual(['rejected', 'rejected']);
});

test('G3 a call carries a bounded number of transitions, and no execution twice', async () => {
  const store = new HandStore();
  const commits = new GroupCommit(store.save, 2);
  const [first, second, third] = [make(), make(), make()];
  const again = { ...first, expectedVersion: 1 };
  const answers = [first, again, second, third].map((transition) => commits.submit(transition));
  await settled();
  store.call(0).answer([COMMITTED, COMMITTED]);
  await settled();
  store.call(1).answer([COMMITTED, COMMITTED]);
  await Promise.all(answers);
  expect(store.calls.map((call) => call.batch)).toEqual([
    [first, second],
    [again, third],
  ]);
});
