/**
 * Gives the files that containers left in a folder to this process's user: what root of a container has written no other user of the
 * host can delete. A container does it, for only the engine may; the images that wrote there are tried for a `chown` of their own.
 */
import type { ImageInspectInfo } from 'dockerode';
import { findShellIn } from './image-programs.ts';
import { runContainer, type ContainerRun } from './run-container.ts';

const FOLDER = '/folder';
const NOWHERE = { write: async (): Promise<void> => undefined };

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Answers with whether it is done. Errors are the engine's. */
export async function reclaimFolder(
  folder: string,
  owner: FileOwner,
  images: readonly ImageInspectInfo[],
  run: ContainerRun,
): Promise<boolean> {
  for (const image of images) {
    const shell = await findShellIn(image, 'Sh', run.engine, run.host);
    if (shell === undefined) continue;
    const end = await runContainer(
      {
        name: undefined,
        image: image.Id,
        entrypoint: [shell.path, '-c', `chown -hR "$0" ${FOLDER}`, `${owner.uid}:${owner.gid}`],
        environment: {},
        mounts: [{ kind: 'bind', source: folder, target: FOLDER }],
        ports: [],
        limits: {},
        user: '0:0',
        isPrivileged: false,
        labels: run.host.labels(undefined),
      },
      run,
      NOWHERE,
    );
    if (end.kind === 'exited' && end.exitCode === 0) return true;
  }
  return false;
}
