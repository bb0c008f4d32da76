/** Log files of child processes: opened for appending, set aside at start when they have grown, and read from their end. */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { systemErrorCode } from '../errors.ts';

/** A log is set aside at start once it is larger. */
export const LOG_BYTES_MAX = 10 * 1024 * 1024;
/** How many older logs are kept (`server.log.1` is the youngest). */
export const LOG_GENERATIONS = 3;
/** How much of a log's end is read to show its last lines. */
const TAIL_BYTES_MAX = 64 * 1024;

/** An open log file; the descriptor is handed to a child, so its lines arrive without passing through us. */
export interface LogFile {
  readonly path: string;
  readonly descriptor: number;
  /** Size when it was opened: what follows was written since. */
  readonly openedAtBytes: number;
  close(): void;
}

/** Opens a log for appending, after setting it aside when it is larger than `bytesMax`. */
export function openLog(path: string, bytesMax: number = LOG_BYTES_MAX): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rotate(path, bytesMax);
  const descriptor = openSync(path, 'a', 0o600);
  let isOpen = true;
  return {
    path,
    descriptor,
    openedAtBytes: fstatSync(descriptor).size,
    close: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

/** The last lines of a log, at most `linesMax`, not older than the byte `fromBytes`; empty when there is no log. */
export function tailLog(path: string, linesMax: number, fromBytes = 0): readonly string[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const size = fstatSync(descriptor).size;
    const start = Math.max(fromBytes, size - TAIL_BYTES_MAX, 0);
    if (start >= size) return [];
    const bytes = Buffer.alloc(size - start);
    const length = readSync(descriptor, bytes, 0, bytes.length, start);
    const lines = bytes.subarray(0, length).toString('utf8').trimEnd().split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-linesMax);
  } finally {
    closeSync(descriptor);
  }
}

function rotate(path: string, bytesMax: number): void {
  try {
    if (statSync(path).size <= bytesMax) return;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  rmSync(`${path}.${LOG_GENERATIONS}`, { force: true });
  for (let generation = LOG_GENERATIONS - 1; generation >= 0; generation--) {
    const from = generation === 0 ? path : `${path}.${generation}`;
    try {
      renameSync(from, `${path}.${generation + 1}`);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
  }
}
