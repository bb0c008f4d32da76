/** A saved pipeline under another name, with its input sets if asked: the same texts, in which only names have changed. */
import type { ProjectScope } from '@bridle/pipeline';
import { keepWrittenNumbers } from '@bridle/pipeline';
import { parseDocument, type Document } from 'yaml';
import type { Database, Transaction } from '../store/database.ts';
import { listInputSets } from '../store/input-sets.ts';
import type { SaveOrigin } from '../store/pipeline-versions.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { createInputSet } from './save-input-set.ts';
import { createPipeline, type SavePipelineResult } from './save-pipeline.ts';

export interface CloneTarget {
  readonly scope: ProjectScope;
  readonly identifier: string;
  readonly name: string;
  /** Absent = as in the source. */
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export type CloneResult =
  | SavePipelineResult
  /** The set as it is does not load any more. */
  | { readonly kind: 'brokenInputSet'; readonly identifier: string };

/** Sets that one pipeline is copied with (P1); nobody has as many. */
const INPUT_SETS_MAX = 1_000;

/** Within a transaction: a pipeline without the sets it was to have is not left behind. */
export async function clonePipeline(
  tx: Transaction,
  source: PipelineRow,
  target: CloneTarget,
  withInputSets: boolean,
  origin: SaveOrigin,
): Promise<CloneResult> {
  const result = await createPipeline(tx, target.scope, renamedPipeline(source.yaml, target), origin);
  if (result.kind !== 'saved' || !withInputSets) return result;
  const broken = await cloneInputSets(tx, source, target);
  return broken === undefined ? result : { kind: 'brokenInputSet', identifier: broken };
}

async function cloneInputSets(
  db: Database | Transaction,
  { scope, identifier }: PipelineRow,
  target: CloneTarget,
): Promise<string | undefined> {
  const { rows } = await listInputSets(db, scope, identifier, {}, 0, INPUT_SETS_MAX);
  const place = { scope: target.scope, pipelineIdentifier: target.identifier };
  for (const { identifier: set, type, yaml } of rows) {
    const result = await createInputSet(db, place, type, renamedInputSet(yaml, target));
    if (result.kind !== 'saved') return set;
  }
  return undefined;
}

function renamedPipeline(yaml: string, { scope, identifier, name, description, tags }: CloneTarget): string {
  const document = parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  set(document, ['pipeline', 'identifier'], identifier);
  set(document, ['pipeline', 'name'], name);
  set(document, ['pipeline', 'orgIdentifier'], scope.orgIdentifier);
  set(document, ['pipeline', 'projectIdentifier'], scope.projectIdentifier);
  if (description !== undefined) set(document, ['pipeline', 'description'], description);
  if (tags !== undefined) set(document, ['pipeline', 'tags'], document.createNode(tags));
  return document.toString({ lineWidth: 0 });
}

function renamedInputSet(yaml: string, { scope, identifier }: CloneTarget): string {
  const document = parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers });
  const root = document.has('overlayInputSet') ? 'overlayInputSet' : 'inputSet';
  const names = root === 'inputSet' ? [root, 'pipeline', 'identifier'] : [root, 'pipelineIdentifier'];
  set(document, names, identifier);
  set(document, [root, 'orgIdentifier'], scope.orgIdentifier);
  set(document, [root, 'projectIdentifier'], scope.projectIdentifier);
  return document.toString({ lineWidth: 0 });
}

function set(document: Document, path: readonly string[], value: unknown): void {
  document.setIn(path, value);
}
