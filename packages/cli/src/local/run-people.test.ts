import { describe, expect, test } from 'vitest';
import { customPipeline, runLocally, script } from './test-run.ts';

describe('people', () => {
  const approval = (identifier: string, more = '', inputs = ''): string => `- step:
    identifier: ${identifier}
    name: ${identifier}
    type: HarnessApproval
    timeout: 1d
    spec:
      approvalMessage: may it?
      approvers: { minimumCount: 2, disallowPipelineExecutor: true, userGroups: [g] }
      approverInputs: [${inputs}]${more}`;
  const gate = customPipeline({
    s: `${approval('ok', '', '{ name: why, defaultValue: "" }')}\n${script('after', 'echo "because <+steps.ok.output.approverInputs.why>"')}`,
  });

  test('nobody can be asked: the run ends with 6', async () => {
    const { exitCode, events, nodes } = await runLocally(gate);
    expect(exitCode).toBe(6);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'waiting', for: 'approval', choices: ['approve', 'reject'] }),
    );
    expect(nodes.get('s.after')?.status).not.toBe('Success');
  });

  test('--approve answers with values, for as many people as are wanted', async () => {
    const { exitCode, logs } = await runLocally(gate, { words: ['--approve', 's.ok:why=it works'] });
    expect(logs).toEqual(['s.after: because it works']);
    expect(exitCode).toBe(0);
  });

  test('--yes approves everything, --reject wins over it', async () => {
    expect((await runLocally(gate, { words: ['--yes'] })).exitCode).toBe(0);
    const { exitCode, nodes } = await runLocally(gate, { words: ['--yes', '--reject', 'ok'] });
    expect(nodes.get('s.ok')).toMatchObject({ status: 'ApprovalRejected' });
    expect(exitCode).toBe(1);
  });

  test('--intervene answers a manual intervention', async () => {
    const strategy =
      'failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: ManualIntervention, spec: { timeout: 1d, onTimeout: { action: { type: Abort } } } } } }]';
    const failing = customPipeline({ s: `${script('x', 'exit 1', strategy)}\n${script('y', 'echo on')}` });
    expect((await runLocally(failing)).exitCode).toBe(6);
    const { exitCode, logs, nodes } = await runLocally(failing, { words: ['--intervene', 's.x=Ignore'] });
    expect(nodes.get('s.x')).toMatchObject({ status: 'IgnoreFailed' });
    expect(logs).toEqual(['s.y: on']);
    expect(exitCode).toBe(0);
    const refused = await runLocally(failing, { words: ['--intervene', 's.x=Ignor'] });
    expect(refused.err).toContain('Did you mean Ignore?');
  });

  test('the same in a run in which nothing runs', async () => {
    expect((await runLocally(gate, { words: ['--executor', 'dummy'] })).exitCode).toBe(6);
    const { exitCode } = await runLocally(gate, { words: ['--executor', 'dummy', '--approve', 'ok:why=x'] });
    expect(exitCode).toBe(0);
  });
});

describe('chains and values asked for on the way', () => {
  const chain = (pipeline: string): string => `pipeline:
  identifier: p
  name: P
  stages:
    - stage: { identifier: call, name: call, type: Pipeline, spec: { org: default, project: local, pipeline: ${pipeline} } }
`;

  test('a chained pipeline that is not in the repository refuses the run', async () => {
    const { exitCode, err } = await runLocally(chain('nowhere'));
    expect(exitCode).toBe(2);
    expect(err).toContain('The stage call (.harness/pipeline.yaml:5) calls the pipeline nowhere');
  });

  test('an approval in a chained pipeline is answered by its own place', async () => {
    const child = customPipeline({
      gate: '- step: { identifier: ok, name: ok, type: HarnessApproval, timeout: 1d, spec: { approvalMessage: m, approvers: { userGroups: [g], minimumCount: 1 } } }',
    }).replace('identifier: p', 'identifier: child');
    const files = { '.harness/child.yaml': child };
    expect((await runLocally(chain('child'), { files, words: ['p'] })).exitCode).toBe(6);
    expect((await runLocally(chain('child'), { files, words: ['p', '--approve', 'gate.ok'] })).exitCode).toBe(0);
  });

  test('execution inputs are given by --approve, or their defaults taken by --yes', async () => {
    const step = script('x', 'echo "$who"').replace(
      'onDelegate: true',
      'onDelegate: true\n      environmentVariables: [{ name: who, type: String, value: <+input>.default(nobody).executionInput() }]',
    );
    const asking = customPipeline({ s: step });
    const nobody = await runLocally(asking);
    expect(nobody.exitCode).toBe(6);
    const waiting = nobody.events.find((event) => event.type === 'waiting');
    expect(waiting).toMatchObject({ for: 'input', inputs: [{ required: false, defaultValue: 'nobody' }] });
    const name = waiting?.inputs?.[0]?.name ?? '';
    const given = await runLocally(asking, { words: ['--approve', `s.x:${name}=me`] });
    expect(given.logs).toEqual(['s.x: me']);
    const defaults = await runLocally(asking, { words: ['--yes'] });
    expect(defaults.logs).toEqual(['s.x: nobody']);
  });
});
