/** What executions build and deploy: `moduleInfo` (api.md §6.9), and lists that are filtered by it (§6.7). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { startRun } from './test-runs.ts';

let server: TestApp;
/** By what they are. */
const runs: Record<string, string> = {};

const EVENTS = join(import.meta.dirname, '../../../../examples/events');

const build = (identifier: string): string => `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  properties: { ci: { codebase: { connectorRef: harbour, repoName: lighthouse/harbour, build: <+input> } } }
  stages:
    - stage:
        name: s
        identifier: s
        type: CI
        spec:
          cloneCodebase: true
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Cloud, spec: {} }
          execution:
            steps:
              - step: { name: w, identifier: w, type: Run, spec: { command: make } }
`;

const trigger = (event: string): string => `trigger:
  name: on_${event}
  identifier: on_${event}
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: build
  inputYaml: |
    pipeline:
      identifier: build
      properties: { ci: { codebase: { build: { type: branch, spec: { branch: <+trigger.branch> } } } } }
  source:
    type: Webhook
    spec:
      type: Github
      spec:
        type: ${event}
        spec: { connectorRef: harbour, autoAbortPreviousExecutions: false }
`;

const deployment = (identifier: string, services: string, environments: string): string => `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  orgIdentifier: default
  projectIdentifier: myproject
  stages:
    - stage:
        name: deploy
        identifier: deploy
        type: Deployment
        failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: StageRollback } } }]
        spec:
          deploymentType: Kubernetes
          ${services}
          ${environments}
          execution:
            steps:
              - step: { name: w, identifier: w, type: Wait, spec: { duration: 1h } }
`;

async function save(path: string, body: string | Record<string, unknown>, query = {}): Promise<void> {
  const { status, text } = await server.call('POST', path, { body, query });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
}

async function send(event: string, payload: unknown): Promise<string> {
  const headers = { 'x-github-event': event, 'content-type': 'application/json' };
  const sent = { isPublic: true, body: JSON.stringify(payload), headers };
  const accepted = await server.call('POST', '/ng/api/webhook', sent);
  expect([accepted.status, accepted.body.message]).toEqual([200, undefined]);
  const eventId = String(accepted.body.data);
  return await vi.waitFor(
    async () => {
      const path = '/pipeline/api/webhook/triggerProcessingDetails';
      const { data } = (await server.call('GET', path, { query: { eventId } })).body;
      expect(data).toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED' });
      return String((data as unknown as Record<string, unknown>)['pipelineExecutionId']);
    },
    { timeout: 20_000, interval: 20 },
  );
}

beforeAll(async () => {
  server = await createTestApp();
  await save('/ng/api/connectors', {
    connector: {
      name: 'harbour',
      identifier: 'harbour',
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      type: 'Github',
      spec: {
        url: 'https://github.com/lighthouse/harbour',
        type: 'Repo',
        authentication: { type: 'Http', spec: { type: 'Anonymous' } },
      },
    },
  });
  await save('/pipeline/api/pipelines/v2', build('build'));
  for (const event of ['Push', 'PullRequest']) {
    await save('/pipeline/api/triggers', trigger(event), { targetIdentifier: 'build' });
  }
  const push = JSON.parse(await readFile(join(EVENTS, 'github-push.json'), 'utf8')) as Record<string, unknown>;
  const pull = JSON.parse(await readFile(join(EVENTS, 'github-pull-request.json'), 'utf8')) as {
    readonly payload: Record<string, unknown>;
  };
  runs['push'] = await send('push', push);
  runs['tag'] = await send('push', { ...push, ref: 'refs/tags/v1.2' });
  // No branch of Git is called that; a sender may say so all the same.
  runs['odd'] = await send('push', { ...push, ref: 'refs/heads/odd\0\ud800' });
  runs['pullRequest'] = await send('pull_request', pull.payload);
  const asked = (of: string): string =>
    `pipeline:\n  identifier: build\n  properties: { ci: { codebase: { build: ${of} } } }\n`;
  runs['branch'] = await startRun(server, 'build', asked('{ type: branch, spec: { branch: next } }'));
  runs['commit'] = await startRun(server, 'build', asked('{ type: commitSha, spec: { commitSha: abc123 } }'));
  runs['number'] = await startRun(server, 'build', asked('{ type: PR, spec: { number: "7" } }'));
  await prepareDeployments();
  runs['one'] = await startRun(server, 'one');
  runs['several'] = await startRun(server, 'several');
}, 60_000);
afterAll(() => server.close());

async function prepareDeployments(): Promise<void> {
  for (const identifier of ['web', 'api']) {
    const artifact = `artifacts: { primary: { primaryArtifactRef: image, sources: [{ identifier: image, type: DockerRegistry, spec: { connectorRef: hub, imagePath: team/${identifier}, tag: "1.2" } }] } }`;
    const yaml = `service:\n  name: ${identifier}\n  identifier: ${identifier}\n  serviceDefinition: { type: Kubernetes, spec: { ${artifact} } }\n`;
    await save('/ng/api/servicesV2', { identifier, yaml });
  }
  for (const [identifier, type] of [
    ['test', 'PreProduction'],
    ['live', 'Production'],
  ] as const) {
    const yaml = `environment:\n  name: ${identifier}\n  identifier: ${identifier}\n  orgIdentifier: default\n  projectIdentifier: myproject\n  type: ${type}\n`;
    await save('/ng/api/environmentsV2', { identifier, yaml });
    const place = `infrastructureDefinition:
  name: The ${identifier} cluster
  identifier: ${identifier}_cluster
  orgIdentifier: default
  projectIdentifier: myproject
  environmentRef: ${identifier}
  deploymentType: Kubernetes
  type: KubernetesDirect
  spec: { connectorRef: cluster, namespace: shop, releaseName: r }
`;
    await save('/ng/api/infrastructures', {
      identifier: `${identifier}_cluster`,
      environmentRef: identifier,
      yaml: place,
    });
  }
  const one = (environment: string): string =>
    `environment: { environmentRef: ${environment}, infrastructureDefinitions: [{ identifier: ${environment}_cluster }] }`;
  await save('/pipeline/api/pipelines/v2', deployment('one', 'service: { serviceRef: web }', one('live')));
  const services = 'services: { values: [{ serviceRef: web }, { serviceRef: api }] }';
  await save('/pipeline/api/pipelines/v2', deployment('several', services, one('test')));
}

async function moduleInfoOf(run: string): Promise<Record<string, Record<string, unknown>>> {
  const { body } = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${runs[run] ?? ''}`);
  return (body.data as unknown as { pipelineExecutionSummary: { moduleInfo: Record<string, Record<string, unknown>> } })
    .pipelineExecutionSummary.moduleInfo;
}

const USER = { id: 'ines-m', name: 'ines-m' };
const text = expect.any(String) as string;

describe('moduleInfo of a build', () => {
  it('is what a push says', async () => {
    const commit = { id: text, link: text, message: text, ownerName: text };
    expect((await moduleInfoOf('push'))['ci']).toEqual({
      repoName: 'harbour',
      branch: 'main',
      buildType: 'branch',
      ciExecutionInfoDTO: {
        event: 'push',
        author: expect.objectContaining({ id: USER.id }) as object,
        branch: { name: 'main', link: text, commits: [commit] },
        triggerCommits: [commit],
      },
    });
    expect((await moduleInfoOf('tag'))['ci']).toMatchObject({ repoName: 'harbour', tag: 'v1.2', buildType: 'tag' });
  });

  it('is what a pull request says', async () => {
    expect((await moduleInfoOf('pullRequest'))['ci']).toEqual({
      repoName: 'harbour',
      branch: 'main',
      buildType: 'PR',
      ciExecutionInfoDTO: {
        event: 'pullRequest',
        author: expect.objectContaining({ id: 'tomasz-w' }) as object,
        pullRequest: {
          id: 118,
          link: 'https://github.com/lighthouse/harbour/pull/118',
          title: 'Tides: round to the minute',
          body: text,
          sourceBranch: 'round-tides',
          targetBranch: 'main',
          sourceRepo: 'lighthouse/harbour',
          state: 'open',
          commits: [{ id: text, link: text, ownerName: text }],
        },
      },
    });
  });

  it('is what whoever started it asked for', async () => {
    expect((await moduleInfoOf('branch'))['ci']).toEqual({
      repoName: 'harbour',
      branch: 'next',
      buildType: 'branch',
      ciExecutionInfoDTO: { branch: { name: 'next', commits: [] } },
    });
    expect((await moduleInfoOf('commit'))['ci']).toEqual({
      repoName: 'harbour',
      buildType: 'commitSha',
      ciExecutionInfoDTO: { triggerCommits: [{ id: 'abc123' }] },
    });
    expect((await moduleInfoOf('number'))['ci']).toEqual({
      repoName: 'harbour',
      buildType: 'PR',
      ciExecutionInfoDTO: { event: 'pullRequest', pullRequest: { id: 7 } },
    });
  });
});

describe('moduleInfo of a deployment', () => {
  const live = {
    serviceIdentifiers: ['web'],
    serviceDefinitionTypes: ['Kubernetes'],
    envIdentifiers: ['live'],
    environmentTypes: ['Production'],
    envGroupIdentifiers: [],
    infrastructureIdentifiers: ['live_cluster'],
    infrastructureNames: ['The live cluster'],
    infrastructureTypes: ['KubernetesDirect'],
    artifactDisplayNames: ['team/web:1.2'],
  };

  it('names what is deployed, and where', async () => {
    expect(await moduleInfoOf('one')).toMatchObject({ cd: live });
    expect((await moduleInfoOf('several'))['cd']).toEqual({
      ...live,
      serviceIdentifiers: ['web', 'api'],
      envIdentifiers: ['test'],
      environmentTypes: ['PreProduction'],
      infrastructureIdentifiers: ['test_cluster'],
      infrastructureNames: ['The test cluster'],
      artifactDisplayNames: ['team/web:1.2', 'team/api:1.2'],
    });
  });
});

describe('the list of executions', () => {
  const list = (body: Record<string, unknown>, query = {}): Promise<Answer> =>
    server.call('POST', '/pipeline/api/pipelines/execution/summary', { body, query: { size: '50', ...query } });

  async function found(body: Record<string, unknown>, query = {}): Promise<readonly string[]> {
    const { status, body: answer } = await list(body, query);
    expect(status).toBe(200);
    const { content, totalElements } = answer.data as unknown as {
      readonly content: readonly { readonly planExecutionId: string }[];
      readonly totalElements: number;
    };
    expect(totalElements).toBe(content.length);
    const names = new Map(Object.entries(runs).map(([name, id]) => [id, name]));
    return content.map(({ planExecutionId }) => names.get(planExecutionId) ?? planExecutionId).toSorted();
  }

  const BUILDS = ['branch', 'commit', 'number', 'odd', 'pullRequest', 'push', 'tag'];

  it.each([
    [{ ci: { branch: 'main' } }, ['pullRequest', 'push']],
    [{ ci: { branch: ['main', 'next'] } }, ['branch', 'pullRequest', 'push']],
    [{ ci: { tag: 'v1.2' } }, ['tag']],
    [{ ci: { repoName: 'harbour' } }, BUILDS],
    [{ ci: { buildType: 'PR' } }, ['number', 'pullRequest']],
    [{ ci: { buildType: 'PR', branch: 'main' } }, ['pullRequest']],
    [{ ci: { ciExecutionInfoDTO: { event: 'push' } } }, ['odd', 'push', 'tag']],
    [{ ci: { ciExecutionInfoDTO: { pullRequest: { sourceBranch: 'round-tides' } } } }, ['pullRequest']],
    [{ ci: { ciExecutionInfoDTO: { pullRequest: { id: 7 } } } }, ['number']],
    [{ cd: { serviceIdentifiers: ['web'] } }, ['one', 'several']],
    [{ cd: { serviceIdentifiers: ['api', 'web'], envIdentifiers: ['live'] } }, ['one']],
    [{ cd: { infrastructureIdentifiers: 'test_cluster' } }, ['several']],
    [{ cd: { environmentTypes: ['Production'] } }, ['one']],
    [{ cd: { artifactDisplayNames: ['team/api:1.2'] } }, ['several']],
    // What is empty asks for nothing.
    [{ ci: {}, cd: { serviceIdentifiers: [], envIdentifiers: null } }, [...BUILDS, 'one', 'several']],
    // What is not known of any matches none.
    [{ ci: { isPrivateRepo: true } }, []],
    [{ cd: { serviceIdentifiers: ['we'] } }, []],
    [{ ci: { branch: 'odd\ufffd\ufffd' } }, ['odd']],
    [{ constructor: { name: 'x' } }, []],
  ])('has those with %j', async (moduleProperties, expected) => {
    expect(await found({ filterType: 'PipelineExecution', moduleProperties })).toEqual([...expected].toSorted());
  });

  it.each([
    [{ branch: 'main' }, ['pullRequest', 'push']],
    [{ repoName: 'lighthouse/harbour', branch: 'next' }, ['branch']],
    [{ repoName: 'elsewhere' }, []],
  ])('has those of the query %j', async (query, expected) => {
    expect(await found({}, query)).toEqual(expected);
  });

  it('refuses to look for too much at once', async () => {
    const serviceIdentifiers = Array.from({ length: 201 }, (_, index) => `s${index}`);
    const { status, body } = await list({ moduleProperties: { cd: { serviceIdentifiers } } });
    expect([status, body.message]).toEqual([400, expect.stringContaining('more than 200 values')]);
  });
});
