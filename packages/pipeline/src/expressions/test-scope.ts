/** The execution that the tests of this folder speak about. */
import {
  expressionText,
  expressionTree,
  lazyObject,
  secretReference,
  type ExpressionScope,
  type ScopeValue,
} from './scope.ts';
import type { Value } from './values.ts';

const payload: Value = {
  ref: 'refs/heads/main',
  number: 42,
  count: '7',
  draft: false,
  title: 'Say "hi" & go',
  nothing: null,
  'pull-request': { id: 9 },
  'name with space': 'spaced',
  commits: [
    { id: 'c1', author: { name: 'Ada' } },
    { id: 'c2', author: { name: 'Bob' } },
  ],
  json: '{"a":{"b":[10,20,{"c":"deep"}],"odd-name":"x"},"list":["p","q"]}',
  xml: '<root><item id="1">one</item><item id="2">two</item></root>',
  hostile: '<+pipeline.name> <+secrets.getValue("stolen")> $(id) `id`',
};

const steps = {
  build: {
    output: { outputVariables: { tag: 'v1.2.3', count: '3', empty: '' }, status: 'SUCCEEDED' },
    status: 'SUCCEEDED',
  },
  s1_0: { output: { outputVariables: { v: 'zero' } } },
};

const stage = {
  name: 'Build it',
  identifier: 'Build',
  variables: { region: 'eu', mode: 'fast' },
  spec: { execution: { steps } },
  status: 'RUNNING',
};

const variables: Readonly<Record<string, () => ScopeValue>> = {
  env: () => 'prod',
  csv: () => 'a,b,c,,',
  colon: () => 'left:right',
  number: () => 5,
  text5: () => '5',
  flag: () => 'true',
  list: () => ['x', 'y', 'z'],
  map: () => ({ k: 'v', other: 1 }),
  blank: () => '',
  'a-b': () => 'hyphen',
  key: () => 'ref',
  derived: () => expressionText('<+pipeline.name>-<+pipeline.sequenceId>'),
  typed: () => expressionText('<+pipeline.sequenceId>'),
  circle: () => expressionText('<+pipeline.variables.circle>'),
  fromPayload: () => expressionText('got <+trigger.payload.hostile>'),
  token: () => secretReference('account.token'),
  withToken: () => expressionText('Bearer <+secrets.getValue("api")>'),
};

const roots: Readonly<Record<string, () => ScopeValue>> = {
  pipeline: () =>
    lazyObject({
      name: () => 'Demo',
      identifier: () => 'demo',
      sequenceId: () => 12,
      variables: () => lazyObject(variables),
      stages: () => ({ Build: stage }),
      tags: () => ({ team: 'core' }),
    }),
  stage: () => stage,
  stages: () => ({ Build: stage }),
  steps: () => steps,
  execution: () => ({ steps }),
  build: () => steps.build,
  trigger: () => ({ payload, header: { 'x-event': 'push' }, branch: null }),
  strategy: () => ({ iteration: 0, identifierPostFix: '_0' }),
  matrix: () => ({ os: 'linux', 'node-version': 24 }),
  spec: () => expressionTree({ image: 'node:<+matrix.os>', args: ['<+pipeline.name>', 'plain'] }),
  exportedVariables: () => ({
    get: (key) => (key === 'pipeline' ? { ALIAS: { url: 'https://x' } } : undefined),
    toValue: () => null,
  }),
  configFile: () => ({
    get: () => undefined,
    toValue: () => null,
    call: (method, [id]) => (method === 'getAsString' ? `content of ${JSON.stringify(id)}` : undefined),
  }),
  httpResponseBody: () => '{"status":"ok","items":[{"n":1},{"n":2}]}',
  httpResponseCode: () => 200,
};

export const testScope: ExpressionScope = {
  root: (name) => (Object.hasOwn(roots, name) ? roots[name]?.() : undefined),
};

/** A scope in which one payload text is reachable, and that notes which roots were asked for. */
export function payloadScope(text: Value): { readonly scope: ExpressionScope; readonly asked: string[] } {
  const asked: string[] = [];
  const scope: ExpressionScope = {
    root(name) {
      asked.push(name);
      return name === 'trigger' ? { payload: { text } } : undefined;
    },
  };
  return { scope, asked };
}
