/**
 * 60 delegates with one slot each and a matrix of 100 cells (R14). Told by the database's clock alone: how long a cell waited while
 * a delegate that could have taken it had nothing to do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPipeline, createTrigger, customTrigger, detailsWhenFinal, fire, startProduct } from '@bridle/e2e';
import { startPostgres } from '@bridle/launcher';
import { Client } from 'pg';
import type { BenchCase } from '../bench-case.ts';
import { DummyHand } from '../dummy-delegate.ts';
import { openFloorDatabase } from '../floor-database.ts';
import { idleWaits, type Held } from '../idle-waits.ts';
import { timeEach } from '../samples.ts';

const DELEGATES = 60;
const CELLS = 100;
/** A lease's end is told; it was given so long before. */
const LEASE_MS = 15_000;

export const idleDelegates: BenchCase = {
  name: 'idle-delegates',
  timed:
    'of a matrix of 100 cells on 60 delegates: how long a cell waited while one of them was idle, by the database’s clock',
  floor: 'one-row commit',
  target: 'none longer than 1 s',
  prepare: async (opened) => {
    const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-bench-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const postgres = opened.keep(
      await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') }),
      (started) => started.stop(),
    );
    const product = opened.keep(
      await startProduct({ env: { BRIDLE_DELEGATE: 'off', DATABASE_URL: postgres.url } }),
      (started) => started.dispose(),
    );
    const floor = opened.keep(await openFloorDatabase(), (open) => open.close());
    const client = opened.keep(new Client({ connectionString: postgres.url }), (each) => each.end());
    await client.connect();
    const hands: DummyHand[] = [];
    for (let index = 0; index < DELEGATES; index += 1)
      hands.push(opened.keep(await DummyHand.register(product, `idle-${index}`, 1), (hand) => hand.close()));
    const working = hands.map(async (hand) => {
      while (!hand.isOver) for (const task of await hand.take(1)) await hand.perform(task);
    });
    opened.keep(hands, async (each) => {
      for (const hand of each) hand.close();
      await Promise.all(working);
    });
    await createPipeline(product, matrixPipeline());
    await createTrigger(product, 'cells', customTrigger('cellshook', 'cells'));
    return {
      measure: async () => {
        const { body } = await fire(product, 'cells', 'cellshook');
        await detailsWhenFinal(product, body.data);
        const held = await readHeld(client, body.data);
        if (held.length !== CELLS) throw new Error(`${held.length} cells were run.`);
        return {
          latencies: idleWaits(
            held,
            hands.map(({ delegateId }) => delegateId),
          ),
        };
      },
      measureFloor: async () => ({ latencies: await timeEach(CELLS, () => floor.commit()) }),
    };
  },
};

async function readHeld(client: Client, eventId: string): Promise<readonly Held[]> {
  const { rows } = await client.query<{ delegate_id: string; queued: string; leased: string; ended: string }>(
    `select t.delegate_id, t.queued_at as queued, t.lease_until - $2::bigint as leased, min(v.at) as ended
     from trigger_events e join delegate_tasks t on t.execution_id = e.execution_id
     join execution_events v on v.execution_id = t.execution_id
       and v.event->>'kind' = 'taskCompleted' and v.event->>'nodeExecutionId' = t.id
     where e.id = $1 group by t.id`,
    [eventId, LEASE_MS],
  );
  return rows.map(({ delegate_id: delegateId, queued, leased, ended }) => ({
    delegateId,
    queuedAt: Number(queued),
    leasedAt: Number(leased),
    endedAt: Number(ended),
  }));
}

function matrixPipeline(): string {
  const cells = Array.from({ length: CELLS }, (_, index) => index).join(', ');
  return `pipeline:
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
                  strategy: {matrix: {cell: [${cells}]}, maxConcurrency: ${CELLS}}
                  spec: {shell: Sh, source: {type: Inline, spec: {script: "true"}}}
`;
}
