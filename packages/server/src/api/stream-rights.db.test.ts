/** S18: a live stream ends soon after what its reader was allowed is taken away, whoever took it away, and brings nothing more. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DelegateTask } from '@bridle/protocol';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';
import { openTestEventStream, type TestEventStream } from './test-event-stream.ts';
import { addHolder, type Holder } from './test-holders.ts';
import { startRun } from './test-runs.ts';

let server: TestApp;
let base = '';
let run = '';
let task: DelegateTask;
let reader: Holder;
let number = 0;

/** The promise is 5 s; a machine that is busy may take longer to tell it, and one that never ends is found. */
const WITHIN_MS = 30_000;

beforeAll(async () => {
  server = await createTestApp();
  base = await server.app.listen({ port: 0, host: '127.0.0.1' });
  run = await startRun(server, 'test');
  task = await server.startTask();
  await server.writeLog(task, 'first\n');
}, 30_000);
afterAll(() => server.close());

beforeEach(async () => {
  number += 1;
  reader = await addHolder(server, `reader${String(number)}`, { role: '_project_viewer' });
});

const streams = (): Readonly<Record<string, string>> => ({
  'of an execution': `/bridle/api/executions/${run}/events`,
  'of a project': '/bridle/api/projects/default/myproject/events',
  'of a log': `/bridle/api/executions/${run}/nodes/${task.taskId}/log`,
  'of the log service': `/log-service/stream?accountID=${ACCOUNT}&key=${encodeURIComponent(task.logKey)}`,
});

const open = (path: string): Promise<TestEventStream> =>
  openTestEventStream(`${base}${path}`, {
    'x-api-key': reader.token,
    'harness-account': ACCOUNT,
    accept: 'text/event-stream',
  });

/** As another replica would do it: this one is told nothing. */
const TAKEN: Readonly<Record<string, () => Promise<unknown>>> = {
  'the token is revoked': () =>
    server.db.updateTable('api_keys').set({ revoked_at: Date.now() }).where('user_id', '=', reader.id).execute(),
  'the role is taken away': () =>
    server.db.deleteFrom('role_assignments').where('principal_id', '=', reader.id).execute(),
  'the user is disabled': () =>
    server.db.updateTable('users').set({ is_disabled: true }).where('id', '=', reader.id).execute(),
};

describe.each(Object.keys(TAKEN))('when %s', (what) => {
  it(
    'every stream ends',
    async () => {
      const opened = await Promise.all(
        Object.entries(streams()).map(async ([name, path]) => [name, await open(path)] as const),
      );
      for (const [name, { response }] of opened) expect([name, response.status]).toEqual([name, 200]);
      await TAKEN[what]?.();
      // The end is the signal: a stream that goes on fails by the time of the test.
      for (const [, stream] of opened) await stream.rest();
      for (const [name, path] of Object.entries(streams())) {
        const again = await fetch(`${base}${path}`, {
          headers: { 'x-api-key': reader.token, 'harness-account': ACCOUNT },
        });
        expect([name, [401, 403].includes(again.status)]).toEqual([name, true]);
        await again.body?.cancel();
      }
    },
    WITHIN_MS,
  );
});

it(
  'goes on while nothing is taken away',
  async () => {
    const other = await addHolder(server, 'other', { role: '_project_viewer' });
    const stream = await open(streams()['of the log service'] ?? '');
    const before = await openTestEventStream(`${base}${streams()['of an execution'] ?? ''}`, {
      'x-api-key': other.token,
      'harness-account': ACCOUNT,
    });
    await server.db.deleteFrom('role_assignments').where('principal_id', '=', 'other').execute();
    // As long as it took to end the other one, at least.
    await before.rest();
    await server.writeLog(task, 'second\n');
    for (;;) {
      const event = await stream.next();
      expect(event, 'the stream ended').toBeDefined();
      if (JSON.stringify(event?.data).includes('second')) break;
    }
    await stream.close();
  },
  WITHIN_MS,
);
