/**
 * Load for the bench `transitions`: many executions at once over the real store, in one process, with a delegate that does
 * nothing. What is left is what a node transition costs: the engine, its rows, and the commit they share.
 */
import { openDatabase } from '../store/database.ts';
import { migrateToLatest } from '../store/migrate.ts';
import {
  insertAccount,
  pipelineYaml,
  registerDelegate,
  shellStep,
  startReplica,
  startRequest,
} from './test-replica.ts';

/** Tasks that one poll of the idle delegate takes. */
const TAKEN_MAX = 200;
const STEPS = 3;
const RUN_MS_MAX = 120_000;
/** Of a step: TaskWaiting, Running, Success; of the stage and the pipeline: Running, Success. */
const TRANSITIONS = STEPS * 3 + 2 * 2;

export interface TransitionLoad {
  /** Runs so many executions of three steps at once: the node transitions that were committed, and how long it took. */
  run(executions: number): Promise<{ readonly transitions: number; readonly ms: number }>;
  close(): Promise<void>;
}

export async function openTransitionLoad(databaseUrl: string): Promise<TransitionLoad> {
  await migrateToLatest(databaseUrl);
  const database = openDatabase(databaseUrl);
  await insertAccount(database);
  const replica = await startReplica(database, { executionsMax: 10_000 });
  const delegate = await registerDelegate(replica.dispatch, 'idle');
  const steps = Array.from({ length: STEPS }, (_, index) => shellStep(`s${String(index)}`));
  const yaml = pipelineYaml(steps);
  const stopping = new AbortController();
  const perform = async (task: Awaited<ReturnType<typeof delegate.take>>[number]): Promise<void> => {
    await delegate.started(task);
    await delegate.complete(task);
  };
  const working = (async () => {
    while (!stopping.signal.aborted) {
      const poll = await delegate.poll({ free: TAKEN_MAX, waitMs: 1_000, signal: stopping.signal });
      if (poll.kind === 'ok') for (const task of poll.body.tasks) void perform(task);
    }
  })();
  return {
    run: async (executions) => {
      // Compiled before the clock starts: ids come from the seed of each execution.
      const requests = Array.from({ length: executions }, () => startRequest(yaml));
      const begun = performance.now();
      await Promise.all(requests.map((request) => replica.executions.start(request)));
      const ends = requests.map(({ executionId }) =>
        replica.executions.waitUntilFinal(executionId, RUN_MS_MAX, stopping.signal),
      );
      if ((await Promise.all(ends)).includes(false)) throw new Error('An execution did not end.');
      return { transitions: executions * TRANSITIONS, ms: performance.now() - begun };
    },
    close: async () => {
      stopping.abort();
      await working;
      await replica.close();
      await database.close();
      if (replica.problems.length > 0) throw new Error(`The loops met problems: ${String(replica.problems[0])}`);
    },
  };
}
