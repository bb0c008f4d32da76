/** The delegate against a server that cuts, refuses, forgets and comes back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DelegateTask, LogsRequest, PollRequest, StartedRequest } from '@bridle/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HomeInUse } from './home.ts';
import { RegistrationRefused } from './session.ts';
import { TOKEN } from './testing/fake-server.ts';
import { openScene, shellTask, type Scene } from './testing/scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  const { problems } = scene.server;
  await scene.close();
  expect(problems).toEqual([]);
});

/** Runs until it finds the file; prints `running` first. */
const waiting = (file: string): string => `echo running; until test -e '${file}'; do sleep 0.02; done; echo found`;

describe('outages', () => {
  test('a server that is away while a step runs and ends loses nothing (R7)', async () => {
    const { server, home } = scene;
    await scene.start();
    const file = join(home, 'go');
    const task = shellTask(`${waiting(file)}; seq 1 200000`);
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    server.isDown = true;
    const failedCalls = server.calls.length;
    await writeFile(file, '');
    // The step is over when its log's end and its report have been tried in vain; both keep being tried.
    await waitFor(async () => scene.logged.filter((line) => line.includes('cannot be reached')).length > 0);
    server.isDown = false;
    const { outcome } = await server.completion(task.taskId);
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(server.calls.length).toBeGreaterThan(failedCalls);
    const expected = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(server.text(task.logKey).slice(server.text(task.logKey).indexOf('\nrunning'))).toBe(
      `\nrunning\nfound\n${expected}Execution ended with exit code 0\n`,
    );
    expect(server.callsTo('/started')).toHaveLength(1);
  });

  test('a report whose answer got lost is repeated, the same one', async () => {
    const { server } = scene;
    await scene.start();
    let cuts = 3;
    const task = shellTask('true');
    server.intercept = (path) => (path.endsWith('/complete') && (cuts -= 1) >= 0 ? 'cut' : undefined);
    server.give(task);
    await server.completion(task.taskId);
    const reports = server.callsTo('/complete').map((call) => JSON.stringify(call.body));
    expect(reports).toHaveLength(4);
    expect(new Set(reports).size).toBe(1);
  });

  test('log requests whose answers got lost are repeated and do not double a byte', async () => {
    const { server } = scene;
    await scene.start();
    let count = 0;
    // The fake takes the logs, then the connection is cut: the delegate cannot know.
    const takeLogs = server.takeLogs.bind(server);
    server.intercept = (path, body) => {
      if (!path.endsWith('/logs') || (count += 1) % 2 === 0) return undefined;
      takeLogs(body as LogsRequest);
      return 'cut';
    };
    const task = shellTask('seq 1 100000');
    server.give(task);
    await server.completion(task.taskId);
    const text = server.text(task.logKey);
    expect(text.slice(text.indexOf('\n') + 1)).toBe(
      `${Array.from({ length: 100_000 }, (_, index) => index + 1).join('\n')}\nExecution ended with exit code 0\n`,
    );
  });

  test('503 with Retry-After is an outage, not an answer', async () => {
    const { server } = scene;
    await scene.start();
    let refusals = 2;
    server.intercept = (path) => (path.endsWith('/started') && (refusals -= 1) >= 0 ? { status: 503 } : undefined);
    const task = shellTask('true');
    server.give(task);
    expect((await server.completion(task.taskId)).outcome.kind).toBe('succeeded');
  });

  test('a report that cannot be delivered before the end is delivered by the next process, in the old name', async () => {
    const { server, home } = scene;
    const first = await scene.start({ drainMs: 60_000 });
    const file = join(home, 'go');
    const task = shellTask(waiting(file));
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    server.isDown = true;
    await writeFile(file, '');
    first.stop();
    first.stop(); // do not wait for the report for long
    await first.ended;
    expect(server.completions).toEqual([]);
    server.isDown = false;
    await scene.start();
    const { incarnation, outcome } = await server.completion(task.taskId);
    expect(incarnation).toBe(server.registrations[0]?.incarnation);
    expect(outcome.kind).not.toBe('cancelled');
    expect(await readdir(join(home, 'reports'))).toEqual([]);
    const paths = server.calls.map((call) => call.path);
    expect(paths.lastIndexOf('register')).toBeGreaterThan(paths.findLastIndex((path) => path.endsWith('/complete')));
    expect(server.registrations[1]?.installation).toBe(server.registrations[0]?.installation);
    expect(server.registrations[1]?.incarnation).not.toBe(incarnation);
  });
});

describe('refusals', () => {
  test('409 to a report drops it, and the delegate goes on (D1)', async () => {
    const { server } = scene;
    await scene.start();
    const stale = shellTask('true');
    server.intercept = (path) => (path.endsWith(`${stale.taskId}/complete`) ? { status: 409 } : undefined);
    server.give(stale);
    await server.until(() => server.callsTo(`${stale.taskId}/complete`).length > 0);
    const next = shellTask('true');
    server.give(next);
    await server.completion(next.taskId);
    expect(server.callsTo(`${stale.taskId}/complete`)).toHaveLength(1);
  });

  test('410 makes it register again as the same incarnation and repeat the call (S2)', async () => {
    const { server } = scene;
    await scene.start();
    let isForgotten = true;
    server.intercept = (path) => {
      if (path === 'register') isForgotten = false;
      return isForgotten && path.endsWith('/complete') ? { status: 410 } : undefined;
    };
    const task = shellTask('true');
    server.give(task);
    await server.completion(task.taskId);
    expect(server.registrations).toHaveLength(2);
    expect(server.registrations[1]).toEqual(server.registrations[0]);
  });

  test('two calls that hear 410 at once share one registration, and giving up one does not end it for the other', async () => {
    const { server } = scene;
    await scene.start({ capacity: 1 });
    let isForgotten = true;
    let outages = 3;
    server.intercept = (path) => {
      // While the poll asks for nothing it is given up as soon as there is room: in the middle of this registration.
      if (path === 'register') return (outages -= 1) >= 0 ? 'cut' : void (isForgotten = false);
      return isForgotten && !path.endsWith('/started') ? { status: 410 } : undefined;
    };
    const task = shellTask('true');
    server.give(task);
    // The poll under way still gets the task; everything after it is refused.
    const { outcome } = await server.completion(task.taskId);
    expect(outcome.kind).toBe('succeeded');
    expect(server.callsTo('register').length).toBe(1 + 3 + 1);
    expect(await readdir(join(scene.home, 'reports'))).toEqual([]);
  });

  test('answers that are not of the protocol are an outage', async () => {
    const { server } = scene;
    server.heartbeatMs = 20;
    await scene.start();
    const spoiled = new Map<string, number>();
    server.intercept = (path) => {
      const name = path.split('/').at(-1) ?? '';
      const count = (spoiled.get(name) ?? 0) + 1;
      spoiled.set(name, count);
      return ['poll', 'heartbeat', 'logs'].includes(name) && count <= 2
        ? { status: 200, body: { welcome: 'to the hotel network' } }
        : undefined;
    };
    const file = join(scene.home, 'go');
    const task = shellTask(waiting(file));
    server.give(task);
    await server.until(() => server.heartbeats.length > 0 && server.text(task.logKey).includes('running'));
    await writeFile(file, '');
    expect((await server.completion(task.taskId)).outcome.kind).toBe('succeeded');
    expect(Math.min(...['heartbeat', 'logs'].map((name) => spoiled.get(name) ?? 0))).toBeGreaterThan(2);
  });

  test('a refused token ends the start in words, without the token', async () => {
    const { server } = scene;
    server.intercept = () => ({ status: 401, body: { message: 'unknown token' } });
    const error: unknown = await scene.start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistrationRefused);
    expect(String(error)).toContain('unknown token');
    expect(String(error)).not.toContain(TOKEN);
  });

  test('a result the server cannot take becomes a failure that says so', async () => {
    const { server } = scene;
    await scene.start();
    let refusals = 1;
    server.intercept = (path) =>
      path.endsWith('/complete') && (refusals -= 1) >= 0 ? { status: 400, body: { message: 'too deep' } } : undefined;
    const task = shellTask('echo A=1 > "$DRONE_OUTPUT"');
    server.give(task);
    expect((await server.completion(task.taskId)).outcome).toMatchObject({
      kind: 'failed',
      outputs: {},
      failure: { message: expect.stringContaining('too deep') },
    });
  });

  test('a task that comes back under a new fence is run under that one', async () => {
    const { server } = scene;
    await scene.start();
    const first = shellTask('true');
    // The answer to the first start is lost until the task is leased again.
    server.intercept = (path, body) =>
      path.endsWith('/started') && (body as StartedRequest).fence === 1 ? 'cut' : undefined;
    server.give(first);
    await server.until(() => server.callsTo('/started').length > 0);
    server.give({ ...first, fence: 2 });
    expect((await server.completion(first.taskId)).fence).toBe(2);
  });

  test('a log that the server refuses does not hold the report', async () => {
    const { server } = scene;
    await scene.start();
    server.intercept = (path) => (path.endsWith('/logs') ? { status: 409 } : undefined);
    const tasks = [shellTask('echo a'), shellTask('echo b')];
    for (const task of tasks) server.give(task);
    for (const task of tasks) expect((await server.completion(task.taskId)).outcome.kind).toBe('succeeded');
  });
});

describe('stopping', () => {
  test('a cancelled task is killed and reported as cancelled; polls name it meanwhile', async () => {
    const { server } = scene;
    await scene.start();
    const task = shellTask('trap "" TERM; echo running; setsid sleep 1000 & while :; do wait; done');
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    server.cancel(task.taskId);
    expect((await server.completion(task.taskId)).outcome).toEqual({ kind: 'cancelled' });
    const polls = server.callsTo('/poll').map((call) => (call.body as PollRequest).cancelling);
    expect(polls.some((cancelling) => cancelling.includes(task.taskId))).toBe(true);
  });

  test('a cancellation of a task that is over is heard once and does not spin', async () => {
    const { server } = scene;
    await scene.start();
    const task = shellTask('true');
    server.give(task);
    await server.completion(task.taskId);
    server.cancel(task.taskId);
    await server.until(() =>
      server.callsTo('/poll').some((call) => (call.body as PollRequest).cancelling.includes(task.taskId)),
    );
    const next = shellTask('true');
    server.give(next);
    await server.completion(next.taskId);
    expect(server.callsTo('/poll').length).toBeLessThan(8);
  });

  test('a lost task is stopped and not reported (T3)', async () => {
    const { server } = scene;
    server.heartbeatMs = 30;
    await scene.start();
    const task = shellTask('echo running; sleep 1000');
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    await server.until(() =>
      server.heartbeats.some((beat) => beat.held.some((held) => held.taskId === task.taskId && held.fence === 1)),
    );
    server.lost = [task.taskId];
    await server.until(() => server.heartbeats.at(-1)?.held.length === 0);
    expect(server.callsTo('/complete')).toEqual([]);
    expect(server.logs.get(task.logKey)?.isFinal).toBe(false);
  });

  test('draining takes no new work, lets steps end, and says goodbye (A3)', async () => {
    const { server, home } = scene;
    const delegate = await scene.start({ drainMs: 60_000 });
    const file = join(home, 'go');
    const task = shellTask(waiting(file));
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    delegate.stop();
    const late = shellTask('true');
    server.give(late);
    await writeFile(file, '');
    await delegate.ended;
    expect(server.completions.map((entry) => [entry.taskId, entry.request.outcome.kind])).toEqual([
      [task.taskId, 'succeeded'],
    ]);
    expect(server.calls.at(-1)?.path).toBe('delegate-1/leave');
    expect(server.callsTo(late.taskId)).toEqual([]);
  });

  test('a step that outlives the drain deadline is killed and reported as lost with the delegate', async () => {
    const { server } = scene;
    const delegate = await scene.start({ drainMs: 0 });
    const task = shellTask('echo running; sleep 1000');
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('running'));
    delegate.stop();
    await delegate.ended;
    expect((await server.completion(task.taskId)).outcome).toMatchObject({
      kind: 'failed',
      failure: { types: ['DELEGATE_RESTART'] },
    });
  });
});

test('never more tasks than the capacity (A1)', async () => {
  const { server, home } = scene;
  await scene.start({ capacity: 2 });
  const file = join(home, 'go');
  const tasks = Array.from({ length: 5 }, () => shellTask(waiting(file)));
  for (const task of tasks) server.give(task);
  await server.until(() => tasks.filter((task) => server.text(task.logKey).includes('running')).length === 2);
  await server.until(() => server.callsTo('/poll').some((call) => (call.body as PollRequest).free === 0));
  expect(server.callsTo('/started')).toHaveLength(2);
  await writeFile(file, '');
  await Promise.all(tasks.map((task) => server.completion(task.taskId)));
  let running = 0;
  for (const { path, body } of server.calls) {
    if (path.endsWith('/started')) running += 1;
    if (path.endsWith('/complete')) running -= 1;
    expect(running).toBeLessThanOrEqual(2);
    if (path.endsWith('/started')) expect((body as StartedRequest).fence).toBe(1);
  }
});

test('a CI stage keeps one folder for its steps until the server releases it', async () => {
  const { server, home } = scene;
  await scene.start();
  const workspaceKey = 'stage-execution-id-000';
  const first = shellTask('echo kept > file', { workspaceKey });
  const second = shellTask('cat file; echo "$HARNESS_WORKSPACE"', { workspaceKey });
  server.give(first);
  await server.completion(first.taskId);
  server.give(second);
  await server.completion(second.taskId);
  const folder = join(home, 'work', 'workspaces', workspaceKey);
  expect(server.text(second.logKey)).toContain(`kept\n${folder}\n`);
  server.release(workspaceKey);
  await server.until(() => server.releasedKeys.has(workspaceKey));
  await expect(access(folder)).rejects.toThrow('ENOENT');
});

test('what CI steps left running ends with the delegate', async () => {
  const { server } = scene;
  const delegate = await scene.start();
  const task = shellTask('setsid sleep 1000 > /dev/null 2>&1 & echo "pid $!"', {
    workspaceKey: 'stage-execution-id-001',
  });
  server.give(task);
  await server.completion(task.taskId);
  const pids = [Number(/pid (\d+)/.exec(server.text(task.logKey))?.[1])];
  expect(await living(pids)).toEqual(pids);
  delegate.stop();
  await delegate.ended;
  expect(await living(pids)).toEqual([]);
});

test('two delegates cannot share a home', async () => {
  await scene.start();
  await expect(scene.start()).rejects.toThrow(HomeInUse);
});

/** Each starts a few processes, and they a Node of their own: where the machine is busy that takes its time. */
describe('as a process', { timeout: 60_000 }, () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));

  function launch(...args: string[]): { readonly child: ChildProcess; readonly output: string[] } {
    const output: string[] = [];
    const child = spawn(
      process.execPath,
      [main, '--home', scene.home, '--name', 'p1', '--kill-grace-ms', '300', '--drain-ms', '200', ...args],
      {
        env: { PATH: process.env['PATH'] ?? '', BRIDLE_DELEGATE_URL: scene.server.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout?.on('data', (data) => output.push(String(data)));
    child.stderr?.on('data', (data) => output.push(String(data)));
    return { child, output };
  }

  const ended = (child: ChildProcess): Promise<number | null> =>
    child.exitCode === null && child.signalCode === null
      ? new Promise((resolve) => child.once('exit', (code) => resolve(code)))
      : Promise.resolve(child.exitCode);

  test('SIGKILL leaves no process and no folder; the server hears of it from the watchdog (R6)', async () => {
    const { server, home } = scene;
    const tokenFile = join(home, 'token');
    await writeFile(tokenFile, `${TOKEN}\n`);
    const { child, output } = launch('--token-file', tokenFile);
    const task = shellTask(
      'trap "" TERM; echo "pid $$"; sleep 1000 & echo "pid $!"; setsid sleep 1000 & echo "pid $!"; echo ready; while :; do wait; done',
    );
    server.give(task);
    await server.until(() => server.text(task.logKey).includes('ready'));
    const pids = [...server.text(task.logKey).matchAll(/pid (\d+)/g)].map((found) => Number(found[1]));
    expect(pids).toHaveLength(3);
    child.kill('SIGKILL');
    await server.until(() => server.callsTo('/leave').length > 0); // the watchdog tells after it has cleaned up
    expect(await living(pids)).toEqual([]);
    expect(await readdir(join(home, 'work', 'tasks'))).toEqual([]);
    expect(server.callsTo('/leave')[0]?.body).toEqual({ incarnation: server.registrations[0]?.incarnation });
    expect(output.join('')).not.toContain(TOKEN);

    const again = launch('--token-file', tokenFile);
    await server.until(() => server.registrations.length === 2);
    expect(server.registrations[1]?.installation).toBe(server.registrations[0]?.installation);
    expect(server.registrations[1]?.incarnation).not.toBe(server.registrations[0]?.incarnation);
    again.child.kill('SIGTERM');
    expect(await ended(again.child)).toBe(0);
  });

  describe('the log of a step whose delegate is killed', () => {
    const LINES = Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}`).join('\n');
    const task = (): DelegateTask => shellTask('for i in {1..20000}; do echo "line $i"; done; sleep 1000');

    /** The server takes no logs until `letThrough`. Resolves when the delegate has read all lines. */
    async function printAll(step: DelegateTask): Promise<{ readonly child: ChildProcess; letThrough(): void }> {
      const { server, home } = scene;
      let isOpen = false;
      server.intercept = (path) => (path.endsWith('/logs') && !isOpen ? { status: 503 } : undefined);
      const { child } = launch('--token', TOKEN);
      server.give(step);
      await waitFor(async () => (await spooled(home)).includes('line 20000\n'));
      return { child, letThrough: () => void (isOpen = true) };
    }

    async function spooled(home: string): Promise<string> {
      const folder = join(home, 'spool');
      const names = await readdir(folder).catch(() => []);
      return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('');
    }

    test('is sent to its end by the watchdog, before the server hears that the delegate is gone (R6)', async () => {
      const { server, home } = scene;
      const step = task();
      const { child, letThrough } = await printAll(step);
      child.kill('SIGKILL');
      await ended(child);
      letThrough();
      await server.until(() => server.callsTo('/leave').length > 0);
      expect(server.text(step.logKey)).toMatch(/^Executing step .*\n/);
      expect(server.text(step.logKey).replace(/^.*\n/, '')).toBe(`${LINES}\n`);
      expect(server.logs.get(step.logKey)?.isFinal).toBe(true);
      await waitFor(async () => (await readdir(join(home, 'spool'))).length === 0);
    });

    test('is sent by the next start when the watchdog is gone as well, before that registers', async () => {
      const { server, home } = scene;
      const step = task();
      const { child, letThrough } = await printAll(step);
      const watchdog = await watchdogOf(child.pid ?? 0);
      process.kill(watchdog, 'SIGSTOP');
      child.kill('SIGKILL');
      await ended(child);
      process.kill(watchdog, 'SIGKILL');
      letThrough();
      expect(server.text(step.logKey)).toBe('');
      const again = launch('--token', TOKEN);
      await server.until(() => server.registrations.length === 2);
      expect(server.text(step.logKey).replace(/^.*\n/, '')).toBe(`${LINES}\n`);
      expect(server.logs.get(step.logKey)?.isFinal).toBe(true);
      const paths = server.calls.map(({ path }) => path);
      expect(paths.findLastIndex((path) => path.endsWith('/logs'))).toBeLessThan(paths.lastIndexOf('register'));
      expect(await readdir(join(home, 'spool'))).toEqual([]);
      again.child.kill('SIGTERM');
      expect(await ended(again.child)).toBe(0);
    });

    test('and that of one that ended while the server was away goes with its report', async () => {
      const { server } = scene;
      const step = shellTask('for i in {1..20000}; do echo "line $i"; done');
      const { child, letThrough } = await printAll(step);
      child.kill('SIGTERM');
      child.kill('SIGTERM');
      await ended(child);
      letThrough();
      const again = launch('--token', TOKEN);
      await server.completion(step.taskId);
      expect(server.text(step.logKey)).toContain(`${LINES}\nExecution ended with exit code 0\n`);
      expect(server.logs.get(step.logKey)?.isFinal).toBe(true);
      again.child.kill('SIGTERM');
      expect(await ended(again.child)).toBe(0);
    });
  });

  test('SIGTERM ends it with code 0; a missing token and a refused one with a text and another code', async () => {
    const { server } = scene;
    const good = launch('--token', TOKEN);
    await server.until(() => server.callsTo('/poll').length > 0);
    expect(good.output.join('')).toContain('--token shows the token');
    good.child.kill('SIGTERM');
    expect(await ended(good.child)).toBe(0);

    const missing = launch();
    expect(await ended(missing.child)).toBe(2);
    expect(missing.output.join('')).toContain('delegate token is missing');

    const wrong = launch('--token', 'wrong');
    expect(await ended(wrong.child)).toBe(1);
    expect(wrong.output.join('')).toContain('does not accept the delegate token');
  });
});

async function living(pids: readonly number[]): Promise<readonly number[]> {
  const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') X')));
  return pids.filter((_, index) => !/\) [ZX]/.test(states[index] ?? ''));
}

/** The waiting shell that a delegate has started. */
async function watchdogOf(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).trim().split(' ').map(Number);
  const commands = await Promise.all(children.map((child) => readFile(`/proc/${child}/cmdline`, 'latin1')));
  const place = commands.findIndex((command) => command.includes('bridle-watchdog'));
  return children[place] ?? Number.NaN;
}

/** For what shows in no call: the delegate's own log. */
async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
