import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Shells } from './process/shells.ts';
import { Workspaces } from './workspace.ts';
import { bash, isAlive, KeptLog, openStage, type Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const outputsOf = (...names: string[]) => ({
  outputVariables: names.map((name) => ({ name, type: 'String', value: name })),
});

describe('ShellScript', () => {
  test('succeeds by the exit code of the script alone: no implicit set -e', async () => {
    const { result, log } = stage.start('ShellScript', bash('false\necho still here'));
    expect(await result).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: {} } });
    expect(log.text).toMatch(/^Executing step step1 .*\nstill here\nExecution ended with exit code 0\n$/);
  });

  test('fails with the exit code of the script', async () => {
    const { result } = stage.start('ShellScript', bash('echo no >&2\nexit 7', outputsOf('X')));
    expect(await result).toEqual({
      kind: 'failed',
      exitCode: 7,
      outputs: { outputVariables: {} },
      failure: { message: 'The script ended with exit code 7.', types: ['APPLICATION_ERROR'] },
    });
  });

  test('a script that a signal ends fails as a shell would report it', async () => {
    const { result } = stage.start('ShellScript', bash('kill -KILL $$'));
    expect(await result).toMatchObject({
      kind: 'failed',
      exitCode: 137,
      failure: { message: expect.stringContaining('SIGKILL') },
    });
  });

  test('reads outputs from shell variables, not exported, with line breaks and quotes intact', async () => {
    const script = `plain=one\nlines=$'a\\nb\\n\\n'\nodd='"$HOME" \\ \`x\` é'\nempty=\nset -eux`;
    const spec = bash(script, {
      outputVariables: [
        { name: 'first', type: 'String', value: 'plain' },
        { name: 'LINES_OUT', type: 'String', value: 'lines' },
        { name: 'odd', type: 'String', value: 'odd' },
        { name: 'empty', type: 'String', value: 'empty' },
        { name: 'missing', type: 'String', value: 'never_set' },
        { name: 'again', type: 'String', value: 'plain' },
        { name: 'bad', type: 'String', value: 'a.b' },
      ],
    });
    const { result, log } = stage.start('ShellScript', spec);
    expect(await result).toEqual({
      kind: 'succeeded',
      exitCode: 0,
      outputs: {
        outputVariables: { first: 'one', LINES_OUT: 'a\nb\n\n', odd: '"$HOME" \\ `x` é', empty: '', again: 'one' },
      },
    });
    expect(log.text).not.toContain('__bridle'); // O3: no trace of ours although the script traces
    expect(log.text).toContain('The output variable bad is left out');
  });

  test('an early exit 0 succeeds without outputs', async () => {
    const { result } = stage.start('ShellScript', bash('X=1\nexit 0', outputsOf('X')));
    expect(await result).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: {} } });
  });

  test.each([
    ['a comment without line break', 'X=1 # note'],
    ['a backslash', 'X=1; echo \\'],
    ['an EXIT trap', 'trap "echo bye" EXIT; X=1'],
    ['a subshell', 'X=1; (exit 0)'],
    ['Windows line breaks', 'X=1\r\necho $X\r\n'],
    ['noclobber and nounset', 'set -uC; X=1'],
  ])('outputs survive a script that ends with %s', async (_name, script) => {
    const { result } = stage.start('ShellScript', bash(script, outputsOf('X')));
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: { X: '1' } } });
  });

  test.each([['Bash'], ['Sh']])('any text comes through a %s variable unchanged', async (shell) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (raw) => {
        const value = raw.replaceAll('\0', '').replaceAll('\r\n', '\n');
        const spec = { ...(bash('X=$GIVEN', outputsOf('X')) as object), shell };
        const { result } = stage.start('ShellScript', spec, { environment: { GIVEN: value } });
        expect(await result).toMatchObject({ outputs: { outputVariables: { X: value } } });
      }),
      { numRuns: 15 },
    );
  });

  test('keeps what was written to the output file, also when the script fails', async () => {
    const script = 'echo A=1 >> "$DRONE_OUTPUT"; printf \'B="x\\ny"\\n\' >> "$HARNESS_OUTPUT_FILE"; exit 3';
    const { result } = stage.start('ShellScript', bash(script));
    expect(await result).toMatchObject({ kind: 'failed', outputs: { outputVariables: { A: '1', B: 'x\ny' } } });
  });

  test('an output beyond the limit fails the step and names it', async () => {
    const { result } = stage.start(
      'ShellScript',
      bash('BIG=$(head -c 1100000 /dev/zero | tr "\\0" x)', outputsOf('BIG')),
    );
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringMatching(/BIG has 1100000 bytes; at most 1048576/) },
    });
  });

  test('stdout and stderr come in the order they were written', async () => {
    const script = 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; echo dev $i > /dev/stderr; done';
    const { result, log } = stage.start('ShellScript', bash(script));
    await result;
    expect(log.body).toBe([1, 2, 3, 4, 5].map((i) => `out ${i}\nerr ${i}\ndev ${i}\n`).join(''));
  });

  test('bytes are kept as they are: invalid UTF-8, a last line without line break', async () => {
    const { result, log } = stage.start('ShellScript', bash("printf 'a\\377\\376\\r\\n\\000partial'"));
    await result;
    const frame = log.bytes.indexOf('\n') + 1;
    expect(log.bytes.subarray(frame).toString('latin1')).toBe(
      'a\xff\xfe\r\n\0partial\nExecution ended with exit code 0\n',
    );
  });

  test('10 MB arrive with the same sha256, and a slow reader slows the script down (X3)', async () => {
    class SlowLog extends KeptLog {
      waiting = 0;
      override async write(bytes: Uint8Array): Promise<void> {
        expect(this.waiting).toBe(0); // one piece at a time: the promise is the back pressure
        this.waiting += 1;
        await new Promise((resolve) => setImmediate(resolve));
        await super.write(bytes);
        this.waiting -= 1;
      }
    }
    const log = new SlowLog();
    const { result } = stage.start(
      'ShellScript',
      bash('seq 1 1500000 | head -c 10000000; echo; seq 1 1500000 | head -c 10000000 | sha256sum'),
      { log },
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
    const sum = /\n([0-9a-f]{64}) {2}-\n/.exec(log.text)?.[1];
    expect(createHash('sha256').update(log.body.slice(0, 10_000_000)).digest('hex')).toBe(sum);
  });

  test('a missing shell fails and is named', async () => {
    const { result } = stage.start(
      'ShellScript',
      { ...(bash('true') as object), shell: 'Pwsh' },
      { shells: new Shells('/nowhere') },
    );
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringMatching(/shell Pwsh was not found.*pwsh/) },
    });
  });

  test('Bash falls back to sh where there is no bash', async () => {
    const bin = join(stage.folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'sh'), '#!/bin/sh\nexec /bin/sh "$@"\n');
    await chmod(join(bin, 'sh'), 0o755);
    const { result, log } = stage.start('ShellScript', bash('X=ok', outputsOf('X')), { shells: new Shells(bin) });
    expect(await result).toMatchObject({ outputs: { outputVariables: { X: 'ok' } } });
    expect(log.text).toContain(join(bin, 'sh'));
  });

  test('a shell nobody knows, a missing script, a file source: values, not crashes', async () => {
    const texts = [
      { shell: 'fish', source: { type: 'Inline', spec: { script: 'true' } } },
      { shell: 'Bash', source: { type: 'Harness', spec: { file: '/x' } } },
      { shell: 'Bash' },
      null,
    ].map((spec) => stage.start('ShellScript', spec).result);
    for (const result of await Promise.all(texts)) expect(result.kind).toBe('failed');
  });

  test('the environment: own variables over those of the task; nothing of the host', async () => {
    process.env['BRIDLE_DELEGATE_TOKEN'] = 'tok';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'aws';
    try {
      const spec = bash('env', {
        environmentVariables: [
          { name: 'A', type: 'String', value: 'step' },
          { name: 'N', type: 'Number', value: 4 },
        ],
      });
      const { result, log } = stage.start('ShellScript', spec, { environment: { A: 'task', B: 'task' } });
      await result;
      const names = log.body.split('\n').map((line) => line.split('=')[0]);
      expect(log.body).toContain('\nA=step\n');
      expect(log.body).toContain('\nB=task\n');
      expect(log.body).toContain('\nN=4\n');
      expect(names).toContain('PATH');
      expect(names.filter((name) => name?.startsWith('BRIDLE_') === true || name?.startsWith('AWS_') === true)).toEqual(
        [],
      );
      expect(log.body).not.toMatch(/node_modules[\\/]\.bin/);
    } finally {
      delete process.env['BRIDLE_DELEGATE_TOKEN'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  test('a variable that no process can be given is refused by name', async () => {
    const { result } = stage.start('ShellScript', bash('true'), { environment: { HUGE: 'x'.repeat(140_000) } });
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('HUGE has 140005 bytes') },
    });
  });

  test('a script larger than any argument may be runs', async () => {
    const { result } = stage.start('ShellScript', bash(`: '${'x'.repeat(500_000)}'\necho done`));
    expect(await result).toMatchObject({ kind: 'succeeded' });
  });

  test('outside of a CI stage each step has a folder of its own, gone afterwards', async () => {
    const { result, log } = stage.start('ShellScript', bash('pwd; ls -A; touch left'));
    await result;
    const cwd = log.body.trim();
    expect(cwd.split('\n')).toHaveLength(1); // nothing of ours lies in it
    await stage.workspaces.settled();
    // The folder of this process's tasks, and nothing in it.
    expect(await readdir(join(stage.folder, 'work', 'tasks'), { recursive: true })).toHaveLength(1);
  });
});

describe('Run', () => {
  test('stops at the first failing command and traces', async () => {
    const { result, log } = stage.start('Run', { command: 'echo one\nfalse\necho two', shell: 'Sh' });
    expect(await result).toMatchObject({ kind: 'failed', exitCode: 1 });
    expect(log.body).toBe('+ echo one\none\n+ false\n');
  });

  test.each([['Sh'], ['Bash']])(
    'with %s takes exported variables only, and the trace shows the script alone',
    async (shell) => {
      const spec = {
        command: 'export SEEN="two\nlines"\nHIDDEN=1',
        shell,
        envVariables: { GIVEN: 'from env' },
        outputVariables: [{ name: 'SEEN' }, { name: 'HIDDEN' }, { name: 'GIVEN' }, { name: 'OTHER', value: 'SEEN' }],
      };
      const { result, log } = stage.start('Run', spec);
      expect(await result).toMatchObject({
        kind: 'succeeded',
        outputs: { outputVariables: { SEEN: 'two\nlines', GIVEN: 'from env', OTHER: 'two\nlines' } },
      });
      expect(JSON.stringify(await result)).not.toContain('HIDDEN');
      expect(log.body).not.toMatch(/__bridle|collect|exit/);
    },
  );

  test('Python: output variables from os.environ, output in order, the exit code of sys.exit', async () => {
    const command =
      'import os, sys\nprint("out")\nprint("err", file=sys.stderr)\nprint("out2")\nos.environ["X"] = "a\\nb é"';
    const first = stage.start('Run', { command, shell: 'Python', outputVariables: [{ name: 'X' }] });
    expect(await first.result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: { X: 'a\nb é' } } });
    expect(first.log.body).toBe('out\nerr\nout2\n');
    const second = stage.start('Run', {
      command: 'import sys\nsys.exit(4)',
      shell: 'Python',
      outputVariables: [{ name: 'X' }],
    });
    expect(await second.result).toMatchObject({ kind: 'failed', exitCode: 4 });
  });

  test('in a CI stage: one folder for all steps, named by HARNESS_WORKSPACE, until released', async () => {
    const first = stage.start(
      'Run',
      { command: 'pwd > where; test "$HARNESS_WORKSPACE" = "$(pwd)"' },
      { workspaceKey: 'stage1' },
    );
    expect(await first.result).toMatchObject({ kind: 'succeeded' });
    const second = stage.start('Run', { command: 'cat where' }, { workspaceKey: 'stage1' });
    expect(await second.result).toMatchObject({ kind: 'succeeded' });
    expect(second.log.body).toContain(join(stage.folder, 'work', 'workspaces', 'stage1'));
    await stage.workspaces.release('stage1');
    expect(await readdir(join(stage.folder, 'work', 'workspaces'))).toEqual([]);
  });

  test('an image where there is no engine is refused in words', async () => {
    const { result } = stage.start('Run', { command: 'true', image: 'alpine' });
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('capability docker'), types: ['DELEGATE_PROVISIONING'] },
    });
  });
});

describe('ending a step', () => {
  const tree = `
    trap 'echo parent got TERM' TERM
    sleep 1000 & echo "child $!"
    setsid sleep 1000 & echo "escapee $!"
    (env -i sleep 1000 & echo "bare $!"; wait) &
    echo ready
    while :; do wait; done`;

  test('cancelling kills the whole tree: SIGTERM, then SIGKILL, escapees included', async () => {
    const { result, log, cancel } = stage.start('ShellScript', bash(tree));
    await log.until(/ready[^]*bare \d+|bare \d+[^]*ready/);
    const pids = [...log.text.matchAll(/(?:child|escapee|bare) (\d+)/g)].map((found) => Number(found[1]));
    expect(pids).toHaveLength(3);
    expect(pids.every(isAlive)).toBe(true);
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(log.text).toContain('parent got TERM');
    expect(log.text).toMatch(/Execution was stopped before it ended\.\n$/);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('a script may clean up and end by itself within the grace', async () => {
    const script = `trap 'echo cleaning; exit 0' TERM; echo ready; while :; do sleep 0.01; done`;
    const { result, log, cancel } = stage.start('ShellScript', bash(script), { settings: { killGraceMs: 60_000 } });
    await log.until(/ready/);
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(log.text).toContain('cleaning\n');
  });

  test('a step that was cancelled before it began starts nothing', async () => {
    const { result, log, cancel } = stage.start('ShellScript', bash('echo never'));
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(log.text).not.toContain('never\n');
  });

  test('a process that escapes and holds the output open does not hold the step (P3), and ends with it', async () => {
    const { result, log } = stage.start('ShellScript', bash('setsid sleep 1000 & echo "escapee $!"; echo over'));
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).toMatch(/over\nExecution ended with exit code 0\n$/);
    const pid = Number(/escapee (\d+)/.exec(log.text)?.[1]);
    expect(isAlive(pid)).toBe(false);
  });

  test('in a CI stage a service goes on after its step and ends with the workspace (W3)', async () => {
    const loop = 'i=0; while :; do head -c 100000 /dev/zero; i=$((i+1)); echo $i > count; sleep 0.01; done';
    const { result, log } = stage.start(
      'Run',
      { command: `nohup sh -c '${loop}' & echo "service $!"` },
      { workspaceKey: 'stage2' },
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
    const pid = Number(/service (\d+)/.exec(log.text)?.[1]);
    const before = Number(
      /^\d+/.exec(
        await readFile(join(stage.folder, 'work', 'workspaces', 'stage2', 'count'), 'utf8').catch(() => '0'),
      )?.[0] ?? 0,
    );
    // It can go on writing although nobody wants to read it any more.
    const command = `set +x; until test "$(cat count || echo 0)" -ge ${before + 10}; do sleep 0.01; done`;
    expect(await stage.start('Run', { command }, { workspaceKey: 'stage2' }).result).toMatchObject({
      kind: 'succeeded',
    });
    expect(isAlive(pid)).toBe(true);
    await stage.workspaces.release('stage2');
    expect(isAlive(pid)).toBe(false);
  });
});

test('a new process throws away what others left of single steps, and nothing of its stages', async () => {
  const { processes } = stage;
  const root = join(stage.folder, 'work');
  const dead = new Workspaces({ root, processes, mark: 'dead' });
  await dead.open();
  await dead.enter('task1', undefined);
  const { folder } = await dead.enter('task2', 'stage3');
  await writeFile(join(folder, 'kept'), '');
  const next = new Workspaces({ root, processes, mark: 'next' });
  await next.open();
  await next.enter('task3', undefined);
  await dead.clear([]); // its watchdog comes late: the successor is at work already
  expect(await readdir(join(root, 'tasks'), { recursive: true })).toEqual([
    'next',
    'next/task3',
    'next/task3/files',
    'next/task3/work',
  ]);
  expect(await readdir(folder)).toEqual(['kept']);
});

test('folder keys that could lead elsewhere are refused (W2)', async () => {
  for (const key of ['../x', 'a/b', '', '.', '..', 'x'.repeat(65), 'a\0b']) {
    await expect(stage.workspaces.enter(key, undefined)).rejects.toThrow('not a valid folder key');
    await expect(stage.workspaces.release(key)).rejects.toThrow('not a valid folder key');
  }
});

test.each(['Sh', 'Bash'])('%s: a value beyond what an environment holds, and those beside it', async (shell) => {
  const command = 'export SMALL=1\nset +x\nexport BIG=$(head -c 200000 /dev/zero | tr "\\0" x)';
  const { result, log } = stage.start('Run', { shell, command, outputVariables: [{ name: 'SMALL' }, { name: 'BIG' }] });
  const outputVariables = { SMALL: '1', BIG: 'x'.repeat(200_000) };
  expect(await result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables } });
  expect(log.text).not.toContain('Argument list too long');
});

test.each([
  { reports: ['**/*.xml'], command: 'rm -rf "$HARNESS_WORKSPACE"' },
  { command: 'echo a >> "$BRIDLE_ARTIFACTS"; rm -rf "$HARNESS_WORKSPACE"' },
])('a step that removes its workspace has its own result: %j', async (spec) => {
  const { result } = stage.start('Run', spec, { workspaceKey: 'ws' });
  expect(await result).toMatchObject({ kind: 'succeeded', exitCode: 0 });
});
