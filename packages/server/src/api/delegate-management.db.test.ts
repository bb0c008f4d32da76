/** Delegate tokens and the list of delegates, as Harness's clients use them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

const TOKENS = '/ng/api/delegate-token-ng';
const LIST = '/ng/api/delegate-setup/listDelegates';
/** The tests' calls name the demo project unless they say otherwise. */
const NOWHERE = { orgIdentifier: '', projectIdentifier: '' };
const PROJECT = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
const FACTS = {
  tags: ['gpu', 'EU '],
  version: '0.0.1',
  hostName: 'host-1',
  os: 'linux',
  arch: 'x64',
  shells: ['Bash'],
  capacity: 1,
  capabilities: { binaries: ['git'], docker: { version: '27.3', os: 'linux', arch: 'x64' } },
};

let server: TestApp;
beforeEach(async () => {
  server = await createTestApp();
});
afterEach(async () => {
  await server.close();
});

type Token = { readonly name: string; readonly value: string | null; readonly status: string };

async function make(tokenName: string, scope: Readonly<Record<string, string>> = {}): Promise<string> {
  const { status, body } = await server.call('POST', TOKENS, { query: { ...NOWHERE, tokenName, ...scope } });
  expect(status).toBe(200);
  return (body['resource'] as Token).value ?? '';
}

async function tokens(query: Readonly<Record<string, string>> = {}): Promise<readonly Token[]> {
  const { status, body } = await server.call('GET', TOKENS, { query: { ...NOWHERE, ...query } });
  expect(status).toBe(200);
  return body['resource'] as readonly Token[];
}

async function asDelegate(
  token: string,
  path: string,
  payload: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await server.app.inject({
    method: 'POST',
    url: `/delegate/api/${path}`,
    payload,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function register(token: string, name: string, installation: string): Promise<string> {
  const incarnation = `process-${installation}`;
  const { status, body } = await asDelegate(token, 'register', { ...FACTS, name, installation, incarnation });
  expect(status).toBe(200);
  return body['delegateId'] as string;
}

describe('tokens (S18)', () => {
  it('are shown once, belong to where they were made, and their names are unique there', async () => {
    const value = await make('build');
    expect(value).toMatch(/^dlt\./);
    expect((await tokens({ name: 'build' }))[0]).toEqual({
      uuid: expect.any(String),
      accountId: ACCOUNT,
      name: 'build',
      createdBy: { type: 'USER', name: 'admin' },
      createdAt: expect.any(Number),
      status: 'ACTIVE',
      value: null,
      ownerIdentifier: null,
      revokeAfter: null,
    });
    const twice = await server.call('POST', TOKENS, { query: { ...NOWHERE, tokenName: 'build' } });
    expect([twice.status, twice.body.code]).toEqual([400, 'DUPLICATE_FIELD']);
    await make('build', PROJECT);
    await make('build', { orgIdentifier: 'default' });
    const names = async (scope: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await tokens(scope)).map((token) => token.name);
    expect(await names(PROJECT)).toEqual(['build']);
    expect((await tokens(PROJECT))[0]).toMatchObject({ ownerIdentifier: 'default/myproject' });
    expect(await names({})).toEqual(['delegate of this installation', 'build']);
    const rows = await server.db.selectFrom('delegate_tokens').select('secret_hash').execute();
    expect(rows.some((row) => value.includes(row.secret_hash) || row.secret_hash.includes(value))).toBe(false);
  });

  it('are refused where they make no sense', async () => {
    const make400 = async (query: Readonly<Record<string, string>>): Promise<number> =>
      (await server.call('POST', TOKENS, { query: { ...NOWHERE, ...query } })).status;
    expect(await make400({})).toBe(400);
    expect(await make400({ tokenName: 'x', projectIdentifier: 'myproject' })).toBe(400);
    expect(await make400({ tokenName: 'x', revokeAfter: 'tomorrow' })).toBe(400);
    expect(await make400({ tokenName: 'x', orgIdentifier: 'nowhere' })).toBe(404);
    expect((await server.call('POST', TOKENS, { query: { tokenName: 'x' }, isPublic: true })).status).toBe(401);
    expect((await server.call('PUT', TOKENS, { query: { ...NOWHERE, tokenName: 'nobody' } })).status).toBe(404);
    expect((await server.call('DELETE', TOKENS, { query: { ...NOWHERE, tokenName: 'nobody' } })).status).toBe(404);
  });

  it('end when they are revoked: a poll that waits is answered, the next call is refused, and they can be deleted', async () => {
    const value = await make('build');
    const id = await register(value, 'builder', 'home-one');
    const poll = asDelegate(value, `${id}/poll`, {
      incarnation: 'process-home-one',
      free: 1,
      cancelling: [],
      waitMs: 25_000,
      released: [],
    });
    const early = await server.call('DELETE', TOKENS, { query: { ...NOWHERE, tokenName: 'build' } });
    expect([early.status, early.body.message]).toEqual([400, expect.stringContaining('Revoke it first')]);
    const before = performance.now();
    const revoked = await server.call('PUT', TOKENS, { query: { ...NOWHERE, tokenName: 'build' } });
    expect([revoked.status, (revoked.body['resource'] as Token).status]).toEqual([200, 'REVOKED']);
    await poll;
    expect(performance.now() - before).toBeLessThan(5_000);
    const beat = await asDelegate(value, `${id}/heartbeat`, { incarnation: 'process-home-one', held: [] });
    expect(beat.status).toBe(401);
    expect(
      (
        await asDelegate(value, 'register', {
          ...FACTS,
          name: 'builder',
          installation: 'home-one',
          incarnation: 'process-two',
        })
      ).status,
    ).toBe(401);
    expect((await server.call('PUT', TOKENS, { query: { ...NOWHERE, tokenName: 'build' } })).status).toBe(200);
    expect((await tokens({ status: 'REVOKED' })).map((token) => token.name)).toEqual(['build']);
    expect((await tokens({ status: 'ACTIVE' })).map((token) => token.name)).toEqual(['delegate of this installation']);
    expect((await server.call('DELETE', TOKENS, { query: { ...NOWHERE, tokenName: 'build' } })).status).toBe(200);
    expect(await tokens({ name: 'build' })).toEqual([]);
    expect(await make('build')).not.toBe(value);
  });
});

describe('the list of delegates', () => {
  it('shows replicas with one name as one, with all tags, in the scope of their token', async () => {
    const [ofAccount, ofProject] = [await make('account'), await make('project', PROJECT)];
    await register(ofAccount, 'builder', 'home-one');
    await register(ofAccount, 'builder', 'home-two');
    await register(ofProject, 'local', 'home-three');
    const names = async (query: Readonly<Record<string, string>>, body = {}): Promise<unknown> => {
      const answer = await server.call('POST', LIST, {
        query: { ...NOWHERE, ...query },
        body: { filterType: 'Delegate', ...body },
      });
      expect(answer.status).toBe(200);
      return (answer.body['resource'] as { name: string }[]).map(({ name }) => name);
    };
    const all = await server.call('POST', LIST, { query: NOWHERE });
    expect(all.body['resource']).toEqual([
      {
        type: 'DOCKER',
        name: 'builder',
        description: '',
        tags: ['builder', 'gpu', 'eu'],
        lastHeartBeat: expect.any(Number),
        connected: true,
        delegateReplicas: [0, 1].map(() => ({
          uuid: expect.any(String),
          lastHeartbeat: expect.any(Number),
          connected: true,
          hostName: 'host-1',
          version: '0.0.1',
        })),
        autoUpgrade: 'OFF',
        legacy: false,
        orgIdentifier: null,
        projectIdentifier: null,
      },
    ]);
    expect(await names({ all: 'true' })).toEqual(['builder', 'local']);
    expect(await names(PROJECT)).toEqual(['local']);
    expect(await names({ all: 'true' }, { delegateName: 'LOC' })).toEqual(['local']);
    expect(await names({ all: 'true' }, { status: 'DISCONNECTED' })).toEqual([]);
    expect(await names({ all: 'true' }, { status: 'CONNECTED', delegateTags: ['GPU'] })).toEqual(['builder', 'local']);
    expect(await names({ all: 'true' }, { delegateTags: ['mainframe'] })).toEqual([]);
    const groups = await server.call('GET', `${TOKENS}/delegate-groups`, {
      query: { ...NOWHERE, delegateTokenName: 'account' },
    });
    expect(groups.body['resource']).toMatchObject({
      delegateGroupDetails: [
        {
          groupName: 'builder',
          groupImplicitSelectors: { builder: 'DELEGATE_NAME' },
          groupCustomSelectors: ['gpu', 'eu'],
          activelyConnected: true,
          tokenActive: true,
          delegateInstanceDetails: [{ hostName: 'host-1' }, { hostName: 'host-1' }],
        },
      ],
    });
    const own = await server.call('GET', '/bridle/api/delegates', { query: PROJECT });
    expect(own.body.data).toMatchObject([
      { name: 'builder' },
      { name: 'builder' },
      { name: 'local', binaries: ['git'], docker: { version: '27.3' } },
    ]);
  });
});
