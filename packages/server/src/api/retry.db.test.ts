/** Retry from a stage, rerun, and chosen stages (api.md §5.2). */
import type { TaskOutcome } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import {
  graphNodesOf,
  graphOf,
  pipelineOf,
  savePipeline,
  shell,
  startedId,
  startRun,
  untilStatus,
} from './test-runs.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const EXECUTE = '/pipeline/api/pipeline/execute';
const FAILED: TaskOutcome = {
  kind: 'failed',
  exitCode: 1,
  outputs: {},
  failure: { message: 'Exit code 1.', types: ['APPLICATION_ERROR'] },
};
const made = (text: string): TaskOutcome => ({
  kind: 'succeeded',
  exitCode: 0,
  outputs: { outputVariables: { OUT: text } },
});

const retry = (id: string, pipeline: string, query: Record<string, string | readonly string[]> = {}): Promise<Answer> =>
  server.call('POST', `${EXECUTE}/retry/${pipeline}`, { query: { planExecutionId: id, ...query }, body: '' });

const sent = (body: string | object): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** Ends every task by the identifier of its step. */
async function runAll(outcomes: Readonly<Record<string, TaskOutcome>>): Promise<readonly string[]> {
  const tasks = await server.runTasks((task) => outcomes[task.identifier] ?? made(task.identifier));
  return tasks.map(({ identifier }) => identifier).toSorted();
}

describe('a retry', () => {
  it('keeps what earlier stages have given, and their history', async () => {
    const use = shell('use').replace(
      'echo use',
      'echo <+pipeline.stages.build.spec.execution.steps.make.output.outputVariables.OUT>',
    );
    await savePipeline(
      server,
      pipelineOf('retried', [
        { identifier: 'build', steps: shell('make') },
        { identifier: 'deploy', steps: use },
        { identifier: 'last', steps: shell('end') },
      ]),
    );
    const id = await startRun(server, 'retried');
    expect((await retry(id, 'retried')).body.message).toContain('goes on');
    expect(await runAll({ make: made('v7'), use: FAILED })).toEqual(['make', 'use']);
    await untilStatus(server, id, 'Failed');
    const first = await graphOf(server, id);

    const stages = await server.call('GET', `${EXECUTE}/${id}/retryStages`);
    expect(stages.body.data).toMatchObject({
      resumable: true,
      groups: [
        { info: [{ identifier: 'build', status: 'Success' }] },
        { info: [{ identifier: 'deploy', status: 'Failed' }] },
      ],
    });
    const wrong = await retry(id, 'retried', { retryStages: 'last' });
    expect([wrong.status, wrong.body.message]).toEqual([400, expect.stringContaining('build; deploy')]);

    const answer = await retry(id, 'retried', { retryStages: 'deploy' });
    const again = startedId(answer);
    expect(answer.body.data).toMatchObject({
      planExecution: {
        metadata: {
          runSequence: 2,
          retryInfo: { isRetry: true, rootExecutionId: id, parentRetryId: id },
          triggerInfo: { isRerun: true, rerunInfo: { prevExecutionId: id } },
        },
      },
    });
    const task = await server.startTask();
    expect(task).toMatchObject({ identifier: 'use', spec: { source: { spec: { script: 'echo v7' } } } });
    await server.completeTask(task, FAILED);
    await untilStatus(server, again, 'Failed');
    const second = await graphOf(server, again);
    expect(second['build']).toMatchObject({ status: 'Success', startTs: first['build']?.['startTs'] });
    expect(second['make']).toMatchObject({ outcomes: { output: { outputVariables: { OUT: 'v7' } } } });

    const third = startedId(await server.call('PUT', `${EXECUTE}/retry/${again}`, { body: {} }));
    expect(await runAll({})).toEqual(['end', 'use']);
    await untilStatus(server, third, 'Success');
    expect((await retry(third, 'retried')).body.message).toContain('ended as Success');
    const details = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${third}`);
    expect(details.body.data).toMatchObject({
      pipelineExecutionSummary: {
        showRetryHistory: true,
        retryExecutionMetadata: { parentExecutionId: again, rootExecutionId: id },
      },
    });
    const history = await server.call('GET', `${EXECUTE}/retryHistory/${again}`);
    expect(history.body.data).toMatchObject({
      latestExecutionId: third,
      executionInfos: [{ uuid: third, runSequence: 3, status: 'Success' }, { uuid: again }, { uuid: id }],
    });
    const listed = async (showAllExecutions: string): Promise<readonly string[]> => {
      const list = await server.call('POST', '/pipeline/api/pipelines/execution/summary', {
        query: { pipelineIdentifier: 'retried', showAllExecutions },
      });
      const { content, totalElements } = list.body.data as unknown as {
        content: readonly { planExecutionId: string }[];
        totalElements: number;
      };
      expect(totalElements).toBe(content.length);
      return content.map(({ planExecutionId }) => planExecutionId);
    };
    expect(await listed('false')).toEqual([third]);
    expect(await listed('true')).toEqual([third, again, id]);
    expect((await server.call('GET', `${EXECUTE}/latestExecutionId/${id}`)).body.data).toEqual({
      errorMessage: null,
      latestExecutionId: third,
    });
  });

  it('of stages side by side runs all of them, or only those that failed', async () => {
    const stage = (identifier: string): string =>
      pipelineOf('x', [{ identifier, steps: shell(`in_${identifier}`) }]).split('  stages:\n')[1] ?? '';
    const member = (identifier: string): string => stage(identifier).replaceAll(/^/gm, '    ').trimEnd();
    const head = pipelineOf('beside', [{ identifier: 'first', steps: shell('in_first') }]);
    await savePipeline(server, `${head}    - parallel:\n${member('left')}\n${member('right')}\n`);
    const id = await startRun(server, 'beside');
    expect(await runAll({ in_right: FAILED })).toEqual(['in_first', 'in_left', 'in_right']);
    await untilStatus(server, id, 'Failed');
    const some = startedId(await retry(id, 'beside', { retryStages: 'right', runAllStages: 'false' }));
    expect(await runAll({})).toEqual(['in_right']);
    await untilStatus(server, some, 'Success');
    const all = startedId(await retry(id, 'beside', { retryStages: ['left', 'right'] }));
    expect(await runAll({})).toEqual(['in_left', 'in_right']);
    await untilStatus(server, all, 'Success');
  });

  it('keeps loops, forks, groups and later tries as they were', async () => {
    const strategy = 'strategy:\n  matrix:\n    n: [1, 2]';
    const repeated = [
      'failureStrategies:',
      '  - onFailure:',
      '      errors: [AllErrors]',
      '      action:',
      '        type: Retry',
      '        spec:',
      '          retryCount: 1',
      '          retryIntervals: [1s]',
      '          onRetryFailure:',
      '            action:',
      '              type: MarkAsFailure',
    ].join('\n');
    const inner = (text: string): string => text.replaceAll(/^/gm, '      ');
    const steps = [
      shell('looped', strategy),
      '- parallel:',
      inner(shell('left')),
      inner(shell('right')),
      '- stepGroup:',
      '    identifier: grouped',
      '    name: grouped',
      '    steps:',
      inner(shell('again', repeated)),
    ].join('\n');
    const stages = [
      { identifier: 'kept', steps, more: 'strategy:\n  repeat:\n    times: 2' },
      { identifier: 'bad', steps: shell('fails') },
    ];
    await savePipeline(server, pipelineOf('shapes', stages));
    const id = await startRun(server, 'shapes');
    let tries = 0;
    const ended = await server.runTasks(({ identifier }) => {
      if (identifier.startsWith('again')) tries += 1;
      return identifier.startsWith('again') && tries === 1 ? FAILED : made(`${identifier} ${tries}`);
    });
    expect(ended.length).toBeGreaterThanOrEqual(9);
    await server.until(id, ({ nodes }, plan) =>
      nodes.some(
        (node) =>
          plan.nodes[node.nodeId]?.identifier === 'again' && node.attempt === 1 && node.status === 'TaskWaiting',
      ),
    );
    await server.runTasks(({ identifier }) => (identifier === 'fails' ? FAILED : made(`${identifier} again`)));
    await untilStatus(server, id, 'Failed');
    // Only forks are called by their ids, which each execution has of its own; they too have the same address.
    const shown = async (execution: string): Promise<readonly unknown[]> => {
      const nodes = await graphNodesOf(server, execution);
      return nodes
        .filter(({ baseFqn }) => String(baseFqn).startsWith('pipeline.stages.kept'))
        .map(({ status, startTs, endTs, outcomes, baseFqn, strategyMetadata, stepParameters, stepType }) => {
          const inputs = stepType === 'NG_FORK' ? {} : stepParameters;
          return { baseFqn, stepType, status, startTs, endTs, outcomes, strategyMetadata, inputs };
        })
        .toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
    };
    const before = await shown(id);
    // Of each turn of the stage: itself, its section, the loop and its two turns, the fork and its two steps, the group and its step.
    expect(before).toHaveLength(1 + 2 * 10);
    const again = startedId(await retry(id, 'shapes', { retryStages: 'bad' }));
    expect(await runAll({})).toEqual(['fails']);
    await untilStatus(server, again, 'Success');
    expect(await shown(again)).toEqual(before);
  });

  it('of a stage that was aborted before anything ended begins with it', async () => {
    const id = await startRun(server, 'retried');
    const task = await server.startTask();
    await server.call('PUT', `${EXECUTE}/interrupt/${id}`, { query: { interruptType: 'AbortAll' }, body: {} });
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Aborted');
    const again = startedId(await retry(id, 'retried'));
    expect(await runAll({})).toEqual(['end', 'make', 'use']);
    await untilStatus(server, again, 'Success');
  });
});

describe('a pipeline with fixedInputsOnRerun', () => {
  it('runs again with the inputs it had, and no others', async () => {
    const variables = 'fixedInputsOnRerun: true\nvariables:\n  - name: v\n    type: String\n    value: <+input>';
    await savePipeline(server, pipelineOf('fixed', [{ identifier: 'one', steps: shell('a') }], variables));
    const inputs = (value: string): string =>
      `pipeline:\n  identifier: fixed\n  variables:\n    - name: v\n      type: String\n      value: ${value}\n`;
    const id = await startRun(server, 'fixed', inputs('one'));
    expect(await runAll({ a: FAILED })).toEqual(['a']);
    await untilStatus(server, id, 'Failed');
    for (const path of [`rerun/${id}/fixed`, 'retry/fixed']) {
      const query = { planExecutionId: id };
      const refused = await server.call('POST', `${EXECUTE}/${path}`, { body: inputs('two'), query });
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('fixedInputsOnRerun')]);
      const again = startedId(await server.call('POST', `${EXECUTE}/${path}`, { body: '', query }));
      expect(await runAll({})).toEqual(['a']);
      await untilStatus(server, again, 'Success');
    }
  });
});

describe('chosen stages', () => {
  it('run alone, and again when rerun', async () => {
    const stages = [
      { identifier: 'one', steps: shell('a') },
      { identifier: 'two', steps: shell('b') },
    ];
    await savePipeline(server, pipelineOf('chosen', stages, 'allowStageExecutions: true'));
    const body = { stageIdentifiers: ['two'], runtimeInputYaml: '', expressionValues: {} };
    const id = startedId(await server.call('POST', `${EXECUTE}/chosen/stages`, { body }));
    expect(await runAll({})).toEqual(['b']);
    await untilStatus(server, id, 'Success');
    const details = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`);
    expect(details.body.data).toMatchObject({
      pipelineExecutionSummary: { stagesExecution: true, stagesExecuted: ['two'], allowStageExecutions: true },
    });
    for (const [path, body, ran] of [
      ['', '', 'b'],
      ['/inputSetList', { inputSetReferences: [] }, 'b'],
      ['/stages', { stageIdentifiers: ['one'] }, 'a'],
    ] as const) {
      const again = startedId(await server.call('POST', `${EXECUTE}/rerun/${id}/chosen${path}`, { body: sent(body) }));
      expect(await runAll({})).toEqual([ran]);
      await untilStatus(server, again, 'Success');
    }
  });

  it('are refused where the pipeline does not allow it, where there is none, or none is named', async () => {
    await savePipeline(server, pipelineOf('unchosen', [{ identifier: 'one', steps: shell('a') }]));
    for (const [pipeline, stageIdentifiers] of [
      ['unchosen', ['one']],
      ['chosen', ['three']],
      ['chosen', []],
    ] as const) {
      const answer = await server.call('POST', `${EXECUTE}/${pipeline}/stages`, {
        body: { stageIdentifiers: [...stageIdentifiers] },
      });
      expect(answer.status).toBe(400);
    }
  });
});
