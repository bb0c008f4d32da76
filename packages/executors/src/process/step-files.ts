/** Files the delegate makes for a step's processes, in the step's scratch folder, and files it reads that those processes made. */
import {
  chownSync,
  closeSync,
  constants,
  createReadStream,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  writeSync,
  type ReadStream,
} from 'node:fs';
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

/**
 * Opens a file that was found at this very place, by its real path. A process of the step may have put a link or a pipe there or
 * above since: it is not followed and not waited for, since this process may read more than the step may.
 * @throws the system's error; ELOOP for what is somewhere else now
 */
export function readFoundFile(path: string): ReadStream {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(fd).isFile() && placeOf(fd, path) === path) return createReadStream(path, { fd });
  closeSync(fd);
  throw Object.assign(new Error(`${path} is not the file any more that was found there`), { code: 'ELOOP' });
}

/** Where Linux says an open file is; elsewhere the path alone is known. */
function placeOf(fd: number, path: string): string {
  return process.platform === 'linux' ? readlinkSync(`/proc/self/fd/${fd}`) : path;
}
