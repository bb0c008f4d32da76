/** What is wrong with a pipeline as a whole: its own text and what its templates put into it. */
import type { Diagnostic } from './diagnostics.ts';
import type { DocumentReference, Documents } from './documents.ts';
import type { Pipeline } from './model.ts';
import { readDocument } from './parse-pipeline.ts';
import { expandPipeline } from './templates/expand-pipeline.ts';

export interface CheckedPipeline {
  /** With its templates; absent when the text is no YAML or has no `pipeline`. */
  readonly pipeline?: Pipeline;
  /** Those inside of templates name the template in `document`. */
  readonly diagnostics: readonly Diagnostic[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

export function checkPipeline(yaml: string, documents: Documents): CheckedPipeline {
  const { loaded, needsDocuments } = expandPipeline(yaml, documents);
  return { ...readDocument(loaded), needsDocuments };
}
