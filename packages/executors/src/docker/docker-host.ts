/**
 * What this delegate process keeps in the Docker engine.
 *
 * - K1 Everything carries the marks of this process and its installation: nothing else is ever removed.
 * - K2 A step's container goes with the step, a service's with its stage, network and volumes of a stage with its workspace.
 * - K3 Whatever a dead process left is removed by its watchdog (`clear`), else by the next start (`clearEarlier`).
 */
import { randomBytes } from 'node:crypto';
import type { ImageInspectInfo } from 'dockerode';
import { engineProblem, findEngine, findEngineVersion, statusOf, type Engine, type EngineVersion } from './engine.ts';
import type { StageContainers } from '../workspace.ts';
import { LABEL_INSTALLATION, LABEL_MARK, LABEL_WORKSPACE } from './labels.ts';

/** A container that is being removed by somebody else is waited for this many times. */
const REMOVE_ATTEMPTS_MAX = 20;
const REMOVE_AGAIN_MS = 100;

export interface DockerHostOptions {
  /** Of the process that makes things. */
  readonly mark: string;
  /** Stable over its restarts; absent for who only cleans up behind it. */
  readonly installation?: string;
}

/** After this the folder stays as it is. */
const RECLAIM_MS_MAX = 120_000;

/** What the containers of one stage share. */
interface StageThings {
  network: Promise<string> | undefined;
  readonly volumes: Map<string, Promise<string>>;
}

export class DockerHost implements StageContainers {
  readonly #options: DockerHostOptions;
  #engine: Engine | undefined;
  #finding: Promise<Engine | undefined> | undefined;
  readonly #stages = new Map<string, StageThings>();
  readonly #removals = new Set<Promise<void>>();
  /** Images of the containers that could write to a folder of this host, by the folder and their id. */
  readonly #writers = new Map<string, Map<string, ImageInspectInfo>>();

  constructor(options: DockerHostOptions) {
    this.#options = options;
  }

  /** An engine that was found is kept; one that was not is looked for again. */
  async engine(): Promise<Engine | undefined> {
    if (this.#engine !== undefined) return this.#engine;
    this.#finding ??= findEngine().finally(() => (this.#finding = undefined));
    this.#engine = await this.#finding;
    return this.#engine;
  }

  /** What engine there is now, without loading what work with it needs. */
  version(): Promise<EngineVersion | undefined> {
    return findEngineVersion();
  }

  /** @param workspaceKey - of the stage that the thing belongs to */
  labels(workspaceKey: string | undefined): Record<string, string> {
    const { mark, installation } = this.#options;
    return {
      [LABEL_MARK]: mark,
      ...(installation === undefined ? {} : { [LABEL_INSTALLATION]: installation }),
      ...(workspaceKey === undefined ? {} : { [LABEL_WORKSPACE]: workspaceKey }),
    };
  }

  /** The network in which the containers of a stage find each other by name. Errors are the engine's. */
  async network(engine: Engine, workspaceKey: string): Promise<string> {
    const stage = this.#stage(workspaceKey);
    stage.network ??= this.#makeNetwork(engine, workspaceKey).catch((error: unknown) => {
      stage.network = undefined;
      throw error;
    });
    return stage.network;
  }

  /** The volume that all containers of a stage see at `path`. Errors are the engine's. */
  async volume(engine: Engine, workspaceKey: string, path: string): Promise<string> {
    const { volumes } = this.#stage(workspaceKey);
    let volume = volumes.get(path);
    if (volume === undefined) {
      volume = this.#makeVolume(engine, workspaceKey, volumes.size).catch((error: unknown) => {
        volumes.delete(path);
        throw error;
      });
      volumes.set(path, volume);
    }
    return volume;
  }

  /** Removes a container that has ended, or must: nobody waits for it. */
  discard(engine: Engine, containerId: string): void {
    this.#later(removeContainer(engine, containerId));
  }

  /** A container of this image may write to the folder. */
  noteWriter(folder: string, image: ImageInspectInfo): void {
    const images = this.#writers.get(folder) ?? new Map<string, ImageInspectInfo>();
    this.#writers.set(folder, images.set(image.Id, image));
  }

  /** The folder is to be deleted: its files become this process's own where they are not. Nothing to do for root. */
  async reclaim(folder: string): Promise<void> {
    const images = this.#writers.get(folder);
    this.#writers.delete(folder);
    const [uid, gid, engine] = [process.getuid?.(), process.getgid?.(), this.#engine];
    if (images === undefined || uid === undefined || uid === 0 || gid === undefined || engine === undefined) return;
    const { reclaimFolder } = await import('./reclaim.ts');
    const run = { engine, host: this, signal: AbortSignal.timeout(RECLAIM_MS_MAX), killGraceMs: 0 };
    // What cannot be had back stays in the trash, and is tried again at the next start.
    await reclaimFolder(folder, { uid, gid }, [...images.values()], run).catch(ignore);
  }

  /** The stage is over. */
  async releaseStage(workspaceKey: string): Promise<void> {
    const stage = this.#stages.get(workspaceKey);
    if (stage === undefined) return; // it never had a container
    this.#stages.delete(workspaceKey);
    await Promise.allSettled([stage.network, ...stage.volumes.values()]);
    await this.#removeAll([`${LABEL_MARK}=${this.#options.mark}`, `${LABEL_WORKSPACE}=${workspaceKey}`]);
  }

  /** Removes everything of this process; one that never asked for the engine has nothing there. */
  async clear(): Promise<void> {
    if (this.#engine === undefined) return;
    await this.settled();
    await this.#removeAll([`${LABEL_MARK}=${this.#options.mark}`]);
    this.#stages.clear();
  }

  /** Removes what earlier processes of this installation left. */
  async clearEarlier(): Promise<void> {
    const { installation, mark } = this.#options;
    if (installation === undefined) return;
    await this.#removeAll([`${LABEL_INSTALLATION}=${installation}`], (labels) => labels[LABEL_MARK] !== mark);
  }

  /** Resolves when everything discarded so far is gone. */
  async settled(): Promise<void> {
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  #stage(workspaceKey: string): StageThings {
    let stage = this.#stages.get(workspaceKey);
    if (stage === undefined) {
      stage = { network: undefined, volumes: new Map() };
      this.#stages.set(workspaceKey, stage);
    }
    return stage;
  }

  async #makeNetwork(engine: Engine, workspaceKey: string): Promise<string> {
    const network = await engine.client.createNetwork({
      Name: this.#nameFor(workspaceKey),
      Driver: 'bridge',
      Labels: this.labels(workspaceKey),
    });
    return network.id;
  }

  async #makeVolume(engine: Engine, workspaceKey: string, index: number): Promise<string> {
    const volume = await engine.client.createVolume({
      Name: `${this.#nameFor(workspaceKey)}-${index}`,
      Labels: this.labels(workspaceKey),
    });
    return volume.name;
  }

  /** A stage that goes on after its network was removed gets another; the two may meet for a moment. */
  #nameFor(workspaceKey: string): string {
    return `bridle-${workspaceKey}-${randomBytes(4).toString('hex')}`;
  }

  /** Containers first: they hold networks and volumes. An engine that does not answer keeps its things until the next start. */
  async #removeAll(label: readonly string[], isMeant: IsMeant = () => true): Promise<void> {
    const engine = await this.engine();
    if (engine === undefined) return;
    const { client } = engine;
    const filters = { label: [...label] };
    const containers = await client.listContainers({ all: true, filters }).catch(() => []);
    await Promise.all(
      containers.filter(({ Labels }) => isMeant(Labels)).map(({ Id }) => removeContainer(engine, Id).catch(ignore)),
    );
    const networks = await client.listNetworks({ filters }).catch(() => []);
    const volumes = await client.listVolumes({ filters }).then(
      ({ Volumes }) => Volumes,
      () => [],
    );
    await Promise.all([
      ...networks
        .filter(({ Labels = {} }) => isMeant(Labels))
        .map(({ Id }) => client.getNetwork(Id).remove().catch(ignore)),
      ...volumes
        .filter(({ Labels }) => isMeant(Labels ?? {}))
        .map(({ Name }) => client.getVolume(Name).remove({ force: true }).catch(ignore)),
    ]);
  }

  #later(work: Promise<void>): void {
    const removal = work.catch(ignore).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }
}

type IsMeant = (labels: Readonly<Record<string, string>>) => boolean;

/** Left behind, it is found by its labels again. */
function ignore(): void {}

/** Kills it when it still runs. Errors are the engine's. */
async function removeContainer(engine: Engine, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await engine.client.getContainer(id).remove({ force: true, v: true });
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      const isBeingRemoved = statusOf(error) === 409;
      if (!isBeingRemoved || attempt === REMOVE_ATTEMPTS_MAX) throw new Error(engineProblem(error), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, REMOVE_AGAIN_MS));
    }
  }
}
