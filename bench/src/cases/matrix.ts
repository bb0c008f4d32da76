import { createPipeline, createTrigger, customTrigger, fire, detailsWhenFinal, startProduct } from '@bridle/e2e';
import type { BenchCase, Measures } from '../bench-case.ts';
import type { Opened } from '../opened.ts';
import { timeEach } from '../samples.ts';
import { spawnShell } from '../spawn-shell.ts';

/** As many steps side by side as the delegate takes; the machine decides how many are worth it. */
const CAPACITY = '64';

export const matrix256: BenchCase = {
  name: 'matrix-256',
  timed: 'matrix of 256 cells of `true` on one delegate, from the POST that starts it to its end',
  floor: '256 spawns of sh, 16 at a time',
  target: '≤ 3 s',
  prepare: (opened) => prepareMatrix(opened, 16, 16),
};

export const matrix1024: BenchCase = {
  name: 'matrix-1024',
  timed: 'matrix of 1,024 cells of `true` on one delegate, from the POST that starts it to its end',
  floor: '1,024 spawns of sh, 16 at a time',
  target: 'works',
  prepare: (opened) => prepareMatrix(opened, 32, 32),
};

async function prepareMatrix(opened: Opened, rows: number, columns: number): Promise<Measures> {
  const product = opened.keep(await startProduct({ env: { BRIDLE_DELEGATE_CAPACITY: CAPACITY } }), (started) =>
    started.dispose(),
  );
  const axis = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => index));
  await createPipeline(
    product,
    `pipeline:
  identifier: cells
  name: cells
  projectIdentifier: myproject
  orgIdentifier: default
  stages:
    - stage:
        identifier: all
        name: all
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: cell
                  name: cell
                  type: ShellScript
                  strategy: {matrix: {row: ${axis(rows)}, column: ${axis(columns)}}}
                  spec: {shell: Sh, source: {type: Inline, spec: {script: "true"}}}
`,
  );
  await createTrigger(product, 'cells', customTrigger('cellshook', 'cells'));
  const run = async (): Promise<void> => {
    const { body } = await fire(product, 'cells', 'cellshook');
    const details = await detailsWhenFinal(product, body.data);
    const status = details.executionDetails?.pipelineExecutionSummary.status;
    if (status !== 'Success') throw new Error(`The matrix ended as ${String(status)}.`);
  };
  return {
    measure: async () => ({ latencies: await timeEach(1, run) }),
    measureFloor: async () => ({ latencies: await timeEach(1, () => spawnAll(rows * columns)) }),
  };
}

const WIDTH = 16;

async function spawnAll(count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await spawnShell();
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}
