/** Settings over HTTP, and what holds in which scope. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSetting } from '../store/settings.ts';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const SETTINGS = '/ng/api/settings';
const TOKENLESS = 'allow_tokenless_custom_webhooks';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };
const IN_ORGANIZATION = { projectIdentifier: '' };
const PROJECT = { accountId: ACCOUNT, orgIdentifier: 'default', projectIdentifier: 'myproject' };

function put(query: Record<string, string>, ...updates: readonly Record<string, unknown>[]): Promise<Answer> {
  const body = JSON.stringify(updates.map((each) => ({ updateType: 'UPDATE', identifier: TOKENLESS, ...each })));
  return server.call('PUT', SETTINGS, { query, body, headers: { 'content-type': 'application/json' } });
}

describe('settings', () => {
  it('print what holds in a scope', async () => {
    const list = await server.call('GET', SETTINGS, { query: { category: 'PMS', group: 'triggers' } });
    expect(list.status).toBe(200);
    expect(list.body.data).toContainEqual({
      setting: {
        identifier: TOKENLESS,
        name: expect.any(String),
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        category: 'PMS',
        groupIdentifier: 'triggers',
        value: 'true',
        defaultValue: 'true',
        valueType: 'Boolean',
        allowedValues: ['true', 'false'],
        allowOverrides: true,
        settingSource: 'DEFAULT',
        isSettingEditable: true,
        allowedScopes: ['ACCOUNT', 'ORGANIZATION', 'PROJECT'],
      },
      lastModifiedAt: null,
    });
    const identifiers = ({ body }: Answer): readonly string[] =>
      (body.data as unknown as { setting: { identifier: string } }[]).map(({ setting }) => setting.identifier);
    expect(identifiers(list)).not.toContain('CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE');
    const wide = await server.call('GET', SETTINGS, { query: { includeParentScopes: 'true' } });
    expect(identifiers(wide)).toContain('CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE');
    expect((await server.call('GET', SETTINGS, { query: { category: 'CE' } })).body.data).toEqual([]);
    const one = await server.call('GET', `/gateway${SETTINGS}/${TOKENLESS}`);
    expect(one.body.data).toEqual({ valueType: 'Boolean', value: 'true' });
  });

  it('of the nearest scope hold, unless one above does not let them', async () => {
    const holds = (): Promise<string | undefined> => findSetting(server.db, PROJECT, TOKENLESS);
    const set = await put(IN_ACCOUNT, { value: 'false' });
    expect(set.body.data).toEqual([
      {
        identifier: TOKENLESS,
        setting: expect.objectContaining({ value: 'false', settingSource: 'ACCOUNT', orgIdentifier: null }),
        lastModifiedAt: expect.any(Number),
        updateStatus: true,
        errorMessage: null,
      },
    ]);
    expect(await holds()).toBe('false');
    await put(IN_ORGANIZATION, { value: 'true' });
    expect(await holds()).toBe('true');
    await put({}, { value: 'false' });
    expect(await holds()).toBe('false');
    await put({}, { updateType: 'RESTORE' });
    expect(await holds()).toBe('true');
    await put(IN_ACCOUNT, { value: 'false', allowOverrides: false });
    expect(await holds()).toBe('false');
    const refused = await put({}, { value: 'true' });
    expect(refused.body.data).toEqual([
      {
        identifier: TOKENLESS,
        setting: null,
        lastModifiedAt: null,
        updateStatus: false,
        errorMessage: `${TOKENLESS} cannot be set in project myproject in organization default: the account does not let it be overridden.`,
      },
    ]);
    const list = await server.call('GET', SETTINGS);
    expect(list.body.data).toContainEqual(
      expect.objectContaining({
        setting: expect.objectContaining({
          identifier: TOKENLESS,
          value: 'false',
          allowOverrides: false,
          isSettingEditable: false,
          settingSource: 'ACCOUNT',
        }),
      }),
    );
    // The account itself may change its mind.
    await put(IN_ACCOUNT, { updateType: 'RESTORE' });
    expect(await holds()).toBe('true');
    await put(IN_ORGANIZATION, { updateType: 'RESTORE' });
  });

  it('refuse what makes no sense, each by itself', async () => {
    const answer = await put(
      {},
      { value: 'maybe' },
      { identifier: 'nothing', value: '1' },
      { identifier: 'CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE', value: '5' },
      { identifier: 'mandate_custom_webhook_authorization', value: 'true' },
    );
    expect(answer.status).toBe(200);
    expect(
      (answer.body.data as unknown as { errorMessage: string | null; updateStatus: boolean }[]).map(
        ({ errorMessage, updateStatus }) => [updateStatus, errorMessage],
      ),
    ).toEqual([
      [false, `The value of ${TOKENLESS} is neither true nor false.`],
      [false, 'There is no setting nothing.'],
      [
        false,
        'CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE cannot be set in project myproject in organization default, but in: account.',
      ],
      [true, null],
    ]);
    await put({}, { identifier: 'mandate_custom_webhook_authorization', updateType: 'RESTORE' });
    const size = await put(IN_ACCOUNT, { identifier: 'CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE', value: '0' });
    expect(JSON.stringify(size.body.data)).toContain('is not a whole number from 1 to 10485760');
    expect((await server.call('GET', `${SETTINGS}/nothing`)).status).toBe(404);
    expect((await put({ projectIdentifier: 'nowhere' }, {})).status).toBe(404);
    expect(await findSetting(server.db, PROJECT, 'nothing')).toBeUndefined();
  });
});
