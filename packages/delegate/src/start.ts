/** Puts a delegate together from its settings. */
import { randomBytes } from 'node:crypto';
import { arch, hostname, platform } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, FifoPool, ProcessTable, Shells, Workspaces, type ExecutorHost } from '@bridle/executors';
import type { RegisterRequest } from '@bridle/protocol';
import type { Logger } from 'pino';
import { backoffMs, pause } from './backoff.ts';
import { OutageError, ServerClient } from './client.ts';
import { keepMark, openHome, type Home } from './home.ts';
import { LogShipper } from './log-shipper.ts';
import { Delegate } from './loop.ts';
import { ReportSpool } from './report-spool.ts';
import { Session } from './session.ts';
import type { DelegateSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';

const VERSION = '0.1.0';

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
  const processes = new ProcessTable();
  const supervisor = new Supervisor(log);
  const client = new ServerClient(settings.url, settings.token);
  const workspaces = new Workspaces({ root: home.work, processes, mark: home.mark, observer: supervisor });
  let session: Session | undefined;
  const close = async (): Promise<void> => {
    session?.close();
    await client.close();
    await workspaces.clear([]);
    await supervisor.close();
    await home.close();
  };
  try {
    if (home.earlierMark !== undefined) await processes.killAll({ markPrefix: `${home.earlierMark}:`, groups: [] });
    await keepMark(home);
    await workspaces.open();
    supervisor.start();
    supervisor.guard(home.mark, home.work);

    const reports = new ReportSpool(home.reports);
    await deliverKept(reports, client, log, signal);
    const host = makeHost(settings, home, processes);
    const standing = new Session(client, registration(settings, home, host), log);
    session = standing;
    const delegate = new Delegate({
      session: standing,
      shipper: new LogShipper(standing, home.spool, log),
      workspaces,
      host,
      reports,
      log,
      capacity: settings.capacity,
      drainMs: settings.drainMs,
    });
    standing.onRegistered = ({ delegateId, abandoned }) => {
      supervisor.registered(settings.url.href, settings.token, delegateId, standing.incarnation);
      delegate.abandon(abandoned);
    };
    await standing.register(signal);
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

function makeHost(settings: DelegateSettings, home: Home, processes: ProcessTable): ExecutorHost {
  return {
    shells: new Shells(process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'),
    fifos: new FifoPool(home.pipes),
    processes,
    settings: {
      ...DEFAULT_SETTINGS,
      killGraceMs: settings.killGraceMs,
      inheritedNames: settings.inheritedNames,
      http: {
        ...DEFAULT_SETTINGS.http,
        isPrivateNetworkAllowed: settings.isPrivateNetworkAllowed,
        ownOrigins: [settings.url.origin],
      },
      caches: { ...DEFAULT_SETTINGS.caches, folder: join(home.folder, 'cache') },
      ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home.folder, 'known_hosts') },
    },
  };
}

function registration(settings: DelegateSettings, home: Home, host: ExecutorHost): RegisterRequest {
  return {
    name: settings.name,
    tags: [...settings.tags],
    incarnation: randomBytes(16).toString('hex'),
    installation: home.installation,
    version: VERSION,
    hostName: hostname(),
    os: platform(),
    arch: arch(),
    shells: [...host.shells.names()],
    capacity: settings.capacity,
  };
}
