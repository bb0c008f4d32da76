/**
 * Compiles a pipeline with all it refers to: compiling names what it lacks, that is loaded, and it is compiled again, until
 * nothing is lacking. What a document refers to is known only when it is there, so this goes in rounds.
 */
import {
  describeReference,
  type CompiledPipeline,
  type NeedsDocuments,
  type PipelineRequest,
  type ProjectScope,
  type RefusedPipeline,
} from '@bridle/pipeline';
import type { DocumentSource } from './document-source.ts';
import { compileKnown } from './known-documents.ts';
import { LoadedDocuments } from './loaded-documents.ts';

/** A template in a template in a template: nobody nests as deep, and every round is a query and a compilation. */
const ROUNDS_MAX = 32;
/** Documents of one pipeline (P1): all of them are held while it is compiled. */
const DOCUMENTS_MAX = 1_000;

/** Too many documents, or too deep: as text, since it has no place in one of them. */
export interface TooManyDocuments {
  readonly kind: 'tooManyDocuments';
  readonly message: string;
}

export type CompileWithDocumentsResult = CompiledPipeline | RefusedPipeline | TooManyDocuments;

/** `request.documents` is what `source` finds for the project. */
export async function compileWithDocuments(
  source: DocumentSource,
  scope: ProjectScope,
  request: Omit<PipelineRequest, 'documents'>,
): Promise<CompileWithDocumentsResult> {
  return await withDocuments(source, scope, (documents) => compileKnown(request, documents));
}

/** Repeats `read` until it lacks nothing. */
export async function withDocuments<Result extends { readonly kind: string }>(
  source: DocumentSource,
  scope: ProjectScope,
  read: (documents: LoadedDocuments) => Result | NeedsDocuments,
): Promise<Result | TooManyDocuments> {
  const documents = new LoadedDocuments();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const result = read(documents);
    if (!isLacking(result)) return result;
    const { references } = result;
    const known = references.find((reference) => documents.find(reference) !== undefined);
    if (known !== undefined) throw new Error(`The ${describeReference(known)} was asked for twice.`);
    if (documents.size + references.length > DOCUMENTS_MAX) return tooMany(`more than ${String(DOCUMENTS_MAX)}`);
    const found = await source.find(scope, references);
    references.forEach((reference, index) => documents.add(reference, found[index] ?? null));
  }
  return tooMany(`templates nested more than ${String(ROUNDS_MAX)} deep`);
}

function isLacking(result: { readonly kind: string }): result is NeedsDocuments {
  return result.kind === 'needsDocuments';
}

function tooMany(what: string): TooManyDocuments {
  return {
    kind: 'tooManyDocuments',
    message: `The pipeline refers to ${what} documents. Refer to fewer of them.`,
  };
}
