import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';
import { ProjectNews, type News } from './project-news.ts';
import { DEMO_SCOPE } from '../intake/demo.ts';
import { ACCOUNT } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const scope = { accountId: ACCOUNT, ...DEMO_SCOPE };

it('N1: with every wake-up lost, news is told by looking; nobody looks when nobody listens', async () => {
  const errors: unknown[] = [];
  const news = new ProjectNews({
    db: server.db,
    wakes: { subscribe: () => () => undefined },
    onError: (error) => errors.push(error),
    lookMs: 20,
  });
  const heard: News[] = [];
  let ring = (): void => undefined;
  const unsubscribe = await news.subscribe(scope, (item) => {
    heard.push(item);
    ring();
  });
  const until = async (isThere: (item: News) => boolean): Promise<void> => {
    while (!heard.some(isThere)) await new Promise<void>((resolve) => (ring = resolve));
  };

  const { body } = await server.call('POST', '/gateway/api/webhook/custom', {
    isPublic: true,
    body: '{}',
    query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
  });
  const eventCorrelationId = String(body.data);
  await until(({ event, data }) => event === 'trigger-event' && data.finalStatus === 'TARGET_EXECUTION_REQUESTED');
  expect(heard).toContainEqual({
    event: 'trigger-event',
    data: {
      eventCorrelationId,
      pipelineIdentifier: 'test',
      triggerIdentifier: 'myhook',
      finalStatus: 'TARGET_EXECUTION_REQUESTED',
    },
  });

  await server.runTasks();
  await until(({ event, data }) => event === 'change' && data.what === 'delegates');
  await server.call('PUT', '/pipeline/api/triggers/myhook/status', {
    query: { targetIdentifier: 'test', status: 'false' },
  });
  await until(({ event, data }) => event === 'change' && data.what === 'triggers');
  await server.call('DELETE', '/pipeline/api/pipelines/showcase');
  await until(({ event, data }) => event === 'change' && data.what === 'pipelines');

  const told = heard.filter(({ event }) => event === 'trigger-event').map(({ data }) => JSON.stringify(data));
  expect(new Set(told).size).toBe(told.length);
  expect(news.size).toBe(1);
  unsubscribe();
  expect(news.size).toBe(0);
  expect(errors).toEqual([]);
});
