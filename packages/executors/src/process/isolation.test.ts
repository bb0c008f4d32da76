import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startGitServer } from '../testing/git-server.ts';
import { isShown } from '../testing/needs.ts';
import { bash, isAlive, openStage, type Stage, type StartOptions } from '../testing/stage.ts';
import { confine, type Isolation } from './isolation.ts';
import { prepareIsolation, type IsolationWishes } from './prepare-isolation.ts';
import { StepGroups } from './step-groups.ts';

const SEARCH_PATH = process.env['PATH'] ?? '';
/** A user that no host has, so that nothing is theirs. */
const UID = 54_321;
const isRoot = process.getuid?.() === 0;
const CGROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.procs')));

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const NOTHING: IsolationWishes = { hasNoNewPrivileges: false, limits: {} };
const NAME = `bridle-test-${process.pid}`;
const NAMES = { name: NAME, mark: 'test' };

async function prepare(wishes: Partial<IsolationWishes>): Promise<Isolation> {
  const { isolation } = await prepareIsolation({ ...NOTHING, ...wishes }, SEARCH_PATH, NAMES);
  if (isolation === undefined) throw new Error('nothing was prepared');
  return isolation;
}

async function open(wishes: Partial<IsolationWishes>): Promise<Stage> {
  stage = await openStage({ isolation: await prepare(wishes) });
  chmodSync(stage.folder, 0o711);
  return stage;
}

async function output(script: string, options?: StartOptions): Promise<string> {
  if (stage === undefined) throw new Error('no stage is open');
  const { result, log } = stage.start('ShellScript', bash(script), options);
  const end = await result;
  return end.kind === 'succeeded' ? log.body.trim() : `${log.body.trim()} ${JSON.stringify(end)}`;
}

const failureOf = async (script: string): Promise<unknown> => {
  const end = await stage?.start('ShellScript', bash(script)).result;
  return end?.kind === 'failed' ? end.failure : end;
};

test('nothing asked for is nothing done (I2)', async () => {
  expect(await prepareIsolation(NOTHING, SEARCH_PATH, NAMES)).toEqual({ warnings: [] });
  const launch = { program: '/bin/sh', args: ['x'] };
  expect(confine(launch, undefined, undefined)).toBe(launch);
});

describe('what cannot be had is said at the start (I1)', () => {
  test.each<[string, Partial<IsolationWishes>, RegExp]>([
    ['a user that is not there', { user: 'nobody-has-this-name' }, /there is no user "nobody-has-this-name"/],
    ['a number without a group', { user: '54321' }, /give numbers as uid:gid/],
    ['root', { user: '0:0' }, /must not be those of root/],
    [
      'a group that is not there',
      { group: '/sys/fs/cgroup/not-there' },
      /BRIDLE_STEP_CGROUP: .* is not a control group/,
    ],
  ])('%s', async (_, wishes, message) => {
    await expect(prepare(wishes)).rejects.toThrow(message);
  });

  test('programs that are not there', async () => {
    const nowhere = { hasNoNewPrivileges: true, limits: {} };
    await expect(prepareIsolation(nowhere, '/nowhere', NAMES)).rejects.toThrow(/needs the program setpriv/);
    const limited = { hasNoNewPrivileges: false, limits: { fileBytes: 1 } };
    await expect(prepareIsolation(limited, '/nowhere', NAMES)).rejects.toThrow(/need the program prlimit/);
  });
});

describe.runIf(isShown('steps as another user: this user is not root', isRoot))('another user', () => {
  const user = `${UID}:${UID}`;

  test('has no privileges, no groups and no way to either', async () => {
    await open({ user });
    const status = 'grep -E "^(Uid|Gid|Groups|CapPrm|CapBnd|NoNewPrivs):" /proc/self/status | tr -s "\\t " " "';
    expect(await output(`${status}; echo $USER; test -w "$HOME" && echo home`)).toBe(
      [
        `Uid: ${UID} ${UID} ${UID} ${UID}`,
        `Gid: ${UID} ${UID} ${UID} ${UID}`,
        'Groups: ',
        `CapPrm: ${'0'.repeat(16)}`,
        `CapBnd: ${'0'.repeat(16)}`,
        'NoNewPrivs: 1',
        UID,
        'home',
      ].join('\n'),
    );
  });

  test('without setpriv the ids alone are given up', async () => {
    const isolation: Isolation = { user: { uid: UID, gid: UID }, hasNoNewPrivileges: false, limits: {} };
    stage = await openStage({ isolation });
    chmodSync(stage.folder, 0o711);
    expect(await output('id -u; id -g; id -G')).toBe(`${UID}\n${UID}\n${UID}`);
  });

  test('does everything a step does: outputs, files of its stage, /dev/stderr', async () => {
    const { folder } = await open({ user });
    const { result, log } = (stage as Stage).start(
      'Run',
      {
        shell: 'Bash',
        command: 'echo out >/dev/stderr\necho made >file\necho B=2 >>"$DRONE_OUTPUT"\nexport A=1',
        outputVariables: [{ name: 'A' }, { name: 'B' }],
      },
      { workspaceKey: 'stage1' },
    );
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: { A: '1', B: '2' } } });
    expect(log.text).toContain('\nout\n');
    expect(statSync(join(folder, 'work/workspaces/stage1/file')).uid).toBe(UID);
    expect(await output('cat file; echo more >>file', { workspaceKey: 'stage1' })).toBe('made');
  });

  test('has services, and outputs of all kinds', async () => {
    await open({ user });
    const key = { workspaceKey: 'stage1' };
    const service = (stage as Stage).start('Background', { command: 'id -u >up; sleep 1000' }, { ...key, keep: true });
    expect(await service.result).toMatchObject({ kind: 'succeeded' });
    const command =
      'until [ -s up ]; do sleep 0.01; done; cat up; echo "S=1" >>"$HARNESS_OUTPUT_SECRET_FILE"; echo up >>"$BRIDLE_ARTIFACTS"';
    const { result, log } = (stage as Stage).start('Run', { command }, key);
    expect(await result).toMatchObject({
      kind: 'succeeded',
      outputs: { outputVariables: { S: '1' } },
      secretOutputs: ['S'],
    });
    expect(log.text).toContain(`\n${UID}\n`);
    expect(log.text).not.toContain('No artifacts were found');
    await stage?.workspaces.release('stage1');
  });

  test('sees nothing of the delegate: files, environment, other steps (S17)', async () => {
    const { folder } = await open({ user });
    writeFileSync(join(folder, 'token'), 'secret-token', { mode: 0o600 });
    const kept = (stage as Stage).start('ShellScript', bash('echo mine >file'), { keep: true });
    await kept.result;
    const tasks = join(folder, 'work/tasks');
    const script = `cat "$ROOT/token"; ls "$ROOT/work/tasks"; cat /proc/${process.pid}/environ; kill -0 ${process.pid}; true`;
    const seen = await output(script, { environment: { ROOT: folder } });
    expect(seen.match(/Permission denied|not permitted/g)).toHaveLength(4);
    expect(seen).not.toContain('secret-token');
    expect(statSync(tasks).mode & 0o777).toBe(0o711);
  });

  test('cannot make this process read what it may not read itself', async () => {
    const { folder } = await open({ user });
    writeFileSync(join(folder, 'token'), 'TOKEN=secret-token\n', { mode: 0o600 });
    const script = 'rm "$DRONE_OUTPUT"; ln -s "$ROOT/token" "$DRONE_OUTPUT"';
    const { result } = (stage as Stage).start('ShellScript', bash(script), { environment: { ROOT: folder } });
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: {} } });
  });

  test('clones, and what it cloned is its own', async () => {
    const { folder } = await open({ user });
    const server = await startGitServer();
    try {
      await server.create('app.git', { 'README.md': 'one\n' });
      const repo = {
        identifier: 'repo',
        type: 'Git',
        spec: { url: `${server.url}/app.git`, type: 'Http', spec: { username: server.username, passwordRef: 'p' } },
        secrets: new Map([['p', Buffer.from(server.password)]]),
      };
      const { result, log } = (stage as Stage).start(
        'GitClone',
        {
          connectorRef: 'repo',
          cloneDirectory: 'a/b',
          build: { type: 'branch', spec: { branch: 'main' } },
          persistCredentials: true,
          preFetchCommand: 'id -u',
        },
        { workspaceKey: 'stage1', step: { connectors: { repo } } },
      );
      expect(await result).toMatchObject({ kind: 'succeeded' });
      expect(log.text).toContain(`\n${UID}\n`);
      const clone = join(folder, 'work/workspaces/stage1/a/b');
      expect([statSync(clone).uid, statSync(join(clone, '.git/config')).uid]).toEqual([UID, UID]);
      expect(await output('git -C a/b fetch && echo fetched', { workspaceKey: 'stage1' })).toContain('fetched');
    } finally {
      await server.close();
    }
  });

  test('is ended like any other', async () => {
    await open({ user });
    const { result, log, cancel } = (stage as Stage).start(
      'ShellScript',
      bash('trap "" TERM; echo $$; sleep 1000 & wait'),
    );
    const [, pid] = await log.until(/^(\d+)$/m);
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(isAlive(Number(pid))).toBe(false);
  });

  test('processes are counted where there are no groups', async () => {
    const isolation = await prepare({ user });
    const prlimit = (await prepare({ user, limits: { fileBytes: 2 ** 40 } })).prlimit;
    if (prlimit === undefined) throw new Error('no prlimit');
    stage = await openStage({ isolation: { ...isolation, prlimit, limits: { processes: 5 } } });
    chmodSync(stage.folder, 0o711);
    const { result, log } = stage.start('Run', { command: 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done' });
    expect(await result).toMatchObject({ kind: 'failed' });
    expect(log.text).toMatch(/Cannot fork|Resource temporarily unavailable/);
  });
});

test('no new privileges without another user', async () => {
  await open({ hasNoNewPrivileges: true });
  expect(await output('grep NoNewPrivs /proc/self/status')).toBe('NoNewPrivs:\t1');
});

describe('limits of single processes', () => {
  test('the size of a file', async () => {
    await open({ limits: { fileBytes: 100_000 } });
    expect(await output('head -c 100000 /dev/zero >small; wc -c <small')).toBe('100000');
    expect(await failureOf('head -c 100001 /dev/zero >large')).toEqual({
      types: ['RESOURCE_LIMITS_FAILURE'],
      message: 'A process of the step wrote a file of more than 100000 bytes, the limit of this delegate.',
    });
  });

  test('processor time', async () => {
    await open({ limits: { cpuSeconds: 1 } });
    expect(await failureOf('while :; do :; done')).toMatchObject({ types: ['RESOURCE_LIMITS_FAILURE'] });
  });

  test('memory, where there are no groups', async () => {
    const isolation = await prepare({ limits: { fileBytes: 2 ** 40 } });
    stage = await openStage({ isolation: { ...isolation, limits: { memoryBytes: 50 * 1024 * 1024 } } });
    const hog = 'x=$(head -c 200000000 /dev/zero | tr "\\0" a); echo ${#x}';
    expect(await failureOf(hog)).toMatchObject({ types: ['APPLICATION_ERROR'] });
    expect(await output('echo fine')).toBe('fine');
  });

  test('a step that only fails is not blamed on a limit', async () => {
    await open({ limits: { fileBytes: 100_000, cpuSeconds: 100 } });
    expect(await failureOf('exit 3')).toMatchObject({ types: ['APPLICATION_ERROR'] });
  });
});

const canGroup = CGROUPS !== undefined && isRoot && isWritable(CGROUPS);

describe.runIf(isShown('control groups of steps: no cgroup v2 that this user may write', canGroup))(
  'control groups',
  () => {
    const group = CGROUPS ?? '';
    afterEach(async () => {
      await stage?.close();
      stage = undefined;
      if (existsSync(join(group, NAME))) rmdirSync(join(group, NAME));
    });

    /** Leaves its group, its parent and its environment: nothing but the control group still knows whose it is. */
    const escapee = 'env -i setsid sh -c "sleep 1000 & echo escaped \\$!"';

    test('a process that leaves everything else behind is killed with its step', async () => {
      await open({ group });
      const { result, log } = (stage as Stage).start('ShellScript', bash(escapee));
      const [, pid] = await log.until(/escaped (\d+)/);
      await result;
      expect(isAlive(Number(pid))).toBe(false);
      expect(
        (await readdir(join(group, NAME), { withFileTypes: true })).filter((entry) => entry.isDirectory()),
      ).toEqual([]);
    });

    test('and, in a CI stage, with its stage', async () => {
      const { workspaces } = await open({ group });
      const { result, log } = (stage as Stage).start('ShellScript', bash(escapee), { workspaceKey: 'stage1' });
      const [, pid] = await log.until(/escaped (\d+)/);
      await result;
      expect(isAlive(Number(pid))).toBe(true);
      await workspaces.release('stage1');
      expect(isAlive(Number(pid))).toBe(false);
    });

    test('whoever cleans up behind a process leaves those of its successor alone', async () => {
      await open({ group });
      const { log, cancel, result } = (stage as Stage).start('ShellScript', bash('echo pid $$; sleep 1000'));
      const [, pid] = await log.until(/pid (\d+)/);
      await new StepGroups(join(group, NAME), 'earlier', {}).clear();
      expect(isAlive(Number(pid))).toBe(true);
      await new StepGroups(join(group, NAME), NAMES.mark, {}).clear();
      expect(isAlive(Number(pid))).toBe(false);
      cancel();
      await result;
    });

    test('the group a delegate runs in is left to its steps, the delegate in one of its own', () => {
      const home = join(group, `${NAME}-home`);
      mkdirSync(home);
      const file = JSON.stringify(new URL('step-groups.ts', import.meta.url).href);
      const script = `
        import { readFileSync, writeFileSync } from 'node:fs';
        import { openStepGroups } from ${file};
        writeFileSync(${JSON.stringify(join(home, 'cgroup.procs'))}, String(process.pid));
        const opened = await openStepGroups(undefined, 'steps', 'mark', {});
        console.log(opened.kind, opened.groups?.folder, readFileSync('/proc/self/cgroup', 'utf8'));`;
      const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
      for (const name of ['steps', 'bridle-delegate', '.']) rmdirSync(join(home, name));
      expect(printed).toContain(`open ${join(home, 'steps')}`);
      expect(printed).toMatch(new RegExp(`^0::/.*${NAME}-home/bridle-delegate$`, 'm'));
    });

    test('what a dead delegate left in its groups is killed at the next start', async () => {
      await open({ group });
      const { log } = (stage as Stage).start('ShellScript', bash('echo pid $$; sleep 1000'));
      const [, pid] = await log.until(/pid (\d+)/);
      await prepare({ group });
      expect(isAlive(Number(pid))).toBe(false);
    });

    test('a stopped step leaves nothing', async () => {
      await open({ group });
      const { result, log, cancel } = (stage as Stage).start('ShellScript', bash(`${escapee}; sleep 1000`));
      const [, pid] = await log.until(/escaped (\d+)/);
      cancel();
      expect(await result).toEqual({ kind: 'cancelled' });
      expect(isAlive(Number(pid))).toBe(false);
    });

    const list = join(group, 'cgroup.controllers');
    const controllers = existsSync(list) ? readFileSync(list, 'utf8').trim().split(' ') : [];
    const canLimit = ['memory', 'pids', 'cpu'].every((name) => controllers.includes(name));
    // A matter of the kernel, which nothing can be installed for: either way something holds, and is shown.
    if (!canLimit)
      process.stderr.write('not shown: limits of whole steps: cgroup v2 has no memory, pids and cpu here\n');

    test.runIf(!canLimit)(
      'without its controllers, limits that need them are refused, or hold for single processes',
      async () => {
        await expect(prepare({ group, limits: { memoryBytes: 1_000_000 } })).rejects.toThrow(/BRIDLE_STEP_CGROUP/);
        await expect(prepare({ limits: { cpus: 1 } })).rejects.toThrow(/BRIDLE_STEP_CPU_MAX/);
        const wishes = { ...NOTHING, limits: { memoryBytes: 64 * 1024 * 1024 } };
        const { warnings } = await prepareIsolation(wishes, SEARCH_PATH, NAMES);
        expect(warnings).toEqual([expect.stringMatching(/hold for single processes/)]);
      },
    );

    describe.runIf(canLimit)('limits', () => {
      test('memory of all processes together', async () => {
        await open({ group, limits: { memoryBytes: 64 * 1024 * 1024 } });
        expect(await failureOf('x=$(head -c 200000000 /dev/zero | tr "\\0" a); echo ${#x}')).toMatchObject({
          types: ['RESOURCE_LIMITS_FAILURE'],
          message: expect.stringContaining('of memory'),
        });
      });

      test('processes', async () => {
        await open({ group, limits: { processes: 5 } });
        expect(await failureOf('for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; exit 1')).toMatchObject({
          types: ['RESOURCE_LIMITS_FAILURE'],
          message: expect.stringContaining('processes at once'),
        });
      });
    });
  },
);

test('a group is told its limits in the words of the kernel', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-groups-'));
  try {
    const groups = new StepGroups(folder, 'mark', { memoryBytes: 1_000_000, processes: 7, cpus: 1.5 });
    const group = groups.enter('stage1', 'task1');
    const read = (name: string): string => readFileSync(join(group.folder, name), 'utf8');
    expect([read('memory.max'), read('pids.max'), read('cpu.max')]).toEqual(['1000000', '7', '150000 100000']);
    expect(group.passed()).toBeUndefined();
    writeFileSync(join(group.folder, 'pids.events'), 'max 2\n');
    expect(group.passed()).toBe('processes');
    writeFileSync(join(group.folder, 'memory.events'), 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n');
    expect(group.passed()).toBe('memory');
  } finally {
    await rm(folder, { recursive: true });
  }
});

function isWritable(folder: string): boolean {
  const trial = join(folder, `bridle-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    rmdirSync(trial);
    return true;
  } catch {
    return false;
  }
}
