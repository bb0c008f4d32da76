/** What comes from outside: hostile payloads are data (S9), conditions decide with a stored reason, abuse is refused (S20). */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ABUSES } from './src/abuse.ts';
import { api, createTrigger, customTrigger, detailsWhenFinal, fire, type Answer, type Details } from './src/api.ts';
import { startProduct, type Product } from './src/product.ts';
import { errorsLogged } from './src/server-log.ts';
import { outputs, pipeline, runWhenFinal, save, shell, stage, type Run } from './src/runs.ts';

/** Made by whatever of the corpus is executed. */
const INJECTED = join(tmpdir(), `bridle-injected-${process.pid}`);

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  expect(errors).toEqual([]);
});

afterEach(() => {
  expect(existsSync(INJECTED)).toBe(false);
});

/** S9: none of it may be resolved, executed or change what is around it. */
const HOSTILE: readonly string[] = [
  '<+pipeline.executionId>',
  '<+secrets.getValue("x")>',
  '<+<+pipeline.executionId>>',
  'a <+pipeline.name> b <+trigger.payload.t0>',
  '<+input>',
  '<+input>.default(taken)',
  '<+1 + 1>',
  '<+json.select("a", "{}")>',
  '<+',
  '<+pipeline.name',
  'pipeline.name>',
  '"<+pipeline.executionId>"',
  `'<+"<+pipeline.executionId>">'`,
  '\\<+pipeline.executionId>',
  `$(touch ${INJECTED})`,
  `\`touch ${INJECTED}\``,
  '${HOME}',
  '$HOME',
  `"; touch ${INJECTED}; "`,
  `'; touch ${INJECTED}; '`,
  `\n touch ${INJECTED}\n`,
  ' | cat /etc/passwd && false ',
  '\\',
  '%s%n%d',
  '!!js/function "x"',
  '&anchor *anchor',
  '{"a": [1, 2]}',
  'key: value\n- item\n# comment',
  '--- \n...',
  '{{ template }}',
  'null',
  'true',
  '~',
  '0123',
  '1e3',
  '__proto__',
  'constructor.constructor("return process")()',
  '${jndi:ldap://x}',
  '😀 漢字 \u202e\u0007\u001b[31m',
  '\u2028\u0085',
  ' leading and trailing ',
  '\ttab\tand\r\nCRLF\n\n',
  'x'.repeat(10_000),
  ...framed(),
];

/** Things that mean something somewhere, in everything that could make it mean it: the corpus has more than 200 texts. */
function framed(): readonly string[] {
  const meanings = [
    'secrets.getValue("x")',
    'pipeline.executionId',
    'trigger.payload.t0',
    '1 + 1',
    '"a"',
    '',
    'id',
    '`',
  ];
  const frames = [
    '<+@>',
    '<+<+@>>',
    '"<+@>"',
    "'<+@>'",
    '<+@',
    '@>',
    '$(@)',
    '`@`',
    '${@}',
    '$((@))',
    '"+<+@>+"',
    '\\<+@>',
  ];
  const more = [
    '>@<+',
    '}<+@>{',
    '\n<+@>\n',
    '<+@>.x',
    '<+"<+@>">',
    '<@(@)',
    "'; @ #",
    '" || @ || "',
    '&& @ &&',
    `@ > ${INJECTED}`,
  ];
  return [...frames, ...more].flatMap((frame) => meanings.map((meaning) => frame.replaceAll('@', meaning)));
}

const names = HOSTILE.map((_, index) => `t${index}`);
const payload = JSON.stringify(Object.fromEntries(HOSTILE.map((text, index) => [`t${index}`, text])));

/** A step that gets each text by an environment variable, prints it, and gives it out. */
function printing(value: (name: string) => string): ReturnType<typeof shell> {
  return shell('print', names.map((name) => `printf '%s\\n' "$${name.toUpperCase()}"`).join('\n'), {
    environmentVariables: names.map((name) => ({ name: name.toUpperCase(), type: 'String', value: value(name) })),
    outputVariables: names.map((name) => ({ name, type: 'String', value: name.toUpperCase() })),
  });
}

async function runByWebhook(target: string, body: string, trigger = `${target}hook`): Promise<Run> {
  const accepted = await fire(product, target, trigger, body);
  expect(accepted.status).toBe(200);
  const { webhookProcessingDetails } = await detailsWhenFinal(product, accepted.body.data);
  expect(webhookProcessingDetails).toMatchObject({ status: 'TARGET_EXECUTION_REQUESTED', payload: body });
  return runWhenFinal(product, webhookProcessingDetails.pipelineExecutionId ?? '');
}

async function expectData(result: Run): Promise<void> {
  expect(result.node('print').failureInfo.message).toBe('');
  const given = result.outputs('print');
  for (const [index, text] of HOSTILE.entries()) expect([index, given[`t${index}`]]).toEqual([index, text]);
  const raw = await fetch(
    `${product.url}/bridle/api/executions/${result.id}/nodes/${result.node('print').uuid}/log/raw`,
    { headers: { 'x-api-key': product.adminToken } },
  );
  expect((await raw.text()).split('\n').slice(1).join('\n')).toBe(
    `${HOSTILE.map((text) => `${text}\n`).join('')}Execution ended with exit code 0\n`,
  );
}

describe('S9: hostile texts are data', () => {
  it('through <+trigger.payload.x> in the pipeline', async () => {
    const target = await save(
      product,
      pipeline('direct', [stage('main', [printing((name) => `<+trigger.payload.${name}>`)])]),
    );
    await createTrigger(product, target, customTrigger(`${target}hook`, target));
    await expectData(await runByWebhook(target, payload));
  });

  it('through the inputYaml of the trigger', async () => {
    const variables = (value: (name: string) => string): readonly object[] =>
      names.map((name) => ({ name, type: 'String', value: value(name) }));
    const target = await save(
      product,
      pipeline('byinputs', [stage('main', [printing((name) => `<+pipeline.variables.${name}>`)])], {
        variables: variables(() => '<+input>'),
      }),
    );
    const inputs = { pipeline: { identifier: target, variables: variables((name) => `<+trigger.payload.${name}>`) } };
    await createTrigger(
      product,
      target,
      customTrigger(`${target}hook`, target, `  inputYaml: ${JSON.stringify(JSON.stringify(inputs))}\n`),
    );
    await expectData(await runByWebhook(target, payload));
  });

  it('through headers, conditions and a whole payload', async () => {
    const target = await save(
      product,
      pipeline('around', [
        stage('main', [
          shell('print', 'all="$ALL"; header="$HEADER"', {
            environmentVariables: [
              { name: 'ALL', type: 'String', value: '<+trigger.payload>' },
              { name: 'HEADER', type: 'String', value: "<+trigger.header['X-Evil']>" },
            ],
            ...outputs('all', 'header'),
          }),
          shell(
            'skipped',
            'true',
            {},
            { when: { stageStatus: 'Success', condition: '<+trigger.payload.t0> == <+pipeline.executionId>' } },
          ),
          shell(
            'kept',
            'true',
            {},
            { when: { stageStatus: 'Success', condition: '<+trigger.payload.t16> == "${HOME}"' } },
          ),
        ]),
      ]),
    );
    await createTrigger(product, target, customTrigger('aroundhook', target));
    const evil = '<+pipeline.executionId> $(id)';
    const accepted = await api<string>(product, '/gateway/api/webhook/custom', {
      method: 'POST',
      isPublic: true,
      body: payload,
      headers: { 'content-type': 'application/json', 'x-evil': evil },
      query: { pipelineIdentifier: target, triggerIdentifier: 'aroundhook' },
    });
    const { webhookProcessingDetails } = await detailsWhenFinal(product, accepted.body.data);
    const result = await runWhenFinal(product, webhookProcessingDetails.pipelineExecutionId ?? '');
    expect(result.status).toBe('Success');
    expect(JSON.parse(result.outputs('print')['all'] ?? '')).toEqual(JSON.parse(payload));
    expect(result.outputs('print')['header']).toBe(evil);
    expect([result.statusOf('skipped'), result.statusOf('kept')]).toEqual(['Skipped', 'Success']);
  });

  it('texts that no process and no database column may hold end the step or the event in words', async () => {
    const target = await save(
      product,
      pipeline('nul', [
        stage('main', [
          shell('print', 'true', {
            environmentVariables: [{ name: 'TEXT', type: 'String', value: '<+trigger.payload.text>' }],
          }),
        ]),
      ]),
    );
    await createTrigger(product, target, customTrigger('nulhook', target));
    const result = await runByWebhook(target, '{"text": "a\\u0000b"}');
    expect(result.status).toBe('Failed');
    expect(result.node('print').failureInfo.message).toContain('TEXT');
    const surrogate = await runByWebhook(target, '{"text": "a\\ud800b"}');
    expect(surrogate.status).toBe('Success');

    const selects = await save(
      product,
      pipeline('selects', [
        stage('main', [shell('print', 'true', { delegateSelectors: ['<+trigger.payload.text>'] })]),
      ]),
    );
    await createTrigger(product, selects, customTrigger('selectshook', selects));
    const accepted = await fire(product, selects, 'selectshook', '{"text": "a\\u0000b"}');
    const { webhookProcessingDetails } = await api<Details>(
      product,
      `/gateway/pipeline/api/webhook/triggerExecutionDetailsV2/${accepted.body.data}`,
      { isPublic: true, headers: { prefer: 'wait=1' } },
    ).then(({ body }) => body.data);
    expect(webhookProcessingDetails.status).toBe('TARGET_EXECUTION_REQUESTED');
    const id = webhookProcessingDetails.pipelineExecutionId ?? '';
    await api(product, `/pipeline/api/pipeline/execute/interrupt/${id}`, {
      method: 'PUT',
      query: { interruptType: 'AbortAll' },
    });
    expect(['Aborted', 'Failed']).toContain((await runWhenFinal(product, id)).status);
  });

  it('the rules of an input hold for what a payload brings, whatever it looks like', async () => {
    const target = await save(
      product,
      pipeline('ruled', [stage('main', [shell('print', 'printf %s <+pipeline.variables.size>')])], {
        variables: [
          { name: 'size', type: 'String', value: '<+input>.allowedValues(small,large)' },
          { name: 'word', type: 'String', value: '<+input>.default(a).regex(^[a-z]+$)' },
          { name: 'count', type: 'Number', value: '<+input>.default(1)' },
        ],
      }),
    );
    const input = (name: string, type: string): string =>
      `        - name: ${name}\n          type: ${type}\n          value: <+trigger.payload.${name}>\n`;
    await createTrigger(
      product,
      target,
      customTrigger(
        'ruledhook',
        target,
        `  inputYaml: |\n    pipeline:\n      identifier: ruled\n      variables:\n${input('size', 'String')}${input('word', 'String')}${input('count', 'Number')}`,
      ),
    );
    const good = { size: 'small', word: 'abc', count: 3 };
    expect((await runByWebhook(target, JSON.stringify(good))).status).toBe('Success');
    for (const bad of [
      { size: 'huge' },
      { size: `<+pipeline.name>; touch ${INJECTED}` },
      { size: 'small', word: `<+x>; touch ${INJECTED}` },
      { size: 'small', word: 'ABC' },
      { size: 'small', count: '<+1>' },
    ]) {
      const body = JSON.stringify({ ...good, ...bad });
      const accepted = await fire(product, target, 'ruledhook', body);
      const { webhookProcessingDetails } = await detailsWhenFinal(product, accepted.body.data);
      expect([bad, webhookProcessingDetails.status]).toEqual([bad, 'INVALID_RUNTIME_INPUT_YAML']);
      expect(webhookProcessingDetails.message).toMatch(
        /^Failed while requesting Pipeline Execution through Trigger: ./,
      );
      expect(webhookProcessingDetails.pipelineExecutionId).toBeNull();
    }
  });
});

describe('conditions', () => {
  const conditional = (name: string, conditions: string): string =>
    customTrigger(name, 'judged').replace(/ {8}payloadConditions: \[\]\n {8}headerConditions: \[\]\n/, conditions);
  const details = async (answer: Answer<string>): Promise<Details> => {
    expect(answer.status).toBe(200);
    return detailsWhenFinal(product, answer.body.data);
  };

  beforeAll(async () => {
    await save(product, pipeline('judged', [stage('main', [shell('go', 'true')])]));
    await createTrigger(
      product,
      'judged',
      conditional(
        'onpayload',
        `        payloadConditions:
          - key: <+trigger.payload.ref>
            operator: StartsWith
            value: refs/heads/
`,
      ),
    );
    await createTrigger(
      product,
      'judged',
      conditional(
        'onheader',
        `        headerConditions:
          - key: X-Kind
            operator: In
            value: push, tag
`,
      ),
    );
    await createTrigger(
      product,
      'judged',
      conditional(
        'onexpression',
        `        jexlCondition: <+trigger.payload.count> > 3 && <+trigger.payload.ref> != null\n`,
      ),
    );
  });

  it('match, or leave their reason with the event', async () => {
    const sent = '{"ref": "refs/tags/1", "count": 2}';
    const payloadMiss = await details(await fire(product, 'judged', 'onpayload', sent));
    expect(payloadMiss.webhookProcessingDetails).toMatchObject({
      status: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
      exceptionOccured: true,
      pipelineExecutionId: null,
      message: expect.stringMatching(/onpayload: .*refs\/tags\/1/),
    });
    expect(payloadMiss.executionDetails).toBeNull();
    const headerMiss = await details(await fire(product, 'judged', 'onheader', sent));
    expect(headerMiss.webhookProcessingDetails.status).toBe('NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS');
    const expressionMiss = await details(await fire(product, 'judged', 'onexpression', sent));
    expect(expressionMiss.webhookProcessingDetails.status).toBe('NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS');
    const match = await details(await fire(product, 'judged', 'onexpression', '{"ref": "x", "count": 4}'));
    expect(match.webhookProcessingDetails.status).toBe('TARGET_EXECUTION_REQUESTED');
    expect(match.executionDetails?.pipelineExecutionSummary).toMatchObject({
      status: 'Success',
      executionTriggerInfo: { triggerType: 'WEBHOOK_CUSTOM', triggeredBy: { triggerIdentifier: 'onexpression' } },
    });
  });

  it('a value that no database column may hold is judged and shown all the same', async () => {
    const { webhookProcessingDetails } = await details(
      await fire(product, 'judged', 'onpayload', '{"ref": "a\\u0000b\\ud800"}'),
    );
    expect(webhookProcessingDetails.status).toBe('NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS');
  });

  it('without triggerIdentifier each trigger that matches starts one execution', async () => {
    const answer = await api<string>(product, '/pipeline/api/webhook/custom', {
      method: 'POST',
      isPublic: true,
      body: '{"ref": "refs/heads/main", "count": 9}',
      headers: { 'x-kind': 'merge' },
      query: { pipelineIdentifier: 'judged' },
    });
    const first = await details(answer);
    expect(first.webhookProcessingDetails).toMatchObject({
      status: 'TARGET_EXECUTION_REQUESTED',
      warningMsg: expect.stringContaining('multiple trigger events'),
    });
    const { body } = await api<
      readonly {
        triggerIdentifier: string;
        finalStatus: string;
        targetExecutionSummary?: { planExecutionId: string };
      }[]
    >(product, `/pipeline/api/triggers/eventHistory/v2/eventCorrelation/${answer.body.data}`);
    expect(body.data.map(({ triggerIdentifier, finalStatus }) => [triggerIdentifier, finalStatus])).toEqual(
      expect.arrayContaining([
        ['onpayload', 'TARGET_EXECUTION_REQUESTED'],
        ['onexpression', 'TARGET_EXECUTION_REQUESTED'],
      ]),
    );
    expect(body.data).toHaveLength(2);
    const executions = new Set(
      body.data.map(({ targetExecutionSummary }) => targetExecutionSummary?.planExecutionId ?? ''),
    );
    expect(executions.size).toBe(2);
    for (const id of executions) expect((await runWhenFinal(product, id)).status).toBe('Success');
  });
});

describe('abuse (S20)', () => {
  const stillWorks = async (): Promise<void> => {
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
    const { body } = await fire(product, 'test', 'myhook');
    const { executionDetails } = await detailsWhenFinal(product, body.data);
    expect(executionDetails?.pipelineExecutionSummary.status).toBe('Success');
  };

  it.each(ABUSES)('$name is refused in a few words, and harms nobody', async ({ send, answer }) => {
    const refusal = await send(product);
    expect(refusal).toMatchObject(answer);
    expect(refusal.message ?? '').toSatisfy((message: string) => message.length < 10_000);
    await stillWorks();
  });

  it('deep JSON is taken, and what asks for it ends in words', async () => {
    const target = await save(
      product,
      pipeline('deep', [
        stage('main', [
          shell('print', 'true', {
            environmentVariables: [{ name: 'TEXT', type: 'String', value: '<+trigger.payload>' }],
          }),
        ]),
      ]),
    );
    await createTrigger(product, target, customTrigger('deephook', target));
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const accepted = await fire(product, target, 'deephook', deep);
    const { webhookProcessingDetails, executionDetails } = await detailsWhenFinal(product, accepted.body.data);
    expect(webhookProcessingDetails.status).toBe('TARGET_EXECUTION_REQUESTED');
    expect(executionDetails?.pipelineExecutionSummary.status).toBe('Failed');
    expect(executionDetails?.pipelineExecutionSummary['failureInfo']).toMatchObject({
      message: expect.stringMatching(/nested more than \d+ deep, in <\+trigger\.payload> of environmentVariables/),
    });
    await stillWorks();
  });
});
