import { Mask } from '@bridle/executors';
import type { DelegateTask } from '@bridle/protocol';
import { describe, expect, test } from 'vitest';
import { EnvironmentSecrets } from './environment-secrets.ts';
import { FileSecrets } from './file-secrets.ts';
import { prepareTask } from './task-secrets.ts';

const managers = { environment: new EnvironmentSecrets({}, []), files: new FileSecrets(undefined) };

function task(more: Partial<DelegateTask>): DelegateTask {
  return {
    taskId: 'AAAAAAAAAAAAAAAAAAAAAA',
    fence: 1,
    stepType: 'Run',
    identifier: 'build',
    name: 'Build',
    fqn: 'pipeline.stages.s.spec.execution.steps.build',
    spec: { command: 'make' },
    environment: { CI: 'true' },
    logKey: 'accountId:a/orgId:o/projectId:p/pipelineId:x/step',
    ...more,
  };
}

describe('a task becomes a step', () => {
  test('with everything that the executor is due, and nothing else', async () => {
    const prepared = await prepareTask(
      task({
        workspaceKey: 'workspace-1',
        stage: { identifier: 's', sharedPaths: ['/cache'], os: 'Linux' },
        containers: { isPrivilegedAllowed: true },
        secrets: { other: { kind: 'text', text: 'not for the executor' } },
        sealKey: 'key',
      }),
      managers,
      new Mask(),
    );
    expect(prepared).toEqual({
      kind: 'ready',
      step: {
        taskId: 'AAAAAAAAAAAAAAAAAAAAAA',
        stepType: 'Run',
        identifier: 'build',
        name: 'Build',
        fqn: 'pipeline.stages.s.spec.execution.steps.build',
        project: 'accountId:a/orgId:o/projectId:p',
        spec: { command: 'make' },
        environment: { CI: 'true' },
        stage: { workspaceKey: 'workspace-1', identifier: 's', sharedPaths: ['/cache'], os: 'Linux' },
        containers: { isPrivilegedAllowed: true },
      },
    });
  });

  test('connectors get the secrets that their specs refer to, byte for byte', async () => {
    const keystore = Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0x00, 0xff]);
    const mask = new Mask();
    const authentication = { type: 'Http', spec: { username: 'account.cert', passwordRef: 'account.token' } };
    const prepared = await prepareTask(
      task({
        connectors: {
          'account.git': {
            identifier: 'git',
            type: 'Github',
            spec: { authentication, keys: [{ certRef: 'account.cert' }] },
          },
          plain: { identifier: 'plain', type: 'Git', spec: { url: 'https://host', tokenRef: 'not.sent' } },
        },
        secrets: {
          'account.token': { kind: 'text', text: 'ghp_0123456789' },
          'account.cert': { kind: 'file', base64: keystore.toString('base64') },
          other: { kind: 'missing', message: 'nobody asks for it' },
        },
      }),
      managers,
      mask,
    );
    if (prepared.kind === 'failed') throw new Error(prepared.failure.message);
    const { 'account.git': git, plain } = prepared.step.connectors ?? {};
    expect(git?.spec).toEqual({ authentication, keys: [{ certRef: 'account.cert' }] });
    expect([...(git?.secrets ?? [])]).toEqual([
      ['account.token', Buffer.from('ghp_0123456789')],
      ['account.cert', keystore],
    ]);
    expect([...(plain?.secrets ?? [])]).toEqual([]);
    expect(mask.text(`https://x:ghp_0123456789@host ${keystore.toString('hex')}`)).toBe(
      'https://x:********@host ********',
    );
  });

  test('a connector without its secret cannot be used', async () => {
    const prepared = await prepareTask(
      task({
        connectors: { c: { identifier: 'c', type: 'Aws', spec: { credential: { secretKeyRef: 'gone' } } } },
        secrets: { gone: { kind: 'missing', message: 'The secret gone is not there.' } },
      }),
      managers,
      new Mask(),
    );
    expect(prepared).toEqual({
      kind: 'failed',
      failure: { message: 'The secret gone is not there.', types: ['AUTHENTICATION'] },
    });
  });

  test('a connector that is not there is a matter of configuration', async () => {
    const message = 'The connector nowhere is not there.';
    const prepared = await prepareTask(
      task({
        secrets: { 'connector:nowhere': { kind: 'missing', message } },
        secretPlaces: [{ path: ['spec', 'command'], start: 0, end: 0, reference: 'connector:nowhere' }],
      }),
      managers,
      new Mask(),
    );
    expect(prepared).toEqual({ kind: 'failed', failure: { message, types: ['CONFIGURATION_FAILURE'] } });
  });

  test('a source of a newer server is named', async () => {
    // What no server of today sends.
    const source = { kind: 'vault', path: 'x' } as unknown as NonNullable<DelegateTask['secrets']>[string];
    const places = [{ path: ['spec', 'command'], start: 0, end: 0, reference: 'new' }];
    const prepared = await prepareTask(task({ secrets: { new: source }, secretPlaces: places }), managers, new Mask());
    expect(prepared).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining('kind vault') } });
  });

  test('does not run with more secrets than can be masked', async () => {
    const secrets = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, index) => [`s${index}`, { kind: 'text' as const, text: `secret-${index}` }]),
    );
    const prepared = await prepareTask(task({ secrets }), managers, new Mask());
    expect(prepared).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining('1000 secrets') } });
  });
});
