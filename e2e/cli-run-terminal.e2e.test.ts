/** What people see of `bridle run` in a terminal. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLI_FOLDER, CLI_SECRET, normalised, openCli } from './src/cli.ts';
import { processesNamed, untilGone } from './src/processes.ts';
import { hasPseudoTerminals, KEYS, type TerminalOptions, type TerminalSession } from './src/terminal.ts';

/** In it are the folders of runs: none outlives its run. */
let cache: string;

beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'bridle-cli-run-'));
});

const sessions: TerminalSession[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.dispose();
});

afterAll(() => {
  rmSync(cache, { recursive: true, force: true });
});

function on(words: readonly string[], options: Partial<TerminalOptions> = {}): TerminalSession {
  const { environment = {}, ...size } = options;
  const given = { folder: CLI_FOLDER, environment: { BRIDLE_CACHE: cache, ...environment }, ...size };
  const session = openCli(['run', ...words], given);
  sessions.push(session);
  return session;
}

/** All that is on the screen and above it when it is over. */
async function finalScreen(session: TerminalSession): Promise<{ readonly exitCode: number; readonly screen: string }> {
  const exitCode = await session.exited;
  return { exitCode, screen: `\n${normalised(session.everything())}\n` };
}

/** The cursor shows, and lines wrap. */
function expectRestored({ written }: TerminalSession): void {
  expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(written.lastIndexOf('\u001b[?25l'));
  expect(written.lastIndexOf('\u001b[?7h')).toBeGreaterThanOrEqual(written.lastIndexOf('\u001b[?7l'));
}

describe.runIf(hasPseudoTerminals())('in a terminal', () => {
  it('success: live, and one line for each stage in the end', async () => {
    const session = on(['success.yaml']);
    await session.until('● Build');
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "screen": "
      ✓ Build  Success  TIME  2 steps
      ✓ Greet  Success  TIME  1 step

      ✓ Success  Greet  TIME  3 steps: 3 succeeded
      ",
      }
    `);
    expectRestored(session);
  });

  it('failure: the last lines of the failing step', async () => {
    expect(await finalScreen(on(['failure.yaml']))).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "screen": "
      ✗ Test          Failed  TIME  3 steps, 1 skipped
        ✓ Prepare     Success  TIME
        ✗ Unit tests  Failed  TIME  The script ended with exit code 7.
        ○ Publish     Skipped  it runs only if nothing before it failed
      ✓ Clean up      Success  TIME  1 step

      ✗ Test › Unit tests  Failed  exit code 7, failure.yaml:20
        The script ended with exit code 7.
        │ test 13 ok
        │ test 14 ok
        │ test 15 ok
        │ test 16 ok
        │ test 17 ok
        │ test 18 ok
        │ test 19 ok
        │ test 20 ok
        │ test 21 ok
        │ test 22 ok
        │ test 23 ok
        │ test 24 ok
        │ test 25 ok
        │ test 26 ok
        │ test 27 ok
        │ test 28 ok
        │ test 29 ok
        │ test 30 ok
        │ test 31 failed: expected 3, got 4
        │ Execution ended with exit code 7

      ✗ Failed  Broken  TIME  4 steps: 2 succeeded, 1 skipped, 1 failed
      ",
      }
    `);
  });

  it('skip, retry, timeout: told in the tree', async () => {
    expect((await finalScreen(on(['skip.yaml'], { columns: 100 }))).screen).toMatchInlineSnapshot(`
      "
      ✓ Build     Success  TIME  2 steps, 1 skipped
        ○ Report  Skipped  it runs only if something before it failed
      ○ Go live   Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"

      ✓ Success  Deploy  TIME  2 steps: 1 succeeded, 1 skipped
      "
    `);
    expect((await finalScreen(on(['retry.yaml'], { columns: 100 }))).screen).toMatchInlineSnapshot(`
      "
      ✗ Call     Failed  TIME  1 step
        ✗ Fetch  Failed  TIME  attempt 3  The script ended with exit code 6.

      ✗ Call › Fetch  Failed  exit code 6, attempt 3 of 3, retry.yaml:12
        The script ended with exit code 6.
        │ Executing step fetch with Bash (bash)
        │ no answer
        │ Execution ended with exit code 6

      ✗ Failed  Stubborn  TIME  1 step: 1 failed
      "
    `);
    expect((await finalScreen(on(['timeout.yaml'], { columns: 100 }))).screen).toMatchInlineSnapshot(`
      "
      ! timeout.yaml:16: Harness refuses the timeout TIME of the step sleep, because it is shorter than TIME;
        Bridle runs it.
      ✗ Wait     Expired  TIME  1 step
        ✗ Sleep  Expired  TIME  Sleep ran longer than its timeout of TIME.

      ✗ Wait › Sleep  Expired  timeout.yaml:12
        Sleep ran longer than its timeout of TIME.
        │ Executing step sleep with Bash (bash)
        │ going to sleep
        │ Execution was stopped before it ended.

      ✗ Expired  Slow  TIME  1 step: 1 expired
      "
    `);
  });

  it('approval: answered by keys', async () => {
    const session = on(['approval.yaml']);
    await session.until(/Leave it waiting\n└$/);
    expect(`\n${session.screen()}\n`).toMatchInlineSnapshot(`
      "
      You answer approvals alone, whoever their approvers are; a server asks the
      people they name.
      │
      ◆  Gate › Ask waits for approval
      │  Shall build 42 go live?
      │  ● Approve
      │  ○ Reject
      │  ○ Leave it waiting
      └
      "
    `);
    session.type(KEYS.enter);
    await session.until('OPS-1');
    session.type(`\b7${KEYS.enter}`);
    await session.until('Comment');
    session.type(`go on${KEYS.enter}`);
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "screen": "
      You answer approvals alone, whoever their approvers are; a server asks the
      people they name.
      │
      ◇  Gate › Ask waits for approval
      │  Shall build 42 go live?
      │  Approve
      │
      ◇  ticket
      │  OPS-7
      │
      ◇  Comment
      │  go on

      ✓ Gate     Success  TIME  1 step
      ✓ Go live  Success  TIME  1 step

      ✓ Success  Release  TIME  2 steps: 2 succeeded
      ",
      }
    `);
    expectRestored(session);
  });

  it('approval: rejected by keys', async () => {
    const session = on(['approval.yaml']);
    await session.until('Leave it waiting');
    session.type(`${KEYS.down}${KEYS.enter}`);
    await session.until('Comment');
    session.type(`not today${KEYS.enter}`);
    const { exitCode, screen } = await finalScreen(session);
    expect(exitCode).toBe(1);
    expect(screen).toContain('you rejected the approval: not today');
  });

  it('approval: left, and answered later', async () => {
    const session = on(['approval.yaml']);
    await session.until('Leave it waiting');
    session.type(KEYS.escape);
    await session.until('Press Enter to be asked again.');
    await session.until('◔ Release  Waiting for approval');
    session.type(KEYS.enter);
    await session.until('Leave it waiting');
    session.type(KEYS.enter);
    await session.until('OPS-1');
    session.type(KEYS.enter);
    await session.until('Comment');
    session.type(KEYS.enter);
    expect(await session.exited).toBe(0);
    // The view that the Enter key moved has left nothing behind.
    expect(session.everything().split('◔ Release')).toHaveLength(1);
  });

  it('approval: its time is over, and the question goes away', async () => {
    const session = on(['approval-timeout.yaml'], { columns: 100 });
    await session.until('Leave it waiting');
    const { exitCode, screen } = await finalScreen(session);
    expect(exitCode).toBe(3);
    expect(screen).toMatchInlineSnapshot(`
      "
      ! approval-timeout.yaml:16: Harness refuses the timeout TIME of the step ask, because it is shorter
        than TIME; Bridle runs it.
      You answer approvals alone, whoever their approvers are; a server asks the people they name.
      │
      ◆  Gate › Ask waits for approval
      │  Shall build 42 go live?
      │  ● Approve
      │  ○ Reject
      │  ○ Leave it waiting
      └

      It needs no answer any more.

      ✗ Gate     Expired  TIME  1 step
        ✗ Ask    Expired  TIME  Ask ran longer than its timeout of TIME.
      ○ Go live  Skipped  it runs only if nothing before it failed

      ✗ Gate › Ask  Expired  approval-timeout.yaml:12
        Ask ran longer than its timeout of TIME.

      ✗ Expired  Late  TIME  1 step: 1 expired
      "
    `);
    expectRestored(session);
  });

  it('approval: Ctrl-C ends the run', async () => {
    const session = on(['approval.yaml']);
    await session.until('Leave it waiting');
    session.type(KEYS.ctrlC);
    expect(await session.exited).toBe(130);
    expectRestored(session);
  });

  it('a failure that is decided about, and a value that is asked for, one after the other', async () => {
    const session = on(['decisions.yaml']);
    await session.until('Work › Flaky failed. What now?');
    await session.until('● Retry (run it again)');
    session.type(`${KEYS.down}${KEYS.enter}`);
    await session.until('Work › Greet waits for input');
    session.type(`${KEYS.down}${KEYS.enter}`);
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "screen": "
      │
      ◇  Work › Flaky failed. What now?
      │  The script ended with exit code 1.
      │  Ignore

      │
      ◇  Work › Greet waits for input
      │  spec.environmentVariables.WHO.value
      │  everybody

      ✓ Work  Failure ignored  TIME  2 steps, 1 failed and ignored

      ✓ Failure ignored  Decisions  TIME  2 steps: 1 succeeded, 1 failed and ignored
      ",
      }
    `);
  });

  it('without colours and symbols where they are not wanted', async () => {
    const session = on(['success.yaml', '--logs'], { environment: { NO_COLOR: '1', BRIDLE_ASCII: '1' } });
    expect((await finalScreen(session)).screen).toMatchInlineSnapshot(`
      "
      build/compile | Executing step compile with Bash (bash)
      build/compile | compiling 14 modules
      build/compile | Execution ended with exit code 0
      build/unit | Executing step unit with Bash (bash)
      build/unit | 12 passed
      build/unit | Execution ended with exit code 0
      greet/hello | Executing step hello with Bash (bash)
      greet/hello | Hello, world!
      greet/hello | Execution ended with exit code 0
      + Build  Success  TIME  2 steps
      + Greet  Success  TIME  1 step

      + Success  Greet  TIME  3 steps: 3 succeeded
      "
    `);
    expect(session.written).not.toMatch(/\u001b\[[\d;]*m/);
  });

  it('another size of the window', async () => {
    const mark = `bridle-e2e-resize-${process.pid}`;
    const session = on(['stop.yaml', '-i', `mark=${mark}`]);
    await session.until('serving');
    await session.resize(30, 8);
    await session.until(/Executing step loop wi…\n.*│ serving\n\n\S/);
    // Its last line is cut where its duration allows.
    expect(normalised(session.screen()).split('\n').slice(0, -1)).toEqual([
      '● Serve   Running  TIME',
      '  ● Loop  Running  TIME',
      '    │ Executing step loop wi…',
      '    │ serving',
      '',
    ]);
    await session.resize(100, 20);
    await session.until(/│ Executing step loop with Bash \(\S+\)\n.*│ serving\n\n● Endless .* 1 running$/);
    expect(normalised(session.screen())).toMatchInlineSnapshot(`
      "● Serve   Running  TIME
        ● Loop  Running  TIME
          │ Executing step loop with Bash (bash)
          │ serving

      ● Endless  Running  TIME  1 running"
    `);
    session.type(KEYS.ctrlC);
    expect(await session.exited).toBe(130);
  });

  it('a matrix of 50: counts while it runs, the failed turn in the end', async () => {
    const session = on(['matrix.yaml'], { columns: 90, rows: 14 });
    await session.until(/\d+ of 50 {2}✓ \d/);
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "screen": "
      ✗ Test             Failed  TIME  50 steps
        ✗ Unit           Failed  TIME  50 of 50  ✓ 49  ✗ 1
          ✗ Unit (4, 2)  Failed  TIME  The script ended with exit code 1.

      ✗ Test › Unit (4, 2)  Failed  exit code 1, matrix.yaml:12
        The script ended with exit code 1.
        │ Executing step unit_4_2 with Bash (bash)
        │ number 42
        │ Execution ended with exit code 1

      ✗ Failed  Many  TIME  50 steps: 49 succeeded, 1 failed
      ",
      }
    `);
  });

  it('Ctrl-C: all processes gone, the terminal as it was', async () => {
    const mark = `bridle-e2e-ctrl-c-${process.pid}`;
    const session = on(['stop.yaml', '-i', `mark=${mark}`]);
    await session.until('serving');
    await expect.poll(() => processesNamed(mark)).toHaveLength(2);
    session.type(KEYS.ctrlC);
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "screen": "
      ■ Serve   Aborted  TIME  1 step
        ■ Loop  Aborted  TIME

      ■ Aborted  Endless  TIME  1 step: 1 aborted
      ",
      }
    `);
    expect(await processesNamed(mark)).toEqual([]);
    expectRestored(session);
  });

  it('Ctrl-C twice: does not wait for who does not listen', async () => {
    const mark = `bridle-e2e-twice-${process.pid}`;
    const session = on(['stubborn.yaml', '-i', `mark=${mark}`]);
    await session.until('serving');
    session.type(KEYS.ctrlC);
    await session.until('Stopping… press Ctrl-C again to not wait');
    session.type(KEYS.ctrlC);
    expect(await session.exited).toBe(130);
    expectRestored(session);
    // What it left to its watchdog is done in a moment.
    await untilGone(mark);
    await expect.poll(() => readdirSync(join(cache, 'runs')), { timeout: 15_000 }).toEqual([]);
  });

  it('Ctrl-Z: gives the terminal back, and takes it again', async () => {
    const mark = `bridle-e2e-ctrl-z-${process.pid}`;
    const session = on(['stop.yaml', '-i', `mark=${mark}`]);
    await session.until('serving');
    session.type(KEYS.ctrlZ);
    await session.untilStopped();
    // What it wrote before it stopped is still on its way through the terminal.
    await session.until(/^(?![^]*serving)/);
    expectRestored(session);
    session.goOn();
    await session.until('serving');
    session.type(KEYS.ctrlC);
    expect(await session.exited).toBe(130);
  });

  it('errors before the run: with the place, and no live view', async () => {
    const { exitCode, screen } = await finalScreen(on(['syntax.yaml']));
    expect(exitCode).toBe(2);
    expect(screen).toMatchInlineSnapshot(`
      "
      error: Unknown step type ShelScript: the step compile (line 15). [STEP_TYPE_UNKN
      OWN]
        syntax.yaml:15:25
        13 |                   identifier: compile
        14 |                   name: Compile
        15 |                   type: ShelScript
           |                         ^^^^^^^^^^
        hint: Did you mean ShellScript?
      "
    `);
    expect((await finalScreen(on(['unsupported.yaml']))).screen).toContain('does not run TerraformApply yet');
    expect((await finalScreen(on(['skip.yaml', '-i', 'envv=prod']))).exitCode).toBe(2);
  });

  it('asks for an input that was not given, and can be left', async () => {
    const mark = `bridle-e2e-asked-${process.pid}`;
    const session = on(['stop.yaml']);
    await session.until('mark');
    session.type(`${mark}${KEYS.enter}`);
    await session.until('serving');
    await expect.poll(() => processesNamed(mark)).toHaveLength(2);
    session.type(KEYS.ctrlC);
    expect(await session.exited).toBe(130);
    const left = on(['stop.yaml']);
    await left.until('mark');
    left.type(KEYS.escape);
    expect(await left.exited).toBe(2);
  });

  it('a secret is masked', async () => {
    const session = on(['secret.yaml', '--secret', `api_token=${CLI_SECRET}`, '--logs']);
    expect(await session.exited).toBe(1);
    expect(session.everything()).toContain('use/login │ token ******** in plain');
    expect(session.written).not.toContain(CLI_SECRET);
  });

  it('100 MB of output: its last lines are enough', async () => {
    const session = on(['flood.yaml'], { columns: 60 });
    await session.until('xxxxx');
    expect(await finalScreen(session)).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "screen": "
      ✓ Write  Success  TIME  1 step

      ✓ Success  Flood  TIME  1 step: 1 succeeded
      ",
      }
    `);
    expect(session.written.length).toBeLessThan(1_000_000);
  });
});

it.runIf(hasPseudoTerminals())('no run has left a folder', () => {
  expect(readdirSync(cache).filter((name) => name !== 'docker-images')).toEqual(['runs']);
  expect(readdirSync(join(cache, 'runs'))).toEqual([]);
});
