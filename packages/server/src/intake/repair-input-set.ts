/** What is left of a saved input set or overlay without what does not fit any more. */
import { NO_INPUTS_YAML, keepWrittenNumbers } from '@bridle/pipeline';
import { parseDocument, parse } from 'yaml';
import type { InputSetRow } from '../store/input-sets.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { findAskedInputs } from './asked-inputs.ts';
import { checkSavedInputSet, checkSavedOverlay, mergeSavedInputs } from './check-input-sets.ts';
import type { DocumentSource } from './document-source.ts';

export interface RepairedInputSet {
  /** The text without the parts that do not fit; the same text when all of it does. */
  readonly yaml: string;
  readonly isChanged: boolean;
  /** It would give nothing any more. */
  readonly isEmpty: boolean;
  /** The pipeline asks for nothing at all. */
  readonly isPointless: boolean;
  /** Of an overlay: references to sets that are not there. */
  readonly invalidReferences: readonly string[];
}

export async function repairInputSet(
  source: DocumentSource,
  pipeline: PipelineRow,
  row: InputSetRow,
): Promise<RepairedInputSet> {
  return row.type === 'OVERLAY_INPUT_SET' ? repairOverlay(source, row) : repairSet(source, pipeline, row);
}

async function repairSet(source: DocumentSource, pipeline: PipelineRow, row: InputSetRow): Promise<RepairedInputSet> {
  const { isOutdated } = await checkSavedInputSet(source, pipeline, row);
  const asked = await findAskedInputs(source, pipeline.scope, pipeline.yaml);
  const isPointless = asked.kind === 'asked' && asked.templateYaml === undefined;
  const untouched = { yaml: row.yaml, isChanged: false, isEmpty: false, isPointless, invalidReferences: [] };
  if (!isOutdated) return untouched;
  // Merged by itself, only what the pipeline asks for comes out of it.
  const merged = await mergeSavedInputs(source, pipeline, [row.identifier], []);
  if (merged.kind !== 'merged') return untouched;
  const { inputYaml } = merged.inputs;
  const given = parse(inputYaml, { maxAliasCount: -1, uniqueKeys: false }) as {
    readonly pipeline: Record<string, unknown>;
  };
  const document = parseDocument(row.yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  document.setIn(
    ['inputSet', 'pipeline'],
    document.createNode({ identifier: row.pipelineIdentifier, ...given.pipeline }),
  );
  return {
    ...untouched,
    yaml: document.toString({ lineWidth: 0 }),
    isChanged: true,
    isEmpty: inputYaml === NO_INPUTS_YAML,
  };
}

async function repairOverlay(source: DocumentSource, row: InputSetRow): Promise<RepairedInputSet> {
  const problems = await checkSavedOverlay(source, row);
  const found = await source.findInputSets(row.scope, row.pipelineIdentifier, row.inputSetReferences);
  const isThere = (index: number): boolean => found[index]?.type === 'INPUT_SET';
  const invalidReferences = row.inputSetReferences.filter((_, index) => !isThere(index));
  const isChanged = problems.length > 0 && invalidReferences.length > 0;
  if (!isChanged) return { yaml: row.yaml, isChanged, isEmpty: false, isPointless: false, invalidReferences };
  const left = row.inputSetReferences.filter((_, index) => isThere(index));
  const document = parseDocument(row.yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  document.setIn(['overlayInputSet', 'inputSetReferences'], document.createNode(left));
  return {
    yaml: document.toString({ lineWidth: 0 }),
    isChanged,
    isEmpty: left.length === 0,
    isPointless: false,
    invalidReferences,
  };
}
