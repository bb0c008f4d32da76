/** Executions that wait for each other: queues, chained pipelines, and the limit of running executions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';
import { graphOf, pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

let server: TestApp;

beforeEach(async () => {
  server = await createTestApp({ executionsMax: 2 });
});

afterEach(async () => {
  await server.close();
});

const EXECUTE = '/pipeline/api/pipeline/execute';
const abort = async (id: string): Promise<void> => {
  const answer = await server.call('PUT', `${EXECUTE}/interrupt/${id}`, {
    query: { interruptType: 'AbortAll' },
    body: {},
  });
  expect(answer.status).toBe(200);
};

const queue = (key: string): string =>
  [
    '- step:',
    '    identifier: q',
    '    name: q',
    '    type: Queue',
    '    timeout: 1h',
    '    spec:',
    `      key: ${key}`,
  ].join('\n');

describe('a queue', () => {
  it('lets one execution in until it ends, and then the next one', async () => {
    await savePipeline(
      server,
      pipelineOf('queued', [{ identifier: 'one', steps: `${queue('res')}\n${shell('work')}` }]),
    );
    const first = await startRun(server, 'queued');
    await untilNode(server, first, 'q', 'Success');
    const second = await startRun(server, 'queued');
    await untilNode(server, second, 'q', 'ResourceWaiting');
    const task = await server.startTask();
    expect(await server.runTasks()).toEqual([]);
    await server.completeTask(task);
    await untilStatus(server, first, 'Success');
    await untilNode(server, second, 'q', 'Success');
    await server.completeTask(await server.startTask());
    await untilStatus(server, second, 'Success');
    expect(await server.db.selectFrom('resource_claims').selectAll().execute()).toEqual([]);
  });

  it('forgets who is aborted in it', async () => {
    await savePipeline(
      server,
      pipelineOf('queued', [{ identifier: 'one', steps: `${queue('res')}\n${shell('work')}` }]),
    );
    const first = await startRun(server, 'queued');
    await untilNode(server, first, 'q', 'Success');
    const second = await startRun(server, 'queued');
    await untilNode(server, second, 'q', 'ResourceWaiting');
    await abort(second);
    await untilStatus(server, second, 'Aborted');
    await abort(first);
    await untilStatus(server, first, 'Aborted');
    expect(await server.db.selectFrom('resource_claims').selectAll().execute()).toEqual([]);
  });
});

const chained = (pipeline: string, more = ''): string =>
  `pipeline:
  identifier: parent
  name: parent
  orgIdentifier: default
  projectIdentifier: myproject
  stages:
    - stage:
        identifier: call
        name: call
        type: Pipeline
        spec:
          org: default
          project: myproject
          pipeline: ${pipeline}
          inputs:
            identifier: ${pipeline}
            variables:
              - name: who
                type: String
                value: <+pipeline.name>
          outputs:
            - name: told
              value: <+pipeline.stages.one.spec.execution.steps.make.output.outputVariables.OUT>
${more}    - stage:
        identifier: after
        name: after
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: use
                  name: use
                  type: ShellScript
                  timeout: 10m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo <+pipeline.stages.call.output.told>
`;

describe('a chained pipeline', () => {
  const childYaml = (): string =>
    pipelineOf(
      'child',
      [{ identifier: 'one', steps: shell('make').replace('echo make', 'echo <+pipeline.variables.who>') }],
      'variables:\n  - name: who\n    type: String\n    value: <+input>',
    );

  it('runs with the inputs of its parent and gives its outputs back', async () => {
    await savePipeline(server, childYaml());
    await savePipeline(server, chained('child'));
    const id = await startRun(server, 'parent');
    const task = await server.startTask();
    expect(task).toMatchObject({ identifier: 'make', spec: { source: { spec: { script: 'echo parent' } } } });
    const { call } = await graphOf(server, id);
    const details = call?.['stepDetails'] as { childPipelineExecutionDetails: { planExecutionId: string } };
    const childId = details.childPipelineExecutionDetails.planExecutionId;
    expect(details.childPipelineExecutionDetails).toMatchObject({ orgId: 'default', projectId: 'myproject' });
    const shown = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${childId}`);
    expect(shown.body.data).toMatchObject({
      pipelineExecutionSummary: {
        pipelineIdentifier: 'child',
        runSequence: 1,
        executionTriggerInfo: { triggerType: 'MANUAL', triggeredBy: { identifier: 'admin' }, isRerun: false },
        parentStageInfo: { hasParentPipeline: true, executionId: id },
      },
    });
    await server.completeTask(task, { kind: 'succeeded', exitCode: 0, outputs: { outputVariables: { OUT: 'hello' } } });
    await untilStatus(server, childId, 'Success');
    const use = await server.startTask();
    expect(use.spec).toMatchObject({ source: { spec: { script: 'echo hello' } } });
    await server.completeTask(use);
    await untilStatus(server, id, 'Success');
    const whole = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`, {
      query: { stageNodeId: String(call?.['setupId']) },
    });
    expect(whole.body.data).toMatchObject({
      childGraph: {
        pipelineExecutionSummary: { planExecutionId: childId, status: 'Success' },
        executionGraph: { executionMetadata: { planExecutionId: childId } },
      },
    });
    expect(await server.db.selectFrom('engine_requests').selectAll().execute()).toEqual([]);
  });

  it('is aborted with its parent', async () => {
    await savePipeline(server, childYaml());
    await savePipeline(server, chained('child'));
    const id = await startRun(server, 'parent');
    const task = await server.startTask();
    const child = await server.db
      .selectFrom('executions')
      .select('id')
      .where('pipeline_identifier', '=', 'child')
      .executeTakeFirstOrThrow();
    await abort(id);
    await untilNode(server, child.id, 'make', 'Discontinuing');
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Aborted');
    const rows = await server.db.selectFrom('executions').select(['pipeline_identifier', 'status']).execute();
    expect(rows.toSorted((a, b) => a.pipeline_identifier.localeCompare(b.pipeline_identifier))).toEqual([
      { pipeline_identifier: 'child', status: 'Aborted' },
      { pipeline_identifier: 'parent', status: 'Aborted' },
    ]);
  });

  it('that is not there, lacks an input or chains further fails its stage in words', async () => {
    await savePipeline(server, chained('nowhere'));
    const missing = await startRun(server, 'parent');
    await untilStatus(server, missing, 'Failed');
    expect((await graphOf(server, missing))['call']).toMatchObject({
      status: 'Failed',
      failureInfo: { message: expect.stringContaining('There is no pipeline nowhere') },
    });

    await savePipeline(server, chained('grandchild').replaceAll(/\bparent\b/g, 'middle'));
    await savePipeline(server, childYaml().replaceAll('child', 'grandchild'));
    const top = chained('middle')
      .replaceAll(/\bparent\b/g, 'top')
      .replace(/ {12}variables:[\s\S]*?<\+pipeline.name>\n/, '');
    await savePipeline(server, top);
    const nested = await startRun(server, 'top');
    await untilStatus(server, nested, 'Failed');
    expect((await graphOf(server, nested))['call']).toMatchObject({
      failureInfo: { message: expect.stringContaining('a chain has one link only') },
    });
  });
});

describe('the limit of running executions', () => {
  it('lets those above it wait in line and begin in their order', async () => {
    await savePipeline(server, pipelineOf('limited', [{ identifier: 'one', steps: shell('work') }]));
    const ids = [];
    for (let count = 0; count < 5; count += 1) ids.push(await startRun(server, 'limited'));
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = ids;
    const statuses = async (): Promise<readonly string[]> => {
      const rows = await server.db.selectFrom('executions').select('status').orderBy('run_sequence').execute();
      return rows.map(({ status }) => status);
    };
    const QUEUED = 'QueuedExecutionConcurrencyReached';
    expect(await statuses()).toEqual(['Running', 'Running', QUEUED, QUEUED, QUEUED]);
    const tasks = [await server.startTask(), await server.startTask()];
    expect(await server.runTasks()).toEqual([]);
    // One of those in line goes away; whoever is behind it moves up.
    await abort(fourth);
    await untilStatus(server, fourth, 'Aborted');
    for (const task of tasks.slice(0, 1)) await server.completeTask(task);
    await untilStatus(server, first, 'Success');
    await untilNode(server, third, 'work', 'TaskWaiting');
    expect(await statuses()).toEqual(['Success', 'Running', 'Running', 'Aborted', QUEUED]);
    for (const task of tasks.slice(1)) await server.completeTask(task);
    await untilStatus(server, second, 'Success');
    await untilNode(server, fifth, 'work', 'TaskWaiting');
    expect(await server.runTasks()).toHaveLength(2);
    await untilStatus(server, third, 'Success');
    await untilStatus(server, fifth, 'Success');
    expect(await server.db.selectFrom('waiting_executions').selectAll().execute()).toEqual([]);
  });

  it('does not hold up chained executions, whose parents would wait for ever', async () => {
    await savePipeline(server, pipelineOf('simple', [{ identifier: 'one', steps: shell('make') }]));
    await savePipeline(server, chained('simple').replace(/ {12}variables:[\s\S]*?<\+pipeline.name>\n/, ''));
    const parents = [await startRun(server, 'parent'), await startRun(server, 'parent')];
    const late = await startRun(server, 'simple');
    // The tasks of both children and both parents; the late one begins as soon as a parent has ended, which may be in between.
    for (let task = 0; task < 5; task += 1) await server.completeTask(await server.startTask());
    for (const id of [...parents, late]) await untilStatus(server, id, 'Success');
  });
});
