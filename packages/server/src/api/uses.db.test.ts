/**
 * U1, U2: whoever starts a pipeline, in whatever way, is asked about what it names; what an expression comes to is asked about
 * when its step is leased.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectScope } from '@bridle/pipeline';
import { createAuthorizer } from '../auth/authorizer.ts';
import { createStepJudge } from '../auth/use-judge.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { prepareExecution, type Starter } from '../intake/prepare-execution.ts';
import { findPipeline } from '../store/pipelines.ts';
import { routesOf } from './authorization.ts';
import { ACCOUNT, createTestApp, type Call, type TestApp } from './test-app.ts';
import { addHolder, addResources, addRole, type Holder } from './test-holders.ts';
import { pipelineOf, savePipeline, shell, startedId, startRun } from './test-runs.ts';

let server: TestApp;
/** May run every pipeline of the project, and use nothing. */
let runner: Holder;
/** Has Harness's role for it: may use what is the project's, and nothing of the account. */
let executor: Holder;
/** May use one secret and one connector. */
let chosen: Holder;

const EXECUTE = '/pipeline/api/pipeline/execute';
const V1 = '/v1/orgs/default/projects/myproject/pipelines/uses';

const script = (identifier: string, text: string): string =>
  shell(identifier).replace(`echo ${identifier}`, text.replaceAll('"', "'"));

/** Fails when it is told to, so that it can be retried. */
const USES = pipelineOf(
  'uses',
  [
    {
      identifier: 's',
      steps: `${script('a', 'echo <+secrets.getValue("token")>')}
- step:
    identifier: b
    name: b
    type: Run
    spec: { connectorRef: hub, image: alpine, shell: Sh, command: echo }`,
    },
  ],
  'allowStageExecutions: true',
);

beforeAll(async () => {
  server = await createTestApp();
  await addRole(server, 'only_runs', ['core_pipeline_view', 'core_pipeline_execute', 'core_pipeline_edit']);
  await addResources(server, 'chosen', { PIPELINE: null, SECRET: ['token'], CONNECTOR: ['hub'] });
  runner = await addHolder(server, 'runner', { role: 'only_runs' });
  executor = await addHolder(server, 'executor', { role: '_pipeline_executor' });
  chosen = await addHolder(server, 'chosen', { role: '_pipeline_executor', resources: 'chosen' });
  await savePipeline(server, USES);
}, 60_000);
afterAll(() => server.close());

async function failedRun(): Promise<string> {
  const id = await startRun(server, 'uses');
  await server.runTasks(() => ({
    kind: 'failed',
    outputs: {},
    failure: { message: 'no', types: ['APPLICATION_ERROR'] },
  }));
  await server.until(id, ({ status }) => status === 'Failed');
  return id;
}

const executions = async (): Promise<number> =>
  (await server.db.selectFrom('executions').select('id').execute()).length;

describe('every way to start a pipeline', () => {
  type Start = readonly [route: string, path: string, call?: Call];
  const starts = (id: string): readonly Start[] => [
    ['POST /:pipelineIdentifier', `${EXECUTE}/uses`],
    ['POST /:pipelineIdentifier/v2', `${EXECUTE}/uses/v2`],
    ['POST /:pipelineIdentifier/inputSetList', `${EXECUTE}/uses/inputSetList`, { body: { inputSetReferences: [] } }],
    ['POST /:pipelineIdentifier/stages', `${EXECUTE}/uses/stages`, { body: { stageIdentifiers: ['s'] } }],
    ['POST /rerun/:originalExecutionId/:pipelineIdentifier', `${EXECUTE}/rerun/${id}/uses`],
    ['POST /rerun/v2/:originalExecutionId/:pipelineIdentifier', `${EXECUTE}/rerun/v2/${id}/uses`],
    [
      'POST /rerun/:originalExecutionId/:pipelineIdentifier/inputSetList',
      `${EXECUTE}/rerun/${id}/uses/inputSetList`,
      { body: {} },
    ],
    [
      'POST /rerun/:originalExecutionId/:pipelineIdentifier/stages',
      `${EXECUTE}/rerun/${id}/uses/stages`,
      { body: { stageIdentifiers: ['s'] } },
    ],
    ['POST /retry/:pipelineIdentifier', `${EXECUTE}/retry/uses`, { query: { planExecutionId: id } }],
    ['PUT /retry/:planExecutionId', `${EXECUTE}/retry/${id}`],
    ['POST v1 /execute', `${V1}/execute`, { body: {} }],
    ['POST v1 /execute/stages', `${V1}/execute/stages`, { body: { stage_identifiers: ['s'] } }],
    ['POST v1 /execute/dynamic', `${V1}/execute/dynamic`, { body: { yaml: USES } }],
    ['POST v1 /execute/rerun/:executionId', `${V1}/execute/rerun/${id}`, { body: {} }],
    ['POST v1 /execute/retry/:executionId', `${V1}/execute/retry/${id}`, { body: {} }],
  ];

  it('refuses whoever may not use what it names, starts nothing, and starts it for those who may', async () => {
    const id = await failedRun();
    const before = await executions();
    for (const [route, path, call = {}] of starts(id)) {
      const method = route.startsWith('PUT') ? 'PUT' : 'POST';
      const refused = await runner.call(method, path, call);
      expect([route, refused.status, refused.text]).toEqual([
        route,
        403,
        expect.stringContaining('core_secret_access'),
      ]);
      if (!route.includes('v1')) {
        expect(refused.body).toMatchObject({
          code: 'NG_ACCESS_DENIED',
          message:
            'Missing permission core_connector_access on connector with identifier hub, core_secret_access on secret with identifier token. Whoever starts a pipeline must be allowed to use what it names.',
          failedPermissionChecks: [
            { permission: 'core_connector_access', resourceType: 'CONNECTOR', resourceIdentifier: 'hub' },
            {
              permission: 'core_secret_access',
              resourceType: 'SECRET',
              resourceIdentifier: 'token',
              resourceScope: { orgIdentifier: 'default', projectIdentifier: 'myproject' },
            },
          ],
        });
      }
    }
    expect(await executions()).toBe(before);
    for (const [route, path, call = {}] of starts(id)) {
      if (route.includes('dynamic')) continue;
      const method = route.startsWith('PUT') ? 'PUT' : 'POST';
      const started = await executor.call(method, path, call);
      expect([route, started.status]).toEqual([route, 200]);
    }
    expect(await executions()).toBe(before + starts(id).length - 1);
    await server.runTasks();
  }, 60_000);

  it('is in the list above', () => {
    const routes = routesOf(server.app)
      .filter(({ method, url }) => ['POST', 'PUT'].includes(method) && /\/execute(\/|$)/.test(url))
      .map(({ method, url }) => `${method} ${url.replace(EXECUTE, '').replace(/^\/v1.*(?=\/execute)/, 'v1 ')}`)
      .map((route) => route.replace('v1 /', 'v1 /'));
    const listed = starts('id').map(([route]) => route);
    expect(
      routes.filter((route) => !listed.includes(route) && !STARTS_NOTHING.some((each) => each.test(route))),
    ).toEqual([]);
  });
});

/** They look, act on an execution that is there, or are refused always. */
const STARTS_NOTHING = [/preflightCheck/, /interrupt/, /executionInput/, /\/debug\//, /postExecutionRollback/];

describe('what is asked', () => {
  it('is each thing by its name, at the scope of the reference', async () => {
    expect((await chosen.call('POST', `${EXECUTE}/uses`)).status).toBe(200);
    await savePipeline(
      server,
      pipelineOf('above', [
        {
          identifier: 's',
          steps: ['account.a', 'org.b', 'c', 'd', 'e']
            .map((id, index) => script(`x${String(index)}`, `echo <+secrets.getValue("${id}")>`))
            .join('\n'),
        },
      ]),
    );
    expect((await executor.call('POST', `${EXECUTE}/above`)).body).toMatchObject({
      code: 'NG_ACCESS_DENIED',
      message: expect.stringMatching(
        /^Missing permission core_secret_access on secret with identifier account\.a, core_secret_access on secret with identifier org\.b\. /,
      ),
      failedPermissionChecks: [
        { resourceIdentifier: 'a', resourceScope: { orgIdentifier: null, projectIdentifier: null } },
        { resourceIdentifier: 'b', resourceScope: { orgIdentifier: 'default', projectIdentifier: null } },
      ],
    });
    // The same names as in the group, and others: five are missing, three are named.
    const { message } = (await chosen.call('POST', `${EXECUTE}/above`)).body;
    expect(message).toContain('identifier c and 2 more. ');
    expect((await server.call('POST', `${EXECUTE}/above`)).status).toBe(200);
    await server.runTasks();
  });

  it('is services, environments and templates as well', async () => {
    const documents = [
      [
        '/ng/api/servicesV2',
        'shop',
        {},
        'service:\n  name: shop\n  identifier: shop\n  serviceDefinition: { type: Kubernetes, spec: {} }\n',
      ],
      ['/ng/api/environmentsV2', 'live', {}, 'environment:\n  name: live\n  identifier: live\n  type: Production\n'],
      [
        '/ng/api/infrastructures',
        'cluster',
        { environmentRef: 'live' },
        'infrastructureDefinition:\n  name: cluster\n  identifier: cluster\n  environmentRef: live\n  deploymentType: Kubernetes\n  type: KubernetesDirect\n  spec: { connectorRef: account.k8s, namespace: live, releaseName: r }\n',
      ],
    ] as const;
    for (const [url, identifier, more, yaml] of documents) {
      const answer = await server.call('POST', url, { body: { identifier, ...more, yaml } });
      expect(answer.body).toMatchObject({ status: 'SUCCESS' });
    }
    const template =
      'template:\n  name: hello\n  identifier: hello\n  versionLabel: v1\n  type: Step\n  orgIdentifier: default\n  projectIdentifier: myproject\n  spec:\n    type: Wait\n    spec: { duration: 1s }\n';
    expect((await server.call('POST', '/template/api/templates', { body: template })).body).toMatchObject({
      status: 'SUCCESS',
    });
    const deploys = pipelineOf('deploys', [
      {
        identifier: 'd',
        type: 'Deployment',
        more: 'failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: StageRollback } } }]',
        steps: '- step:\n    identifier: h\n    name: h\n    template: { templateRef: hello, versionLabel: v1 }',
      },
    ]).replace(
      '        spec:\n          execution:',
      `        spec:
          deploymentType: Kubernetes
          service: { serviceRef: shop }
          environment:
            environmentRef: live
            infrastructureDefinitions: [{ identifier: cluster }]
          execution:`,
    );
    await savePipeline(server, deploys);
    const refused = await runner.call('POST', `${EXECUTE}/deploys`);
    expect(refused.body.message).toContain('Missing permission');
    const checks = refused.body['failedPermissionChecks'] as { permission: string; resourceIdentifier: string }[];
    expect(
      checks.map(({ permission, resourceIdentifier }) => `${permission} ${resourceIdentifier}`).toSorted(),
    ).toEqual([
      'core_connector_access k8s',
      'core_environment_access live',
      'core_service_access shop',
      'core_template_access hello',
    ]);
    expect((await executor.call('POST', `${EXECUTE}/deploys`)).body['failedPermissionChecks']).toMatchObject([
      { permission: 'core_connector_access', resourceIdentifier: 'k8s' },
    ]);
  });

  it('is told by the check before a run', async () => {
    const check = async (who: Pick<Holder, 'call'>): Promise<Record<string, unknown>> => {
      const query = { pipelineIdentifier: 'uses' };
      const asked = await who.call('POST', `${EXECUTE}/preflightCheck`, { query });
      const found = await who.call('GET', `${EXECUTE}/getPreflightCheckResponse`, {
        query: { preflightCheckId: String(asked.body.data) },
      });
      return found.body.data as unknown as Record<string, unknown>;
    };
    const connector = {
      connector: {
        identifier: 'hub',
        name: 'hub',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        type: 'DockerRegistry',
        spec: { dockerRegistryUrl: 'https://hub.example.test', providerType: 'Other', auth: { type: 'Anonymous' } },
      },
    };
    await server.call('POST', '/ng/api/connectors', { body: connector });
    expect(await check(runner)).toMatchObject({
      status: 'FAILURE',
      connectorWrapperResponse: {
        status: 'FAILURE',
        checkResponses: [
          {
            connectorIdentifier: 'hub',
            status: 'FAILURE',
            connectorErrorInfo: {
              summary: 'Missing permission core_connector_access on connector with identifier hub.',
            },
          },
        ],
      },
      errorInfo: { summary: expect.stringContaining('core_secret_access on secret with identifier token') },
    });
    expect(await check(executor)).toMatchObject({ status: 'SUCCESS', errorInfo: null });
  });
});

describe('what an expression comes to', () => {
  it('is asked about when its step is leased, with the rights of whoever started the execution', async () => {
    await savePipeline(
      server,
      pipelineOf(
        'late',
        [{ identifier: 's', steps: script('a', 'echo <+secrets.getValue(<+pipeline.variables.which>)>') }],
        'variables:\n  - name: which\n    type: String\n    value: <+input>',
      ),
    );
    const input = {
      body: 'pipeline:\n  identifier: late\n  variables: [{ name: which, type: String, value: token }]\n',
    };
    const secretsGiven = async (who: Holder): Promise<unknown> => {
      startedId(await who.call('POST', `${EXECUTE}/late`, input));
      const [task] = await server.runTasks();
      return task?.secrets;
    };
    await server.call('POST', '/ng/api/v2/secrets', {
      body: {
        secret: {
          type: 'SecretText',
          identifier: 'token',
          name: 'token',
          orgIdentifier: 'default',
          projectIdentifier: 'myproject',
          spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: 'canary-of-a-secret' },
        },
      },
    });
    expect(await secretsGiven(runner)).toEqual({
      token: {
        kind: 'missing',
        isDenied: true,
        message:
          'Missing permission core_secret_access on secret with identifier token. Whoever started the execution must be allowed to use it.',
      },
    });
    expect(await secretsGiven(chosen)).toEqual({ token: { kind: 'text', text: 'canary-of-a-secret' } });
  });
});

describe('asking an administrator', () => {
  it('costs one look at what they were given, whatever they start and however many steps it has', async () => {
    let statements = 0;
    const counted = server.db.withPlugin({
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const of = async (work: () => Promise<unknown>): Promise<number> => {
      statements = 0;
      await work();
      return statements;
    };
    const { scope, id } = await administrator();
    const actor = { kind: 'USER', id } as const;
    const authorizer = createAuthorizer(counted);
    const pipeline = await findPipeline(server.db, scope, 'uses');
    if (pipeline === undefined) throw new Error('The pipeline is gone.');
    const prepare = async (starter: Starter | undefined): Promise<unknown> => {
      const cause = { triggerType: 'MANUAL', triggeredBy: { uuid: id, identifier: 'admin' } } as const;
      const prepared = await prepareExecution(new DocumentSource(counted), { pipeline, inputYaml: '', cause, starter });
      return expect(prepared.kind).toBe('prepared');
    };
    const unasked = await of(() => prepare(undefined));
    expect(await of(async () => await prepare({ actor, grants: await authorizer.grantsOf(whoIs(scope, id)) }))).toBe(
      unasked + 1,
    );
    expect(await of(async () => await prepare({ actor, grants: await authorizer.grantsOf(whoIs(scope, id)) }))).toBe(
      unasked,
    );
    const judge = createStepJudge(authorizer);
    const uses = [
      { kind: 'secret', reference: 'account.any' },
      { kind: 'connector', reference: 'hub' },
    ] as const;
    const steps = async (): Promise<void> => {
      for (let step = 0; step < 100; step += 1) {
        expect(await judge.objections(scope, actor, uses)).toEqual([undefined, undefined]);
      }
    };
    expect(await of(steps)).toBe(0);
    // Even when nothing is kept yet.
    authorizer.forget();
    expect(await of(steps)).toBe(1);
  });

  async function administrator(): Promise<{ readonly scope: ProjectScope; readonly id: string }> {
    const { data } = (await server.call('GET', '/ng/api/user/currentUser')).body;
    const scope = { accountId: ACCOUNT, orgIdentifier: 'default', projectIdentifier: 'myproject' };
    return { scope, id: (data as unknown as { uuid: string }).uuid };
  }

  const whoIs = ({ accountId }: ProjectScope, userId: string) => ({ accountId, kind: 'USER', userId }) as const;
});

describe('a chained pipeline', () => {
  const chain = (identifier: string, project: string): string =>
    `${pipelineOf(identifier, [{ identifier: 'first', steps: shell('a') }])}    - stage:
        identifier: c
        name: c
        type: Pipeline
        spec: { org: default, project: ${project}, pipeline: inner }
`;

  it('must be allowed to whoever starts its parent, and uses what they may use', async () => {
    const elsewhere = { orgIdentifier: 'default', projectIdentifier: 'elsewhere' };
    await server.call('POST', '/ng/api/projects', {
      query: { orgIdentifier: 'default' },
      body: { project: { orgIdentifier: 'default', identifier: 'elsewhere', name: 'Elsewhere' } },
    });
    const inner = pipelineOf('inner', [{ identifier: 's', steps: shell('inside') }]);
    const saved = await server.call('POST', '/pipeline/api/pipelines/v2', {
      query: elsewhere,
      body: inner.replace('myproject', 'elsewhere'),
    });
    expect(saved.status).toBe(200);
    await savePipeline(server, chain('outer', 'elsewhere'));
    const refused = await executor.call('POST', `${EXECUTE}/outer`);
    expect(refused.body).toMatchObject({
      code: 'NG_ACCESS_DENIED',
      failedPermissionChecks: [
        {
          permission: 'core_pipeline_execute',
          resourceIdentifier: 'inner',
          resourceScope: { projectIdentifier: 'elsewhere' },
        },
      ],
    });
    expect((await server.call('POST', `${EXECUTE}/outer`)).status).toBe(200);
    await server.runTasks();
  });

  it('is asked about again when it starts: rights that are gone by then are gone', async () => {
    const inner = pipelineOf('inner', [{ identifier: 's', steps: script('x', 'echo <+secrets.getValue("late")>') }]);
    await savePipeline(server, inner);
    await savePipeline(server, chain('outer2', 'myproject'));
    // The parent names the child, and not what the child names.
    const id = startedId(await runner.call('POST', `${EXECUTE}/outer2`));
    await server.runTasks();
    await server.until(id, ({ status }) => status === 'Failed');
    const nodes = await server.db
      .selectFrom('node_executions')
      .select('state')
      .where('execution_id', '=', id)
      .execute();
    const failures = nodes.flatMap(({ state }) => (state as { failure?: object }).failure ?? []);
    expect(failures).toContainEqual({
      message: expect.stringContaining(
        'The pipeline default/myproject/inner may not be run. Missing permission core_secret_access on secret with identifier late',
      ),
      types: ['AUTHORIZATION_ERROR'],
    });
    expect(
      await server.db.selectFrom('executions').select('id').where('pipeline_identifier', '=', 'inner').execute(),
    ).toHaveLength(1);
  });
});
