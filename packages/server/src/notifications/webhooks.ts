/**
 * Outgoing webhooks: two loops of every replica. One reads the feed and makes deliveries, the other sends what is due.
 *
 * - N1 woken when there is something; with every wake-up lost it is found within `POLL_MS`.
 * - H1, H2 see store/webhook-deliveries.ts. H3 An endpoint that hangs or fails keeps no other one waiting.
 */
import { Bell } from '../store/bell.ts';
import type { Database, Transaction } from '../store/database.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import {
  endDelivery,
  insertDeliveries,
  takeDueDeliveries,
  type NewDelivery,
  type Outcome,
  type TakenDelivery,
} from '../store/webhook-deliveries.ts';
import {
  disableEndpoint,
  findEndpointOwner,
  insertWebhookSecret,
  listWebhookSecrets,
  noteFailure,
  noteSuccess,
  holdEndpoint,
  retireWebhookSecrets,
  type EndpointKey,
} from '../store/webhook-endpoints.ts';
import { openValue, sealValue, webhookSecretPlace } from '../secrets/envelope.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { callEndpoint, type CallResult, type OutgoingSettings } from './call-endpoint.ts';
import { makeId } from '../store/make-id.ts';
import { fanOut } from './webhook-fan-out.ts';
import { DISABLE_AFTER_MS, retryAfterMs, retryDelayMs } from './webhook-schedule.ts';
import { makeWebhookSecret, webhookHeaders } from './webhook-signature.ts';

const POLL_MS = 1_000;
/** Calls under way in one replica, in all and of one endpoint (P1). */
const CALLS_MAX = 32;
const CALLS_PER_ENDPOINT_MAX = 4;
/** Longer than a call may take, with what is written before and after it. */
const LEASE_MS = 60_000;
/** Answered by an endpoint that wants no more. */
const GONE = 410;

export interface WebhooksOptions {
  readonly db: Database;
  readonly hub: Pick<WakeHub, 'subscribe' | 'wake'>;
  readonly ring: KeyRing;
  readonly outgoing: OutgoingSettings;
  readonly onError: (error: unknown) => void;
  readonly callTimeoutMs?: number;
}

/** What the routes ask of it. */
export interface Webhooks {
  /** Makes a secret that signs from now on and answers with it; it is not shown again. Earlier ones sign for `keepMs` as well. */
  rotateSecret(tx: Transaction, endpoint: EndpointKey, keepMs: number): Promise<string>;
  /** Makes a delivery that is sent once. Call `wake` after the commit. */
  sendTest(tx: Transaction, endpointId: string): Promise<NewDelivery>;
  /** Something is due now. */
  wake(): void;
}

export interface RunningWebhooks extends Webhooks {
  start(): void;
  /** Ends the loops; what is under way is broken off, and sent again by others. */
  stop(): Promise<void>;
}

export function createWebhooks(options: WebhooksOptions): RunningWebhooks {
  return new WebhookLoops(options);
}

class WebhookLoops implements RunningWebhooks {
  readonly #options: WebhooksOptions;
  readonly #stopping = new AbortController();
  readonly #feedBell = new Bell();
  readonly #dueBell = new Bell();
  /** Calls under way, by endpoint. */
  readonly #calls = new Map<Promise<void>, string>();
  #loops: Promise<unknown> = Promise.resolve();
  #end = (): void => undefined;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  start(): void {
    const { hub } = this.#options;
    const unsubscribes = [
      hub.subscribe(wakeKeys.feed, () => this.#feedBell.ring()),
      hub.subscribe(wakeKeys.webhooks, () => this.#dueBell.ring()),
    ];
    const timer = setInterval(() => {
      this.#feedBell.ring();
      this.#dueBell.ring();
    }, POLL_MS);
    timer.unref();
    this.#end = () => {
      clearInterval(timer);
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
    this.#loops = Promise.all([
      this.#loop(this.#feedBell, () => this.#readFeed()),
      this.#loop(this.#dueBell, () => this.#sendDue()),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#end();
    await this.#loops;
    await Promise.all(this.#calls.keys());
  }

  async rotateSecret(tx: Transaction, { owner, id: endpointId }: EndpointKey, keepMs: number): Promise<string> {
    const id = makeId();
    const secret = makeWebhookSecret();
    const value = sealValue(this.#options.ring, webhookSecretPlace(owner, id), Buffer.from(secret));
    await retireWebhookSecrets(tx, endpointId, keepMs);
    await insertWebhookSecret(tx, endpointId, { id, value });
    return secret;
  }

  async sendTest(tx: Transaction, endpointId: string): Promise<NewDelivery> {
    const id = makeId();
    const body = JSON.stringify({ type: 'test', timestamp: new Date().toISOString(), data: { webhookId: endpointId } });
    const delivery = { id, endpointId, messageId: `test_${id}`, eventType: 'test', body };
    await insertDeliveries(tx, [delivery]);
    return delivery;
  }

  wake(): void {
    this.#options.hub.wake([{ key: wakeKeys.webhooks }]);
  }

  async #loop(bell: Bell, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await work().catch(this.#options.onError);
      await bell.next(signal);
    }
  }

  async #readFeed(): Promise<void> {
    for (;;) {
      const { isMore, deliveries } = await fanOut(this.#options.db);
      if (deliveries > 0) this.wake();
      if (!isMore || this.#stopping.signal.aborted) return;
    }
  }

  async #sendDue(): Promise<void> {
    const free = CALLS_MAX - this.#calls.size;
    if (free <= 0) return;
    // An endpoint that is being called waits for its next round: a flood for one is no flood for others.
    const busy = [...new Set(this.#calls.values())];
    const { db } = this.#options;
    const taken = await takeDueDeliveries(db, free, CALLS_PER_ENDPOINT_MAX, LEASE_MS, busy);
    for (const delivery of taken) {
      const call = this.#deliver(delivery)
        .catch(this.#options.onError)
        .finally(() => {
          this.#calls.delete(call);
          this.#dueBell.ring();
        });
      this.#calls.set(call, delivery.endpointId);
    }
  }

  async #deliver(delivery: TakenDelivery): Promise<void> {
    const { db, outgoing, callTimeoutMs } = this.#options;
    const { signal } = this.#stopping;
    const { endpointId, messageId, body, takenAt, url } = delivery;
    const secrets = await this.#secretsOf(endpointId);
    const headers = webhookHeaders(messageId, Math.floor(takenAt / 1_000), body, secrets);
    const result = await callEndpoint(url, headers, body, outgoing, signal, callTimeoutMs);
    // Broken off by the stop: nobody knows how it went, and the next one to take it finds out.
    if (signal.aborted && result.status === undefined) return;
    await db.transaction().execute(async (tx) => await this.#keep(tx, delivery, result));
    this.wake();
  }

  async #keep(tx: Transaction, delivery: TakenDelivery, result: CallResult): Promise<void> {
    const { endpointId, tries, takenAt, position } = delivery;
    if (!(await holdEndpoint(tx, endpointId))) return;
    const { status, retryAfter, ...attempt } = result;
    const kept = { ...attempt, ...(status === undefined ? {} : { status }) };
    const isDelivered = attempt.error === undefined && status !== undefined && status >= 200 && status < 300;
    if (isDelivered) {
      await noteSuccess(tx, endpointId);
      return await endDelivery(tx, delivery, { attempt: kept, state: 'delivered' });
    }
    const askedMs = retryAfterMs(retryAfter, takenAt);
    // A test is for somebody who looks on.
    const isLast = status === GONE || position === undefined;
    const againAfterMs = isLast ? undefined : retryDelayMs(tries, askedMs, Math.random());
    const outcome: Outcome =
      againAfterMs === undefined
        ? { attempt: kept, state: 'failed' }
        : { attempt: kept, state: 'pending', againAfterMs };
    await endDelivery(tx, delivery, outcome);
    if (position === undefined) return;
    const failingMs = await noteFailure(tx, endpointId);
    if (status === GONE) await disableEndpoint(tx, endpointId, 'It answered 410 Gone: it wants no more.');
    else if (failingMs >= DISABLE_AFTER_MS) {
      const days = String(DISABLE_AFTER_MS / 86_400_000);
      await disableEndpoint(tx, endpointId, `Nothing could be delivered to it for ${days} days.`);
    }
  }

  async #secretsOf(endpointId: string): Promise<readonly string[]> {
    const { db, ring } = this.#options;
    const owner = await findEndpointOwner(db, endpointId);
    if (owner === undefined) return [];
    return (await listWebhookSecrets(db, endpointId)).map(({ id, value }) =>
      openValue(ring, webhookSecretPlace(owner, id), value).toString('utf8'),
    );
  }
}
