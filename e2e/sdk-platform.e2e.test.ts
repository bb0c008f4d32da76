/** What surrounds pipelines, by the SDK against a real server: created, read, listed, changed, deleted. */
import { Harness, NotFoundError, type KeyOwner, type Pages } from '@bridle/sdk';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { live } from './src/resource-life.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let harness: Harness;

beforeAll(async () => {
  product = await startProduct({ env: { BRIDLE_WEBHOOKS_PRIVATE_NETWORK: 'on' } });
  harness = new Harness({ apiKey: product.adminToken, baseUrl: product.url, org: 'default', project: 'myproject' });
});

afterAll(() => product.dispose());

describe('scopes', () => {
  it('organizations and projects', async () => {
    const { organizations, projects } = harness;
    const organization = (name: string) => ({ identifier: 'acme', name });
    const project = (name: string) => ({ identifier: 'shop', name });
    await live({
      create: () => organizations.create(organization('Acme')),
      get: () => organizations.get('acme'),
      list: () => organizations.list(),
      update: () => organizations.update('acme', organization('Acme Ltd')),
      delete: async () => {
        await live({
          create: () => projects.create(project('Shop'), { org: 'acme' }),
          get: () => projects.get('shop', { org: 'acme' }),
          list: () => projects.list({ org: 'acme' }),
          update: () => projects.update('shop', project('Shops'), { org: 'acme' }),
          delete: () => projects.delete('shop', { org: 'acme' }),
          seen: (found) => found.project.name,
        });
        await organizations.delete('acme');
      },
      seen: (found) => found.organization.name,
    });
  });

  it('the level says whose a thing is', async () => {
    const spec = { valueType: 'FIXED', fixedValue: 'x' } as const;
    const variable = { identifier: 'shared', name: 'shared', type: 'String', spec } as const;
    await harness.variables.create(variable, { level: 'account' });
    expect(await harness.variables.get('shared', { level: 'account' })).toMatchObject({ variable: { spec } });
    await expect(harness.variables.get('shared')).rejects.toBeInstanceOf(NotFoundError);
    await expect(harness.variables.get('shared', { level: 'organization' })).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('what pipelines use', () => {
  it('connectors', async () => {
    const { connectors } = harness;
    const spec = { dockerRegistryUrl: 'https://registry.example', providerType: 'Other', auth: { type: 'Anonymous' } };
    const connector = (description: string) => ({
      connector: { identifier: 'registry', name: 'registry', description, type: 'DockerRegistry', spec },
    });
    await live({
      create: () => connectors.create(connector('one')),
      get: () => connectors.get('registry'),
      list: () => connectors.list(),
      update: () => connectors.update(connector('two')),
      delete: () => connectors.delete('registry'),
      seen: (found) => found.connector.description,
    });
  });

  it('secrets', async () => {
    const { secrets } = harness;
    await live({
      create: () => secrets.createText('key', 'one'),
      get: () => secrets.get('key'),
      list: () => secrets.list(),
      update: () => secrets.updateText('key', 'two'),
      delete: () => secrets.delete('key'),
      seen: ({ updatedAt }) => updatedAt,
    });
    await secrets.createFile({ identifier: 'cert', name: 'cert' }, new Blob(['a certificate']));
    expect(await secrets.get('cert')).toMatchObject({ secret: { type: 'SecretFile' } });
    expect(JSON.stringify(await secrets.list().all())).not.toContain('a certificate');
  });

  it('services, environments, infrastructures and overrides', async () => {
    const { services, environments, infrastructures, serviceOverrides } = harness;
    const scope = 'orgIdentifier: default\n  projectIdentifier: myproject';
    const service = (name: string) => ({
      identifier: 'web',
      name,
      yaml: `service:\n  identifier: web\n  name: ${name}\n  ${scope}\n  serviceDefinition:\n    type: CustomDeployment\n    spec: {}\n`,
    });
    const environment = (name: string) => ({
      identifier: 'live',
      name,
      type: 'Production',
      yaml: `environment:\n  identifier: live\n  name: ${name}\n  type: Production\n  ${scope}\n`,
    });
    const infrastructure = (name: string) => ({
      identifier: 'here',
      name,
      environmentRef: 'live',
      yaml: `infrastructureDefinition:\n  identifier: here\n  name: ${name}\n  environmentRef: live\n  ${scope}\n  deploymentType: CustomDeployment\n  type: CustomDeployment\n  spec: {}\n`,
    });
    const override = (value: string) => ({
      environmentRef: 'live',
      serviceRef: 'web',
      type: 'ENV_SERVICE_OVERRIDE' as const,
      yaml: `serviceOverrides:\n  environmentRef: live\n  serviceRef: web\n  variables:\n    - name: a\n      type: String\n      value: ${value}\n`,
    });
    await live({
      create: () => services.create(service('web')),
      get: () => services.get('web'),
      list: () => services.list(),
      update: () => services.update(service('website')),
      delete: async () => {
        await live({
          create: () => environments.create(environment('live')),
          get: () => environments.get('live'),
          list: () => environments.list(),
          update: () => environments.update(environment('alive')),
          delete: async () => {
            await live({
              create: () => infrastructures.create(infrastructure('here')),
              get: () => infrastructures.get('live', 'here'),
              list: () => infrastructures.list('live'),
              update: () => infrastructures.update(infrastructure('there')),
              delete: () => infrastructures.delete('live', 'here'),
              seen: (found) => found.infrastructure.name,
            });
            const { identifier } = await serviceOverrides.create(override('one'));
            await live({
              create: () => Promise.resolve(),
              get: () => serviceOverrides.get(identifier),
              list: () => serviceOverrides.list(),
              update: () => serviceOverrides.update(override('two')),
              delete: () => serviceOverrides.delete(identifier),
              seen: ({ yaml }) => yaml,
            });
            await environments.delete('live');
          },
          seen: (found) => found.environment.name,
        });
        await services.delete('web');
      },
      seen: (found) => found.service.name,
    });
  });

  it('variables', async () => {
    const { variables } = harness;
    const variable = (fixedValue: string) =>
      ({ identifier: 'region', name: 'region', type: 'String', spec: { valueType: 'FIXED', fixedValue } }) as const;
    await live({
      create: () => variables.create(variable('eu')),
      get: () => variables.get('region'),
      list: () => variables.list(),
      update: () => variables.update(variable('us')),
      delete: () => variables.delete('region'),
      seen: (found) => found.variable.spec.fixedValue,
    });
  });

  it('files and folders', async () => {
    const { files } = harness;
    await files.create({ name: 'scripts', type: 'FOLDER' });
    const file = (content: string) => ({ name: 'go.sh', identifier: 'go', parent: 'scripts', content });
    await live({
      create: () => files.create(file('echo one')),
      get: async () => ({ ...(await files.get('go')), content: await files.read('go') }),
      list: () => files.list(),
      update: () => files.update('go', file('echo two')),
      delete: async () => {
        expect(JSON.stringify(await files.folder('scripts'))).toContain('go.sh');
        await files.delete('go');
      },
      seen: ({ content }) => content,
    });
  });

  it('filters', async () => {
    const { filters } = harness;
    const filter = (name: string) => ({
      identifier: 'mine',
      name,
      filterVisibility: 'EveryOne',
      filterProperties: { filterType: 'PipelineExecution', status: ['Failed'] },
    });
    await live({
      create: () => filters.create(filter('mine')),
      get: () => filters.get('PipelineExecution', 'mine'),
      list: () => filters.list('PipelineExecution'),
      update: () => filters.update(filter('ours')),
      delete: () => filters.delete('PipelineExecution', 'mine'),
      seen: ({ name }) => name,
    });
  });

  it('settings', async () => {
    const { settings } = harness;
    const all = await settings.list({}, { level: 'account' });
    const boolean = all.find(({ setting }) => setting.value === 'true' || setting.value === 'false');
    const { identifier = '', value } = boolean?.setting ?? {};
    const other = value === 'true' ? 'false' : 'true';
    await settings.set(identifier, other, { level: 'account' });
    expect(await settings.get(identifier, { level: 'account' })).toMatchObject({ value: other });
    await settings.restore(identifier, { level: 'account' });
    expect(await settings.get(identifier, { level: 'account' })).toMatchObject({ value });
  });
});

describe('who may do what', () => {
  it('roles, resource groups and role assignments', async () => {
    const { roles, resourceGroups, roleAssignments, serviceAccounts } = harness;
    const role = (name: string) => ({
      identifier: 'runner',
      name,
      permissions: ['core_pipeline_execute', 'core_pipeline_view'],
      allowedScopeLevels: ['project'],
    });
    const group = (name: string) => ({
      identifier: 'pipes',
      name,
      allowedScopeLevels: ['project'],
      includedScopes: [{ filter: 'EXCLUDING_CHILD_SCOPES', orgIdentifier: 'default', projectIdentifier: 'myproject' }],
      resourceFilter: { includeAllResources: true },
    });
    await serviceAccounts.create({ identifier: 'machine', name: 'machine' });
    await live({
      create: () => roles.create(role('Runner')),
      get: () => roles.get('runner'),
      list: () => roles.list(),
      update: () => roles.update('runner', role('Runners')),
      delete: async () => {
        await live({
          create: () => resourceGroups.create(group('Pipes')),
          get: () => resourceGroups.get('pipes'),
          list: () => resourceGroups.list(),
          update: () => resourceGroups.update('pipes', group('Pipelines')),
          delete: async () => {
            await live({
              create: () =>
                roleAssignments.create({
                  identifier: 'may',
                  roleIdentifier: 'runner',
                  resourceGroupIdentifier: 'pipes',
                  principal: { identifier: 'machine', type: 'SERVICE_ACCOUNT', scopeLevel: 'project' },
                }),
              get: () => roleAssignments.get('may'),
              list: () => roleAssignments.list(),
              delete: () => roleAssignments.delete('may'),
            });
            await resourceGroups.delete('pipes');
          },
          seen: (found) => found.resourceGroup.name,
        });
        await roles.delete('runner');
      },
      seen: (found) => found.role.name,
    });
  });

  it('users and groups', async () => {
    const { users, userGroups } = harness;
    const account = { level: 'account' } as const;
    expect((await users.current()).admin).toBe(true);
    await users.add({ emails: ['ada@example.com'] }, account);
    const all = await users.list(account).all();
    const ada = all.find(({ user }) => user.email === 'ada@example.com')?.user.uuid ?? '';
    expect(await users.get(ada, account)).toMatchObject({ user: { email: 'ada@example.com' } });
    const group = (name: string) => ({ identifier: 'team', name, users: [] });
    await live({
      create: () => userGroups.create(group('Team'), account),
      get: () => userGroups.get('team', account),
      list: () => userGroups.list(account),
      update: () => userGroups.update(group('Teams'), account),
      delete: async () => {
        await userGroups.addMember('team', ada, account);
        expect(await userGroups.members('team', account).all()).toMatchObject([{ email: 'ada@example.com' }]);
        await userGroups.removeMember('team', ada, account);
        await userGroups.delete('team', account);
      },
      seen: ({ name }) => name,
    });
    await users.remove(ada, account);
  });

  it('service accounts, API keys and tokens', async () => {
    const { serviceAccounts, apiKeys, tokens } = harness;
    const owner: KeyOwner = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'robot' };
    const ofKey = { ...owner, apiKeyIdentifier: 'key' };
    await live({
      create: () => serviceAccounts.create({ identifier: 'robot', name: 'Robot' }),
      get: () => serviceAccounts.get('robot'),
      list: () => serviceAccounts.list(),
      update: () => serviceAccounts.update('robot', { identifier: 'robot', name: 'Robots' }),
      delete: async () => {
        await live({
          create: () => apiKeys.create(owner, { identifier: 'key', name: 'Key' }),
          get: () => apiKeys.get(owner, 'key'),
          list: () => apiKeys.list(owner),
          update: () => apiKeys.update(owner, { identifier: 'key', name: 'Keys' }),
          delete: async () => {
            const token = await tokens.create(ofKey, { identifier: 'one', name: 'One' });
            const machine = new Harness({ apiKey: token, baseUrl: product.url });
            expect(machine.accountId).toBe(product.accountId);
            await tokens.update(ofKey, { identifier: 'one', name: 'First' });
            expect(await tokens.list(ofKey).all()).toMatchObject([{ token: { name: 'First' } }]);
            expect(await tokens.rotate(ofKey, 'one')).not.toBe(token);
            await tokens.delete(ofKey, 'one');
            expect(await tokens.list(ofKey).all()).toEqual([]);
            await apiKeys.delete(owner, 'key');
          },
          seen: ({ apiKey }) => apiKey.name,
        });
        await serviceAccounts.delete('robot');
      },
      seen: ({ serviceAccount }) => serviceAccount.name,
    });
  });

  it('delegates and their tokens', async () => {
    const { delegates, delegateTokens } = harness;
    const account = { level: 'account' } as const;
    expect((await delegates.list(account)).length).toBeGreaterThan(0);
    expect((await delegateTokens.create('extra', account)).value).toBeTypeOf('string');
    expect((await delegateTokens.list({ ...account, name: 'extra' })).map(({ status }) => status)).toEqual(['ACTIVE']);
    expect(await delegateTokens.delegates('extra', account)).toBeDefined();
    await delegateTokens.revoke('extra', account);
    expect(await delegateTokens.list({ ...account, name: 'extra', status: 'ACTIVE' })).toEqual([]);
    await delegateTokens.delete('extra', account);
    expect(await delegateTokens.list({ ...account, name: 'extra', status: 'REVOKED' })).toEqual([]);
  });

  it('the audit log', async () => {
    const [newest] = (await harness.audit.list({ pageSize: 5 })).items;
    expect(newest?.auditId).toBeTypeOf('string');
    const all: Pages<unknown> = harness.audit.list({ filter: { actions: ['CREATE'] } });
    expect((await all.all()).length).toBeGreaterThan(3);
  });
});

describe('being told', () => {
  it('outgoing webhooks: changed, called, looked at, called again', async () => {
    const receiver = await startReceiver();
    const { webhooks } = harness;
    try {
      const { webhook, secret } = await webhooks.create({
        name: 'chat',
        url: receiver.url,
        eventTypes: ['execution.finished'],
      });
      const id = webhook.identifier;
      expect(secret).toMatch(/^whsec_/);
      expect(await webhooks.test(id)).toMatchObject({ state: 'delivered', attempts: [{ status: 204 }] });
      await webhooks.update(id, { name: 'builds', url: receiver.url, eventTypes: ['execution.finished'] });
      expect(await webhooks.list()).toMatchObject([{ name: 'builds', enabled: true }]);
      expect((await webhooks.rotateSecret(id, { keepOldHours: 0 })).secret).not.toBe(secret);

      const execution = await harness.pipelines.execute('test');
      await execution.wait();
      expect(await receiver.next('execution.finished')).toMatchObject({
        data: { planExecutionId: execution.planExecutionId, status: 'Success' },
      });
      const [newest] = await webhooks.deliveries(id).all();
      expect(newest).toMatchObject({ eventType: 'execution.finished' });
      const again = await webhooks.redeliver(id, newest?.id ?? '');
      expect(await receiver.next('execution.finished')).toMatchObject({ type: 'execution.finished' });
      expect(again).toMatchObject({ state: 'delivered', messageId: newest?.messageId });
      expect((await webhooks.delivery(id, newest?.id ?? '')).body).toBe(again.body);
      await webhooks.delete(id);
      await expect(webhooks.get(id)).rejects.toBeInstanceOf(NotFoundError);
    } finally {
      await receiver.close();
    }
  });
});

interface Receiver {
  readonly url: string;
  /** The next call with an event of this type that nobody asked for before. */
  next(type: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Takes every call, as the receiver of a webhook would. */
async function startReceiver(): Promise<Receiver> {
  const calls: { readonly type: string }[] = [];
  const arrivals = new EventEmitter();
  const server = createServer((request, response) => {
    void json(request).then((call) => {
      calls.push(call as { readonly type: string });
      response.writeHead(204).end();
      arrivals.emit('call');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    next: async (type) => {
      for (;;) {
        const index = calls.findIndex((call) => call.type === type);
        if (index >= 0) return calls.splice(index, 1)[0];
        await once(arrivals, 'call');
      }
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
