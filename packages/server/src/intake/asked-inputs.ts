/** What a run of a pipeline asks for, inside of its templates too. */
import { extractInputTemplate, type InputTemplate, type ProjectScope } from '@bridle/pipeline';
import { withDocuments, type TooManyDocuments } from './compile-documents.ts';
import type { DocumentSource } from './document-source.ts';

export type AskedOfRun = (InputTemplate & { readonly kind: 'asked' }) | TooManyDocuments;

/** `stages`: only inputs of these stages and of the pipeline itself; absent = all. */
export async function findAskedInputs(
  source: DocumentSource,
  scope: ProjectScope,
  yaml: string,
  stages?: readonly string[],
): Promise<AskedOfRun> {
  return await withDocuments(
    source,
    scope,
    (documents) => ({ kind: 'asked' as const, ...extractInputTemplate(yaml, stages, documents) }),
    ({ needsDocuments }) => needsDocuments,
  );
}
