/** Every resource of the SDK against a real server: created, read, listed, changed, deleted. */
import { ConflictError, Harness, NotFoundError } from '@bridle/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customTrigger, shellPipeline } from './src/api.ts';
import { live } from './src/resource-life.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let harness: Harness;

beforeAll(async () => {
  product = await startProduct();
  harness = new Harness({ apiKey: product.adminToken, baseUrl: product.url, org: 'default', project: 'myproject' });
  await harness.pipelines.create(shellPipeline('base', ['echo hello']));
});

afterAll(() => product.dispose());

describe('definitions', () => {
  it('pipelines', async () => {
    const { pipelines } = harness;
    await live({
      create: () => pipelines.create(shellPipeline('life', ['echo 1'])),
      get: () => pipelines.get('life'),
      list: () => pipelines.list({ pageSize: 1 }),
      update: () => pipelines.update('life', shellPipeline('life', ['echo 2'])),
      delete: () => pipelines.delete('life'),
      seen: ({ yamlPipeline }) => yamlPipeline,
    });
    expect(await pipelines.summary('base')).toMatchObject({ identifier: 'base', numOfStages: 1 });
    await expect(pipelines.create(shellPipeline('base', ['echo']))).rejects.toBeInstanceOf(ConflictError);
    await expect(pipelines.get('nowhere')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('a change that is not of the newest version is refused', async () => {
    const { pipelines } = harness;
    await pipelines.create(shellPipeline('watched', ['echo 1']));
    let version: string | undefined;
    await pipelines.get('watched', { onResponse: ({ headers }) => (version = headers.get('etag') ?? undefined) });
    const change = shellPipeline('watched', ['echo 2']);
    await pipelines.update('watched', change, { ifMatch: version });
    await expect(pipelines.update('watched', change, { ifMatch: version })).rejects.toThrow('was changed since');
  });

  it('versions of pipelines', async () => {
    await harness.pipelines.create(shellPipeline('old', ['echo 1']));
    await harness.pipelines.update('old', shellPipeline('old', ['echo 2']));
    const { versions } = harness.pipelines;
    const [newest, oldest] = await versions.list('old').all();
    expect([newest?.version, oldest?.version]).toEqual([2, 1]);
    expect((await versions.get('old', 1)).yaml).toContain('echo 1');
    expect(JSON.stringify(await versions.diff('old', 2))).toContain('echo 2');
    await versions.restore('old', 1);
    expect((await harness.pipelines.get('old')).yamlPipeline).toContain('echo 1');
  });

  it('triggers', async () => {
    const { triggers } = harness;
    await live({
      create: () => triggers.create('base', customTrigger('life', 'base')),
      get: () => triggers.get('base', 'life'),
      list: () => triggers.list('base'),
      update: () =>
        triggers.update('base', 'life', customTrigger('life', 'base').replace('name: life', 'name: longer')),
      delete: () => triggers.delete('base', 'life'),
      seen: ({ name }) => name,
    });
    await triggers.create('base', customTrigger('hook', 'base'));
    expect(await triggers.disable('base', 'hook')).toBe(false);
    expect((await triggers.details('base', 'hook')).enabled).toBe(false);
    await expect(triggers.fireCustom('base', 'hook')).rejects.toThrow('No enabled custom trigger');
    expect(await triggers.enable('base', 'hook')).toBe(true);
    const event = await triggers.fireCustom('base', 'hook', { a: 1 });
    await (await event.waitForExecution()).wait();
    expect(await triggers.history('base', 'hook').all()).toMatchObject([{ payload: '{"a":1}' }]);
    expect(await triggers.event(event.eventCorrelationId)).toMatchObject({ triggerIdentifier: 'hook' });
    const { webhookUrl = '' } = await triggers.details('base', 'hook');
    const token = /custom\/([^/]+)\/v3/.exec(webhookUrl)?.[1];
    await (await triggers.fireCustom('base', 'hook', '{}', { token })).waitForExecution();
  });

  it('input sets and overlays', async () => {
    const asking = shellPipeline(
      'asking',
      ['echo <+pipeline.variables.who>'],
      '  variables:\n    - name: who\n      type: String\n      value: <+input>\n',
    );
    await harness.pipelines.create(asking);
    const { inputSets } = harness;
    const set = (who: string): object => ({
      identifier: 'team',
      name: 'team',
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipeline: { identifier: 'asking', variables: [{ name: 'who', type: 'String', value: who }] },
    });
    const overlay = {
      identifier: 'over',
      name: 'over',
      orgIdentifier: 'default',
      projectIdentifier: 'myproject',
      pipelineIdentifier: 'asking',
      inputSetReferences: ['team'],
    };
    expect((await inputSets.template('asking')).inputSetTemplateYaml).toContain('who');
    await inputSets.create('asking', { inputSet: set('ada') });
    await live({
      create: () => inputSets.create('asking', { overlayInputSet: overlay }),
      get: () => inputSets.getOverlay('asking', 'over'),
      list: () => inputSets.list('asking'),
      update: () => inputSets.update('asking', 'over', { overlayInputSet: { ...overlay, name: 'above' } }),
      delete: () => inputSets.delete('asking', 'over'),
      seen: ({ name }) => name,
    });
    await inputSets.update('asking', 'team', { inputSet: set('grace') });
    expect((await inputSets.get('asking', 'team')).inputSetYaml).toContain('grace');
    expect((await inputSets.merge('asking', { inputSetReferences: ['team'] })).pipelineYaml).toContain('grace');
    const execution = await harness.pipelines.execute('asking', { inputSets: ['team'] });
    expect(await execution.wait()).toMatchObject({ status: 'Success' });
    expect((await harness.executions.inputs(execution.planExecutionId)).inputSetYaml).toContain('grace');
    const again = await harness.executions.rerun(execution.planExecutionId, 'asking');
    expect(await again.wait()).toMatchObject({ status: 'Success' });
  });

  it('templates', async () => {
    const { templates } = harness;
    const template = (script: string): object => ({
      template: {
        identifier: 'say',
        name: 'say',
        versionLabel: '1',
        type: 'Step',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        spec: {
          type: 'ShellScript',
          timeout: '1m',
          spec: { shell: 'Bash', onDelegate: true, source: { type: 'Inline', spec: { script } } },
        },
      },
    });
    await live({
      create: () => templates.create({ ...template('echo 1') }),
      get: () => templates.get('say', { version: '1' }),
      list: () => templates.list(),
      update: async () => {
        await templates.update('say', '1', { ...template('echo <+input>') });
        await templates.setStable('say', '1');
        expect(await templates.inputs('say')).toContain('<+input>');
      },
      delete: () => templates.delete('say', '1'),
      seen: ({ yaml }) => yaml,
    });
  });
});

describe('executions', () => {
  it('are listed page by page, and retried', async () => {
    await harness.pipelines.create(shellPipeline('failing', ['exit 1']));
    const runs = [];
    for (let run = 0; run < 3; run += 1) runs.push(await harness.pipelines.execute('failing', { notes: 'a test' }));
    for (const run of runs) await run.wait();
    const list = harness.executions.list({ pipelines: ['failing'], status: ['Failed'], since: '1h', pageSize: 2 });
    const first = await list;
    expect([first.items.length, first.hasNext, first.total]).toEqual([2, true, 3]);
    const second = await first.nextPage();
    expect([second?.items.length, second?.hasNext, await second?.nextPage()]).toEqual([1, false, undefined]);
    const ids = [];
    for await (const { planExecutionId } of list) ids.push(planExecutionId);
    expect(ids).toEqual(runs.map(({ planExecutionId }) => planExecutionId).toReversed());
    const [id = ''] = ids;
    expect((await harness.executions.retryStages(id, 'failing')).resumable).toBe(true);
    const retry = await harness.executions.retry(id, 'failing');
    await retry.wait();
    const staged = await harness.executions.retry(retry.planExecutionId, 'failing', { stages: ['main'] });
    await staged.wait();
    expect((await harness.executions.retryHistory(id, 'failing')).executionInfos).toHaveLength(3);
  });

  it('wait for approvals, which are given', async () => {
    const step = {
      name: 'ok',
      identifier: 'ok',
      type: 'HarnessApproval',
      timeout: '1d',
      spec: {
        approvalMessage: 'Go?',
        includePipelineExecutionHistory: true,
        approvers: { userGroups: ['account._account_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
        approverInputs: [],
      },
    };
    const stage = {
      name: 'ask',
      identifier: 'ask',
      type: 'Approval',
      spec: { execution: { steps: [{ step }] } },
    };
    await harness.pipelines.create({
      pipeline: {
        name: 'guarded',
        identifier: 'guarded',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        stages: [{ stage }],
      },
    });
    const execution = await harness.pipelines.execute('guarded');
    await execution.wait({ until: 'waiting' });
    const [approval] = await harness.approvals.list(execution.planExecutionId);
    const id = approval?.id ?? '';
    expect((await harness.approvals.authorization(id)).authorized).toBe(true);
    await harness.approvals.approve(id, { comments: 'fine' });
    expect((await harness.approvals.get(id)).status).toBe('APPROVED');
    expect(await execution.wait()).toMatchObject({ status: 'Success' });
    await using other = await harness.pipelines.execute('guarded');
    await other.wait({ until: 'waiting' });
    const [second] = await harness.approvals.list(other.planExecutionId);
    await harness.approvals.reject(second?.id ?? '');
    expect(await other.wait()).toMatchObject({ status: 'ApprovalRejected' });
  });
});
