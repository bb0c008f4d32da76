/** The documents of an account of Harness, or of another Bridle: they speak the same API. */
import { isHarnessError, type Raw } from '@bridle/sdk';
import { readScope, type OnUnread } from '../documents/export.ts';
import type { GivenDocument } from '../documents/given-documents.ts';
import { inOrderOfNeed } from '../documents/given-documents.ts';
import { describePlace, describeScope, kindOf, type Place, type Scope } from '../documents/kinds.ts';
import { findDocument, KEEPINGS } from '../documents/server-documents.ts';
import type { Found, Unread } from './found.ts';

/** What is wanted of it; nothing said = all that the token sees. */
export type Wanted = Scope;

/** Harness has them in every account, and nobody can make them. */
const BUILT_IN: ReadonlySet<string> = new Set(['harnessSecretManager', 'harnessImage']);

/** Hears of each scope before it is read: a large account takes a while. */
type OnScope = (scope: Scope) => Promise<void>;

export async function readAccount(raw: Raw, wanted: Wanted, signal: AbortSignal, onScope: OnScope): Promise<Found> {
  const documents: GivenDocument[] = [];
  const unread: Unread[] = [];
  const read = async (scope: Scope): Promise<void> => {
    signal.throwIfAborted();
    await onScope(scope);
    const onUnread: OnUnread = (kind, place, error) => {
      unread.push(unreadOf(scope, place === undefined ? kind.plural : describePlace(place), error));
    };
    for (const { place, path, text } of await readScope(raw, scope, onUnread)) {
      signal.throwIfAborted();
      if (place.kind === 'connector' && BUILT_IN.has(place.identifier)) continue;
      const source = `${folderOf(scope)}${path}`;
      if (text.trim() === '')
        unread.push({ source, reason: 'It has no YAML, as documents from before Harness NextGen.', isRefused: true });
      else documents.push(documentOf(place, text, source));
    }
  };
  const readOwner = async (place: Place, scope: Scope): Promise<void> => {
    const text = await findDocument(raw, place);
    if (text !== undefined) documents.push(documentOf(place, text, `${folderOf(scope)}${place.kind}.yaml`));
  };
  if (wanted.org === undefined) await read({});
  for (const org of wanted.org === undefined ? await identifiers(raw, 'organization', {}) : [wanted.org]) {
    await readOwner({ kind: 'organization', identifier: org }, { org });
    if (wanted.project === undefined) await read({ org });
    for (const project of wanted.project === undefined
      ? await identifiers(raw, 'project', { org })
      : [wanted.project]) {
      await readOwner({ kind: 'project', org, identifier: project }, { org, project });
      await read({ org, project });
    }
  }
  return { documents: inOrderOfNeed(documents), unread };
}

async function identifiers(raw: Raw, kind: 'organization' | 'project', scope: Scope): Promise<readonly string[]> {
  const listed = await KEEPINGS[kind].list(raw, scope, '');
  return listed.map(({ place }) => place.identifier);
}

/** A kind that this account does not have, or that the token may not see: the rest of it is worth having. */
function unreadOf(scope: Scope, what: string, error: unknown): Unread {
  if (!isHarnessError(error, 'api') || error.status === 401 || error.status >= 500) throw error;
  return { source: `${what} of ${describeScope(scope)}`, reason: error.message, isRefused: true };
}

function documentOf(place: Place, text: string, source: string): GivenDocument {
  return { kind: kindOf(place.kind), place, text, source, file: { name: source, text, linesBefore: 0 } };
}

/** As Harness lays documents out in git. */
function folderOf({ org, project }: Scope): string {
  if (org === undefined) return 'account/';
  return project === undefined ? `orgs/${org}/` : `orgs/${org}/projects/${project}/`;
}
