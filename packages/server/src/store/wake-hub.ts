/**
 * Wake-ups: "look again at this". In this process at once, in other replicas by NOTIFY on one channel.
 *
 * Invariants (cited by tests):
 * - N1 a wake-up carries ids only and may be lost: whoever subscribes also polls. NOTIFY is coalesced and sent after commit.
 *   What could not be sent is sent over the next connection, and before this process ends.
 * - After every (re)connection of LISTEN each subscriber is woken once: what was missed meanwhile is found at once.
 */
import { randomUUID } from 'node:crypto';
import type { Client, Notification } from 'pg';
import type { Statement } from './connection.ts';
import type { DatabaseHandle } from './database.ts';

const CHANNEL = 'bridle_wake';
/** PostgreSQL refuses payloads of 8,000 bytes. */
const PAYLOAD_BYTES_MAX = 7_900;
const NOTIFY: Statement = {
  name: 'bridle_notify',
  text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
};
/** What waits to be sent while the connection is away or busy; more is dropped (N1). */
const PENDING_KEYS_MAX = 10_000;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 2_000;

/** What is woken. `ids` narrow it down where a key stands for many things (a project's executions). */
export interface Wake {
  readonly key: WakeKey;
  readonly id?: string;
}

declare const wakeKey: unique symbol;
export type WakeKey = string & { readonly [wakeKey]: true };

const key = (...parts: readonly string[]): WakeKey => parts.join('/') as WakeKey;

/** Ids of a wake-up of an execution: who waits for its end need not look at every step on the way. */
export const EXECUTION_WAKES = { changed: 'changed', ended: 'ended' } as const;

/** The things that can be woken; one function each, so that both sides agree. */
export const wakeKeys = {
  /** An execution changed; the id says whether it ended with that (`EXECUTION_WAKES`). */
  execution: (executionId: string): WakeKey => key('execution', executionId),
  /** Executions of a project started or changed; ids: which. */
  project: (scope: {
    readonly accountId: string;
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
  }): WakeKey => key('project', scope.accountId, scope.orgIdentifier, scope.projectIdentifier),
  /** Trigger events of a project were accepted or processed; ids: which. */
  triggerEvents: (scope: {
    readonly accountId: string;
    readonly orgIdentifier: string;
    readonly projectIdentifier: string;
  }): WakeKey => key('trigger-events', scope.accountId, scope.orgIdentifier, scope.projectIdentifier),
  /** The account has queued tasks. */
  tasks: (accountId: string): WakeKey => key('tasks', accountId),
  /** The delegate has something to stop, to delete, or an errand to do. */
  delegate: (delegateId: string): WakeKey => key('delegate', delegateId),
  /** An errand was done. */
  errand: (errandId: string): WakeKey => key('errand', errandId),
  /** Notices were written and wait for their positions. */
  outbox: key('outbox'),
  /** The feed has grown. */
  feed: key('feed'),
  /** Something is to be sent to webhooks now, or was sent. */
  webhooks: key('webhooks'),
  /** A log grew or was closed. */
  log: (logKey: string): WakeKey => key('log', logKey),
} as const;

/** `ids` is empty when the subscriber should look at everything. */
export type WakeListener = (ids: ReadonlySet<string>) => void;

export interface WakeHubOptions {
  /** `false`: this process neither sends nor hears NOTIFY (BRIDLE_NOTIFY=off). */
  readonly isNotifyEnabled?: boolean;
  readonly onError?: (error: unknown) => void;
}

export class WakeHub {
  readonly #database: DatabaseHandle;
  readonly #isNotifyEnabled: boolean;
  readonly #onError: (error: unknown) => void;
  readonly #origin = randomUUID();
  readonly #listeners = new Map<string, Set<WakeListener>>();
  #local = new Map<string, Set<string>>();
  #outgoing = new Map<string, Set<string>>();
  #client: Client | undefined;
  #sending: Promise<void> | undefined;
  #isClosed = false;
  #reconnect: NodeJS.Timeout | undefined;
  #reconnectMs = RECONNECT_MIN_MS;

  constructor(database: DatabaseHandle, options: WakeHubOptions = {}) {
    this.#database = database;
    this.#isNotifyEnabled = options.isNotifyEnabled ?? true;
    this.#onError = options.onError ?? (() => undefined);
  }

  /** Keys somebody subscribes to; for tests that look for leaks. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Begins to listen. Resolves after the first attempt, also when it failed: attempts go on until `close`. */
  async start(): Promise<void> {
    if (this.#isNotifyEnabled) await this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reconnect);
    // Others may wait for what was said last.
    this.#send();
    await this.#sending;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(this.#onError);
  }

  /** Wakes subscribers here (soon, several wakes as one) and in other replicas. Call it after the commit. */
  wake(wakes: Iterable<Wake>): void {
    const isIdle = this.#local.size === 0;
    for (const { key: name, id } of wakes) {
      add(this.#local, name, id);
      if (this.#isNotifyEnabled && this.#outgoing.size < PENDING_KEYS_MAX) add(this.#outgoing, name, id);
    }
    if (isIdle && this.#local.size > 0) queueMicrotask(() => this.#flush());
  }

  /** Calls `listener` at each wake of the key, and after a gap in which wakes may have been lost. Returns the way out. */
  subscribe(name: WakeKey, listener: WakeListener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name);
    };
  }

  #flush(): void {
    const wakes = this.#local;
    this.#local = new Map();
    for (const [name, ids] of wakes) this.#tell(name, ids);
    this.#send();
  }

  #tell(name: string, ids: ReadonlySet<string>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(ids);
  }

  #tellAll(): void {
    const nothing = new Set<string>();
    for (const name of this.#listeners.keys()) this.#tell(name, nothing);
  }

  /** One NOTIFY at a time; what comes meanwhile goes together in the next one. */
  #send(): void {
    if (this.#client !== undefined) this.#sending ??= this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#client !== undefined && this.#outgoing.size > 0) {
        const wakes = this.#outgoing;
        this.#outgoing = new Map();
        await this.#client
          .query({ ...NOTIFY, values: [CHANNEL, encode(this.#origin, wakes)] })
          .catch((error: unknown) => {
            this.#keep(wakes);
            throw error;
          });
      }
    } catch (error) {
      this.#onError(error);
    }
    // Without a pause after the last look, so that nothing falls between the two.
    this.#sending = undefined;
  }

  #keep(wakes: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [name, ids] of wakes) {
      if (this.#outgoing.size >= PENDING_KEYS_MAX) return;
      if (ids.size === 0) add(this.#outgoing, name, undefined);
      for (const id of ids) add(this.#outgoing, name, id);
    }
  }

  async #connect(): Promise<void> {
    const client = this.#database.openClient();
    // A dying connection raises errors first and then ends; a failed attempt may do either.
    let isOver = false;
    const over = (error?: Error): void => {
      if (error !== undefined && !this.#isClosed) this.#onError(error);
      if (isOver) return;
      isOver = true;
      if (this.#client === client) this.#client = undefined;
      client.end().catch(() => undefined);
      this.#connectLater();
    };
    client.on('error', over);
    client.on('end', () => over());
    client.on('notification', (notification) => this.#hear(notification));
    try {
      await client.connect();
      // NOTIFY writes to the log of the database like every commit; it may be lost (N1), so nobody waits for the disk.
      await client.query(`set synchronous_commit = off; listen ${CHANNEL}`);
    } catch (error) {
      over(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (isOver) return;
    if (this.#isClosed) {
      isOver = true;
      await client.end().catch(() => undefined);
      return;
    }
    this.#client = client;
    this.#reconnectMs = RECONNECT_MIN_MS;
    this.#tellAll();
    this.#send();
  }

  #connectLater(): void {
    if (this.#isClosed) return;
    this.#reconnect = setTimeout(() => void this.#connect(), this.#reconnectMs);
    this.#reconnectMs = Math.min(this.#reconnectMs * 2, RECONNECT_MAX_MS);
  }

  #hear({ payload }: Notification): void {
    const [origin, ...lines] = (payload ?? '').split('\n');
    if (origin === this.#origin) return;
    for (const line of lines) {
      const [name = '', ...ids] = line.split('\t');
      this.#tell(name, new Set(ids));
    }
  }
}

function add(wakes: Map<string, Set<string>>, name: string, id: string | undefined): void {
  const ids = wakes.get(name) ?? new Set();
  wakes.set(name, ids);
  if (id !== undefined) ids.add(id);
}

/** One line per key, `key<TAB>id<TAB>id…`, in as many payloads as it takes. Keys and ids hold neither tabs nor line breaks. */
function encode(origin: string, wakes: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const payloads: string[] = [];
  let current = origin;
  const append = (line: string): void => {
    if (Buffer.byteLength(current) + Buffer.byteLength(line) + 1 > PAYLOAD_BYTES_MAX) {
      payloads.push(current);
      current = origin;
    }
    current += `\n${line}`;
  };
  for (const [name, ids] of wakes) {
    if (Buffer.byteLength(name) > PAYLOAD_BYTES_MAX / 2) continue;
    let line = name;
    for (const id of ids) {
      if (Buffer.byteLength(line) + Buffer.byteLength(id) > PAYLOAD_BYTES_MAX / 2) {
        append(line);
        line = name;
      }
      line += `\t${id}`;
    }
    append(line);
  }
  return [...payloads, current];
}
