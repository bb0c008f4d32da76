/**
 * The long-polls of one replica, and the loop that gives them work.
 *
 * Invariants (cited by tests):
 * - W1 one round runs at a time; whatever happens during a round is looked at in the next one.
 * - W2 a poll whose work is just being leased is answered with it, never without it; work of a poll that broke off meanwhile
 *   goes back to the queue at once.
 * - S18 nobody waits here with a token that was revoked, by whatever replica, for longer than `SAFETY_POLL_MS`.
 * - N1 without any wake-up each poll is looked at every `SAFETY_POLL_MS`, all of them in a few statements. Nothing of this replica
 *   needs that: what comes while a round runs, what was missed, and what goes back to the queue is each a reason for a round.
 * - R14 a task that could not be leased hides no other one: the next round passes it over, and it is looked at again soon after.
 */
import type { DatabaseHandle } from '../store/database.ts';
import { listEndedTokens } from '../store/delegate-tokens.ts';
import { readInboxes, type Inbox } from '../store/delegates.ts';
import { listGoneProcesses, type Assignment, type Lease } from '../store/task-queue-statements.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import type { Asker as AskerForWork } from './assign.ts';
import { giveBack } from './give-back.ts';
import { leaseRound } from './lease-round.ts';

export const SAFETY_POLL_MS = 1_000;
/** Rounds in a row without a pause, when others keep taking the work first. */
const ROUNDS_MAX = 10;
/** A task that could not be leased is somebody else's by then, or its row was locked for a statement's time. */
const MISSED_AGAIN_MS = 50;

/** What a poll is answered with. */
export interface Handout {
  readonly leases: readonly Lease[];
  readonly inbox: Inbox | undefined;
}

const EMPTY: Handout = { leases: [], inbox: undefined };

export interface Asker extends AskerForWork {
  readonly tokenId: string;
}

interface Waiter {
  readonly asker: Asker;
  /** Whether this inbox holds anything the delegate does not know yet. */
  readonly isNews: (inbox: Inbox) => boolean;
  readonly answer: (handout: Handout) => void;
  isLeasing: boolean;
  /** News that came while its work was being leased. */
  inbox: Inbox | undefined;
  /** Its time ended while its work was being leased: it is answered with what comes of that. */
  isLate: boolean;
  /** Broke off meanwhile. */
  isBroken: boolean;
}

export interface WaitingRoomOptions {
  readonly database: DatabaseHandle;
  readonly hub: WakeHub;
  readonly leaseMs: number;
  /** Hears of every lease given. */
  readonly onLeased: (leases: readonly Lease[]) => void;
  /** Tokens of those who wait here are good no more. */
  readonly onTokensEnded: (accountId: string, tokenIds: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Default: `SAFETY_POLL_MS`. */
  readonly safetyPollMs?: number;
}

export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>();
  readonly #safety: NodeJS.Timeout;
  /** Tasks that were missed since the last reason to look at everything. */
  readonly #passedOver = new Set<string>();
  #passedOverAgain: NodeJS.Timeout | undefined;
  readonly #inboxesToRead = new Set<string>();
  #inboxReading: Promise<void> | undefined;
  #round: Promise<void> | undefined;
  #isAgain = false;
  #isClosed = false;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
    this.#safety = setInterval(() => this.#pollForSafety(), options.safetyPollMs ?? SAFETY_POLL_MS);
    this.#safety.unref();
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Answers as soon as there is work or news, empty-handed after `waitMs`, when `signal` aborts, or when the room closes. */
  wait(asker: Asker, isNews: (inbox: Inbox) => boolean, waitMs: number, signal: AbortSignal): Promise<Handout> {
    if (this.#isClosed || signal.aborted) return Promise.resolve(EMPTY);
    // A delegate that polls anew has given its earlier poll up, whether or not that connection knows it.
    this.dismissDelegate(asker.delegateId);
    const { hub } = this.#options;
    return new Promise((resolve) => {
      const leave = (): void => this.#giveUp(waiter);
      const timer = setTimeout(() => this.#endWait(waiter), waitMs);
      const unsubscribes = [
        hub.subscribe(wakeKeys.delegate(asker.delegateId), () => this.#readInboxes([asker.delegateId])),
        ...(asker.free > 0 ? [hub.subscribe(wakeKeys.tasks(asker.accountId), () => this.serve())] : []),
      ];
      const waiter: Waiter = {
        asker,
        isNews,
        isLeasing: false,
        inbox: undefined,
        isLate: false,
        isBroken: false,
        answer: (handout) => {
          this.#waiters.delete(waiter);
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
          for (const unsubscribe of unsubscribes) unsubscribe();
          resolve(handout);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.add(waiter);
      // After the subscriptions: what comes from now on wakes us, what came before is seen now.
      if (asker.free > 0) this.serve();
      this.#readInboxes([asker.delegateId]);
    });
  }

  /** Work may have come: a round, or another one after the round that runs (W1). */
  serve(): void {
    this.#passedOver.clear();
    this.#isAgain = true;
    this.#startRounds();
  }

  #startRounds(): void {
    if (this.#isClosed) return;
    this.#round ??= this.#rounds().finally(() => {
      this.#round = undefined;
      if (this.#isAgain && this.#hungry().length > 0) this.#startRounds();
    });
  }

  /** Sends everybody away and waits for the round that runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#safety);
    clearTimeout(this.#passedOverAgain);
    for (const waiter of [...this.#waiters]) this.#giveUp(waiter);
    await this.#round;
    await this.#inboxReading;
  }

  /** Sends a delegate away, empty-handed. */
  dismissDelegate(delegateId: string): void {
    for (const waiter of this.#waiters) if (waiter.asker.delegateId === delegateId) this.#giveUp(waiter);
  }

  /** Sends those who came with the token away, empty-handed. */
  dismissToken(tokenId: string): void {
    for (const waiter of this.#waiters) if (waiter.asker.tokenId === tokenId) this.#giveUp(waiter);
  }

  #giveUp(waiter: Waiter): void {
    if (waiter.isLeasing) waiter.isBroken = true;
    else if (this.#waiters.has(waiter)) waiter.answer(EMPTY);
  }

  #endWait(waiter: Waiter): void {
    if (waiter.isLeasing) waiter.isLate = true;
    else waiter.answer(EMPTY);
  }

  #hungry(): readonly Waiter[] {
    return [...this.#waiters].filter((waiter) => waiter.asker.free > 0 && !waiter.isLeasing);
  }

  async #rounds(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && this.#isAgain; round += 1) {
      this.#isAgain = false;
      const waiters = this.#hungry();
      if (waiters.length === 0) return;
      for (const waiter of waiters) waiter.isLeasing = true;
      try {
        const { leases, missed } = await leaseRound(
          this.#options.database,
          waiters.map((waiter) => waiter.asker),
          this.#options.leaseMs,
          this.#passedOver,
        );
        this.#options.onLeased(leases);
        await this.#handOut(waiters, leases);
        if (missed.length > 0) await this.#passOver(missed);
      } catch (error) {
        this.#options.onError(error);
        await this.#handOut(waiters, []);
      }
    }
  }

  /** The seats of what was missed are given to the next tasks, but those of a process that gets nothing any more are cleared. */
  async #passOver(missed: readonly Assignment[]): Promise<void> {
    this.#isAgain = true;
    for (const gone of await listGoneProcesses(this.#options.database.db, missed)) {
      for (const waiter of this.#waiters) {
        const { delegateId, incarnation } = waiter.asker;
        if (delegateId === gone.delegateId && incarnation === gone.incarnation) this.#giveUp(waiter);
      }
    }
    for (const { taskId } of missed) this.#passedOver.add(taskId);
    if (this.#isClosed) return;
    this.#passedOverAgain ??= setTimeout(() => {
      this.#passedOverAgain = undefined;
      // Also while a round runs, which passes them over: it is followed by one that does not (W1).
      if (this.#passedOver.size > 0) this.serve();
    }, MISSED_AGAIN_MS);
    this.#passedOverAgain.unref();
  }

  async #handOut(waiters: readonly Waiter[], leases: readonly Lease[]): Promise<void> {
    const byDelegate = Map.groupBy(leases, (lease) => lease.delegateId);
    const homeless: Lease[] = [];
    for (const waiter of waiters) {
      waiter.isLeasing = false;
      const own = byDelegate.get(waiter.asker.delegateId) ?? [];
      if (waiter.isBroken) {
        homeless.push(...own);
        waiter.answer(EMPTY);
      } else if (own.length > 0 || waiter.inbox !== undefined || waiter.isLate)
        waiter.answer({ leases: own, inbox: waiter.inbox });
    }
    if (homeless.length === 0) return;
    const { database, hub, onError } = this.#options;
    await giveBack(database, hub, homeless).catch(onError);
  }

  /** Tells waiting delegates what they have to stop or to delete: in one read those who asked since the last one began. */
  #readInboxes(delegateIds: Iterable<string>): void {
    for (const id of delegateIds) this.#inboxesToRead.add(id);
    this.#inboxReading ??= this.#readAllInboxes();
  }

  async #readAllInboxes(): Promise<void> {
    // Polls that arrive together are read together.
    await Promise.resolve();
    while (this.#inboxesToRead.size > 0 && !this.#isClosed) {
      const delegateIds = [...this.#inboxesToRead];
      this.#inboxesToRead.clear();
      await this.#tellInboxes(delegateIds);
    }
    // Without a pause after the last look, so that nothing falls between the two.
    this.#inboxReading = undefined;
  }

  async #tellInboxes(delegateIds: readonly string[]): Promise<void> {
    try {
      const inboxes = await readInboxes(this.#options.database.db, delegateIds);
      for (const waiter of [...this.#waiters]) {
        const inbox = inboxes.get(waiter.asker.delegateId);
        if (inbox === undefined || !waiter.isNews(inbox)) continue;
        if (waiter.isLeasing) waiter.inbox = inbox;
        else waiter.answer({ leases: [], inbox });
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #pollForSafety(): void {
    if (this.#waiters.size === 0) return;
    this.#readInboxes([...this.#waiters].map((waiter) => waiter.asker.delegateId));
    void this.#checkTokens();
    if (this.#hungry().length > 0) this.serve();
  }

  async #checkTokens(): Promise<void> {
    try {
      const byAccount = Map.groupBy([...this.#waiters], (waiter) => waiter.asker.accountId);
      for (const [accountId, waiters] of byAccount) {
        const ids = [...new Set(waiters.map((waiter) => waiter.asker.tokenId))];
        const ended = await listEndedTokens(this.#options.database.db, ids);
        if (ended.length > 0) await this.#options.onTokensEnded(accountId, ended);
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
