/** What all steps of a run share: shells, pipes, the process table, the engine, and the settings of a user's own machine. */
import { fileURLToPath } from 'node:url';
import {
  DEFAULT_SETTINGS,
  DockerHost,
  FifoPool,
  ProcessTable,
  Shells,
  Supervisor,
  Workspaces,
  type ExecutorHost,
  type ProxySettings,
} from '@bridle/executors';
import type { RunFact } from './run-fact.ts';
import type { RunFolder } from './run-folder.ts';

export interface RunHost {
  readonly host: ExecutorHost;
  readonly workspaces: Workspaces;
  /** Does not wait for graces. */
  killAll(): Promise<void>;
  /** Nothing of the run is left when this resolves. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In the published package it lies beside the program (`build.mjs`). */
const WATCHDOG_PROGRAM = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

export async function openHost(
  folder: RunFolder,
  environment: Environment,
  onProblem: (message: string) => void,
): Promise<RunHost> {
  const { mark, work } = folder;
  const processes = new ProcessTable();
  const docker = new DockerHost({ mark, installation: mark });
  const supervisor = new Supervisor({ program: WATCHDOG_PROGRAM, onProblem });
  const workspaces = new Workspaces({ root: work, processes, mark, observer: supervisor, containers: docker });
  await workspaces.open();
  supervisor.start();
  supervisor.tell('g', { kind: 'guard', mark, work, folder: folder.path } satisfies RunFact);
  const proxy = proxyOf(environment);
  return {
    workspaces,
    host: {
      shells: new Shells(environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'),
      fifos: new FifoPool(folder.pipes),
      processes,
      docker,
      settings: {
        ...DEFAULT_SETTINGS,
        caches: { ...DEFAULT_SETTINGS.caches, folder: folder.caches },
        // Whoever runs this may read what they clone.
        git: { ...DEFAULT_SETTINGS.git, isFileUrlAllowed: true },
        ...(proxy === undefined ? {} : { proxy }),
      },
    },
    killAll: async () => {
      await processes.killAll({ markPrefix: `${mark}:`, groups: [] });
      await docker.clear();
    },
    close: async () => {
      await workspaces.clear([]);
      await supervisor.close();
    },
  };
}

/** As other tools on this machine are told it. */
function proxyOf(environment: Environment): ProxySettings | undefined {
  const read = (name: string): string | undefined => {
    const value = environment[name.toLowerCase()] ?? environment[name];
    return value === undefined || value === '' ? undefined : value;
  };
  const [httpUrl, httpsUrl, all] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('ALL_PROXY')];
  const [plain, secure] = [httpUrl ?? all, httpsUrl ?? all];
  if (plain === undefined && secure === undefined) return undefined;
  return {
    ...(plain === undefined ? {} : { httpUrl: plain }),
    ...(secure === undefined ? {} : { httpsUrl: secure }),
    noProxy: (read('NO_PROXY') ?? '').split(',').map((entry) => entry.trim()),
  };
}
