/**
 * Builds an image with the engine: by BuildKit where the engine has it, else by the classic builder.
 *
 * BuildKit is asked without a session, which would hand one login to whatever registry asks for it. So base images behind a login are
 * pulled beforehand, each with the login of its own registry; what the engine has is not pulled again.
 *
 * Errors are `PathRefused`.
 */
import type { Readable } from 'node:stream';
import type { StepLog } from '../step-log.ts';
import { PathRefused } from '../storage/open-folder.ts';
import type { BuildContext } from './build-context.ts';
import { readTrace } from './buildkit-trace.ts';
import { engineProblem, type Engine } from './engine.ts';
import { readProgress, type ProgressMessage } from './progress.ts';
import type { RegistryLogin } from './registry-access.ts';

export interface ImageBuild {
  readonly context: BuildContext;
  /** Names with tags. */
  readonly names: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  readonly cacheFrom: readonly string[];
  /** Login by address of the registry. */
  readonly logins: Readonly<Record<string, RegistryLogin>>;
}

export type BuildEnd =
  | { readonly kind: 'built'; readonly imageId: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** The first engine whose own choice is BuildKit. */
const BUILDKIT_SINCE = 23;

/** As Docker's own tools, `DOCKER_BUILDKIT` decides where it is set. */
export function usesBuildKit(engine: Engine): boolean {
  const choice = process.env['DOCKER_BUILDKIT'];
  if (choice !== undefined && choice !== '') return choice !== '0' && choice !== 'false';
  return engine.os === 'linux' && Number.parseInt(engine.version, 10) >= BUILDKIT_SINCE;
}

export async function buildImage(
  build: ImageBuild,
  engine: Engine,
  log: StepLog,
  signal: AbortSignal,
): Promise<BuildEnd> {
  const isBuildKit = usesBuildKit(engine);
  try {
    const trace = isBuildKit ? new TraceLog(log) : undefined;
    const end = await follow(await send(build, isBuildKit, engine, signal), trace, log, signal);
    return signal.aborted ? { kind: 'cancelled' } : end;
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' };
    if (error instanceof PathRefused) throw error; // the context could not be read: worth more than what the engine makes of it
    return { kind: 'failed', message: engineProblem(error) };
  } finally {
    build.context.tar.destroy(); // an engine that has given up reads no more of it
  }
}

function send(build: ImageBuild, isBuildKit: boolean, engine: Engine, signal: AbortSignal): Promise<Readable> {
  const options = {
    abortSignal: signal,
    registryconfig: build.logins,
    // Under this name the client library takes the query as it is, and begins no session.
    _query: queryOf(build, isBuildKit),
  };
  return new Promise((resolve, reject) => {
    // A readable stream of another library: the same methods, declared by itself.
    const tar = build.context.tar as unknown as NodeJS.ReadableStream;
    void engine.client.buildImage(tar, options as never, (error, stream) => {
      if (error === null) resolve(stream as Readable);
      else reject(error);
    });
  });
}

function queryOf(build: ImageBuild, isBuildKit: boolean): Record<string, unknown> {
  return {
    dockerfile: build.context.dockerfileName,
    t: [...build.names],
    rm: 'true',
    forcerm: 'true',
    buildargs: { ...build.buildArgs },
    labels: { ...build.labels },
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(build.cacheFrom.length === 0 ? {} : { cachefrom: JSON.stringify(build.cacheFrom) }),
    ...(isBuildKit ? { version: '2' } : {}),
  };
}

async function follow(
  stream: Readable,
  trace: TraceLog | undefined,
  log: StepLog,
  signal: AbortSignal,
): Promise<BuildEnd> {
  let imageId: string | undefined;
  for await (const message of readProgress(stream, signal)) {
    if (message.error !== undefined) return { kind: 'failed', message: message.error.trim() };
    if (message.stream !== undefined) await log.write(Buffer.from(message.stream));
    if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') await trace?.show(message.aux);
    imageId = imageIdOf(message) ?? imageId;
  }
  return imageId === undefined
    ? { kind: 'failed', message: 'the engine ended the build without an image' }
    : { kind: 'built', imageId };
}

function imageIdOf({ aux }: ProgressMessage): string | undefined {
  return typeof aux === 'object' && aux !== null && 'ID' in aux && typeof aux.ID === 'string' ? aux.ID : undefined;
}

/** BuildKit's own events as lines: what begins, what it writes, how it ends. */
class TraceLog {
  readonly #log: StepLog;
  /** Number by digest of what has begun, and whether its end is told. */
  readonly #seen = new Map<string, { readonly number: number; isOver: boolean }>();

  constructor(log: StepLog) {
    this.#log = log;
  }

  async show(base64: string): Promise<void> {
    const { vertexes, logs } = readTrace(Buffer.from(base64, 'base64'));
    for (const vertex of vertexes) {
      if (!vertex.isStarted && !vertex.isCached) continue;
      let seen = this.#seen.get(vertex.digest);
      if (seen === undefined) {
        seen = { number: this.#seen.size + 1, isOver: false };
        this.#seen.set(vertex.digest, seen);
        await this.#log.line(`#${seen.number} ${vertex.name}`);
      }
      if (seen.isOver || !vertex.isCompleted) continue;
      seen.isOver = true;
      const end = vertex.error !== '' ? `ERROR: ${vertex.error}` : vertex.isCached ? 'CACHED' : 'DONE';
      await this.#log.line(`#${seen.number} ${end}`);
    }
    for (const { message } of logs) await this.#log.write(message);
  }
}
