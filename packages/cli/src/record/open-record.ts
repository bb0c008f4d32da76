/**
 * Writes the record of a run while it goes on (docs/guides/records-and-replay.md): `record.ndjson` and the logs of its steps.
 *
 * Invariants (cited by tests):
 * - W1 What is committed is handed to the operating system before anybody hears of it: a run that is killed leaves all of it.
 * - W2 No secret is in it: what is committed has none (K1), secret outputs are left out, logs come masked.
 * - W3 Nothing that was there before is changed or removed.
 * - W4 A run goes on when its record cannot: what was written is still a record, and `problem` says why there is no more.
 */
import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  isFinal,
  printEnd,
  printEvent,
  printHeader,
  RECORD_KIND,
  RECORD_VERSION,
  type Execution,
  type ExecutionHeader,
  type NodeExecutionId,
  type RecordedSource,
  type RecordHeader,
} from '@bridle/pipeline';
import type { RunEvent } from '@bridle/protocol';
import type { CommittedChange } from '@bridle/runtime';
import { UsageError } from '../command-line/usage-error.ts';
import { VERSION } from '../version.ts';
import { logFileOf } from './log-file.ts';
import { LogWriter, writeAll } from './log-writer.ts';

export const RECORD_FILE = 'record.ndjson';
export const LOGS_FOLDER = 'logs';
export const ARTIFACTS_FOLDER = 'artifacts';

/**
 * @param shown - the folder as its user named it
 * @param source - what the run is made of
 * @throws UsageError when the folder cannot be made, or has something in it
 */
export function openRecord(folder: string, shown: string, source: RecordedSource): RunRecord {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length > 0) {
      throw new UsageError(`${shown} is not empty.`, 'A record needs a folder of its own: name another one.');
    }
    return new RunRecord(folder, source);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`No record can be written to ${shown} (${String(error.code)}).`);
  }
}

/** Give its methods to the run: what is committed and what is told come here. */
export class RunRecord {
  readonly artifactsFolder: string;
  readonly #folder: string;
  readonly #source: RecordedSource;
  readonly #file: number;
  /** Those of which something was committed; the first one is the run's own. */
  readonly #executions = new Map<string, Execution>();
  #main: string | undefined;
  readonly #logs = new LogWriter((error) => this.#stop(error));
  #problem: string | undefined;

  constructor(folder: string, source: RecordedSource) {
    this.#folder = folder;
    this.#source = source;
    this.artifactsFolder = join(folder, ARTIFACTS_FOLDER);
    this.#file = openSync(join(folder, RECORD_FILE), 'wx', 0o600);
  }

  /** Why the record is not whole, in a sentence; `undefined` = it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  readonly onCommitted = (changes: readonly CommittedChange[]): void => {
    for (const { execution, events } of changes) {
      this.#main ??= execution.id;
      const isNew = !this.#executions.has(execution.id);
      this.#executions.set(execution.id, execution);
      if (execution.id !== this.#main) continue;
      this.#write(() => {
        if (isNew) this.#append(printHeader(headerOf(execution, this.#source)));
        for (const event of events) this.#append(printEvent(event));
        if (isFinal(execution.status)) this.#append(printEnd(execution));
      });
    }
  };

  /** Keeps the lines of logs; everything else that is told is in the events. */
  readonly hear = (event: RunEvent): void => {
    if (event.type !== 'log') return;
    this.#write(() => this.#logs.add(this.#logPath(event.planExecutionId, event.node), event.text));
  };

  close(): void {
    this.#write(() => this.#logs.close());
    closeSync(this.#file);
  }

  #append(line: string): void {
    writeAll(this.#file, `${line}\n`);
  }

  /** Nothing after a gap: what is there is a record as far as it goes. */
  #write(what: () => void): void {
    if (this.#problem !== undefined) return;
    try {
      what();
    } catch (error) {
      this.#stop(error);
    }
  }

  #stop(error: unknown): void {
    if (!(error instanceof Error && 'code' in error)) throw error;
    this.#problem ??= `The record in ${this.#folder} ends before the run does: it cannot be written to (${String(error.code)}).`;
  }

  /** Steps of chained pipelines have folders of their own. */
  #logPath(executionId: string, nodeId: string): string {
    const execution = this.#executions.get(executionId);
    const node = execution?.nodes[nodeId as NodeExecutionId];
    if (execution === undefined || node === undefined)
      throw new Error(`A log of ${nodeId}, of which nothing is known.`);
    const chained = executionId === this.#main ? [] : ['chained', executionId];
    return join(this.#folder, LOGS_FOLDER, ...chained, ...logFileOf(execution, node).split('/'));
  }
}

function headerOf(execution: Execution, source: RecordedSource): RecordHeader {
  const { version: _v, status: _s, createdAt, startedAt: _b, endedAt: _e, nodes: _n, ...rest } = execution;
  const { abort: _a, pause: _p, outputs: _o, ...header } = rest;
  return {
    record: RECORD_KIND,
    version: RECORD_VERSION,
    writtenBy: `bridle ${VERSION}`,
    createdAt,
    execution: header satisfies ExecutionHeader,
    source,
  };
}
