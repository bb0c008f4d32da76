/**
 * Pipeline YAML → typed model with diagnostics, leniently: what can be read is read, everything else is reported with its
 * place. Never throws.
 */
import { Findings, START_OF_TEXT, type Diagnostic } from './diagnostics.ts';
import { checkBarriers, readBarriers } from './barriers.ts';
import { checkCiStages } from './ci/ci-stages.ts';
import { readExecutionInputs } from './execution-inputs.ts';
import { readIdentifier, readName } from './identifiers.ts';
import { checkInputLeaves, listAllInputLeaves } from './input-fields.ts';
import { loadYaml, type LoadedYaml } from './load-yaml.ts';
import { listStages, type Pipeline, type Stage } from './model.ts';
import { readFlag, readSelectors, readTags, readText, readTimeout, warnUnknownKeys } from './read-fields.ts';
import { hasNoItems, readItems } from './read-items.ts';
import { readProperties } from './read-properties.ts';
import { readStage } from './read-stage.ts';
import { readVariables } from './read-variables.ts';
import { didYouMean } from './suggest.ts';
import { checkUniqueIdentifiers } from './unique-identifiers.ts';
import { describeKind, find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

export interface ParsedPipeline {
  /** Absent when the text is no YAML or has no `pipeline`. May hold gaps when a diagnostic blocks saving. */
  readonly pipeline?: Pipeline;
  readonly diagnostics: readonly Diagnostic[];
}

export const PIPELINE_KEYS = [
  'identifier',
  'name',
  'description',
  'tags',
  'projectIdentifier',
  'orgIdentifier',
  'stages',
  'variables',
  'properties',
  'timeout',
  'delegateSelectors',
  'notificationRules',
  'flowControl',
  'allowStageExecutions',
  'fixedInputsOnRerun',
  'template',
] as const;

export function parsePipeline(yaml: string): ParsedPipeline {
  return readDocument(loadYaml(yaml));
}

/** The same for a text that is loaded already. */
export function readDocument({ root, diagnostics }: LoadedYaml): ParsedPipeline {
  const findings = new Findings();
  findings.addAll(diagnostics);
  const map = root === undefined && diagnostics.length > 0 ? undefined : findRoot(root, 'pipeline', findings);
  if (map === undefined) return { diagnostics: findings.list() };
  const pipeline = readPipeline(map, findings);
  return { pipeline, diagnostics: findings.list() };
}

/** The map under the document's root key, or `undefined` with a report. */
export function findRoot(root: YamlNode | undefined, key: string, findings: Findings): MapNode | undefined {
  if (root?.kind !== 'map') {
    findings.add(
      'ROOT_KEY_MISSING',
      'save',
      root ?? { path: '', range: START_OF_TEXT },
      `The document is ${root === undefined ? 'empty' : describeKind(root)}; it must be a map with the key ${key}.`,
    );
    return undefined;
  }
  const entry = root.entries.get(key);
  if (entry === undefined) {
    const keys = [...root.entries.keys()];
    findings.add(
      'ROOT_KEY_MISSING',
      'save',
      root,
      `The document has no key ${key}.`,
      keys.map((other) => didYouMean(key, [other])).find((hint) => hint !== undefined) === undefined
        ? undefined
        : `Rename ${String(keys[0])} to ${key}.`,
    );
    return undefined;
  }
  warnUnknownKeys(root, [key], 'the document', findings);
  if (entry.value.kind !== 'map') {
    findings.add(
      'STRUCTURE_INVALID',
      'save',
      { path: key, range: entry.keyRange },
      `The ${key} must be a map, but it is ${describeKind(entry.value)}.`,
    );
    return undefined;
  }
  return entry.value;
}

function readPipeline(map: MapNode, findings: Findings): Pipeline {
  const what = 'the pipeline';
  warnUnknownKeys(map, PIPELINE_KEYS, what, findings);
  const identifier = readIdentifier(map, 'pipeline', findings);
  const description = readText(map, 'description', what, findings);
  const orgIdentifier = readText(map, 'orgIdentifier', what, findings);
  const projectIdentifier = readText(map, 'projectIdentifier', what, findings);
  const timeout = readTimeout(map, what, findings);
  reportIgnored(map, findings);
  const stages = readItems<Stage>(
    find(map, 'stages'),
    { stage: (stage, place) => readStage(stage, place, findings) },
    'the stages',
    findings,
  );
  const isCloned = listStages(stages).some(({ ci }) => ci?.clone !== undefined);
  const pipeline: Pipeline = {
    identifier,
    name: readName(map, 'pipeline', identifier, findings),
    ...(description === undefined ? {} : { description }),
    tags: readTags(map, what, findings),
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    variables: readVariables(map, what, findings),
    ...(timeout === undefined ? {} : { timeout }),
    delegateSelectors: readSelectors(map, what, findings),
    allowStageExecutions: readFlag(map, 'allowStageExecutions', what, findings),
    fixedInputsOnRerun: readFlag(map, 'fixedInputsOnRerun', what, findings),
    ...readProperties(map, isCloned, findings),
    barriers: readBarriers(map, findings),
    stages,
    path: map.path,
    range: map.range,
  };
  if (hasNoItems(find(map, 'stages')) && isEmpty(find(map, 'template'))) {
    findings.add(
      'FIELD_MISSING',
      'run',
      find(map, 'stages') ?? map,
      'The pipeline has no stages.',
      'Add stages: with at least one stage.',
    );
  }
  checkUniqueIdentifiers(pipeline, findings);
  checkBarriers(pipeline, findings);
  checkCiStages(pipeline, findings);
  readExecutionInputs(map, { kind: 'pipeline', what }, findings);
  checkInputLeaves(listAllInputLeaves(map), findings);
  return pipeline;
}

/** A part of a pipeline whose absence changes no node of the run: named, so that nobody relies on it. */
function reportIgnored(map: MapNode, findings: Findings): void {
  const node = find(map, 'notificationRules');
  if (node === undefined || isEmpty(node)) return;
  const message = 'Bridle does not send notifications yet: notificationRules have no effect.';
  findings.add('CONSTRUCT_IGNORED', 'nothing', node, message);
}
