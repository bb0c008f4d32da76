/** What a step leaves for the server: nothing of it shows a secret, and one bad file costs no other. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DelegateTask } from '@bridle/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openScene, shellTask, type Scene } from '../testing/scene.ts';
import { TaskUploads, type UploadTools } from './task-uploads.ts';

let scene: Scene;
let folder: string;

beforeEach(async () => {
  scene = await openScene();
  folder = mkdtempSync(join(tmpdir(), 'bridle-uploads-'));
});
afterEach(async () => {
  await scene.close();
  rmSync(folder, { recursive: true });
});

/** A Run step whose TOKEN is a secret. */
function secretTask(token: string, command: string): DelegateTask {
  return shellTask('', {
    stepType: 'Run',
    workspaceKey: 'stage-1',
    spec: { shell: 'Bash', reports: ['r.xml'], command },
    environment: { TOKEN: '@@' },
    secrets: { s: { kind: 'text', text: token } },
    secretPlaces: [{ path: ['environment', 'TOKEN'], start: 0, end: 2, reference: 's' }],
  });
}

test('no name of an artifact and no file of a test shows a secret', async () => {
  await scene.start();
  const task = secretTask(
    'hunter22',
    `echo "<testsuite><testcase name='a' file='$TOKEN.py'/></testsuite>" > r.xml; touch "$TOKEN.tgz" b.tgz; echo '*.tgz' >> "$BRIDLE_ARTIFACTS"`,
  );
  scene.server.give(task);
  await scene.server.completion(task.taskId);
  expect(scene.server.tests[0]?.tests).toMatchObject([{ name: 'a', file: '********.py' }]);
  expect([...scene.server.artifacts.keys()]).toEqual(['b.tgz']);
});

test('a secret at the place where a long text is cut leaves no beginning', async () => {
  await scene.start();
  const task = secretTask(
    'hunter22-and-more',
    `pad() { head -c $1 /dev/zero | tr '\\0' p; }; echo "<testsuite><testcase name='a'><failure message='$(pad 7992)$TOKEN x'>$(pad 63992)$TOKEN x</failure></testcase></testsuite>" > r.xml`,
  );
  scene.server.give(task);
  await scene.server.completion(task.taskId);
  const body = JSON.stringify(scene.server.tests[0]?.tests);
  expect(body.length).toBeGreaterThan(70_000);
  expect(body).not.toContain('hunter');
});

test('an artifact that cannot be read costs no other', async () => {
  for (const name of ['a', 'c']) writeFileSync(join(folder, name), name);
  // As unreadable as a file of another user: a link is not followed.
  symlinkSync('a', join(folder, 'b'));
  const uploads = new TaskUploads(shellTask('', {}));
  for (const name of ['a', 'b', 'c']) uploads.addArtifact({ name, path: join(folder, name) });
  const sent: string[] = [];
  const said: string[] = [];
  const upload: UploadTools['session']['upload'] = (_, { name = '' }, open) => {
    open().destroy();
    sent.push(name);
    return Promise.resolve({ kind: 'ok', body: undefined } as never);
  };
  await uploads.send({
    session: { upload } as UploadTools['session'],
    hide: (text) => text,
    say: (line) => Promise.resolve(void said.push(line)),
    signal: new AbortController().signal,
  });
  expect(sent).toEqual(['a', 'c']);
  expect(said).toContainEqual(expect.stringContaining('The artifact b is not kept: it cannot be read'));
});
