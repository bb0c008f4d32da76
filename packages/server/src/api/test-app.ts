/** The whole server behind `inject()`, on a database of its own, with a delegate that a test moves by hand. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executionId, type NodeExecution, type Plan } from '@bridle/pipeline';
import type { ContainerPolicy, DelegateTask, PollResponse, RegisterResponse, TaskOutcome } from '@bridle/protocol';
import { createAuthorizer } from '../auth/authorizer.ts';
import { createStepJudge } from '../auth/use-judge.ts';
import { USUAL_SESSION_LIMITS } from '../auth/browser-sessions.ts';
import { createArtifacts } from '../artifacts/artifacts.ts';
import { createStoredContents } from '../artifacts/stored-contents.ts';
import { createTaskDresser } from '../connectors/task-dresser.ts';
import { createWebhookSecrets } from '../connectors/webhook-secrets.ts';
import { changedFilesAsker } from '../dispatch/changed-files.ts';
import type { DiskGuard } from '../disk/disk-watch.ts';
import { createDispatch } from '../dispatch/create-dispatch.ts';
import { createExecutionService, type RunningExecutions } from '../executions/execution-service.ts';
import { processScheduler } from '../executions/process-scheduler.ts';
import { Faults } from '../faults/faults.ts';
import { createStepFaults } from '../faults/step-faults.ts';
import { openFolderFiles } from '../files/folder-files.ts';
import { createChildStarter } from '../intake/child-starter.ts';
import { DEMO_SCOPE } from '../intake/demo.ts';
import { prepareInstallation } from '../intake/first-start.ts';
import { startFeedWriter } from '../notifications/feed-writer.ts';
import type { OutgoingSettings } from '../notifications/call-endpoint.ts';
import { createWebhooks } from '../notifications/webhooks.ts';
import { createIntake } from '../intake/intake.ts';
import { createLogs } from '../logs/create-logs.ts';
import { LogFiler } from '../logs/log-filer.ts';
import { createTestReports } from '../reports/test-reports.ts';
import { KeyRing } from '../secrets/key-ring.ts';
import { loadSealingKeys } from '../secrets/sealing-keys.ts';
import { createSecrets } from '../secrets/secrets.ts';
import type { Database } from '../store/database.ts';
import { findExecutionRow } from '../store/execution-rows.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { WakeHub } from '../store/wake-hub.ts';
import { buildApp, type AppOptions } from './app.ts';
import type { RateLimits } from './rate-limits.ts';
import type { App } from './app-types.ts';
import type { SignInOptions } from './dependencies.ts';
import { WebhookSettings } from './webhook-settings.ts';

export const ACCOUNT = 'kmpySmUISimoRrJL6NL73w';
export const PUBLIC_URL = 'https://bridle.test';

export interface Call {
  readonly body?: string | Buffer | Record<string, unknown>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send no key. */
  readonly isPublic?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed, or undefined when it is no JSON. */
  readonly body: Envelope;
}

/** Whatever an answer may hold; tests look at what they expect. */
interface Envelope {
  readonly status?: string;
  readonly data?: never;
  readonly code?: string;
  readonly message?: string;
  readonly [key: string]: unknown;
}

/** How an execution stands, as its watchers see it. */
export interface Standing {
  readonly status: string;
  readonly nodes: readonly NodeExecution[];
}

export interface TestApp {
  readonly app: App;
  readonly db: Database;
  readonly database: TestDatabase;
  readonly token: string;
  readonly home: string;
  readonly signInCode: string;
  /** Adds the account and, unless public, the key. Paths as clients use them. */
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, call?: Call): Promise<Answer>;
  /** Leases tasks until there are none, and ends each with this outcome. Returns them. */
  runTasks(outcome?: (task: DelegateTask) => TaskOutcome): Promise<readonly DelegateTask[]>;
  /**
   * Waits until the execution stands as wanted. Throws with how it stands when it does not after a while, or ended otherwise.
   */
  until(id: string, isReached: (standing: Standing, plan: Plan) => boolean): Promise<void>;
  /** Leases and starts one task and leaves it running. */
  startTask(): Promise<DelegateTask>;
  completeTask(task: DelegateTask, outcome?: TaskOutcome): Promise<void>;
  /** Adds to the log of a task; `isLast` closes it. */
  /** A call of the delegate's protocol about a task it holds. */
  upload(method: 'POST' | 'PUT', task: DelegateTask, what: 'tests' | 'artifacts', upload: Upload): Promise<Answer>;
  writeLog(task: DelegateTask, text: string, isLast?: boolean): Promise<void>;
  /** Brings the finished logs that are large into files, now. */
  fileLogs(): Promise<void>;
  /** The event loop of the intake runs unless it was asked not to. */
  close(): Promise<void>;
}

export interface Upload {
  readonly query?: Readonly<Record<string, string>>;
  readonly body: Buffer | Record<string, unknown>;
  /** In place of the task's own. */
  readonly fence?: number;
}

export interface TestAppOptions {
  readonly signIn?: Partial<SignInOptions>;
  readonly isIntakeStopped?: boolean;
  readonly executionsMax?: number;
  readonly containers?: ContainerPolicy;
  readonly webRoot?: string;
  readonly rateLimits?: RateLimits;
  readonly trustProxy?: AppOptions['trustProxy'];
  readonly disk?: DiskGuard;
  readonly hasFaults?: boolean;
  readonly outgoing?: Partial<OutgoingSettings>;
}

/** When the delegate of a test got its lines. */
export const LOG_TIME = 1_700_000_000_000;
/** What a test's execution may keep of artifacts. */
export const ARTIFACT_BYTES_MAX = 1_000_000;
/** Two tries more, at once: a test need not wait. */
const FILES_PAUSES_MS = [0, 0];
/** How long a webhook's endpoint may take in tests. */
const WEBHOOK_TIMEOUT_MS = 1_000;
const SUCCEEDED: TaskOutcome = { kind: 'succeeded', exitCode: 0, outputs: {} };

export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const { db } = database;
  const problems: unknown[] = [];
  const onError = (error: unknown): number => problems.push(error);
  const hub = new WakeHub(database, { onError });
  await hub.start();
  const executions = await createExecutionService({
    database,
    hub,
    scheduler: processScheduler,
    executionUrl: (_scope, _pipeline, id) => `${PUBLIC_URL}/x/${id}`,
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
    graceMs: 600_000,
    unassignableMs: 120_000,
    executionsMax: options.executionsMax ?? 1_000,
    onError,
  });
  const masterKey = randomBytes(32);
  const ring = new KeyRing({ current: masterKey, old: [] });
  const authorizer = createAuthorizer(db);
  const secrets = createSecrets({ db, ring, sealing: await loadSealingKeys(db, ring) });
  const dresser = createTaskDresser({
    db,
    secrets,
    judge: createStepJudge(authorizer),
    ...(options.containers && { containers: options.containers }),
  });
  const faults = options.hasFaults === true ? new Faults() : undefined;
  const dispatch = createDispatch({
    database,
    hub,
    reporter: executions.reports,
    dresser,
    onError,
    ...(faults && { faults: createStepFaults({ db, faults, reporter: executions.reports, onError }) }),
  });
  const home = await mkdtemp(join(tmpdir(), 'bridle-api-'));
  const files = await openFolderFiles(join(home, 'files'));
  const logs = createLogs({ database, hub, files, onError });
  const filer = new LogFiler({ db, files, pauses: { afterCloseMs: 0, afterFileMs: 0 } });
  const storedContents = createStoredContents(database, files);
  const intake = createIntake({
    db,
    isHeld: () => options.disk?.low() !== undefined,
    ...(faults && { eventDelayMs: () => faults.triggerDelayMs }),
    executions,
    scheduler: processScheduler,
    findWebhookSecret: createWebhookSecrets(secrets),
    askChangedFiles: changedFilesAsker(db, dispatch),
    readStoredText: storedContents.readText,
    filesPausesMs: FILES_PAUSES_MS,
    hub,
    onProblem: onError,
    onError,
  });
  const installation = await prepareInstallation({
    db,
    accountId: ACCOUNT,
    masterKey,
    home,
    isDelegateToken: async (token) => (await dispatch.authenticate(token)) !== undefined,
    createDelegateToken: async (accountId, name) => (await dispatch.createToken({ accountId }, name)).secret,
  });
  const webhooks = createWebhooks({
    db,
    hub,
    ring,
    outgoing: { isPrivateNetworkAllowed: true, ownOrigins: () => [], userAgent: 'Bridle/0.0.0', ...options.outgoing },
    onError,
    callTimeoutMs: WEBHOOK_TIMEOUT_MS,
  });
  const stopping = new AbortController();
  const app = await buildApp(
    {
      db,
      authorizer,
      signIn: { accountId: ACCOUNT, limits: USUAL_SESSION_LIMITS, ...options.signIn },
      intake,
      webhookSettings: new WebhookSettings(db),
      executions,
      logs,
      testReports: createTestReports(database),
      storedContents,
      artifacts: createArtifacts(database, files, { keepMs: 86_400_000, bytesPerExecutionMax: ARTIFACT_BYTES_MAX }),
      dispatch,
      secrets,
      wakes: hub,
      webhooks,
      publicUrl: () => PUBLIC_URL,
      signingKey: randomBytes(32),
      defaultScope: DEMO_SCOPE,
      ...(options.disk === undefined ? {} : { disk: options.disk }),
      ...(faults === undefined ? {} : { faults }),
      checkReady: () => database.ping(),
      stopping: stopping.signal,
      ...(options.webRoot === undefined ? {} : { webRoot: options.webRoot }),
    },
    {
      version: '0.0.0',
      checkAnswers: true,
      ...(options.rateLimits === undefined ? {} : { rateLimits: options.rateLimits }),
      ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
    },
  );
  executions.run(createChildStarter({ db, executions, authorizer, readStoredText: storedContents.readText }));
  if (options.isIntakeStopped !== true) intake.start();
  webhooks.start();
  const feed = startFeedWriter({ db, hub, onError });
  const token = (await readFile(join(home, 'admin-token'), 'utf8')).trim();
  const delegate = new HandDelegate(app, installation.delegateToken);
  return {
    app,
    db,
    database,
    token,
    home,
    signInCode: installation.signInCode ?? '',
    call: (method, path, call = {}) => inject(app, token, method, path, call),
    runTasks: (outcome = () => SUCCEEDED) => delegate.runAll(outcome),
    until: (id, isReached) => waitUntil(executions, db, id, isReached),
    startTask: () => delegate.startOne(),
    completeTask: (task, outcome = SUCCEEDED) => delegate.complete(task, outcome),
    upload: (method, task, what, upload) => delegate.upload(method, task, what, upload),
    writeLog: (task, text, isLast = false) => delegate.write(task, text, isLast),
    fileLogs: async () => {
      while (await filer.fileNext());
    },
    close: async () => {
      stopping.abort();
      await dispatch.close();
      await intake.stop();
      await app.close();
      await executions.close();
      await webhooks.stop();
      await feed.stop();
      logs.close();
      await hub.close();
      await database.close();
      await rm(home, { recursive: true, force: true });
      if (problems.length > 0) throw new AggregateError(problems, 'The server met errors of its own.');
    },
  };
}

/** Longer than any test should wait for something that happens at once. */
const UNTIL_MS = 10_000;

async function waitUntil(
  executions: RunningExecutions,
  db: Database,
  id: string,
  isReached: (standing: Standing, plan: Plan) => boolean,
): Promise<void> {
  const row = await findExecutionRow(db, executionId(id));
  if (row === undefined) throw new Error(`There is no execution ${id}.`);
  const nodes = new Map<string, NodeExecution>();
  let status = '';
  for await (const change of executions.watch(row.id, 0, AbortSignal.timeout(UNTIL_MS))) {
    status = change.status;
    for (const node of change.nodes) nodes.set(node.id, node);
    if (isReached({ status, nodes: [...nodes.values()] }, row.plan)) return;
  }
  const standing = [...nodes.values()].map((node) => `${row.plan.nodes[node.nodeId]?.fqn ?? ''} ${node.status}`);
  throw new Error(`Execution ${id} is ${status} and not as wanted: ${standing.join(', ')}`);
}

async function inject(
  app: App,
  token: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  call: Call,
): Promise<Answer> {
  const { body } = call;
  const response = await app.inject({
    method,
    url: path,
    query: { accountIdentifier: ACCOUNT, ...DEMO_SCOPE, ...(call.query as Record<string, string>) },
    headers: { ...(call.isPublic === true ? {} : { 'x-api-key': token }), ...call.headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  return answerOf(response);
}

function answerOf(response: {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}): Answer {
  let parsed: Envelope = {};
  try {
    parsed = JSON.parse(response.body) as Envelope;
  } catch {
    // Not every answer is JSON; the text is there.
  }
  return { status: response.statusCode, headers: response.headers, text: response.body, body: parsed };
}

/** Speaks the delegates' protocol, one call at a time. */
class HandDelegate {
  readonly #app: App;
  readonly #token: string;
  readonly #incarnation = randomBytes(8).toString('hex');
  readonly #logs = new Map<string, { readonly offset: number; readonly isAtLineStart: boolean }>();
  #id: string | undefined;

  constructor(app: App, token: string) {
    this.#app = app;
    this.#token = token;
  }

  async runAll(outcome: (task: DelegateTask) => TaskOutcome): Promise<readonly DelegateTask[]> {
    const done: DelegateTask[] = [];
    for (;;) {
      const tasks = await this.#lease(10, 50);
      if (tasks.length === 0) return done;
      for (const task of tasks) {
        await this.#start(task);
        await this.complete(task, outcome(task));
        done.push(task);
      }
    }
  }

  async startOne(): Promise<DelegateTask> {
    const [task] = await this.#lease(1, 10_000);
    if (task === undefined) throw new Error('There is no task to start.');
    await this.#start(task);
    return task;
  }

  async complete(task: DelegateTask, outcome: TaskOutcome): Promise<void> {
    await this.#post(`${await this.#path()}/tasks/${task.taskId}/complete`, {
      incarnation: this.#incarnation,
      fence: task.fence,
      outcome,
    });
  }

  async upload(method: 'POST' | 'PUT', task: DelegateTask, what: string, upload: Upload): Promise<Answer> {
    const identity = { incarnation: this.#incarnation, fence: upload.fence ?? task.fence };
    const isFile = Buffer.isBuffer(upload.body);
    const response = await this.#app.inject({
      method,
      url: `${await this.#path()}/tasks/${task.taskId}/${what}`,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': isFile ? 'application/octet-stream' : 'application/json',
      },
      query: { ...upload.query, ...(isFile ? { ...identity, fence: String(identity.fence) } : {}) },
      payload: isFile ? upload.body : JSON.stringify({ ...identity, ...upload.body }),
    });
    return answerOf(response);
  }

  async write({ taskId, fence, logKey }: DelegateTask, text: string, isLast: boolean): Promise<void> {
    const { offset, isAtLineStart } = this.#logs.get(logKey) ?? { offset: 0, isAtLineStart: true };
    const content = Buffer.from(text);
    const lineStarts = text.split('\n').slice(isAtLineStart ? 0 : 1);
    if (lineStarts.at(-1) === '') lineStarts.pop();
    const chunk = {
      taskId,
      fence,
      logKey,
      byteOffset: offset,
      content: content.toString('base64'),
      lineTimes: lineStarts.map(() => LOG_TIME),
      final: isLast,
    };
    await this.#post(`${await this.#path()}/logs`, { incarnation: this.#incarnation, chunks: [chunk] });
    const ends = text === '' ? isAtLineStart : text.endsWith('\n');
    this.#logs.set(logKey, { offset: offset + content.length, isAtLineStart: ends });
  }

  async #start(task: DelegateTask): Promise<void> {
    await this.#post(`${await this.#path()}/tasks/${task.taskId}/started`, {
      incarnation: this.#incarnation,
      fence: task.fence,
    });
  }

  async #lease(free: number, waitMs: number): Promise<readonly DelegateTask[]> {
    const request = { incarnation: this.#incarnation, free, cancelling: [], waitMs, released: [] };
    return (await this.#post<PollResponse>(`${await this.#path()}/poll`, request)).tasks;
  }

  async #path(): Promise<string> {
    this.#id ??= (
      await this.#post<RegisterResponse>('/delegate/api/register', {
        name: 'hand',
        tags: [],
        incarnation: this.#incarnation,
        installation: 'installation-of-a-test',
        version: '0.0.0',
        hostName: 'test',
        os: 'linux',
        arch: 'x64',
        shells: ['Bash', 'Sh'],
        capacity: 10,
      })
    ).delegateId;
    return `/delegate/api/${this.#id}`;
  }

  async #post<T>(url: string, payload: object): Promise<T> {
    const response = await this.#app.inject({
      method: 'POST',
      url,
      payload,
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (response.statusCode !== 200)
      throw new Error(`${url} answered ${String(response.statusCode)}: ${response.body}`);
    return JSON.parse(response.body) as T;
  }
}
