/**
 * The record of one execution: what it was made of, what happened to it, and how it ended. Written by whoever ran it, read by
 * whoever wants to know whether the same would happen today.
 *
 * As text it is NDJSON: the first line is the header, then one line per event, in order; the last line, `end`, is missing when
 * whoever wrote it was stopped. Each line stands for itself, so that what was written before is still a record.
 *
 * Invariants:
 * - P1 a line is written once and never changed; a prefix of a record that ends with a whole line is a record.
 * - P2 the value of a secret output is in none of them, not even sealed: nothing that is compared depends on it. Of other secrets
 *   state and events have no plaintext (K1), and the pipeline is as its author wrote it.
 */
import { referenceKey, type DocumentReference, type Documents, type StoredDocument } from '../language/documents.ts';
import { sealedOutputs } from '../engine/secret-outputs.ts';
import type { EngineEvent, TaskCompletedEvent, TaskOutcome } from '../engine/events.ts';
import type { Execution, ExecutionHeader, NodeExecution, RetainedRun } from '../engine/execution.ts';
import { isMap } from '../engine/spec-members.ts';
import type { Value } from '../expressions/values.ts';

/** Says what the first line is, for whoever finds it. */
export const RECORD_KIND = 'bridle.execution';
/** Raised when a reader of this version could not read it any more. */
export const RECORD_VERSION = 1;

export interface RecordHeader {
  readonly record: typeof RECORD_KIND;
  readonly version: typeof RECORD_VERSION;
  /** As in `bridle 0.1.0`. */
  readonly writtenBy: string;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  /** With the plan it ran by, its cause, seed, scope and defaults. */
  readonly execution: ExecutionHeader;
  readonly source: RecordedSource;
}

/** What the plan was compiled from, as it was written. */
export interface RecordedSource {
  readonly yaml: string;
  /** Where it stood, seen from the folder of the record, with `/`; absent = in no file. */
  readonly file?: string;
  /** What the pipeline refers to, as far as it was asked for; `null` = there was none. */
  readonly documents: readonly RecordedDocument[];
  /** YAML rooted at `pipeline`; empty = no inputs. */
  readonly inputYaml: string;
  /** YAML of input sets in the order in which they were folded. */
  readonly inputSets?: readonly string[];
  /** What expressions in the inputs gave (see `PipelineRequest.known`). */
  readonly known?: Readonly<Record<string, string>>;
  /** Identifiers of the chosen stages; absent = all. */
  readonly stages?: readonly string[];
  /** Stages were chosen though the pipeline does not allow it. */
  readonly isStageChoiceFree?: true;
  /** Of its steps only these ran, as `STEP` or `STAGE.STEP`; absent = all. */
  readonly steps?: readonly string[];
  readonly expressionValues?: Readonly<Record<string, string>>;
  /** The text with every input replaced by its value. */
  readonly resolvedYaml: string;
}

export interface RecordedDocument {
  readonly reference: DocumentReference;
  readonly document: StoredDocument | null;
}

/** How it ended; of an execution that was stopped together with its writer there is none. */
export type RecordedEnd = Pick<Execution, 'version' | 'status' | 'startedAt' | 'endedAt' | 'nodes' | 'outputs'>;

export interface ExecutionRecord {
  readonly header: RecordHeader;
  readonly events: readonly EngineEvent[];
  readonly end?: RecordedEnd;
  /** It breaks off: no end was written. */
  readonly isTruncated: boolean;
}

export function printHeader(header: RecordHeader): string {
  const { execution } = header;
  const { retained } = execution;
  const hidden = retained === undefined ? execution : { ...execution, retained: hideRetained(retained) };
  return JSON.stringify({ ...header, execution: hidden });
}

export function printEvent(event: EngineEvent): string {
  return JSON.stringify({ event: event.kind === 'taskCompleted' ? hideOutcome(event) : event });
}

export function printEnd({ version, status, startedAt, endedAt, nodes, outputs }: Execution): string {
  const end = {
    version,
    status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(outputs === undefined ? {} : { outputs }),
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, hideNode(node)])),
  };
  return JSON.stringify({ end });
}

/** The documents of a record, for the compiler. */
export function recordedDocuments({ documents }: RecordedSource): Documents {
  const found = new Map(documents.map(({ reference, document }) => [referenceKey(reference), document]));
  // What was not asked for then is not there now.
  return { find: (reference) => found.get(referenceKey(reference)) ?? null };
}

const HIDDEN = '**************';

function hideOutcome(event: TaskCompletedEvent): TaskCompletedEvent {
  const { outcome } = event;
  if (outcome.kind === 'cancelled' || outcome.secretOutputs === undefined) return event;
  const outputs = { ...outcome.outputs, ...hideVariables(outcome.outputs, outcome.secretOutputs) };
  return { ...event, outcome: { ...outcome, outputs } satisfies TaskOutcome };
}

function hideNode(node: NodeExecution): NodeExecution {
  return { ...node, outcomes: hideOutcomes(node.outcomes) };
}

function hideRetained(retained: RetainedRun): RetainedRun {
  const nodes = retained.nodes.map((node) => ({
    ...node,
    state: { ...node.state, outcomes: hideOutcomes(node.state.outcomes) },
  }));
  return { ...retained, nodes };
}

function hideOutcomes(outcomes: NodeExecution['outcomes']): NodeExecution['outcomes'] {
  const sealed = sealedOutputs(outcomes);
  const output = outcomes['output'];
  if (sealed.length === 0 || output === undefined || !isMap(output)) return outcomes;
  return { ...outcomes, output: { ...output, ...hideVariables(output, sealed) } };
}

function hideVariables(
  outputs: Readonly<Record<string, Value>>,
  names: readonly string[],
): Readonly<Record<string, Value>> {
  const { outputVariables } = outputs;
  if (outputVariables === undefined || !isMap(outputVariables)) return {};
  const hidden = Object.keys(outputVariables).filter((name) => names.includes(name));
  return { outputVariables: { ...outputVariables, ...Object.fromEntries(hidden.map((name) => [name, HIDDEN])) } };
}
