/** What pipelines can do today, run by real processes: steps, outputs, conditions, inputs, timeouts, failures, refusals. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, type Product } from './src/product.ts';
import { errorsLogged } from './src/server-log.ts';
import {
  execute,
  outputs,
  pipeline,
  run,
  runSaved,
  save,
  shell,
  stage,
  startSaved,
  step,
  type Run,
} from './src/runs.ts';
import { api } from './src/api.ts';

let product: Product;
let site: Server;
let siteUrl: string;

beforeAll(async () => {
  product = await startProduct();
  site = createServer((request, response) => {
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ method: request.method, key: request.headers['x-key'] ?? null, list: [1, 2] }));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});

afterAll(async () => {
  site.closeAllConnections();
  site.close();
  const errors = await errorsLogged(product);
  await product.dispose();
  expect(errors).toEqual([]);
});

describe('the showcase of the demo', () => {
  it('runs to Success, its outputs and conditions as promised', async () => {
    const result = await runSaved(product, 'showcase');
    expect(result.summary).toMatchObject({ status: 'Success', totalStagesCount: 6 });
    expect(result.outputs('choose')).toEqual({ tag: `1.0.${result.summary.runSequence}` });
    expect(result.outputs('compile')).toEqual({ ARTIFACT: `artifact-1.0.${result.summary.runSequence}` });
    expect(['deploy_0', 'deploy_1', 'deploy_2'].map((turn) => result.statusOf(turn))).toEqual([
      'Success',
      'Success',
      'Success',
    ]);
    // The first try in us failed and was repeated: what is shown is the second one.
    expect(result.node('deploy_1').logBaseKey).toMatch(/_1$/);
    expect(result.node('deploy_0').logBaseKey).not.toMatch(/_1$/);
    expect(result.statusOf('say')).toBe('Success');
    expect(result.statusOf('site')).toBe('Skipped');
    expect(result.node('red_alert').status).toBe('Skipped');
  });

  it('fails in red, as it says', async () => {
    const result = await runSaved(
      product,
      'showcase',
      `pipeline: {identifier: showcase, variables: [{name: color, type: String, value: red}, {name: site, type: String, value: "${siteUrl}"}]}`,
    );
    expect(result.status).toBe('Failed');
    expect(result.statusOf('site')).toBe('Success');
    expect(result.statusOf('announce')).toBe('Skipped');
    expect(result.statusOf('refuse')).toBe('Failed');
  });
});

describe('steps', () => {
  it('CI: steps share one workspace and pass a value of several lines, its odd characters intact', async () => {
    const text = 'first line\n  second "quoted" \'line\'\n\n$(id) `id` \\n <+pipeline.name> ünïcödé\n\tlast';
    const result = await run(
      product,
      pipeline('ci', [
        stage(
          'build',
          [
            step('write', 'Run', {
              shell: 'Bash',
              envVariables: { GIVEN: 'from the spec' },
              command: [
                "cat > text.txt <<'END'",
                // In a script every expression is resolved: this one is put together by the shell.
                text.replace('<+', '<@'),
                'END',
                'TEXT="$(sed s/@/+/ text.txt)"',
                'export TEXT',
                'export PLACE="$PWD" GIVEN',
                'echo FILE=by-file >> "$DRONE_OUTPUT"',
              ].join('\n'),
              outputVariables: [{ name: 'TEXT' }, { name: 'PLACE' }, { name: 'GIVEN' }, { name: 'FILE' }],
            }),
            step('read', 'Run', {
              shell: 'Sh',
              envVariables: { BEFORE: '<+execution.steps.write.output.outputVariables.TEXT>' },
              command: [
                'SEEN="$BEFORE"',
                'SAME=$([ "$(sed s/@/+/ text.txt)" = "$TEXT" ] && echo yes || echo no)',
                'PLACE="$PWD"',
                'export SEEN SAME PLACE',
              ].join('\n'),
              outputVariables: [{ name: 'SEEN' }, { name: 'SAME' }, { name: 'PLACE' }],
            }),
          ],
          { type: 'CI' },
        ),
      ]),
    );
    expect(result.status).toBe('Success');
    const written = result.outputs('write');
    expect(written).toEqual({ TEXT: text, PLACE: expect.any(String), GIVEN: 'from the spec', FILE: 'by-file' });
    expect(result.outputs('read')).toEqual({ SEEN: text, SAME: 'yes', PLACE: written['PLACE'] });
    expect(result.node('write').delegateInfoList).toEqual([
      { ...result.node('read').delegateInfoList[0], taskId: expect.any(String), taskName: 'write' },
    ]);
  });

  it('outputs of a ShellScript reach a later stage by every form of path', async () => {
    const result = await run(
      product,
      pipeline('outputs', [
        stage('one', [shell('make', 'color="light blue"; count=3', outputs('color', 'count'))]),
        stage('two', [
          shell(
            'use',
            [
              'a="<+pipeline.stages.one.spec.execution.steps.make.output.outputVariables.color>"',
              'b="<+stages.one.spec.execution.steps.make.output.outputVariables.color>"',
              'c="<+pipeline.stages.one.spec.execution.steps.make.output.outputVariables.color.toUpperCase()>"',
              'd="<+<+pipeline.stages.one.spec.execution.steps.make.output.outputVariables.count> + 4>"',
            ].join('\n'),
            outputs('a', 'b', 'c', 'd'),
          ),
        ]),
      ]),
    );
    expect(result.status).toBe('Success');
    expect(result.outputs('use')).toEqual({ a: 'light blue', b: 'light blue', c: 'LIGHT BLUE', d: '7' });
  });

  it('groups run in order, parallel members at the same time', async () => {
    // Each of the two waits for the other's file: one after the other they would never end.
    const meet = (own: string, other: string): string =>
      `touch /tmp/<+pipeline.executionId>.${own}; until [ -e /tmp/<+pipeline.executionId>.${other} ]; do sleep 0.05; done`;
    const result = await run(
      product,
      pipeline('groups', [
        stage('main', [
          {
            stepGroup: {
              name: 'outer',
              identifier: 'outer',
              steps: [
                { parallel: [shell('left', meet('left', 'right')), shell('right', meet('right', 'left'))] },
                {
                  stepGroup: {
                    name: 'inner',
                    identifier: 'inner',
                    steps: [shell('deep', 'value=42', outputs('value'))],
                  },
                },
              ],
            },
          },
          shell(
            'after',
            'rm /tmp/<+pipeline.executionId>.*; value="<+execution.steps.outer.steps.inner.steps.deep.output.outputVariables.value>"',
            outputs('value'),
          ),
        ]),
      ]),
    );
    expect(result.status).toBe('Success');
    expect(result.outputs('after')).toEqual({ value: '42' });
    const [left, right, deep] = ['left', 'right', 'deep'].map((name) => result.node(name));
    expect(deep?.baseFqn).toBe('pipeline.stages.main.spec.execution.steps.outer.steps.inner.steps.deep');
    expect(Math.max(left?.endTs ?? 0, right?.endTs ?? 0)).toBeLessThanOrEqual(deep?.startTs ?? 0);
  });

  it('parallel stages run at the same time, and what follows waits for both', async () => {
    const meet = (own: string, other: string): string =>
      `touch /tmp/<+pipeline.executionId>.${own}; until [ -e /tmp/<+pipeline.executionId>.${other} ]; do sleep 0.05; done`;
    const result = await run(
      product,
      pipeline('parallelstages', [
        { parallel: [stage('a', [shell('sa', meet('a', 'b'))]), stage('b', [shell('sb', meet('b', 'a'))])] },
        stage('c', [shell('sc', 'rm /tmp/<+pipeline.executionId>.*')]),
      ]),
    );
    expect(result.summary).toMatchObject({ status: 'Success', successfulStagesCount: 3 });
    expect(result.node('c').startTs).toBeGreaterThanOrEqual(Math.max(result.node('a').endTs, result.node('b').endTs));
  });

  it('Wait waits, without a delegate', async () => {
    const result = await run(product, pipeline('waits', [stage('main', [step('rest', 'Wait', { duration: '1s' })])]));
    expect(result.status).toBe('Success');
    const { startTs, endTs, delegateInfoList } = result.node('rest');
    expect(endTs - startTs).toBeGreaterThanOrEqual(1_000);
    expect(delegateInfoList).toEqual([]);
  });

  it('Http: request, assertion and outputs', async () => {
    const result = await run(
      product,
      pipeline('http', [
        stage('main', [
          step('ask', 'Http', {
            url: `${siteUrl}/data`,
            method: 'POST',
            headers: [{ key: 'x-key', value: '<+pipeline.sequenceId>' }],
            requestBody: '{}',
            assertion: '<+httpResponseCode> == 200 && <+json.select("method", httpResponseBody)> == "POST"',
            outputVariables: [
              { name: 'key', type: 'String', value: '<+json.select("key", httpResponseBody)>' },
              { name: 'second', type: 'String', value: '<+json.select("list[1]", httpResponseBody)>' },
            ],
          }),
          step('missing', 'Http', { url: `${siteUrl}/missing`, method: 'GET' }),
          shell(
            'use',
            'key="<+steps.ask.output.outputVariables.key>"; code="<+steps.missing.output.httpResponseCode>"',
            outputs('key', 'code'),
          ),
        ]),
      ]),
    );
    expect(result.status).toBe('Success');
    expect(result.node('ask').outcomes.output).toMatchObject({
      httpResponseCode: 200,
      httpMethod: 'POST',
      status: 'SUCCESS',
      outputVariables: { key: '1', second: 2 },
    });
    expect(result.outputs('use')).toEqual({ key: '1', code: '404' });
  });

  it('Http: a failing assertion fails the step; of Bridle itself only its health may be asked', async () => {
    const result = await run(
      product,
      pipeline('httpfails', [
        {
          parallel: [
            stage('asserts', [
              step('assert', 'Http', { url: siteUrl, method: 'GET', assertion: '<+httpResponseCode> == 201' }),
            ]),
            stage('itself', [
              step('health', 'Http', {
                url: `${product.url}/healthz`,
                method: 'GET',
                assertion: '<+httpResponseCode> == 200',
              }),
              step('own', 'Http', { url: `${product.url}/pipeline/api/pipelines/test`, method: 'GET' }),
            ]),
          ],
        },
      ]),
    );
    expect(result.summary).toMatchObject({ status: 'Failed', failedStagesCount: 2 });
    expect(result.node('assert').failureInfo).toMatchObject({
      message: expect.stringContaining('<+httpResponseCode> == 201'),
      failureTypeList: ['APPLICATION_ERROR'],
    });
    // S11
    expect(result.statusOf('health')).toBe('Success');
    expect(result.node('own').failureInfo.failureTypeList).toEqual(['AUTHORIZATION_ERROR']);
  });

  it('Python scripts, environment variables and outputs', async () => {
    const result = await run(
      product,
      pipeline('python', [
        stage('main', [
          shell('snake', 'import os, sys\nanswer = os.environ["GIVEN"] * 2\nprint(sys.version)', {
            shell: 'Python',
            environmentVariables: [{ name: 'GIVEN', type: 'String', value: 'ab' }],
            ...outputs('answer'),
          }),
        ]),
      ]),
    );
    expect([result.status, result.outputs('snake')]).toEqual(['Success', { answer: 'abab' }]);
  });
});

describe('conditions', () => {
  it('skips by status and by condition, and stores the reason', async () => {
    const only = (condition: string): object => ({ when: { stageStatus: 'Success', condition } });
    const result = await run(
      product,
      pipeline(
        'conditions',
        [
          stage('main', [
            shell('yes', 'true', {}, { ...only('<+pipeline.variables.size> == "large"') }),
            shell('no', 'true', {}, { ...only('<+pipeline.variables.size> == "small"') }),
            shell('rescue', 'true', {}, { when: { stageStatus: 'Failure' } }),
            {
              stepGroup: {
                name: 'group',
                identifier: 'group',
                when: { stageStatus: 'All', condition: 'false' },
                steps: [shell('inside', 'true')],
              },
            },
          ]),
          stage('never', [shell('in_never', 'true')], { when: { pipelineStatus: 'Failure' } }),
          stage('always', [shell('in_always', 'true')], { when: { pipelineStatus: 'All' } }),
        ],
        { variables: [{ name: 'size', type: 'String', value: 'large' }] },
      ),
    );
    expect(result.status).toBe('Success');
    expect(statuses(result, ['yes', 'no', 'rescue', 'group', 'never', 'in_always'])).toEqual({
      yes: 'Success',
      no: 'Skipped',
      rescue: 'Skipped',
      group: 'Skipped',
      never: 'Skipped',
      in_always: 'Success',
    });
    expect(result.node('no').nodeRunInfo).toMatchObject({
      whenCondition: '<+OnStageSuccess> && (<+pipeline.variables.size> == "small")',
      evaluatedCondition: false,
      expressions: [
        { expression: expect.stringContaining('pipeline.variables.size'), expressionValue: 'large' },
        { expression: expect.stringMatching(/pipeline\.variables\.size.* == "small"/), expressionValue: 'false' },
      ],
    });
    expect(result.node('rescue').nodeRunInfo).toMatchObject({
      whenCondition: '<+OnStageFailure>',
      evaluatedCondition: false,
    });
    expect(result.node('never').nodeRunInfo?.whenCondition).toBe('<+OnPipelineFailure>');
    expect(result.node('yes').nodeRunInfo?.evaluatedCondition).toBe(true);
  });

  it('after a failure: what asks for it runs, the rest is skipped, and the stage says why it failed', async () => {
    const result = await run(
      product,
      pipeline('fails', [
        stage('main', [
          shell('breaks', 'echo part=done >> "$HARNESS_OUTPUT_FILE"; exit 7'),
          shell('next', 'true'),
          shell('rescue', 'seen="<+execution.steps.breaks.status>"', outputs('seen'), {
            when: { stageStatus: 'Failure' },
          }),
        ]),
        stage('later', [shell('in_later', 'true')]),
        stage('cleanup', [shell('in_cleanup', 'true')], { when: { pipelineStatus: 'All' } }),
      ]),
    );
    expect(result.summary).toMatchObject({
      status: 'Failed',
      failedStagesCount: 1,
      canRetry: true,
      failureInfo: { message: expect.stringContaining('exit code 7'), failureTypeList: ['APPLICATION_ERROR'] },
    });
    expect(statuses(result, ['breaks', 'next', 'rescue', 'main', 'later', 'in_cleanup'])).toEqual({
      breaks: 'Failed',
      next: 'Skipped',
      rescue: 'Success',
      main: 'Failed',
      later: 'Skipped',
      in_cleanup: 'Success',
    });
    expect(result.outputs('rescue')).toEqual({ seen: 'FAILED' });
    expect(result.outputs('breaks')).toEqual({ part: 'done' });
    expect(result.node('breaks').failureInfo.message).toContain('exit code 7');
    expect(result.node('main').failureInfo.message).toContain('exit code 7');
    const layout = Object.values(result.summary['layoutNodeMap'] as Record<string, Record<string, unknown>>);
    expect(layout.find((node) => node['nodeIdentifier'] === 'main')).toMatchObject({
      status: 'Failed',
      failureInfo: { message: expect.stringContaining('exit code 7') },
    });
  });

  it('a condition that cannot be evaluated fails its node in words', async () => {
    const result = await run(
      product,
      pipeline('badcondition', [
        stage('main', [shell('asks', 'true', {}, { when: { stageStatus: 'Success', condition: 'lookUp(1) == 1' } })]),
      ]),
    );
    expect(result.status).toBe('Failed');
    expect(result.node('asks').failureInfo.message).toBe(
      'The condition of asks cannot be evaluated: there is no function lookUp()',
    );
  });
});

describe('inputs', () => {
  const asks = pipeline(
    'inputs',
    [
      stage(
        'main',
        [
          shell(
            'show',
            'size="<+pipeline.variables.size>"; count="<+pipeline.variables.count>"; place="<+stage.variables.place>"; both="<+pipeline.variables.both>"',
            outputs('size', 'count', 'place', 'both'),
          ),
        ],
        { variables: [{ name: 'place', type: 'String', value: '<+input>.default(here)' }] },
      ),
    ],
    {
      variables: [
        { name: 'size', type: 'String', value: '<+input>.default(small).allowedValues(small,large)' },
        { name: 'count', type: 'Number', value: '<+input>.default(3)' },
        { name: 'both', type: 'String', value: '<+pipeline.variables.size>-<+pipeline.name>' },
      ],
    },
  );

  it('takes defaults, what is given, and refuses what is not allowed', async () => {
    const saved = await save(product, asks);
    const withDefaults = await runSaved(product, saved);
    expect(withDefaults.outputs('show')).toEqual({ size: 'small', count: '3', place: 'here', both: 'small-inputs' });

    const given = await runSaved(
      product,
      saved,
      `pipeline:
  identifier: inputs
  stages:
    - stage:
        identifier: main
        type: Custom
        variables:
          - name: place
            type: String
            value: "there: \\"now\\""
  variables:
    - name: size
      type: String
      value: large
    - name: count
      type: Number
      value: 12
`,
    );
    expect(given.outputs('show')).toMatchObject({ size: 'large', count: '12', both: 'large-inputs' });

    const refused = await execute(
      product,
      saved,
      'pipeline:\n  identifier: inputs\n  variables:\n    - name: size\n      type: String\n      value: huge\n',
    );
    expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_INPUT_SET']);
    expect(refused.body.message).toMatch(/huge.*small.*large/s);
    expect((await runSaved(product, saved)).summary.runSequence).toBe(given.summary.runSequence + 1);
  });

  it('asks for what has no default', async () => {
    const saved = await save(
      product,
      pipeline('needs', [stage('main', [shell('show', 'echo <+pipeline.variables.must>')])], {
        variables: [{ name: 'must', type: 'String', required: true, value: '<+input>' }],
      }),
    );
    const { status, body } = await execute(product, saved);
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT_SET']);
    expect(body.message).toContain('must');
  });
});

describe('timeouts', () => {
  it.each([
    ['a step', {}, {}, { timeout: '1s' }, ['Expired', 'Expired', 'Expired']],
    ['a stage', {}, { timeout: '1s' }, {}, ['Expired', 'Expired', 'Expired']],
    ['a pipeline', { timeout: '1s' }, {}, {}, ['Expired', 'Expired', 'Expired']],
  ])(
    'of %s: what runs is killed, and all that holds it is Expired',
    async (what, ofPipeline, ofStage, ofStep, expected) => {
      const result = await run(
        product,
        pipeline(
          `timeout_${what.replace(' ', '_')}`,
          [
            stage('main', [shell('slow', 'sleep 600', {}, ofStep), shell('after', 'true')], ofStage),
            stage('later', [shell('in_later', 'true')]),
          ],
          ofPipeline,
        ),
      );
      expect([result.statusOf('slow'), result.statusOf('main'), result.status]).toEqual(expected);
      expect(result.node('slow').failureInfo.failureTypeList).toContain('TIMEOUT_ERROR');
      expect(
        result.nodes.filter(({ identifier }) => identifier === 'in_later' || identifier === 'after'),
      ).not.toContainEqual(expect.objectContaining({ status: 'Success' }));
    },
  );
});

describe('what Bridle does not run yet', () => {
  const UNSUPPORTED = `pipeline:
  name: later
  identifier: later
  orgIdentifier: default
  projectIdentifier: myproject
  stages:
    - stage:
        name: build
        identifier: build
        type: CI
        spec:
          cloneCodebase: false
          serviceDependencies: [{ identifier: db }]
          execution:
            steps:
              - step:
                  name: compile
                  identifier: compile
                  type: Run
                  spec:
                    shell: Sh
                    command: node --version
              - step:
                  name: each
                  identifier: each
                  type: Run
                  strategy:
                    matrix:
                      version: ["1", "2"]
                  spec:
                    shell: Sh
                    command: echo <+matrix.version>
    - stage:
        name: deploy
        identifier: deploy
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: roll
                  identifier: roll
                  type: K8sRollingDeploy
                  timeout: 10m
                  spec:
                    skipDryRun: false
`;

  it('saves with warnings, refuses to run by line and type, and takes no number', async () => {
    const saved = await save(product, UNSUPPORTED);
    const validated = await api<{
      diagnostics: readonly { blocks: string; message: string; range: { start: { line: number } } }[];
    }>(product, '/bridle/api/pipelines/validate', { method: 'POST', body: UNSUPPORTED });
    expect(validated.status).toBe(200);
    expect(validated.body.data.diagnostics.map(({ blocks }) => blocks)).not.toContain('save');

    const { status, body } = await execute(product, saved);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    const line = (text: string): number => UNSUPPORTED.split('\n').findIndex((row) => row.includes(text)) + 1;
    expect(body.message).toContain(`Line ${line('serviceDependencies')}: `);
    expect(body.message).toContain(`Line ${line('K8sRollingDeploy')}: `);
    expect(body.message).toContain('K8sRollingDeploy');
    expect(body.message).toMatch(/service dependencies/);
    expect(body.message).not.toMatch(/matrix/);

    // Mended, its first run is number 1.
    const mended = UNSUPPORTED.replace(/\n *serviceDependencies: .*/, '')
      .replace('K8sRollingDeploy', 'Wait')
      .replace(/\n *timeout: 10m/, '')
      .replace('skipDryRun: false', 'duration: 10ms');
    const changed = await api(product, `/pipeline/api/pipelines/v2/${saved}`, { method: 'PUT', body: mended });
    expect(changed.status).toBe(200);
    const id = await startSaved(product, saved);
    const { body: details } = await api<{ pipelineExecutionSummary: { runSequence: number; status: string } }>(
      product,
      `/pipeline/api/pipelines/execution/v2/${id}`,
      { headers: { prefer: 'wait=30' } },
    );
    expect(details.data.pipelineExecutionSummary).toMatchObject({ runSequence: 1, status: 'Success' });
  });
});

function statuses(result: Run, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, result.statusOf(name)]));
}
