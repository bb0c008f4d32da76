import { expect, test } from 'vitest';
import { executionId, nodeExecutionId } from '@bridle/pipeline';
import type { QueuedTask } from '../store/waiting-tasks.ts';
import { assignTasks, normaliseTags, seatsFor, type Asker } from './assign.ts';

let position = 0;

function task(change: Partial<QueuedTask> = {}): QueuedTask {
  position += 1;
  return {
    taskId: nodeExecutionId(`task ${position}`),
    position,
    executionId: executionId('e'),
    accountId: 'a',
    orgIdentifier: 'o',
    projectIdentifier: 'p',
    selectors: [],
    requirements: [],
    ...change,
  };
}

function asker(delegateId: string, change: Partial<Asker> = {}): Asker {
  return { delegateId, incarnation: 'i', accountId: 'a', tags: [delegateId], capabilities: [], free: 1, ...change };
}

function assign(tasks: readonly QueuedTask[], askers: readonly Asker[]): readonly string[] {
  const given = new Map(assignTasks(tasks, seatsFor(askers), new Map()).map((one) => [one.taskId, one.delegateId]));
  return tasks.map((one) => given.get(one.taskId) ?? '-');
}

test('oldest tasks first, to those that wait longest, spread over all', () => {
  expect(assign([task(), task(), task()], [asker('one', { free: 5 }), asker('two', { free: 5 })])).toEqual([
    'one',
    'two',
    'one',
  ]);
  expect(assign([task(), task(), task()], [asker('one'), asker('two')])).toEqual(['one', 'two', '-']);
});

test('a task that nobody may take does not hold up the next one', () => {
  expect(assign([task({ selectors: ['gpu'] }), task()], [asker('one')])).toEqual(['-', 'one']);
});

test('every selector must be a tag, in the scope of the token', () => {
  const tasks = [task({ selectors: ['linux', 'gpu'] }), task({ projectIdentifier: 'q' }), task({ orgIdentifier: 'r' })];
  const one = asker('one', { tags: ['one', 'linux', 'gpu'], free: 5, orgIdentifier: 'o', projectIdentifier: 'p' });
  expect(assign(tasks, [one])).toEqual(['one', '-', '-']);
  expect(assign(tasks, [asker('two', { free: 5, orgIdentifier: 'o' })])).toEqual(['-', 'two', '-']);
  expect(assign([task({ accountId: 'b' })], [asker('one')])).toEqual(['-']);
});

test('everything a task needs must be one of the capabilities', () => {
  const tasks = [task({ requirements: ['docker', 'os:linux'] }), task({ requirements: ['shell:bash'] })];
  const [plain, docker] = [
    asker('plain', { capabilities: ['os:linux', 'shell:bash'] }),
    asker('docker', { capabilities: ['docker', 'os:linux'] }),
  ];
  expect(assign(tasks, [plain, docker])).toEqual(['docker', 'plain']);
  expect(assign(tasks, [plain])).toEqual(['-', 'plain']);
});

test('a workspace stays with its process', () => {
  const boundTo = { delegateId: 'two', incarnation: 'i' };
  expect(assign([task({ workspaceKey: 'w', boundTo })], [asker('one'), asker('two')])).toEqual(['two']);
  expect(assign([task({ workspaceKey: 'w', boundTo: { ...boundTo, incarnation: 'before' } })], [asker('two')])).toEqual(
    ['-'],
  );
  expect(assign([task({ workspaceKey: 'w' }), task({ workspaceKey: 'w' })], [asker('one'), asker('two')])).toEqual([
    'one',
    '-',
  ]);
});

test('tags meet in any case, once, without what is empty', () => {
  expect(normaliseTags([' GPU', 'gpu ', '', 'Linux'])).toEqual(['gpu', 'linux']);
});
