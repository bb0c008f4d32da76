/** Writes what came of a run into a test, in place of what was expected. All other text stays as it is, comments too. */
import { fromValue, printInline } from '../language/print-yaml.ts';
import { loadYaml } from '../language/load-yaml.ts';
import { walk, type YamlNode } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';
import type { Mismatch } from './mismatch.ts';

/** The new text; the same when nothing can be written. */
export function updateTest(text: string, mismatches: readonly Mismatch[]): string {
  const { root, hasAliases } = loadYaml(text);
  // A place that an alias brought is the anchor's, too: several cases would be changed at once.
  if (root === undefined || hasAliases) return text;
  const nodes = new Map<string, YamlNode>();
  const keys = new Map<string, number>();
  walk(root, (node) => {
    nodes.set(node.path, node);
    if (node.kind !== 'map') return;
    for (const { value, keyRange } of node.entries.values()) keys.set(value.path, keyRange.end.offset);
  });
  const edits = new Map<string, Edit>();
  for (const { place, update, updated = place } of mismatches) {
    const node = update === undefined ? undefined : nodes.get(updated.path);
    if (node === undefined || update === undefined) continue;
    edits.set(node.path, editOf(text, node, keys.get(node.path), update));
  }
  // From the end, so that places before an edit stay right.
  return [...edits.values()]
    .toSorted((one, other) => other.start - one.start)
    .reduce((edited, { start, end, written }) => edited.slice(0, start) + written + edited.slice(end), text);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

function editOf(text: string, node: YamlNode, keyEnd: number | undefined, update: Value): Edit {
  const written = printInline(fromValue(update, ''));
  const { start, end } = node.range;
  const isUnwritten =
    node.kind === 'scalar' && node.value === null && text.slice(start.offset, end.offset).trim() === '';
  if (isUnwritten && keyEnd !== undefined) {
    const colon = text.indexOf(':', keyEnd) + 1;
    const blanks = /^[ \t]*(?=\r?\n|$)/.exec(text.slice(colon))?.[0].length ?? 0;
    return { start: colon, end: colon + blanks, written: ` ${written}` };
  }
  const shown = text.slice(start.offset, end.offset);
  return { start: start.offset, end: start.offset + shown.trimEnd().length, written };
}
