/**
 * Asks providers for the files of pull requests, for events whose triggers have conditions on them (decide-git.ts). It is done outside
 * of any transaction: a slow provider holds up nobody but its own events.
 *
 * - An outage is waited out: the event stays queued and says so, and is asked for again after each of the pauses. After the last one
 *   its triggers hear of the outage.
 * - A process that dies while it asks is replaced when its lease ends.
 */
import type { Doorbell, Scheduler } from '@bridle/runtime';
import type { Database } from '../store/database.ts';
import {
  keepFiles,
  takeWaitingForFiles,
  type AskedFiles,
  type FilesAnswer,
  type FilesSource,
} from '../store/trigger-files.ts';

/** Asks one provider. Never rejects for what a provider or a delegate does. */
export type AskChangedFiles = (source: FilesSource, signal: AbortSignal) => Promise<FilesAnswer>;

/** Between one try and the next: half an hour in all, which is what an upgrade of a server of Git takes. */
export const FILES_PAUSES_MS: readonly number[] = [2_000, 10_000, 30_000, 120_000, 300_000, 600_000, 720_000];
/** Longer than the questions of one event take: `FILES_SOURCES_MAX`, each as long as dispatch/changed-files.ts waits. */
const LEASE_MS = 600_000;
/** Events that one process asks for at the same time. */
const AT_ONCE = 4;
const LOOK_MS = 1_000;
const RETRY_MS = 1_000;

export interface FilesLoopOptions {
  readonly db: Database;
  readonly scheduler: Scheduler;
  readonly ask: AskChangedFiles;
  readonly pausesMs: readonly number[];
  /** Rings when an event was postponed here. */
  readonly doorbell: Doorbell;
  /** An event is ready to be decided. */
  readonly onAnswered: () => void;
  readonly onError: (error: unknown) => void;
}

export async function askForFiles(options: FilesLoopOptions, signal: AbortSignal): Promise<void> {
  const inHand = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      const isFull = inHand.size >= AT_ONCE;
      const waiting = isFull ? undefined : await takeWaitingForFiles(options.db, LEASE_MS);
      if (waiting !== undefined) {
        const work: Promise<void> = askFor(options, waiting, signal)
          .catch(options.onError)
          .finally(() => {
            inHand.delete(work);
            options.doorbell.ring();
          });
        inHand.add(work);
        continue;
      }
      await options.doorbell.wait(options.scheduler, LOOK_MS, signal);
    } catch (error) {
      options.onError(error);
      await options.scheduler.sleep(RETRY_MS, signal);
    }
  }
  await Promise.all(inHand);
}

async function askFor(
  { db, ask, pausesMs, onAnswered }: FilesLoopOptions,
  { eventId, asked, attempts }: NonNullable<Awaited<ReturnType<typeof takeWaitingForFiles>>>,
  signal: AbortSignal,
): Promise<void> {
  const answers: AskedFiles[] = [];
  for (const each of asked) {
    answers.push(isSettled(each) ? each : { source: each.source, answer: await ask(each.source, signal) });
  }
  // Whoever stops has no answer: another asks when the lease ends, or this one after its start.
  const stopped = signal.aborted;
  const outage = answers.find((each) => !isSettled(each))?.answer;
  const pause = pausesMs[attempts - 1];
  if (stopped) await keepFiles(db, { eventId, asked, attempts }, { afterMs: 0, message: ASKED_MESSAGE });
  else if (outage?.kind === 'failed' && pause !== undefined) {
    const message = `${ASKED_MESSAGE} The last try: ${outage.reason}`;
    await keepFiles(db, { eventId, asked: answers, attempts }, { afterMs: pause, message });
  } else {
    await keepFiles(db, { eventId, asked: answers, attempts });
    onAnswered();
  }
}

export const ASKED_MESSAGE =
  'Trigger execution is queued: the provider is asked for the files that the pull request changes.';

function isSettled({ answer }: AskedFiles): boolean {
  return answer !== undefined && (answer.kind === 'files' || !answer.isOutage);
}
