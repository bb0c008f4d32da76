/**
 * Writes the record of a run while it goes on (docs/guides/records-and-replay.md): `record.ndjson` and the logs of its steps.
 *
 * Invariants (cited by tests):
 * - W1 What is committed is handed to the operating system before anybody hears of it: a run that is killed leaves all of it.
 * - W2 No secret is in it: what is committed has none (K1), secret outputs are left out, logs come masked.
 * - W3 Nothing that was there before is changed or removed.
 */
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  readonly #logs = new Map<string, number>();

  constructor(folder: string, source: RecordedSource) {
    this.#folder = folder;
    this.#source = source;
    this.artifactsFolder = join(folder, ARTIFACTS_FOLDER);
    this.#file = openSync(join(folder, RECORD_FILE), 'wx', 0o600);
  }

  readonly onCommitted = (changes: readonly CommittedChange[]): void => {
    for (const { execution, events } of changes) {
      this.#main ??= execution.id;
      const isNew = !this.#executions.has(execution.id);
      this.#executions.set(execution.id, execution);
      if (execution.id !== this.#main) continue;
      if (isNew) this.#append(printHeader(headerOf(execution, this.#source)));
      for (const event of events) this.#append(printEvent(event));
      if (isFinal(execution.status)) this.#append(printEnd(execution));
    }
  };

  /** Keeps the lines of logs; everything else that is told is in the events. */
  readonly hear = (event: RunEvent): void => {
    if (event.type === 'log') writeAll(this.#logOf(event.planExecutionId, event.node), `${event.text}\n`);
  };

  close(): void {
    for (const log of this.#logs.values()) closeSync(log);
    this.#logs.clear();
    closeSync(this.#file);
  }

  #append(line: string): void {
    writeAll(this.#file, `${line}\n`);
  }

  #logOf(executionId: string, nodeId: string): number {
    const known = this.#logs.get(nodeId);
    if (known !== undefined) return known;
    const path = this.#logPath(executionId, nodeId);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const opened = openSync(path, 'a', 0o600);
    this.#logs.set(nodeId, opened);
    this.#closeEnded(executionId, nodeId);
    return opened;
  }

  /** A run of thousands of steps does not keep their files open. */
  #closeEnded(executionId: string, except: string): void {
    const { nodes } = this.#executions.get(executionId) ?? {};
    for (const [id, log] of this.#logs) {
      const status = nodes?.[id as NodeExecutionId]?.status;
      if (id === except || status === undefined || !isFinal(status)) continue;
      closeSync(log);
      this.#logs.delete(id);
    }
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

/** One call may take less than all of it. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
