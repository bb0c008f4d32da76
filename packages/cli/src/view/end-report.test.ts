import type { RunEvent } from '@bridle/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEnd } from '../local/local-run.ts';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import { endReport, finalTree, type ReportOptions } from './end-report.ts';
import { print } from './pieces.ts';
import { isBroken, RunTree, visible, type TreeNode } from './run-tree.ts';
import { execution, log, node, stage, START, step, waiting } from './test-events.ts';
import { anyEvents } from './test-random-events.ts';

const BRUSH = { style: createStyle(false), symbols: chooseSymbols({}, 'linux'), nowMs: START };
const END: RunEnd = { status: 'Failed', durationMs: 72_000, neededPerson: false };

function treeOf(events: readonly RunEvent[]): RunTree {
  const tree = new RunTree();
  for (const event of events) tree.apply(event);
  return tree;
}

function report(events: readonly RunEvent[], end: RunEnd = END, given: Partial<ReportOptions> = {}): string {
  const lines = endReport(treeOf(events), end, { ...BRUSH, isQuiet: false, file: 'release.yaml', ...given });
  return `\n${lines.join('\n')}\n`;
}

const BAD: readonly RunEvent[] = [
  execution('Failed'),
  node('p', 'pipeline', { status: 'Failed', to: 72 }),
  stage('p/build', { status: 'Success', to: 32 }),
  step('p/build/compile', { status: 'Success', to: 32 }),
  stage('p/test', { status: 'Failed', from: 32, to: 72, failure: { message: 'unit failed', types: [] } }),
  step('p/test/lint', { status: 'Success', from: 32, to: 33 }),
  step('p/test/unit#0', { status: 'Failed', superseded: true, from: 33, to: 50, line: 14 }),
  step('p/test/unit#1', {
    from: 50,
    attempt: 1,
    line: 14,
  }),
  ...log('p/test/unit#1', ...Array.from({ length: 25 }, (_, index) => `line ${index}`), '\u001b[31mboom\u001b[0m'),
  step('p/test/unit#1', {
    status: 'Failed',
    from: 50,
    to: 72,
    attempt: 1,
    line: 14,
    exitCode: 7,
    failure: { message: 'The script ended with exit code 7.', types: ['APPLICATION_ERROR'] },
  }),
  {
    type: 'tests',
    time: '2026-11-26T12:01:00Z',
    planExecutionId: 'exec',
    node: 'p/test/unit#1',
    total: 120,
    failed: 1,
    skipped: 2,
    durationMs: 900,
    failures: [{ name: 'money › adds', message: 'expected 3\nto be 4' }],
  },
  step('p/test/publish', {
    status: 'Skipped',
    when: { status: 'Success', statusHolds: false, expressions: [] },
  }),
];

describe('the end of a run', () => {
  it('tells what failed, where, and how it ended', () => {
    expect(report(BAD)).toMatchInlineSnapshot(`
      "
      ✓ build      Success  32s  1 step
      ✗ test       Failed  40s  3 steps, 1 skipped
        ✓ lint     Success  1s
        ✗ unit     Failed  22s  attempt 2  The script ended with exit code 7.
        ○ publish  Skipped  it runs only if nothing before it failed

      ✗ test › unit  Failed  exit code 7, attempt 2 of 2, release.yaml:14
        The script ended with exit code 7.
        ✗ money › adds: expected 3
        │ line 6
        │ line 7
        │ line 8
        │ line 9
        │ line 10
        │ line 11
        │ line 12
        │ line 13
        │ line 14
        │ line 15
        │ line 16
        │ line 17
        │ line 18
        │ line 19
        │ line 20
        │ line 21
        │ line 22
        │ line 23
        │ line 24
        │ boom

      ✗ Failed  Release  1m 12s  4 steps: 2 succeeded, 1 skipped, 1 failed. 120 tests, 1 failed, 2 skipped
      "
    `);
  });

  it('is brief when asked to be', () => {
    expect(report(BAD, END, { isQuiet: true })).toMatchInlineSnapshot(`
      "
      ✗ test › unit  Failed  exit code 7, attempt 2 of 2, release.yaml:14
        The script ended with exit code 7.
        ✗ money › adds: expected 3
        │ line 6
        │ line 7
        │ line 8
        │ line 9
        │ line 10
        │ line 11
        │ line 12
        │ line 13
        │ line 14
        │ line 15
        │ line 16
        │ line 17
        │ line 18
        │ line 19
        │ line 20
        │ line 21
        │ line 22
        │ line 23
        │ line 24
        │ boom

      ✗ Failed  Release  1m 12s  4 steps: 2 succeeded, 1 skipped, 1 failed. 120 tests, 1 failed, 2 skipped
      "
    `);
  });

  it('says why something was skipped, and nothing more of what went well', () => {
    const events = [
      execution('Success'),
      stage('p/build', { status: 'Success', to: 9 }),
      step('p/build/compile', { status: 'Success', to: 9 }),
      step('p/build/publish', {
        status: 'Skipped',
        when: {
          status: 'Success',
          statusHolds: true,
          condition: '<+pipeline.variables.env> == "prod"\n  && <+stage.variables.count> > 3',
          conditionHolds: false,
          expressions: [
            { expression: '<+pipeline.variables.env>', value: 'dev' },
            { expression: '<+stage.variables.count>', value: '2' },
          ],
        },
      }),
    ];
    expect(report(events, { ...END, status: 'Success' })).toMatchInlineSnapshot(`
      "
      ✓ build      Success  9s  2 steps, 1 skipped
        ○ publish  Skipped  <+pipeline.variables.env> == "prod" && <+stage.variables.count> > 3 was false: env is "dev", count is 2

      ✓ Success  Release  1m 12s  2 steps: 1 succeeded, 1 skipped
      "
    `);
  });

  it('names all turns of a loop that failed, and tells of three', () => {
    const turns = Array.from({ length: 8 }, (_, index) => {
      const status = index % 2 === 0 ? ('Success' as const) : ('Failed' as const);
      const failure = { message: `no luck with ${index}`, types: [] };
      const turn = { index, total: 8, label: '' };
      return step(`p/test/unit/unit_${index}`, {
        status,
        turn,
        to: index,
        ...(status === 'Failed' ? { failure } : {}),
      });
    });
    const events = [
      execution('Failed'),
      stage('p/test', { status: 'Failed', to: 9 }),
      node('p/test/unit', 'strategy', { status: 'Failed', to: 9 }),
      ...turns,
    ];
    expect(report(events)).toMatchInlineSnapshot(`
      "
      ✗ test        Failed  9s  8 steps
        ✗ unit      Failed  9s  8 of 8  ✓ 4  ✗ 4
          ✗ unit_1  Failed  1s  no luck with 1
          ✗ unit_3  Failed  3s  no luck with 3
          ✗ unit_5  Failed  5s  no luck with 5
          ✗ unit_7  Failed  7s  no luck with 7

      ✗ test › unit_1  Failed
        no luck with 1

      ✗ test › unit_3  Failed
        no luck with 3

      ✗ test › unit_5  Failed
        no luck with 5

      … 1 more failed

      ✗ Failed  Release  1m 12s  8 steps: 4 succeeded, 4 failed
      "
    `);
  });

  it('tells of an abort in few words', () => {
    const events = [
      execution('Aborted'),
      stage('p/build', { status: 'Aborted', to: 9 }),
      ...log('p/build/compile', 'compiling'),
      step('p/build/compile', { status: 'Aborted', to: 9 }),
    ];
    expect(report(events, { ...END, status: 'Aborted' })).toMatchInlineSnapshot(`
      "
      ■ build      Aborted  9s  1 step
        ■ compile  Aborted  9s

      ■ Aborted  Release  1m 12s  1 step: 1 aborted
      "
    `);
  });

  it('says how to answer what nobody was there to answer', () => {
    const events = [
      execution('Aborted'),
      stage('p/gate', { status: 'Aborted', to: 9 }),
      step('p/gate/ask', { status: 'ApprovalWaiting' }),
      waiting('p/gate/ask', 'Live?'),
      step('p/gate/ask', { status: 'Aborted', to: 9 }),
    ];
    expect(report(events, { ...END, status: 'Aborted', neededPerson: true }, { isQuiet: true })).toMatchInlineSnapshot(`
      "
      ! gate › ask needs a person, and there is nobody to ask. Answer with --approve gate.ask, --reject gate.ask or --yes.

      ■ Aborted  Release  1m 12s  1 step: 1 aborted
      "
    `);
  });

  it('R1 has every node that failed in the tree, R2 and the summary at the end', () => {
    const broken = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
      visible(nodes).flatMap((each) => [...(isBroken(each) ? [each] : []), ...broken(each.children)]);
    fc.assert(
      fc.property(anyEvents(), (events) => {
        const named = events.map((event, index) => (event.type === 'node' ? { ...event, name: `<${index}>` } : event));
        const tree = treeOf(named);
        const text = finalTree(tree, BRUSH).map(print).join('\n');
        for (const { state } of broken(tree.roots)) expect(text).toContain(` ${state.name} `);
        expect(report(named).trimEnd().split('\n').at(-1)).toContain('✗ Failed  ');
      }),
    );
  });
});
