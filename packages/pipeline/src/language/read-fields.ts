/** Reads the fields that pipelines, stages, groups and steps have in common. A wrong kind is reported and read as absent. */
import { DURATION_MS_USUAL_MIN, parseDuration } from './durations.ts';
import type { Findings, Place } from './diagnostics.ts';
import type { Timeout, When } from './node-parts.ts';
import { didYouMean } from './suggest.ts';
import { describeKind, find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** Text that is resolved later: an expression, or a runtime input that is not supplied yet. */
export function isLate(text: string): boolean {
  return text.includes('<+');
}

/** A scalar that is resolved later. */
export function isLateNode(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && isLate(node.text);
}

/** Asked for when the pipeline runs: anything may come, and it is judged then. */
export function awaitsInput(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && node.text.includes('<+input>');
}

/** `undefined` = absent, null, or of a wrong kind (reported). */
export function readText(map: MapNode, key: string, what: string, findings: Findings): string | undefined {
  const node = find(map, key);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value === null ? undefined : node.text;
  reportKind(node, `the field ${key} of ${what}`, 'text', findings);
  return undefined;
}

export function readFlag(map: MapNode, key: string, what: string, findings: Findings): boolean {
  const node = find(map, key);
  if (node === undefined || isEmpty(node)) return false;
  if (node.kind === 'scalar' && (node.text === 'true' || node.text === 'false')) return node.text === 'true';
  if (!awaitsInput(node)) reportKind(node, `the field ${key} of ${what}`, 'true or false', findings);
  return false;
}

/** The map under a key; `undefined` when it is absent, empty or of a wrong kind (reported). */
export function readMap(map: MapNode, key: string, what: string, findings: Findings): MapNode | undefined {
  const node = find(map, key);
  if (node === undefined || isEmpty(node)) return undefined;
  if (node.kind === 'map') return node;
  if (!awaitsInput(node)) reportKind(node, `the field ${key} of ${what}`, 'a map', findings);
  return undefined;
}

export function reportKind(node: YamlNode, what: string, expected: string, findings: Findings): void {
  findings.add('FIELD_TYPE', 'run', node, `${capitalised(what)} must be ${expected}, but it is ${describeKind(node)}.`);
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Tags: text to text; Harness writes an empty text, people also write nothing. */
export function readTags(map: MapNode, what: string, findings: Findings): Readonly<Record<string, string>> {
  const tags = readMap(map, 'tags', what, findings);
  const read: [string, string][] = [];
  for (const { key, value } of tags?.entries.values() ?? []) {
    if (value.kind === 'scalar') read.push([key, value.text]);
    else reportKind(value, `the tag ${key} of ${what}`, 'text', findings);
  }
  return Object.fromEntries(read);
}

/** One selector, a list of them, or one expression that will give a list. */
export function readSelectors(map: MapNode, what: string, findings: Findings): readonly string[] {
  const node = find(map, 'delegateSelectors');
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind === 'scalar') return [node.text];
  if (node.kind === 'map') {
    reportKind(node, `the field delegateSelectors of ${what}`, 'a list of texts', findings);
    return [];
  }
  const selectors: string[] = [];
  for (const item of node.items) {
    if (item.kind !== 'scalar') reportKind(item, `a delegate selector of ${what}`, 'text', findings);
    else if (item.text !== '') selectors.push(item.text);
  }
  return selectors;
}

export function readTimeout(map: MapNode, what: string, findings: Findings): Timeout | undefined {
  const text = readText(map, 'timeout', what, findings);
  const node = find(map, 'timeout');
  if (text === undefined || node === undefined || text.trim() === '') return undefined;
  if (isLate(text)) return { kind: 'expression', text };
  const ms = checkDuration(text, node, `the timeout of ${what}`, findings);
  if (ms === undefined) return undefined;
  if (ms < DURATION_MS_USUAL_MIN) {
    findings.add(
      'DURATION_SHORT',
      'nothing',
      node,
      `Harness refuses the timeout ${text} of ${what}, because it is shorter than 10s; Bridle runs it.`,
    );
  }
  return { kind: 'fixed', ms };
}

/** A duration, or the expression that will give one; `undefined` = absent, empty, asked for, or wrong (reported). */
export function readDuration(node: YamlNode | undefined, what: string, findings: Findings): Timeout | undefined {
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return undefined;
  if (node.kind !== 'scalar') {
    reportKind(node, what, 'a duration', findings);
    return undefined;
  }
  if (isLate(node.text)) return { kind: 'expression', text: node.text };
  const ms = checkDuration(node.text, node, what, findings);
  return ms === undefined ? undefined : { kind: 'fixed', ms };
}

/** Milliseconds, or `undefined` with a report. */
export function checkDuration(text: string, place: Place, what: string, findings: Findings): number | undefined {
  const ms = parseDuration(text);
  if (ms === undefined) {
    findings.add(
      'DURATION_INVALID',
      'run',
      place,
      `${capitalised(what)} is "${text}", which is not a duration of at most 53w.`,
      'Write parts of w, d, h, m, s and ms, such as 1h 30m.',
    );
  }
  return ms;
}

export const WHEN_STATUSES = ['Success', 'Failure', 'All'] as const;

/** `statusKey` is `pipelineStatus` for stages, `stageStatus` for steps and groups. The default is Success, no condition. */
export function readWhen(
  map: MapNode,
  statusKey: 'pipelineStatus' | 'stageStatus',
  what: string,
  findings: Findings,
): When {
  const when = readMap(map, 'when', what, findings);
  if (when === undefined) return { status: 'Success' };
  const otherKey = statusKey === 'stageStatus' ? 'pipelineStatus' : 'stageStatus';
  warnUnknownKeys(when, [statusKey, otherKey, 'condition'], `when of ${what}`, findings);
  const other = find(when, otherKey);
  if (other !== undefined) {
    findings.add(
      'FIELD_VALUE',
      'run',
      other,
      `${capitalised(what)} has ${otherKey} in its when, where ${statusKey} is meant.`,
      `Rename it to ${statusKey}.`,
    );
  }
  const written = readText(when, statusKey, `when of ${what}`, findings);
  const status = WHEN_STATUSES.find((known) => known === written);
  const node = find(when, statusKey);
  if (written !== undefined && status === undefined && node !== undefined && !awaitsInput(node)) {
    findings.add(
      'FIELD_VALUE',
      'run',
      node,
      `${statusKey} of ${what} is "${written}"; it takes Success, Failure or All.`,
      didYouMean(written, WHEN_STATUSES),
    );
  }
  const condition = readText(when, 'condition', `when of ${what}`, findings)?.trim();
  return { status: status ?? 'Success', ...(condition === undefined || condition === '' ? {} : { condition }) };
}

/** Unknown keys are kept and change nothing, which their author should know. */
export function warnUnknownKeys(map: MapNode, known: readonly string[], what: string, findings: Findings): void {
  for (const { key, keyRange, value } of map.entries.values()) {
    if (known.includes(key)) continue;
    const place = { path: value.path, range: keyRange };
    findings.add(
      'UNKNOWN_KEY',
      'nothing',
      place,
      `The key ${key} of ${what} is unknown and has no effect.`,
      didYouMean(key, known),
    );
  }
}

/** Something that would change what runs, and that Bridle does not carry out yet. `what` completes "Bridle does not run … yet". */
export function reportNotRunYet(place: Place, what: string, findings: Findings): void {
  const { line } = place.range.start;
  findings.add(
    'CONSTRUCT_NOT_RUN_YET',
    'run',
    place,
    `Bridle does not run ${what} yet (line ${String(line)}).`,
    'It can be saved; runs are refused until this is gone or supported.',
  );
}
