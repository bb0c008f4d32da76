/**
 * What a `Run` step may rely on, wherever it runs: each place that performs steps passes these cases, so that a pipeline means the
 * same on a host and in a container.
 */
import { createHash, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StepResult } from '../executor.ts';
import { isAlive, KeptLog, type Stage, type StartOptions, type StepStart } from './stage.ts';

export interface StepPlace {
  readonly open: () => Promise<Stage>;
  /** What makes a `Run` step run here. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** What else its start needs. */
  readonly options: (workspaceKey: string | undefined) => StartOptions;
  /** The uid of its processes. */
  readonly uid: number;
  /** The same for a place where the shell is missing. */
  readonly withoutPwsh: StartOptions;
  /** A step in a place that has only this much memory. */
  readonly limited?: { readonly spec: Readonly<Record<string, unknown>>; readonly options: StartOptions };
}

export function describeStepConformance(place: StepPlace): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await place.open();
  });
  afterAll(async () => stage.close());

  interface RunOptions extends StartOptions {
    readonly spec?: Readonly<Record<string, unknown>>;
  }
  const run = (command: string, { spec, ...options }: RunOptions = {}): StepStart =>
    stage.start('Run', { ...place.spec, command, ...spec }, { ...place.options(options.workspaceKey), ...options });
  const outputs = (...names: string[]) => ({ outputVariables: names.map((name) => ({ name })) });
  /** Without tracing. */
  const quiet = (command: string): string => `{ set +x; } 2>/dev/null\n${command}`;
  /** What the script itself wrote, byte for byte. */
  const bodyOf = (log: KeptLog): Buffer => {
    const from = log.bytes.indexOf('{ set +x; }\n');
    const traced = log.bytes.subarray(from === -1 ? log.bytes.indexOf('\n') + 1 : from + '{ set +x; }\n'.length);
    const end = traced.lastIndexOf('Execution ended with exit code ');
    return withoutTrace(traced.subarray(0, end === -1 ? undefined : end));
  };

  describe('exit codes and signals', () => {
    test.each([1, 2, 7, 126, 127, 255])('exit %i', async (code) => {
      const { result, log } = run(`exit ${code}`);
      expect(await result).toMatchObject({
        kind: 'failed',
        exitCode: code,
        failure: { message: `The script ended with exit code ${code}.`, types: ['APPLICATION_ERROR'] },
      });
      expect(log.text).toMatch(new RegExp(`Execution ended with exit code ${code}\n$`));
    });

    test('0 is success, and the first failing command ends the script', async () => {
      expect(await run('true').result).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: {} } });
      const { result, log } = run('echo one\nfalse\necho two');
      expect(await result).toMatchObject({ kind: 'failed', exitCode: 1 });
      expect(bodyOf(log).toString()).toBe('one\n');
    });

    test.each([
      ['KILL', 137],
      ['TERM', 143],
      ['INT', 130],
    ])('a script that SIG%s ends fails as a shell would report it', async (signal, code) => {
      const { result } = run(`kill -${signal} $$; sleep 60`);
      expect(await result).toMatchObject({ kind: 'failed', exitCode: code });
    });

    test('a program that is missing', async () => {
      const { result, log } = run('no-such-program-anywhere');
      expect(await result).toMatchObject({ kind: 'failed', exitCode: 127 });
      expect(log.text).toMatch(/no-such-program-anywhere.*not found/);
    });

    test('a shell that is missing is named', async () => {
      const { result } = run('true', { spec: { shell: 'Pwsh' }, ...place.withoutPwsh });
      expect(await result).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining('pwsh') } });
    });
  });

  describe('ending a step', () => {
    test('it may clean up within the grace', async () => {
      const { result, log, cancel } = run(
        quiet(`trap 'echo cleaning up; exit 0' TERM; echo ready; while :; do sleep 0.01; done`),
        { settings: { killGraceMs: 60_000 } },
      );
      await log.until(/^ready$/m);
      cancel();
      expect(await result).toEqual({ kind: 'cancelled' });
      expect(log.text).toContain('cleaning up\n');
      expect(log.text).toMatch(/Execution was stopped before it ended\.\n$/);
    });

    test('SIGTERM reaches what the script waits for', async () => {
      const token = String(randomInt(1e8, 1e9));
      const script = `trap 'echo parent told' TERM; echo ready; sleep ${token}; echo over`;
      const { result, log, cancel } = run(quiet(script), { settings: { killGraceMs: 60_000 } });
      await log.until(/^ready$/m);
      await untilSeen(`sleep\0${token}`, 1);
      cancel();
      expect(await result).toEqual({ kind: 'cancelled' });
      expect(log.text).toContain('parent told\n');
    });

    test('after the grace everything is gone: what ignores SIGTERM, what left its session, what dropped its environment', async () => {
      const token = String(randomInt(1e8, 1e9));
      const { result, log, cancel } = run(
        quiet(`trap '' TERM
          sleep ${token}1 &
          setsid sleep ${token}2 &
          (env -i sleep ${token}3 & wait) &
          echo ready
          while :; do wait; sleep 0.01; done`),
      );
      await log.until(/^ready$/m);
      await untilSeen(`sleep\0${token}`, 3);
      cancel();
      expect(await result).toEqual({ kind: 'cancelled' });
      expect(processesWith(`sleep\0${token}`)).toEqual([]);
    });

    test('what a step of its own leaves behind goes with it', async () => {
      const token = String(randomInt(1e8, 1e9));
      const { result } = run(`sleep ${token}1 >/dev/null 2>&1 &\nsetsid sleep ${token}2 >/dev/null 2>&1 &`);
      expect(await result).toMatchObject({ kind: 'succeeded' });
      await stage.workspaces.settled();
      expect(processesWith(`sleep\0${token}`)).toEqual([]);
    });

    test('a step that was cancelled before it began starts nothing', async () => {
      const { result, log, cancel } = run('echo never');
      cancel();
      expect(await result).toEqual({ kind: 'cancelled' });
      expect(log.text).not.toContain('never\n');
    });

    test('nothing is run twice when ending and stopping meet', async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        const { result, log, cancel } = run('echo done');
        await log.until(/^done$/m);
        cancel();
        expect(['succeeded', 'cancelled']).toContain((await result).kind);
        expect(log.text.match(/^done$/gm)).toHaveLength(1);
      }
    });
  });

  describe('output variables', () => {
    test('keep line breaks, quotes and emptiness', async () => {
      const command = `export LINES_OUT="a\nb\n\n" ODD='"$HOME" \\ \`x\` é %s' EMPTY=\nHIDDEN=1`;
      const { result } = run(command, { spec: outputs('LINES_OUT', 'ODD', 'EMPTY', 'HIDDEN', 'NEVER') });
      expect(await result).toEqual({
        kind: 'succeeded',
        exitCode: 0,
        outputs: { outputVariables: { LINES_OUT: 'a\nb\n\n', ODD: '"$HOME" \\ `x` é %s', EMPTY: '' } },
      });
    });

    test('bytes that are no text become the sign for it, and spoil nothing else', async () => {
      const command = `export BINARY="$(printf 'a\\377\\001b')" AFTER=ok`;
      const { result } = run(command, { spec: outputs('BINARY', 'AFTER') });
      expect(await result).toMatchObject({ outputs: { outputVariables: { BINARY: 'a\u{FFFD}\u0001b', AFTER: 'ok' } } });
    });

    test('large ones go by the file; what is too large is refused in words', async () => {
      const value = (bytes: number): string =>
        `printf 'BIG=' > "$DRONE_OUTPUT"; yes x | tr -d '\\n' | head -c ${bytes} >> "$DRONE_OUTPUT"`;
      const { result } = run(value(1_000_000));
      expect(await result).toMatchObject({ outputs: { outputVariables: { BIG: 'x'.repeat(1_000_000) } } });
      for (const bytes of [1_500_000, 5_000_000]) {
        expect(await run(value(bytes)).result).toMatchObject({
          kind: 'failed',
          outputs: {},
          failure: { message: expect.stringMatching(/output variables? .*bytes.*Pass large data by a file/) },
        });
      }
    });

    test('what was written to the file counts even when the step fails; variables do not', async () => {
      const command = `export X=1\necho A=1 >> "$DRONE_OUTPUT"\nprintf 'B="x\\\\ny"\\n' >> "$HARNESS_OUTPUT_FILE"\nexit 3`;
      const { result } = run(command, { spec: outputs('X') });
      expect(await result).toMatchObject({ kind: 'failed', outputs: { outputVariables: { A: '1', B: 'x\ny' } } });
      expect(JSON.stringify(await result)).not.toContain('"X"');
    });

    test('an early exit 0 succeeds without them', async () => {
      const { result } = run('export X=1\nexit 0', { spec: outputs('X') });
      expect(await result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: {} } });
    });

    test('those of the secret file, and those declared so, are secret', async () => {
      const command = `echo HIDDEN=s1 >> "$HARNESS_OUTPUT_SECRET_FILE"\necho SEEN=1 >> "$DRONE_OUTPUT"\nexport TOKEN=s2`;
      const { result } = run(command, { spec: { outputVariables: [{ name: 'TOKEN', type: 'Secret' }] } });
      expect(await result).toEqual({
        kind: 'succeeded',
        exitCode: 0,
        outputs: { outputVariables: { HIDDEN: 's1', SEEN: '1', TOKEN: 's2' } },
        secretOutputs: ['HIDDEN', 'TOKEN'],
      });
    });

    test.each([
      ['a link', 'ln -sf /etc/passwd'],
      ['a pipe that nobody writes to', 'mkfifo'],
      ['a folder', 'mkdir'],
    ])('%s in the place of a file is not followed, and not waited for', async (_name, make) => {
      const files = '"$DRONE_OUTPUT" "$HARNESS_OUTPUT_SECRET_FILE" "$BRIDLE_ARTIFACTS"';
      const command = `rm -f ${files}; for file in ${files}; do ${make} "$file"; done`;
      const { result } = run(command, { workspaceKey: 'odd' });
      expect(await result).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: {} } });
    });
  });

  describe('environment', () => {
    const printed = (log: KeptLog): Map<string, string> =>
      new Map(
        bodyOf(log)
          .toString()
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
      );

    test('what is declared wins over what comes along, and nothing of the delegate gets in', async () => {
      process.env['BRIDLE_DELEGATE_TOKEN'] = 'tok';
      process.env['AWS_SECRET_ACCESS_KEY'] = 'aws';
      try {
        const { result, log } = run(quiet('env'), {
          spec: { envVariables: { A: 'step', EMPTY: '' } },
          environment: { A: 'task', B: 'task', CI: 'true', DRONE_BRANCH: 'main', HARNESS_BUILD_ID: '7' },
        });
        await result;
        const seen = printed(log);
        expect(Object.fromEntries(seen)).toMatchObject({
          A: 'step',
          B: 'task',
          EMPTY: '',
          CI: 'true',
          DRONE_BRANCH: 'main',
          HARNESS_BUILD_ID: '7',
        });
        expect(seen.has('PATH')).toBe(true);
        expect([...seen.keys()].filter((name) => /^(BRIDLE_(?!ARTIFACTS$)|AWS_)/.test(name))).toEqual([]);
      } finally {
        delete process.env['BRIDLE_DELEGATE_TOKEN'];
        delete process.env['AWS_SECRET_ACCESS_KEY'];
      }
    });

    test('values are data', async () => {
      const value = `$(echo x) \`y\` "z" 'q' \\ é\n two\n\n<+secrets.getValue("s")>`;
      const { result } = run('export SEEN="$ODD"', {
        spec: { envVariables: { ODD: value }, ...outputs('SEEN') },
      });
      expect(await result).toMatchObject({ outputs: { outputVariables: { SEEN: value } } });
    });

    test('the workspace and the output file are named, also where a task says otherwise', async () => {
      const command = quiet(
        'test "$HARNESS_WORKSPACE" = "$(pwd)"; test "$DRONE_WORKSPACE" = "$(pwd)"; test -f "$DRONE_OUTPUT"; test -w "$HARNESS_OUTPUT_FILE"',
      );
      const { result } = run(command, {
        workspaceKey: 'builtin',
        environment: { HARNESS_WORKSPACE: '/elsewhere', DRONE_OUTPUT: '/elsewhere' },
      });
      expect(await result).toMatchObject({ kind: 'succeeded' });
    });

    test('a variable that no process can be given is refused by name', async () => {
      const { result } = run('true', { environment: { HUGE: 'x'.repeat(140_000) } });
      expect(await result).toMatchObject({ failure: { message: expect.stringContaining('HUGE has 140005 bytes') } });
    });

    test('no value shows in a list of processes (S8)', async () => {
      const token = `canary${randomInt(1e12, 1e13)}`;
      const { result, log, cancel } = run(quiet('echo ready; while :; do sleep 0.01; done'), {
        spec: { envVariables: { OWN: `${token}own` } },
        environment: { TASK: `${token}task` },
      });
      await log.until(/^ready$/m);
      expect(processesWith(token)).toEqual([]);
      cancel();
      await result;
    });
  });

  describe('workspace and user', () => {
    test('steps of a stage share their folder, until it is released', async () => {
      const options = { workspaceKey: 'shared' };
      expect(await run('echo from first > file; pwd > where; ls -A', options).result).toMatchObject({
        kind: 'succeeded',
      });
      const second = run(quiet('cat file; test "$(cat where)" = "$(pwd)"; test "$(ls -A | wc -l)" -eq 2'), options);
      expect(await second.result).toMatchObject({ kind: 'succeeded' });
      expect(bodyOf(second.log).toString()).toBe('from first\n');
      await stage.workspaces.release('shared');
      const third = run(quiet('ls -A'), options);
      await third.result;
      expect(bodyOf(third.log).toString()).toBe('');
    });

    test('a step outside of a stage has a folder of its own, with nothing in it', async () => {
      const { result, log } = run(quiet('ls -A; touch left'));
      expect(await result).toMatchObject({ kind: 'succeeded' });
      expect(bodyOf(log).toString()).toBe('');
    });

    test('it runs as the user it should', async () => {
      const { result, log } = run(quiet('id -u; touch mine; echo over'), { workspaceKey: 'user' });
      expect(await result).toMatchObject({ kind: 'succeeded' });
      expect(bodyOf(log).toString()).toBe(`${place.uid}\nover\n`);
    });

    test.runIf(place.limited !== undefined)(
      'a step that needs more memory than it may have fails for that reason',
      async () => {
        const { spec, options } = place.limited ?? { spec: {}, options: {} };
        const { result } = run(quiet('dd if=/dev/zero of=/dev/null bs=200000000 count=1'), { spec, ...options });
        expect(await result).toMatchObject({ kind: 'failed', failure: { types: ['RESOURCE_LIMITS_FAILURE'] } });
      },
    );
  });

  describe('scripts', () => {
    test('one larger than any argument may be', async () => {
      const { result } = run(`: '${'x'.repeat(500_000)}'\necho done`);
      expect(await result).toMatchObject({ kind: 'succeeded' });
    });

    test('with the line breaks of Windows', async () => {
      const { result } = run('export X=1\r\nif true; then\r\n  export Y=2\r\nfi\r\n', { spec: outputs('X', 'Y') });
      expect(await result).toMatchObject({ outputs: { outputVariables: { X: '1', Y: '2' } } });
    });

    test('standard input is empty', async () => {
      const { result, log } = run(quiet('cat; echo "read: $?"'));
      expect(await result).toMatchObject({ kind: 'succeeded' });
      expect(bodyOf(log).toString()).toBe('read: 0\n');
    });
  });

  describe('output', () => {
    test('both streams come in the order they were written', async () => {
      const { result, log } = run(quiet('for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done'));
      await result;
      const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`out ${i}\n`, `err ${i}\n`]);
      expect(bodyOf(log).toString()).toBe(lines.join(''));
    });

    test('bytes are kept as they are: no text, carriage returns, a last line without line break', async () => {
      const { result, log } = run(quiet("printf 'a\\377\\376\\r\\n\\000partial'"));
      await result;
      expect(bodyOf(log).toString('latin1')).toBe('a\xff\xfe\r\n\0partial\n');
    });

    test('a line of 1 MB, all bytes there are, and the end of it', async () => {
      const { result, log } = run(quiet("head -c 1000000 /dev/zero | tr '\\0' 'y'; echo; echo end"));
      expect(await result).toMatchObject({ kind: 'succeeded' });
      expect(bodyOf(log).equals(Buffer.from(`${'y'.repeat(1_000_000)}\nend\n`))).toBe(true);
    });

    test('20 MB arrive whole, and a slow log slows the step down (X3)', async () => {
      const log = new SlowLog();
      const command = quiet(
        'seq 1 3000000 | head -c 20000000; echo; seq 1 3000000 | head -c 20000000 | sha256sum | cut -d " " -f 1',
      );
      const { result } = run(command, { log });
      expect(await result).toMatchObject({ kind: 'succeeded' });
      const body = bodyOf(log);
      const sum = createHash('sha256').update(body.subarray(0, 20_000_000)).digest('hex');
      expect(body.subarray(20_000_000).toString()).toBe(`\n${sum}\n`);
      expect(log.overlaps).toBe(0);
    });

    test('many steps at once do not mix', async () => {
      const all = Array.from({ length: 8 }, (_, i) => run(quiet(`for n in 1 2 3; do echo "step ${i} line $n"; done`)));
      const results: StepResult[] = await Promise.all(all.map(({ result }) => result));
      expect(results.map(({ kind }) => kind)).toEqual(all.map(() => 'succeeded'));
      all.forEach(({ log }, i) => {
        expect(bodyOf(log).toString()).toBe([1, 2, 3].map((n) => `step ${i} line ${n}\n`).join(''));
      });
    });
  });
}

/** Counts calls that came before the one before was answered: the promise is the back pressure. */
class SlowLog extends KeptLog {
  overlaps = 0;
  #waiting = 0;

  override async write(bytes: Uint8Array): Promise<void> {
    this.#waiting += 1;
    if (this.#waiting > 1) this.overlaps += 1;
    await new Promise((resolve) => setImmediate(resolve));
    await super.write(bytes);
    this.#waiting -= 1;
  }
}

/** Lines of the trace start with `+ `; only those of short scripts are looked for. */
function withoutTrace(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, 2).equals(Buffer.from('+ '))) return bytes;
  const lines = bytes.toString('latin1').split('\n');
  return Buffer.from(lines.filter((line) => !line.startsWith('+ ')).join('\n'), 'latin1');
}

/** Processes of this host (those in containers of a local engine included) whose command line holds the text. */
function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid).includes(text) && isAlive(pid));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

async function untilSeen(text: string, count: number): Promise<void> {
  while (processesWith(text).length < count) await new Promise((resolve) => setImmediate(resolve));
}
