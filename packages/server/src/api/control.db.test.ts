/** People and running executions: interrupts, manual interventions, approvals, inputs during the run (api.md §5.3, §5.4). */
import type { TaskOutcome } from '@bridle/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../auth/tokens.ts';
import { insertUser } from '../store/users.ts';
import { ACCOUNT, createTestApp, type Answer, type TestApp } from './test-app.ts';
import { graphOf, pipelineOf, savePipeline, shell, startRun, untilNode, untilStatus } from './test-runs.ts';

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

const interrupt = (id: string, type: string, node = '', path = 'interrupt'): Promise<Answer> =>
  server.call('PUT', `${EXECUTE}/${path}/${id}${node === '' ? '' : `/${node}`}`, {
    query: { interruptType: type },
    body: {},
  });

describe('interrupts of an execution', () => {
  it('pause and resume: nothing new begins in between', async () => {
    await savePipeline(server, pipelineOf('pausing', [{ identifier: 'one', steps: `${shell('a')}\n${shell('b')}` }]));
    const id = await startRun(server, 'pausing');
    const task = await server.startTask();
    expect((await interrupt(id, 'resume')).body.message).toContain('not paused');
    const paused = await interrupt(id, 'PAUSE');
    expect(paused.body.data).toMatchObject({ type: 'Pause', planExecutionId: id });
    expect((await interrupt(id, 'Pause')).status).toBe(400);
    await server.completeTask(task);
    await untilStatus(server, id, 'Paused');
    expect(await server.runTasks()).toEqual([]);
    const details = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`);
    expect(details.body.data).toMatchObject({
      pipelineExecutionSummary: { status: 'Paused', pausedBy: { userName: 'admin' } },
    });
    expect((await interrupt(id, 'Resume')).status).toBe(200);
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
    const late = await interrupt(id, 'Pause');
    expect(late.body.message).toContain('Execution is already finished with status: [SUCCEEDED]');
  });

  it('expire ends what runs as expired', async () => {
    const id = await startRun(server, 'pausing');
    const task = await server.startTask();
    expect((await interrupt(id, 'ExpireAll')).status).toBe(200);
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Expired');
  });

  it('mark as failed fails all that runs', async () => {
    const id = await startRun(server, 'pausing');
    const task = await server.startTask();
    expect((await interrupt(id, 'UserMarkedFailure')).body.data).toMatchObject({ type: 'UserMarkedFailure' });
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Failed');
    expect((await graphOf(server, id))['b']).toMatchObject({ status: 'Skipped' });
  });

  it.each([
    [
      'Jump',
      'is not a supported interrupt: Jump; there are AbortAll, Abort, ExpireAll, Pause, Resume, UserMarkedFailure',
    ],
    ['Ignore', 'is not a supported interrupt: Ignore'],
  ])('refuses %s', async (type, message) => {
    const { status, body } = await interrupt('BOvtFC6xRReaPeJiOj2yvA', type);
    expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toContain(message);
  });

  it('an execution that is not there is a 404', async () => {
    expect((await interrupt('BOvtFC6xRReaPeJiOj2yvA', 'AbortAll')).status).toBe(404);
  });
});

describe('interrupts of a node', () => {
  it('marks a running step as failed', async () => {
    const id = await startRun(server, 'pausing');
    const task = await server.startTask();
    const answer = await interrupt(id, 'usermarkedfailure', task.taskId);
    expect(answer.body.data).toMatchObject({ type: 'UserMarkedFailure' });
    expect((await interrupt(id, 'MarkAsFailure', task.taskId)).body.message).toContain('being ended already');
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Failed');
    const { a } = await graphOf(server, id);
    expect(a).toMatchObject({
      status: 'Failed',
      failureInfo: { failureTypeList: ['USER_MARKED_FAILURE'] },
      interruptHistories: [
        { interruptType: 'MARK_FAILED', interruptConfig: { issuedBy: { manualIssuer: { identifier: 'admin' } } } },
      ],
    });
  });

  it('a node that is not there is a 404; what does not apply is told in words', async () => {
    const id = await startRun(server, 'pausing');
    const task = await server.startTask();
    expect((await interrupt(id, 'Abort', 'BOvtFC6xRReaPeJiOj2yvA')).status).toBe(404);
    expect((await interrupt(id, 'Retry', task.taskId)).body.message).toContain('does not wait for an intervention');
    await interrupt(id, 'Abort', task.taskId);
    await server.completeTask(task, { kind: 'cancelled' });
    await untilStatus(server, id, 'Aborted');
  });
});

describe('a manual intervention', () => {
  const strategy = [
    'failureStrategies:',
    '  - onFailure:',
    '      errors: [AllErrors]',
    '      action:',
    '        type: ManualIntervention',
    '        spec:',
    '          timeout: 1h',
    '          onTimeout:',
    '            action:',
    '              type: Abort',
  ].join('\n');

  it.each([
    ['Ignore', 'IgnoreFailed'],
    ['MarkAsSuccess', 'Success'],
    ['MarkAsFailure', 'Failed'],
  ])('answered by %s ends the execution as %s', async (type, status) => {
    const pipeline = `answer${type}`;
    await savePipeline(server, pipelineOf(pipeline, [{ identifier: 'one', steps: shell('a', strategy) }]));
    const id = await startRun(server, pipeline);
    await server.completeTask(await server.startTask(), FAILED);
    const node = await untilNode(server, id, 'a', 'InterventionWaiting');
    const { a } = await graphOf(server, id);
    expect(a).toMatchObject({
      manualInterventionAvailableActions: expect.arrayContaining([type]),
      failureAdvice: { action: 'ManualIntervention' },
    });
    const answer = await interrupt(id, type, node, 'manualIntervention/interrupt');
    expect([answer.status, answer.body.data]).toEqual([200, expect.objectContaining({ type })]);
    await untilStatus(server, id, status);
    expect((await interrupt(id, type, node, 'manualIntervention/interrupt')).status).toBe(400);
  });

  it('answered by Retry runs the step again and keeps its first try', async () => {
    const id = await startRun(server, 'answerIgnore');
    await server.completeTask(await server.startTask(), FAILED);
    const first = await untilNode(server, id, 'a', 'InterventionWaiting');
    expect((await interrupt(id, 'StepGroupRollback', first)).body.message).toContain('is in no step group');
    await interrupt(id, 'Retry', first, 'manualIntervention/interrupt');
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
    const { a } = await graphOf(server, id);
    expect(a?.uuid).not.toBe(first);
    expect(a).toMatchObject({
      status: 'Success',
      retryNodeMetadata: { attempts: [{ uuid: first, status: 'Failed', failureInfo: { message: 'Exit code 1.' } }] },
    });
  });
});

const approval = (identifier: string, spec: string, more = ''): string =>
  [
    '- step:',
    `    identifier: ${identifier}`,
    `    name: ${identifier}`,
    '    type: HarnessApproval',
    '    timeout: 1d',
    '    spec:',
    '      approvalMessage: Ship it?',
    ...spec.split('\n').map((line) => `      ${line}`),
    more,
  ]
    .filter((line) => line.trim() !== '')
    .join('\n');

describe('an approval', () => {
  interface Approval {
    readonly id: string;
    readonly status: string;
  }

  const approvalsOf = async (id: string, query: Record<string, string> = {}): Promise<readonly Approval[]> => {
    const url = `/pipeline/api/v1/orgs/default/projects/myproject/approvals/execution/${id}`;
    const answer = await server.call('GET', url, { query, headers: { 'harness-account': ACCOUNT } });
    expect(answer.status).toBe(200);
    return answer.body as unknown as readonly Approval[];
  };
  const activity = (approvalId: string, body: Record<string, unknown>): Promise<Answer> =>
    server.call('POST', `/pipeline/api/approvals/${approvalId}/harness/activity`, { body });

  async function waiting(pipeline: string): Promise<{ readonly id: string; readonly approvalId: string }> {
    const id = await startRun(server, pipeline);
    await untilNode(server, id, 'ask', 'ApprovalWaiting');
    const [first] = await approvalsOf(id, { approval_status: 'waiting' });
    if (first === undefined) throw new Error('nothing waits for an approval');
    return { id, approvalId: first.id };
  }

  beforeAll(async () => {
    const admin = await server.call('GET', '/ng/api/user/currentUser');
    await server.call('POST', '/ng/api/user-groups', {
      query: { orgIdentifier: '', projectIdentifier: '' },
      body: { identifier: 'admins', name: 'Admins', users: [(admin.body.data as { uuid: string } | undefined)?.uuid] },
    });
    const spec = [
      'approvers:',
      '  userGroups: [account.admins]',
      '  minimumCount: 1',
      '  disallowPipelineExecutor: false',
      'approverInputs:',
      '  - name: VERSION',
      '    defaultValue: ""',
      '    required: true',
      '    regex: "[0-9.]+"',
      '  - name: COLOR',
      '    defaultValue: red',
      '    allowedValues: [red, blue]',
    ].join('\n');
    const steps = `${approval('ask', spec)}\n${shell('after')}`;
    await savePipeline(server, pipelineOf('approved', [{ identifier: 'gate', type: 'Approval', steps }]));
  });

  it('shows what is asked, and is approved with inputs', async () => {
    const { id, approvalId } = await waiting('approved');
    await untilStatus(server, id, 'ApprovalWaiting');
    const shown = await server.call('GET', `/pipeline/api/approvals/${approvalId}`);
    expect(shown.body.data).toMatchObject({
      id: approvalId,
      type: 'HarnessApproval',
      status: 'WAITING',
      details: {
        approvalMessage: 'Ship it?',
        approvers: { userGroups: ['account.admins'], minimumCount: 1, disallowPipelineExecutor: false },
        approvalActivities: [],
        approverInputs: [
          { name: 'VERSION', required: true },
          { name: 'COLOR', defaultValue: 'red' },
        ],
      },
    });
    const may = await server.call('GET', `/pipeline/api/approvals/${approvalId}/harness/authorization`);
    expect(may.body.data).toEqual({ authorized: true, reason: null });
    const { ask } = await graphOf(server, id);
    expect(ask).toMatchObject({ executableResponses: [{ async: { callbackIds: [approvalId] } }] });

    for (const [approverInputs, message] of [
      [[], 'asks for VERSION'],
      [[{ name: 'VERSION', value: 'one' }], 'VERSION: "one" does not match'],
      [
        [
          { name: 'VERSION', value: '1.2' },
          { name: 'COLOR', value: 'green' },
        ],
        'COLOR: "green" is not among',
      ],
      [[{ name: 'SIZE', value: '1' }], 'does not ask for SIZE'],
    ] as const) {
      const refused = await activity(approvalId, {
        action: 'APPROVE',
        approverInputs: [...approverInputs],
        comments: '',
      });
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(message)]);
    }
    const answer = await activity(approvalId, {
      action: 'APPROVE',
      approverInputs: [{ name: 'VERSION', value: '1.2' }],
      comments: 'fine',
      user: { userId: 'somebody-else', email: 'else@example.test' },
    });
    expect(answer.body.data).toMatchObject({
      status: 'APPROVED',
      details: {
        approvalActivities: [
          {
            user: { name: 'admin', email: 'admin@localhost' },
            action: 'APPROVE',
            comments: 'fine',
            approverInputs: [{ name: 'VERSION', value: '1.2' }],
          },
        ],
      },
    });
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
    expect((await graphOf(server, id))['ask']).toMatchObject({
      outcomes: { output: { approverInputs: { VERSION: '1.2', COLOR: 'red' } } },
    });
    const again = await activity(approvalId, { action: 'APPROVE' });
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining('already finished')]);
  });

  it('rejected ends the execution so', async () => {
    const { id, approvalId } = await waiting('approved');
    const answer = await activity(approvalId, { action: 'REJECT', comments: 'not today' });
    expect(answer.body.data).toMatchObject({ status: 'REJECTED' });
    await untilStatus(server, id, 'ApprovalRejected');
    expect(await approvalsOf(id, { approval_status: 'WAITING' })).toEqual([]);
    expect(await approvalsOf(id, { approval_type: 'HarnessApproval' })).toMatchObject([{ status: 'REJECTED' }]);
  });

  it('is answered by way of its execution', async () => {
    const { id } = await waiting('approved');
    const url = `/v1/orgs/default/projects/myproject/approvals/execution/${id}`;
    const answer = await server.call('POST', url, {
      body: { action: 'APPROVE', approver_inputs: [{ name: 'VERSION', value: '1' }] },
    });
    expect([answer.status, answer.body.status]).toEqual([200, 'APPROVED']);
    const none = await server.call('POST', url, { body: { action: 'APPROVE' } });
    expect(none.status).toBe(400);
    await server.completeTask(await server.startTask());
    await untilStatus(server, id, 'Success');
  });

  it('is not for whoever started the execution, where it says so; one person acts once', async () => {
    const spec = 'approvers:\n  userGroups: [account.admins]\n  minimumCount: 1\n  disallowPipelineExecutor: true';
    await savePipeline(
      server,
      pipelineOf('foureyes', [{ identifier: 'gate', type: 'Approval', steps: approval('ask', spec) }]),
    );
    const { id, approvalId } = await waiting('foureyes');
    const may = await server.call('GET', `/pipeline/api/approvals/${approvalId}/harness/authorization`);
    expect(may.body.data).toMatchObject({ authorized: false, reason: expect.stringContaining('Who started') });
    const refused = await activity(approvalId, { action: 'APPROVE' });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('Who started')]);
    await interrupt(id, 'AbortAll');
    await untilStatus(server, id, 'Aborted');
    expect((await server.call('GET', `/pipeline/api/approvals/${approvalId}`)).body.data).toMatchObject({
      status: 'ABORTED',
    });

    await savePipeline(
      server,
      pipelineOf('two', [
        {
          identifier: 'gate',
          type: 'Approval',
          steps: approval('ask', spec.replace('minimumCount: 1', 'minimumCount: 2').replace('true', 'false')),
        },
      ]),
    );
    const two = await waiting('two');
    expect((await activity(two.approvalId, { action: 'APPROVE' })).body.data).toMatchObject({ status: 'WAITING' });
    const again = await activity(two.approvalId, { action: 'APPROVE' });
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining('answered already')]);
    await interrupt(two.id, 'AbortAll');
    await untilStatus(server, two.id, 'Aborted');
  });

  it('needs different people, and only members of its groups', async () => {
    const token = async (id: string, isMember: boolean): Promise<Record<string, string>> => {
      const user = { id, accountId: ACCOUNT, name: id, email: `${id}@example.test`, isAdmin: false };
      await insertUser(server.db, user);
      // Everybody here may view the pipeline: that alone answers nothing.
      const principal = { identifier: id, type: 'USER' };
      await server.call('POST', '/authz/api/roleassignments', {
        body: { roleIdentifier: '_project_viewer', principal },
      });
      if (isMember) {
        await server.call('PUT', `/ng/api/user-groups/admins/member/${id}`, {
          query: { orgIdentifier: '', projectIdentifier: '' },
        });
      }
      return { 'x-api-key': await issueToken(server.db, user, 'test') };
    };
    const [second, stranger] = [await token('second', true), await token('stranger', false)];
    const spec = [
      'approvers:',
      '  userGroups: [account.admins]',
      '  minimumCount: 2',
      '  disallowPipelineExecutor: false',
      '  disallowedUserEmails: [Barred@example.test]',
    ].join('\n');
    const yaml = pipelineOf('pair', [{ identifier: 'gate', type: 'Approval', steps: approval('ask', spec) }]);
    await savePipeline(server, yaml);
    const { id, approvalId } = await waiting('pair');
    const url = `/pipeline/api/approvals/${approvalId}/harness`;
    const as = (headers: Record<string, string>): Promise<Answer> =>
      server.call('POST', `${url}/activity`, { headers, body: { action: 'APPROVE' } });
    const foreign = await as(stranger);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'NG_ACCESS_DENIED']);
    expect((await server.call('GET', `${url}/authorization`, { headers: stranger })).body.data).toMatchObject({
      authorized: false,
    });
    const barred = await token('barred', true);
    expect((await as(barred)).body.message).toContain('may not answer');
    expect((await as({})).body.data).toMatchObject({ status: 'WAITING' });
    // Two answers of one person at the same time count once.
    const both = await Promise.all([as(second), as(second)]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 400]);
    await untilStatus(server, id, 'Success');
    expect((await server.call('GET', `/pipeline/api/approvals/${approvalId}`)).body.data).toMatchObject({
      status: 'APPROVED',
      details: { approvalActivities: [{ user: { name: 'admin' } }, { user: { name: 'second' } }] },
    });
  });

  it('that is not there is a 404, and needs a key', async () => {
    for (const unknown of ['nothing', 'BOvtFC6xRReaPeJiOj2yvA.BOvtFC6xRReaPeJiOj2yvA']) {
      const answer = await server.call('GET', `/pipeline/api/approvals/${unknown}`);
      expect([answer.status, answer.body.message]).toEqual([404, expect.stringContaining('No approval instance')]);
    }
    const url = '/pipeline/api/approvals/x.y/harness/activity';
    expect((await server.call('POST', url, { isPublic: true, body: { action: 'APPROVE' } })).status).toBe(401);
  });
});

describe('inputs during the run', () => {
  const step = [
    '- step:',
    '    identifier: deploy',
    '    name: deploy',
    '    type: ShellScript',
    '    timeout: 10m',
    '    spec:',
    '      shell: Bash',
    '      onDelegate: true',
    '      source:',
    '        type: Inline',
    '        spec:',
    '          script: <+input>.executionInput().allowedValues(one,two)',
  ].join('\n');

  it('are asked for, checked and used', async () => {
    await savePipeline(server, pipelineOf('asking', [{ identifier: 'one', steps: step }]));
    const id = await startRun(server, 'asking');
    const node = await untilNode(server, id, 'deploy', 'InputWaiting');
    const url = `/pipeline/api/pipeline/executionInput/${node}`;
    const asked = await server.call('GET', url);
    expect(asked.body.data).toMatchObject({
      nodeExecutionId: node,
      inputTemplate: expect.stringContaining('script: <+input>'),
      userInput: null,
      fields: [{ path: 'spec.source.spec.script', required: true, allowedValues: ['one', 'two'] }],
    });
    const wrong = await server.call('POST', url, { body: '{"spec.source.spec.script": "three"}' });
    expect([wrong.status, wrong.body.message]).toEqual([400, expect.stringContaining('three')]);
    const tree = 'step:\n  identifier: deploy\n  spec:\n    source:\n      spec:\n        script: two\n';
    const given = await server.call('POST', `${EXECUTE}/${id}/executionInput/${node}`, { body: tree });
    expect([given.status, given.body.data]).toEqual([
      200,
      expect.objectContaining({ userInput: 'spec.source.spec.script: two\n' }),
    ]);
    const task = await server.startTask();
    expect(task.spec).toMatchObject({ source: { spec: { script: 'two' } } });
    expect((await server.call('POST', url, { body: tree })).status).toBe(400);
    await server.completeTask(task);
    await untilStatus(server, id, 'Success');
    expect((await server.call('GET', url)).status).toBe(404);
  });
});

describe('why a node was skipped', () => {
  it('is told with the values of its condition', async () => {
    const when = 'when:\n  stageStatus: Success\n  condition: <+execution.steps.a.output.outputVariables.OUT> == "yes"';
    await savePipeline(
      server,
      pipelineOf('skipping', [{ identifier: 'one', steps: `${shell('a')}\n${shell('b', when)}` }]),
    );
    const id = await startRun(server, 'skipping');
    await server.completeTask(await server.startTask(), {
      kind: 'succeeded',
      exitCode: 0,
      outputs: { outputVariables: { OUT: 'no' } },
    });
    await untilStatus(server, id, 'Success');
    expect((await graphOf(server, id))['b']).toMatchObject({
      status: 'Skipped',
      nodeRunInfo: {
        evaluatedCondition: false,
        expressions: expect.arrayContaining([
          expect.objectContaining({
            expression: expect.stringContaining('outputVariables.OUT'),
            expressionValue: 'no',
          }),
        ]),
      },
    });
  });
});
