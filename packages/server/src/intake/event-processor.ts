/**
 * Turns queued trigger events into executions. Any replica may take any event: rows are held by their locks while the
 * transaction lasts, so a replica that dies gives them back at once.
 *
 * Invariants (cited by tests):
 * - I1 the event's final status, its further rows and the executions it starts are one commit.
 * - An event that our own code cannot process ends as EXCEPTION_WHILE_PROCESSING after `ATTEMPTS_MAX` tries, and never holds up
 *   the events behind it.
 * - S2 a signed request fires a trigger once, by whatever address it comes.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionService, StartedExecution, StartRequest } from '../executions/service.ts';
import type { Database, Transaction } from '../store/database.ts';
import { claimDelivery } from '../store/trigger-deliveries.ts';
import {
  claimTriggerEvent,
  claimTriggerEvents,
  countTriggerEventAttempt,
  finishTriggerEvents,
  insertFurtherEvent,
  type TriggerEventRow,
} from '../store/trigger-events.ts';
import { decideEvent, decideWithoutPipeline, type Decisions } from './decide.ts';
import { decideGitEvent, type GitDecision } from './decide-git.ts';
import { Definitions, type FindWebhookSecret } from './definitions.ts';
import type { ReadStoredText } from './document-source.ts';
import { ASKED_MESSAGE } from './files-loop.ts';
import { postponeEvent, type AskedFiles } from '../store/trigger-files.ts';
import type { Decision } from './start-by-trigger.ts';
import { abortSuperseded, type Superseding } from './supersede.ts';

/** Compiling takes about a millisecond: a batch keeps the event loop busy for a blink, and locks its rows no longer than that. */
const BATCH_EVENTS_MAX = 32;
/** Payload of a batch (P1); it is held several times over while executions are made of it. */
const BATCH_BYTES_MAX = 8 * 1_048_576;
const ATTEMPTS_MAX = 3;
const EVENT_ID_BYTES = 12;

export interface EventProcessorOptions {
  readonly db: Database;
  readonly executions: ExecutionService;
  readonly findWebhookSecret: FindWebhookSecret;
  readonly readStoredText: ReadStoredText;
  /** Some event waits for the files of a pull request now. */
  readonly onPostponed: () => void;
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

  /** Processes a batch of queued events that are at least so old. Rejects when the database is away. */
  async processBatch(ageMs = 0): Promise<ProcessedBatch> {
    let claimed: { readonly events: readonly ProcessedEvent[]; readonly areAll: boolean } | undefined;
    try {
      const events = await this.#process(async (tx) => {
        const claim = await claimTriggerEvents(tx, BATCH_EVENTS_MAX, BATCH_BYTES_MAX, ageMs);
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
    const { db, executions, findWebhookSecret, readStoredText, onPostponed } = this.#options;
    const { processed, started, superseding, isPostponed } = await db.transaction().execute(async (tx) => {
      const events = await claim(tx);
      if (events.length === 0) return { processed: [], started: [], superseding: [], isPostponed: false };
      const { decided, postponed } = await decideAll(
        events,
        new Definitions(tx, findWebhookSecret, readStoredText),
        tx,
      );
      const requests = decided.flatMap(({ decisions }) =>
        decisions.flatMap(({ start }) => (start === undefined ? [] : [start])),
      );
      const begun = await startAll(executions, tx, requests);
      await save(tx, decided);
      for (const { event, asked } of postponed) await postponeEvent(tx, event.id, asked, ASKED_MESSAGE);
      return {
        processed: processedOf(decided),
        started: begun,
        superseding: supersedingOf(decided, begun),
        isPostponed: postponed.length > 0,
      };
    });
    if (started.length > 0) executions.started(started);
    if (isPostponed) onPostponed();
    for (const each of superseding) {
      await abortSuperseded(db, executions, each).catch((error: unknown) =>
        this.#options.onProblem({ eventId: each.eventId, attempts: 0, error }),
      );
    }
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
  readonly decisions: Decisions;
}

interface Postponed {
  readonly event: TriggerEventRow;
  readonly asked: readonly AskedFiles[];
}

async function decideAll(
  events: readonly TriggerEventRow[],
  definitions: Definitions,
  tx: Transaction,
): Promise<{ readonly decided: readonly Decided[]; readonly postponed: readonly Postponed[] }> {
  const decided: Decided[] = [];
  const postponed: Postponed[] = [];
  for (const event of events) {
    const decision = await decide(event, definitions);
    if (decision.kind === 'postponed') {
      postponed.push({ event, asked: decision.asked });
      continue;
    }
    const [own, ...further] = decision.decisions;
    const judge = (each: Decision): Promise<Decision> => onceOnly(tx, event, each);
    const decisions: [Decision, ...Decision[]] = [await judge(own)];
    for (const each of further) decisions.push(await judge(each));
    decided.push({ event, decisions });
    // Compiling is work of the processor alone: requests that came meanwhile are served before the next event.
    await nextTurn();
  }
  return { decided, postponed };
}

async function decide(event: TriggerEventRow, definitions: Definitions): Promise<GitDecision> {
  if (event.kind === 'git') return await decideGitEvent(event, definitions);
  const candidates = await definitions.candidatesFor(event);
  if (candidates.length === 0 && event.pipelineIdentifier !== undefined) {
    const isThere = await definitions.hasPipeline(event.scope, event.pipelineIdentifier);
    if (!isThere) return { kind: 'decided', decisions: [decideWithoutPipeline(event, event.pipelineIdentifier)] };
  }
  return { kind: 'decided', decisions: await decideEvent(event, candidates, definitions) };
}

/** S2 */
async function onceOnly(tx: Transaction, event: TriggerEventRow, decision: Decision): Promise<Decision> {
  const { delivery, start, outcome } = decision;
  if (delivery === undefined || start === undefined) return decision;
  const earlier = await claimDelivery(tx, delivery.key, delivery.signature, event.id);
  if (earlier === undefined) return decision;
  const { scope, pipelineIdentifier, triggerIdentifier } = outcome;
  return {
    outcome: {
      status: 'TRIGGER_AUTHENTICATION_FAILED',
      message: `This signed request has fired the trigger before, by the event ${earlier}.`,
      isException: true,
      ...(scope === undefined ? {} : { scope }),
      ...(pipelineIdentifier === undefined ? {} : { pipelineIdentifier }),
      ...(triggerIdentifier === undefined ? {} : { triggerIdentifier }),
    },
  };
}

/** An event of Git becomes that of the project whose trigger answers to it. */
function processedOf(decided: readonly Decided[]): readonly ProcessedEvent[] {
  return decided.flatMap(({ event, decisions }) =>
    decisions.map(({ outcome }) => ({ id: event.id, scope: outcome.scope ?? event.scope })),
  );
}

function supersedingOf(decided: readonly Decided[], begun: readonly StartedExecution[]): readonly Superseding[] {
  const byId = new Map(begun.map((started) => [started.executionId, started]));
  return decided.flatMap(({ event, decisions }) =>
    decisions.flatMap(({ supersedes, start }) => {
      const started = start === undefined ? undefined : byId.get(start.executionId);
      return supersedes === undefined || started === undefined ? [] : [{ eventId: event.id, supersedes, started }];
    }),
  );
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
    decided.map(({ event, decisions }) => ({
      eventId: event.id,
      ...decisions[0].outcome,
      // What started nothing may be sent again once its cause is mended, as providers offer it.
      maySendAgain: decisions.every(({ start }) => start === undefined),
    })),
  );
  for (const { event, decisions } of decided) {
    for (const { outcome } of decisions.slice(1)) {
      const id = randomBytes(EVENT_ID_BYTES).toString('hex');
      await insertFurtherEvent(tx, id, event, { eventId: id, ...outcome });
    }
  }
}
