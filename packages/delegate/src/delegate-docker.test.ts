/** Containers of a delegate that goes away, whichever way. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWithDocker, IMAGE, testEngine } from '@bridle/executors/testing/test-docker';
import type { DelegateTask } from '@bridle/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TOKEN } from './testing/fake-server.ts';
import { openScene, shellTask, taskId, type Scene } from './testing/scene.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

describeWithDocker('containers of a delegate', () => {
  let scene: Scene;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    await testEngine();
    scene = await openScene();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await scene.close();
  });

  /** A step, a service, a network and a volume. */
  const stageTasks = (): {
    readonly service: DelegateTask;
    readonly step: DelegateTask;
    readonly workspaceKey: string;
  } => {
    const workspaceKey = taskId();
    const stage = { identifier: 's', sharedPaths: ['/cache'] };
    const common = { workspaceKey, stage };
    return {
      workspaceKey,
      service: shellTask('', {
        ...common,
        stepType: 'Background',
        identifier: 'service',
        spec: { image: IMAGE, command: 'sleep 1000' },
      }),
      step: shellTask('', {
        ...common,
        stepType: 'Run',
        spec: { image: IMAGE, command: `trap '' TERM; echo ready; while :; do sleep 1; done` },
      }),
    };
  };

  const left = async (workspaceKey: string): Promise<readonly string[]> => {
    const { client } = await testEngine();
    const filters = { label: [`bridle.workspace=${workspaceKey}`] };
    const [containers, networks, volumes] = await Promise.all([
      client.listContainers({ all: true, filters }),
      client.listNetworks({ filters }),
      client.listVolumes({ filters: JSON.stringify(filters) }),
    ]);
    return [
      ...containers.map(({ Id }) => `container ${Id}`),
      ...networks.map(({ Id }) => `network ${Id}`),
      ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ];
  };

  async function launch(): Promise<ChildProcess> {
    const { server, home } = scene;
    const tokenFile = join(home, 'token');
    await writeFile(tokenFile, `${TOKEN}\n`);
    const child = spawn(process.execPath, [MAIN, '--home', home, '--name', 'p1', '--token-file', tokenFile], {
      env: {
        PATH: process.env['PATH'] ?? '',
        BRIDLE_DELEGATE_URL: server.url,
        ...(process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] }),
      },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  }

  test('one that has run containers ends at once when it is told to: nothing about the engine holds it', async () => {
    const { server } = scene;
    const child = await launch();
    const { service, step, workspaceKey } = stageTasks();
    const quick = { ...step, spec: { image: IMAGE, command: 'echo done' } };
    for (const task of [service, quick]) {
      server.give(task);
      expect((await server.completion(task.taskId)).outcome).toMatchObject({ kind: 'succeeded' });
    }
    server.release(workspaceKey);
    await server.until(() => server.releasedKeys.has(workspaceKey));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const toldAt = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(20_000); // what held it once did so for 30 s, or minutes
  });

  test('SIGKILL leaves nothing of its steps in the engine (R6)', async () => {
    const { server } = scene;
    const child = await launch();
    const { service, step, workspaceKey } = stageTasks();
    server.give(service);
    expect((await server.completion(service.taskId)).outcome).toMatchObject({ kind: 'succeeded' });
    server.give(step);
    await server.until(() => server.text(step.logKey).includes('\nready'));
    expect(server.registrations[0]?.capabilities?.docker).toMatchObject({ os: 'linux' });
    expect(await left(workspaceKey)).toHaveLength(4); // two containers, a network, a volume
    child.kill('SIGKILL');
    await server.until(() => server.callsTo('/leave').length > 0); // the watchdog tells after it has cleaned up
    expect(await left(workspaceKey)).toEqual([]);
  });

  test('neither does a stage that is released, nor a delegate that ends', async () => {
    const { server } = scene;
    const delegate = await scene.start();
    const [first, second] = [stageTasks(), stageTasks()];
    for (const { service } of [first, second]) {
      server.give(service);
      await server.completion(service.taskId);
    }
    await waitFor(async () => (await left(first.workspaceKey)).length === 3); // the program's probe of the image is gone
    server.release(first.workspaceKey);
    await server.until(() => server.releasedKeys.has(first.workspaceKey));
    expect(await left(first.workspaceKey)).toEqual([]);
    expect(await left(second.workspaceKey)).toHaveLength(3);
    delegate.stop();
    await delegate.ended;
    expect(await left(second.workspaceKey)).toEqual([]);
  });
});

/** For what shows in no call to the server: the engine has to be asked. */
async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
