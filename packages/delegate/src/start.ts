/** Puts a delegate together from its settings. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, hostname, platform } from 'node:os';
import {
  checkReach,
  DEFAULT_SETTINGS,
  DockerHost,
  FifoPool,
  findProxy,
  prepareIsolation,
  ProcessTable,
  SHELL_NAMES,
  Shells,
  Workspaces,
  type ExecutorHost,
  type Isolation,
} from '@bridle/executors';
import type { RegisterRequest } from '@bridle/protocol';
import type { Logger } from 'pino';
import { backoffMs, pause } from './backoff.ts';
import { findCapabilities, type FindEngine } from './capabilities.ts';
import { OutageError, ServerClient, type ServerWay } from './client.ts';
import { HostLoad } from './host-load.ts';
import { keepMark, openForSteps, openHome, type Home } from './home.ts';
import { runInitScript } from './init-script.ts';
import { KeptLogs } from './kept-logs.ts';
import { LogShipper } from './log-shipper.ts';
import { Delegate } from './loop.ts';
import { ReportSpool } from './report-spool.ts';
import { EnvironmentSecrets } from './secrets/environment-secrets.ts';
import { FileSecrets } from './secrets/file-secrets.ts';
import { ServiceLogs } from './service-logs.ts';
import { Session } from './session.ts';
import type { DelegateSettings } from './settings.ts';
import { DelegateSupervisor } from './supervisor.ts';

/** A program or an engine that comes later is found after this time. */
const LOOK_AGAIN_MS = 60_000;
/** For the logs of earlier processes, before the new one registers. */
const LOGS_FIRST_MS = 10_000;

export interface RunningDelegate {
  /** Graceful stop; a second call does not wait for running steps. */
  stop(): void;
  /** Resolves when the delegate has ended, after `stop`. Rejects when the server does not accept it any more. */
  readonly ended: Promise<void>;
}

/**
 * Resolves when the server has registered the delegate.
 * @throws HomeInUse, RegistrationRefused, CallCancelled when `signal` was aborted before
 */
export async function startDelegate(
  settings: DelegateSettings,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningDelegate> {
  const home = await openHome(settings.home);
  const isolation = await isolateSteps(settings, home, log).catch(async (error: unknown) => {
    await home.close();
    throw error;
  });
  const processes = new ProcessTable();
  const supervisor = new DelegateSupervisor(log);
  const way = serverWay(settings);
  const client = new ServerClient(settings.url, settings.token, way);
  const load = new HostLoad(settings, log);
  let lookout: NodeJS.Timeout | undefined;
  const ending = new AbortController();
  const docker = new DockerHost({ mark: home.mark, installation: home.installation });
  const workspaces = new Workspaces({
    root: home.work,
    processes,
    mark: home.mark,
    observer: supervisor,
    containers: docker,
    ...(isolation?.user === undefined ? {} : { owner: isolation.user }),
    ...(isolation?.groups === undefined ? {} : { groups: isolation.groups }),
  });
  let session: Session | undefined;
  const close = async (): Promise<void> => {
    clearInterval(lookout);
    ending.abort();
    load.close();
    session?.close();
    await client.close();
    await workspaces.clear([]);
    await supervisor.close();
    await home.close();
  };
  try {
    if (home.earlierMark !== undefined) {
      await processes.killAll({ markPrefix: `${home.earlierMark}:`, groups: [] });
      await docker.clearEarlier();
    }
    await keepMark(home);
    await workspaces.open();
    supervisor.start();
    const controlGroup = isolation?.groups?.folder;
    supervisor.guard({
      mark: home.mark,
      root: home.work,
      spool: home.spool,
      ...(controlGroup === undefined ? {} : { controlGroup }),
    });

    if (settings.initScript !== undefined) await runInitScript(settings.initScript, home.folder, log, signal);
    const reports = new ReportSpool(home.reports);
    const keptLogs = openKeptLogs(home, client, log);
    // Before anything else is said to the server: see `ReportSpool`. What takes longer goes on beside the work.
    const first = AbortSignal.any([signal, AbortSignal.timeout(LOGS_FIRST_MS)]);
    const logsLeft = await keptLogs.deliver(await keptLogs.list(), first);
    await deliverKept(reports, client, log, signal);
    const host = makeHost(settings, home, processes, docker, isolation);
    const standing = new Session(client, await registration(settings, home, host), log);
    session = standing;
    const delegate = new Delegate({
      session: standing,
      shipper: new LogShipper(standing, home.spool, log),
      workspaces,
      host,
      reports,
      secrets: {
        environment: new EnvironmentSecrets(process.env, settings.secretNames),
        files: new FileSecrets(settings.secretsFolder),
      },
      services: new ServiceLogs(),
      log,
      capacity: settings.capacity,
      load,
      drainMs: settings.drainMs,
    });
    standing.onRegistered = ({ delegateId, abandoned }) => {
      const { incarnation } = standing;
      supervisor.registered({ url: settings.url.href, token: settings.token, delegateId, incarnation, way });
      delegate.abandon(abandoned);
    };
    await standing.register(signal);
    void keptLogs
      .deliver(logsLeft, ending.signal)
      .catch((error: unknown) => log.error({ err: error }, 'logs of an earlier process could not be sent'));
    lookout = setInterval(() => void lookAgain(standing, host, log), LOOK_AGAIN_MS);
    lookout.unref();
    return { stop: () => delegate.drain(), ended: runToEnd(delegate, close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runToEnd(delegate: Delegate, close: () => Promise<void>): Promise<void> {
  try {
    await delegate.run();
  } finally {
    await close();
  }
}

function openKeptLogs({ spool }: Home, client: ServerClient, log: Logger): KeptLogs {
  return new KeptLogs({
    folder: spool,
    client,
    onEnd: (taskId, end, reason) => log.info({ taskId, end, reason }, 'the rest of the log of an earlier process'),
  });
}

/** Before anything else is said to the server: see `ReportSpool`. */
async function deliverKept(
  reports: ReportSpool,
  client: ServerClient,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await reports.deliver(client, log);
      return;
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      await pause(backoffMs(attempt), signal);
    }
  }
}

/** @throws IsolationError */
async function isolateSteps(settings: DelegateSettings, home: Home, log: Logger): Promise<Isolation | undefined> {
  const names = { name: `bridle-steps-${home.installation}`, mark: home.mark };
  const { isolation, warnings } = await prepareIsolation(settings.isolation, searchPath(), names);
  for (const warning of warnings) log.warn(warning);
  if (isolation?.user === undefined) return isolation;
  await openForSteps(home);
  await checkReach(isolation.user, home.work);
  return isolation;
}

function makeHost(
  settings: DelegateSettings,
  home: Home,
  processes: ProcessTable,
  docker: DockerHost,
  isolation: Isolation | undefined,
): ExecutorHost {
  return {
    shells: new Shells(searchPath()),
    fifos: new FifoPool(home.pipes),
    processes,
    docker,
    settings: {
      ...DEFAULT_SETTINGS,
      killGraceMs: settings.killGraceMs,
      inheritedNames: settings.inheritedNames,
      http: {
        ...DEFAULT_SETTINGS.http,
        isPrivateNetworkAllowed: settings.isPrivateNetworkAllowed,
        ownOrigins: [settings.url.origin],
        ...(settings.certificateAuthorities.length === 0
          ? {}
          : { certificateAuthorities: settings.certificateAuthorities }),
      },
      ...(settings.proxy === undefined ? {} : { proxy: settings.proxy }),
      caches: settings.caches,
      ssh: settings.ssh,
      git: { ...DEFAULT_SETTINGS.git, isFileUrlAllowed: settings.isGitFileUrlAllowed },
      ...(isolation === undefined ? {} : { isolation }),
    },
  };
}

async function registration(settings: DelegateSettings, home: Home, host: ExecutorHost): Promise<RegisterRequest> {
  return {
    name: settings.name,
    tags: [...settings.tags],
    incarnation: randomBytes(16).toString('hex'),
    installation: home.installation,
    version: readVersion(),
    hostName: hostname(),
    os: platform(),
    arch: arch(),
    capacity: settings.capacity,
    ...(await findOnHost(host)),
  };
}

type Found = Required<Pick<RegisterRequest, 'shells' | 'capabilities'>>;

async function findOnHost(host: ExecutorHost): Promise<Found> {
  const findEngine: FindEngine = async () => {
    const engine = await host.docker?.version();
    return engine === undefined ? undefined : { version: engine.version, os: engine.os, arch: engine.arch };
  };
  const capabilities = await findCapabilities(searchPath(), findEngine);
  return { shells: SHELL_NAMES.filter((name) => host.shells.find(name) !== undefined), capabilities };
}

/** Tells the server when something has come or gone since it was told last. */
async function lookAgain(session: Session, host: ExecutorHost, log: Logger): Promise<void> {
  try {
    const found = await findOnHost(host);
    if (session.isDescribedBy(found)) return;
    log.info(found, 'what this host offers has changed');
    await session.describe(found);
  } catch (error) {
    log.warn({ reason: String(error) }, 'what this host offers could not be told to the server');
  }
}

function searchPath(): string {
  return process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
}

function serverWay(settings: DelegateSettings): ServerWay {
  const proxy = findProxy(settings.url, settings.proxy);
  return {
    ...(settings.certificateAuthorities.length === 0
      ? {}
      : { certificateAuthorities: settings.certificateAuthorities }),
    ...(proxy === undefined ? {} : { proxyUrl: proxy.href }),
  };
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
