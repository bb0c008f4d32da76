/** What a record says of how its plan was compiled. */
import { relative, sep } from 'node:path';
import {
  referenceKey,
  type CompiledPlan,
  type CompileRequest,
  type DocumentReference,
  type Documents,
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
  readonly request: Omit<CompileRequest, 'seed' | 'documents'>;
  readonly documents: RememberedDocuments;
  readonly compiled: Pick<CompiledPlan, 'resolvedYaml'>;
  /** The file of the pipeline and the folder of the record, absolute. */
  readonly file: string;
  readonly recordFolder: string;
}

export function makeSource({ request, documents, compiled, file, recordFolder }: SourceFacts): RecordedSource {
  const { yaml, inputYaml, inputSets, known, stages, expressionValues } = request;
  return {
    yaml,
    file: relative(recordFolder, file).split(sep).join('/'),
    documents: documents.list(),
    inputYaml,
    ...(inputSets === undefined ? {} : { inputSets }),
    ...(known === undefined ? {} : { known: Object.fromEntries(known) }),
    ...(stages === undefined ? {} : { stages }),
    ...(expressionValues === undefined ? {} : { expressionValues }),
    resolvedYaml: compiled.resolvedYaml,
  };
}

/** The request that compiles the same again, over another text where one is given. */
export function requestOf(
  source: RecordedSource,
  yaml: string = source.yaml,
): Omit<CompileRequest, 'seed' | 'documents'> {
  const { inputYaml, inputSets, known, stages, expressionValues } = source;
  return {
    yaml,
    inputYaml,
    ...(inputSets === undefined ? {} : { inputSets }),
    ...(known === undefined ? {} : { known: new Map(Object.entries(known)) }),
    ...(stages === undefined ? {} : { stages }),
    ...(expressionValues === undefined ? {} : { expressionValues }),
  };
}
