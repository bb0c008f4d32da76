/** `Dispatch` over PostgreSQL: one instance per replica, all state that matters in rows. */
import type { DelegateTask, PollResponse } from '@bridle/protocol';
import { DELEGATE_HEARTBEAT_MS, DELEGATE_LEASE_MS, DELEGATE_POLL_MAX_MS } from '@bridle/protocol';
import type { ExecutionId, NodeExecutionId, TaskOutcome } from '@bridle/pipeline';
import type { DatabaseHandle } from '../store/database.ts';
import { revokeDelegateToken } from '../store/delegate-tokens.ts';
import {
  findDelegate,
  leaveDelegate,
  listDelegates,
  markWorkspacesDeleted,
  readInbox,
  registerDelegate,
  touchDelegate,
  type DelegateRow,
  type Inbox,
  type ListedDelegate,
} from '../store/delegates.ts';
import { extendLeases, findTaskHolders, type Lease } from '../store/task-queue-statements.ts';
import { ERRAND_FENCE, type DelegateProcess } from '../store/errands.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import { normaliseTags } from './assign.ts';
import type { Answer, DelegateInfo, Dispatch, NewToken, TokenScope } from './dispatch.ts';
import { Errands, type ErrandRequest, type ErrandResult } from './errands.ts';
import { giveBack } from './give-back.ts';
import type { LeaseFaults } from './lease-faults.ts';
import { HeldLeases } from './held-leases.ts';
import { checkOutcome } from './report-outcome.ts';
import { capabilitiesOf } from './requirements.ts';
import type { DelegateChannel, TaskDress, TaskDresser } from './task-dresser.ts';
import { makeId } from '../store/make-id.ts';
import { issueDelegateToken, TokenChecker } from './tokens.ts';
import { refuseVersion } from './version-window.ts';
import { WaitingRoom } from './waiting-room.ts';

/** How long delegates that left are listed. */
const LEFT_LISTED_MS = 86_400_000;
/** A workspace whose deletion was asked for and not confirmed is asked for again after this time. */
const RELEASE_REPEAT_MS = 30_000;
const RELEASES_TOLD_MAX = 100_000;

export interface TaskReport {
  readonly executionId: ExecutionId;
  readonly taskId: NodeExecutionId;
  readonly fence: number;
}

/** How reports reach the engine; the runtime's `TaskReports` is one. */
export interface TaskReporter {
  started(report: TaskReport, delegate: { readonly id: string; readonly name: string }): Promise<ReportResult>;
  completed(report: TaskReport, outcome: TaskOutcome): Promise<ReportResult>;
}

export type ReportResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'refused'; readonly state: string | undefined; readonly fence: number | undefined };

export interface DispatchOptions {
  readonly database: DatabaseHandle;
  readonly hub: WakeHub;
  readonly reporter: TaskReporter;
  /** Of this server; absent = delegates of every version are welcome. */
  readonly version?: string;
  /** Absent = leases carry their tasks and nothing else. */
  readonly dresser?: TaskDresser;
  /** Faults made on purpose; absent = none. */
  readonly faults?: LeaseFaults;
  /** A process was found dead or gone: its tasks can be given up now. */
  readonly onDelegateGone?: () => void;
  readonly onError?: (error: unknown) => void;
  /** How often each poll is looked at without any wake-up (N1). */
  readonly safetyPollMs?: number;
}

export function createDispatch(options: DispatchOptions): Dispatch {
  return new PostgresDispatch(options);
}

class PostgresDispatch implements Dispatch {
  readonly #options: DispatchOptions;
  readonly #room: WaitingRoom;
  readonly #tokens: TokenChecker;
  readonly #leases = new HeldLeases();
  readonly #errands: Errands;
  /** Workspace → when its deletion was asked for, by this process's monotonic clock. */
  readonly #releasesTold = new Map<string, number>();
  /** Delegates that called here: whose they are, and their names for the reports' events. Bounded by the register of delegates. */
  readonly #known = new Map<string, Pick<DelegateRow, 'tokenId' | 'name'>>();

  constructor(options: DispatchOptions) {
    this.#options = options;
    const { database, hub } = options;
    this.#tokens = new TokenChecker(database.db, (accountId, tokenId) => this.revokeToken(accountId, tokenId));
    this.#errands = new Errands(database, hub);
    this.#room = new WaitingRoom({
      database,
      hub,
      leaseMs: DELEGATE_LEASE_MS,
      onLeased: (leases) => this.#leases.keep(leases),
      onTokensEnded: (accountId, tokenIds) => this.#endTokens(accountId, tokenIds),
      onError: options.onError ?? (() => undefined),
      ...(options.safetyPollMs === undefined ? {} : { safetyPollMs: options.safetyPollMs }),
    });
  }

  authenticate(bearer: string): ReturnType<Dispatch['authenticate']> {
    return this.#tokens.check(bearer);
  }

  async register(token: TokenScope, request: Parameters<Dispatch['register']>[1]): ReturnType<Dispatch['register']> {
    const { name, installation, incarnation, capacity, version, hostName, os, arch, shells, capabilities } = request;
    const message = this.#options.version === undefined ? undefined : refuseVersion(this.#options.version, version);
    if (message !== undefined) return { kind: 'outdated', message };
    const registered = await registerDelegate(this.#options.database.db, {
      ...token,
      newId: makeId(),
      name,
      installation,
      incarnation,
      tags: normaliseTags([name, ...request.tags]),
      capabilities: capabilitiesOf(request),
      facts: { version, hostName, os, arch, shells, ...capabilities },
      capacity,
    });
    this.#known.set(registered.delegateId, { tokenId: token.tokenId, name });
    if (registered.abandoned.length > 0) this.#options.onDelegateGone?.();
    if (registered.requeued > 0) this.#wakeTasks(token.accountId);
    // What it can do may have changed: its poll asks anew.
    this.#room.dismissDelegate(registered.delegateId);
    const body = {
      delegateId: registered.delegateId,
      heartbeatMs: DELEGATE_HEARTBEAT_MS,
      leaseMs: DELEGATE_LEASE_MS,
      abandoned: [...registered.abandoned],
    };
    return { kind: 'ok', body };
  }

  async poll(
    token: TokenScope,
    delegateId: string,
    request: Parameters<Dispatch['poll']>[2],
    signal: AbortSignal,
    channel: DelegateChannel,
  ): ReturnType<Dispatch['poll']> {
    const { db } = this.#options.database;
    const delegate = await this.#findRegistered(token, delegateId, request.incarnation);
    if (delegate === undefined) return { kind: 'gone' };
    await markWorkspacesDeleted(db, delegateId, request.released);
    for (const key of request.released) this.#releasesTold.delete(key);
    const known = new Set(request.cancelling);
    const news = (inbox: Inbox): Inbox => ({
      cancelling: inbox.cancelling.filter((id) => !known.has(id)),
      released: inbox.released.filter((key) => !this.#wasToldLately(key)),
      hasErrands: inbox.hasErrands,
    });
    const isNews = (inbox: Inbox): boolean => {
      const { cancelling, released, hasErrands } = news(inbox);
      return hasErrands || cancelling.length + released.length > 0;
    };
    const asker = { ...delegate, delegateId, free: request.free };
    const { leases, inbox } = await this.#room.wait(
      asker,
      isNews,
      Math.min(request.waitMs, DELEGATE_POLL_MAX_MS),
      signal,
    );
    const heard = inbox === undefined ? { cancelling: [], released: [], hasErrands: false } : news(inbox);
    const { faults } = this.#options;
    const told = faults === undefined ? heard : { ...heard, cancelling: await faults.stop(heard.cancelling) };
    this.#rememberTold(told.released);
    const errands = told.hasErrands
      ? await this.#takeErrands({ delegateId, incarnation: request.incarnation }, channel)
      : [];
    const body: PollResponse = {
      tasks: [...(await this.#dressed(leases, channel, signal)), ...errands],
      cancel: [...told.cancelling],
      release: [...told.released],
    };
    return { kind: 'ok', body };
  }

  /**
   * Leases that cannot be dressed (the database is away), or whose poll broke off meanwhile (W2), go back to the queue: nothing of
   * them has been told yet.
   */
  async #dressed(leases: readonly Lease[], channel: DelegateChannel, signal: AbortSignal): Promise<DelegateTask[]> {
    if (leases.length === 0) return [];
    const { database, hub, dresser, faults } = this.#options;
    try {
      const given = faults === undefined || signal.aborted ? leases : await faults.apply(leases);
      const dresses = (await dresser?.dress(given, channel)) ?? [];
      if (!signal.aborted) return given.map((lease, index) => taskForWire(lease, dresses[index] ?? {}));
    } catch (error) {
      await giveBack(database, hub, leases).catch(() => undefined);
      throw error;
    }
    await giveBack(database, hub, leases);
    return [];
  }

  async #takeErrands(process: DelegateProcess, channel: DelegateChannel): Promise<readonly DelegateTask[]> {
    const errands = await this.#errands.take(process);
    const dresses = (await this.#options.dresser?.dress(errands, channel)) ?? [];
    return errands.map(({ task }, index) => taskForWire({ task, fence: ERRAND_FENCE }, dresses[index] ?? {}));
  }

  async heartbeat(
    token: TokenScope,
    delegateId: string,
    request: Parameters<Dispatch['heartbeat']>[2],
  ): ReturnType<Dispatch['heartbeat']> {
    const { db } = this.#options.database;
    if ((await this.#findRegistered(token, delegateId, request.incarnation)) === undefined) return { kind: 'gone' };
    if (!(await touchDelegate(db, delegateId, request.incarnation))) return { kind: 'gone' };
    const held = request.held.map(({ taskId, fence }) => ({ taskId: taskId as NodeExecutionId, fence }));
    const [lost, inbox] = await Promise.all([
      extendLeases(db, delegateId, held, DELEGATE_LEASE_MS),
      readInbox(db, delegateId),
    ]);
    const errands = await this.#errands.held({ delegateId, incarnation: request.incarnation }, lost);
    const cancel = (await this.#options.faults?.stop(inbox.cancelling)) ?? inbox.cancelling;
    return {
      kind: 'ok',
      body: { lost: lost.filter((id) => !errands.has(id)), cancel: [...cancel] },
    };
  }

  async started(
    token: TokenScope,
    delegateId: string,
    taskId: string,
    request: Parameters<Dispatch['started']>[3],
  ): ReturnType<Dispatch['started']> {
    const held = await this.#findHeld(token, delegateId, taskId, request);
    if (held.kind !== 'ok') {
      const process = { delegateId, incarnation: request.incarnation };
      return held.kind === 'stale' && (await this.#errands.start(process, taskId)) ? { kind: 'ok', body: {} } : held;
    }
    const name = (await this.#findKnown(delegateId))?.name ?? delegateId;
    return this.#answer(taskId, await this.#options.reporter.started(held.body, { id: delegateId, name }));
  }

  async complete(
    token: TokenScope,
    delegateId: string,
    taskId: string,
    request: Parameters<Dispatch['complete']>[3],
  ): ReturnType<Dispatch['complete']> {
    const checked = checkOutcome(request.outcome);
    if (checked.kind === 'invalid') return checked;
    const held = await this.#findHeld(token, delegateId, taskId, request);
    if (held.kind !== 'ok') {
      const process = { delegateId, incarnation: request.incarnation };
      const isErrand = held.kind === 'stale' && (await this.#errands.finish(process, taskId, checked.outcome));
      return isErrand ? { kind: 'ok', body: {} } : held;
    }
    if (this.#options.faults?.keepsBack(held.body, checked.outcome) === true) return { kind: 'ok', body: {} };
    return this.#answer(taskId, await this.#options.reporter.completed(held.body, checked.outcome));
  }

  async isRegistered(token: TokenScope, delegateId: string, incarnation: string): Promise<boolean> {
    return (await this.#findRegistered(token, delegateId, incarnation)) !== undefined;
  }

  async isOfAccount(token: TokenScope, delegateId: string): Promise<boolean> {
    return (await findDelegate(this.#options.database.db, delegateId))?.accountId === token.accountId;
  }

  async leave(
    token: TokenScope,
    delegateId: string,
    request: Parameters<Dispatch['leave']>[2],
  ): ReturnType<Dispatch['leave']> {
    if ((await this.#findRegistered(token, delegateId, request.incarnation)) === undefined) return { kind: 'gone' };
    if (await leaveDelegate(this.#options.database.db, delegateId, request.incarnation)) {
      this.#options.onDelegateGone?.();
      this.#wakeTasks(token.accountId);
    }
    return { kind: 'ok', body: {} };
  }

  async listDelegates(scope: Parameters<Dispatch['listDelegates']>[0]): Promise<readonly DelegateInfo[]> {
    const listed = await listDelegates(this.#options.database.db, scope.accountId, LEFT_LISTED_MS);
    return listed.filter((delegate) => servesPartOf(delegate, scope)).map(delegateInfo);
  }

  async createToken(scope: Omit<TokenScope, 'tokenId'>, name: string): ReturnType<Dispatch['createToken']> {
    for (let number = 1; ; number += 1) {
      const made = await this.addToken(scope, { name: number === 1 ? name : `${name} ${number}` });
      if (made !== undefined) return { tokenId: made.token.id, secret: made.secret };
    }
  }

  addToken(scope: Omit<TokenScope, 'tokenId'>, token: NewToken): ReturnType<Dispatch['addToken']> {
    return issueDelegateToken(this.#options.database.db, scope, token);
  }

  async revokeToken(accountId: string, tokenId: string): Promise<boolean> {
    const isRevoked = await revokeDelegateToken(this.#options.database.db, accountId, tokenId);
    this.#tokens.forgetAll();
    this.#room.dismissToken(tokenId);
    if (isRevoked) {
      this.#options.onDelegateGone?.();
      this.#wakeTasks(accountId);
    }
    return isRevoked;
  }

  runErrand(request: ErrandRequest, signal: AbortSignal): Promise<ErrandResult> {
    return this.#errands.run(request, signal);
  }

  async close(): Promise<void> {
    await this.#room.close();
    await this.#options.faults?.close();
  }

  async #findRegistered(token: TokenScope, delegateId: string, incarnation: string): Promise<DelegateRow | undefined> {
    const delegate = await findDelegate(this.#options.database.db, delegateId);
    if (delegate === undefined || delegate.tokenId !== token.tokenId) return undefined;
    if (delegate.incarnation !== incarnation || delegate.leftAt !== undefined) return undefined;
    this.#known.set(delegateId, { tokenId: delegate.tokenId, name: delegate.name });
    return delegate;
  }

  /**
   * The task as this process leased it. Only that is checked here: a task says whom it was leased to under which fence, and
   * whether that still holds is decided with the commit (D1). A dead process's late report fails on its fence.
   */
  async #findHeld(
    token: TokenScope,
    delegateId: string,
    taskId: string,
    { incarnation, fence }: { readonly incarnation: string; readonly fence: number },
  ): Promise<Answer<TaskReport>> {
    const holder =
      this.#leases.find(taskId, fence) ?? (await findTaskHolders(this.#options.database.db, [taskId])).get(taskId);
    const isTheirs = holder?.delegateId === delegateId && holder.incarnation === incarnation && holder.fence === fence;
    if (holder !== undefined && isTheirs && (await this.#findKnown(delegateId))?.tokenId === token.tokenId) {
      return { kind: 'ok', body: { executionId: holder.executionId, taskId: taskId as NodeExecutionId, fence } };
    }
    if (!(await this.isRegistered(token, delegateId, incarnation))) return { kind: 'gone' };
    return { kind: 'stale', message: `This delegate does not hold task ${taskId} with fence ${fence}.` };
  }

  async #findKnown(delegateId: string): Promise<Pick<DelegateRow, 'tokenId' | 'name'> | undefined> {
    return this.#known.get(delegateId) ?? findDelegate(this.#options.database.db, delegateId);
  }

  /** Tokens of waiting delegates that somebody else revoked, or whose time is over: that must be written down, too. */
  async #endTokens(accountId: string, tokenIds: readonly string[]): Promise<void> {
    for (const tokenId of tokenIds) await this.revokeToken(accountId, tokenId);
  }

  #answer(taskId: string, result: ReportResult): Answer<Record<string, never>> {
    if (result.kind !== 'refused') return { kind: 'ok', body: {} };
    this.#leases.forget(taskId);
    return {
      kind: 'stale',
      message: `Task ${taskId} is ${result.state ?? 'unknown'}${result.fence === undefined ? '' : ` with fence ${result.fence}`}.`,
    };
  }

  #wakeTasks(accountId: string): void {
    this.#options.hub.wake([{ key: wakeKeys.tasks(accountId) }]);
  }

  #wasToldLately(key: string): boolean {
    const toldAt = this.#releasesTold.get(key);
    return toldAt !== undefined && performance.now() - toldAt < RELEASE_REPEAT_MS;
  }

  #rememberTold(keys: readonly string[]): void {
    if (this.#releasesTold.size > RELEASES_TOLD_MAX) this.#releasesTold.clear();
    for (const key of keys) this.#releasesTold.set(key, performance.now());
  }
}

function taskForWire({ task, fence }: Pick<Lease, 'task' | 'fence'>, dress: TaskDress): DelegateTask {
  const { taskId, stepType, identifier, name, fqn, spec, environment, workspaceKey, logKey } = task;
  return {
    taskId,
    fence,
    stepType,
    identifier,
    name,
    fqn,
    spec,
    environment,
    ...(workspaceKey === undefined ? {} : { workspaceKey }),
    logKey,
    ...dress,
  };
}

/** Whether the delegate may run anything of the scope, or of a part of it. */
function servesPartOf(
  delegate: ListedDelegate,
  scope: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
): boolean {
  const agree = (one: string | undefined, other: string | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  return (
    agree(delegate.orgIdentifier, scope.orgIdentifier) && agree(delegate.projectIdentifier, scope.projectIdentifier)
  );
}

function delegateInfo(delegate: ListedDelegate): DelegateInfo {
  const {
    id,
    name,
    tokenId,
    tags,
    capabilities,
    orgIdentifier,
    projectIdentifier,
    facts,
    capacity,
    registeredAt,
    heartbeatAt,
    leftAt,
    silentMs,
    tasks,
  } = delegate;
  const silent = silentMs > DELEGATE_LEASE_MS || delegate.isRevoked ? 'disconnected' : 'connected';
  return {
    delegateId: id,
    name,
    tokenId,
    tags,
    capabilities,
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    ...facts,
    capacity,
    registeredAt,
    heartbeatAt,
    state: leftAt === undefined ? silent : 'left',
    tasks,
  };
}
