import { executionId, nodeExecutionId } from '@bridle/pipeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QueuedTask } from '../store/waiting-tasks.ts';
import { assignTasks, seatsFor, type Asker } from './assign.ts';
import { Turns } from './turns.ts';

interface Drawn {
  readonly project: number;
  readonly execution: number;
}

function queue(drawn: readonly Drawn[]): readonly QueuedTask[] {
  return drawn.map(({ project, execution }, index) => ({
    taskId: nodeExecutionId(`task ${index}`),
    position: index + 1,
    executionId: executionId(`${project}/${execution}`),
    accountId: 'a',
    orgIdentifier: 'o',
    projectIdentifier: `p${project}`,
    selectors: [],
    requirements: [],
  }));
}

const tasks = fc
  .array(fc.record({ project: fc.nat(4), execution: fc.nat(3) }), { maxLength: 60 })
  .map((drawn) => queue(drawn));

/** All turns in order; each task is taken. */
function order(turns: Turns): readonly QueuedTask[] {
  const given: QueuedTask[] = [];
  for (let task = turns.next(); task !== undefined; task = turns.next()) {
    turns.taken(task);
    given.push(task);
  }
  return given;
}

describe('turns', () => {
  test('one project with a long queue does not hold up one with a single task', () => {
    const waiting = queue([
      ...Array.from({ length: 50 }, () => ({ project: 0, execution: 0 })),
      { project: 1, execution: 0 },
    ]);
    expect(
      order(new Turns(waiting, []))
        .slice(0, 2)
        .map((task) => task.projectIdentifier),
    ).toEqual(['p0', 'p1']);
  });

  test('a matrix does not hold up the other executions of its project', () => {
    const waiting = queue([
      ...Array.from({ length: 50 }, () => ({ project: 0, execution: 0 })),
      { project: 0, execution: 1 },
    ]);
    expect(order(new Turns(waiting, []))[1]?.executionId).toBe('0/1');
  });

  test('what is in hand already counts', () => {
    const waiting = queue([
      { project: 0, execution: 0 },
      { project: 0, execution: 0 },
      { project: 1, execution: 0 },
      { project: 1, execution: 0 },
      { project: 1, execution: 0 },
    ]);
    const running = [{ orgIdentifier: 'o', projectIdentifier: 'p0', executionId: executionId('0/9'), tasks: 2 }];
    expect(order(new Turns(waiting, running)).map((task) => task.projectIdentifier)).toEqual([
      'p1',
      'p1',
      'p0',
      'p1',
      'p0',
    ]);
  });

  test('property: every task has exactly one turn; those of one execution in their order (R15b)', () => {
    fc.assert(
      fc.property(tasks, (waiting) => {
        const given = order(new Turns(waiting, []));
        expect(new Set(given.map((task) => task.taskId))).toEqual(new Set(waiting.map((task) => task.taskId)));
        expect(given).toHaveLength(waiting.length);
        for (const ofExecution of Map.groupBy(given, (task) => task.executionId).values()) {
          const positions = ofExecution.map((task) => task.position);
          expect(positions).toEqual(positions.toSorted((one, other) => one - other));
        }
      }),
    );
  });

  test('property: whoever still waits has no more in hand than any other but one (R15a)', () => {
    fc.assert(
      fc.property(tasks, fc.nat(60), (waiting, room) => {
        const given = order(new Turns(waiting, [])).slice(0, room);
        const left = waiting.filter((task) => !given.includes(task));
        const inHand = (key: (task: QueuedTask) => string, of: string): number =>
          given.filter((task) => key(task) === of).length;
        const project = (task: QueuedTask): string => task.projectIdentifier;
        const execution = (task: QueuedTask): string => task.executionId;
        for (const task of left) {
          const own = inHand(project, project(task));
          for (const other of given) expect(inHand(project, project(other))).toBeLessThanOrEqual(own + 1);
          for (const other of given.filter((one) => project(one) === project(task)))
            expect(inHand(execution, execution(other))).toBeLessThanOrEqual(inHand(execution, execution(task)) + 1);
        }
      }),
    );
  });

  test('property: after a round nobody has room for a task that is left and that it may run (R14)', () => {
    const words = fc.subarray(['docker', 'shell:bash', 'os:linux']);
    const picky = fc
      .array(fc.record({ project: fc.nat(3), execution: fc.nat(2), requirements: words }), { maxLength: 40 })
      .map((drawn) => queue(drawn).map((task, index) => ({ ...task, requirements: drawn[index]?.requirements ?? [] })));
    const askers = fc
      .array(fc.record({ capabilities: words, free: fc.integer({ min: 1, max: 4 }) }), { maxLength: 8 })
      .map((drawn) =>
        drawn.map((one, index): Asker => ({
          ...one,
          delegateId: `d${index}`,
          incarnation: 'i',
          accountId: 'a',
          tags: [],
        })),
      );
    fc.assert(
      fc.property(picky, askers, (waiting, asking) => {
        const seats = seatsFor(asking);
        const given = new Set(assignTasks(waiting, seats, new Map()).map(({ taskId }) => taskId));
        for (const task of waiting) {
          if (given.has(task.taskId)) continue;
          for (const { asker, taken, capabilities } of seats)
            expect(taken < asker.free && task.requirements.every((word) => capabilities.has(word))).toBe(false);
        }
        for (const { asker, taken } of seats) expect(taken).toBeLessThanOrEqual(asker.free);
      }),
    );
  });
});
