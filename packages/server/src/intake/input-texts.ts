/** The input sets that a run names, overlays replaced by what they fold. */
import { resolveInputSets, type ProjectScope } from '@bridle/pipeline';
import type { DocumentSource } from './document-source.ts';

export type InputTexts =
  /** In the order in which they are folded. */
  | { readonly kind: 'found'; readonly yamls: readonly string[] }
  | { readonly kind: 'missing'; readonly identifiers: readonly string[]; readonly message: string };

/** Two statements at most: those that are named, and those that the overlays among them fold. */
export async function findInputTexts(
  source: DocumentSource,
  scope: ProjectScope,
  pipelineIdentifier: string,
  references: readonly string[],
): Promise<InputTexts> {
  if (references.length === 0) return { kind: 'found', yamls: [] };
  const named = await source.findInputSets(scope, pipelineIdentifier, references);
  const inner = named.flatMap((row) => row?.inputSetReferences ?? []);
  const folded = await source.findInputSets(scope, pipelineIdentifier, inner);
  const texts = new Map(
    [...named, ...folded].flatMap((row) => (row === undefined ? [] : [[row.identifier, row.yaml]])),
  );
  const { inputSets, missing } = resolveInputSets(references, (identifier) => texts.get(identifier));
  if (missing.length === 0) return { kind: 'found', yamls: inputSets };
  return { kind: 'missing', identifiers: missing, message: missing.map(describeMissing).join(' ') };
}

/** The first words are the contract's (api.md §4.2). */
function describeMissing(identifier: string): string {
  return `InputSet with the given ID: ${identifier} does not exist or has been deleted.`;
}
