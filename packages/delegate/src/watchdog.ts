/**
 * Runs when a delegate has died: kills what is left of its steps, removes their containers and folders, sends the rest of their logs,
 * and tells the server that it is gone, so that its started tasks fail now and not after the grace (D3). What it has to know comes by
 * its standard input.
 *
 * Started by the waiting shell of `Supervisor`; not meant to be run by hand.
 */
import { createInterface } from 'node:readline';
import { DockerHost, ProcessTable, StepGroups, Workspaces } from '@bridle/executors';
import { backoffMs, pause } from './backoff.ts';
import { OutageError, ServerClient } from './client.ts';
import { KeptLogs } from './kept-logs.ts';
import type { WatchdogFact } from './watchdog-facts.ts';

/** The server learns of the death from a new incarnation or by its own grace if it cannot be told in this time. */
const TELL_MS = 120_000;
const CALL_TIMEOUT_MS = 5_000;
/** The logs come first, so that they are whole when their steps fail; but nobody waits for them for long. */
const LOGS_FIRST_MS = 8_000;
/** What is left then goes on its way; after that it waits for the next start of the delegate. */
const LOGS_MS = 600_000;

const facts: WatchdogFact[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== '') facts.push(JSON.parse(line) as WatchdogFact);
}
const guard = facts.find((fact) => fact.kind === 'guard');
const registered = facts.find((fact) => fact.kind === 'registered');
const docker = guard === undefined ? undefined : new DockerHost({ mark: guard.mark });
await cleanUp();
if (guard !== undefined && registered !== undefined) {
  const { url, token, way, incarnation } = registered;
  const client = new ServerClient(new URL(url), token, way);
  const logs = new KeptLogs({ folder: guard.spool, client, incarnation });
  const left = await logs.deliver(await logs.list(), AbortSignal.timeout(LOGS_FIRST_MS));
  await tellServer(client, registered);
  await logs.deliver(left, AbortSignal.timeout(LOGS_MS));
  await client.close();
}
// What the engine was only about to make when it was looked at first.
await docker?.clear();

async function cleanUp(): Promise<void> {
  if (guard === undefined || docker === undefined) return;
  await docker.engine();
  const groups = facts.flatMap((fact) => (fact.kind === 'group' ? [fact.group] : []));
  const { root, mark, controlGroup } = guard;
  const controlGroups = controlGroup === undefined ? {} : { groups: new StepGroups(controlGroup, mark, {}) };
  const processes = new ProcessTable();
  await new Workspaces({ root, mark, processes, containers: docker, ...controlGroups }).clear(groups);
}

async function tellServer(
  client: ServerClient,
  { delegateId, incarnation }: Extract<WatchdogFact, { kind: 'registered' }>,
): Promise<void> {
  const until = performance.now() + TELL_MS;
  for (let attempt = 1; performance.now() < until; attempt += 1) {
    try {
      await client.post(`${encodeURIComponent(delegateId)}/leave`, { incarnation }, { timeoutMs: CALL_TIMEOUT_MS });
      return;
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      await pause(backoffMs(attempt), undefined);
    }
  }
}
