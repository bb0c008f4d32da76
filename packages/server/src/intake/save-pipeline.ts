/** Saves pipelines: the text is parsed, and what blocks saving is answered as diagnostics. */
import {
  checkPipeline,
  isBlocked,
  listStages,
  modulesOf,
  parsePipeline,
  type Diagnostic,
  type Pipeline,
  type ProjectScope,
} from '@bridle/pipeline';
import type { Database, Transaction } from '../store/database.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import {
  findPipeline,
  insertPipeline,
  updatePipeline,
  type PipelineContent,
  type PipelineRow,
} from '../store/pipelines.ts';
import type { SaveOrigin } from '../store/pipeline-versions.ts';
import { findProject } from '../store/projects.ts';
import { withDocuments } from './compile-documents.ts';
import { DocumentSource } from './document-source.ts';

export type SavePipelineResult =
  | { readonly kind: 'saved'; readonly row: PipelineRow; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | ScopeMismatch
  | { readonly kind: 'duplicate'; readonly identifier: string }
  | { readonly kind: 'missing' | 'stale' | 'noProject' };

/** The text names another identifier, organization or project than the request. */
export interface ScopeMismatch {
  readonly kind: 'mismatch';
  readonly field: string;
  readonly inYaml: string;
  readonly inRequest: string;
}

export async function createPipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  yaml: string,
  origin: SaveOrigin = {},
): Promise<SavePipelineResult> {
  const read = await readPipelineText(db, yaml, scope);
  if (read.kind !== 'read') return read;
  if ((await findProject(db, scope)) === undefined) return { kind: 'noProject' };
  const { identifier } = read.pipeline;
  const outcome = await insertPipeline(db, scope, identifier, read.content, origin);
  if (outcome === 'duplicate') return { kind: 'duplicate', identifier };
  const row = await findPipeline(db, scope, identifier);
  return row === undefined ? { kind: 'missing' } : { kind: 'saved', row, diagnostics: read.diagnostics };
}

/** `expectedVersion` undefined = whatever is there. */
export async function changePipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  yaml: string,
  expectedVersion?: number,
  origin: SaveOrigin = {},
): Promise<SavePipelineResult> {
  const read = await readPipelineText(db, yaml, scope);
  if (read.kind !== 'read') return read;
  if (read.pipeline.identifier !== identifier) {
    return { kind: 'mismatch', field: 'identifier', inYaml: read.pipeline.identifier, inRequest: identifier };
  }
  const outcome = await updatePipeline(db, scope, identifier, read.content, expectedVersion, origin);
  if (outcome.kind !== 'updated') return outcome;
  return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
}

type ReadPipeline =
  | {
      readonly kind: 'read';
      readonly pipeline: Pipeline;
      readonly content: PipelineContent;
      readonly diagnostics: readonly Diagnostic[];
    }
  | Extract<SavePipelineResult, { readonly kind: 'invalid' | 'mismatch' }>;

/** Its own text decides whether it is saved; what its templates put into it is said besides, and may change any time. */
async function readPipelineText(db: Database | Transaction, yaml: string, scope: ProjectScope): Promise<ReadPipeline> {
  const { pipeline, diagnostics } = parsePipeline(yaml);
  if (pipeline === undefined || isBlocked(diagnostics, 'save')) return { kind: 'invalid', diagnostics };
  const mismatch = findScopeMismatch(pipeline, scope);
  if (mismatch !== undefined) return mismatch;
  const whole = await withDocuments(
    new DocumentSource(db),
    scope,
    (documents) => checkPipeline(yaml, documents),
    ({ needsDocuments }) => needsDocuments,
  );
  const expanded = 'kind' in whole ? undefined : whole;
  const stages = listStages((expanded?.pipeline ?? pipeline).stages);
  return {
    kind: 'read',
    pipeline,
    diagnostics: expanded?.diagnostics ?? diagnostics,
    content: {
      name: pipeline.name,
      description: pipeline.description ?? '',
      tags: pipeline.tags,
      yaml,
      stageNames: stages.map(({ name }) => name),
      modules: modulesOf(expanded?.pipeline ?? pipeline),
    },
  };
}

/** What a document says of its scope must be the scope of the request. */
export function findScopeMismatch(
  document: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
  scope: OwnerScope,
): ScopeMismatch | undefined {
  for (const field of ['orgIdentifier', 'projectIdentifier'] as const) {
    const inYaml = document[field];
    const inRequest = scope[field] ?? '';
    if (inYaml !== undefined && inYaml !== '' && inYaml !== inRequest) {
      return { kind: 'mismatch', field, inYaml, inRequest };
    }
  }
  return undefined;
}
