/**
 * Executions that wait for people and for each other, run by real processes: approvals, interventions, pause, queues, barriers,
 * loops, chained pipelines, retries, and the limit of running executions.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type Answer } from './src/api.ts';
import { readEvents } from './src/event-stream.ts';
import { startProduct, type Product } from './src/product.ts';
import {
  abort,
  outputs,
  pipeline,
  runWhenFinal,
  save,
  shell,
  stage,
  start,
  startSaved,
  step,
  type GraphNode,
  type Started,
} from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';

/** Enough for all that the other tests leave running side by side. */
const LIMIT = 4;
const EXECUTE = '/pipeline/api/pipeline/execute';

let product: Product;

beforeAll(async () => {
  product = await startProduct({ env: { BRIDLE_EXECUTIONS_MAX: String(LIMIT) } });
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  expect(errors).toEqual([]);
});

interface Metadata {
  readonly currentIteration: number;
  readonly matrixMetadata: { readonly matrixValues: Readonly<Record<string, string>> };
}

interface Change {
  readonly pipelineExecutionSummary: { readonly status: string };
  readonly nodes: readonly GraphNode[];
}

/** Waits for a state of the execution as its live view tells it. */
async function until(
  id: string,
  isReached: (status: string, nodes: ReadonlyMap<string, GraphNode>) => boolean,
): Promise<ReadonlyMap<string, GraphNode>> {
  const nodes = new Map<string, GraphNode>();
  let status = '';
  for await (const { event, data } of readEvents(product, `/bridle/api/executions/${id}/events`)) {
    if (event !== 'change') break;
    const change = JSON.parse(data) as Change;
    status = change.pipelineExecutionSummary.status;
    for (const node of change.nodes) nodes.set(node.identifier, node);
    if (isReached(status, nodes)) return nodes;
  }
  const seen = [...nodes.values()].map(({ identifier, status: of }) => `${identifier} ${of}`);
  throw new Error(`Execution ${id} ended as ${status} before what was waited for: ${seen.join(', ')}`);
}

/** A script that ends once there is such a file. */
function untilThere(path: string): string {
  return `until [ -e ${JSON.stringify(path)} ]; do sleep 0.05; done`;
}

async function untilNode(id: string, identifier: string, status: string): Promise<GraphNode> {
  const nodes = await until(id, (_, all) => all.get(identifier)?.status === status);
  const node = nodes.get(identifier);
  if (node === undefined) throw new Error(`${identifier} was seen`);
  return node;
}

const interrupt = (id: string, interruptType: string, node = '', path = 'interrupt'): Promise<Answer<unknown>> =>
  api(product, `${EXECUTE}/${path}/${id}${node === '' ? '' : `/${node}`}`, { method: 'PUT', query: { interruptType } });

describe('people', () => {
  it('approve over HTTP, and what they gave is used', async () => {
    const spec = {
      approvalMessage: 'Release <+pipeline.name>?',
      approvers: { userGroups: ['account._account_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
      approverInputs: [{ name: 'VERSION', defaultValue: '' }],
    };
    const gate = stage('gate', [step('ask', 'HarnessApproval', spec, { timeout: '1d' })], { type: 'Approval' });
    const use = shell(
      'use',
      'V="<+pipeline.stages.gate.spec.execution.steps.ask.output.approverInputs.VERSION>"',
      outputs('V'),
    );
    const id = await start(product, pipeline('approved', [gate, stage('release', [use])]));
    const node = await untilNode(id, 'ask', 'ApprovalWaiting');
    await until(id, (status) => status === 'ApprovalWaiting');
    const [response] = node['executableResponses'] as { async: { callbackIds: string[] } }[];
    const approvalId = response?.async.callbackIds[0] ?? '';
    const asked = await api<{ details: { approvalMessage: string } }>(product, `/pipeline/api/approvals/${approvalId}`);
    expect(asked.body.data.details.approvalMessage).toBe('Release approved?');
    const answer = await api<{ status: string }>(product, `/pipeline/api/approvals/${approvalId}/harness/activity`, {
      method: 'POST',
      body: JSON.stringify({
        action: 'APPROVE',
        comments: 'go',
        approverInputs: [{ name: 'VERSION', value: '3.1' }],
      }),
    });
    expect([answer.status, answer.body.data.status]).toEqual([200, 'APPROVED']);
    const run = await runWhenFinal(product, id);
    expect([run.status, run.outputs('use')]).toEqual(['Success', { V: '3.1' }]);
  });

  it('answer a step that failed', async () => {
    const spec = { timeout: '1h', onTimeout: { action: { type: 'Abort' } } };
    const failureStrategies = [{ onFailure: { errors: ['AllErrors'], action: { type: 'ManualIntervention', spec } } }];
    const failing = shell('failing', 'exit 3', {}, { failureStrategies });
    const id = await start(product, pipeline('intervened', [stage('one', [failing, shell('after', 'true')])]));
    const { uuid } = await untilNode(id, 'failing', 'InterventionWaiting');
    const answer = await interrupt(id, 'Ignore', uuid, 'manualIntervention/interrupt');
    expect(answer.status).toBe(200);
    const run = await runWhenFinal(product, id);
    expect([run.status, run.statusOf('failing'), run.statusOf('after')]).toEqual([
      'IgnoreFailed',
      'IgnoreFailed',
      'Success',
    ]);
  });

  it('pause and resume', async () => {
    const go = join(product.home, 'pause-go');
    const steps = [shell('a', untilThere(go)), shell('b', 'true')];
    const id = await start(product, pipeline('paused', [stage('one', steps)]));
    await untilNode(id, 'a', 'Running');
    expect((await interrupt(id, 'Pause')).status).toBe(200);
    await writeFile(go, '');
    const nodes = await until(id, (status) => status === 'Paused');
    expect(nodes.get('a')?.status).toBe('Success');
    expect(nodes.get('b')?.startTs ?? null).toBeNull();
    expect((await interrupt(id, 'Resume')).status).toBe(200);
    expect((await runWhenFinal(product, id)).status).toBe('Success');
  });

  it('retry from the stage that failed, with what the stages before it have given', async () => {
    const make = shell('make', 'ID=$RANDOM$RANDOM', outputs('ID'));
    const path = '<+pipeline.stages.build.spec.execution.steps.make.output.outputVariables.ID>';
    const ready = join(product.home, 'ready');
    const check = shell('check', `ID="${path}"\ntest -e ${JSON.stringify(ready)}`, outputs('ID'));
    await save(product, pipeline('retried', [stage('build', [make]), stage('deploy', [check])]));
    const first = await runWhenFinal(product, await startSaved(product, 'retried'));
    expect([first.status, first.statusOf('make'), first.statusOf('check')]).toEqual(['Failed', 'Success', 'Failed']);
    await writeFile(ready, '');
    const { status, body } = await api<Started>(product, `${EXECUTE}/retry/retried`, {
      method: 'POST',
      body: '',
      query: { planExecutionId: first.id, retryStages: 'deploy', runAllStages: 'true' },
    });
    expect(status).toBe(200);
    const second = await runWhenFinal(product, body.data.planExecution.uuid);
    expect(second.summary).toMatchObject({ status: 'Success', runSequence: first.summary.runSequence + 1 });
    expect(second.outputs('check')).toEqual({ ID: first.outputs('make')['ID'] });
    expect(second.node('make').endTs).toBe(first.node('make').endTs);
  });
});

describe('executions', () => {
  it('hold a queue until they end, and wait in it in their order', async () => {
    const go = join(product.home, 'queue-go');
    const work = shell('work', untilThere(go));
    const queue = step('queue', 'Queue', { key: 'the only one' }, { timeout: '10m' });
    await save(product, pipeline('queued', [stage('one', [queue, work])]));
    const first = await startSaved(product, 'queued');
    await untilNode(first, 'queue', 'Success');
    const second = await startSaved(product, 'queued');
    await untilNode(second, 'queue', 'ResourceWaiting');
    const third = await startSaved(product, 'queued');
    await untilNode(third, 'queue', 'ResourceWaiting');
    await abort(product, second);
    await writeFile(go, '');
    const [one, two, three] = await Promise.all([first, second, third].map((id) => runWhenFinal(product, id)));
    expect([one?.status, two?.status, three?.status]).toEqual(['Success', 'Aborted', 'Success']);
    expect(three?.node('work').startTs).toBeGreaterThanOrEqual(one?.node('work').endTs ?? Infinity);
  });

  it('meet at a barrier', async () => {
    const barrier = step('meet', 'Barrier', { barrierRef: 'together' }, { timeout: '10m' });
    const side = (name: string, pause: string): Record<string, unknown> =>
      stage(name, [shell(`before_${name}`, `sleep ${pause}`), barrier, shell(`after_${name}`, 'true')]);
    const flowControl = { barriers: [{ name: 'together', identifier: 'together' }] };
    const yaml = pipeline('met', [{ parallel: [side('quick', '0'), side('slow', '1')] }], { flowControl });
    const run = await runWhenFinal(product, await start(product, yaml));
    expect(run.status).toBe('Success');
    const slow = run.node('before_slow').endTs;
    expect(run.node('after_quick').startTs).toBeGreaterThanOrEqual(slow);
  });

  it('run a step once per combination of a matrix, so many at a time', async () => {
    const strategy = {
      matrix: { os: ['linux', 'mac'], n: ['1', '2'], exclude: [{ os: 'mac', n: '2' }], maxConcurrency: 2 },
    };
    const looped = shell('build', 'GOT="<+matrix.os>-<+matrix.n>"', outputs('GOT'), { strategy });
    const run = await runWhenFinal(product, await start(product, pipeline('looped', [stage('one', [looped])])));
    expect(run.status).toBe('Success');
    const turns = run.nodes.filter(({ identifier }) => identifier.startsWith('build_'));
    const got = turns.map((node) => node.outcomes.output?.outputVariables?.['GOT'] ?? '');
    expect(new Set(got)).toEqual(new Set(['linux-1', 'linux-2', 'mac-1']));
    const metadata = turns.map((node) => node['strategyMetadata'] as Metadata);
    expect(metadata.map(({ currentIteration: turn }) => turn)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(new Set(metadata.map(({ matrixMetadata: { matrixValues: of } }) => `${of['os']}-${of['n']}`))).toEqual(
      new Set(got),
    );
  });

  it('start each other and hand values over', async () => {
    const variables = [{ name: 'who', type: 'String', value: '<+input>' }];
    const greet = shell('greet', 'TEXT="hello <+pipeline.variables.who>"', outputs('TEXT'));
    await save(product, pipeline('child', [stage('one', [greet])], { variables }));
    const chain = {
      org: 'default',
      project: 'myproject',
      pipeline: 'child',
      inputs: { identifier: 'child', variables: [{ name: 'who', type: 'String', value: '<+pipeline.name>' }] },
      outputs: [
        { name: 'told', value: '<+pipeline.stages.one.spec.execution.steps.greet.output.outputVariables.TEXT>' },
      ],
    };
    const call = { stage: { identifier: 'call', name: 'call', type: 'Pipeline', spec: chain } };
    const use = shell('use', 'GOT="<+pipeline.stages.call.output.told>"', outputs('GOT'));
    const run = await runWhenFinal(product, await start(product, pipeline('parent', [call, stage('after', [use])])));
    expect([run.status, run.outputs('use')]).toEqual(['Success', { GOT: 'hello parent' }]);
    const details = run.node('call')['stepDetails'] as { childPipelineExecutionDetails: { planExecutionId: string } };
    const child = await runWhenFinal(product, details.childPipelineExecutionDetails.planExecutionId);
    expect(child.summary).toMatchObject({
      status: 'Success',
      parentStageInfo: { hasParentPipeline: true, executionId: run.id },
    });
  });

  it('wait in line above the limit, and begin in their order', async () => {
    const held = step('held', 'Wait', { duration: '1h' });
    await save(product, pipeline('held', [stage('one', [held])]));
    const ids: string[] = [];
    for (let count = 0; count < LIMIT + 2; count += 1) ids.push(await startSaved(product, 'held'));
    const [first = '', second = '', ...others] = ids;
    const [last = '', beforeLast = ''] = others.toReversed();
    await until(beforeLast, (status) => status === 'QueuedExecutionConcurrencyReached');
    await until(last, (status) => status === 'QueuedExecutionConcurrencyReached');
    await abort(product, first);
    await untilNode(beforeLast, 'held', 'WaitStepRunning');
    await abort(product, second);
    await untilNode(last, 'held', 'WaitStepRunning');
    for (const id of others) await abort(product, id);
    for (const id of ids) expect((await runWhenFinal(product, id)).status).toBe('Aborted');
  });
});
