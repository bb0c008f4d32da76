/**
 * Paths as the engine sees them. A delegate that runs in a container itself and uses the engine of its host knows its folders by other
 * paths than the engine does, which mounts them into the containers of steps; the engine tells which.
 */
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type Dockerode from 'dockerode';

export type ToEnginePath = (path: string) => string;

export interface KnownMount {
  /** Where the engine has it. */
  readonly source: string;
  /** Where the container has it. */
  readonly target: string;
}

/** Signs of a container that Docker or Podman made. */
const SIGNS = ['/.dockerenv', '/run/.containerenv'];

export async function findEnginePaths(client: Dockerode): Promise<ToEnginePath> {
  if (!SIGNS.some((path) => existsSync(path))) return (path) => path;
  for (const id of ownContainerIds()) {
    const mounts = await mountsOf(client, id).catch(() => undefined); // another engine's container
    if (mounts !== undefined) return (path) => translate(path, mounts);
  }
  return (path) => path;
}

export async function mountsOf(client: Dockerode, containerId: string): Promise<readonly KnownMount[]> {
  const { Mounts } = await client.getContainer(containerId).inspect();
  return Mounts.map(({ Source, Destination }) => ({ source: Source, target: Destination }));
}

/** By the innermost mount around the path. What lies outside of all of them the engine cannot mount, and says so. */
export function translate(path: string, mounts: readonly KnownMount[]): string {
  let best: KnownMount | undefined;
  for (const mount of mounts) {
    const isAround = path === mount.target || path.startsWith(`${mount.target.replace(/\/$/, '')}/`);
    if (isAround && mount.target.length > (best?.target.length ?? -1)) best = mount;
  }
  return best === undefined
    ? path
    : `${best.source.replace(/\/$/, '')}${path.slice(best.target.replace(/\/$/, '').length)}`;
}

/** The engine mounts files of its own for each container, whose paths hold its id; else the host name is its beginning. */
function ownContainerIds(): readonly string[] {
  const id = /\/containers\/([0-9a-f]{64})\//.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1];
  return id === undefined ? [hostname()] : [id, hostname()];
}
