/**
 * Looks programs up in an image without running anything: the engine tells of files in a container that was never started. What an
 * image has never changes, so it is asked once.
 */
import type { Readable } from 'node:stream';
import type { Container, ImageInspectInfo } from 'dockerode';
import { SHELL_FAMILIES, SHELL_PROGRAMS, type Shell, type ShellName } from '../process/shells.ts';
import type { DockerHost } from './docker-host.ts';
import { statusOf, type Engine } from './engine.ts';

/** What the engine takes where an image says nothing. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const KNOWN_MAX = 1_000;

/** Key: engine, image and shell. */
const known = new WeakMap<Engine, Map<string, Promise<Shell | undefined>>>();

/** `undefined` when the image has none of the shell's programs. Errors are the engine's. */
export function findShellIn(
  image: ImageInspectInfo,
  name: ShellName,
  engine: Engine,
  host: DockerHost,
): Promise<Shell | undefined> {
  const ofEngine = known.get(engine) ?? new Map<string, Promise<Shell | undefined>>();
  known.set(engine, ofEngine);
  const key = `${image.Id} ${name}`;
  const earlier = ofEngine.get(key);
  if (earlier !== undefined) return earlier;
  if (ofEngine.size >= KNOWN_MAX) ofEngine.clear();
  const search = lookFor(image, name, engine, host);
  search.catch(() => ofEngine.delete(key));
  ofEngine.set(key, search);
  return search;
}

async function lookFor(
  image: ImageInspectInfo,
  name: ShellName,
  engine: Engine,
  host: DockerHost,
): Promise<Shell | undefined> {
  const container = await engine.client.createContainer({
    Image: image.Id,
    Entrypoint: ['never-started'],
    Labels: host.labels(undefined),
    NetworkDisabled: true,
  });
  try {
    for (const program of SHELL_PROGRAMS[name]) {
      for (const folder of searchPath(image)) {
        const path = `${folder.replace(/\/+$/, '')}/${program}`;
        if (await hasFile(container, path)) return { name, family: SHELL_FAMILIES[name], path };
      }
    }
    return undefined;
  } finally {
    host.discard(engine, container.id);
  }
}

function searchPath(image: ImageInspectInfo): readonly string[] {
  const declared = (image.Config.Env ?? []).find((variable) => variable.startsWith('PATH='))?.slice('PATH='.length);
  return (declared || DEFAULT_PATH).split(':').filter((folder) => folder.startsWith('/'));
}

async function hasFile(container: Container, path: string): Promise<boolean> {
  try {
    // What it answers with is a stream without a byte. Until it is read its connection keeps this process from ending.
    const answer = (await container.infoArchive({ path })) as unknown as Readable;
    answer.resume();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
