/** Files the delegate makes for a step's processes, in the step's scratch folder. */
import { chownSync, closeSync, constants, fchownSync, mkdirSync, openSync, writeSync } from 'node:fs';
import type { StepWorkspace } from '../workspace.ts';

/** New, private to the step's user. At once: a small file, which the step waits for anyway. */
export function writeStepFile(workspace: StepWorkspace, path: string, content: string | Uint8Array): void {
  // Exclusive: a link that a process of another step put there is not followed.
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    if (workspace.owner !== undefined) fchownSync(file, workspace.owner.uid, workspace.owner.gid);
  } finally {
    closeSync(file);
  }
}

/** New, private to the step's user. */
export function makeStepFolder(workspace: StepWorkspace, path: string): void {
  mkdirSync(path, { mode: 0o700 });
  if (workspace.owner !== undefined) chownSync(path, workspace.owner.uid, workspace.owner.gid);
}
