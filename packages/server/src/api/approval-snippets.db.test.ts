import { isBlocked, parsePipeline } from '@bridle/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp({ isIntakeStopped: true });
});
afterAll(() => server.close());

const ask = (query: Readonly<Record<string, string>>): Promise<Answer> =>
  server.call('GET', '/pipeline/api/approvals/stage-yaml-snippet', { query });

it.each(['HarnessApproval', 'CustomApproval'])(
  'the snippet of %s makes a stage that can be saved and run',
  async (type) => {
    const answer = await ask({ approvalType: type, routingId: 'x' });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(['status', 'data', 'metaData', 'correlationId']);
    const snippet = parse(String(answer.body.data)) as {
      readonly spec: { readonly execution: { readonly steps: readonly { readonly step: object }[] } };
      readonly failureStrategies: readonly unknown[];
    };
    expect(Object.keys(snippet)).toEqual(['spec', 'failureStrategies']);
    expect(snippet.spec.execution.steps).toMatchObject([{ step: { type } }]);
    const stage = { identifier: 'ask', name: 'Ask', type: 'Approval', ...snippet };
    const pipeline = { identifier: 'p', name: 'p', stages: [{ stage }] };
    const { pipeline: read, diagnostics } = parsePipeline(JSON.stringify({ pipeline }));
    expect([read?.stages.length, diagnostics]).toEqual([1, []]);
    expect(isBlocked(diagnostics, 'run')).toBe(false);
  },
);

it.each(['JiraApproval', 'ServiceNowApproval'])('%s is refused with what to use instead', async (type) => {
  const { status, body } = await ask({ approvalType: type });
  expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
  expect(body.message).toContain(`Bridle has no ${type} step`);
});

it.each([[{}], [{ approvalType: 'Coin' }]])('without a known type it says which there are: %j', async (query) => {
  const { status, body } = await ask(query);
  expect([status, body.status]).toEqual([400, 'FAILURE']);
  expect(body.message).toContain('approvalType');
});
