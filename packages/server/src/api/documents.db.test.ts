/**
 * Executions of pipelines that refer to other documents: templates of several scopes and versions, input sets and overlays.
 * What is changed or deleted afterwards concerns the next start only.
 */
import type { DelegateTask } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

const EXECUTE = '/pipeline/api/pipeline/execute';
const TEMPLATES = '/template/api/templates';
const PIPELINES = '/pipeline/api/pipelines';
const SETS = '/pipeline/api/inputSets';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };

/** A step of the project: says its word and who was meant. */
function greet(versionLabel: string, word: string): string {
  return `template:
  name: greet
  identifier: greet
  versionLabel: "${versionLabel}"
  type: Step
  spec:
    type: ShellScript
    spec:
      shell: Sh
      source: { type: Inline, spec: { script: echo ${word} <+pipeline.variables.who> } }
`;
}

/** A stage of the account. */
function deploy(versionLabel: string): string {
  return `template:
  name: deploy
  identifier: deploy
  versionLabel: "${versionLabel}"
  type: Stage
  spec:
    type: Custom
    variables:
      - { name: target, type: String, value: <+input> }
    spec:
      execution:
        steps:
          - step:
              name: announce
              identifier: announce
              type: ShellScript
              spec:
                shell: Sh
                source: { type: Inline, spec: { script: echo deploy${versionLabel} <+stage.variables.target> } }
`;
}

function pipeline(identifier: string, step = 'templateRef: greet', version = '2'): string {
  return `pipeline:
  name: ${identifier}
  identifier: ${identifier}
  projectIdentifier: myproject
  orgIdentifier: default
  variables:
    - { name: who, type: String, value: <+input> }
  stages:
    - stage:
        name: first
        identifier: first
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: hello
                  identifier: hello
                  template: { ${step} }
    - stage:
        name: second
        identifier: second
        template:
          templateRef: account.deploy
          versionLabel: "${version}"
          templateInputs:
            type: Custom
            variables:
              - { name: target, type: String, value: <+input> }
`;
}

function inputs(values: { readonly who?: string; readonly target?: string }): string {
  const { who, target } = values;
  return [
    `variables:${who === undefined ? ' []' : `\n  - { name: who, type: String, value: ${who} }`}`,
    ...(target === undefined
      ? []
      : [
          'stages:',
          '  - stage:',
          '      identifier: second',
          '      template:',
          '        templateInputs:',
          '          variables:',
          `            - { name: target, type: String, value: ${target} }`,
        ]),
  ].join('\n');
}

const indent = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));
const inputYaml = (values: Parameters<typeof inputs>[0]): string => `pipeline:\n${indent(inputs(values), 2)}\n`;

async function saveSet(identifier: string, values: Parameters<typeof inputs>[0], of = 'whole'): Promise<void> {
  const body = `inputSet:\n  name: ${identifier}\n  identifier: ${identifier}\n  pipeline:\n    identifier: ${of}\n${indent(inputs(values), 4)}\n`;
  const answer = await server.call('POST', SETS, { body, query: { pipelineIdentifier: of } });
  expect(answer.body).toMatchObject({ status: 'SUCCESS', data: { errorResponse: false } });
}

async function saveOverlay(identifier: string, references: readonly string[]): Promise<void> {
  const body = `overlayInputSet:\n  name: ${identifier}\n  identifier: ${identifier}\n  pipelineIdentifier: whole\n  inputSetReferences: [${references.join(', ')}]\n`;
  const answer = await server.call('POST', `${SETS}/overlay`, { body, query: { pipelineIdentifier: 'whole' } });
  expect(answer.body).toMatchObject({ status: 'SUCCESS', data: { errorResponse: false } });
}

const savePipeline = async (yaml: string): Promise<void> => {
  expect((await server.call('POST', `${PIPELINES}/v2`, { body: yaml })).status).toBe(200);
};

const scripts = (tasks: readonly DelegateTask[]): string[] =>
  tasks.map(({ spec }) => (spec as { source: { spec: { script: string } } }).source.spec.script);

const run = (path: string, body: string | Record<string, unknown>, query = {}): Promise<Answer> =>
  server.call('POST', `${EXECUTE}/${path}`, { body, query });

beforeAll(async () => {
  server = await createTestApp();
  for (const label of ['1', '2']) {
    await server.call('POST', TEMPLATES, { body: deploy(label), query: IN_ACCOUNT });
  }
  await server.call('POST', TEMPLATES, { body: greet('a', 'hello') });
  await savePipeline(pipeline('whole'));
  await saveSet('base', { who: 'base', target: 'lab' });
  await saveSet('prod', { target: 'prod' });
  await saveOverlay('both', ['base', 'prod']);
});

afterAll(async () => {
  await server.close();
});

describe('a run', () => {
  it('expands templates of project and account, and folds an overlay', async () => {
    const started = await run('whole/inputSetList', { inputSetReferences: ['both'] });
    expect(started.body).toMatchObject({ status: 'SUCCESS' });
    expect(scripts(await server.runTasks())).toEqual(['echo hello base', 'echo deploy2 prod']);
  });

  it('lets what is supplied win over the sets, in the body or beside the references', async () => {
    await run('whole', inputYaml({ who: 'me' }), { inputSetIdentifiers: ['base'] });
    expect(scripts(await server.runTasks())).toEqual(['echo hello me', 'echo deploy2 lab']);
    await run('whole/inputSetList', { inputSetReferences: ['base'], lastYamlToMerge: inputYaml({ target: 'here' }) });
    expect(scripts(await server.runTasks())).toEqual(['echo hello base', 'echo deploy2 here']);
  });

  it('is asked for the inputs of its templates', async () => {
    const template = await server.call('POST', `${SETS}/template`, {
      query: { pipelineIdentifier: 'whole' },
      body: '',
    });
    expect(template.body.data).toMatchObject({
      hasInputSets: true,
      inputSetTemplateYaml: expect.stringMatching(/who[^]*second[^]*target/),
    });
    const without = await run('whole', inputYaml({ who: 'me' }));
    expect([without.status, without.body.code]).toEqual([400, 'INVALID_INPUT_SET']);
    expect(without.body.message).toContain('target');
  });

  it('keeps the stages of its templates in the list of pipelines', async () => {
    const summary = await server.call('GET', `${PIPELINES}/summary/whole`);
    expect(summary.body.data).toMatchObject({ numOfStages: 2, stageNames: ['first', 'second'] });
  });

  it('repeats with the inputs that came of the sets', async () => {
    const started = await run('whole/inputSetList', { inputSetReferences: ['both'] });
    await server.runTasks();
    const { uuid } = (started.body.data as unknown as { planExecution: { uuid: string } }).planExecution;
    await server.call('DELETE', `${SETS}/both`, { query: { pipelineIdentifier: 'whole' } });
    const given = await server.call('GET', `/pipeline/api/pipelines/execution/${uuid}/inputsetV2`);
    expect(given.body.data).toMatchObject({
      inputSetTemplateYaml: expect.stringMatching(/who[^]*target/),
      inputSetYaml: expect.stringMatching(/base[^]*prod/),
      resolvedYaml: expect.stringContaining('echo deploy2'),
    });
    await run(`rerun/${uuid}/whole`, '');
    expect(scripts(await server.runTasks())).toEqual(['echo hello base', 'echo deploy2 prod']);
    await saveOverlay('both', ['base', 'prod']);
  });

  it('starts by a trigger with input sets that the event chooses', async () => {
    const trigger = `trigger:
  name: chosen
  identifier: chosen
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: whole
  source: { type: Webhook, spec: { type: Custom, spec: { payloadConditions: [], headerConditions: [] } } }
  inputSetRefs: [base, <+trigger.payload.set>]
`;
    await server.call('POST', '/pipeline/api/triggers', { body: trigger, query: { targetIdentifier: 'whole' } });
    const fire = async (set: string): Promise<string> => {
      const call = { isPublic: true, body: JSON.stringify({ set }), query: { pipelineIdentifier: 'whole' } };
      return String((await server.call('POST', '/pipeline/api/webhook/custom', call)).body.data);
    };
    await fire('prod');
    const task = await server.startTask();
    await server.completeTask(task);
    expect(scripts([task, ...(await server.runTasks())])).toEqual(['echo hello base', 'echo deploy2 prod']);
    for (const [set, shown] of [
      ['gone', 'gone'],
      // No name of a set, and nothing that may reach the database.
      ['go\0ne', 'go'],
    ] as const) {
      const path = `/pipeline/api/webhook/triggerExecutionDetailsV2/${await fire(set)}`;
      const refused = await server.call('GET', path, { headers: { prefer: 'wait=10' } });
      expect(refused.body.data).toMatchObject({
        webhookProcessingDetails: {
          status: 'INVALID_RUNTIME_INPUT_YAML',
          message: expect.stringContaining(`InputSet with the given ID: ${shown}`),
        },
        executionDetails: null,
      });
    }
  });
});

describe('what is changed or deleted', () => {
  it('concerns the next start, and no execution that runs', async () => {
    await server.call('POST', TEMPLATES, { body: greet('1', 'old').replaceAll('greet', 'moving') });
    await savePipeline(pipeline('moved', 'templateRef: moving'));
    const body = inputYaml({ who: 'x', target: 'y' });
    await run('moved', body);
    const task = await server.startTask();
    await server.call('PUT', `${TEMPLATES}/update/moving/1`, { body: greet('1', 'new').replaceAll('greet', 'moving') });
    await server.call('POST', TEMPLATES, { body: greet('2', 'newest').replaceAll('greet', 'moving') });
    await server.completeTask(task);
    expect(scripts([task])).toEqual(['echo old x']);
    expect(scripts(await server.runTasks())).toEqual(['echo deploy2 y']);

    await run('moved', body);
    expect(scripts(await server.runTasks())).toEqual(['echo new x', 'echo deploy2 y']);
    await server.call('PUT', `${TEMPLATES}/updateStableTemplate/moving/2`);
    await run('moved', body);
    const running = await server.startTask();
    await server.call('DELETE', `${TEMPLATES}/moving`, { body: {} });
    await server.completeTask(running);
    expect(scripts([running, ...(await server.runTasks())])).toEqual(['echo newest x', 'echo deploy2 y']);

    const refused = await run('moved', body);
    expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(refused.body.message).toMatch(/Line 19: .*moving/);
    // Made anew, with version 1 once more: nothing of the old one is remembered.
    await server.call('POST', TEMPLATES, { body: greet('1', 'again').replaceAll('greet', 'moving') });
    await run('moved', body);
    expect(scripts(await server.runTasks())).toEqual(['echo again x', 'echo deploy2 y']);
  });

  it('is limited: a run takes no more input sets than anybody needs', async () => {
    const references = Array.from({ length: 101 }, () => 'base');
    const answer = await run('whole/inputSetList', { inputSetReferences: references });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('at most 100 input sets')]);
  });

  it('is named when it is missing: an input set, alone or in an overlay', async () => {
    await saveSet('brief', { who: 'brief', target: 'x' });
    await saveOverlay('around', ['base', 'brief']);
    await server.call('DELETE', `${SETS}/brief`, { query: { pipelineIdentifier: 'whole' } });
    for (const reference of ['brief', 'around']) {
      const answer = await run('whole/inputSetList', { inputSetReferences: [reference] });
      expect([answer.status, answer.body.code, answer.body.message]).toEqual([
        400,
        'INVALID_INPUT_SET',
        'Invalid request: InputSet with the given ID: brief does not exist or has been deleted.',
      ]);
    }
  });
});

describe('a template', () => {
  const start = async (identifier: string, step: string, version?: string): Promise<Answer> => {
    await savePipeline(pipeline(identifier, step, version));
    return await run(identifier, inputYaml({ who: 'x', target: 'y' }));
  };

  it.each([
    ['that is not there', 'lost', 'templateRef: nowhere', undefined, /Line 19: .*nowhere/],
    ['of a scope that has none', 'scope', 'templateRef: org.greet', undefined, /org\.greet/],
    ['in a version that is not there', 'version', 'templateRef: greet, versionLabel: "9"', undefined, /greet 9/],
    ['of the account in a wrong version', 'stage', 'templateRef: greet', '7', /account\.deploy 7/],
  ] as const)('%s is refused at the start, and named', async (_, identifier, step, version, message) => {
    const answer = await start(identifier, step, version);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.body.message).toMatch(message);
    expect(answer.body).toMatchObject({
      metadata: { diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'TEMPLATE_NOT_FOUND' })]) },
    });
  });

  it('that does not ask any more for what it is given is out of sync, which is said', async () => {
    const yaml = pipeline('sync').replace(
      'name: target, type: String, value: <+input>',
      'name: gone, type: String, value: x',
    );
    await savePipeline(yaml);
    const { body } = await server.call('POST', '/bridle/api/pipelines/validate', { body: yaml });
    expect(body.data).toMatchObject({
      diagnostics: expect.arrayContaining([
        expect.objectContaining({
          code: 'TEMPLATE_INPUTS_OUT_OF_SYNC',
          blocks: 'nothing',
          message: expect.stringContaining('gone'),
        }),
      ]),
    });
  });

  it('may be the whole pipeline', async () => {
    const template = `template:
  name: line
  identifier: line
  versionLabel: "1"
  type: Pipeline
  spec:
    variables:
      - { name: who, type: String, value: <+input> }
    stages:
      - stage:
          name: only
          identifier: only
          type: Custom
          spec:
            execution:
              steps:
                - step: { name: hi, identifier: hi, template: { templateRef: account.wave } }
`;
    const wave = greet('1', 'wave').replaceAll('greet', 'wave');
    await server.call('POST', TEMPLATES, { body: wave, query: IN_ACCOUNT });
    await server.call('POST', TEMPLATES, { body: template, query: { projectIdentifier: '' } });
    await savePipeline(`pipeline:
  name: from_line
  identifier: from_line
  projectIdentifier: myproject
  orgIdentifier: default
  template:
    templateRef: org.line
    templateInputs:
      variables:
        - { name: who, type: String, value: <+input> }
`);
    const summary = await server.call('GET', `${PIPELINES}/summary/from_line`);
    expect(summary.body.data).toMatchObject({ numOfStages: 1, stageNames: ['only'] });
    const started = await run(
      'from_line',
      'pipeline: { template: { templateInputs: { variables: [{ name: who, value: all }] } } }',
    );
    expect(started.body).toMatchObject({ status: 'SUCCESS' });
    expect(scripts(await server.runTasks())).toEqual(['echo wave all']);
  });

  it('says what it asks of who links to it', async () => {
    const ask = async (identifier: string, query: Record<string, string>): Promise<unknown> =>
      (await server.call('GET', `${TEMPLATES}/templateInputs/${identifier}`, { query })).body.data;
    expect(await ask('deploy', { ...IN_ACCOUNT, versionLabel: '2' })).toMatch(/^type: Custom\nvariables:[^]*<\+input>/);
    expect(await ask('greet', {})).toBe('');
  });

  it('is put in place of the link to it', async () => {
    const applied = await server.call('POST', `${TEMPLATES}/applyTemplates`, {
      body: { originalEntityYaml: pipeline('whole') },
    });
    expect(applied.body.data).toEqual({
      mergedPipelineYaml: expect.stringMatching(/echo hello[^]*echo deploy2/),
      templateReferenceSummaries: [
        { templateIdentifier: 'greet', versionLabel: 'a', scope: 'project' },
        { templateIdentifier: 'deploy', versionLabel: '2', scope: 'account' },
      ],
    });
    const read = await server.call('GET', `${PIPELINES}/whole`, { query: { getTemplatesResolvedPipeline: 'true' } });
    expect(read.body.data).toMatchObject({
      yamlPipeline: pipeline('whole'),
      resolvedTemplatesPipelineYaml: expect.stringContaining('echo deploy2'),
    });
    const broken = await server.call('POST', `${TEMPLATES}/applyTemplates`, {
      body: { originalEntityYaml: pipeline('x', 'templateRef: nowhere') },
    });
    expect([broken.status, broken.body.message]).toEqual([400, expect.stringContaining('nowhere')]);
  });
});
