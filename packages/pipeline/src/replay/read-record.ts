/** The text of a record → the record, or the reason why it is none. A last line that breaks off was being written. */
import type { EngineEvent } from '../engine/events.ts';
import type { Value } from '../expressions/values.ts';
import { isMap } from '../engine/spec-members.ts';
import { RECORD_KIND, RECORD_VERSION, type ExecutionRecord, type RecordedEnd, type RecordHeader } from './record.ts';

export type ReadRecord =
  | { readonly kind: 'record'; readonly record: ExecutionRecord }
  | {
      readonly kind: 'refused';
      /** Completes the name of the file: "… is no record: its first line …". */
      readonly reason: string;
      /** 1-based; absent = the whole. */
      readonly line?: number;
    };

const EVENT_KINDS: Readonly<Record<EngineEvent['kind'], true>> = {
  executionStarted: true,
  executionAdmitted: true,
  taskStarted: true,
  taskCompleted: true,
  taskLost: true,
  taskUnassignable: true,
  timerFired: true,
  interruptRequested: true,
  approvalDecided: true,
  inputSubmitted: true,
  resourceAcquired: true,
  childStarted: true,
  childRefused: true,
  childEnded: true,
};

export function readRecordText(text: string): ReadRecord {
  const lines = text.split('\n');
  // What was not written to its end is no JSON: no part of an object is one.
  if (parse(lines.at(-1) ?? '') === undefined) lines.pop();
  if (lines.length === 0)
    return refused(text === '' ? 'is empty' : 'does not begin as the record of an execution does');
  const [first = '', ...rest] = lines;
  const header = readHeader(first);
  if (header.kind === 'refused') return header;
  const events: EngineEvent[] = [];
  let end: RecordedEnd | undefined;
  for (const [index, text] of rest.entries()) {
    const line = index + 2;
    if (end !== undefined) return refused('goes on after its end', line);
    const read = readLine(text);
    if (read === undefined) return refused('has a line that is neither an event nor the end', line);
    if (read.kind === 'end') end = read.end;
    else events.push(read.event);
  }
  const [started] = events;
  if (started !== undefined && started.kind !== 'executionStarted') return refused('does not begin with its start', 2);
  if (end !== undefined && end.version !== events.length) {
    return refused(`has ${String(events.length)} events, but ended after ${String(end.version)}`);
  }
  const whole = { header: header.header, events, isTruncated: end === undefined };
  return { kind: 'record', record: end === undefined ? whole : { ...whole, end } };
}

type Header = { readonly kind: 'header'; readonly header: RecordHeader } | Extract<ReadRecord, { kind: 'refused' }>;

function readHeader(text: string): Header {
  const value = parse(text);
  if (value === undefined || !isMap(value) || value['record'] !== RECORD_KIND) {
    return refused('does not begin as the record of an execution does', 1);
  }
  const version = value['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return refused('says no version', 1);
  if (version > RECORD_VERSION) {
    const known = `this Bridle reads up to version ${String(RECORD_VERSION)}`;
    return refused(`was written by a newer Bridle (version ${String(version)} of the format; ${known})`, 1);
  }
  const missing = missingOf(value);
  if (missing !== undefined) return refused(`lacks ${missing} in its header`, 1);
  return { kind: 'header', header: value as unknown as RecordHeader };
}

/** What everything else relies on. */
function missingOf(header: Readonly<Record<string, Value>>): string | undefined {
  const { createdAt, execution, source } = header;
  if (typeof createdAt !== 'number') return 'createdAt';
  if (execution === undefined || !isMap(execution)) return 'the execution';
  for (const name of ['id', 'seed', 'pipelineIdentifier']) {
    if (typeof execution[name] !== 'string') return `execution.${name}`;
  }
  for (const name of ['scope', 'cause', 'plan', 'defaults']) {
    if (!isMap(execution[name] ?? null)) return `execution.${name}`;
  }
  const plan = execution['plan'] ?? null;
  const { nodes = null, rootId = null } = isMap(plan) ? plan : {};
  if (!isMap(nodes) || typeof rootId !== 'string' || nodes[rootId] === undefined) return 'execution.plan';
  if (source === undefined || !isMap(source)) return 'the source';
  for (const name of ['yaml', 'inputYaml', 'resolvedYaml']) {
    if (typeof source[name] !== 'string') return `source.${name}`;
  }
  return Array.isArray(source['documents']) ? undefined : 'source.documents';
}

function readLine(
  text: string,
):
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'end'; readonly end: RecordedEnd }
  | undefined {
  const value = parse(text);
  if (value === undefined || !isMap(value)) return undefined;
  const { event = null, end = null } = value;
  if (isMap(event)) {
    const { kind, at } = event;
    if (typeof kind !== 'string' || !Object.hasOwn(EVENT_KINDS, kind) || typeof at !== 'number') return undefined;
    return { kind: 'event', event: event as unknown as EngineEvent };
  }
  if (!isMap(end) || typeof end['version'] !== 'number' || typeof end['status'] !== 'string') return undefined;
  return isMap(end['nodes'] ?? null) ? { kind: 'end', end: end as unknown as RecordedEnd } : undefined;
}

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function refused(reason: string, line?: number): Extract<ReadRecord, { kind: 'refused' }> {
  return { kind: 'refused', reason, ...(line === undefined ? {} : { line }) };
}
