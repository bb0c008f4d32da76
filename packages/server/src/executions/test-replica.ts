/** A replica without HTTP over a test database, and a delegate that tests move by hand. */
import { randomBytes, randomUUID } from 'node:crypto';
import { compilePlan, executionId, type ExecutionCause, type ExecutionId, type ProjectScope } from '@bridle/pipeline';
import type { ChildStarter, Scheduler } from '@bridle/runtime';
import { sql } from 'kysely';
import { createDispatch } from '../dispatch/create-dispatch.ts';
import type { Dispatch, TokenScope } from '../dispatch/dispatch.ts';
import type { TaskDresser } from '../dispatch/task-dresser.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { WakeHub } from '../store/wake-hub.ts';
import { createExecutionService, type RunningExecutions } from './execution-service.ts';
import { processScheduler } from './process-scheduler.ts';
import type { StartRequest } from './service.ts';

export const TEST_SCOPE: ProjectScope = { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'one' };

export interface Replica {
  readonly database: DatabaseHandle;
  readonly hub: WakeHub;
  readonly executions: RunningExecutions;
  readonly dispatch: Dispatch;
  /** Errors that loops met. */
  readonly problems: unknown[];
  close(): Promise<void>;
}

export interface ReplicaOptions {
  readonly isNotifyEnabled?: boolean;
  readonly graceMs?: number;
  readonly unassignableMs?: number;
  readonly scheduler?: Scheduler;
  /** `false`: timers and lost tasks are left to another replica. */
  readonly hasLoops?: boolean;
  readonly executionsMax?: number;
  readonly children?: ChildStarter;
  /** Of the server; absent = delegates of every version are welcome. */
  readonly version?: string;
  readonly dresser?: TaskDresser;
  readonly safetyPollMs?: number;
}

const NO_CHILDREN: ChildStarter = {
  startChild: async () => ({ kind: 'refused', reason: 'This replica starts no pipelines.' }),
};

export async function startReplica(database: DatabaseHandle, options: ReplicaOptions = {}): Promise<Replica> {
  const problems: unknown[] = [];
  const onError = (error: unknown): void => void problems.push(error);
  const hub = new WakeHub(database, { isNotifyEnabled: options.isNotifyEnabled ?? true, onError });
  await hub.start();
  const executions = await createExecutionService({
    database,
    hub,
    scheduler: options.scheduler ?? processScheduler,
    executionUrl: (_scope, _pipeline, id) => `http://localhost/${id}`,
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
    graceMs: options.graceMs ?? 600_000,
    unassignableMs: options.unassignableMs ?? 60_000,
    executionsMax: options.executionsMax ?? 1_000,
    onError,
  });
  const dispatch = createDispatch({
    database,
    hub,
    reporter: executions.reports,
    onDelegateGone: () => executions.delegateGone(),
    onError,
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.dresser === undefined ? {} : { dresser: options.dresser }),
    ...(options.safetyPollMs === undefined ? {} : { safetyPollMs: options.safetyPollMs }),
  });
  if (options.hasLoops !== false) executions.run(options.children ?? NO_CHILDREN);
  return {
    database,
    hub,
    executions,
    dispatch,
    problems,
    close: async () => {
      await dispatch.close();
      await executions.close();
      await hub.close();
    },
  };
}

/** With the project of `TEST_SCOPE`. */
export async function insertAccount(database: DatabaseHandle): Promise<void> {
  await sql`insert into accounts values (${TEST_SCOPE.accountId}, 'Account', 0)`.execute(database.db);
  await sql`insert into organizations (account_id, identifier, name, created_at, updated_at)
    values (${TEST_SCOPE.accountId}, ${TEST_SCOPE.orgIdentifier}, 'Default', 0, 0)`.execute(database.db);
  await insertProject(database, TEST_SCOPE.projectIdentifier);
}

/** Once; of the organization of `TEST_SCOPE`. */
export async function insertProject(database: DatabaseHandle, identifier: string): Promise<void> {
  await sql`insert into projects (account_id, org_identifier, identifier, name, created_at, updated_at)
    values (${TEST_SCOPE.accountId}, ${TEST_SCOPE.orgIdentifier}, ${identifier}, ${identifier}, 0, 0)
    on conflict do nothing`.execute(database.db);
}

/** One Custom stage with the given steps, each the YAML of one step without indentation. */
export function pipelineYaml(steps: readonly string[], stageType: 'Custom' | 'CI' = 'Custom'): string {
  const items = steps.map((step) =>
    step.replaceAll('\n', '\n                ').replace(/^/, '            - step:\n                '),
  );
  return `pipeline:
  identifier: sample
  name: Sample
  orgIdentifier: default
  projectIdentifier: one
  stages:
    - stage:
        identifier: only
        name: only
        type: ${stageType}
        spec:
          execution:
            steps:
${items.join('\n')}
`;
}

export function shellStep(identifier: string, extra = ''): string {
  return `identifier: ${identifier}
name: ${identifier}
type: ShellScript
timeout: 10m
spec:
  shell: Bash
  onDelegate: true${extra}
  source:
    type: Inline
    spec:
      script: echo ${identifier}`;
}

export const WAIT_STEP = (identifier: string, duration: string): string => `identifier: ${identifier}
name: ${identifier}
type: Wait
spec:
  duration: ${duration}`;

export function startRequest(yaml: string, change: Partial<StartRequest> = {}): StartRequest {
  const seed = randomUUID();
  const compiled = compilePlan({ yaml, inputYaml: '', seed });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  const cause: ExecutionCause = {
    triggerType: 'MANUAL',
    triggeredBy: { uuid: 'user', identifier: 'admin', email: 'admin@example.test' },
  };
  return {
    scope: TEST_SCOPE,
    pipelineIdentifier: compiled.pipeline.identifier,
    name: compiled.pipeline.name,
    tags: compiled.pipeline.tags,
    modules: compiled.pipeline.modules,
    cause,
    plan: compiled.plan,
    seed,
    executionId: newExecutionId(),
    pipelineYaml: yaml,
    resolvedYaml: compiled.resolvedYaml,
    inputYaml: compiled.inputYaml,
    ...change,
  };
}

export const newExecutionId = (): ExecutionId => executionId(randomBytes(16).toString('base64url'));

export type DelegateCapabilities = Parameters<Dispatch['register']>[1]['capabilities'];

type Poll = Awaited<ReturnType<Dispatch['poll']>>;
type PollBody = Extract<Poll, { kind: 'ok' }>['body'];
export type GivenTask = PollBody['tasks'][number];

/** Speaks to `Dispatch` as a delegate process does. */
export class TestDelegate {
  readonly token: TokenScope;
  readonly incarnation: string;
  readonly name: string;
  delegateId = '';
  readonly #dispatch: Dispatch;

  constructor(dispatch: Dispatch, token: TokenScope, name: string, incarnation: string = randomUUID()) {
    this.#dispatch = dispatch;
    this.token = token;
    this.name = name;
    this.incarnation = incarnation;
  }

  async register(
    tags: readonly string[] = [],
    capabilities?: DelegateCapabilities,
  ): Promise<{ readonly abandoned: readonly string[] }> {
    const answer = await this.#dispatch.register(this.token, {
      name: this.name,
      tags: [...tags],
      incarnation: this.incarnation,
      installation: `home of ${this.name}`,
      version: '0',
      hostName: 'host',
      os: 'linux',
      arch: 'x64',
      shells: ['Bash', 'Sh'],
      capacity: 10,
      ...(capabilities === undefined ? {} : { capabilities }),
    });
    if (answer.kind !== 'ok') throw new Error(`${this.name} was refused: ${answer.kind}`);
    this.delegateId = answer.body.delegateId;
    return answer.body;
  }

  poll(
    options: {
      free?: number;
      waitMs?: number;
      cancelling?: readonly string[];
      released?: readonly string[];
      signal?: AbortSignal;
    } = {},
  ): Promise<Poll> {
    const {
      free = 10,
      waitMs = 10_000,
      cancelling = [],
      released = [],
      signal = new AbortController().signal,
    } = options;
    const request = {
      incarnation: this.incarnation,
      free,
      waitMs,
      cancelling: [...cancelling],
      released: [...released],
    };
    return this.#dispatch.poll(this.token, this.delegateId, request, signal, { isPrivate: true });
  }

  /** The tasks of one poll; throws when it was refused. */
  async take(options: { free?: number; waitMs?: number } = {}): Promise<readonly GivenTask[]> {
    const answer = await this.poll(options);
    if (answer.kind !== 'ok') throw new Error(`The poll of ${this.name} was answered with ${answer.kind}.`);
    return answer.body.tasks;
  }

  async takeOne(): Promise<GivenTask> {
    const [task] = await this.take({ free: 1 });
    if (task === undefined) throw new Error(`${this.name} got no task.`);
    return task;
  }

  started(task: GivenTask): ReturnType<Dispatch['started']> {
    return this.#dispatch.started(this.token, this.delegateId, task.taskId, {
      incarnation: this.incarnation,
      fence: task.fence,
    });
  }

  complete(task: GivenTask, outputs: Record<string, unknown> = {}): ReturnType<Dispatch['complete']> {
    const outcome = { kind: 'succeeded', exitCode: 0, outputs } as const;
    return this.#dispatch.complete(this.token, this.delegateId, task.taskId, {
      incarnation: this.incarnation,
      fence: task.fence,
      outcome,
    });
  }

  cancelled(task: GivenTask): ReturnType<Dispatch['complete']> {
    return this.#dispatch.complete(this.token, this.delegateId, task.taskId, {
      incarnation: this.incarnation,
      fence: task.fence,
      outcome: { kind: 'cancelled' },
    });
  }

  heartbeat(tasks: readonly GivenTask[]): ReturnType<Dispatch['heartbeat']> {
    const held = tasks.map(({ taskId, fence }) => ({ taskId, fence }));
    return this.#dispatch.heartbeat(this.token, this.delegateId, { incarnation: this.incarnation, held });
  }

  leave(): ReturnType<Dispatch['leave']> {
    return this.#dispatch.leave(this.token, this.delegateId, { incarnation: this.incarnation });
  }

  /** Does each task of one step after the other until `count` are done. */
  async work(count: number, outputs: Record<string, unknown> = {}): Promise<void> {
    for (let done = 0; done < count;) {
      for (const task of await this.take()) {
        await this.started(task);
        await this.complete(task, outputs);
        done += 1;
      }
    }
  }
}

/** A token for the whole account, and a registered delegate with it. */
export async function registerDelegate(
  dispatch: Dispatch,
  name: string,
  tags: readonly string[] = [],
  scope: Omit<TokenScope, 'tokenId'> = { accountId: TEST_SCOPE.accountId },
  capabilities?: DelegateCapabilities,
): Promise<TestDelegate> {
  const { secret } = await dispatch.createToken(scope, `token of ${name}`);
  const token = await dispatch.authenticate(secret);
  if (token === undefined) throw new Error('A new token was not accepted.');
  const delegate = new TestDelegate(dispatch, token, name);
  await delegate.register(tags, capabilities);
  return delegate;
}
