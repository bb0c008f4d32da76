/** Executions of Deployment stages whose service, environment, infrastructure and overrides are documents of their own. */
import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };

const service = (identifier: string): string => `service:
  name: The ${identifier}
  identifier: ${identifier}
  serviceDefinition:
    type: Kubernetes
    spec:
      variables:
        - { name: port, type: String, value: "80" }
        - { name: replicas, type: String, value: <+input> }
`;
const environment = (identifier: string): string =>
  `environment:\n  name: The ${identifier}\n  identifier: ${identifier}\n  type: Production\n`;
const infrastructure = (identifier: string): string => `infrastructureDefinition:
  name: The ${identifier}
  identifier: ${identifier}
  environmentRef: live
  deploymentType: Kubernetes
  type: KubernetesDirect
  spec: { connectorRef: cluster, namespace: shop-${identifier}, releaseName: r }
`;

function pipeline(identifier: string, infrastructures: string, serviceRef = 'web'): string {
  return `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  projectIdentifier: myproject
  orgIdentifier: default
  stages:
    - stage:
        name: deploy
        identifier: deploy
        type: Deployment
        failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: StageRollback } } }]
        spec:
          deploymentType: Kubernetes
          service:
            serviceRef: ${serviceRef}
            serviceInputs: { serviceDefinition: { type: Kubernetes, spec: { variables: [{ name: replicas, type: String, value: "3" }] } } }
          environment:
            environmentRef: account.live
            ${infrastructures}
          execution:
            steps:
              - step:
                  name: say
                  identifier: say
                  type: ShellScript
                  spec:
                    shell: Sh
                    source:
                      type: Inline
                      spec:
                        script: <+service.name>, <+env.name>, <+infra.name> <+infra.namespace>, <+serviceVariables.port>, <+serviceVariables.replicas>
`;
}

const ONE = 'infrastructureDefinitions: [{ identifier: east }]';

beforeAll(async () => {
  server = await createTestApp();
  await server.call('POST', '/ng/api/servicesV2', { body: { identifier: 'web', yaml: service('web') } });
  const live = { identifier: 'live', yaml: environment('live') };
  await server.call('POST', '/ng/api/environmentsV2', { body: live, query: IN_ACCOUNT });
  for (const identifier of ['west', 'east']) {
    const body = { identifier, environmentRef: 'live', yaml: infrastructure(identifier) };
    const { body: answer } = await server.call('POST', '/ng/api/infrastructures', { body, query: IN_ACCOUNT });
    expect(answer).toMatchObject({ status: 'SUCCESS' });
  }
});

afterAll(async () => {
  await server.close();
});

async function start(yaml: string): Promise<Answer> {
  const identifier = /identifier: (\w+)/.exec(yaml)?.[1] ?? '';
  await server.call('POST', '/pipeline/api/pipelines/v2', { body: yaml });
  return await server.call('POST', `/pipeline/api/pipeline/execute/${identifier}`, { body: '' });
}

const scripts = (tasks: readonly DelegateTask[]): string[] =>
  tasks.map(({ spec }) => (spec as { source: { spec: { script: string } } }).source.spec.script).toSorted();

describe('a deployment', () => {
  it('reads the documents it refers to', async () => {
    expect((await start(pipeline('one', ONE))).body).toMatchObject({ status: 'SUCCESS' });
    expect(scripts(await server.runTasks())).toEqual(['The web, The live, The east shop-east, 80, 3']);
  });

  it('goes to all infrastructures of the environment', async () => {
    await start(pipeline('all', 'deployToAll: true'));
    expect(scripts(await server.runTasks())).toEqual([
      'The web, The live, The east shop-east, 80, 3',
      'The web, The live, The west shop-west, 80, 3',
    ]);
  });

  it('takes what the project overrides of its service in an environment of the account', async () => {
    const yaml = `serviceOverrides:
  environmentRef: account.live
  serviceRef: web
  type: ENV_SERVICE_OVERRIDE
  spec: { variables: [{ name: port, type: String, value: "8080" }] }
`;
    const body = { environmentRef: 'account.live', serviceRef: 'web', yaml };
    await server.call('POST', '/ng/api/serviceOverrides', { body });
    await server.call('POST', '/pipeline/api/pipeline/execute/one', { body: '' });
    expect(scripts(await server.runTasks())).toEqual(['The web, The live, The east shop-east, 8080, 3']);
    await server.call('DELETE', '/ng/api/serviceOverrides/account_live_web');
  });

  it.each([
    ['service', 'lost_service', pipeline('lost_service', ONE, 'nowhere'), 'nowhere'],
    [
      'infrastructure',
      'lost_infra',
      pipeline('lost_infra', 'infrastructureDefinitions: [{ identifier: north }]'),
      'north',
    ],
  ])('is refused when its %s is not there, which is named', async (_, _identifier, yaml, name) => {
    const answer = await start(yaml);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.body.message).toContain(name);
  });

  it('that runs is not concerned when its service is deleted; the next start is refused', async () => {
    await server.call('POST', '/ng/api/servicesV2', { body: { identifier: 'doomed', yaml: service('doomed') } });
    await start(pipeline('doomed', ONE, 'doomed'));
    await server.call('DELETE', '/ng/api/servicesV2/doomed');
    expect(scripts(await server.runTasks())).toEqual(['The doomed, The live, The east shop-east, 80, 3']);
    const refused = await server.call('POST', '/pipeline/api/pipeline/execute/doomed', { body: '' });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('doomed')]);
  });
});
