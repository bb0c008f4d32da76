import type { RunEvent } from '@bridle/protocol';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import type { Stream, Terminal } from '../terminal/terminal.ts';
import { PlainPrinter } from './plain-printer.ts';
import { BUILD, execution, log, node, stage, step, waiting } from './test-events.ts';

function collect(isColoured: boolean): { readonly stream: Stream; readonly text: () => string } {
  let text = '';
  const write = (more: string): Promise<void> => {
    text += more;
    return Promise.resolve();
  };
  const stream: Stream = {
    stream: process.stdout,
    isTerminal: false,
    style: createStyle(isColoured),
    size: () => ({ columns: 80, rows: 24 }),
    write,
    line: (line) => write(`${line}\n`),
  };
  return { stream, text: () => text };
}

async function printed(
  events: readonly RunEvent[],
  { isQuiet = false, isColoured = false }: { readonly isQuiet?: boolean; readonly isColoured?: boolean } = {},
): Promise<{ readonly out: string; readonly err: string }> {
  const out = collect(isColoured);
  const err = collect(isColoured);
  const terminal: Terminal = {
    out: out.stream,
    err: err.stream,
    input: { stream: process.stdin, isTerminal: false },
    symbols: chooseSymbols({}, 'linux'),
    isQuiet,
  };
  const printer = new PlainPrinter(terminal, { fields: undefined, hasLogs: false });
  for (const event of events) await printer.on(event);
  await printer.end({ status: 'Failed', durationMs: 72_000, neededPerson: false });
  return { out: `\n${out.text()}`, err: err.text() };
}

const ENDED: readonly RunEvent[] = [
  ...BUILD,
  step('p/s/test/f/browser', {
    status: 'Failed',
    from: 32,
    to: 72,
    exitCode: 1,
    line: 40,
    failure: { message: 'The script ended with exit code 1.', types: [] },
  }),
  stage('p/s/test', { status: 'Failed', from: 32, to: 72 }),
  execution('Failed'),
];

describe('without a screen', () => {
  it('has a line for each change, and the lines of the steps as they come', async () => {
    const { out, err } = await printed(ENDED);
    const atUtc = out.replaceAll(/^\d\d:/gm, 'HH:');
    expect(atUtc).toMatchInlineSnapshot(`
      "
      HH:00:00  Release  Running
      HH:00:32  build  Success  32s
      HH:00:02  build › clone  Success  2s
      HH:00:32  build › compile  Success  30s
      HH:00:00  docs  Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"
      HH:00:32  test  Running
      HH:00:40  test › unit  Success  8s
      HH:00:32  test › browser  Running
      test/browser │ starting
      test/browser │ ok 1 of 40
      test/browser │ ok 2 of 40
      HH:01:12  test › browser  Failed  40s  The script ended with exit code 1.
      HH:01:12  test  Failed  40s

      ✓ build      Success  32s  2 steps
      ○ docs       Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"
      ✗ test       Failed  40s  2 steps
        ✓ unit     Success  8s
        ✗ browser  Failed  40s  The script ended with exit code 1.

      ✗ test › browser  Failed  exit code 1, line 40
        The script ended with exit code 1.
        │ starting
        │ ok 1 of 40
        │ ok 2 of 40

      ✗ Failed  Release  1m 12s  4 steps: 3 succeeded, 1 failed
      "
    `);
    expect(err).toBe('');
  });

  it('prints failures and the last line when it shall be quiet', async () => {
    expect((await printed(ENDED, { isQuiet: true })).out).toMatchInlineSnapshot(`
      "
      ✗ test › browser  Failed  exit code 1, line 40
        The script ended with exit code 1.
        │ starting
        │ ok 1 of 40
        │ ok 2 of 40

      ✗ Failed  Release  1m 12s  4 steps: 3 succeeded, 1 failed
      "
    `);
  });

  it('keeps lines as they are, long ones and tabs too; colours only where they are wanted', async () => {
    const long = 'x'.repeat(100_000);
    const events = [
      execution(),
      stage('build'),
      node('build/g', 'stepGroup'),
      step('build/g/unit'),
      ...log('build/g/unit', long, 'a\tb', '\u001b[31mred\u001b[0m', '10%\r20%\r100%'),
    ];
    const { out } = await printed(events);
    expect(out).toContain(`build/g/unit │ ${long}\nbuild/g/unit │ a\tb\nbuild/g/unit │ red\nbuild/g/unit │ 100%\n`);
    expect((await printed(events, { isColoured: true })).out).toContain('\u001b[31mred\u001b[0m');
  });

  it('says each change once, each attempt, and what a person is asked', async () => {
    const events = [
      execution(),
      stage('gate', { status: 'Running' }),
      step('gate/call#0', { status: 'Running' }),
      step('gate/call#0', { status: 'Failed', to: 2, failure: { message: 'refused\nmore', types: [] } }),
      step('gate/call#0', { status: 'Failed', to: 2, superseded: true }),
      step('gate/call#1', { status: 'Running', from: 5, attempt: 1 }),
      step('gate/call#1', { status: 'Success', from: 5, to: 6, attempt: 1 }),
      step('gate/ask', { status: 'NotStarted' }),
      step('gate/ask', { status: 'ApprovalWaiting', from: 6 }),
      stage('gate', { status: 'ApprovalWaiting' }),
      waiting('gate/ask', 'Go live?\nReally?'),
      step('gate/ask', { status: 'Success', from: 6, to: 9 }),
      stage('gate', { status: 'Running' }),
      stage('gate', { status: 'Success', to: 9 }),
    ];
    expect((await printed(events)).out.replaceAll(/^\d\d:/gm, 'HH:')).toMatchInlineSnapshot(`
      "
      HH:00:00  Release  Running
      HH:00:00  gate  Running
      HH:00:00  gate › call  Running
      HH:00:02  gate › call  Failed  2s  refused
      HH:00:05  gate › call  Running  attempt 2
      HH:00:06  gate › call  Success  1s  attempt 2
      HH:00:00  gate › ask  Waiting for approval
      gate/ask │ Go live?
      gate/ask │ Really?
      HH:00:09  gate › ask  Success  3s
      HH:00:09  gate  Success  9s

      ✓ gate  Success  9s  2 steps

      ✗ Failed  Release  1m 12s  2 steps: 2 succeeded
      "
    `);
  });

  it('says beside it what is to be known', async () => {
    const { out, err } = await printed([
      { type: 'note', time: '', level: 'warning', text: 'The secret npm_token is not there.' },
      { type: 'note', time: '', level: 'info', text: 'Images come from the cache.' },
      { type: 'progress', time: '', what: 'copy', text: 'Copying the workspace', done: 1, total: 9 },
      { type: 'progress', time: '', what: 'copy', text: 'Copying the workspace', done: 9, total: 9, finished: true },
    ]);
    expect(err).toBe('! The secret npm_token is not there.\nImages come from the cache.\n→ Copying the workspace\n');
    expect(out).not.toContain('npm_token');
  });
});
