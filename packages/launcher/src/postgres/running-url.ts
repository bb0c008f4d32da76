import { readFileSync } from 'node:fs';

import { systemErrorCode } from '../errors.ts';
import { readPassword } from './cluster.ts';
import { databaseUrl } from './endpoint.ts';
import { isPostmasterOf, postmasterFile, readPostmasterFile } from './postmaster.ts';

/** DATABASE_URL of the PostgreSQL that runs on the data directory, as its pid file says; undefined when none is ready. */
export function readRunningUrl(dataDirectory: string): string | undefined {
  const found = readPostmasterFile(dataDirectory);
  if (found?.status !== 'ready' || !isPostmasterOf(found.pid, dataDirectory)) return undefined;
  try {
    const lines = readFileSync(postmasterFile(dataDirectory), 'utf8').split('\n');
    const [port = '', directory = ''] = lines.slice(3, 5).map((line) => line.trim());
    if (directory !== '') return databaseUrl({ kind: 'socket', directory, isTemporary: false });
    return databaseUrl({ kind: 'tcp', port: Number(port), password: readPassword(dataDirectory) });
  } catch (error) {
    // It ended meanwhile.
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
