/**
 * The watchdog of one delegate, a process of its own: waits for the pipe from the delegate to close, then kills what is left of its
 * steps, removes their folders and tells the server that the delegate is gone, so that its started tasks fail now and not after
 * the grace (D3).
 *
 * Started by `Supervisor`; not meant to be run by hand.
 */
import { createInterface } from 'node:readline';
import { ProcessTable, Workspaces } from '@bridle/executors';
import { pause, backoffMs } from './backoff.ts';
import { OutageError, ServerClient } from './client.ts';
import type { WatchdogMessage } from './watchdog-messages.ts';

/** The server learns of the death from a new incarnation or by its own grace if it cannot be told in this time. */
const TELL_MS = 120_000;
const CALL_TIMEOUT_MS = 5_000;

interface Known {
  guard?: Extract<WatchdogMessage, { kind: 'guard' }>;
  registered?: Extract<WatchdogMessage, { kind: 'registered' }>;
  readonly groups: Set<number>;
  isFarewell: boolean;
}

// The delegate's end is told by the pipe alone; a stray signal to a process group must not take its last guard away.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const known: Known = { groups: new Set(), isFarewell: false };
for await (const line of createInterface({ input: process.stdin })) note(JSON.parse(line) as WatchdogMessage);
await cleanUp();
if (!known.isFarewell) await tellServer();

function note(message: WatchdogMessage): void {
  switch (message.kind) {
    case 'guard':
      known.guard = message;
      return;
    case 'registered':
      known.registered = message;
      return;
    case 'groupStarted':
      known.groups.add(message.group);
      return;
    case 'groupEnded':
      known.groups.delete(message.group);
      return;
    case 'farewell':
      known.isFarewell = true;
      return;
  }
}

async function cleanUp(): Promise<void> {
  if (known.guard === undefined) return;
  const processes = new ProcessTable();
  await processes.killAll({ markPrefix: known.guard.markPrefix, groups: [...known.groups] });
  if (known.isFarewell) return; // the delegate has cleaned its folders itself
  const workspaces = new Workspaces({ root: known.guard.root, processes, mark: known.guard.markPrefix });
  await workspaces.open(); // throws away folders of single steps
  await workspaces.settled();
}

async function tellServer(): Promise<void> {
  if (known.registered === undefined) return;
  const { url, token, delegateId, incarnation } = known.registered;
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
