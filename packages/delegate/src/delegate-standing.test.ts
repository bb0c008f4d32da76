/** What a delegate tells of itself, when it takes no work, and how it ends when the server does not want it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PollRequest } from '@bridle/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCapabilities } from './capabilities.ts';
import { TOKEN } from './testing/fake-server.ts';
import { openScene, shellTask, type Scene } from './testing/scene.ts';

let scene: Scene;
const children: ChildProcess[] = [];
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await exitCode(child);
  }
  const { problems } = scene.server;
  await scene.close();
  expect(problems).toEqual([]);
});

function exitCode(child: ChildProcess): Promise<number | null> {
  return child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    : Promise.resolve(child.exitCode);
}

interface Launched {
  readonly child: ChildProcess;
  output(): string;
}

/** As people start it, with variables only. */
function launch(env: Readonly<Record<string, string>> = {}): Launched {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: {
      PATH: process.env['PATH'] ?? '',
      MANAGER_HOST_AND_PORT: scene.server.url,
      DELEGATE_TOKEN: TOKEN,
      DELEGATE_NAME: 'p1',
      BRIDLE_DELEGATE_HOME: scene.home,
      BRIDLE_DELEGATE_KILL_GRACE_MS: '300',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  return { child, output: () => output };
}

describe('capabilities', () => {
  test('are the programs on the PATH that can be run, and the engine that answers', async () => {
    const bin = join(scene.home, 'bin');
    await mkdir(bin);
    for (const name of ['helm', 'kubectl', 'mystery']) await writeFile(join(bin, name), '#!/bin/sh\n');
    for (const name of ['helm', 'mystery']) await chmod(join(bin, name), 0o755);
    await mkdir(join(bin, 'terraform'));
    const path = ['relative', bin].join(delimiter);
    expect(await findCapabilities(path, async () => undefined)).toEqual({ binaries: ['helm'] });
    const docker = { version: '27', os: 'linux', arch: 'x64' };
    expect(await findCapabilities(path, async () => docker)).toEqual({ binaries: ['helm'], docker });
  });

  test('are told when it registers, with its version', async () => {
    await scene.start();
    const [request] = scene.server.registrations;
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(request).toMatchObject({ version: manifest.version, os: process.platform, arch: process.arch });
    expect(request?.capabilities?.binaries).toEqual(expect.arrayContaining(['git', 'node']));
    expect(request?.shells).toContain('Sh');
  });
});

test('over a threshold it asks for no work, and what runs goes on', async () => {
  const { server } = scene;
  // Every host has more than one per cent of its memory in use.
  await scene.start({ memoryThreshold: 1 });
  server.give(shellTask('true'));
  await server.until(() => server.callsTo('/poll').length > 0);
  expect(server.callsTo('/poll').map((call) => (call.body as PollRequest).free)).toEqual([0]);
  expect(scene.logged.join('')).toContain('this host is busy');
});

/** Those below start processes: where the machine is busy that takes its time. */
describe('the init script', { timeout: 60_000 }, () => {
  test('runs before the delegate registers, and its words are in the log', async () => {
    const { output } = launch({ INIT_SCRIPT: 'echo "tools are here" && touch "$BRIDLE_DELEGATE_HOME/made"' });
    await scene.server.until(() => scene.server.registrations.length > 0);
    expect(output()).toContain('tools are here');
    await readFile(join(scene.home, 'made'));
  });

  test('that fails keeps the delegate from starting', async () => {
    const { child, output } = launch({ INIT_SCRIPT: 'echo almost; exit 7' });
    expect(await exitCode(child)).toBe(1);
    expect(output()).toContain('The init script failed (7)');
    expect(scene.server.registrations).toEqual([]);
  });

  test('does not see the token', async () => {
    const { output } = launch({ INIT_SCRIPT: 'env; echo done', PROXY_PASSWORD: 'hunter2' });
    await scene.server.until(() => scene.server.registrations.length > 0);
    expect(output()).toContain('done');
    expect(output()).not.toContain(TOKEN);
    expect(output()).not.toContain('hunter2');
  });
});

test('told to stop it ends as soon as its steps have', { timeout: 60_000 }, async () => {
  const { server } = scene;
  const { child } = launch({ BRIDLE_DELEGATE_DRAIN_MS: '3600000' });
  const file = join(scene.home, 'go');
  const task = shellTask(`echo running; until test -e '${file}'; do sleep 0.02; done`);
  server.give(task);
  await server.until(() => server.text(task.logKey).includes('running'));
  child.kill('SIGTERM');
  await writeFile(file, '');
  expect((await server.completion(task.taskId)).outcome.kind).toBe('succeeded');
  expect(await exitCode(child)).toBe(0);
});

describe('a server that does not want it', { timeout: 60_000 }, () => {
  test('because of its version: it says so and ends with a code of its own', async () => {
    const text = 'This delegate has version 0.1.0, which is too old for this server (0.9.0).';
    scene.server.intercept = (path) => (path === 'register' ? { status: 426, body: { message: text } } : undefined);
    const { child, output } = launch();
    expect(await exitCode(child)).toBe(3);
    expect(output()).toContain(text);
    expect(output()).not.toContain('    at ');
  });

  test('because its token was revoked: the steps end, and so does it', async () => {
    const { server } = scene;
    const { child, output } = launch();
    const task = shellTask('echo "pid $$"; exec sleep 1000');
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('pid '));
    const pid = Number(/pid (\d+)/.exec(server.text(task.logKey))?.[1]);
    server.intercept = () => ({ status: 401, body: { message: 'The delegate token is missing, unknown or revoked.' } });
    server.cancel('x'.repeat(22)); // answers the poll
    expect(await exitCode(child)).toBe(1);
    expect(output()).toContain('revoked');
    expect(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') X')).toMatch(/\) [XZ]/);
  });
});
