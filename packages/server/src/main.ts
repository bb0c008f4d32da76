/** The composition root: makes every part, starts it, and stops it in order. The only file that knows every room. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DELEGATE_GRACE_MS } from '@bridle/protocol';
import { pino, type Logger } from 'pino';
import { buildApp } from './api/app.ts';
import type { App } from './api/app-types.ts';
import { WebhookSettings } from './api/webhook-settings.ts';
import { customWebhookUrl, executionPageUrl } from './api/wire/urls.ts';
import { createAuthorizer } from './auth/authorizer.ts';
import { createStepJudge } from './auth/use-judge.ts';
import { createOpenId } from './auth/openid.ts';
import { createArtifacts } from './artifacts/artifacts.ts';
import { createStoredContents } from './artifacts/stored-contents.ts';
import { createTaskDresser } from './connectors/task-dresser.ts';
import { createWebhookSecrets } from './connectors/webhook-secrets.ts';
import { changedFilesAsker } from './dispatch/changed-files.ts';
import { DiskWatch, type DiskSettings } from './disk/disk-watch.ts';
import { createDispatch } from './dispatch/create-dispatch.ts';
import { createExecutionService } from './executions/execution-service.ts';
import { processScheduler } from './executions/process-scheduler.ts';
import { createChildStarter } from './intake/child-starter.ts';
import { DEMO_PIPELINE, DEMO_SCOPE, DEMO_TRIGGER } from './intake/demo.ts';
import { Faults } from './faults/faults.ts';
import { createStepFaults } from './faults/step-faults.ts';
import { openFiles } from './files/open-files.ts';
import { prepareInstallation, type Installation } from './intake/first-start.ts';
import { startFeedWriter } from './notifications/feed-writer.ts';
import { createWebhooks } from './notifications/webhooks.ts';
import { createIntake } from './intake/intake.ts';
import { createLogs } from './logs/create-logs.ts';
import { LogFiler } from './logs/log-filer.ts';
import { createTestReports } from './reports/test-reports.ts';
import { Retention } from './retention/retention.ts';
import { readMasterKeys } from './secrets/key-files.ts';
import { KeyRing, type MasterKeys } from './secrets/key-ring.ts';
import { rewrapInBackground } from './secrets/rewrap-in-background.ts';
import { loadSealingKeys } from './secrets/sealing-keys.ts';
import { createSecrets } from './secrets/secrets.ts';
import { localUrl, readServerSettings, type ServerSettings } from './settings.ts';
import { findDataDirectory } from './store/data-directory.ts';
import { openDatabase, type DatabaseHandle } from './store/database.ts';
import { sweepOldEvents } from './notifications/sweep.ts';
import { migrateToLatest } from './store/migrate.ts';
import { startSweeps } from './sweeps.ts';
import { WakeHub } from './store/wake-hub.ts';

/** Harness's default, and that of the founding document's example: a run that nobody ends expires after a day. */
const PIPELINE_TIMEOUT_MS = 86_400_000;
const STEP_TIMEOUT_MS = 36_000_000;
/** How long a task may wait while no delegate could take it. */
const UNASSIGNABLE_MS = 120_000;
/** What is still under way after this time of a stop is cut. */
const STOP_DEADLINE_MS = 20_000;

interface RunningServer {
  readonly url: string;
  readonly installation: Installation;
  stop(): Promise<void>;
}

async function startServer(settings: ServerSettings, logger: Logger): Promise<RunningServer> {
  const onError = (room: string) => (error: unknown) =>
    logger.error({ err: error, room }, 'a loop met an error and goes on');
  await migrateToLatest(settings.databaseUrl);
  const database = openDatabase(settings.databaseUrl, { onError: onError('store') });
  const { db } = database;
  const hub = new WakeHub(database, { isNotifyEnabled: settings.isNotifyEnabled, onError: onError('wakes') });
  await hub.start();
  const isTls = settings.tls !== undefined;
  let url = settings.publicUrl ?? localUrl(settings.host, settings.port, isTls);
  const executions = await createExecutionService({
    database,
    hub,
    scheduler: processScheduler,
    executionUrl: (scope, pipelineIdentifier, id) => executionPageUrl(url, scope, pipelineIdentifier, id),
    defaults: { pipelineTimeoutMs: PIPELINE_TIMEOUT_MS, stepTimeoutMs: STEP_TIMEOUT_MS },
    switches: settings.switches,
    graceMs: DELEGATE_GRACE_MS,
    unassignableMs: UNASSIGNABLE_MS,
    executionsMax: settings.executionsMax,
    onError: onError('executions'),
  });
  const { oldMasterKeys, containers, arePlainHttpSecretsAllowed } = settings.secrets;
  const masterKeys = (): MasterKeys =>
    readMasterKeys(settings.home, { current: settings.masterKey, old: oldMasterKeys });
  const ring = new KeyRing(masterKeys(), masterKeys);
  const authorizer = createAuthorizer(db);
  const secrets = createSecrets({ db, ring, sealing: await loadSealingKeys(db, ring) });
  const faults = settings.hasFaults ? new Faults() : undefined;
  if (faults !== undefined) logger.warn('this server makes faults when it is told to (BRIDLE_FAULTS)');
  const dispatch = createDispatch({
    database,
    hub,
    reporter: executions.reports,
    dresser: createTaskDresser({
      db,
      secrets,
      judge: createStepJudge(authorizer),
      ...(containers === undefined ? {} : { containers }),
    }),
    version: readVersion(),
    ...(faults && {
      faults: createStepFaults({ db, faults, reporter: executions.reports, onError: onError('faults') }),
    }),
    onDelegateGone: () => executions.delegateGone(),
    onError: onError('dispatch'),
  });
  const files = await openFiles(settings.files);
  const logs = createLogs({ database, hub, files, onError: onError('logs') });
  const testReports = createTestReports(database);
  const artifacts = createArtifacts(database, files, settings.artifacts);
  const filer = new LogFiler({ db, files, onError: onError('logs') });
  const storedContents = createStoredContents(database, files);
  const disk = await watchDisk(settings, settings.disk, database, logger);
  const intake = createIntake({
    db,
    isHeld: () => disk?.low() !== undefined,
    ...(faults && { eventDelayMs: () => faults.triggerDelayMs }),
    executions,
    scheduler: processScheduler,
    findWebhookSecret: createWebhookSecrets(secrets),
    askChangedFiles: changedFilesAsker(db, dispatch),
    readStoredText: storedContents.readText,
    hub,
    onProblem: ({ eventId, attempts, error }) =>
      logger.error({ err: error, eventId, attempts }, 'a trigger event could not be processed'),
    onError: onError('intake'),
  });
  const webhooks = createWebhooks({
    db,
    hub,
    ring,
    outgoing: { ...settings.outgoing, ownOrigins: () => [url], userAgent: `Bridle/${readVersion()}` },
    onError: onError('notifications'),
  });
  const installation = await prepareInstallation({
    db,
    accountId: settings.accountId,
    masterKey: settings.masterKey,
    oldMasterKeys: masterKeys().old,
    home: settings.home,
    seed: settings.seed,
    isDelegateToken: async (token) => (await dispatch.authenticate(token)) !== undefined,
    createDelegateToken: async (accountId, name) => (await dispatch.createToken({ accountId }, name)).secret,
  });
  const { limits, openId: provider } = settings.signIn;
  const openId =
    provider === undefined
      ? undefined
      : createOpenId({
          db,
          settings: provider,
          onAway: (error) =>
            logger.warn({ err: error }, 'the provider of OpenID Connect does not answer; it is asked again'),
        });
  const stopping = new AbortController();
  const webRoot = fileURLToPath(new URL('../../web/dist', import.meta.url));
  const app = await buildApp(
    {
      db,
      authorizer,
      signIn: { accountId: settings.accountId, limits, ...(openId === undefined ? {} : { openId }) },
      intake,
      webhookSettings: new WebhookSettings(db),
      usualSettings: settings.usualSettings,
      executions,
      logs,
      testReports,
      storedContents,
      artifacts,
      dispatch,
      secrets,
      arePlainHttpSecretsAllowed,
      wakes: hub,
      webhooks,
      publicUrl: () => url,
      signingKey: settings.masterKey,
      defaultScope: DEMO_SCOPE,
      logBytesMax: settings.logBytesMax,
      ...(disk === undefined ? {} : { disk }),
      ...(faults === undefined ? {} : { faults }),
      checkReady: () => database.ping(),
      stopping: stopping.signal,
      ...(existsSync(webRoot) ? { webRoot } : {}),
    },
    {
      version: readVersion(),
      logger,
      trustProxy: settings.trustProxy,
      rateLimits: settings.rateLimits,
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    },
  );
  await app.listen({ port: settings.port, host: settings.host });
  url = settings.publicUrl ?? localUrl(settings.host, portOf(app, settings.port), isTls);
  executions.run(createChildStarter({ db, executions, authorizer, readStoredText: storedContents.readText }));
  intake.start();
  webhooks.start();
  const feed = startFeedWriter({ db, hub, onError: onError('notifications') });
  filer.start();
  const retention = new Retention({
    db,
    usualSettings: settings.usualSettings,
    sessionIdleMs: settings.signIn.limits.idleMs,
    onRemoved: (removed) => logger.info(removed, 'what was kept for long enough is removed'),
  });
  const sweeps = startSweeps(
    // Files last: those of what has just been removed go with it.
    [
      async (stopping) => void (await retention.sweep(stopping)),
      () => testReports.sweep(),
      () => artifacts.sweep(),
      () => sweepOldEvents(db),
    ],
    onError('sweeps'),
  );
  const rewrapping = rewrapInBackground(db, ring, logger);
  logger.info({ url, isFirstStart: installation.isNew }, 'server accepts requests');

  const stop = async (): Promise<void> => {
    logger.info('server stops');
    stopping.abort();
    disk?.stop();
    // In this order: no new requests, waiting delegates sent away, what is in flight answered, loops ended, connections closed.
    const closed = app.close();
    await Promise.all([dispatch.close(), intake.stop(), sweeps.stop(), webhooks.stop(), openId?.stop()]);
    await closed;
    await Promise.all([executions.close(), rewrapping.stop()]);
    // The last notices are numbered here, or by whoever comes next.
    await feed.stop();
    logs.close();
    await filer.close();
    files.close();
    await hub.close();
    await database.close();
  };
  return { url, installation, stop };
}

/** Where this server, and a PostgreSQL in the same home, write. */
async function watchDisk(
  { home, files }: ServerSettings,
  settings: DiskSettings | undefined,
  { db }: DatabaseHandle,
  logger: Logger,
): Promise<DiskWatch | undefined> {
  if (settings === undefined) return undefined;
  const data = await findDataDirectory(db);
  const places = [home, ...(files.kind === 'folder' ? [files.path] : []), ...(data?.startsWith(home) ? [data] : [])];
  const watch = new DiskWatch({
    places: [...new Set(places)],
    settings,
    onChange: (low) => {
      if (low === undefined) logger.info('there is room on the disk again: new work is taken');
      else logger.error(low, 'the disk is nearly full: new work is refused until there is room, what runs goes on');
    },
    onError: (error) => logger.warn({ err: error }, 'the room on the disk cannot be found out'),
  });
  await watch.start();
  return watch;
}

function portOf(app: App, wanted: number): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

/** The founding document's third step, with this installation's values. */
function demoCurl(url: string, accountId: string): string {
  const webhookUrl = customWebhookUrl(url, {
    scope: { accountId, ...DEMO_SCOPE },
    pipelineIdentifier: DEMO_PIPELINE,
    identifier: DEMO_TRIGGER,
  });
  return `curl -X POST \\\n  -H 'content-type: application/json' \\\n  --url '${webhookUrl}' \\\n  -d '{}'`;
}

/** To the launcher, if one started this process (packages/launcher/src/messages.ts). */
async function tell(message: object): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function describeFailure(
  error: unknown,
  settings: ServerSettings | undefined,
): { readonly code: string; readonly message: string } {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'START_FAILED';
  const message = error instanceof Error ? error.message : String(error);
  const address = settings === undefined ? '' : `${settings.host}:${String(settings.port)}`;
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'PORT_IN_USE',
        message: `The address ${address} is taken. Stop what listens there, or set BRIDLE_PORT.`,
      };
    case 'EACCES':
      return {
        code: 'PORT_FORBIDDEN',
        message: `The system does not let this user listen on ${address}. Set BRIDLE_PORT to a port above 1023.`,
      };
    default:
      return { code, message };
  }
}

async function main(): Promise<void> {
  let settings: ServerSettings | undefined;
  let logger = pino();
  try {
    settings = readServerSettings(process.env);
    logger = pino({ level: settings.logLevel, base: { role: 'server' } });
    const server = await startServer(settings, logger);
    stopOnRequest(server, logger);
    const { installation, url } = server;
    await tell({
      kind: 'ready',
      url,
      firstStart: installation.isNew,
      ...(installation.adminToken === undefined ? {} : { adminToken: installation.adminToken }),
      adminTokenPath: installation.adminTokenPath,
      delegateToken: installation.delegateToken,
      ...(installation.signInCode === undefined ? {} : { loginUrl: `${url}/login?code=${installation.signInCode}` }),
      ...(installation.hasDemo ? { webhookCurl: demoCurl(url, settings.accountId) } : {}),
    });
  } catch (error) {
    const failure = describeFailure(error, settings);
    logger.fatal({ err: error, code: failure.code }, failure.message);
    await tell({ kind: 'failed', ...failure });
    process.exit(1);
  }
}

/** SIGTERM asks for it; without the launcher's channel the launcher is gone, and nobody else would. */
function stopOnRequest(server: RunningServer, logger: Logger): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    const deadline = setTimeout(() => {
      logger.warn('the stop took too long; what is left is cut');
      process.exit(0);
    }, STOP_DEADLINE_MS);
    server.stop().then(
      () => {
        clearTimeout(deadline);
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the stop met an error');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

await main();
