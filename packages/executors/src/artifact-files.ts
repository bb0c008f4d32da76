/**
 * Build artifacts: a step appends paths to the file that `$BRIDLE_ARTIFACTS` names, one a line, and the files they match are kept
 * by the server. Such a line is harmless in a pipeline that runs elsewhere: `echo dist/app.tgz >> "${BRIDLE_ARTIFACTS:-/dev/null}"`.
 */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { StepContext, StepResult } from './executor.ts';
import { findReports } from './report-files.ts';
import type { StepLog } from './step-log.ts';

export const ARTIFACTS_VARIABLE = 'BRIDLE_ARTIFACTS';
/** Beside the script, where that lies in the step's scratch folder: there itself, or in the folder that a container sees. */
export const ARTIFACTS_FILE = 'artifacts';
const SCRIPT_FOLDERS = ['.', 'container'];
const LIST_BYTES_MAX = 1_048_576;
const FILES_MAX = 10_000;

/** Call when the step's command has ended, also when it failed. */
export async function collectArtifacts(result: StepResult, context: StepContext, log: StepLog): Promise<void> {
  if (result.kind === 'cancelled') return;
  const { scratch } = context.workspace;
  const lists = await Promise.all(SCRIPT_FOLDERS.map((folder) => readList(join(scratch, folder, ARTIFACTS_FILE))));
  const patterns = [...new Set(lists.flat())];
  if (patterns.length === 0) return;
  const found = await findReports(context.workspace.folder, patterns, context.signal, FILES_MAX);
  const root = found.files.length === 0 ? '' : await realpath(context.workspace.folder);
  for (const path of found.files)
    context.uploads.addArtifact({ name: relative(root, path).replaceAll(sep, '/'), path });
  if (found.files.length === 0) await log.line(`No artifacts were found: nothing matches ${patterns.join(', ')}.`);
  if (found.stoppedBy !== undefined) await log.line(`More artifacts than ${found.files.length} are not kept.`);
  if (found.strays > 0) await log.line(`What is no file of the workspace is not kept (${found.strays}).`);
}

async function readList(path: string): Promise<readonly string[]> {
  // Not through a link that the step put there, and not waiting for a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return [];
  try {
    if (!(await file.stat()).isFile()) return [];
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LIST_BYTES_MAX), 0, LIST_BYTES_MAX, 0);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } finally {
    await file.close();
  }
}
