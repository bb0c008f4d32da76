/**
 * Accepts webhook calls durably. Calls that arrive while an insert is on its way gather and share the next one: under load
 * one statement carries many calls, and an idle server still answers after a single round trip.
 */
import { randomBytes } from 'node:crypto';
import type { TriggerEventStatus } from '@bridle/protocol';
import type { Database } from '../store/database.ts';
import { acceptTriggerEvents, type NewTriggerEvent } from '../store/trigger-events.ts';
import { QUEUED_MESSAGE } from './decide.ts';

/** Bounds of one statement. A single call may be larger than the bytes: it then goes alone. */
const BATCH_CALLS_MAX = 256;
const BATCH_BYTES_MAX = 8 * 1_048_576;
/** A second statement on its way lets small calls pass a large one. */
const STATEMENTS_IN_FLIGHT_MAX = 2;
/** Calls that wait for their turn; beyond it the server says that it is busy instead of taking what it cannot keep. */
const WAITING_CALLS_MAX = 20_000;
const WAITING_BYTES_MAX = 256 * 1_048_576;
const EVENT_ID_BYTES = 12;

export type WebhookCall = Omit<NewTriggerEvent, 'id'>;

export type AcceptResult =
  | { readonly kind: 'accepted'; readonly eventId: string }
  /** No enabled custom trigger in the scope of the call; for events of Git, no such account. */
  | { readonly kind: 'noTrigger' }
  | { readonly kind: 'busy' };

interface Waiter {
  readonly event: NewTriggerEvent;
  readonly resolve: (result: AcceptResult) => void;
  readonly reject: (error: unknown) => void;
}

export class EventAcceptor {
  readonly #db: Database;
  readonly #onAccepted: (events: readonly NewTriggerEvent[]) => void;
  #waiting: Waiter[] = [];
  #waitingBytes = 0;
  #inFlight = 0;

  /** `onAccepted` is called with the stored events after each statement that stored some. */
  constructor(db: Database, onAccepted: (events: readonly NewTriggerEvent[]) => void) {
    this.#db = db;
    this.#onAccepted = onAccepted;
  }

  /** Resolves once the event is stored; rejects with the database's error. */
  accept(call: WebhookCall): Promise<AcceptResult> {
    if (this.#waiting.length >= WAITING_CALLS_MAX || this.#waitingBytes >= WAITING_BYTES_MAX) {
      return Promise.resolve({ kind: 'busy' });
    }
    this.#waitingBytes += call.payload.length;
    const event = { ...call, id: randomBytes(EVENT_ID_BYTES).toString('hex') };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      // One turn later, so that calls read from the network in the same turn share the statement.
      setImmediate(() => this.#send());
    });
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#inFlight < STATEMENTS_IN_FLIGHT_MAX) {
      this.#inFlight += 1;
      void this.#insert(this.#takeBatch());
    }
  }

  async #insert(batch: readonly Waiter[]): Promise<void> {
    try {
      const queued = { status: 'QUEUED' satisfies TriggerEventStatus, message: QUEUED_MESSAGE };
      const accepted = await acceptTriggerEvents(
        this.#db,
        batch.map(({ event }) => event),
        queued,
      );
      const stored = batch.flatMap(({ event }) => (accepted.get(event.id)?.isNew === true ? [event] : []));
      if (stored.length > 0) this.#onAccepted(stored);
      for (const { event, resolve } of batch) {
        const answer = accepted.get(event.id);
        resolve(answer === undefined ? { kind: 'noTrigger' } : { kind: 'accepted', eventId: answer.eventId });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#inFlight -= 1;
      this.#send();
    }
  }

  #takeBatch(): readonly Waiter[] {
    let bytes = 0;
    let count = 0;
    for (const { event } of this.#waiting) {
      bytes += event.payload.length;
      if (count === BATCH_CALLS_MAX || (count > 0 && bytes > BATCH_BYTES_MAX)) break;
      count += 1;
    }
    const batch = this.#waiting.splice(0, count);
    for (const { event } of batch) this.#waitingBytes -= event.payload.length;
    return batch;
  }
}
