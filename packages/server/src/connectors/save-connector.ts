/** Saves connectors: the text is read, and what keeps it from being one is answered by field. */
import { type FieldObjection, readConnector } from '@bridle/pipeline';
import type { Database } from '../store/database.ts';
import { insertConnector, updateConnector, type ConnectorKey, type ConnectorRow } from '../store/connectors.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';

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
  const key: ConnectorKey = { owner, identifier };
  const outcome = await updateConnector(db, key, content, expectedVersion);
  return outcome.kind === 'updated'
    ? { kind: 'saved', row: outcome.row, warnings }
    : { kind: outcome.kind, identifier };
}
