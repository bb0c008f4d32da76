/**
 * Errands: a delegate does something for a person who waits for it (the test of a connector). They belong to no execution, take no
 * place in the queue, and keep nothing: when the person has gone, so has the errand.
 *
 * - G1 An errand is for one process that was heard of just now, and is given to it once. Lost on the way, it times out.
 * - G2 Who waits hears in bounded time: no delegate, no answer, or the outcome.
 */
import type { TaskOutcome } from '@bridle/pipeline';
import { DELEGATE_LEASE_MS } from '@bridle/protocol';
import type { DatabaseHandle } from '../store/database.ts';
import {
  deleteErrand,
  findConnectedDelegate,
  findErrand,
  findHeldErrands,
  finishErrand,
  insertErrand,
  startErrand,
  takeErrands,
  type DelegateProcess,
  type GivenErrand,
} from '../store/errands.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import { normaliseTags } from './assign.ts';
import { makeId } from '../store/make-id.ts';

/** Log keys of errands: their logs are not kept. */
export const ERRAND_LOG_PREFIX = 'errand:';
/** With lost wake-ups (N1). */
const LOOK_MS = 500;

export interface ErrandRequest {
  readonly owner: OwnerScope;
  /** What the delegate does; one of its executors. */
  readonly stepType: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly selectors: readonly string[];
  readonly waitMs: number;
}

export type ErrandResult =
  | { readonly kind: 'done'; readonly outcome: TaskOutcome; readonly delegateId: string }
  /** Nobody is connected who serves the owner and has the selectors. */
  | { readonly kind: 'noDelegate' }
  | { readonly kind: 'late'; readonly delegateId: string; readonly delegateName: string };

export class Errands {
  readonly #database: DatabaseHandle;
  readonly #hub: WakeHub;

  constructor(database: DatabaseHandle, hub: WakeHub) {
    this.#database = database;
    this.#hub = hub;
  }

  /** Resolves with what came of it, `late` after `waitMs` or when `signal` aborts. */
  async run(request: ErrandRequest, signal: AbortSignal): Promise<ErrandResult> {
    const { db } = this.#database;
    const { owner, stepType, name, spec, waitMs } = request;
    const selectors = normaliseTags(request.selectors);
    const delegate = await findConnectedDelegate(db, owner, selectors, DELEGATE_LEASE_MS);
    if (delegate === undefined) return { kind: 'noDelegate' };
    const id = makeId();
    const task = {
      taskId: id,
      stepType,
      identifier: 'errand',
      name,
      fqn: 'errand',
      spec,
      environment: {},
      selectors,
      logKey: `${ERRAND_LOG_PREFIX}${id}`,
    };
    await insertErrand(db, { id, owner, process: delegate, request: task });
    this.#hub.wake([{ key: wakeKeys.delegate(delegate.delegateId) }]);
    try {
      const outcome = await this.#wait(id, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]));
      return outcome === undefined
        ? { kind: 'late', delegateId: delegate.delegateId, delegateName: delegate.name }
        : { kind: 'done', outcome, delegateId: delegate.delegateId };
    } finally {
      await deleteErrand(db, id);
    }
  }

  async #wait(id: string, signal: AbortSignal): Promise<TaskOutcome | undefined> {
    while (!signal.aborted) {
      const woken = Promise.withResolvers<void>();
      const wake = (): void => woken.resolve();
      const unsubscribe = this.#hub.subscribe(wakeKeys.errand(id), wake);
      const timer = setTimeout(wake, LOOK_MS);
      signal.addEventListener('abort', wake, { once: true });
      try {
        const errand = await findErrand(this.#database.db, id);
        if (errand === undefined) return undefined;
        if (errand.state === 'done') return errand.outcome as TaskOutcome;
        await woken.promise;
      } finally {
        unsubscribe();
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
      }
    }
    return undefined;
  }

  take(process: DelegateProcess): Promise<readonly GivenErrand[]> {
    return takeErrands(this.#database.db, process);
  }

  /** Of the ids that no execution knows, those that are errands of the process. */
  async held(process: DelegateProcess, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return ids.length === 0 ? new Set() : findHeldErrands(this.#database.db, process, ids);
  }

  start(process: DelegateProcess, id: string): Promise<boolean> {
    return startErrand(this.#database.db, process, id);
  }

  async finish(process: DelegateProcess, id: string, outcome: TaskOutcome): Promise<boolean> {
    const isTaken = await finishErrand(this.#database.db, process, id, outcome);
    if (isTaken) this.#hub.wake([{ key: wakeKeys.errand(id) }]);
    return isTaken;
  }
}
