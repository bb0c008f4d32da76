/**
 * Runs when a local run was killed before it could clean up: ends what is left of its steps, removes their containers and the
 * run's folder. What it has to know comes by its standard input.
 *
 * Started by the waiting shell of `Supervisor`; not meant to be run by hand.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { DockerHost, ProcessTable, Workspaces } from '@bridle/executors';
import type { RunFact } from './run-fact.ts';

const facts: RunFact[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== '') facts.push(JSON.parse(line) as RunFact);
}
const guard = facts.find((fact) => fact.kind === 'guard');
if (guard !== undefined) {
  const { mark, work, folder } = guard;
  const docker = new DockerHost({ mark });
  await docker.engine();
  const groups = facts.flatMap((fact) => (fact.kind === 'group' ? [fact.group] : []));
  const processes = new ProcessTable();
  await new Workspaces({ root: work, mark, processes, containers: docker }).clear(groups);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  // What the engine was only about to make when it was looked at first.
  await docker.clear();
}
