import type { RunEvent } from '@bridle/protocol';
import { displayWidth } from '@bridle/text';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import { liveFrame, type FrameOptions } from './live-frame.ts';
import { RunTree } from './run-tree.ts';
import { BUILD, execution, log, node, stage, START, step, waiting } from './test-events.ts';
import { anyEvents } from './test-random-events.ts';

function treeOf(events: readonly RunEvent[]): RunTree {
  const tree = new RunTree();
  for (const event of events) tree.apply(event);
  return tree;
}

function frame(events: readonly RunEvent[], given: Partial<FrameOptions> = {}): string {
  const lines = liveFrame(treeOf(events), {
    columns: 79,
    rows: 24,
    nowMs: START + 72_000,
    style: createStyle(false),
    symbols: chooseSymbols({}, 'linux'),
    isStopping: false,
    ...given,
  });
  return `\n${lines.join('\n')}\n`;
}

describe('the live view', () => {
  it('shows stages and steps; what is done is one line, what runs has its last lines', () => {
    expect(frame(BUILD)).toMatchInlineSnapshot(`
      "
      ✓ build      Success  32s  2 steps
      ○ docs       Skipped  <+pipeline.variables.env> == "prod" was false: env is "d…
      ● test       Running  40s
        ✓ unit     Success  8s
        ● browser  Running  40s
          │ starting
          │ ok 1 of 40
          │ ok 2 of 40

      ● Release  Running  1m 12s  3 done, 1 running
      "
    `);
  });

  it('shows a matrix as one line with counts and a few of its turns', () => {
    const turns = Array.from({ length: 50 }, (_, index) =>
      index < 20 ? ('Success' as const) : index === 20 ? ('Failed' as const) : ('Running' as const),
    );
    const events = [
      execution(),
      stage('p/test'),
      node('p/test/unit', 'strategy'),
      ...turns.flatMap((status, index) => {
        const id = `p/test/unit/unit_${index}`;
        const turn = { index, total: 256, label: `os ${index}` };
        return [step(id, { status, turn, ...(status === 'Running' ? {} : { to: 9 }) }), ...log(id, `line of ${index}`)];
      }),
    ];
    expect(frame(events)).toMatchInlineSnapshot(`
      "
      ● test              Running  1m 12s
        ● unit            Running  1m 12s  21 of 256  ✓ 20  ✗ 1  ● 29
          ✗ unit (os 20)  Failed  9s
          ● unit (os 21)  Running  1m 12s
            │ line of 21
          ● unit (os 22)  Running  1m 12s
            │ line of 22
          ● unit (os 23)  Running  1m 12s
            │ line of 23

      ● Release  Running  1m 12s  20 done, 1 failed, 29 running
      "
    `);
  });

  it('lets what waits for a person stand out, with its question', () => {
    const events = [
      execution(),
      stage('p/gate', { status: 'ApprovalWaiting' }),
      step('p/gate/ask', { status: 'ApprovalWaiting', from: 60 }),
      waiting('p/gate/ask', 'Shall build 42 go live?\nIt has 3 changes.'),
    ];
    expect(frame(events)).toMatchInlineSnapshot(`
      "
      ◔ gate   Waiting for approval  1m 12s
        ◔ ask  Waiting for approval  12s
          │ Shall build 42 go live?
          │ It has 3 changes.

      ● Release  Running  1m 12s  1 waiting for you
      "
    `);
  });

  it('keeps to a small screen', () => {
    expect(frame(BUILD, { columns: 39, rows: 10 })).toMatchInlineSnapshot(`
      "
      ✓ build      Success  32s  2 steps
      ○ docs       Skipped  <+pipeline.varia…
      ● test       Running  40s
        ✓ unit     Success  8s
        ● browser  Running  40s
          │ starting
          │ ok 1 of 40
          │ ok 2 of 40

      ● Release  Running  1m 12s  3 done, 1 …
      "
    `);
    expect(frame(BUILD, { columns: 39, rows: 6 })).toMatchInlineSnapshot(`
      "
      … 3 lines more
      ● test       Running  40s
        ● browser  Running  40s
          │ ok 1 of 40
          │ ok 2 of 40
      ● Release  Running  1m 12s  3 done, 1 …
      "
    `);
    expect(frame(BUILD, { columns: 12, rows: 3 })).toMatchInlineSnapshot(`
      "
      … 4 lines m…
        ● browser…
      ● Release  …
      "
    `);
  });

  it('V2 gives up older lines of logs first, then what is over, the deeper the sooner', () => {
    const done = Array.from({ length: 6 }, (_, index) => stage(`p/stage_${index}`, { status: 'Success', to: 1 }));
    const steps = Array.from({ length: 6 }, (_, index) => step(`p/last/step_${index}`, { status: 'Success', to: 1 }));
    const lines = Array.from({ length: 6 }, (_, index) => `line ${index}`);
    const events = [
      execution(),
      ...done,
      stage('p/last'),
      ...steps,
      step('p/last/now'),
      ...log('p/last/now', ...lines),
    ];
    expect(frame(events, { rows: 16 })).toMatchInlineSnapshot(`
      "
      ✓ stage_0   Success  1s
      ✓ stage_1   Success  1s
      ✓ stage_2   Success  1s
      ✓ stage_3   Success  1s
      ✓ stage_4   Success  1s
      ✓ stage_5   Success  1s
      ● last      Running  1m 12s
      … 4 lines more
        ✓ step_4  Success  1s
        ✓ step_5  Success  1s
        ● now     Running  1m 12s
          │ line 3
          │ line 4
          │ line 5

      ● Release  Running  1m 12s  6 done, 1 running
      "
    `);
  });

  it('has a form without symbols and one with colours', () => {
    expect(frame(BUILD, { symbols: chooseSymbols({ BRIDLE_ASCII: '1' }, 'linux') })).toMatchInlineSnapshot(`
      "
      + build      Success  32s  2 steps
      - docs       Skipped  <+pipeline.variables.env> == "prod" was false: env is ...
      * test       Running  40s
        + unit     Success  8s
        * browser  Running  40s
          | starting
          | ok 1 of 40
          | ok 2 of 40

      * Release  Running  1m 12s  3 done, 1 running
      "
    `);
    expect(JSON.stringify(frame(BUILD.slice(0, 6), { style: createStyle(true) }))).toMatchInlineSnapshot(
      `""\\n\\u001b[32m✓\\u001b[39m \\u001b[1mbuild\\u001b[22m  \\u001b[32mSuccess\\u001b[39m\\u001b[2m  32s\\u001b[22m\\u001b[2m  2 steps\\u001b[22m\\n\\n\\u001b[34m●\\u001b[39m \\u001b[1mRelease\\u001b[22m  \\u001b[34mRunning\\u001b[39m\\u001b[2m  1m 12s\\u001b[22m  \\u001b[2m2 done\\u001b[22m\\n""`,
    );
  });

  it('says what is copied, and what a second Ctrl-C does', () => {
    const copying: RunEvent = {
      type: 'progress',
      time: '2026-11-26T12:00:00Z',
      what: 'copy',
      text: 'Copying the workspace',
      done: 120,
      total: 900,
    };
    expect(frame([copying])).toMatchInlineSnapshot(`
      "
      → Copying the workspace  120 of 900
      "
    `);
    expect(frame([copying, { ...copying, finished: true }, ...BUILD.slice(0, 3)], { isStopping: true }))
      .toMatchInlineSnapshot(`
      "
      ● Release  Running  1m 12s
      Stopping… press Ctrl-C again to not wait
      "
    `);
  });

  it('indents groups, shows the stages of a chained run below its stage, and hides earlier attempts', () => {
    const events: readonly RunEvent[] = [
      execution(),
      stage('p/build'),
      node('p/build/checks', 'stepGroup'),
      step('p/build/checks/lint#0', { status: 'Failed', superseded: true, to: 3 }),
      step('p/build/checks/lint#1', { attempt: 1, from: 4 }),
      stage('p/deploy'),
      {
        type: 'execution',
        time: '2026-11-26T12:00:00Z',
        planExecutionId: 'child',
        parentNode: 'p/deploy',
        pipeline: { identifier: 'child', name: 'Child' },
        status: 'Running',
      },
      node('c', 'pipeline', { planExecutionId: 'child' }),
      stage('c/roll_out', { planExecutionId: 'child' }),
    ];
    expect(frame(events)).toMatchInlineSnapshot(`
      "
      ● build       Running  1m 12s
        ● checks    Running  1m 12s
          ● lint    Running  1m 8s  attempt 2
      ● deploy      Running  1m 12s
        ● roll_out  Running  1m 12s

      ● Release  Running  1m 12s  1 running
      "
    `);
  });

  it('shows nothing that moves the cursor', () => {
    const events = [
      execution(),
      stage('p/build'),
      step('p/build/bad', { name: 'bad\u001b[2J\nname' }),
      ...log('p/build/bad', 'one\rtwo\u001b[10;10Hthree\u0007', '\u001b]0;title\u0007tab\there'),
    ];
    const text = frame(events);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(text).toMatchInlineSnapshot(`
      "
      ● build       Running  1m 12s
        ● bad name  Running  1m 12s
          │ twothree
          │ tab    here

      ● Release  Running  1m 12s  1 running
      "
    `);
  });

  it('V1 is never higher or wider than the screen, whatever happens', () => {
    fc.assert(
      fc.property(
        anyEvents(),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 40 }),
        (events, columns, rows) => {
          const lines = liveFrame(treeOf(events), {
            columns,
            rows,
            nowMs: START,
            style: createStyle(false),
            symbols: chooseSymbols({}, 'linux'),
            isStopping: true,
          });
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('V2 keeps what waits for a person where there is hardly room', () => {
    fc.assert(
      fc.property(anyEvents(), (events) => {
        const text = frame([...events, stage('asking'), step('asking/ask', { status: 'ApprovalWaiting' })], {
          rows: 6,
        });
        expect(text).toContain('ask ');
      }),
    );
  });
});
