/**
 * Saves services, environments, infrastructures and service overrides: the text is parsed, and what blocks saving is answered
 * as diagnostics.
 */
import {
  asProjectsWrite,
  type Diagnostic,
  isBlocked,
  levelOf,
  parseEnvironment,
  parseInfrastructure,
  parseService,
  parseServiceOverrides,
} from '@bridle/pipeline';
import type { Database } from '../store/database.ts';
import {
  deleteDeploymentDocument,
  deleteDocumentsOfEnvironment,
  findDeploymentDocument,
  insertDeploymentDocument,
  updateDeploymentDocument,
  type DeploymentContent,
  type DeploymentKey,
  type DeploymentKind,
  type DeploymentRow,
} from '../store/deployment-documents.ts';
import { ownerExists } from '../store/owner-scope.ts';
import { findScopeMismatch, type ScopeMismatch } from './save-pipeline.ts';

export type SaveDeploymentResult =
  | { readonly kind: 'saved'; readonly row: DeploymentRow; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'duplicate' | 'missing' | 'stale' | 'noOwner' }
  /** An infrastructure belongs to an environment. */
  | { readonly kind: 'noEnvironment'; readonly environmentRef: string }
  | ScopeMismatch;

/** The request's words beside the text; where both speak they must agree. */
export interface GivenDocument {
  readonly yaml: string;
  readonly type?: string;
  readonly serviceRef?: string;
}

export async function createDeploymentDocument(
  db: Database,
  key: DeploymentKey,
  given: GivenDocument,
): Promise<SaveDeploymentResult> {
  const read = readText(key, given);
  if (read.kind !== 'read') return read;
  if (!(await ownerExists(db, key.owner))) return { kind: 'noOwner' };
  if (key.kind === 'infrastructure' && (await findEnvironment(db, key)) === undefined) {
    return { kind: 'noEnvironment', environmentRef: key.environmentRef };
  }
  if ((await insertDeploymentDocument(db, key, read.content)) === 'duplicate') return { kind: 'duplicate' };
  const row = await findDeploymentDocument(db, key);
  return row === undefined ? { kind: 'missing' } : { kind: 'saved', row, diagnostics: read.diagnostics };
}

/** `expectedVersion` undefined = whatever is there. */
export async function changeDeploymentDocument(
  db: Database,
  key: DeploymentKey,
  given: GivenDocument,
  expectedVersion?: number,
): Promise<SaveDeploymentResult> {
  const read = readText(key, given);
  if (read.kind !== 'read') return read;
  const outcome = await updateDeploymentDocument(db, key, read.content, expectedVersion);
  if (outcome.kind !== 'updated') return outcome;
  return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
}

/** Changes it, or makes it where it is not there yet. */
export async function upsertDeploymentDocument(
  db: Database,
  key: DeploymentKey,
  given: GivenDocument,
  expectedVersion?: number,
): Promise<SaveDeploymentResult> {
  const created = await createDeploymentDocument(db, key, given);
  return created.kind === 'duplicate' ? await changeDeploymentDocument(db, key, given, expectedVersion) : created;
}

/** The infrastructures and overrides of an environment go with it. */
export async function removeDeploymentDocument(
  db: Database,
  key: DeploymentKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  if (key.kind !== 'environment') return await deleteDeploymentDocument(db, key, expectedVersion);
  return await db.transaction().execute(async (tx) => {
    const outcome = await deleteDeploymentDocument(tx, key, expectedVersion);
    if (outcome !== 'deleted') return outcome;
    await deleteDocumentsOfEnvironment(tx, key.owner, asProjectsWrite(levelOf(key.owner), key.identifier));
    return outcome;
  });
}

async function findEnvironment(db: Database, { owner, environmentRef }: DeploymentKey): Promise<unknown> {
  const identifier = environmentRef.replace(/^(?:account|org)\./, '');
  return await findDeploymentDocument(db, { owner, kind: 'environment', identifier, environmentRef: '' });
}

/** What the four kinds of documents say alike. */
interface ReadDocument {
  readonly identifier?: string;
  readonly name?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly type?: string;
  readonly deploymentType?: string;
  readonly environmentRef?: string;
  readonly serviceRef?: string;
}

interface ParsedDocument {
  readonly document?: ReadDocument;
  readonly diagnostics: readonly Diagnostic[];
}

const PARSERS: Readonly<Record<DeploymentKind, (yaml: string) => ParsedDocument>> = {
  service: (yaml) => {
    const { service, diagnostics } = parseService(yaml);
    return withDocument(service, diagnostics);
  },
  environment: (yaml) => {
    const { environment, diagnostics } = parseEnvironment(yaml);
    return withDocument(environment, diagnostics);
  },
  infrastructure: (yaml) => {
    const { infrastructure, diagnostics } = parseInfrastructure(yaml);
    return withDocument(infrastructure, diagnostics);
  },
  serviceOverrides: (yaml) => {
    const { overrides, diagnostics } = parseServiceOverrides(yaml);
    return withDocument(overrides, diagnostics);
  },
};

function withDocument(document: ReadDocument | undefined, diagnostics: readonly Diagnostic[]): ParsedDocument {
  return { ...(document === undefined ? {} : { document }), diagnostics };
}

type ReadText =
  | { readonly kind: 'read'; readonly content: DeploymentContent; readonly diagnostics: readonly Diagnostic[] }
  | Extract<SaveDeploymentResult, { readonly kind: 'invalid' | 'mismatch' }>;

function readText(key: DeploymentKey, { yaml, ...given }: GivenDocument): ReadText {
  const { document, diagnostics } = PARSERS[key.kind](yaml);
  if (document === undefined || isBlocked(diagnostics, 'save')) return { kind: 'invalid', diagnostics };
  const mismatch = findScopeMismatch(document, key.owner) ?? findMismatch(key, document, given);
  if (mismatch !== undefined) return mismatch;
  const { name = key.identifier, description = '', tags = {}, deploymentType = '' } = document;
  const type = document.type === undefined || document.type === '' ? given.type : document.type;
  const { serviceRef = '' } = given;
  const content = { name, description, tags, type: type ?? '', deploymentType, serviceRef, yaml };
  return { kind: 'read', content, diagnostics };
}

function findMismatch(
  { owner, kind, identifier, environmentRef }: DeploymentKey,
  document: ReadDocument,
  given: Omit<GivenDocument, 'yaml'>,
): ScopeMismatch | undefined {
  const level = levelOf(owner);
  const pairs: readonly (readonly [field: string, inYaml: string | undefined, inRequest: string | undefined])[] = [
    ['identifier', kind === 'serviceOverrides' ? undefined : document.identifier, identifier],
    ['type', document.type, given.type],
    ['environmentRef', scoped(document.environmentRef), environmentRef],
    ['serviceRef', scoped(document.serviceRef), given.serviceRef],
  ];
  for (const [field, inYaml, inRequest] of pairs) {
    if (inYaml === undefined || inYaml === '' || inRequest === undefined || inYaml === inRequest) continue;
    return { kind: 'mismatch', field, inYaml, inRequest };
  }
  return undefined;

  function scoped(reference: string | undefined): string | undefined {
    return reference === undefined ? undefined : asProjectsWrite(level, reference);
  }
}
