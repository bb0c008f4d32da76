/** What services of a stage write, in the logs of their Background steps. */
import type { DelegateTask, SecretSource } from '@bridle/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScene, shellTask, type Scene } from './testing/scene.ts';

const STAGE = { workspaceKey: 'stage-1' };
const SECRET = 'open-sesame-4711';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  const { problems } = scene.server;
  await scene.close();
  expect(problems).toEqual([]);
});

function background(command: string): DelegateTask {
  const identifier = 'service';
  return shellTask('', { ...STAGE, stepType: 'Background', identifier, spec: { shell: 'Bash', command } });
}

/** The lines without those of the shell's trace. */
function lines(task: DelegateTask): readonly string[] {
  return scene.server
    .text(task.logKey)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('+'));
}

const isFinal = (task: DelegateTask): boolean => scene.server.logs.get(task.logKey)?.isFinal === true;

test('come as they are written, long after the step, until the stage is over', async () => {
  const { server } = scene;
  await scene.start();
  const service = background('echo begun; until [ -e go ]; do sleep 0.02; done; echo went on; exec sleep 1000');
  server.give(service);
  expect((await server.completion(service.taskId)).outcome).toMatchObject({ kind: 'succeeded' });
  await server.until(() => lines(service).includes('begun'));
  expect(isFinal(service)).toBe(false);
  const step = shellTask('touch go', STAGE);
  server.give(step);
  await server.completion(step.taskId);
  await server.until(() => lines(service).includes('went on'));
  expect(isFinal(service)).toBe(false);
  server.release(STAGE.workspaceKey);
  await server.until(() => isFinal(service));
  expect(lines(service)).toEqual([expect.stringContaining('The service service has started'), ...['begun', 'went on']]);
});

test('end with how a service ended that did so before its stage', async () => {
  const { server } = scene;
  await scene.start();
  const service = background('echo bye; exit 3');
  server.give(service);
  await server.until(() => isFinal(service));
  expect(lines(service).at(-1)).toBe('The service service ended with exit code 3.');
});

test('hide the secrets of the steps beside and after it, too (V1)', async () => {
  const { server } = scene;
  await scene.start();
  const secretTask = (script: string): DelegateTask => {
    const secrets: Record<string, SecretSource> = { key: { kind: 'text', text: SECRET } };
    const place = { path: ['environment', 'KEY'], start: 0, end: 3, reference: 'key' };
    return shellTask(script, { ...STAGE, environment: { KEY: 'key' }, secrets, secretPlaces: [place] });
  };
  const beside = secretTask('touch runs; until [ -e ready ]; do sleep 0.02; done; echo "beside $KEY" > one');
  const service = background(
    'touch ready; for file in one two; do until [ -s $file ]; do sleep 0.02; done; cat $file; done',
  );
  server.give(beside);
  await server.until(() => server.callsTo(`${beside.taskId}/started`).length > 0);
  server.give(service);
  await server.completion(beside.taskId);
  const after = secretTask('echo "after $KEY" > two');
  server.give(after);
  await server.until(() => isFinal(service));
  expect(lines(service)).toEqual(expect.arrayContaining(['beside ********', 'after ********']));
  expect(JSON.stringify(server.calls) + server.text(service.logKey)).not.toContain(SECRET);
});

test('are whole when the delegate stops before the stage is over', async () => {
  const { server } = scene;
  const delegate = await scene.start();
  const service = background('for i in {1..20000}; do echo "line $i"; done; exec sleep 1000');
  server.give(service);
  await server.completion(service.taskId);
  await server.until(() => lines(service).includes('line 1'));
  await server.until(() => lines(service).includes('line 20000'));
  delegate.stop();
  await delegate.ended;
  expect(isFinal(service)).toBe(true);
  expect(lines(service).filter((line) => line.startsWith('line '))).toHaveLength(20_000);
});
