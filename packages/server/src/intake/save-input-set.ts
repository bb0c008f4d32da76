/** Saves input sets and overlays: the text is parsed, and what blocks saving is answered as diagnostics. */
import { isBlocked, parseInputSet, parseOverlayInputSet, type Diagnostic } from '@bridle/pipeline';
import type { Database, Transaction } from '../store/database.ts';
import {
  findInputSet,
  insertInputSet,
  updateInputSet,
  type InputSetContent,
  type InputSetKey,
  type InputSetRow,
  type InputSetType,
} from '../store/input-sets.ts';
import { findPipeline } from '../store/pipelines.ts';
import { findScopeMismatch, type ScopeMismatch } from './save-pipeline.ts';

export type SaveInputSetResult =
  | { readonly kind: 'saved'; readonly row: InputSetRow; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'duplicate'; readonly identifier: string }
  | { readonly kind: 'noPipeline' | 'missing' | 'stale' }
  | ScopeMismatch;

type Target = Omit<InputSetKey, 'identifier'>;

export async function createInputSet(
  db: Database | Transaction,
  target: Target,
  type: InputSetType,
  yaml: string,
): Promise<SaveInputSetResult> {
  const read = readSetText(yaml, type, target);
  if (read.kind !== 'read') return read;
  if ((await findPipeline(db, target.scope, target.pipelineIdentifier)) === undefined) return { kind: 'noPipeline' };
  const key = { ...target, identifier: read.identifier };
  const outcome = await insertInputSet(db, key, read.content);
  if (outcome === 'duplicate') return { kind: 'duplicate', identifier: key.identifier };
  const row = await findInputSet(db, key);
  return row === undefined ? { kind: 'missing' } : { kind: 'saved', row, diagnostics: read.diagnostics };
}

/** `expectedVersion` undefined = whatever is there. */
export async function changeInputSet(
  db: Database | Transaction,
  key: InputSetKey,
  type: InputSetType,
  yaml: string,
  expectedVersion?: number,
): Promise<SaveInputSetResult> {
  const read = readSetText(yaml, type, key);
  if (read.kind !== 'read') return read;
  if (read.identifier !== key.identifier) {
    return { kind: 'mismatch', field: 'identifier', inYaml: read.identifier, inRequest: key.identifier };
  }
  const outcome = await updateInputSet(db, key, read.content, expectedVersion);
  if (outcome.kind !== 'updated') return outcome;
  return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
}

type ReadSet =
  | {
      readonly kind: 'read';
      readonly identifier: string;
      readonly content: InputSetContent;
      readonly diagnostics: readonly Diagnostic[];
    }
  | Extract<SaveInputSetResult, { readonly kind: 'invalid' | 'mismatch' }>;

function readSetText(yaml: string, type: InputSetType, target: Target): ReadSet {
  const { document, diagnostics } = type === 'INPUT_SET' ? parseInputSet(yaml) : parseOverlayInputSet(yaml);
  if (document === undefined || isBlocked(diagnostics, 'save')) return { kind: 'invalid', diagnostics };
  const mismatch = findScopeMismatch(document, target.scope);
  if (mismatch !== undefined) return mismatch;
  const { pipelineIdentifier = '' } = document;
  if (pipelineIdentifier !== '' && pipelineIdentifier !== target.pipelineIdentifier) {
    return {
      kind: 'mismatch',
      field: 'pipelineIdentifier',
      inYaml: pipelineIdentifier,
      inRequest: target.pipelineIdentifier,
    };
  }
  const { identifier, name, description = '', tags } = document;
  const inputSetReferences = document.kind === 'overlayInputSet' ? document.inputSetReferences : [];
  return {
    kind: 'read',
    identifier,
    diagnostics,
    content: { type, name, description, tags, yaml, inputSetReferences },
  };
}
