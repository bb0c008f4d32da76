/** Delegates in changing times: a cut network, an upgrade beside a running one, a revoked token, an abort in the last moment. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDelegate } from './src/delegates.ts';
import { readLog, untilLogged } from './src/event-stream.ts';
import { processesNamed } from './src/processes.ts';
import { startProduct, type Product } from './src/product.ts';
import {
  abort,
  look,
  outputs,
  pipeline,
  runWhenFinal,
  save,
  shell,
  stage,
  start,
  startSaved,
  untilNode,
} from './src/runs.ts';

let product: Product;
let marks: string;

beforeAll(async () => {
  product = await startProduct();
  marks = await mkdtemp(join(tmpdir(), 'bridle-marks-'));
});

afterAll(async () => {
  await product.dispose();
  await rm(marks, { recursive: true, force: true });
});

/** A way to the server that can be cut and mended. */
async function openWay(): Promise<{ readonly url: string; cut(): void; mend(): void; close(): Promise<void> }> {
  const target = new URL(product.url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => sockets.delete(end));
    }
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => (isCut = false),
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

describe('a cut network (R7)', () => {
  it('within the grace: the step ends once, on its delegate, and its log is whole', async () => {
    const way = await openWay();
    const remote = await startDelegate(product, 'remote', ['--url', way.url]);
    const [go, ended] = [join(marks, 'go'), join(marks, 'ended')];
    const script = `echo begun; until [ -e '${go}' ]; do sleep 0.05; done; seq 1 20000; echo x >> '${ended}'; n=20000`;
    const id = await start(
      product,
      pipeline('cut', [stage('main', [shell('far', script, { delegateSelectors: ['remote'], ...outputs('n') })])]),
    );
    const node = await untilNode(product, id, 'far', 'Running');
    await untilLogged(product, id, node.uuid, 'begun');
    way.cut();
    await writeFile(go, '');
    await expect.poll(() => readFile(ended, 'utf8').catch(() => ''), { timeout: 20_000 }).toBe('x\n');
    expect((await look(product, id)).statusOf('far')).toBe('Running');
    way.mend();
    const result = await runWhenFinal(product, id);
    expect([result.status, result.outputs('far')['n']]).toEqual(['Success', '20000']);
    expect(result.node('far').delegateInfoList).toHaveLength(1);
    expect(await readFile(ended, 'utf8')).toBe('x\n');
    const lines: string[] = [];
    for await (const { text } of readLog(product, id, node.uuid)) lines.push(text);
    const from = lines.indexOf('begun');
    expect(lines.slice(from + 1, from + 20_001)).toEqual(
      Array.from({ length: 20_000 }, (_, index) => String(index + 1)),
    );
    await remote.stop();
    await way.close();
  });
});

describe('an upgrade', () => {
  it('the new delegate starts beside the old one, which ends its steps and takes no more: nothing is lost', async () => {
    const [old, go] = [await startDelegate(product, 'twin', ['--drain-ms', '60000']), join(marks, 'upgraded')];
    const selectors = { delegateSelectors: ['twin'] };
    const running = await start(
      product,
      pipeline('before', [
        stage('main', [
          shell('long', `echo begun; until [ -e '${go}' ]; do sleep 0.05; done`, selectors),
          shell('after', 'true', selectors),
        ]),
      ]),
    );
    const node = await untilNode(product, running, 'long', 'Running');
    await untilLogged(product, running, node.uuid, 'begun');
    const successor = await startDelegate(product, 'twin', []);
    const stopped = old.stop();
    await expect.poll(() => old.output(), { timeout: 20_000 }).toContain('draining');
    const later = await start(product, pipeline('meanwhile', [stage('main', [shell('quick', 'true', selectors)])]));
    expect((await runWhenFinal(product, later)).status).toBe('Success');
    await writeFile(go, '');
    const result = await runWhenFinal(product, running);
    expect([result.status, result.statusOf('long'), result.statusOf('after')]).toEqual([
      'Success',
      'Success',
      'Success',
    ]);
    expect(result.node('after').delegateInfoList[0]?.id).not.toBe(result.node('long').delegateInfoList[0]?.id);
    await stopped;
    await successor.stop();
  });
});

describe('a delegate that dies (R6)', () => {
  it('a step with a Retry for DelegateRestart goes on with another one', async () => {
    const [first, second] = [
      await startDelegate(product, 'one', ['--tags', 'pair']),
      await startDelegate(product, 'two', ['--tags', 'pair']),
    ];
    const go = join(marks, 'retried');
    const retry = {
      type: 'Retry',
      spec: { retryCount: 2, retryIntervals: ['1s'], onRetryFailure: { action: { type: 'MarkAsFailure' } } },
    };
    const id = await start(
      product,
      pipeline('retried', [
        stage('main', [
          shell(
            'again',
            `echo begun; until [ -e '${go}' ]; do sleep 0.05; done; tries=1`,
            { delegateSelectors: ['pair'], ...outputs('tries') },
            {
              failureStrategies: [{ onFailure: { errors: ['DelegateRestart'], action: retry } }],
            },
          ),
        ]),
      ]),
    );
    const node = await untilNode(product, id, 'again', 'Running');
    await untilLogged(product, id, node.uuid, 'begun');
    const [holder] = (await look(product, id)).node('again').delegateInfoList;
    const [dying, other] = holder?.name === 'one' ? [first, second] : [second, first];
    const died = performance.now();
    await dying.kill();
    const holders = async (): Promise<readonly string[]> =>
      (await look(product, id)).node('again').delegateInfoList.map(({ name }) => name);
    await expect.poll(holders, { timeout: 30_000 }).toEqual([other.name]);
    expect(performance.now() - died).toBeLessThan(30_000);
    await writeFile(go, '');
    const result = await runWhenFinal(product, id);
    expect(result.status).toBe('Success');
    // The attempt before is kept with the one that went on.
    expect(result.node('again')['retryNodeMetadata']).toMatchObject({
      attempts: [{ status: 'Failed', failureInfo: { failureTypeList: ['DELEGATE_RESTART'] } }],
    });
    await other.stop();
  });
});

describe('a revoked token (S18)', () => {
  it('sends its delegate away within five seconds; its step fails as a restart, and nothing of it stays', async () => {
    const call = async (method: string): Promise<{ readonly value: string }> => {
      const url = `${product.url}/ng/api/delegate-token-ng?accountIdentifier=${product.accountId}&tokenName=short`;
      const response = await fetch(url, { method, headers: { 'x-api-key': product.adminToken } });
      expect(response.status).toBe(200);
      return ((await response.json()) as { readonly resource: { readonly value: string } }).resource;
    };
    const file = join(marks, 'token');
    await writeFile(file, (await call('POST')).value, { mode: 0o600 });
    const guest = await startDelegate(product, 'guest', ['--token-file', file]);
    const mark = `bridle-revoked-${process.pid}`;
    const id = await start(
      product,
      pipeline('revoked', [
        stage('main', [shell('held', `echo begun; exec -a ${mark} sleep 600`, { delegateSelectors: ['guest'] })]),
      ]),
    );
    const node = await untilNode(product, id, 'held', 'Running');
    await untilLogged(product, id, node.uuid, 'begun');
    await call('PUT');
    const before = performance.now();
    await expect.poll(() => guest.output(), { timeout: 10_000 }).toContain('does not accept the delegate token');
    expect(performance.now() - before).toBeLessThan(5_000);
    const result = await runWhenFinal(product, id);
    expect(result.node('held').failureInfo).toMatchObject({
      failureTypeList: ['DELEGATE_RESTART'],
      message: expect.stringContaining('The token of delegate guest was revoked'),
    });
    await guest.stop();
    expect(await processesNamed(mark)).toEqual([]);
    await call('DELETE');
  });
});

describe('an abort that races the end of the step (R9)', () => {
  it('gives exactly one of the two', async () => {
    const identifier = await save(product, pipeline('race', [stage('main', [shell('quick', 'sleep 0.2')])]));
    const results = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const id = await startSaved(product, identifier);
        await untilNode(product, id, 'quick', 'Running', 'Success');
        // Not a wait for anything: the aborts are spread over the step's length and beyond, so that some meet its end.
        await new Promise((resolve) => setTimeout(resolve, index * 40));
        const { status } = await abort(product, id);
        return { wasTaken: status === 200, run: await runWhenFinal(product, id) };
      }),
    );
    for (const { wasTaken, run } of results) {
      const both = [run.status, run.statusOf('quick')];
      if (wasTaken)
        expect([
          ['Aborted', 'Aborted'],
          ['Aborted', 'Success'],
          ['Success', 'Success'],
        ]).toContainEqual(both);
      else expect(both).toEqual(['Success', 'Success']);
    }
  });
});
