/** What is expected of a run. A key without a value is kept: an update writes what there is. */
import type { Findings } from '../language/diagnostics.ts';
import { checkDuration, reportKind } from '../language/read-fields.ts';
import { DURATION_LIMIT_KEYS, EXPECT_KEYS, EXPECTED_STATUSES, ROLLBACK_WORDS } from '../language/words-of-tests.ts';
import { find, isEmpty, type MapEntry, type MapNode, type YamlNode } from '../language/yaml-node.ts';
import { readCount, readMs, readTexts, refuseUnknownKeys, wordOf } from './read-parts.ts';
import type { Expectation, Placed } from './document.ts';

export function readExpectations(map: MapNode, findings: Findings): readonly Expectation[] {
  refuseUnknownKeys(map, EXPECT_KEYS, 'expect', findings);
  return [...map.entries.values()].flatMap((entry) => readEntry(entry, findings));
}

function readEntry({ key, value: node }: MapEntry, findings: Findings): readonly Expectation[] {
  const title = key;
  switch (key) {
    case 'status':
      return [{ kind: 'status', status: readStatus(node, 'status', findings), node, title }];
    case 'stages':
    case 'steps': {
      const of = key === 'stages' ? 'stage' : 'step';
      if (isEmpty(node)) return [{ kind: 'allStatuses', of, node, title }];
      return each(node, key, findings).map(({ name, node: value, title: longer }) => ({
        kind: 'nodeStatus',
        of,
        name,
        status: readStatus(value, longer, findings),
        node: value,
        title: longer,
      }));
    }
    case 'skipped':
    case 'notRun': {
      // An empty list says that there is none; nothing at all is still to be written.
      const names = isOpen(node) ? undefined : readTexts(node, key, findings);
      return [{ kind: key, names, node, title }];
    }
    case 'rollback':
      return [{ kind: 'rollback', words: isOpen(node) ? undefined : readRollback(node, findings), node, title }];
    case 'attempts':
    case 'turns':
      return each(node, key, findings).map(({ name, node: value, title: longer }) => ({
        kind: key,
        name,
        count: readCount(value, 0, longer, findings),
        node: value,
        title: longer,
      }));
    case 'failure':
    case 'refused':
      return [{ kind: key, text: readPart(node, key, findings), node, title }];
    case 'failures':
      return each(node, key, findings).map(({ name, node: value, title: longer }) => ({
        kind: 'nodeFailure',
        name,
        text: readPart(value, longer, findings),
        node: value,
        title: longer,
      }));
    case 'values':
      return each(node, key, findings).map(({ name, node: value, title: longer }) => ({
        kind: 'value',
        expression: name,
        isOpen: isOpen(value),
        node: value,
        title: longer,
      }));
    case 'resolved':
    case 'environment':
      return each(node, key, findings).flatMap(({ name, node: value, title: longer }): readonly Expectation[] => {
        if (value.kind === 'map' || isOpen(value)) {
          return [{ kind: key, name, isOpen: isOpen(value), node: value, title: longer }];
        }
        reportKind(value, longer, 'a map', findings);
        return [];
      });
    case 'duration':
      return [{ kind: 'duration', ...readLimits(node, findings), isOpen: isOpen(node), node, title }];
    default:
      return [];
  }
}

/** Nothing was written. */
export function isOpen(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function each(
  node: YamlNode,
  key: string,
  findings: Findings,
): readonly { readonly name: Placed<string>; readonly node: YamlNode; readonly title: string }[] {
  if (isEmpty(node)) return [];
  if (node.kind !== 'map') {
    reportKind(node, key, 'a map', findings);
    return [];
  }
  return [...node.entries.values()].map((entry) => ({
    name: { value: entry.key, place: { path: entry.value.path, range: entry.keyRange } },
    node: entry.value,
    title: `${key} ${entry.key}`,
  }));
}

function readStatus(node: YamlNode, what: string, findings: Findings): (typeof EXPECTED_STATUSES)[number] | undefined {
  if (isOpen(node)) return undefined;
  if (node.kind === 'scalar') return wordOf(node, node.text, EXPECTED_STATUSES, what, findings);
  reportKind(node, what, 'a status', findings);
  return undefined;
}

function readRollback(node: YamlNode, findings: Findings): readonly (typeof ROLLBACK_WORDS)[number][] {
  return readTexts(node, 'rollback', findings).flatMap(
    ({ value }) => wordOf(node, value, ROLLBACK_WORDS, 'rollback', findings) ?? [],
  );
}

function readPart(node: YamlNode, what: string, findings: Findings): string | undefined {
  if (node.kind === 'scalar') return node.value === null ? undefined : node.text;
  reportKind(node, what, 'text', findings);
  return undefined;
}

function readLimits(node: YamlNode, findings: Findings): { readonly atLeastMs?: number; readonly atMostMs?: number } {
  if (isEmpty(node)) return {};
  if (node.kind === 'scalar') {
    const ms = checkDuration(node.text, node, 'duration', findings);
    return ms === undefined ? {} : { atLeastMs: ms, atMostMs: ms };
  }
  if (node.kind === 'list') {
    reportKind(node, 'duration', 'a duration, or a map with atLeast and atMost', findings);
    return {};
  }
  refuseUnknownKeys(node, DURATION_LIMIT_KEYS, 'duration', findings);
  const atLeastMs = readMs(node, 'atLeast', 'duration', findings);
  const atMostMs = readMs(node, 'atMost', 'duration', findings);
  if (find(node, 'atLeast') === undefined && find(node, 'atMost') === undefined) return {};
  return {
    ...(atLeastMs === undefined ? {} : { atLeastMs }),
    ...(atMostMs === undefined ? {} : { atMostMs }),
  };
}
