/**
 * Who may what, for every route there is (quality S15): principals × routes × scopes, judged by an oracle of its own. Nobody is
 * allowed what the oracle denies, and what it allows is not refused. What would change something is sent by those alone who must
 * be refused: the answer of the others is what the other tests are about.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf, type RegisteredRoute } from './authorization.ts';
import { exampleOf, type JsonSchema } from './examples.ts';
import type { PermissionNeed } from './route-needs.ts';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';
import {
  ELSEWHERE,
  IN_ACCOUNT,
  IN_ORG,
  IN_PROJECT,
  makeInvalidPrincipals,
  makePrincipals,
  type InvalidPrincipal,
  type Place,
  type TestPrincipal,
} from './test-principals.ts';
import { pipelineOf, savePipeline, shell, startRun } from './test-runs.ts';

let bridle: TestApp;
let routes: readonly RegisteredRoute[];
let principals: readonly TestPrincipal[];
let invalid: readonly InvalidPrincipal[];
let run = { execution: '', node: '' };

beforeAll(async () => {
  bridle = await createTestApp({ isIntakeStopped: true });
  await bridle.app.ready();
  routes = routesOf(bridle.app).filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS');
  principals = await makePrincipals(bridle);
  invalid = await makeInvalidPrincipals(bridle);
  const execution = await startRun(bridle, 'test');
  const nodes = await bridle.db
    .selectFrom('node_executions')
    .select('id')
    .where('execution_id', '=', execution)
    .execute();
  run = { execution, node: nodes[0]?.id ?? '' };
}, 60_000);
afterAll(() => bridle.close());

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** A request that the schema of the route takes, about a place. */
async function ask(route: RegisteredRoute, place: Place, token: string | undefined): Promise<Asked> {
  const schema = (route.schema ?? {}) as {
    readonly querystring?: JsonSchema;
    readonly body?: JsonSchema;
  };
  const query: Record<string, string> = { accountIdentifier: ACCOUNT };
  for (const name of schema.querystring?.required ?? []) {
    const property = schema.querystring?.properties?.[name];
    if (property !== undefined) query[name] = textOf(exampleOf(property, name, route.url));
  }
  for (const name of ['targetIdentifier', 'triggerIdentifier', 'pipelineIdentifier']) {
    if (schema.querystring?.properties?.[name] !== undefined) query[name] = 'test';
  }
  if (query['interruptType'] !== undefined) query['interruptType'] = 'AbortAll';
  query['orgIdentifier'] = place.org;
  query['projectIdentifier'] = place.project;
  const response = await bridle.app.inject({
    method: route.method as 'GET',
    url: pathOf(route.url, place),
    query,
    headers: { ...(token === undefined ? {} : { 'x-api-key': token }), 'content-type': 'application/json' },
    ...(schema.body === undefined ? {} : { payload: bodyOf(exampleOf(schema.body, 'body', route.url), place) }),
  });
  return { status: response.statusCode, text: response.body };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function bodyOf(example: unknown, place: Place): string {
  if (typeof example === 'string') return example;
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return JSON.stringify(example);
  const { orgIdentifier: _org, projectIdentifier: _project, ...rest } = example as Record<string, unknown>;
  return JSON.stringify({
    ...rest,
    ...(place.org === '' ? {} : { orgIdentifier: place.org }),
    ...(place.project === '' ? {} : { projectIdentifier: place.project }),
  });
}

function parameter(name: string, place: Place): string {
  switch (name) {
    case 'org':
    case 'orgIdentifier':
      return place.org === '' ? IN_ORG.org : place.org;
    case 'project':
    case 'projectIdentifier':
      return place.project === '' ? IN_PROJECT.project : place.project;
    case 'accountIdentifier':
      return ACCOUNT;
    case 'planExecutionId':
    case 'originalExecutionId':
    case 'executionId':
      return run.execution;
    case 'nodeExecutionId':
      return run.node;
    case 'approvalInstanceId':
      return `${run.execution}.${run.node}`;
    case 'version':
    case 'otherVersion':
      return '1';
    default:
      return 'test';
  }
}

function pathOf(url: string, place: Place): string {
  return url.replace(/:([A-Za-z]+)/g, (_whole, name: string) => encodeURIComponent(parameter(name, place)));
}

/** What the oracle is asked about a route at a place. */
function questionOf(
  { url }: RegisteredRoute,
  { of, inside }: PermissionNeed,
  place: Place,
): readonly [Place, string | undefined] {
  const named = (name: string): boolean => url.includes(`:${name}`);
  const at: Place = {
    org: named('org') || named('orgIdentifier') ? parameter('org', place) : place.org,
    project: named('project') || named('projectIdentifier') ? parameter('project', place) : place.project,
  };
  const identifier = of === undefined ? undefined : named(of) ? parameter(of, place) : OF_QUERY[of];
  if (inside === 'organization') return [{ org: identifier ?? '', project: '' }, identifier];
  if (inside === 'project') return [{ org: place.org, project: identifier ?? '' }, identifier];
  return [at, identifier];
}

/** Above projects only those are asked for who tell one place from another; in projects everybody. */
const ASKED_AT: ReadonlyMap<Place, readonly string[]> = new Map([
  [IN_ACCOUNT, ['account_viewer', 'org_admin', 'robot', 'nobody']],
  [IN_ORG, ['account_viewer', 'org_admin', 'project_viewer']],
]);

/** As the examples of the documentation name it in queries. */
const OF_QUERY: Readonly<Record<string, string>> = {
  pipelineIdentifier: 'test',
  targetIdentifier: 'test',
  pipeline: 'test',
};

/** Answers with a stream that lasts, or that ends the server's part of the test. */
const STREAMS = new Set(['/bridle/api/projects/:orgIdentifier/:projectIdentifier/events']);

const isReading = ({ method, needs }: RegisteredRoute): boolean =>
  method === 'GET' || (typeof needs === 'object' && needs.permission.endsWith('_view'));

describe('the matrix of rights', () => {
  it('allows nobody what the oracle denies, and refuses nobody what it allows', async () => {
    const wrong: string[] = [];
    let denied = 0;
    let allowed = 0;
    for (const route of routes) {
      const { needs } = route;
      if (route.access !== 'key' || typeof needs !== 'object') continue;
      for (const place of [IN_ACCOUNT, IN_ORG, IN_PROJECT, ELSEWHERE]) {
        const [at, identifier] = questionOf(route, needs, place);
        // A project without its organization is no place.
        if (at.org === '' && at.project !== '') continue;
        for (const principal of principals) {
          if (ASKED_AT.get(place)?.includes(principal.name) === false) continue;
          const may = principal.may(needs.permission, at, identifier);
          if (may && (!isReading(route) || STREAMS.has(route.url))) continue;
          const { status, text } = await ask(route, place, principal.token);
          const isRefused = status === 403 && text.includes('"failedPermissionChecks"');
          // The request needs a project, and there is none: nothing is done, nothing is shown.
          const isNoRequest =
            status === 400 && text.includes('"FAILURE"') && (place.org === '' || place.project === '');
          if (may) allowed += 1;
          else denied += 1;
          if (may ? isRefused : !isRefused && !isNoRequest) {
            wrong.push(
              `${principal.name} ${may ? 'may' : 'may not'} ${route.method} ${route.url} (${needs.permission}) in ${JSON.stringify(at)}: ${status} ${text.slice(0, 160)}`,
            );
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(denied).toBeGreaterThan(2_000);
    expect(allowed).toBeGreaterThan(300);
  }, 300_000);

  it('shows nothing, and does nothing, for people of elsewhere where the handler asks', async () => {
    const wrong: string[] = [];
    const strangers = principals.filter(({ name }) => name === 'nobody' || name === 'admin_elsewhere');
    for (const route of routes) {
      if (route.access !== 'key' || route.needs !== 'inHandler' || OWN.has(`${route.method} ${route.url}`)) continue;
      for (const principal of strangers) {
        const { status, text } = await ask(route, IN_PROJECT, principal.token);
        if (status !== 403 && status !== 404) {
          wrong.push(`${principal.name} ${route.method} ${route.url}: ${status} ${text.slice(0, 200)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('starts a pipeline for those alone who may use each thing it names, where it names it', async () => {
    const named: readonly (readonly [reference: string, permission: string, place: Place])[] = [
      ['<+secrets.getValue("mine")>', 'core_secret_access', IN_PROJECT],
      ['<+secrets.getValue("org.ours")>', 'core_secret_access', IN_ORG],
      ['<+secrets.getValue("account.alls")>', 'core_secret_access', IN_ACCOUNT],
    ];
    const wrong: string[] = [];
    let started = 0;
    for (const [reference, permission, place] of named) {
      const identifier = /\("(?:org\.|account\.)?(\w+)"\)/.exec(reference)?.[1] ?? '';
      const pipeline = `names_${identifier}`;
      const steps = shell('a').replace('echo a', `echo ${reference.replaceAll('"', "'")}`);
      await savePipeline(bridle, pipelineOf(pipeline, [{ identifier: 's', steps }]));
      for (const { name, token, may } of principals) {
        const url = `/pipeline/api/pipeline/execute/${pipeline}`;
        const { status } = await bridle.call('POST', url, { headers: { 'x-api-key': token } });
        const isAllowed = may('core_pipeline_execute', IN_PROJECT, pipeline) && may(permission, place, identifier);
        if (isAllowed) started += 1;
        if (status !== (isAllowed ? 200 : 403)) wrong.push(`${name} ${reference}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    // The administrator all three, that of the organization two, and who may execute in the project one each.
    expect(started).toBe(7);
  });

  it('lists organizations and projects to those who may see them, and answers questions about oneself', async () => {
    const nobody = principals.find(({ name }) => name === 'nobody');
    for (const url of ['organizations', 'projects', 'projects/list', 'aggregate/organizations', 'aggregate/projects']) {
      const answer = await bridle.call('GET', `/ng/api/${url}`, { headers: { 'x-api-key': nobody?.token ?? '' } });
      expect(answer.body.data).toMatchObject({ totalItems: 0, content: [] });
    }
  });

  it('knows nobody by a token that is revoked, expired, unknown or of somebody disabled', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      if (route.access !== 'key') continue;
      for (const { name, token } of invalid) {
        const { status } = await ask(route, IN_PROJECT, token);
        if (status !== 401) wrong.push(`${name} ${route.method} ${route.url}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('leaves exactly these routes to everybody', () => {
    const open = routes
      .filter(({ access }) => access !== 'key')
      .map(({ access, method, url }) => `${access} ${method} ${url}`);
    expect(open.filter((route) => !EVERYBODYS.some((pattern) => pattern.test(route)))).toEqual([]);
  });
});

/** Their rule is tested where they are: they answer with what the caller may see, or are about the caller. */
const OWN = new Set([
  'GET /ng/api/organizations',
  'GET /ng/api/projects',
  'GET /ng/api/organizations/all-organizations',
  'GET /ng/api/projects/list',
  'GET /ng/api/projects/all-projects',
  'GET /ng/api/aggregate/organizations',
  'GET /ng/api/aggregate/projects',
  'GET /v1/orgs',
  'GET /v1/orgs/:org/projects',
  'POST /authz/api/acl',
  // Of an event that is not there, which nobody may or may not see.
  'GET /pipeline/api/triggers/eventHistory/eventCorrelation/:eventId',
  'GET /pipeline/api/triggers/eventHistory/v2/eventCorrelation/:eventId',
]);

const EVERYBODYS: readonly RegExp[] = [
  /^public (GET|POST|DELETE|PUT) \/(bridle\/api\/(session|sign-in|openid)|log-service|delegate\/api|health|ready|docs|openapi\.json)/,
  /^open (GET|POST) \/(pipeline\/api|api)\/webhook\//,
  /^open POST \/ng\/api\/webhook/,
  /^public GET \/(\*|$|assets|login)/,
];

describe('identifiers of elsewhere', () => {
  const as = (name: string): Record<string, string> => ({
    'x-api-key': principals.find((each) => each.name === name)?.token ?? '',
  });

  it('open nothing: in the query, in the path, in the body, in the YAML', async () => {
    const before = await bridle.db.selectFrom('executions').select('id').execute();
    const elsewhere = { orgIdentifier: ELSEWHERE.org, projectIdentifier: ELSEWHERE.project };
    const headers = as('admin_elsewhere');
    const yaml = (await bridle.call('GET', '/pipeline/api/pipelines/test')).body.data as unknown as {
      readonly yamlPipeline: string;
    };
    const probes: readonly [
      string,
      'GET' | 'POST' | 'PUT' | 'DELETE',
      string,
      Record<string, unknown> | string | undefined,
    ][] = [
      // The execution of another project, under the name of one's own.
      ['rerun', 'POST', `/pipeline/api/pipeline/execute/rerun/${run.execution}/test`, undefined],
      ['retry', 'POST', `/pipeline/api/pipeline/execute/retry/test?planExecutionId=${run.execution}`, undefined],
      ['details', 'GET', `/pipeline/api/pipelines/execution/v2/${run.execution}`, undefined],
      [
        'interrupt',
        'PUT',
        `/pipeline/api/pipeline/execute/interrupt/${run.execution}?interruptType=AbortAll`,
        undefined,
      ],
      // The YAML says another project than the query.
      ['yaml', 'POST', '/pipeline/api/pipelines/v2', yaml.yamlPipeline],
      [
        'service',
        'POST',
        '/ng/api/servicesV2',
        { identifier: 'x', name: 'x', orgIdentifier: IN_PROJECT.org, projectIdentifier: IN_PROJECT.project },
      ],
      [
        'secret',
        'POST',
        '/ng/api/v2/secrets',
        {
          secret: {
            type: 'SecretText',
            identifier: 'x',
            name: 'x',
            orgIdentifier: IN_PROJECT.org,
            projectIdentifier: IN_PROJECT.project,
            spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: 'a-value' },
          },
        },
      ],
      [
        'connector',
        'POST',
        '/ng/api/connectors',
        {
          connector: {
            identifier: 'x',
            name: 'x',
            type: 'HttpHelmRepo',
            orgIdentifier: IN_PROJECT.org,
            projectIdentifier: IN_PROJECT.project,
            spec: { helmRepoUrl: 'https://charts.example.test', auth: { type: 'Anonymous' } },
          },
        },
      ],
      [
        'group',
        'POST',
        '/ng/api/user-groups',
        { identifier: 'x', name: 'x', orgIdentifier: IN_PROJECT.org, projectIdentifier: IN_PROJECT.project },
      ],
      [
        'token',
        'POST',
        '/ng/api/token',
        {
          identifier: 'x',
          name: 'x',
          apiKeyIdentifier: 'key',
          apiKeyType: 'SERVICE_ACCOUNT',
          parentIdentifier: 'robot',
          orgIdentifier: IN_PROJECT.org,
          projectIdentifier: IN_PROJECT.project,
        },
      ],
    ];
    for (const [name, method, path, body] of probes) {
      const answer = await bridle.call(method, path, {
        headers,
        query: elsewhere,
        ...(body === undefined ? {} : { body }),
      });
      expect(`${name} ${answer.status}`).toMatch(/ (400|403|404)$/);
    }
    const left = await bridle.db.selectFrom('executions').select('id').execute();
    expect(left).toHaveLength(before.length);
  });

  it('of another account are refused with the key, in the query and in bodies', async () => {
    const other = 'OtherAccountOfNobody12';
    const answer = await bridle.call('GET', '/pipeline/api/pipelines/test', { query: { accountIdentifier: other } });
    expect(answer.status).toBe(401);
    const scope = { accountIdentifier: other, orgIdentifier: 'default', projectIdentifier: 'myproject' };
    const list = await bridle.call('POST', '/audit/api/audits/list', { body: { scopes: [scope] } });
    expect(list.status).toBe(400);
    const acl = await bridle.call('POST', '/authz/api/acl', {
      body: { permissions: [{ resourceScope: scope, permission: 'core_pipeline_view' }] },
    });
    expect(acl.body.data).toMatchObject({ accessControlList: [{ permitted: false }] });
  });
});
