/** Delegates: who gets which step, what an abort and a death leave behind (nothing), and what a step may see. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAsDelegate, ownDelegatePid, startDelegate, type DelegateProcess } from './src/delegates.ts';
import { untilLogged } from './src/event-stream.ts';
import { commandLines, processesNamed } from './src/processes.ts';
import { startProduct, type Product } from './src/product.ts';
import { abort, look, outputs, pipeline, run, runWhenFinal, shell, stage, start, untilNode } from './src/runs.ts';

const NOT_INHERITED = 'a value of the environment Bridle was started in';

let product: Product;
let second: DelegateProcess;

beforeAll(async () => {
  product = await startProduct({ env: { DEPLOY_PASSWORD: NOT_INHERITED } });
  second = await startDelegate(product, 'second', ['--tags', 'gpu,linux', '--kill-grace-ms', '300']);
});

afterAll(async () => {
  await second.stop();
  await product.dispose();
});

describe('selectors', () => {
  it('the most specific set decides, and all of it must match', async () => {
    const result = await run(
      product,
      pipeline(
        'selectors',
        [
          stage('piped', [shell('by_pipeline', 'true')]),
          stage(
            'staged',
            [
              shell('by_stage', 'true'),
              shell('by_step', 'true', { delegateSelectors: ['<+pipeline.variables.machine>', 'linux'] }),
            ],
            { delegateSelectors: ['second'] },
          ),
        ],
        { delegateSelectors: ['gpu'], variables: [{ name: 'machine', type: 'String', value: 'gpu' }] },
      ),
    );
    expect(result.status).toBe('Success');
    for (const step of ['by_pipeline', 'by_stage', 'by_step']) {
      expect(result.node(step).delegateInfoList).toMatchObject([{ name: 'second', taskName: step }]);
    }
  });

  it('a step that nobody may take waits in sight, holds up nobody else, and can be aborted', async () => {
    const waiting = await start(
      product,
      pipeline('nobody', [stage('main', [shell('lonely', 'true', { delegateSelectors: ['gpu', 'mainframe'] })])]),
    );
    await untilNode(product, waiting, 'lonely', 'TaskWaiting');
    expect((await run(product, pipeline('others', [stage('main', [shell('quick', 'true')])]))).status).toBe('Success');
    expect((await look(product, waiting)).statusOf('lonely')).toBe('TaskWaiting');
    await abort(product, waiting);
    const result = await runWhenFinal(product, waiting);
    expect([result.statusOf('lonely'), result.status]).toEqual(['Aborted', 'Aborted']);
    expect(result.node('lonely').delegateInfoList).toEqual([]);
  });
});

describe('abort (R9)', () => {
  /** A tree: a child in the group, one in a session of its own, and the script itself. */
  const tree = (mark: string, onTerm: string): string => `
    trap '${onTerm}' TERM
    setsid bash -c 'trap "" HUP; exec -a ${mark} sleep 600' &
    (exec -a ${mark} sleep 600) &
    echo the tree stands
    while true; do wait; done`;

  it('SIGTERM reaches the script, and the whole tree is gone', async () => {
    const mark = `bridle-abort-${process.pid}`;
    const id = await start(
      product,
      pipeline('aborted', [
        stage('main', [shell('tree', tree(mark, 'echo heard SIGTERM; exit 3')), shell('after', 'true')]),
        stage('later', [shell('in_later', 'true')], { when: { pipelineStatus: 'All' } }),
      ]),
    );
    const node = await untilNode(product, id, 'tree', 'Running');
    await untilLogged(product, id, node.uuid, 'the tree stands');
    await expect.poll(() => processesNamed(mark)).toHaveLength(2);
    expect((await abort(product, id)).status).toBe(200);
    const result = await runWhenFinal(product, id);
    expect(result.summary).toMatchObject({ status: 'Aborted', abortedBy: { userName: expect.any(String) } });
    expect(result.statusOf('tree')).toBe('Aborted');
    expect(result.nodes.filter(({ status }) => status === 'Success')).toEqual([]);
    expect(result.node('tree')['interruptHistories']).toMatchObject([{ interruptType: 'ABORT_ALL' }]);
    // The grace before SIGKILL is ten seconds: this was SIGTERM.
    const [interrupt] = result.node('tree')['interruptHistories'] as { tookEffectAt: number }[];
    expect(result.node('tree').endTs - (interrupt?.tookEffectAt ?? 0)).toBeLessThan(9_000);
    await untilLogged(product, id, node.uuid, 'heard SIGTERM');
    expect(await processesNamed(mark)).toEqual([]);
    expect((await abort(product, id)).status).toBe(400);
  });

  it('SIGKILL after the grace ends what ignores SIGTERM', async () => {
    const mark = `bridle-stubborn-${process.pid}`;
    const script = tree(mark, '').replaceAll('trap "" HUP', 'trap "" HUP TERM');
    const id = await start(
      product,
      pipeline('stubborn', [stage('main', [shell('tree', script, { delegateSelectors: ['second'] })])]),
    );
    const node = await untilNode(product, id, 'tree', 'Running');
    await untilLogged(product, id, node.uuid, 'the tree stands');
    await abort(product, id);
    const result = await runWhenFinal(product, id);
    expect([result.status, result.statusOf('tree')]).toEqual(['Aborted', 'Aborted']);
    expect(await processesNamed(mark)).toEqual([]);
  });
});

describe('loss of a delegate (R6)', () => {
  it('SIGKILL in the middle of a step: nothing survives, the step fails, a new delegate goes on', async () => {
    const mark = `bridle-lost-${process.pid}`;
    // The delegate of `npm start` has the host's name.
    const selectors = { delegateSelectors: [hostname()] };
    const id = await start(
      product,
      pipeline('losing', [
        stage('main', [
          shell(
            'lost',
            `setsid bash -c 'trap "" HUP TERM; exec -a ${mark} sleep 600' & echo under way; (trap "" TERM; exec -a ${mark} sleep 600)`,
            selectors,
          ),
          shell('next', 'true'),
          shell('rescue', 'ok=yes', { ...selectors, ...outputs('ok') }, { when: { stageStatus: 'Failure' } }),
        ]),
      ]),
    );
    const node = await untilNode(product, id, 'lost', 'Running');
    await untilLogged(product, id, node.uuid, 'under way');
    await expect.poll(() => processesNamed(mark)).toHaveLength(2);
    process.kill(await ownDelegatePid(product), 'SIGKILL');

    const result = await runWhenFinal(product, id);
    expect(result.status).toBe('Failed');
    expect(result.node('lost').failureInfo.failureTypeList).toEqual(['DELEGATE_RESTART']);
    expect(result.node('lost').failureInfo.message).not.toBe('');
    expect([result.statusOf('next'), result.statusOf('rescue')]).toEqual(['Skipped', 'Success']);
    expect(await processesNamed(mark)).toEqual([]);
  });

  it('a delegate that is told to stop finishes what it can; the rest fails and leaves nothing', async () => {
    const third = await startDelegate(product, 'third', ['--drain-ms', '5000', '--kill-grace-ms', '300']);
    const mark = `bridle-drained-${process.pid}`;
    const selectors = { delegateSelectors: ['third'] };
    const marks = join(third.home, 'may-end');
    const ids = await Promise.all([
      start(
        product,
        pipeline('drains', [
          stage('main', [
            shell('short', `echo under way; until [ -e '${marks}' ]; do sleep 0.05; done; echo done`, selectors),
          ]),
        ]),
      ),
      start(
        product,
        pipeline('drained', [stage('main', [shell('long', `echo under way; exec -a ${mark} sleep 600`, selectors)])]),
      ),
    ]);
    for (const [index, step] of ['short', 'long'].entries()) {
      const node = await untilNode(product, ids[index] ?? '', step, 'Running');
      await untilLogged(product, ids[index] ?? '', node.uuid, 'under way');
    }
    const stopped = third.stop();
    await writeFile(marks, '');
    await stopped;
    const [short, long] = await Promise.all(ids.map((id) => runWhenFinal(product, id)));
    expect(short?.status).toBe('Success');
    expect([long?.status, long?.node('long').failureInfo.failureTypeList]).toEqual(['Failed', ['DELEGATE_RESTART']]);
    expect(await processesNamed(mark)).toEqual([]);
  });

  it('a process that was replaced may not report any more (409), and what it held is lost', async () => {
    const me = {
      name: 'paper',
      tags: ['paper'],
      installation: randomBytes(16).toString('hex'),
      version: '0',
      hostName: 'none',
      os: 'linux',
      arch: 'none',
      shells: ['Bash'],
      capacity: 1,
    };
    const register = async (): Promise<{ readonly incarnation: string; readonly delegateId: string }> => {
      const incarnation = randomBytes(16).toString('hex');
      const { body } = await callAsDelegate<{ delegateId: string }>(product, 'register', { ...me, incarnation });
      return { incarnation, delegateId: body.delegateId };
    };
    const before = await register();
    const id = await start(
      product,
      pipeline('replaced', [stage('main', [shell('held', 'true', { delegateSelectors: ['paper'] })])]),
    );
    const { incarnation, delegateId } = before;
    const polled = await callAsDelegate<{ tasks: readonly { taskId: string; fence: number }[] }>(
      product,
      `${delegateId}/poll`,
      { incarnation, free: 1, cancelling: [], waitMs: 20_000, released: [] },
    );
    const [task] = polled.body.tasks;
    if (task === undefined) throw new Error('The step was not leased.');
    const { taskId, fence } = task;
    const started = await callAsDelegate(product, `${delegateId}/tasks/${taskId}/started`, { incarnation, fence });
    expect(started.status).toBe(200);

    const after = await register();
    expect(after.delegateId).toBe(delegateId);
    const result = await runWhenFinal(product, id);
    expect(result.node('held').failureInfo.failureTypeList).toEqual(['DELEGATE_RESTART']);
    const late = await callAsDelegate(product, `${delegateId}/tasks/${taskId}/complete`, {
      incarnation,
      fence,
      outcome: { kind: 'succeeded', exitCode: 0, outputs: {} },
    });
    expect(late.status).toBe(409);
    expect((await look(product, id)).statusOf('held')).toBe('Failed');
    await callAsDelegate(product, `${delegateId}/leave`, { incarnation: after.incarnation });
  });
});

describe('what a step can see (S8)', () => {
  it('no secret of server, delegate or launcher in its environment, nor in any command line', async () => {
    const secrets = await Promise.all(
      ['admin-token', 'delegate-token'].map(async (file) => (await readFile(join(product.home, file), 'utf8')).trim()),
    );
    const { host, ci } = Object.fromEntries(
      await Promise.all(
        (['host', 'ci'] as const).map(async (kind) => {
          const steps = [shell('look', 'all="$(env; cat /proc/self/environ | tr "\\0" "\\n")"', outputs('all'))];
          const result = await run(
            product,
            pipeline(`env_${kind}`, [stage('main', steps, kind === 'ci' ? { type: 'CI' } : {})]),
          );
          expect(result.status).toBe('Success');
          return [kind, result.outputs('look')['all'] ?? ''] as const;
        }),
      ),
    );
    for (const environment of [host, ci]) {
      expect(environment).toContain('PATH=');
      for (const forbidden of [
        // Where a step puts what is to be kept is told by Bridle, not inherited.
        /^BRIDLE_(?!ARTIFACTS=)/m,
        /DATABASE_URL/,
        /\bpat\./,
        /postgres/,
        /^npm_/m,
        /^PG[A-Z]/m,
        /TOKEN/i,
        /MASTER/,
      ]) {
        expect(environment).not.toMatch(forbidden);
      }
      for (const secret of [...secrets, NOT_INHERITED]) expect(environment).not.toContain(secret);
    }
    const commands = (await commandLines()).join('\n');
    for (const secret of secrets) expect(commands).not.toContain(secret);
    expect(second.output()).not.toContain(secrets[1]);
    expect(product.output()).not.toContain(secrets[1]);
  });
});
