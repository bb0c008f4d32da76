/** Saved input sets against the pipeline as it is now: what of them does not fit any more. */
import {
  checkInputSet,
  checkOverlayInputSet,
  mergeInputs,
  type CheckedInputSet,
  type Diagnostic,
  type MergedInputs,
} from '@bridle/pipeline';
import type { InputSetRow } from '../store/input-sets.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { withDocuments, type TooManyDocuments } from './compile-documents.ts';
import type { DocumentSource } from './document-source.ts';
import { findInputTexts } from './input-texts.ts';

export type InputSetCheck = Pick<CheckedInputSet, 'isOutdated' | 'invalidFields'>;

export async function checkSavedInputSet(
  source: DocumentSource,
  pipeline: PipelineRow,
  { yaml }: InputSetRow,
): Promise<InputSetCheck> {
  const result = await withDocuments(
    source,
    pipeline.scope,
    (documents) => checkInputSet(pipeline.yaml, yaml, documents),
    ({ needsDocuments }) => needsDocuments,
  );
  // A pipeline that cannot be read whole asks for nothing that is known.
  return 'kind' in result ? { isOutdated: false, invalidFields: [] } : result;
}

/** What the overlay refers to and is not there: one diagnostic for each. */
export async function checkSavedOverlay(source: DocumentSource, row: InputSetRow): Promise<readonly Diagnostic[]> {
  const found = await source.findInputSets(row.scope, row.pipelineIdentifier, row.inputSetReferences);
  const texts = new Map(found.flatMap((each) => (each === undefined ? [] : [[each.identifier, each.yaml]])));
  return checkOverlayInputSet(row.yaml, (identifier) => texts.get(identifier));
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly inputs: MergedInputs }
  | { readonly kind: 'refused'; readonly message: string }
  | TooManyDocuments;

/** Folds input sets and overlays in their order, `grounds` (of earlier runs) below them and `inputYamls` after them. */
export async function mergeSavedInputs(
  source: DocumentSource,
  pipeline: PipelineRow,
  references: readonly string[],
  inputYamls: readonly string[],
  grounds: readonly string[] = [],
): Promise<MergeResult> {
  const sets = await findInputTexts(source, pipeline.scope, pipeline.identifier, references);
  if (sets.kind === 'refused') return sets;
  const result = await withDocuments(
    source,
    pipeline.scope,
    (documents) => mergeInputs({ yaml: pipeline.yaml, grounds, inputSets: sets.yamls, inputYamls, documents }),
    ({ needsDocuments }) => needsDocuments,
  );
  return 'kind' in result ? result : { kind: 'merged', inputs: result };
}
