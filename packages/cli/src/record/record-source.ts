/** What a record says of how its plan was compiled. */
import { relative, sep } from 'node:path';
import {
  referenceKey,
  type DocumentReference,
  type Documents,
  type PipelineRequest,
  type RecordedDocument,
  type RecordedSource,
  type StoredDocument,
} from '@bridle/pipeline';

/** Documents, and which of them were asked for: give it to the compiler in the place of the repository. */
export class RememberedDocuments implements Documents {
  readonly #documents: Documents;
  readonly #asked = new Map<string, RecordedDocument>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  find(reference: DocumentReference): StoredDocument | null | undefined {
    const document = this.#documents.find(reference);
    if (document !== undefined) this.#asked.set(referenceKey(reference), { reference, document });
    return document;
  }

  list(): readonly RecordedDocument[] {
    return [...this.#asked.values()];
  }
}

export interface SourceFacts {
  /** What the plan was compiled from. */
  readonly request: Omit<PipelineRequest, 'documents'>;
  readonly documents: RememberedDocuments;
  readonly resolvedYaml: string;
  /** Steps that were chosen; empty = all. */
  readonly steps: readonly string[];
  /** The file of the pipeline and the folder of the record, absolute. */
  readonly file: string;
  readonly recordFolder: string;
}

export function makeSource({
  request,
  documents,
  resolvedYaml,
  steps,
  file,
  recordFolder,
}: SourceFacts): RecordedSource {
  const { known, ...rest } = request;
  return {
    ...rest,
    file: relative(recordFolder, file).split(sep).join('/'),
    documents: documents.list(),
    ...(known === undefined ? {} : { known: Object.fromEntries(known) }),
    ...(steps.length === 0 ? {} : { steps }),
    resolvedYaml,
  };
}

/** The request that compiles the same again, over another text where one is given. */
export function requestOf(source: RecordedSource, yaml: string = source.yaml): Omit<PipelineRequest, 'documents'> {
  const { known, documents: _d, file: _f, resolvedYaml: _r, steps: _s, ...request } = source;
  return { ...request, yaml, ...(known === undefined ? {} : { known: new Map(Object.entries(known)) }) };
}
