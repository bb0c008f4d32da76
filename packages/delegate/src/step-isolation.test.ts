import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';
import { TOKEN } from './testing/fake-server.ts';
import { openScene, shellTask, type Scene } from './testing/scene.ts';

const URL_AND_TOKEN = ['--url', 'http://127.0.0.1:7070', '--token', 't'];
const UID = 54_321;
const isRoot = process.getuid?.() === 0;
const isCi = process.env['CI'] === 'true';

describe('settings', () => {
  test('nothing is asked for by default', () => {
    expect(readSettings(URL_AND_TOKEN, {})).toMatchObject({
      isolation: { hasNoNewPrivileges: false, limits: {} },
      isGitFileUrlAllowed: false,
    });
  });

  test('by variable and by flag', () => {
    const variables = {
      BRIDLE_STEP_USER: 'builder',
      BRIDLE_STEP_NO_NEW_PRIVILEGES: 'on',
      BRIDLE_STEP_MEMORY_MAX: '1G',
      BRIDLE_STEP_PROCESSES_MAX: '500',
      BRIDLE_STEP_CPU_MAX: '1.5',
      BRIDLE_STEP_CPU_SECONDS_MAX: '3600',
      BRIDLE_STEP_FILE_MAX: '10GiB',
      BRIDLE_STEP_CGROUP: '/sys/fs/cgroup/bridle',
      BRIDLE_DELEGATE_GIT_FILE_URLS: 'on',
    };
    expect(readSettings([...URL_AND_TOKEN, '--step-memory-max', '512M'], variables)).toMatchObject({
      isolation: {
        user: 'builder',
        group: '/sys/fs/cgroup/bridle',
        hasNoNewPrivileges: true,
        limits: {
          memoryBytes: 512 * 1024 ** 2,
          processes: 500,
          cpus: 1.5,
          cpuSeconds: 3600,
          fileBytes: 10 * 1024 ** 3,
        },
      },
      isGitFileUrlAllowed: true,
    });
  });

  test.each([
    ['BRIDLE_STEP_MEMORY_MAX', '1.5'],
    ['BRIDLE_STEP_MEMORY_MAX', '4 parsecs'],
    ['BRIDLE_STEP_MEMORY_MAX', '1k'],
    ['BRIDLE_STEP_FILE_MAX', '99999999999999T'],
    ['BRIDLE_STEP_PROCESSES_MAX', '1.5'],
    ['BRIDLE_STEP_CPU_MAX', '0'],
    ['BRIDLE_STEP_CPU_SECONDS_MAX', 'long'],
  ])('%s=%s is refused in words', (name, value) => {
    expect(() => readSettings(URL_AND_TOKEN, { [name]: value })).toThrow(SettingsError);
    expect(() => readSettings(URL_AND_TOKEN, { [name]: value })).toThrow(name);
  });
});

if (!isRoot && !isCi) process.stderr.write('not shown: a delegate with a user for steps: this user is not root\n');

describe.runIf(isRoot || isCi)('a delegate whose steps have a user of their own', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.close());

  const isolation = { hasNoNewPrivileges: false, limits: {}, user: `${UID}:${UID}` };

  test('runs them as that user, and lets it see nothing else of its folder (S17)', async () => {
    writeFileSync(join(scene.home, 'known_hosts'), '', { mode: 0o644 });
    await scene.start({ isolation });
    const script = `id -u; ls '${scene.home}'; cat '${scene.home}/known_hosts' '${scene.home}/owner' /proc/$PPID/environ; echo "$HARNESS_DELEGATE_ID"`;
    const task = shellTask(script);
    scene.server.give(task);
    expect(await scene.server.completion(task.taskId)).toMatchObject({ outcome: { kind: 'succeeded' } });
    const log = scene.server.logs.get(task.logKey)?.bytes.toString() ?? '';
    expect(log).toMatch(new RegExp(`^${UID}$`, 'm'));
    expect(log.match(/Permission denied/g)).toHaveLength(4);
    expect(log).toContain('\ndelegate-1\n');
    const modes = readdirSync(scene.home).map((name) => [name, statSync(join(scene.home, name)).mode & 0o077]);
    expect(modes.filter(([, mode]) => mode !== 0)).toEqual([['work', 0o011]]);
  });

  test('does not start where that user cannot get to the folders of its steps', async () => {
    const inner = join(scene.home, 'inner');
    chmodSync(scene.home, 0o700);
    await expect(scene.start({ isolation, home: inner })).rejects.toThrow(/cannot reach .*inner.*\/var\/lib\/bridle/s);
    expect(readdirSync(inner)).not.toContain('owner');
  });
});

const CGROUP = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.procs')));

if (CGROUP === undefined && !isCi) process.stderr.write('not shown: a delegate with control groups: no cgroup v2\n');

describe.runIf((isRoot && CGROUP !== undefined) || isCi)('a delegate with control groups', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(async () => {
    for (const child of launched.splice(0)) child.kill('SIGKILL');
    await scene.close();
  });

  const launched: ChildProcess[] = [];
  function launch(...more: readonly string[]): ChildProcess {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const args = ['--url', scene.server.url, '--token-file', join(scene.home, 'token'), '--home', scene.home, ...more];
    writeFileSync(join(scene.home, 'token'), TOKEN);
    const child = spawn(process.execPath, [main, '--name', 'd1', ...args], { stdio: 'ignore' });
    launched.push(child);
    return child;
  }

  test('killed, it leaves nothing of its steps, however they hide (R6)', async () => {
    const { server } = scene;
    const child = launch('--step-cgroup', CGROUP ?? '');
    const task = shellTask('env -i setsid sh -c "sleep 1000 & echo pid \\$!"; echo ready; sleep 1000');
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('ready'));
    const pid = Number(/pid (\d+)/.exec(server.text(task.logKey))?.[1]);
    expect(existsSync(`/proc/${pid}/environ`)).toBe(true);
    child.kill('SIGKILL');
    await server.until(() => server.callsTo('/leave').length > 0);
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] : 'gone';
    expect(['gone', 'Z', 'X']).toContain(state);
    const installation = server.registrations[0]?.installation ?? '';
    rmdirSync(join(CGROUP ?? '', `bridle-steps-${installation}`)); // empty
  });

  test('a group that cannot be used stops the start with a text and the code of a wrong setting', async () => {
    const child = launch('--step-cgroup', scene.home);
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2);
  });
});

test('a step finds nothing of the delegate in its environment', async () => {
  const scene = await openScene();
  try {
    await scene.start();
    const task = shellTask('env; tr "\\0" "\\n" <"/proc/self/environ"');
    scene.server.give(task);
    await scene.server.completion(task.taskId);
    const log = scene.server.logs.get(task.logKey)?.bytes.toString() ?? '';
    expect(log).toContain('HARNESS_DELEGATE_ID=delegate-1');
    expect(log).not.toMatch(/BRIDLE_|TOKEN/);
    expect(log).not.toContain(readFileSync(join(scene.home, 'owner'), 'utf8'));
  } finally {
    await scene.close();
  }
});
