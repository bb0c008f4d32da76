/** The input sets that a run names, overlays replaced by what they fold. */
import type { ProjectScope } from '@bridle/pipeline';
import type { InputSetRow } from '../store/input-sets.ts';
import type { DocumentSource } from './document-source.ts';

export type InputTexts =
  /** In the order in which they are folded. */
  | { readonly kind: 'found'; readonly yamls: readonly string[] }
  | { readonly kind: 'missing'; readonly identifiers: readonly string[]; readonly message: string };

/** What is missing is named; an overlay that folds another overlay finds no input set of that name. */
export async function findInputTexts(
  source: DocumentSource,
  scope: ProjectScope,
  pipelineIdentifier: string,
  references: readonly string[],
): Promise<InputTexts> {
  if (references.length === 0) return { kind: 'found', yamls: [] };
  const named = await source.findInputSets(scope, pipelineIdentifier, references);
  const folded = await source.findInputSets(
    scope,
    pipelineIdentifier,
    named.flatMap((row) => row?.inputSetReferences ?? []),
  );
  const sets = new Map(folded.flatMap((row) => (row?.type === 'INPUT_SET' ? [[row.identifier, row] as const] : [])));
  const missing: { readonly identifier: string; readonly overlay?: string }[] = [];
  const yamls: string[] = [];
  const take = (row: InputSetRow | undefined, identifier: string, overlay?: string): void => {
    if (row === undefined) missing.push({ identifier, ...(overlay === undefined ? {} : { overlay }) });
    else yamls.push(row.yaml);
  };
  named.forEach((row, index) => {
    if (row?.type !== 'OVERLAY_INPUT_SET') take(row, references[index] ?? '');
    else for (const identifier of row.inputSetReferences) take(sets.get(identifier), identifier, row.identifier);
  });
  if (missing.length === 0) return { kind: 'found', yamls };
  return {
    kind: 'missing',
    identifiers: missing.map(({ identifier }) => identifier),
    message: missing.map(describeMissing).join(' '),
  };
}

function describeMissing({ identifier, overlay }: { readonly identifier: string; readonly overlay?: string }): string {
  const text = `InputSet with the given ID: ${identifier} does not exist or has been deleted`;
  return overlay === undefined ? `${text}.` : `${text} (the overlay ${overlay} refers to it).`;
}
