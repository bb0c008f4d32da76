/** Texts that stand in examples: what a reader of the documentation would see on an installation with its demo. */
import { MYHOOK_TRIGGER_YAML, TEST_PIPELINE_YAML } from '../intake/demo.ts';

const INPUTS = `pipeline:
  identifier: test
  variables:
    - name: version
      type: String
      value: 1.4.0
`;

const INPUT_SET = `inputSet:
  name: production
  identifier: production
  orgIdentifier: default
  projectIdentifier: myproject
  pipeline:
    identifier: test
    variables:
      - name: version
        type: String
        value: 1.4.0
`;

const OVERLAY = `overlayInputSet:
  name: everything
  identifier: everything
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: test
  inputSetReferences:
    - production
`;

const TEMPLATE = `template:
  name: greet
  identifier: greet
  versionLabel: v1
  type: Step
  orgIdentifier: default
  projectIdentifier: myproject
  spec:
    type: ShellScript
    spec:
      shell: Bash
      onDelegate: true
      source:
        type: Inline
        spec:
          script: echo Hello
`;

const SECRET = `secret:
  type: SecretText
  name: token
  identifier: token
  orgIdentifier: default
  projectIdentifier: myproject
  spec:
    secretManagerIdentifier: harnessSecretManager
    valueType: Inline
    value: the secret itself
`;

/** The text bodies, by the path they are sent to; the first that fits counts. */
const BODIES: readonly (readonly [path: RegExp, text: string])[] = [
  [/\/execute\//, INPUTS],
  [/executionInput/, INPUTS],
  [/preflight/i, INPUTS],
  [/\/inputSets\/overlay/, OVERLAY],
  [/\/inputSets/, INPUT_SET],
  [/\/triggers/, MYHOOK_TRIGGER_YAML],
  [/\/templates/, TEMPLATE],
  [/\/secrets/, SECRET],
  [/\/webhook/, '{"version": "1.4.0"}'],
  [/\/pipelines/, TEST_PIPELINE_YAML],
];

export function exampleBody(path: string): string {
  return BODIES.find(([pattern]) => pattern.test(path))?.[1] ?? 'any text';
}

const ACCOUNT = 'kmpySmUISimoRrJL6NL73w';
const EXECUTION = 'BOvtFC6xRReaPeJiOj2yvA';
const NODE = 'r3kZ0VtQQXGJ5tTq6n3hPg';
const EVENT = '61f3c9a8b7e2d40012a4c9f1';
const CORRELATION = '2a8c4a16-3d58-4d6b-9a0c-5d0f2a4a1c11';
const HOME = 'https://bridle.example.com';

/** By the name of a field or parameter, what stands in it. */
const FIELD_EXAMPLES: Readonly<Record<string, string>> = {
  accountID: ACCOUNT,
  accountId: ACCOUNT,
  accountIdentifier: ACCOUNT,
  accountName: 'Example',
  apiUrl: `${HOME}/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/${EVENT}?accountIdentifier=${ACCOUNT}`,
  approvalInstanceId: `${EXECUTION}.${NODE}`,
  approvalMessage: 'May this go to production?',
  arch: 'x64',
  baseFqn: 'pipeline.stages.hello.spec.execution.steps.greet',
  branch: 'main',
  code: 'INVALID_REQUEST',
  color: '#0063F7',
  comments: 'Looks good.',
  companyName: 'Example',
  correlationId: CORRELATION,
  created: '0',
  data: 'SUCCESS',
  defaultAccountId: ACCOUNT,
  description: 'Says hello',
  email: 'ada@example.com',
  email_id: 'ada@example.com',
  endTime: '1643285296956',
  error: 'is missing',
  error_msg: 'no account ID in query params',
  errorMessage: 'The connector did not answer.',
  eventCorrelationId: EVENT,
  eventId: EVENT,
  executionId: EXECUTION,
  executionUrl: `${HOME}/executions/${EXECUTION}`,
  executionUuid: EXECUTION,
  execution_id: EXECUTION,
  expires: '2026-11-26T19:00:00Z',
  expression: '<+pipeline.variables.version>',
  expressionValue: '1.4.0',
  fieldId: 'orgIdentifier',
  hostName: 'builder-1',
  identifier: 'test',
  inputSet: 'production',
  inputSetIdentifier: 'production',
  inputSetIdentifiers: 'production',
  inputSetReferences: 'production',
  inputSetTemplateYaml: INPUTS.replace('1.4.0', '<+input>'),
  inputSetYaml: INPUT_SET,
  inputTemplate: INPUTS.replace('1.4.0', '<+input>'),
  input_set_refs: 'production',
  input_set_yaml: INPUT_SET,
  inputs_yaml: INPUTS,
  invalidYaml: '',
  issueTime: '1643285296956',
  key: `accountId:${ACCOUNT}/orgId:default/projectId:myproject/pipelineId:test/runSequence:1/level0:pipeline/level1:stages/level2:hello/level3:spec/level4:execution/level5:steps/level6:greet`,
  lastYamlToMerge: INPUTS,
  link: `${HOME}/gateway/log-service/blob/bundle/logs.zip?grant=…`,
  logBaseKey: `accountId:${ACCOUNT}/orgId:default/projectId:myproject/pipelineId:test/runSequence:1/level0:pipeline/level1:stages/level2:hello/level3:spec/level4:execution/level5:steps/level6:greet`,
  message: 'orgIdentifier: is missing',
  module: 'pms',
  moduleType: 'pms',
  modules: 'pms',
  name: 'test',
  nodeExecutionId: NODE,
  node_execution_id: NODE,
  nodeType: 'Custom',
  notes: 'Before the release',
  org: 'default',
  orgId: 'default',
  orgIdentifier: 'default',
  os: 'linux',
  originalExecutionId: EXECUTION,
  overlayInputSetYaml: OVERLAY,
  payload: '{"version": "1.4.0"}',
  pipeline: 'test',
  pipelineIdentifier: 'test',
  pipelineYaml: TEST_PIPELINE_YAML,
  pipeline_yaml: TEST_PIPELINE_YAML,
  planExecutionId: EXECUTION,
  prefix: `accountId:${ACCOUNT}/orgId:default/projectId:myproject/pipelineId:test/runSequence:1`,
  project: 'myproject',
  projectId: 'myproject',
  projectIdentifier: 'myproject',
  publicUrl: HOME,
  replacedExpressions: '<+pipeline.name>',
  runtimeInput: 'pipeline: {}\n',
  runtimeInputYaml: INPUTS,
  runtime_yaml: INPUTS,
  searchTerm: 'test',
  search_term: 'test',
  sort: 'lastUpdatedAt,DESC',
  stageIdentifiers: 'hello',
  stage_identifiers: 'hello',
  startTime: '1643285296956',
  status: 'Success',
  stepType: 'ShellScript',
  storeType: 'INLINE',
  tags: 'team:core',
  targetIdentifier: 'test',
  template_yaml: INPUTS.replace('1.4.0', '<+input>'),
  timestamp: '0',
  trigger: 'myhook',
  triggerIdentifier: 'myhook',
  triggerIdentifiers: 'myhook',
  triggerName: 'myhook',
  triggerType: 'WEBHOOK_CUSTOM',
  trigger_yaml: MYHOOK_TRIGGER_YAML,
  uiSetupUrl: `${HOME}/ng/#/account/${ACCOUNT}/all/orgs/default/projects/myproject/pipelines/test/pipeline-studio/`,
  uiUrl: `${HOME}/ng/#/account/${ACCOUNT}/all/orgs/default/projects/myproject/deployments?pipelineIdentifier=test&page=0`,
  userName: 'ada',
  username: 'ada',
  uuid: EXECUTION,
  version: '1.4.0',
  versionLabel: 'v1',
  webhookCurlCommand: `curl -X POST -H 'content-type: application/json' --url '${HOME}/gateway/pipeline/api/webhook/custom/v2?accountIdentifier=${ACCOUNT}&orgIdentifier=default&projectIdentifier=myproject&pipelineIdentifier=test&triggerIdentifier=myhook' -d '{}'`,
  webhookUrl: `${HOME}/gateway/pipeline/api/webhook/custom/v2?accountIdentifier=${ACCOUNT}&orgIdentifier=default&projectIdentifier=myproject&pipelineIdentifier=test&triggerIdentifier=myhook`,
  yaml: TEST_PIPELINE_YAML,
  yamlPipeline: TEST_PIPELINE_YAML,
};

/** By how the name ends, where the whole name is not in the table; the first that fits counts. */
const ENDINGS: readonly (readonly [name: RegExp, text: string])[] = [
  [/execution(Id|_id)$/i, EXECUTION],
  [/(Account|account)(Id|_id|Identifier)$/, ACCOUNT],
  [/(Org|org)(Id|_id|Identifier)$/, 'default'],
  [/(Project|project)(Id|_id|Identifier)$/, 'myproject'],
  [/(Id|_id|Uuid)s?$/, NODE],
  [/(Identifier|Ref|_ref)s?$/, 'test'],
  [/(Yaml|YAML|_yaml)$/, TEST_PIPELINE_YAML],
  [/(Url|URL|_url|Uri|Link)$/, HOME],
];

/** Others get their own name. */
export function exampleOfField(name: string): string {
  return FIELD_EXAMPLES[name] ?? ENDINGS.find(([pattern]) => pattern.test(name))?.[1] ?? name;
}

/** Tried in turn where a pattern refuses what the name suggests. */
export const PATTERN_EXAMPLES: readonly string[] = [
  EVENT,
  EXECUTION,
  CORRELATION,
  '1643285296956',
  'test',
  '0',
  'true',
  ACCOUNT,
  'q7Zr2KpW9sXt4LmC8vNb1YdF6hGj3TkR5aEu0oIw',
  'NUZYR-8K2QJ-4M7TX',
  `sha256:${'0f'.repeat(32)}`,
  '0f'.repeat(32),
  'ada@example.com',
  '2026-11-26T19:00:00Z',
  HOME,
];
