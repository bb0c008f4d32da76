/** The server is killed while executions wait for people and for each other: nothing is lost, nothing is given twice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, type Summary } from './src/api.ts';
import { startProduct, type Product } from './src/product.ts';
import { untilReady } from './src/readiness.ts';
import { look, outputs, pipeline, runWhenFinal, save, shell, stage, startSaved, step } from './src/runs.ts';

const PARENTS = 16;
const LIMIT = 4;

let product: Product;

beforeAll(async () => {
  product = await startProduct({ env: { BRIDLE_EXECUTIONS_MAX: String(LIMIT) } });
});

afterAll(async () => {
  await product.dispose();
});

async function kill(): Promise<void> {
  process.kill(await product.serverPid(), 'SIGKILL');
  await untilReady(product);
}

it('chained executions that stand in line and share a queue all end, each once', async () => {
  const queue = step('queue', 'Queue', { key: 'shared' }, { timeout: '1h' });
  const work = shell('work', 'sleep 0.1; SAID="<+pipeline.variables.who>"', outputs('SAID'));
  const variables = [{ name: 'who', type: 'String', value: '<+input>' }];
  await save(product, pipeline('child', [stage('one', [queue, work])], { variables }));
  const chain = {
    org: 'default',
    project: 'myproject',
    pipeline: 'child',
    inputs: {
      identifier: 'child',
      variables: [{ name: 'who', type: 'String', value: 'run <+pipeline.sequenceId>' }],
    },
    outputs: [{ name: 'said', value: '<+pipeline.stages.one.spec.execution.steps.work.output.outputVariables.SAID>' }],
  };
  const call = { stage: { identifier: 'call', name: 'call', type: 'Pipeline', spec: chain } };
  const use = shell('use', 'GOT="<+pipeline.stages.call.output.said>"', outputs('GOT'));
  await save(product, pipeline('parent', [call, stage('after', [use])]));
  const ids: string[] = [];
  for (let count = 0; count < PARENTS; count += 1) ids.push(await startSaved(product, 'parent'));
  await runWhenFinal(product, ids[0] ?? '');
  await kill();
  await runWhenFinal(product, ids[Math.floor(PARENTS / 2)] ?? '');
  await kill();

  const runs = [];
  for (const id of ids) runs.push(await runWhenFinal(product, id));
  for (const run of runs) {
    // A step that was under way when the server died goes on: its delegate reports to the next one.
    expect([run.summary.runSequence, run.status]).toEqual([run.summary.runSequence, 'Success']);
    expect(run.outputs('use')).toEqual({ GOT: `run ${run.summary.runSequence}` });
  }
  const begun = runs.map((run) => run.node('call').startTs);
  expect(begun).toEqual(begun.toSorted((one, other) => one - other));

  const { body } = await api<{ content: readonly Summary[] }>(product, '/pipeline/api/pipelines/execution/summary', {
    method: 'POST',
    body: '{}',
    query: { pipelineIdentifier: 'child', size: '500' },
  });
  expect(body.data.content).toHaveLength(PARENTS);
  const children = [];
  for (const { planExecutionId } of body.data.content) children.push(await look(product, planExecutionId));
  // One at a time held the queue, from its turn to the end of the execution.
  const turns = children
    .map((child) => ({ from: child.node('queue').endTs, to: Number(child.summary['endTs']) }))
    .toSorted((one, other) => one.from - other.from);
  turns.slice(1).forEach(({ from }, index) => expect(from).toBeGreaterThanOrEqual(turns[index]?.to ?? Infinity));
});

it('an approval is still asked for, and counts', async () => {
  const spec = {
    approvers: { userGroups: ['account._account_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
  };
  const ask = step('ask', 'HarnessApproval', spec, { timeout: '1d' });
  await save(product, pipeline('approved', [stage('gate', [ask], { type: 'Approval' })]));
  const id = await startSaved(product, 'approved');
  await kill();
  const before = await look(product, id);
  expect([before.status, before.statusOf('ask')]).toEqual(['ApprovalWaiting', 'ApprovalWaiting']);
  const url = `/v1/orgs/default/projects/myproject/approvals/execution/${id}`;
  const { status } = await api(product, url, { method: 'POST', body: JSON.stringify({ action: 'APPROVE' }) });
  expect(status).toBe(200);
  expect((await runWhenFinal(product, id)).status).toBe('Success');
});
