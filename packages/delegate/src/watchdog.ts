/**
 * Runs when a delegate has died: kills what is left of its steps, removes their folders and tells the server that the delegate is
 * gone, so that its started tasks fail now and not after the grace (D3). What it has to know comes by its standard input.
 *
 * Started by the waiting shell of `Supervisor`; not meant to be run by hand.
 */
import { createInterface } from 'node:readline';
import { ProcessTable, Workspaces } from '@bridle/executors';
import { backoffMs, pause } from './backoff.ts';
import { OutageError, ServerClient } from './client.ts';
import type { WatchdogFact } from './watchdog-facts.ts';

/** The server learns of the death from a new incarnation or by its own grace if it cannot be told in this time. */
const TELL_MS = 120_000;
const CALL_TIMEOUT_MS = 5_000;

const facts: WatchdogFact[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== '') facts.push(JSON.parse(line) as WatchdogFact);
}
await cleanUp();
await tellServer();

async function cleanUp(): Promise<void> {
  const guard = facts.find((fact) => fact.kind === 'guard');
  if (guard === undefined) return;
  const groups = facts.flatMap((fact) => (fact.kind === 'group' ? [fact.group] : []));
  await new Workspaces({ root: guard.root, mark: guard.mark, processes: new ProcessTable() }).clear(groups);
}

async function tellServer(): Promise<void> {
  const registered = facts.find((fact) => fact.kind === 'registered');
  if (registered === undefined) return;
  const { url, token, delegateId, incarnation } = registered;
  const client = new ServerClient(new URL(url), token);
  const until = performance.now() + TELL_MS;
  for (let attempt = 1; performance.now() < until; attempt += 1) {
    try {
      await client.post(`${encodeURIComponent(delegateId)}/leave`, { incarnation }, { timeoutMs: CALL_TIMEOUT_MS });
      break;
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      await pause(backoffMs(attempt), undefined);
    }
  }
  await client.close();
}
