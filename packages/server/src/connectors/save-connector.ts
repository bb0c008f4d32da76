/** Saves connectors: the text is read, and what keeps it from being one is answered by field. */
import {
  type ConnectorContent,
  type DocumentScope,
  type FieldObjection,
  parseScopedIdentifier,
  qualifySecrets,
  readConnector,
} from '@bridle/pipeline';
import type { Database } from '../store/database.ts';
import { insertConnector, updateConnector, type ConnectorKey, type ConnectorRow } from '../store/connectors.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import { findMissingSecrets } from '../store/secrets.ts';

export type SaveConnectorResult =
  | { readonly kind: 'saved'; readonly row: ConnectorRow; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly objections: readonly FieldObjection[] }
  | { readonly kind: 'duplicate'; readonly identifier: string }
  | { readonly kind: 'missing' | 'stale'; readonly identifier: string }
  | { readonly kind: 'noOwner' };

export async function createConnector(db: Database, owner: OwnerScope, text: string): Promise<SaveConnectorResult> {
  const read = readConnector(text, owner);
  if (read.kind === 'invalid') return read;
  const { identifier, content, warnings } = read;
  if (!(await ownerExists(db, owner))) return { kind: 'noOwner' };
  const objections = await missingSecrets(db, owner, content);
  if (objections.length > 0) return { kind: 'invalid', objections };
  const row = await insertConnector(db, { owner, identifier }, content);
  return row === undefined ? { kind: 'duplicate', identifier } : { kind: 'saved', row, warnings };
}

/** The document says which connector it is. `expectedVersion` undefined = whatever is there. */
export async function changeConnector(
  db: Database,
  owner: OwnerScope,
  text: string,
  expectedVersion?: number,
): Promise<SaveConnectorResult> {
  const read = readConnector(text, owner);
  if (read.kind === 'invalid') return read;
  const { identifier, content, warnings } = read;
  const objections = await missingSecrets(db, owner, content);
  if (objections.length > 0) return { kind: 'invalid', objections };
  const key: ConnectorKey = { owner, identifier };
  const outcome = await updateConnector(db, key, content, expectedVersion);
  return outcome.kind === 'updated'
    ? { kind: 'saved', row: outcome.row, warnings }
    : { kind: outcome.kind, identifier };
}

/** A connector whose secrets are not there would fail at its first use, and nobody would look for the reason here. */
async function missingSecrets(
  db: Database,
  owner: OwnerScope,
  { type, spec }: Pick<ConnectorContent, 'type' | 'spec'>,
): Promise<readonly FieldObjection[]> {
  const keys = qualifySecrets(type, spec, owner).references.map((reference) => {
    const { scope, identifier } = parseScopedIdentifier(reference);
    return { owner: ownerAbove(owner, scope), identifier, reference };
  });
  const missing = await findMissingSecrets(db, owner.accountId, keys);
  return missing.map(({ reference }) => ({
    field: 'connector.spec',
    reason: `refers to the secret ${reference}, which does not exist`,
  }));
}

function ownerAbove({ accountId, orgIdentifier, projectIdentifier }: OwnerScope, scope: DocumentScope): OwnerScope {
  if (scope === 'account' || orgIdentifier === undefined) return { accountId };
  return scope === 'org' || projectIdentifier === undefined
    ? { accountId, orgIdentifier }
    : { accountId, orgIdentifier, projectIdentifier };
}
