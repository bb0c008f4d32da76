/** Tokens in the path (api.md §1.3, S3), and what people do with triggers beside saving them (§1.9, §3.1). */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

const TRIGGERS = '/pipeline/api/triggers';
const target = { targetIdentifier: 'test' };
const ONE = { orgIdentifier: 'default', projectIdentifier: 'myproject', ...target, triggerIdentifier: 'myhook' };

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

async function detailsOf(identifier = 'myhook'): Promise<Record<string, unknown>> {
  return (await server.call('GET', `${TRIGGERS}/${identifier}/details`, { query: target })).body.data as never;
}

async function tokenOf(): Promise<string> {
  const { webhookUrl } = await detailsOf();
  return /\/custom\/([A-Za-z0-9]{40})\/v3\?/.exec(String(webhookUrl))?.[1] ?? '';
}

const fire = (token: string, body = '{}', headers: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', `/gateway/pipeline/api/webhook/custom/${token}/v3`, {
    isPublic: true,
    body,
    headers,
    // As whoever guesses would write it: nothing but the token counts.
    query: { pipelineIdentifier: 'other', triggerIdentifier: 'other' },
  });

/** Without a value what is set goes. */
const setSetting = async (
  identifier: string,
  value: string | undefined,
  scope: Record<string, string>,
): Promise<void> => {
  const update = value === undefined ? { updateType: 'RESTORE' } : { value, updateType: 'UPDATE' };
  const answer = await server.call('PUT', '/ng/api/settings', {
    query: scope,
    body: JSON.stringify([{ identifier, ...update, allowOverrides: true }]),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
};

/** Settings are remembered for a moment by who answers webhooks. */
const whenHeard = (call: () => Promise<Answer>, isHeard: (answer: Answer) => boolean): Promise<Answer> =>
  vi.waitFor(
    async () => {
      const answer = await call();
      expect(answer).toSatisfy(isHeard);
      return answer;
    },
    { timeout: 10_000 },
  );

describe('the token of a trigger', () => {
  it('names it, whatever else the query says', async () => {
    const { status, body } = await fire(await tokenOf());
    expect(status).toBe(200);
    const { eventCorrelationId, ...links } = body.data as unknown as Record<string, string>;
    expect(eventCorrelationId).toMatch(/^[0-9a-f]{24}$/);
    expect(links).toEqual({
      apiUrl: expect.stringContaining(
        `/triggerExecutionDetailsV2/${String(eventCorrelationId)}?accountIdentifier=${ACCOUNT}`,
      ),
      uiUrl: expect.stringContaining('deployments?pipelineIdentifier=test'),
      uiSetupUrl: expect.stringContaining('/pipelines/test/pipeline-studio/'),
    });
    const event = await server.db
      .selectFrom('trigger_events')
      .select(['pipeline_identifier', 'trigger_identifier'])
      .where('id', '=', String(eventCorrelationId))
      .executeTakeFirstOrThrow();
    expect(event).toEqual({ pipeline_identifier: 'test', trigger_identifier: 'myhook' });
  });

  it('that is none is refused, as is that of a disabled trigger', async () => {
    const guessed = 'x'.repeat(40);
    const unknown = await fire(guessed);
    expect([unknown.status, unknown.body.code, unknown.body.message]).toEqual([
      400,
      'INVALID_REQUEST',
      expect.stringContaining(`No custom trigger found for the used custom webhook token: ${guessed}`),
    ]);
    const token = await tokenOf();
    await server.call('PUT', `${TRIGGERS}/myhook/status`, { query: { ...target, status: 'false' } });
    expect((await fire(token)).body.message).toContain(
      `No enabled custom trigger found for the used custom webhook token: ${token}`,
    );
    await server.call('PUT', `${TRIGGERS}/myhook/status`, { query: { ...target, status: 'true' } });
  });

  it('is replaced: the old address stops working, the new one works', async () => {
    const old = await tokenOf();
    const { body } = await server.call('GET', `${TRIGGERS}/regenerateToken`, { query: ONE });
    expect(body).toEqual({ metaData: {}, resource: expect.stringMatching(/^[A-Za-z0-9]{40}$/), responseMessages: [] });
    expect(body['resource']).toBe(await tokenOf());
    expect((await fire(old)).status).toBe(400);
    expect((await fire(String(body['resource']))).status).toBe(200);
    const recorded = await server.db.selectFrom('audit_events').selectAll().execute();
    const [last] = recorded.filter(({ action }) => action === 'ROTATE_TOKEN');
    expect(last).toMatchObject({ resource_identifier: 'myhook' });
    expect(JSON.stringify(recorded)).not.toContain(String(body['resource']));
  });

  it('without a trigger belongs to nothing; half a name is none', async () => {
    const before = await tokenOf();
    const { body } = await server.call('GET', `${TRIGGERS}/regenerateToken`);
    expect(body['resource']).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(await tokenOf()).toBe(before);
    const half = await server.call('GET', `${TRIGGERS}/regenerateToken`, { query: { triggerIdentifier: 'myhook' } });
    expect([half.status, half.body.code]).toEqual([400, 'INVALID_REQUEST']);
    const missing = await server.call('GET', `${TRIGGERS}/regenerateToken`, {
      query: { ...ONE, triggerIdentifier: 'nothook' },
    });
    expect([missing.status, missing.body.message]).toEqual([404, 'Trigger nothook does not exist']);
  });

  it('is not replaced by a page of another site', async () => {
    const answer = await server.call('GET', `${TRIGGERS}/regenerateToken`, {
      query: ONE,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'NG_ACCESS_DENIED']);
  });
});

describe('URLs without a token', () => {
  it.each([
    ['project', { orgIdentifier: 'default', projectIdentifier: 'myproject' }],
    ['organization', { orgIdentifier: 'default', projectIdentifier: '' }],
    ['account', { orgIdentifier: '', projectIdentifier: '' }],
  ])('are open, and shown as open, until a setting of the %s closes them (S3)', async (_, scope) => {
    const named = (): Promise<Answer> =>
      server.call('POST', '/gateway/api/webhook/custom', { isPublic: true, body: '{}' });
    await setSetting('allow_tokenless_custom_webhooks', 'false', scope);
    const closed = await whenHeard(named, ({ status }) => status !== 200);
    expect([closed.status, closed.body.code, closed.body.message]).toEqual([
      400,
      'INVALID_REQUEST',
      expect.stringContaining('without a token are closed'),
    ]);
    expect(await detailsOf()).not.toHaveProperty('tokenlessWebhookUrl');
    expect((await fire(await tokenOf())).status).toBe(200);
    await setSetting('allow_tokenless_custom_webhooks', undefined, scope);
    expect((await whenHeard(named, ({ status }) => status === 200)).status).toBe(200);
    expect(await detailsOf()).toHaveProperty('tokenlessWebhookUrl');
  });

  it('need a key where a setting says so', async () => {
    const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
    await setSetting('mandate_custom_webhook_authorization', 'true', scope);
    const token = await tokenOf();
    const refused = await whenHeard(
      () => fire(token),
      ({ status }) => status !== 200,
    );
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringContaining(
        `Authorization is mandatory for custom triggers in ${ACCOUNT}:default:myproject. Please add X-Api-Key header in the request`,
      ),
    ]);
    expect((await fire(token, '{}', { 'x-api-key': server.token })).status).toBe(200);
    await setSetting('mandate_custom_webhook_authorization', undefined, scope);
    await whenHeard(
      () => fire(token),
      ({ status }) => status === 200,
    );
  });
});

it('a payload may be limited for the account', async () => {
  const account = { orgIdentifier: '', projectIdentifier: '' };
  await setSetting('CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE', '10', account);
  const token = await tokenOf();
  const refused = await whenHeard(
    () => fire(token, '{"a":"bcdefg"}'),
    ({ status }) => status !== 200,
  );
  expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('The payload has 14 bytes')]);
  expect((await fire(token, '{"a":"bc"}')).status).toBe(200);
  await setSetting('CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE', undefined, account);
});

describe('a custom trigger with a secret', () => {
  it('fires for signed calls, once for each', async () => {
    const secret = { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: 'between us' };
    await server.call('POST', '/ng/api/v2/secrets', {
      body: {
        secret: {
          type: 'SecretText',
          name: 's',
          identifier: 'hook',
          orgIdentifier: 'default',
          projectIdentifier: 'myproject',
          spec: secret,
        },
      },
    });
    const { yaml } = await detailsOf();
    const text = String(yaml)
      .replaceAll('myhook', 'signed')
      .replace(/^trigger:\n/, 'trigger:\n  encryptedWebhookSecretIdentifier: hook\n');
    expect((await server.call('POST', TRIGGERS, { body: text, query: target })).body).toMatchObject({
      data: { errorResponse: false },
    });
    const sign = (body: string): Record<string, string> => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'between us').update(body).digest('hex')}`,
    });
    const call = async (body: string, headers: Record<string, string>): Promise<string> => {
      const query = { pipelineIdentifier: 'test', triggerIdentifier: 'signed' };
      const { data } = (await server.call('POST', '/api/webhook/custom', { isPublic: true, body, headers, query }))
        .body;
      return String(data);
    };
    const statusOf = async (eventId: string): Promise<unknown> => {
      const answer = await whenHeard(
        () =>
          server.call('GET', '/pipeline/api/webhook/triggerProcessingDetails', { isPublic: true, query: { eventId } }),
        ({ body }) => (body.data as unknown as { status: string }).status !== 'QUEUED',
      );
      return (answer.body.data as unknown as { status: string }).status;
    };
    expect(await statusOf(await call('{"n":1}', {}))).toBe('TRIGGER_AUTHENTICATION_FAILED');
    expect(await statusOf(await call('{"n":1}', sign('{"n":2}')))).toBe('TRIGGER_AUTHENTICATION_FAILED');
    const first = await call('{"n":1}', sign('{"n":1}'));
    expect(await statusOf(first)).toBe('TARGET_EXECUTION_REQUESTED');
    expect(await call('{"n":1}', sign('{"n":1}'))).toBe(first);
    expect(await statusOf(await call('{"n":2}', sign('{"n":2}')))).toBe('TARGET_EXECUTION_REQUESTED');
    await server.call('DELETE', `${TRIGGERS}/signed`, { query: target });
  });
});

describe('many triggers at once', () => {
  const toggle = (body: object): Promise<Answer> =>
    server.call('PATCH', `${TRIGGERS}/bulk-toggle`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('are switched where they stand otherwise, and told of', async () => {
    const filters = {
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipelineIdentifier: 'test',
      type: 'Webhook',
    };
    const off = await toggle({ filters, data: { enable: false } });
    const told = {
      triggerIdentifier: 'myhook',
      triggerName: 'myhook',
      type: 'Webhook',
      pipelineIdentifier: 'test',
      projectIdentifier: 'myproject',
      orgIdentifier: 'default',
    };
    expect(off.body.data).toEqual({ count: 1, bulkTriggerDetailDTOList: [told] });
    expect((await detailsOf())['enabled']).toBe(false);
    expect((await toggle({ filters, data: { enable: false } })).body.data).toEqual({
      count: 0,
      bulkTriggerDetailDTOList: [],
    });
    expect((await toggle({ data: { enable: true } })).body.data).toMatchObject({ count: 1 });
    expect((await detailsOf())['enabled']).toBe(true);
  });

  it('are named by whole scopes only', async () => {
    const half = await toggle({ filters: { projectIdentifier: 'myproject' }, data: { enable: true } });
    expect([half.status, half.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('what a changed pipeline asks for', () => {
  it('is told as the trigger that would fit', async () => {
    const variable = (name: string): string => `{ name: ${name}, type: String, value: <+input> }`;
    const pipeline = (name: string): string => `pipeline:
  name: asking
  identifier: asking
  variables: [${variable(name)}]
  stages:
    - stage: { name: s, identifier: s, type: Custom, spec: { execution: { steps: [{ step: { name: w, identifier: w, type: Wait, spec: { duration: 1s } } }] } } }
`;
    const trigger = `trigger: # kept
  name: ask
  identifier: ask
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: asking
  source: { type: Webhook, spec: { type: Custom, spec: {} } }
  inputYaml: |
    pipeline:
      identifier: asking
      variables: [{ name: old, type: String, value: mine }]
`;
    const query = { targetIdentifier: 'asking' };
    await server.call('POST', '/pipeline/api/pipelines/v2', { body: pipeline('old') });
    await server.call('POST', TRIGGERS, { body: trigger, query });
    const outdated = async (): Promise<unknown> =>
      (
        (await server.call('GET', `${TRIGGERS}/ask/details`, { query })).body.data as unknown as Record<string, unknown>
      )['pipelineInputOutdated'];
    const diff = async (): Promise<{ oldYAML: string; newYAML: string }> =>
      (await server.call('GET', `${TRIGGERS}/ask/triggerReconciliationYamlDiff`, { query })).body.data as never;
    expect(await outdated()).toBe(false);
    expect((await diff()).newYAML).toContain('mine');
    await server.call('PUT', '/pipeline/api/pipelines/v2/asking', { body: pipeline('next') });
    expect(await outdated()).toBe(true);
    const { oldYAML, newYAML } = await diff();
    expect(oldYAML).toBe(trigger);
    expect(newYAML).toContain('# kept');
    expect(newYAML).not.toContain('mine');
    expect(newYAML).toMatch(/name: next[^]*<\+input>/);
  });
});

describe('lists', () => {
  it.each([
    ['/pipeline/api/webhook/webhookTriggerTypes', expect.arrayContaining(['Github', 'Gitlab', 'Bitbucket', 'Custom'])],
    ['/pipeline/api/webhook/githubTriggerEvents', expect.arrayContaining(['Push', 'PullRequest', 'Release'])],
    ['/pipeline/api/webhook/githubPRActions', expect.arrayContaining(['Open', 'ReadyForReview'])],
    ['/pipeline/api/webhook/githubIssueCommentActions', ['Create', 'Edit', 'Delete']],
    ['/pipeline/api/webhook/gitlabTriggerEvents', expect.arrayContaining(['MergeRequest', 'Tag'])],
    ['/pipeline/api/webhook/gitlabPRActions', ['Open', 'Close', 'Reopen', 'Merge', 'Update', 'Sync']],
    ['/pipeline/api/webhook/bitbucketTriggerEvents', ['PullRequest', 'Push', 'PRComment']],
    ['/pipeline/api/webhook/bitbucketPRActions', ['Create', 'Update', 'Merge', 'Decline']],
    ['/pipeline/api/webhook/sourceRepos', expect.objectContaining({ Bitbucket: ['PullRequest', 'Push', 'PRComment'] })],
    ['/pipeline/api/webhook/gitTriggerEventDetails', expect.objectContaining({ AwsCodeCommit: { Push: [] } })],
    [
      `${TRIGGERS}/catalog`,
      {
        catalog: [
          { category: 'Webhook', triggerCatalogType: ['Github', 'Gitlab', 'Bitbucket', 'Custom'] },
          { category: 'Scheduled', triggerCatalogType: ['Cron'] },
        ],
      },
    ],
    [
      `${TRIGGERS}/eventHistory/artifact-manifest-info`,
      expect.objectContaining({ content: [], totalElements: 0, empty: true }),
    ],
  ])('%s', async (path, data) => {
    const answer = await server.call('GET', path);
    expect(answer.body).toEqual({ status: 'SUCCESS', data, metaData: null, correlationId: expect.any(String) });
  });

  it('of actions are those of one event', async () => {
    const actions = (sourceRepo: string, event: string): Promise<Answer> =>
      server.call('GET', '/pipeline/api/webhook/actions', { query: { sourceRepo, event } });
    expect((await actions('GITHUB', 'IssueComment')).body.data).toEqual(['Create', 'Edit', 'Delete']);
    expect((await actions('Github', 'Nothing')).body.message).toContain('is no event of Github');
    expect((await actions('Sourceforge', 'Push')).body.message).toContain('is no Git provider');
  });

  it('of what is not served here are refused honestly', async () => {
    const polled = await server.call('GET', `${TRIGGERS}/eventHistory/polledResponse/a`);
    expect([polled.status, polled.body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
    const branch = await server.call('PUT', `${TRIGGERS}/update-branch-name`, { query: target });
    expect([branch.status, branch.body.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});
