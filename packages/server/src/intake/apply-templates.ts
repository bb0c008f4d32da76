/** A pipeline with its templates in place of the links to them. */
import { expandPipeline, type ExpandedPipeline, type ProjectScope } from '@bridle/pipeline';
import { withDocuments, type TooManyDocuments } from './compile-documents.ts';
import type { DocumentSource } from './document-source.ts';

export type AppliedTemplates = (ExpandedPipeline & { readonly kind: 'applied' }) | TooManyDocuments;

export async function applyTemplates(
  source: DocumentSource,
  scope: ProjectScope,
  yaml: string,
): Promise<AppliedTemplates> {
  return await withDocuments(
    source,
    scope,
    (documents) => ({ kind: 'applied' as const, ...expandPipeline(yaml, documents) }),
    (result) => result.needsDocuments,
  );
}
