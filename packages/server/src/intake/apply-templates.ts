/** Templates where they are used: a pipeline with its templates in place, and what a template asks of who links to it. */
import {
  type ExpandedPipeline,
  type ExpandedTemplate,
  expandPipeline,
  expandTemplate,
  levelOf,
  type ProjectScope,
} from '@bridle/pipeline';
import type { TemplateRow } from '../store/templates.ts';
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
    ({ needsDocuments }) => needsDocuments,
  );
}

export type AskedInputs = (ExpandedTemplate & { readonly kind: 'asked' }) | TooManyDocuments;

/** What the template refers to is looked for where its owner would find it. */
export async function findTemplateInputs(source: DocumentSource, { owner, yaml }: TemplateRow): Promise<AskedInputs> {
  const { accountId, orgIdentifier = '', projectIdentifier = '' } = owner;
  return await withDocuments(
    source,
    { accountId, orgIdentifier, projectIdentifier },
    (documents) => ({ kind: 'asked' as const, ...expandTemplate(yaml, levelOf(owner), documents) }),
    ({ needsDocuments }) => needsDocuments,
  );
}
