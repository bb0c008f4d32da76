import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

it('the raw log is what was written, also while the step runs', async () => {
  const started = await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  const { planExecution } = started.body.data as unknown as { planExecution: { uuid: string } };
  const task = await server.startTask();
  const path = `/bridle/api/executions/${planExecution.uuid}/nodes/${task.taskId}/log/raw`;
  const empty = await server.call('GET', path);
  expect([empty.status, empty.text]).toEqual([200, '']);

  await server.writeLog(task, '10 %\r20 %\r\n\u001B[1mbold\u001B[0m\n\nno line ');
  expect((await server.call('GET', path)).text).toBe('10 %\r20 %\r\n\u001B[1mbold\u001B[0m\n\nno line ');
  await server.writeLog(task, 'end', true);
  const raw = await server.call('GET', path);
  expect(raw.text).toBe('10 %\r20 %\r\n\u001B[1mbold\u001B[0m\n\nno line end');
  expect(raw.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename="greet.log"',
    'x-content-type-options': 'nosniff',
  });

  expect((await server.call('GET', path.replace(task.taskId, 'nobody'))).status).toBe(404);
  expect((await server.call('GET', path, { isPublic: true })).status).toBe(401);
});
