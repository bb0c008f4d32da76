/** Selective stage execution (pipelines.md §9): a pipeline without the stages that were not chosen. */
import type { Findings } from './diagnostics.ts';
import { didYouMean } from './suggest.ts';
import { find, findText, type MapEntry, type MapNode, type YamlNode } from './yaml-node.ts';

export interface StageSelection {
  /** The pipeline without the stages that were not chosen; places and paths are those of the whole. */
  readonly map: MapNode;
  /** Chosen, in the order of the pipeline; absent = there was no choice. */
  readonly chosen?: readonly string[];
  readonly unchosen: readonly string[];
  /** Is something at this path inside of a stage that was not chosen? */
  readonly isLeftOut: (path: string) => boolean;
}

/**
 * `stages`: identifiers; absent or empty = all. What cannot be chosen is reported. `isFree`: a pipeline that says nothing of a
 * choice is only warned about.
 */
export function selectStages(
  map: MapNode,
  stages: readonly string[] | undefined,
  findings: Findings,
  isFree = false,
): StageSelection {
  if (stages === undefined || stages.length === 0) return { map, unchosen: [], isLeftOut: () => false };
  const known = listIdentifiers(find(map, 'stages'));
  const place = find(map, 'stages') ?? map;
  if (findText(map, 'allowStageExecutions') !== 'true') {
    findings.add(
      'STAGE_SELECTION_NOT_ALLOWED',
      isFree ? 'nothing' : 'run',
      find(map, 'allowStageExecutions') ?? map,
      isFree
        ? 'A server runs this pipeline with all of its stages only.'
        : 'This pipeline runs with all of its stages only.',
      'Add allowStageExecutions: true to it, or choose no stages.',
    );
  }
  for (const identifier of new Set(stages)) {
    if (known.includes(identifier)) continue;
    const message = `The pipeline has no stage ${identifier} that could be chosen.`;
    findings.add('STAGE_NOT_FOUND', 'run', place, message, didYouMean(identifier, known));
  }
  const wanted = new Set(stages);
  const leftOut = listLeftOut(find(map, 'stages'), wanted);
  return {
    map: withEntry(map, 'stages', prune(find(map, 'stages'), wanted)),
    chosen: known.filter((identifier) => wanted.has(identifier)),
    unchosen: known.filter((identifier) => !wanted.has(identifier)),
    isLeftOut: (path) => leftOut.some((stage) => path === stage || path.startsWith(`${stage}.`)),
  };
}

function listIdentifiers(node: YamlNode | undefined): readonly string[] {
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    const identifier = findText(find(item, 'stage'), 'identifier');
    return identifier === undefined ? listIdentifiers(innerStages(item)) : [identifier];
  });
}

/** Of a parallel group, or of an insertion point. */
function innerStages(item: YamlNode): YamlNode | undefined {
  return find(item, 'parallel') ?? find(find(item, 'insert'), 'stages');
}

/** The paths of the items that are not chosen. */
function listLeftOut(node: YamlNode | undefined, wanted: ReadonlySet<string>): readonly string[] {
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    const identifier = findText(find(item, 'stage'), 'identifier');
    if (identifier === undefined) return listLeftOut(innerStages(item), wanted);
    return wanted.has(identifier) ? [] : [item.path];
  });
}

/** Parallel groups of which nothing is left go too. */
function prune(node: YamlNode | undefined, wanted: ReadonlySet<string>): YamlNode | undefined {
  if (node?.kind !== 'list') return node;
  const items = node.items.flatMap((item): readonly YamlNode[] => {
    const parallel = find(item, 'parallel');
    if (item.kind === 'map' && parallel?.kind === 'list') {
      const rest = prune(parallel, wanted);
      return rest?.kind === 'list' && rest.items.length > 0 ? [withEntry(item, 'parallel', rest)] : [];
    }
    const insert = find(item, 'insert');
    if (item.kind === 'map' && insert?.kind === 'map')
      return [withEntry(item, 'insert', withEntry(insert, 'stages', prune(find(insert, 'stages'), wanted)))];
    const identifier = findText(find(item, 'stage'), 'identifier');
    return identifier === undefined || wanted.has(identifier) ? [item] : [];
  });
  return { ...node, items };
}

export function withEntry(map: MapNode, key: string, value: YamlNode | undefined): MapNode {
  if (value === undefined) return map;
  const entries = [...map.entries].map(([own, entry]): [string, MapEntry] => [
    own,
    own === key ? { ...entry, value } : entry,
  ]);
  return { ...map, entries: new Map(entries) };
}
