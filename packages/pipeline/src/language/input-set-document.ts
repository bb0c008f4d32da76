/** `inputSet:` and `overlayInputSet:` documents (pipelines.md §2.4). */
import { Findings, type Diagnostic, type Place } from './diagnostics.ts';
import { readIdentifier, readName } from './identifiers.ts';
import { NO_INPUTS_YAML } from './input-template.ts';
import { loadYaml } from './load-yaml.ts';
import { findRoot } from './parse-pipeline.ts';
import { printYaml } from './print-yaml.ts';
import { readTags, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { describeKind, find, findText, type MapNode, type YamlNode } from './yaml-node.ts';

interface SetBase {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  /** The pipeline it is for, where the document says so. */
  readonly pipelineIdentifier?: string;
}

export interface InputSetDocument extends SetBase {
  readonly kind: 'inputSet';
  /** What the set gives, as YAML rooted at `pipeline`. */
  readonly inputYaml: string;
}

export interface OverlayInputSetDocument extends SetBase {
  readonly kind: 'overlayInputSet';
  /** Input sets in the order in which they are folded: the later one wins per field. */
  readonly inputSetReferences: readonly string[];
  /** The same with their places. */
  readonly references: readonly { readonly reference: string; readonly place: Place }[];
}

export interface Parsed<Document> {
  /** Absent when the text is no YAML or has another root. May hold gaps when a diagnostic blocks saving. */
  readonly document?: Document;
  readonly diagnostics: readonly Diagnostic[];
}

const BASE_KEYS = ['identifier', 'name', 'description', 'tags', 'orgIdentifier', 'projectIdentifier'] as const;
export const INPUT_SET_KEYS = [...BASE_KEYS, 'pipeline'] as const;
export const OVERLAY_KEYS = [...BASE_KEYS, 'pipelineIdentifier', 'inputSetReferences'] as const;

export function parseInputSet(yaml: string): Parsed<InputSetDocument> {
  return parseSet(yaml, 'inputSet', (map, findings) => {
    const what = 'the input set';
    warnUnknownKeys(map, INPUT_SET_KEYS, what, findings);
    const pipeline = find(map, 'pipeline');
    if (pipeline?.kind !== 'map') {
      findings.add(
        'STRUCTURE_INVALID',
        'save',
        pipeline ?? map,
        `The input set has no map under pipeline${pipeline === undefined ? '' : `, but ${describeKind(pipeline)}`}.`,
        'Put the inputs below pipeline:, as in the input template.',
      );
    }
    return {
      kind: 'inputSet',
      ...readBase(map, 'input set', findText(pipeline, 'identifier'), findings),
      inputYaml: pipeline?.kind === 'map' ? printRooted(pipeline) : NO_INPUTS_YAML,
    };
  });
}

export function parseOverlayInputSet(yaml: string): Parsed<OverlayInputSetDocument> {
  return parseSet(yaml, 'overlayInputSet', (map, findings) => {
    const what = 'the overlay';
    warnUnknownKeys(map, OVERLAY_KEYS, what, findings);
    const pipelineIdentifier = readText(map, 'pipelineIdentifier', what, findings);
    const references = readReferences(map, findings);
    return {
      kind: 'overlayInputSet',
      ...readBase(map, 'overlay', pipelineIdentifier, findings),
      inputSetReferences: references.map(({ reference }) => reference),
      references,
    };
  });
}

function parseSet<Document>(
  yaml: string,
  root: 'inputSet' | 'overlayInputSet',
  read: (map: MapNode, findings: Findings) => Document,
): Parsed<Document> {
  const loaded = loadYaml(yaml);
  const findings = new Findings();
  findings.addAll(loaded.diagnostics);
  const isUnreadable = loaded.root === undefined && loaded.diagnostics.length > 0;
  const map = isUnreadable ? undefined : findRoot(loaded.root, root, findings);
  if (map === undefined) return { diagnostics: findings.list() };
  const document = read(map, findings);
  return { document, diagnostics: findings.list() };
}

function readBase(map: MapNode, what: string, pipelineIdentifier: string | undefined, findings: Findings): SetBase {
  const identifier = readIdentifier(map, what, findings);
  const description = readText(map, 'description', `the ${what}`, findings);
  const orgIdentifier = readText(map, 'orgIdentifier', `the ${what}`, findings);
  const projectIdentifier = readText(map, 'projectIdentifier', `the ${what}`, findings);
  return {
    identifier,
    name: readName(map, what, identifier, findings),
    ...(description === undefined ? {} : { description }),
    tags: readTags(map, `the ${what}`, findings),
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    ...(pipelineIdentifier === undefined ? {} : { pipelineIdentifier }),
  };
}

function readReferences(map: MapNode, findings: Findings): OverlayInputSetDocument['references'] {
  const list = find(map, 'inputSetReferences');
  if (list?.kind !== 'list' || list.items.length === 0) {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      list ?? map,
      `The overlay has no list of input sets under inputSetReferences.`,
      'List the identifiers of the input sets in the order in which they are merged.',
    );
    return [];
  }
  return list.items.flatMap((item) => {
    if (item.kind === 'scalar' && item.text !== '')
      return [{ reference: item.text, place: { path: item.path, range: item.range } }];
    reportKind(item, 'an item of inputSetReferences', 'the identifier of an input set', findings);
    return [];
  });
}

function printRooted(pipeline: MapNode): string {
  const { path, range } = pipeline;
  return printYaml({
    kind: 'map',
    entries: new Map([['pipeline', { key: 'pipeline', keyRange: range, value: pipeline }]]),
    path,
    range,
  });
}

export interface LoadedInputSet {
  /** Its name in diagnostics, as `input set nightly`. */
  readonly what: string;
  /** What is below its `pipeline`; absent when the document cannot be read. */
  readonly given?: YamlNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** The tree of a saved set, with places that say which set they are in. */
export function loadInputSet(yaml: string): LoadedInputSet {
  const identifier = findText(find(loadYaml(yaml).root, 'inputSet'), 'identifier') ?? '';
  const document = `input set ${identifier}`.trimEnd();
  const { root, diagnostics } = loadYaml(yaml, document);
  const findings = new Findings(document);
  findings.addAll(diagnostics);
  const map = root === undefined && diagnostics.length > 0 ? undefined : findRoot(root, 'inputSet', findings);
  const given = find(map, 'pipeline');
  return { what: document, ...(given === undefined ? {} : { given }), diagnostics: findings.list() };
}
