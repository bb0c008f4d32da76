/** What people see of `bridle run` where there is no terminal. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_FOLDER, CLI_SECRET, normalised, runCli, type CliOptions, type CliResult } from './src/cli.ts';
import { processesNamed } from './src/processes.ts';

/** In it are the folders of runs: none outlives its run. */
let cache: string;

beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'bridle-cli-run-'));
});

afterAll(() => {
  rmSync(cache, { recursive: true, force: true });
});

function off(words: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> {
  const { environment = {}, ...rest } = options;
  return runCli(['run', ...words], {
    folder: CLI_FOLDER,
    environment: { BRIDLE_CACHE: cache, ...environment },
    ...rest,
  });
}

/** What stands behind the first empty line: the last word of a run. */
function report(out: string): string {
  const start = out.indexOf('\n\n');
  expect(start).toBeGreaterThan(0);
  return `\n${normalised(out.slice(start + 2))}`;
}

describe('off a terminal', () => {
  it('success: a line for each change, the logs, the end', async () => {
    const { exitCode, out, err } = await off(['success.yaml']);
    expect(`\n${normalised(out)}`).toMatchInlineSnapshot(`
      "
      hh:mm:ss  Greet  Running
      hh:mm:ss  Build  Running
      hh:mm:ss  Build › Compile  Running
      build/compile │ Executing step compile with Bash (bash)
      build/compile │ compiling 14 modules
      build/compile │ Execution ended with exit code 0
      hh:mm:ss  Build › Compile  Success  TIME
      hh:mm:ss  Build › Unit tests  Running
      build/unit │ Executing step unit with Bash (bash)
      build/unit │ 12 passed
      build/unit │ Execution ended with exit code 0
      hh:mm:ss  Build › Unit tests  Success  TIME
      hh:mm:ss  Build  Success  TIME
      hh:mm:ss  Greet  Running
      hh:mm:ss  Greet › Hello  Running
      greet/hello │ Executing step hello with Bash (bash)
      greet/hello │ Hello, world!
      greet/hello │ Execution ended with exit code 0
      hh:mm:ss  Greet › Hello  Success  TIME
      hh:mm:ss  Greet  Success  TIME

      ✓ Build  Success  TIME  2 steps
      ✓ Greet  Success  TIME  1 step

      ✓ Success  Greet  TIME  3 steps: 3 succeeded
      "
    `);
    expect([exitCode, err]).toEqual([0, '']);
  });

  it('failure: which step, where, and its last lines', async () => {
    const { exitCode, out, err } = await off(['failure.yaml']);
    expect(err).toBe('');
    expect(report(out)).toMatchInlineSnapshot(`
      "
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
      "
    `);
    expect(exitCode).toBe(1);
    expect((await off(['failure.yaml', '--quiet'])).out.split('\n')[0]).toContain('✗ Test › Unit tests  Failed');
  });

  it('skip: with the reason', async () => {
    const { exitCode, out } = await off(['skip.yaml']);
    expect(report(out)).toMatchInlineSnapshot(`
      "
      ✓ Build     Success  TIME  2 steps, 1 skipped
        ○ Report  Skipped  it runs only if something before it failed
      ○ Go live   Skipped  <+pipeline.variables.env> == "prod" was false: env is "dev"

      ✓ Success  Deploy  TIME  2 steps: 1 succeeded, 1 skipped
      "
    `);
    expect(exitCode).toBe(0);
    expect((await off(['skip.yaml', '-i', 'env=prod'])).out).toContain('go_live/deploy │ live');
  });

  it('retry: each attempt', async () => {
    const { exitCode, out } = await off(['retry.yaml']);
    expect(`\n${normalised(out)}`).toMatchInlineSnapshot(`
      "
      hh:mm:ss  Stubborn  Running
      hh:mm:ss  Call  Running
      hh:mm:ss  Call › Fetch  Running
      call/fetch │ Executing step fetch with Bash (bash)
      call/fetch │ no answer
      call/fetch │ Execution ended with exit code 6
      hh:mm:ss  Call › Fetch  Failed  TIME  attempt 1  The script ended with exit code 6.
      hh:mm:ss  Call › Fetch  Waiting  attempt 2
      hh:mm:ss  Call › Fetch  Running  attempt 2
      call/fetch │ Executing step fetch with Bash (bash)
      call/fetch │ no answer
      call/fetch │ Execution ended with exit code 6
      hh:mm:ss  Call › Fetch  Failed  TIME  attempt 2  The script ended with exit code 6.
      hh:mm:ss  Call › Fetch  Waiting  attempt 3
      hh:mm:ss  Call › Fetch  Running  attempt 3
      call/fetch │ Executing step fetch with Bash (bash)
      call/fetch │ no answer
      call/fetch │ Execution ended with exit code 6
      hh:mm:ss  Call › Fetch  Failed  TIME  attempt 3  The script ended with exit code 6.
      hh:mm:ss  Call  Failed  TIME

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
    expect(exitCode).toBe(1);
  });

  it('approval: answered beforehand, or refused with code 6', async () => {
    const given = await off(['approval.yaml', '--approve', 'gate.ask:ticket=OPS-7']);
    expect(given.out).toContain('go/live │ live by OPS-7');
    expect(given.exitCode).toBe(0);
    const nobody = await off(['approval.yaml']);
    expect(report(nobody.out)).toMatchInlineSnapshot(`
      "
      ■ Gate   Aborted  TIME  1 step
        ■ Ask  Aborted  TIME

      ! Gate › Ask needs a person, and there is nobody to ask. Answer with --approve gate.ask, --reject gate.ask or --yes.

      ■ Aborted  Release  TIME  1 step: 1 aborted
      "
    `);
    expect(nobody.exitCode).toBe(6);
  });

  it('timeout', async () => {
    const { exitCode, out } = await off(['timeout.yaml']);
    expect(report(out)).toMatchInlineSnapshot(`
      "
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
    expect(exitCode).toBe(3);
  });

  it('a matrix of 50', async () => {
    const { exitCode, out } = await off(['matrix.yaml']);
    const numbers = out.split('\n').flatMap((line) => /│ number (\d\d)$/.exec(line)?.[1] ?? []);
    // That of the failed turn is told twice.
    expect([numbers.length, new Set(numbers).size]).toEqual([51, 50]);
    expect(report(out)).toMatchInlineSnapshot(`
      "
      ✗ Test             Failed  TIME  50 steps
        ✗ Unit           Failed  TIME  50 of 50  ✓ 49  ✗ 1
          ✗ Unit (4, 2)  Failed  TIME  The script ended with exit code 1.

      ✗ Test › Unit (4, 2)  Failed  exit code 1, matrix.yaml:12
        The script ended with exit code 1.
        │ Executing step unit_4_2 with Bash (bash)
        │ number 42
        │ Execution ended with exit code 1

      ✗ Failed  Many  TIME  50 steps: 49 succeeded, 1 failed
      "
    `);
    expect(exitCode).toBe(1);
  });

  it('Ctrl-C: all processes gone', async () => {
    const mark = `bridle-e2e-stop-${process.pid}`;
    let count = 0;
    const { exitCode, out } = await off(['stop.yaml', '-i', `mark=${mark}`], {
      onOutput: (soFar, signal) => {
        if (soFar.includes('serving') && count === 0) {
          count += 1;
          signal('SIGINT');
        }
      },
    });
    expect(report(out)).toMatchInlineSnapshot(`
      "
      ■ Serve   Aborted  TIME  1 step
        ■ Loop  Aborted  TIME

      ■ Aborted  Endless  TIME  1 step: 1 aborted
      "
    `);
    expect(exitCode).toBe(130);
    expect(await processesNamed(mark)).toEqual([]);
  });

  it('an unsupported step, a syntax error, an unknown input and a missing one: refused, with the place', async () => {
    const refused = await Promise.all([
      off(['unsupported.yaml']),
      off(['syntax.yaml']),
      off(['skip.yaml', '-i', 'envv=prod']),
      off(['stop.yaml']),
    ]);
    expect(refused.map(({ exitCode, out }) => [exitCode, out])).toEqual(refused.map(() => [2, '']));
    expect(`\n${refused.map(({ err }) => err.trimEnd()).join('\n---\n')}\n`).toMatchInlineSnapshot(`
      "
      error: Bridle does not run TerraformApply yet: the step terraform (line 15). [STEP_TYPE_NOT_RUN_YET]
        unsupported.yaml:15:25
        13 |                   identifier: terraform
        14 |                   name: Terraform
        15 |                   type: TerraformApply
           |                         ^^^^^^^^^^^^^^
        hint: The pipeline can be saved; runs are refused while the step is in it.
      ---
      error: Unknown step type ShelScript: the step compile (line 15). [STEP_TYPE_UNKNOWN]
        syntax.yaml:15:25
        13 |                   identifier: compile
        14 |                   name: Compile
        15 |                   type: ShelScript
           |                         ^^^^^^^^^^
        hint: Did you mean ShellScript?
      ---
      bridle: The pipeline has no input "envv".
      Did you mean env? Inputs: variables.env.
      ---
      bridle: The pipeline needs an input that was not given:
        variables.mark  String
      Give it with -i variables.mark=VALUE, in a file with -f, or by --input-set.
      "
    `);
  });

  it('a secret is masked', async () => {
    const { out, err } = await off(['secret.yaml', '--secret', 'api_token'], {
      environment: { api_token: CLI_SECRET },
    });
    expect(report(out)).toMatchInlineSnapshot(`
      "
      ✗ Use       Failed  TIME  1 step
        ✗ Log in  Failed  TIME  The script ended with exit code 1.

      ✗ Use › Log in  Failed  exit code 1, secret.yaml:12
        The script ended with exit code 1.
        │ Executing step login with Bash (bash)
        │ token ******** in plain
        │ ********Q=
        │ Execution ended with exit code 1

      ✗ Failed  Secretive  TIME  1 step: 1 failed
      "
    `);
    expect(out + err).not.toContain(CLI_SECRET);
    expect(out + err).not.toContain(Buffer.from(CLI_SECRET).toString('base64'));
  });

  it('100 MB of output, in order and in bounded memory', async () => {
    // With so small a heap a backlog would end it.
    const environment = { NODE_OPTIONS: '--max-old-space-size=96' };
    const { exitCode, out } = await off(['flood.yaml'], { environment });
    expect(exitCode).toBe(0);
    const lines = out.split('\n');
    expect(lines.filter((line) => line === `write/lines │ ${'x'.repeat(99)}`)).toHaveLength(999_999);
    expect(lines).toContain('write/lines │ the last line');
    expect(lines.at(-2)).toContain('✓ Success  Flood');
  });

  it('--json: events, one to a line', async () => {
    const { exitCode, out, err } = await off(['success.yaml', '--json']);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly status?: string; readonly text?: string });
    expect(events[0]).toMatchObject({ type: 'execution', status: 'Running' });
    expect(events.at(-1)).toMatchObject({ type: 'execution', status: 'Success' });
    expect(events.find(({ text }) => text?.startsWith('compiling'))?.text).toBe(
      'compiling \u001b[32m14\u001b[0m modules',
    );
    expect([exitCode, err]).toEqual([0, '']);
    const { out: chosen } = await off(['success.yaml', '--json=name,status']);
    expect(chosen.split('\n')[1]).toBe('{"name":"Greet","status":"Running"}');
  });
});

it('no run has left a folder', () => {
  expect(readdirSync(cache).filter((name) => name !== 'docker-images')).toEqual(['runs']);
  expect(readdirSync(join(cache, 'runs'))).toEqual([]);
});
