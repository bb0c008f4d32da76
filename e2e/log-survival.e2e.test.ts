/** Logs that outlive somebody: the delegate that read them, the step that started a service. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDelegate, type DelegateProcess } from './src/delegates.ts';
import { readLog, untilLogged } from './src/event-stream.ts';
import { startProduct, type Product } from './src/product.ts';
import { look, pipeline, runWhenFinal, shell, stage, start, step, type GraphNode, untilNode } from './src/runs.ts';

let product: Product;
let marks: string;

beforeAll(async () => {
  [product, marks] = await Promise.all([startProduct(), mkdtemp(join(tmpdir(), 'bridle e2e marks-'))]);
});

afterAll(async () => {
  await product.dispose();
  await rm(marks, { recursive: true, force: true });
});

/** The numbers of the lines `line N` of a log, to its end. */
async function numbersOf(executionId: string, node: GraphNode): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { text } of readLog(product, executionId, node.uuid)) {
    const [, number] = /^line (\d+)$/.exec(text) ?? [];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers;
}

/** The last line that the delegate has written to its disk. */
async function lastSpooled({ home }: DelegateProcess): Promise<number> {
  const folder = join(home, 'spool');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
  return Math.max(0, ...texts.flatMap((text) => [...text.matchAll(/line (\d+)\n/g)].map(([, found]) => Number(found))));
}

it('R6: a delegate that is killed while its step prints costs no line that it had on its disk', async () => {
  const delegate = await startDelegate(product, 'doomed', []);
  const script = 'i=0; while :; do i=$((i+1)); echo "line $i"; done';
  const id = await start(
    product,
    pipeline('doomed', [stage('main', [shell('talks', script, { delegateSelectors: ['doomed'] })])]),
  );
  const node = await untilNode(product, id, 'talks', 'Running');
  await untilLogged(product, id, node.uuid, 'line 20000');
  const { pid } = JSON.parse(await readFile(join(delegate.home, 'owner'), 'utf8')) as { readonly pid: number };
  process.kill(pid, 'SIGSTOP');
  const spooled = await lastSpooled(delegate);
  expect(spooled).toBeGreaterThan(0);
  await delegate.kill();

  const result = await runWhenFinal(product, id);
  expect(result.node('talks').failureInfo.failureTypeList).toEqual(['DELEGATE_RESTART']);
  const numbers = await numbersOf(id, node);
  expect(numbers.length).toBeGreaterThanOrEqual(spooled);
  expect(numbers.findIndex((number, index) => number !== index + 1)).toBe(-1);
});

it('what a service writes is in the log of its Background step: live, and whole when the stage is over', async () => {
  const [go, over] = [join(marks, 'go'), join(marks, 'over')];
  const serve = `i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.02; done`;
  const wait = `until [ -e '${go}' ]; do sleep 0.02; done; touch '${over}'`;
  const steps = [
    step('service', 'Background', { shell: 'Bash', command: serve }),
    step('uses', 'Run', { shell: 'Bash', command: wait }),
  ];
  const id = await start(product, pipeline('serving', [stage('build', steps, { type: 'CI' })]));
  await untilNode(product, id, 'uses', 'Running');
  const service = (await look(product, id)).node('service');
  expect(service.status).toBe('Success');
  await untilLogged(product, id, service.uuid, 'line 20');
  await writeFile(go, '');
  expect((await runWhenFinal(product, id)).status).toBe('Success');
  // The stream ends because the log does.
  const numbers = await numbersOf(id, service);
  expect(numbers.length).toBeGreaterThanOrEqual(20);
  expect(numbers.findIndex((number, index) => number !== index + 1)).toBe(-1);
});
