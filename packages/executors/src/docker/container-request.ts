/** What a container is made of, and how the engine is told. */
import type { ContainerCreateOptions } from 'dockerode';
import type { Engine } from './engine.ts';
import type { ContainerLimits, PublishedPort } from './limits.ts';

/** A fork bomb in a container must not take the host. */
const PROCESSES_MAX = 16_384;
/** The output of a service is kept by the engine until the stage ends; older output makes room. */
const SERVICE_LOG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } } as const;

export interface ContainerMount {
  readonly kind: 'bind' | 'volume';
  /** Folder of this host, or name of the volume. */
  readonly source: string;
  readonly target: string;
}

export interface ContainerRequest {
  /** For people; absent = the engine makes one up. */
  readonly name: string | undefined;
  /** Id, or a name the engine knows. */
  readonly image: string;
  /** Absent = the image's own, with its command. */
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absent = the image's own. */
  readonly workingFolder?: string;
  readonly mounts: readonly ContainerMount[];
  readonly network?: { readonly id: string; readonly aliases: readonly string[] };
  readonly ports: readonly PublishedPort[];
  readonly limits: ContainerLimits;
  readonly user: string | undefined;
  readonly isPrivileged: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** @param isService - it stays after its step: the engine keeps its output, and nobody reads along */
export function optionsFor(request: ContainerRequest, engine: Engine, isService: boolean): ContainerCreateOptions {
  const { limits, network } = request;
  // Told to the init: a signal is for everybody inside, as it is for a process of the host.
  const forInit = engine.hasInit ? { TINI_KILL_PROCESS_GROUP: '1' } : {};
  return {
    ...(request.name === undefined ? {} : { name: request.name }),
    Image: request.image,
    ...(request.entrypoint === undefined ? {} : { Entrypoint: [...request.entrypoint], Cmd: [] }),
    Env: Object.entries({ ...forInit, ...request.environment }).map(([name, value]) => `${name}=${value}`),
    ...(request.workingFolder === undefined ? {} : { WorkingDir: request.workingFolder }),
    ...(request.user === undefined ? {} : { User: request.user }),
    Labels: { ...request.labels },
    AttachStdin: false,
    AttachStdout: !isService,
    AttachStderr: !isService,
    Tty: false,
    ExposedPorts: Object.fromEntries(request.ports.map(({ containerPort }) => [containerPort, {}])),
    HostConfig: {
      Mounts: request.mounts.map(({ kind, source, target }) => ({
        Type: kind,
        Source: kind === 'bind' ? engine.toEnginePath(source) : source,
        Target: target,
      })),
      LogConfig: isService ? SERVICE_LOG : { Type: 'none', Config: {} },
      Init: engine.hasInit,
      Privileged: request.isPrivileged,
      ...(request.isPrivileged ? {} : { SecurityOpt: ['no-new-privileges'] }),
      PidsLimit: PROCESSES_MAX,
      // Without swap: a limit that swapping stretches is none.
      ...(limits.memoryBytes === undefined ? {} : { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes }),
      ...(limits.nanoCpus === undefined ? {} : { NanoCpus: limits.nanoCpus }),
      PortBindings: Object.fromEntries(
        request.ports.map(({ containerPort, hostPort }) => [
          containerPort,
          [{ HostIp: '127.0.0.1', HostPort: String(hostPort) }],
        ]),
      ),
      ...(network === undefined ? {} : { NetworkMode: network.id }),
    },
    ...(network === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: [...network.aliases] } } } }),
  };
}
