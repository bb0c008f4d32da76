import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openScene, shellTask, type Scene } from './testing/scene.ts';
import { TOKEN } from './testing/fake-server.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  const { problems } = scene.server;
  await scene.close();
  expect(problems).toEqual([]);
});

describe('a task', () => {
  test('runs between started and complete, with its log and outputs', async () => {
    await scene.start();
    const task = shellTask('echo hello; answer="4\n2"', {
      spec: {
        shell: 'Bash',
        source: { type: 'Inline', spec: { script: 'echo hello; answer="4\n2"' } },
        outputVariables: [{ name: 'ANSWER', type: 'String', value: 'answer' }],
      },
    });
    scene.server.give(task);
    const { outcome, fence } = await scene.server.completion(task.taskId);
    expect(fence).toBe(1);
    expect(outcome).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: { ANSWER: '4\n2' } } });
    const log = scene.server.logs.get(task.logKey);
    expect(log?.isFinal).toBe(true); // T2: complete before the report
    expect(log?.bytes.toString()).toMatch(/^Executing step step1 .*\nhello\nExecution ended with exit code 0\n$/);
    const order = scene.server.calls
      .map((call) => call.path.split('/').at(-1))
      .filter((name) => name !== 'poll' && name !== 'heartbeat');
    expect(order[1]).toBe('started');
    expect(order.at(-1)).toBe('complete');
  });

  test('prints 10 MB that arrive byte for byte', async () => {
    await scene.start();
    const task = shellTask(
      'head -c 10000000 /dev/zero | tr "\\0" "x"; printf "\\n\\377\\376 broken"; head -c 2000 /dev/urandom > "$HARNESS_OUTPUT_FILE.bin"; echo; cat "$HARNESS_OUTPUT_FILE.bin"; printf "end without line break"',
    );
    scene.server.give(task);
    await scene.server.completion(task.taskId);
    const bytes = scene.server.logs.get(task.logKey)?.bytes ?? Buffer.alloc(0);
    const start = bytes.indexOf('\n') + 1;
    const tail = Buffer.from('end without line break\nExecution ended with exit code 0\n');
    expect(bytes.subarray(-tail.length)).toEqual(tail);
    const body = bytes.subarray(start, start + 10_000_001);
    expect(createHash('sha256').update(body).digest('hex')).toBe(
      createHash('sha256')
        .update(`${'x'.repeat(10_000_000)}\n`)
        .digest('hex'),
    );
    expect(bytes.subarray(start + 10_000_001, start + 10_000_010).toString('latin1')).toBe('\xff\xfe broken');
    expect(bytes.length).toBe(start + 10_000_001 + 9 + 1 + 2_000 + tail.length);
  });

  test('whose log reaches the limit of the server goes on, and the log says so once', async () => {
    scene.server.logBytesMax = 1_000;
    await scene.start();
    const script = 'for i in $(seq 1000); do echo "line $i"; done; done=yes';
    const task = shellTask(script, {
      spec: {
        shell: 'Bash',
        source: { type: 'Inline', spec: { script } },
        outputVariables: [{ name: 'DONE', type: 'String', value: 'done' }],
      },
    });
    scene.server.give(task);
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: { DONE: 'yes' } } });
    const log = scene.server.logs.get(task.logKey);
    expect(log?.isFinal).toBe(true);
    const text = log?.bytes.toString() ?? '';
    expect(text.slice(0, 1_000)).toMatch(/^Executing step step1 .*\nline 1\nline 2\n/);
    expect(text.slice(1_000)).toMatch(/^\n?The log has reached 1000 bytes, the limit of this server .*\n$/);
  });

  test('of an own folder leaves nothing behind', async () => {
    const delegate = await scene.start();
    const task = shellTask('pwd; mkdir deep; chmod 555 deep; ln -s / out');
    scene.server.give(task);
    await scene.server.completion(task.taskId);
    delegate.stop();
    await delegate.ended;
    expect(await readdir(join(scene.home, 'work', 'tasks'))).toEqual([]);
    expect(await readdir(join(scene.home, 'work', 'trash'))).toEqual([]);
    expect((await readdir('/')).length).toBeGreaterThan(3);
  });

  test('that the server takes back before the start is never started (D2)', async () => {
    await scene.start();
    scene.server.intercept = (path) => (path.endsWith('/started') ? { status: 409 } : undefined);
    const task = shellTask(`touch ${scene.home}/started`);
    scene.server.give(task);
    await scene.server.until(() => scene.server.callsTo('/started').length > 0);
    const next = shellTask('true');
    scene.server.intercept = () => undefined;
    scene.server.give(next);
    await scene.server.completion(next.taskId);
    expect(await readdir(scene.home)).not.toContain('started');
    expect(scene.server.completions.map((entry) => entry.taskId)).toEqual([next.taskId]);
    expect(scene.server.logs.has(task.logKey)).toBe(false);
  });

  test('of an unknown type fails and says so', async () => {
    await scene.start();
    const task = shellTask('', { stepType: 'Teleport' });
    scene.server.give(task);
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining('Teleport') } });
  });
});

test('secrets of the delegate stay with it', async () => {
  process.env['BRIDLE_DELEGATE_TOKEN'] = TOKEN;
  process.env['SOME_SECRET_OF_THE_HOST'] = 'sesame-secret';
  try {
    await scene.start();
    const task = shellTask('env; tr "\\0" "\\n" < /proc/self/environ; cat /proc/self/cmdline', {
      environment: { GIVEN: 'value' },
    });
    scene.server.give(task);
    await scene.server.completion(task.taskId);
    const log = scene.server.text(task.logKey);
    expect(log).toContain('GIVEN=value');
    expect(log).not.toContain(TOKEN);
    expect(log).not.toContain('sesame');
    expect(log).not.toContain('BRIDLE_');
    expect(scene.logged.join('')).not.toContain(TOKEN);
  } finally {
    delete process.env['BRIDLE_DELEGATE_TOKEN'];
    delete process.env['SOME_SECRET_OF_THE_HOST'];
  }
});

describe('what a CI step leaves behind', () => {
  const ciTask = (command: string, spec: Record<string, unknown> = {}): ReturnType<typeof shellTask> =>
    shellTask('', {
      stepType: 'Run',
      spec: { shell: 'Bash', command, ...spec },
      workspaceKey: 'stage-1',
      environment: { DRONE_COMMIT_SHA: 'abc' },
    });

  test('its test reports and artifacts are sent before it is reported, also when it failed (U1)', async () => {
    await scene.start();
    const task = ciTask(
      [
        'mkdir -p out/dist',
        `echo '<testsuite name="unit"><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>' > out/r1.xml`,
        `echo '<testsuite name="e2e"><testcase name="c"/><testcase' > out/r2.xml`,
        'printf "bytes\\0" > out/dist/app.bin; ln -s /etc/passwd out/dist/secret',
        'printf "out/dist/*\\nnothing-here\\n" >> "$BRIDLE_ARTIFACTS"',
        'exit 3',
      ].join('\n'),
      { reports: { type: 'JUnit', spec: { paths: ['out/*.xml'] } } },
    );
    scene.server.give(task);
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 3 });
    const [request] = scene.server.tests;
    expect(request).toMatchObject({ fence: 1, position: 0, commit: 'abc' });
    expect(request?.tests).toMatchObject([
      { suite: 'unit', name: 'a', status: 'passed' },
      { suite: 'unit', name: 'b', status: 'failed', message: 'no' },
      { suite: 'e2e', name: 'c', status: 'passed' },
    ]);
    expect([...scene.server.artifacts]).toEqual([['out/dist/app.bin', Buffer.from('bytes\0')]]);
    const log = scene.server.text(task.logKey);
    expect(log).toMatch(/r2\.xml is used as far as it goes/);
    expect(log).toMatch(/Tests: 3 in all, 2 passed, 1 failed, 0 skipped/);
    expect(log).toMatch(/Kept the artifact out\/dist\/app\.bin \(6 bytes\)/);
    expect(log).toMatch(/no file of the workspace is not kept \(1\)/);
  });

  test('what the server does not take changes nothing about how the step ended (U2)', async () => {
    await scene.start();
    scene.server.intercept = (path) =>
      path.includes('/artifacts') ? { status: 400, body: { message: 'too much already' } } : undefined;
    const task = ciTask('touch a; echo a >> "$BRIDLE_ARTIFACTS"');
    scene.server.give(task);
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome.kind).toBe('succeeded');
    expect(scene.server.text(task.logKey)).toMatch(/The artifact a is not kept: too much already/);
  });

  test('an outage during an upload loses nothing', async () => {
    await scene.start();
    let cuts = 2;
    scene.server.intercept = (path) => {
      if (!path.includes('/artifacts') || cuts === 0) return undefined;
      cuts -= 1;
      return 'cut';
    };
    const task = ciTask('head -c 3000000 /dev/zero > big; echo big >> "$BRIDLE_ARTIFACTS"');
    scene.server.give(task);
    await scene.server.completion(task.taskId);
    expect(scene.server.artifacts.get('big')?.length).toBe(3_000_000);
    expect(cuts).toBe(0);
  });
});
