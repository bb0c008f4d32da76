import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

interface Started {
  readonly path: string;
  readonly task: DelegateTask;
}

async function startStep(): Promise<Started> {
  const started = await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  const { planExecution } = started.body.data as unknown as { planExecution: { uuid: string } };
  return { path: `/bridle/api/executions/${planExecution.uuid}/tests`, task: await server.startTask() };
}

const test = (name: string, status = 'passed', more: Record<string, unknown> = {}): Record<string, unknown> => ({
  suite: 'unit',
  className: 'Cart',
  name,
  status,
  durationMs: 2,
  ...more,
});

async function report(
  { task }: Started,
  tests: readonly Record<string, unknown>[],
  more: Record<string, unknown> = {},
): Promise<number> {
  return (await server.upload('POST', task, 'tests', { body: { position: 0, tests, ...more } })).status;
}

interface Listed {
  readonly total: number;
  readonly tests: readonly { readonly name: string; readonly isFlaky: boolean }[];
}

async function list({ path }: Started, query: Record<string, string> = {}): Promise<Listed> {
  return (await server.call('GET', path, { query })).body as unknown as Listed;
}

const namesOf = ({ tests }: Listed): readonly string[] => tests.map(({ name }) => name);

describe('results of tests', () => {
  it('are counted per suite and listed with what failed', async () => {
    const step = await startStep();
    const odd = 'n\u0000l and \ud800 half';
    await report(step, [
      test('adds', 'passed', { file: 'cart.ts' }),
      test('takes', 'failed', { message: 'expected 1', details: 'at cart.ts:3' }),
      test('waits', 'skipped'),
      test(odd, 'error', { suite: 'e2e' }),
    ]);
    expect((await server.call('GET', `${step.path}/summary`)).body).toEqual({
      totals: { tests: 4, passed: 1, failed: 1, errors: 1, skipped: 1, flaky: 0, durationMs: 8 },
      suites: [
        {
          nodeExecutionId: step.task.taskId,
          suite: 'unit',
          tests: 3,
          passed: 1,
          failed: 1,
          errors: 0,
          skipped: 1,
          flaky: 0,
          durationMs: 6,
        },
        {
          nodeExecutionId: step.task.taskId,
          suite: 'e2e',
          tests: 1,
          passed: 0,
          failed: 0,
          errors: 1,
          skipped: 0,
          flaky: 0,
          durationMs: 2,
        },
      ],
    });
    expect((await list(step, { status: 'failed,error' })).tests).toEqual([
      {
        nodeExecutionId: step.task.taskId,
        position: 1,
        suite: 'unit',
        className: 'Cart',
        name: 'takes',
        status: 'failed',
        durationMs: 2,
        message: 'expected 1',
        details: 'at cart.ts:3',
        isFlaky: false,
      },
      expect.objectContaining({ name: 'n\ufffdl and \ufffd half', status: 'error' }),
    ]);
    expect(await list(step, { size: '1', page: '1' })).toMatchObject({ total: 4, tests: [{ name: 'takes' }] });
    expect(namesOf(await list(step, { searchTerm: 'ADD' }))).toEqual(['adds']);
    expect(namesOf(await list(step, { searchTerm: '%' }))).toEqual([]);
    expect(namesOf(await list(step, { suite: 'e2e' }))).toHaveLength(1);
    await server.completeTask(step.task);
  });

  it('are kept once, however often a piece is sent (J1)', async () => {
    const step = await startStep();
    await report(step, [test('a'), test('b')]);
    await report(step, [test('a'), test('b')]);
    await report(step, [test('c')], { position: 2 });
    expect(namesOf(await list(step))).toEqual(['a', 'b', 'c']);
    await server.completeTask(step.task);
  });

  it('are refused from a process that does not hold the task (J2)', async () => {
    const step = await startStep();
    const answer = await server.upload('POST', step.task, 'tests', {
      body: { position: 0, tests: [test('a')] },
      fence: step.task.fence + 1,
    });
    expect(answer.status).toBe(409);
    expect((await list(step)).total).toBe(0);
    await server.completeTask(step.task);
  });

  it('of an unknown execution are nobody’s', async () => {
    expect((await server.call('GET', '/bridle/api/executions/AAAAAAAAAAAAAAAAAAAAAA/tests')).status).toBe(404);
  });

  it('a hundred thousand of them in one report work', async () => {
    const step = await startStep();
    const count = 100_000;
    const size = 1_000;
    for (let position = 0; position < count; position += size) {
      const tests = Array.from({ length: size }, (_, index) => test(`case ${String(position + index)}`));
      expect(await report(step, tests, { position })).toBe(200);
    }
    expect((await server.call('GET', `${step.path}/summary`)).body).toMatchObject({ totals: { tests: count } });
    expect(namesOf(await list(step, { page: '999' }))[99]).toBe('case 99999');
    await server.completeTask(step.task);
  }, 180_000);
});

describe('a flaky test (J3)', () => {
  it('both passed and failed on one commit, in whatever executions', async () => {
    const first = await startStep();
    await report(first, [test('steady'), test('moody', 'failed')], { commit: 'abc' });
    await server.completeTask(first.task);
    const second = await startStep();
    await report(second, [test('steady'), test('moody')], { commit: 'abc' });
    expect(namesOf(await list(second, { flaky: 'true' }))).toEqual(['moody']);
    expect(namesOf(await list(first, { flaky: 'true' }))).toEqual(['moody']);
    await server.completeTask(second.task);
    const other = await startStep();
    await report(other, [test('moody')], { commit: 'def' });
    expect((await list(other)).tests).toMatchObject([{ name: 'moody', isFlaky: false }]);
    await server.completeTask(other.task);
  });

  it('without a commit only what happens within one execution counts', async () => {
    const first = await startStep();
    await report(first, [test('lonely', 'failed')]);
    await server.completeTask(first.task);
    const second = await startStep();
    await report(second, [test('lonely')]);
    expect((await list(second, { flaky: 'true' })).total).toBe(0);
    await server.completeTask(second.task);
  });

  it('was repeated by its own tool until it passed', async () => {
    const step = await startStep();
    await report(step, [test('stubborn', 'passed', { hasFailedBefore: true }), test('idle', 'skipped')]);
    expect(namesOf(await list(step, { flaky: 'true' }))).toEqual(['stubborn']);
    await server.completeTask(step.task);
  });
});
