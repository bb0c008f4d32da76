/**
 * Turns queued trigger events into executions. Any replica may take any event: rows are held by their locks while the
 * transaction lasts, so a replica that dies gives them back at once.
 *
 * Invariants (cited by tests):
 * - I1 the event's final status, its further rows and the executions it starts are one commit.
 * - An event that our own code cannot process ends as EXCEPTION_WHILE_PROCESSING after `ATTEMPTS_MAX` tries, and never holds up
 *   the events behind it.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionService, StartRequest } from '../executions/service.ts';
import type { Database, Transaction } from '../store/database.ts';
import { findPipeline } from '../store/pipelines.ts';
import {
  claimTriggerEvent,
  claimTriggerEvents,
  countTriggerEventAttempt,
  finishTriggerEvents,
  insertFurtherEvent,
  type TriggerEventRow,
} from '../store/trigger-events.ts';
import { listEnabledCustomTriggers } from '../store/triggers.ts';
import { decideEvent, decideWithoutPipeline, type Candidate, type Decision } from './decide.ts';
import { DocumentSource } from './document-source.ts';

/** Compiling takes about a millisecond: a batch keeps the event loop busy for a blink, and locks its rows no longer than that. */
const BATCH_EVENTS_MAX = 32;
/** Payload of a batch (P1); it is held several times over while executions are made of it. */
const BATCH_BYTES_MAX = 8 * 1_048_576;
const ATTEMPTS_MAX = 3;
const EVENT_ID_BYTES = 12;

export interface EventProcessorOptions {
  readonly db: Database;
  readonly executions: ExecutionService;
  /** Hears of an event that could not be processed, with the error. */
  readonly onProblem: (problem: {
    readonly eventId: string;
    readonly attempts: number;
    readonly error: unknown;
  }) => void;
}

export type ProcessedEvent = Pick<TriggerEventRow, 'id' | 'scope'>;

export interface ProcessedBatch {
  readonly events: readonly ProcessedEvent[];
  /** Nothing was left to take when the batch was taken: the next one begins with the next call. */
  readonly isQueueEmpty: boolean;
}

export class EventProcessor {
  readonly #options: EventProcessorOptions;

  constructor(options: EventProcessorOptions) {
    this.#options = options;
  }

  /** Processes a batch of queued events. Rejects when the database is away. */
  async processBatch(): Promise<ProcessedBatch> {
    let claimed: { readonly events: readonly ProcessedEvent[]; readonly areAll: boolean } | undefined;
    try {
      const events = await this.#process(async (tx) => {
        const claim = await claimTriggerEvents(tx, BATCH_EVENTS_MAX, BATCH_BYTES_MAX);
        claimed = claim;
        return claim.events;
      });
      return { events, isQueueEmpty: claimed?.areAll ?? true };
    } catch (error) {
      if (claimed === undefined || claimed.events.length === 0) throw error;
      // One of them spoils the batch, or the database went away: alone each shows which.
      for (const { id } of claimed.events) await this.#processAlone(id);
      return { events: claimed.events, isQueueEmpty: false };
    }
  }

  async #processAlone(id: string): Promise<void> {
    try {
      await this.#process(async (tx) => {
        const event = await claimTriggerEvent(tx, id);
        return event === undefined ? [] : [event];
      });
    } catch (error) {
      // Counting fails too when the database is away, and then the event is not to blame.
      const attempts = await countTriggerEventAttempt(this.#options.db, id);
      this.#options.onProblem({ eventId: id, attempts, error });
      if (attempts >= ATTEMPTS_MAX) await this.#giveUp(id);
    }
  }

  async #process(claim: (tx: Transaction) => Promise<readonly TriggerEventRow[]>): Promise<readonly ProcessedEvent[]> {
    const { db, executions } = this.#options;
    const { events: processed, started } = await db.transaction().execute(async (tx) => {
      const events = await claim(tx);
      if (events.length === 0) return { events, started: [] };
      const decided = await decideAll(tx, events);
      const requests = decided.flatMap(({ decisions }) =>
        decisions.flatMap(({ start }) => (start === undefined ? [] : [start])),
      );
      const begun = await startAll(executions, tx, requests);
      await save(tx, decided);
      return { events, started: begun };
    });
    if (started.length > 0) executions.started(started);
    return processed;
  }

  async #giveUp(id: string): Promise<void> {
    const message =
      'Bridle could not process this event because of an error of its own. The log of the server has the details.';
    await finishTriggerEvents(this.#options.db, [
      { eventId: id, status: 'EXCEPTION_WHILE_PROCESSING', message, isException: true },
    ]);
  }
}

interface Decided {
  readonly event: TriggerEventRow;
  readonly decisions: readonly [Decision, ...Decision[]];
}

async function decideAll(tx: Transaction, events: readonly TriggerEventRow[]): Promise<readonly Decided[]> {
  const definitions = new Definitions(tx);
  const decided: Decided[] = [];
  for (const event of events) {
    decided.push({ event, decisions: await decide(event, definitions) });
    // Compiling is work of the processor alone: requests that came meanwhile are served before the next event.
    await nextTurn();
  }
  return decided;
}

async function decide(event: TriggerEventRow, definitions: Definitions): Promise<readonly [Decision, ...Decision[]]> {
  const candidates = await definitions.candidatesFor(event);
  if (candidates.length === 0 && event.pipelineIdentifier !== undefined) {
    const isThere = await definitions.hasPipeline(event.scope, event.pipelineIdentifier);
    if (!isThere) return [decideWithoutPipeline(event, event.pipelineIdentifier)];
  }
  return await decideEvent(event, candidates, definitions.documents);
}

/** `startIn` with nothing to start is not asked. */
async function startAll(
  executions: ExecutionService,
  tx: Transaction,
  requests: readonly StartRequest[],
): ReturnType<ExecutionService['startIn']> {
  return requests.length === 0 ? [] : await executions.startIn(tx, requests);
}

async function save(tx: Transaction, decided: readonly Decided[]): Promise<void> {
  await finishTriggerEvents(
    tx,
    decided.map(({ event, decisions: [own] }) => ({ eventId: event.id, ...own.outcome })),
  );
  for (const { event, decisions } of decided) {
    for (const { outcome } of decisions.slice(1)) {
      const id = randomBytes(EVENT_ID_BYTES).toString('hex');
      await insertFurtherEvent(tx, id, event, { eventId: id, ...outcome });
    }
  }
}

/** Definitions read once per batch: events of a burst mostly name the same trigger. */
class Definitions {
  readonly documents: DocumentSource;
  readonly #tx: Transaction;
  readonly #candidates = new Map<string, Promise<readonly Candidate[]>>();
  readonly #pipelines = new Map<string, Promise<boolean>>();

  constructor(tx: Transaction) {
    this.#tx = tx;
    this.documents = new DocumentSource(tx);
  }

  candidatesFor({ scope, pipelineIdentifier, triggerIdentifier }: TriggerEventRow): Promise<readonly Candidate[]> {
    const key = JSON.stringify([scope, pipelineIdentifier, triggerIdentifier]);
    return remember(this.#candidates, key, () =>
      listEnabledCustomTriggers(this.#tx, scope, pipelineIdentifier, triggerIdentifier),
    );
  }

  hasPipeline(scope: TriggerEventRow['scope'], identifier: string): Promise<boolean> {
    const key = JSON.stringify([scope, identifier]);
    return remember(this.#pipelines, key, async () => (await findPipeline(this.#tx, scope, identifier)) !== undefined);
  }
}

function remember<T>(memory: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const value = read();
  memory.set(key, value);
  return value;
}
