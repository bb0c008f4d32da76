import { expect, test } from 'vitest';
import { createExecution, advance } from '../engine/advance.ts';
import type { ScenarioWorld } from '../engine/scenario-world.ts';
import { describeEvent } from './describe-event.ts';
import { recordYaml } from './test-records.ts';

function describeAll(steps: string, world: ScenarioWorld = {}): readonly string[] {
  const { header, events } = recordYaml(
    `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: Custom
        spec:
          execution:
            steps:
${steps.replace(/^/gm, '              ')}
`,
    world,
  );
  let execution = createExecution(header.execution, header.createdAt);
  return events.map((event) => {
    const words = describeEvent(execution, event);
    execution = advance(execution, event).execution;
    return words;
  });
}

const script = (identifier: string, more = ''): string =>
  `- step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, source: {type: Inline, spec: {script: x}}}}`;
const onFailure = (action: string): string =>
  `failureStrategies: [{onFailure: {errors: [AllErrors], action: ${action}}}], `;

test('results, attempts and the pauses between them', () => {
  const retry = onFailure(
    '{type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: {type: MarkAsFailure}}}}',
  );
  expect(describeAll(script('a', retry), { steps: { a: [{ status: 'Failed' }, {}] } })).toEqual([
    'at the start',
    'when a began',
    'after a had failed',
    'after the pause before the next attempt of a (attempt 2)',
    'when a (attempt 2) began',
    'after a (attempt 2) had succeeded',
  ]);
});

test('waits, approvals, interventions and what ends them', () => {
  const approval =
    '- step: {identifier: ok, name: ok, type: HarnessApproval, spec: {approvalMessage: go?, approvers: {userGroups: [account._account_all_users], minimumCount: 1}}}';
  const manual = onFailure('{type: ManualIntervention, spec: {timeout: 5m, onTimeout: {action: {type: Ignore}}}}');
  const steps = [
    '- step: {identifier: w, name: w, type: Wait, spec: {duration: 10s}}',
    approval,
    script('a', manual),
    script('b', 'timeout: 1m, '),
  ].join('\n');
  const world: ScenarioWorld = {
    steps: { a: { status: 'Failed' }, b: { durationMs: 600_000, stopMs: 'never' } },
    acts: [{ atMs: 20_000, node: 'ok', answer: 'APPROVE' }],
  };
  expect(describeAll(steps, world)).toEqual([
    'at the start',
    'after the wait of w',
    'after ok was approved',
    'when a began',
    'after a had failed',
    'after nobody had intervened at a',
    'when b began',
    'after the time of b was over',
    'after b had not stopped in time',
  ]);
});

test('interrupts, lost delegates and tasks that nobody takes', () => {
  const steps = [script('a', onFailure('{type: Ignore}')), script('b', onFailure('{type: Ignore}')), script('c')].join(
    '\n',
  );
  const world: ScenarioWorld = {
    steps: { a: { status: 'Lost' }, b: { status: 'Unassignable' }, c: { durationMs: 60_000 } },
    acts: [
      { atMs: 10_000, node: 'c', interrupt: 'MarkAsFailure' },
      { atMs: 11_000, interrupt: 'AbortAll' },
    ],
  };
  expect(describeAll(steps, world)).toEqual([
    'at the start',
    'when a began',
    'after the delegate of a was lost',
    'after no delegate took b',
    'when c began',
    'after MarkAsFailure of c',
    'after c was stopped',
    'after AbortAll',
  ]);
});
