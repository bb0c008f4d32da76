/**
 * Where PostgreSQL listens, and the DATABASE_URL that says so.
 *
 * - S1 A Unix socket where the system has them: no port can be taken, nothing is reachable from the network.
 * - S2 The socket's folder is private (0700, checked owner): who can enter it is trusted, so there is no password to keep.
 * - S3 A socket path is limited (107 bytes on Linux, 103 on macOS). A longer folder is replaced by a short one in /tmp whose name
 *   is made from the data directory, so that a later start finds the same place.
 * - S4 Without sockets: 127.0.0.1, a port the system chose, and SCRAM with the cluster's own password.
 */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { LauncherError, errorText } from '../errors.ts';
import { giveTree, type RunAs } from './run-as.ts';

/** Database and superuser of every cluster that Bridle makes. */
export const DATABASE_NAME = 'bridle';
export const USER_NAME = 'bridle';

/** Where a PostgreSQL listens. */
export type Endpoint =
  | {
      readonly kind: 'socket';
      readonly directory: string;
      /** True when the folder is the short replacement of S3, to be removed with the server. */
      readonly isTemporary: boolean;
    }
  | { readonly kind: 'tcp'; readonly port: number; readonly password: string };

/** Names the socket file (`.s.PGSQL.<port>`); with a folder per cluster the number says nothing more. */
export const SOCKET_PORT = 5432;
const SOCKET_FILE = `.s.PGSQL.${SOCKET_PORT}`;
const SOCKET_FILE_BYTES = `/${SOCKET_FILE}`.length;
/** Usable bytes of sun_path: its size less the closing zero byte. */
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;
const LOOPBACK = '127.0.0.1';

/**
 * The connection string of an endpoint, in the one form that `pg`, kysely and libpq all read: host, port and user as
 * parameters. `port` and `sslmode` are there so that `PGPORT` and `PGSSLMODE` of the environment change nothing.
 */
export function databaseUrl(endpoint: Endpoint, database: string = DATABASE_NAME): string {
  switch (endpoint.kind) {
    case 'socket':
      return `postgresql:///${database}?host=${encodeURIComponent(endpoint.directory)}&port=${SOCKET_PORT}&user=${USER_NAME}&sslmode=disable`;
    case 'tcp':
      return `postgresql://${USER_NAME}:${encodeURIComponent(endpoint.password)}@${LOOPBACK}:${endpoint.port}/${database}?sslmode=disable`;
  }
}

/** Arguments of `postgres` that make it listen there. */
export function listenSettings(endpoint: Endpoint): Readonly<Record<string, string>> {
  switch (endpoint.kind) {
    case 'socket':
      return {
        listen_addresses: '',
        port: String(SOCKET_PORT),
        // A comma would be read as a list of folders; quotes keep the path whole.
        unix_socket_directories: `"${endpoint.directory.replaceAll('"', '""')}"`,
        unix_socket_permissions: '0700',
      };
    case 'tcp':
      return {
        listen_addresses: LOOPBACK,
        port: String(endpoint.port),
        ...(process.platform === 'win32' ? {} : { unix_socket_directories: '' }),
      };
  }
}

/** The socket in a folder. */
export function socketFile(directory: string): string {
  return join(directory, SOCKET_FILE);
}

/** True when a socket of PostgreSQL fits into the folder (S3). */
export function fitsSocketPath(directory: string): boolean {
  return Buffer.byteLength(directory) + SOCKET_FILE_BYTES <= SOCKET_PATH_BYTES_MAX;
}

/**
 * Prepares the socket folder: `wanted` when its path is short enough and its file system has sockets, else a short one (S3).
 *
 * @returns undefined where neither can hold a socket: the caller takes TCP
 * @throws LauncherError `SOCKET_DIRECTORY_UNSAFE`
 */
export async function prepareSocketEndpoint(
  wanted: string,
  dataDirectory: string,
  runAs: RunAs,
): Promise<Endpoint | undefined> {
  if (process.platform === 'win32') return undefined;
  if (fitsSocketPath(wanted)) {
    makePrivate(wanted, runAs);
    if (await canListen(wanted)) return { kind: 'socket', directory: wanted, isTemporary: false };
  }
  const short = shortDirectory(dataDirectory, runAs);
  makePrivate(short, runAs);
  if (await canListen(short)) return { kind: 'socket', directory: short, isTemporary: true };
  return undefined;
}

/** The short folder of S3. */
export function shortDirectory(dataDirectory: string, runAs: RunAs): string {
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  return `/tmp/bridle-${ownerOf(runAs)}-${hash}`;
}

/** A port of the loopback address that is free right now. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await listen(server, { port: 0, host: LOOPBACK });
  const address = server.address();
  await close(server);
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

function ownerOf(runAs: RunAs): number {
  return runAs.kind === 'user' ? runAs.uid : (process.getuid?.() ?? 0);
}

/** S2. A folder in /tmp may have been put there by anybody: only one that is ours, closed and no link is used. */
function makePrivate(directory: string, runAs: RunAs): void {
  const wasMade = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined;
  if (wasMade) giveTree(directory, runAs);
  const found = lstatSync(directory);
  const allowed = [ownerOf(runAs), process.getuid?.() ?? 0];
  if (!found.isDirectory() || !allowed.includes(found.uid)) {
    throw new LauncherError({
      code: 'SOCKET_DIRECTORY_UNSAFE',
      message: `The folder ${directory} for PostgreSQL's socket belongs to somebody else (user ${found.uid}).`,
      hint: 'Find out who made it; remove it when nobody needs it, and start again.',
    });
  }
  if ((found.mode & 0o077) !== 0) chmodSync(directory, 0o700);
  if (found.uid !== ownerOf(runAs)) giveTree(directory, runAs);
}

/** Some file systems (shared folders of virtual machines, for one) have no sockets, and only trying tells. */
async function canListen(directory: string): Promise<boolean> {
  // Not longer than the name PostgreSQL will use, so the probe never fails for its own length.
  const path = join(directory, '.s.probe');
  rmSync(path, { force: true });
  const server = createServer();
  try {
    await listen(server, { path });
    return true;
  } catch {
    return false;
  } finally {
    await close(server);
    rmSync(path, { force: true });
  }
}

function listen(server: Server, where: { path: string } | { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`cannot listen: ${errorText(error)}`, { cause: error })));
    server.listen(where, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
