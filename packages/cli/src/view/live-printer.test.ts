import { describe, expect, it } from 'vitest';
import { LivePrinter } from './live-printer.ts';
import { BUILD, execution, log, stage, step } from './test-events.ts';
import { Screen } from './test-screen.ts';

const END = { status: 'Failed', durationMs: 72_000, neededPerson: false } as const;
const FRAME_BEGIN = '\u001b[?2026h';

function open(hasLogs = false): { readonly screen: Screen; readonly printer: LivePrinter } {
  const screen = new Screen({ columns: 60, rows: 12 });
  return { screen, printer: new LivePrinter(screen.terminal, { fields: undefined, hasLogs }) };
}

/** Durations tick. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\d+(?:ms|[smhd])(?: \d+[smh])?\b/g, 'TIME');
}

describe('the live printer', () => {
  it('redraws while it goes on, and leaves the report', async () => {
    const { screen, printer } = open();
    for (const event of BUILD) await printer.on(event);
    await screen.until('ok 2 of 40');
    expect(withoutTimes(screen.text())).toMatchInlineSnapshot(`
      "✓ build      Success  TIME  2 steps
      ○ docs       Skipped  <+pipeline.variables.env> == "prod" …
      ● test       Running  TIME
        ✓ unit     Success  TIME
        ● browser  Running  TIME
          │ starting
          │ ok 1 of 40
          │ ok 2 of 40

      ● Release  Running  TIME  3 done, 1 running"
    `);
    await printer.on(step('p/s/test/f/browser', { status: 'Success', from: 32, to: 60 }));
    await printer.on(stage('p/s/test', { status: 'Success', from: 32, to: 60 }));
    await printer.end({ ...END, status: 'Success' });
    expect(screen.everything()).toMatchInlineSnapshot(`
      "✓ build  Success  32s  2 steps
      ○ docs   Skipped  <+pipeline.variables.env> == "prod" was fa
      lse: env is "dev"
      ✓ test   Success  28s  2 steps

      ✓ Success  Release  1m 12s  4 steps: 4 succeeded"
    `);
    expect(screen.modes()).toEqual({ wraps: true, isHeldBack: false, showsCursor: true });
  });

  it('draws no more than its frames, however much happens', async () => {
    const { screen, printer } = open();
    const start = performance.now();
    for (const event of [execution(), stage('build'), step('build/unit')]) await printer.on(event);
    for (let count = 0; performance.now() - start < 400; count += 1) {
      for (const event of log('build/unit', `line ${count}`)) await printer.on(event);
      // Other work gets its turn, as in a run.
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await printer.on(step('build/done'));
    await screen.until('done');
    const frames = screen.written.split(FRAME_BEGIN).length - 1;
    expect(frames).toBeLessThanOrEqual(Math.ceil((performance.now() - start) / 66) + 1);
    await printer.end(END);
  });

  it('lets notes go by, and all lines of all steps where they are wanted', async () => {
    const { screen, printer } = open(true);
    for (const event of [execution(), stage('build'), step('build/unit'), ...log('build/unit', 'one', 'two\u001b[2J')])
      await printer.on(event);
    await printer.on({
      type: 'note',
      time: '',
      level: 'warning',
      text: 'There is no network, and nothing of what is needed from it is here.',
    });
    await screen.until('is here.');
    await screen.until('● Release');
    expect(withoutTimes(screen.text())).toMatchInlineSnapshot(`
      "build/unit │ one
      build/unit │ two
      ! There is no network, and nothing of what is needed from it
        is here.
      ● build   Running  TIME
        ● unit  Running  TIME
          │ one
          │ two

      ● Release  Running  TIME  1 running"
    `);
    await printer.end(END);
  });

  it('makes who writes wait for a slow terminal', async () => {
    const { screen, printer } = open(true);
    for (const event of [execution(), stage('build'), step('build/unit')]) await printer.on(event);
    const long = 'x'.repeat(10_000);
    let waits = 0;
    for (let count = 0; count < 100; count += 1) {
      for (const event of log('build/unit', `${count} ${long}`)) {
        const shown = printer.on(event);
        if (shown !== undefined) waits += 1;
        await shown;
      }
    }
    expect(waits).toBeGreaterThan(2);
    await printer.end(END);
    for (const count of [0, 50, 99]) expect(screen.written).toContain(`│ ${count} xxx`);
  });

  it('makes room for a question, and tells afterwards what happened meanwhile', async () => {
    const { screen, printer } = open();
    for (const event of BUILD) await printer.on(event);
    await printer.on({ type: 'note', time: '', level: 'info', text: 'before' });
    await printer.aside(async () => {
      expect(screen.text()).toBe('before');
      await printer.on({ type: 'note', time: '', level: 'info', text: 'meanwhile' });
      await screen.terminal.err.line('? yes');
    });
    await screen.until('● Release');
    expect(screen.everything().split('\n').slice(0, 4)).toEqual([
      'before',
      '? yes',
      'meanwhile',
      expect.stringContaining('build'),
    ]);
    await printer.end(END);
  });

  it('says what a second Ctrl-C does', async () => {
    const { screen, printer } = open();
    for (const event of BUILD) await printer.on(event);
    await printer.stopping();
    await screen.until('Stopping… press Ctrl-C again to not wait');
    await printer.end({ ...END, status: 'Aborted' });
  });
});
