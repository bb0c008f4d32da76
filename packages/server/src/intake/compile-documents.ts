/**
 * Compiles a pipeline with all it refers to: compiling names what it lacks, that is loaded, and it is compiled again, until
 * nothing is lacking. What a document refers to is known only when it is there, so this goes in rounds.
 */
import {
  describeReference,
  type CompiledPipeline,
  type DocumentReference,
  type PipelineRequest,
  type ProjectScope,
  type RefusedPipeline,
} from '@bridle/pipeline';
import { DOCUMENT_BYTES_MAX, TOO_LARGE } from '../store/referenced-documents.ts';
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

export interface CompiledWithDocuments extends CompiledPipeline {
  /** What it was asked for on the way. */
  readonly documents: readonly DocumentReference[];
}

export type CompileWithDocumentsResult = CompiledWithDocuments | RefusedPipeline | TooManyDocuments;

export async function compileWithDocuments(
  source: Pick<DocumentSource, 'find'>,
  scope: ProjectScope,
  request: Omit<PipelineRequest, 'documents'>,
): Promise<CompileWithDocumentsResult> {
  let documents: readonly DocumentReference[] = [];
  const result = await withDocuments(
    source,
    scope,
    (loaded) => {
      documents = loaded.references;
      return compileKnown(request, loaded);
    },
    (compiled) => (compiled.kind === 'needsDocuments' ? compiled.references : []),
  );
  if (result.kind === 'needsDocuments') throw new Error('A compilation lacks documents, and names none.');
  return result.kind === 'compiled' ? { ...result, documents } : result;
}

/** Repeats `read` with what it lacks until it lacks nothing. */
export async function withDocuments<Result>(
  source: Pick<DocumentSource, 'find'>,
  scope: ProjectScope,
  read: (documents: LoadedDocuments) => Result,
  lacks: (result: Result) => readonly DocumentReference[],
): Promise<Result | TooManyDocuments> {
  const documents = new LoadedDocuments();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const result = read(documents);
    const references = lacks(result);
    if (references.length === 0) return result;
    const known = references.find((reference) => documents.find(reference) !== undefined);
    if (known !== undefined) throw new Error(`The ${describeReference(known)} was asked for twice.`);
    if (documents.size + references.length > DOCUMENTS_MAX) {
      return tooMany(`The pipeline refers to more than ${String(DOCUMENTS_MAX)} templates and other documents.`);
    }
    const found = await source.find(scope, references);
    if (found === TOO_LARGE) return tooLarge();
    references.forEach((reference, index) => documents.add(reference, found[index] ?? null));
    if (documents.length > DOCUMENT_BYTES_MAX) return tooLarge();
  }
  return tooMany(`The templates of the pipeline are nested more than ${String(ROUNDS_MAX)} deep.`);
}

function tooLarge(): TooManyDocuments {
  const size = `${String(DOCUMENT_BYTES_MAX / 1_048_576)} MiB`;
  return tooMany(`The templates and other documents that the pipeline refers to are larger than ${size} together.`);
}

function tooMany(message: string): TooManyDocuments {
  return { kind: 'tooManyDocuments', message };
}
