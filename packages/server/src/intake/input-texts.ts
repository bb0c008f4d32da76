/** The input sets that a run names, overlays replaced by what they fold. */
import { resolveInputSets, type ProjectScope } from '@bridle/pipeline';
import type { DocumentSource } from './document-source.ts';

export type InputTexts =
  /** In the order in which they are folded. */
  | { readonly kind: 'found'; readonly yamls: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

/** Sets of one run, and sets that its overlays fold (P1): who names them may be the data of an event. */
const INPUT_SETS_MAX = 100;

/** Two statements at most: those that are named, and those that the overlays among them fold. */
export async function findInputTexts(
  source: DocumentSource,
  scope: ProjectScope,
  pipelineIdentifier: string,
  references: readonly string[],
): Promise<InputTexts> {
  if (references.length === 0) return { kind: 'found', yamls: [] };
  if (references.length > INPUT_SETS_MAX) return tooMany();
  const named = await source.findInputSets(scope, pipelineIdentifier, references);
  const inner = named.flatMap((row) => row?.inputSetReferences ?? []);
  if (inner.length > INPUT_SETS_MAX) return tooMany();
  const folded = await source.findInputSets(scope, pipelineIdentifier, inner);
  const texts = new Map(
    [...named, ...folded].flatMap((row) => (row === undefined ? [] : [[row.identifier, row.yaml]])),
  );
  const { inputSets, missing } = resolveInputSets(references, (identifier) => texts.get(identifier));
  if (missing.length === 0) return { kind: 'found', yamls: inputSets };
  return { kind: 'refused', message: [...new Set(missing)].map(describeMissing).join(' ') };
}

function tooMany(): InputTexts {
  return { kind: 'refused', message: `A run takes at most ${String(INPUT_SETS_MAX)} input sets.` };
}

/** The first words are the contract's (api.md §4.2). */
function describeMissing(identifier: string): string {
  return `InputSet with the given ID: ${identifier} does not exist or has been deleted.`;
}
