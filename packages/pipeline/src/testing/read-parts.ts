/** Reads what the parts of a test have in common. A wrong kind is reported and read as absent. */
import { checkDuration, readText, reportKind } from '../language/read-fields.ts';
import type { Findings } from '../language/diagnostics.ts';
import { didYouMean } from '../language/suggest.ts';
import { find, isEmpty, type ListNode, type MapNode, type YamlNode } from '../language/yaml-node.ts';
import type { Placed, Subject, Which } from './document.ts';

/** In a test an unknown key is an error: what it was meant to check would go unchecked. */
export function refuseUnknownKeys(map: MapNode, known: readonly string[], what: string, findings: Findings): void {
  for (const { key, keyRange, value } of map.entries.values()) {
    if (known.includes(key)) continue;
    const place = { path: value.path, range: keyRange };
    const hint = didYouMean(key, known) ?? `It takes ${known.join(', ')}.`;
    findings.add('UNKNOWN_KEY', 'run', place, `${what} has an unknown key ${key}.`, hint);
  }
}

export function readList(map: MapNode, key: string, what: string, findings: Findings): ListNode | undefined {
  const node = find(map, key);
  if (node === undefined || isEmpty(node)) return undefined;
  if (node.kind === 'list') return node;
  reportKind(node, `the field ${key} of ${what}`, 'a list', findings);
  return undefined;
}

/** The maps of a list; other items are reported. */
export function readMaps(map: MapNode, key: string, what: string, findings: Findings): readonly MapNode[] {
  return (readList(map, key, what, findings)?.items ?? []).flatMap((item) => {
    if (item.kind === 'map') return [item];
    reportKind(item, `an item of ${key} of ${what}`, 'a map', findings);
    return [];
  });
}

/** A list of texts; one text may stand for a list of one. */
export function readTexts(node: YamlNode | undefined, what: string, findings: Findings): readonly Placed<string>[] {
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind === 'scalar') return [{ value: node.text, place: node }];
  if (node.kind === 'map') {
    reportKind(node, what, 'a list of texts', findings);
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'scalar' && item.text !== '') return [{ value: item.text, place: item }];
    reportKind(item, `an item of ${what}`, 'text', findings);
    return [];
  });
}

export function readWord<Word extends string>(
  map: MapNode,
  key: string,
  words: readonly Word[],
  what: string,
  findings: Findings,
): Word | undefined {
  const node = find(map, key);
  const text = readText(map, key, what, findings);
  return node === undefined || text === undefined
    ? undefined
    : wordOf(node, text, words, `${key} of ${what}`, findings);
}

export function wordOf<Word extends string>(
  node: YamlNode,
  text: string,
  words: readonly Word[],
  what: string,
  findings: Findings,
): Word | undefined {
  const word = words.find((known) => known === text);
  if (word === undefined) {
    const message = `${what.charAt(0).toUpperCase()}${what.slice(1)} is "${text}".`;
    findings.add('FIELD_VALUE', 'run', node, message, didYouMean(text, words) ?? `It takes ${words.join(', ')}.`);
  }
  return word;
}

/** A whole number of at least `least`. */
export function readCount(
  node: YamlNode | undefined,
  least: number,
  what: string,
  findings: Findings,
): number | undefined {
  if (node === undefined || isEmpty(node)) return undefined;
  const number = node.kind === 'scalar' ? Number(node.text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  reportKind(node, what, `a whole number from ${String(least)}`, findings);
  return undefined;
}

/** Milliseconds. */
export function readMs(map: MapNode, key: string, what: string, findings: Findings): number | undefined {
  const node = find(map, key);
  const text = readText(map, key, what, findings);
  if (node === undefined || text === undefined || text.trim() === '') return undefined;
  return checkDuration(text, node, `${key} of ${what}`, findings);
}

/** `step:` or `stage:`, exactly one of them. */
export function readSubject(map: MapNode, what: string, findings: Findings): Subject | undefined {
  const [subject, second] = (['step', 'stage'] as const).flatMap((kind) => {
    const text = readText(map, kind, what, findings);
    const place = find(map, kind);
    return text === undefined || text === '' || place === undefined ? [] : [{ kind, name: { value: text, place } }];
  });
  if (second !== undefined) {
    findings.add('FIELD_VALUE', 'run', second.name.place, `${what} names a step and a stage.`, 'Name one of them.');
  }
  return subject;
}

export function readWhich(map: MapNode, what: string, findings: Findings): Which {
  const attempt = readCount(find(map, 'attempt'), 1, `attempt of ${what}`, findings);
  const iteration = readIteration(find(map, 'iteration'), what, findings);
  return { ...(attempt === undefined ? {} : { attempt }), ...(iteration === undefined ? {} : { iteration }) };
}

function readIteration(node: YamlNode | undefined, what: string, findings: Findings): Which['iteration'] {
  if (node === undefined || isEmpty(node)) return undefined;
  if (node.kind !== 'map') return readCount(node, 0, `iteration of ${what}`, findings);
  const values = [...node.entries.values()].flatMap(({ key, value }): [string, string][] => {
    if (value.kind === 'scalar') return [[key, value.text]];
    reportKind(value, `${key} of the iteration of ${what}`, 'text', findings);
    return [];
  });
  return Object.fromEntries(values);
}

/** A map of texts. */
export function readTextMap(
  map: MapNode,
  key: string,
  what: string,
  findings: Findings,
): Readonly<Record<string, string>> {
  const node = find(map, key);
  if (node === undefined || isEmpty(node)) return {};
  if (node.kind !== 'map') {
    reportKind(node, `the field ${key} of ${what}`, 'a map', findings);
    return {};
  }
  const texts = [...node.entries.values()].flatMap((entry): [string, string][] => {
    if (entry.value.kind === 'scalar') return [[entry.key, entry.value.text]];
    reportKind(entry.value, `${entry.key} of ${key} of ${what}`, 'text', findings);
    return [];
  });
  return Object.fromEntries(texts);
}
