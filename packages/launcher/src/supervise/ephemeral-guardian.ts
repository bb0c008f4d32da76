/**
 * Waits until the process that started it has ended, then ends what is left of its Bridle and deletes the home (T1 of
 * `ephemeral-home.ts`). Its argument is the home.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { homePaths } from '../home/home.ts';
import { clearDataDirectory } from '../postgres/postmaster.ts';
import { endOrphan } from './child.ts';
import { DEFAULT_PATIENCE } from './patience.ts';

const REMOVE_TRIES = 10;

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('The guardian of an ephemeral home needs its folder.');
// It ends with its input alone: a signal to the whole group of a terminal is not meant for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for await (const _chunk of process.stdin);

const home = homePaths(directory);
// Server and delegate stop by themselves when their launcher is gone; who takes too long is ended.
for (const name of ['delegate', 'server'] as const)
  await endOrphan(join(directory, `${name}.pid`), name, DEFAULT_PATIENCE.orphanStopMs).catch(() => undefined);
if (existsSync(home.dataDirectory))
  await clearDataDirectory(home.dataDirectory, () => undefined).catch(() => undefined);
rmSync(directory, { recursive: true, force: true, maxRetries: REMOVE_TRIES });
