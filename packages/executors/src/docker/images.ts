/**
 * Has the engine hold the image of a step.
 *
 * Policies: `Always` pulls, `Never` does not, `IfNotPresent` pulls what the engine lacks. Without one it is `IfNotPresent`, and for the tag
 * `latest` a pull is tried: an image that was made on this host (its registry has given it no digest) is taken as it is, and one that
 * cannot be pulled now but is there is used with a warning, so that a build works offline.
 */
import type { Readable } from 'node:stream';
import type { ImageInspectInfo } from 'dockerode';
import type { StepLog } from '../step-log.ts';
import type { PullPolicy } from './container-spec.ts';
import { engineProblem, statusOf, type Engine } from './engine.ts';
import { fullName, repositoryName, type ImageName } from './image-name.ts';
import { readProgress } from './progress.ts';
import type { RegistryLogin } from './registry-access.ts';

export type FoundImage =
  | { readonly kind: 'present'; readonly info: ImageInspectInfo }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'cancelled' };

export interface ImageWish {
  readonly name: ImageName;
  readonly policy: PullPolicy | undefined;
  readonly login: RegistryLogin | undefined;
}

export async function ensureImage(
  wish: ImageWish,
  engine: Engine,
  log: StepLog,
  signal: AbortSignal,
): Promise<FoundImage> {
  const meant = fullName(wish.name);
  const present = await inspectImage(engine, wish.name);
  if (wish.policy === 'Never')
    return present === undefined
      ? { kind: 'missing', message: `The engine does not have the image ${meant}, and imagePullPolicy is Never.` }
      : { kind: 'present', info: present };
  if (present !== undefined && !isPullWanted(wish, present)) return { kind: 'present', info: present };
  await log.line(`Pulling image ${meant}`);
  const problem = await pullImage(wish, engine, log, signal);
  if (signal.aborted) return { kind: 'cancelled' };
  if (problem !== undefined && (present === undefined || wish.policy === 'Always'))
    return { kind: 'missing', message: `The image ${meant} could not be pulled: ${problem}` };
  if (problem !== undefined && present !== undefined) {
    await log.line(`Warning: ${meant} could not be pulled (${problem}); the image that is here already is used.`);
    return { kind: 'present', info: present };
  }
  const info = await inspectImage(engine, wish.name);
  return info === undefined
    ? { kind: 'missing', message: `The image ${meant} was pulled, but the engine does not have it.` }
    : { kind: 'present', info };
}

function isPullWanted(wish: ImageWish, present: ImageInspectInfo): boolean {
  if (wish.policy !== undefined) return wish.policy === 'Always';
  const { tag, digest } = wish.name;
  return tag === 'latest' && digest === undefined && digestOf(wish.name, present) !== undefined;
}

async function inspectImage(engine: Engine, name: ImageName): Promise<ImageInspectInfo | undefined> {
  try {
    return await engine.client.getImage(fullName(name)).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Answers with what went wrong. */
async function pullImage(
  wish: ImageWish,
  engine: Engine,
  log: StepLog,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const stream = (await engine.client.createImage({
      fromImage: fullName(wish.name),
      abortSignal: signal,
      ...(wish.login === undefined ? {} : { authconfig: wish.login }),
    })) as Readable;
    for await (const message of readProgress(stream, signal)) {
      if (message.error !== undefined) return message.error;
      // Of layers and their progress nobody needs a line each.
      if (message.status !== undefined && /^(?:Digest|Status): /.test(message.status)) await log.line(message.status);
    }
    return undefined;
  } catch (error) {
    return engineProblem(error);
  }
}

/** Names what a tag stands for at this moment. */
export function digestOf(name: ImageName, info: ImageInspectInfo): string | undefined {
  if (name.digest !== undefined) return name.digest;
  const wanted = repositoryName(name).replace(/^docker\.io\/(?:library\/)?/, '');
  return info.RepoDigests?.find((digest) => digest.startsWith(`${wanted}@`))?.split('@')[1];
}
