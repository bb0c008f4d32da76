import { expect, test } from 'vitest';
import { approval, DAY_MS, fails, headerOf, HOUR_MS, nodeOf, performing, script } from './test-virtual.ts';
import { START_AT } from './test-world.ts';
import type { PersonAnswer, WaitingNode } from './virtual-people.ts';
import { runVirtually, type VirtualRun } from './virtual-run.ts';

const run = (
  steps: readonly string[],
  answer?: (waiting: WaitingNode) => readonly PersonAnswer[],
): Promise<VirtualRun> =>
  runVirtually({
    header: headerOf(steps),
    startAt: START_AT,
    perform: performing({ bad: fails() }),
    ...(answer === undefined ? {} : { answer }),
  });

test('an approval is given when the person comes', async () => {
  const { root, endedAt } = await run([approval('ask'), script('a')], ({ kind }) =>
    kind === 'approval' ? [{ kind: 'approval', action: 'APPROVE', afterMs: 3 * DAY_MS }] : [],
  );
  expect(root.execution.status).toBe('Success');
  expect(endedAt).toBe(START_AT + 3 * DAY_MS + 1_000);
});

test('an approval nobody answers expires', async () => {
  const { root, endedAt } = await run([approval('ask')]);
  expect(nodeOf(root, 'ask').status).toBe('Expired');
  expect(endedAt).toBe(START_AT + 7 * DAY_MS);
});

test('an answer that may not be given changes nothing, and is told', async () => {
  const grace = { userId: 'grace', name: 'Grace', email: 'grace@example.com' };
  const { root, unheard } = await run([approval('ask', '', '1d')], () => [
    { kind: 'approval', action: 'APPROVE', afterMs: HOUR_MS, by: grace },
    { kind: 'approval', action: 'APPROVE', afterMs: 2 * DAY_MS },
  ]);
  expect(root.execution.status).toBe('Expired');
  expect(unheard.map(({ reason }) => reason)).toEqual(['Who started the execution may not approve it.']);
});

test('a manual intervention is answered, once per attempt', async () => {
  const strategy =
    'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: ManualIntervention, spec: {timeout: 1d, onTimeout: {action: {type: Abort}}}}}}], ';
  const asked: string[] = [];
  const { root, endedAt } = await run([script('bad', strategy)], ({ kind, node }) => {
    asked.push(`${kind} ${String(node.attempt)}`);
    return [{ kind: 'interrupt', type: node.attempt === 0 ? 'Retry' : 'MarkAsSuccess', afterMs: HOUR_MS }];
  });
  expect(asked).toEqual(['intervention 0', 'intervention 1']);
  expect(nodeOf(root, 'bad')).toMatchObject({ status: 'Success', attempt: 1 });
  expect(endedAt).toBe(START_AT + 2 * HOUR_MS + 2_000);
});

test('inputs are given to a step that asks for them', async () => {
  const step =
    '- step: {identifier: a, name: a, type: ShellScript, timeout: 1d, spec: {shell: Bash, source: {type: Inline, spec: {script: <+input>.executionInput()}}}}';
  const { root } = await run([step], ({ kind }) =>
    kind === 'input' ? [{ kind: 'inputs', inputs: { 'spec.source.spec.script': 'echo hi' }, afterMs: HOUR_MS }] : [],
  );
  expect(nodeOf(root, 'a')).toMatchObject({
    status: 'Success',
    stepParameters: { source: { spec: { script: 'echo hi' } } },
  });
});
