/**
 * The runtime input template: the pipeline's tree reduced to its inputs, with the identifiers, names and types that locate
 * them. Filled with values it is the input YAML of a run.
 */
import type { Value } from '../expressions/values.ts';
import { NO_DOCUMENTS, type DocumentReference, type Documents } from './documents.ts';
import { listInputLeaves, type InputField, type InputLeaf } from './input-fields.ts';
import { indexItems, locatorOf } from './list-items.ts';
import { fromValue, printYaml } from './print-yaml.ts';
import { placeDocumentInputs } from './deployment/document-inputs.ts';
import { expandPipeline } from './templates/expand-pipeline.ts';
import type { MapEntry, MapNode, YamlNode } from './yaml-node.ts';

/** The input YAML of a run that supplies nothing. */
export const NO_INPUTS_YAML = 'pipeline: {}\n';

export interface InputTemplate {
  /** Absent when the pipeline has no runtime inputs (or is not readable). */
  readonly templateYaml?: string;
  readonly inputs: readonly InputField[];
  /** Not empty = what is asked for in templates is not known yet: ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/**
 * What a run of this pipeline asks for, inside of templates too. `stageIdentifiers`: only inputs of these stages and of the
 * pipeline itself; absent = all.
 */
export function extractInputTemplate(
  yaml: string,
  stageIdentifiers?: readonly string[],
  documents: Documents = NO_DOCUMENTS,
): InputTemplate {
  const expanded = expandPipeline(yaml, documents);
  if (expanded.map === undefined) return { inputs: [], needsDocuments: expanded.needsDocuments };
  const { map, ...placed } = placeDocumentInputs(expanded.map, documents);
  const needsDocuments = [...expanded.needsDocuments, ...placed.needsDocuments];
  const isWanted = ({ stage }: InputLeaf): boolean =>
    stage === undefined || stageIdentifiers === undefined || stageIdentifiers.includes(stage);
  const leaves = listInputLeaves(map).filter(isWanted);
  if (leaves.length === 0) return { inputs: [], needsDocuments };
  const values = new Map(leaves.map(({ node }) => [node.path, node]));
  return { templateYaml: printInputs(map, values), inputs: leaves.map(({ field }) => field), needsDocuments };
}

/**
 * The input YAML that gives these values; the keys are paths of `InputField`. Paths that are no inputs of the pipeline are
 * left out.
 */
export function fillInputTemplate(
  yaml: string,
  values: Readonly<Record<string, Value>>,
  documents: Documents = NO_DOCUMENTS,
): string {
  const expanded = expandPipeline(yaml, documents);
  if (expanded.map === undefined) return NO_INPUTS_YAML;
  const { map } = placeDocumentInputs(expanded.map, documents);
  const filled = new Map<string, YamlNode>();
  for (const { field } of listInputLeaves(map)) {
    const value = Object.hasOwn(values, field.path) ? values[field.path] : undefined;
    if (value !== undefined) filled.set(field.path, fromValue(value, field.path));
  }
  return printInputs(map, filled);
}

/** The tree reduced to the given leaves, by path, as YAML rooted at `pipeline`. */
export function printInputs(pipeline: MapNode, leaves: ReadonlyMap<string, YamlNode>): string {
  const reduced = leaves.size === 0 ? undefined : reduce(pipeline, leaves);
  if (reduced === undefined) return NO_INPUTS_YAML;
  const { path, range } = pipeline;
  return printYaml({
    kind: 'map',
    entries: new Map([['pipeline', { key: 'pipeline', keyRange: range, value: reduced }]]),
    path,
    range,
  });
}

/** The tree with nothing but these leaves (by path) and what locates them; `undefined` when none is in it. */
export function reduce(node: YamlNode, leaves: ReadonlyMap<string, YamlNode>): YamlNode | undefined {
  switch (node.kind) {
    case 'scalar':
      return leaves.get(node.path);
    case 'list': {
      const reduced = node.items.map((item) => reduce(item, leaves));
      const kept = reduced.filter((item) => item !== undefined);
      if (kept.length === 0) return undefined;
      // A list matched by position is shown whole: leaving items out would move the others.
      const items = indexItems(node) === undefined ? node.items.map((item, index) => reduced[index] ?? item) : kept;
      return { ...node, items };
    }
    case 'map':
      return reduceMap(node, leaves);
  }
}

function reduceMap(node: MapNode, leaves: ReadonlyMap<string, YamlNode>): MapNode | undefined {
  const reduced = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries) {
    const value = reduce(entry.value, leaves);
    if (value !== undefined) reduced.set(key, { ...entry, value });
  }
  if (reduced.size === 0) return undefined;
  const locators: readonly (string | undefined)[] = [locatorOf(node), 'type'];
  const entries = [...node.entries].flatMap(([key, entry]): (readonly [string, MapEntry])[] => {
    const kept = reduced.get(key) ?? (locators.includes(key) && entry.value.kind === 'scalar' ? entry : undefined);
    return kept === undefined ? [] : [[key, kept]];
  });
  return { ...node, entries: new Map(node.linkKeys === undefined ? entries : underLink(node, node.linkKeys, entries)) };
}

/** What came out of a template is asked for below the link, as Harness does: input sets fit both. */
function underLink(
  { path, range }: MapNode,
  linkKeys: ReadonlySet<string>,
  entries: readonly (readonly [string, MapEntry])[],
): readonly (readonly [string, MapEntry])[] {
  const ofTemplate = entries.filter(([key]) => !linkKeys.has(key));
  if (!ofTemplate.some(([key]) => key !== 'type')) return entries;
  const mapOf = (inner: readonly (readonly [string, MapEntry])[]): MapNode => ({
    kind: 'map',
    entries: new Map(inner),
    path,
    range,
  });
  const entryOf = (key: string, value: YamlNode): readonly [string, MapEntry] => [key, { key, keyRange: range, value }];
  const template = entryOf('template', mapOf([entryOf('templateInputs', mapOf(ofTemplate))]));
  return [...entries.filter(([key]) => linkKeys.has(key)), template];
}
