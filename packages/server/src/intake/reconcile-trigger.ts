/** Does what a trigger supplies still fit its pipeline, and what would? */
import { keepWrittenNumbers } from '@bridle/pipeline';
import { parseDocument } from 'yaml';
import type { Database, Transaction } from '../store/database.ts';
import { findPipeline } from '../store/pipelines.ts';
import type { TriggerRow } from '../store/triggers.ts';
import { mergeSavedInputs } from './check-input-sets.ts';
import { DocumentSource } from './document-source.ts';
import { parseKnownTrigger } from './known-documents.ts';

export interface ReconciledTrigger {
  /** The trigger's text with the inputs that its pipeline asks for now; the text itself when nothing is to be changed. */
  readonly yaml: string;
  /** Something is supplied that the pipeline does not ask for, or does not take. */
  readonly isOutdated: boolean;
}

export async function reconcileTrigger(
  db: Database | Transaction,
  row: TriggerRow,
  source: DocumentSource = new DocumentSource(db),
): Promise<ReconciledTrigger> {
  const unchanged = { yaml: row.yaml, isOutdated: false };
  const { trigger } = parseKnownTrigger(row.yaml);
  if (trigger === undefined || trigger.inputYaml.trim() === '') return unchanged;
  const pipeline = await findPipeline(db, row.scope, row.pipelineIdentifier);
  if (pipeline === undefined) return unchanged;
  const merged = await mergeSavedInputs(source, pipeline, [], [trigger.inputYaml]);
  if (merged.kind !== 'merged') return unchanged;
  const { templateYaml, diagnostics } = merged.inputs;
  const isOutdated = diagnostics.some(({ code }) => code.startsWith('INPUT_'));
  const document = parseDocument(row.yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  if (document.errors.length > 0) return unchanged;
  document.setIn(['trigger', 'inputYaml'], templateYaml);
  return { yaml: document.toString({ lineWidth: 0 }), isOutdated };
}
