/**
 * Documents that a pipeline refers to: templates, services, environments, infrastructures. The language is pure, so it asks
 * for what it lacks by reference; the shell loads it and asks again (`compilePipeline` answers `needsDocuments`).
 */

export type DocumentScope = 'project' | 'org' | 'account';

/** Identifiers carry their scope by prefix: `id`, `org.id`, `account.id` (pipelines.md §1.2). */
export type DocumentReference =
  | {
      readonly kind: 'template';
      readonly scope: DocumentScope;
      readonly identifier: string;
      /** Absent = the stable version. */
      readonly versionLabel?: string;
    }
  | { readonly kind: 'service' | 'environment'; readonly scope: DocumentScope; readonly identifier: string }
  | {
      readonly kind: 'infrastructure';
      readonly scope: DocumentScope;
      readonly identifier: string;
      /** Scoped identifier of the environment that owns it. */
      readonly environmentRef: string;
    }
  /** What an environment changes of a service (`serviceOverrides` documents), if there is such a thing. */
  | {
      readonly kind: 'serviceOverrides';
      readonly scope: DocumentScope;
      readonly environmentRef: string;
      readonly serviceRef: string;
    }
  /** All infrastructures of an environment (`deployToAll`): the answer's text is a YAML list of documents. */
  | { readonly kind: 'infrastructures'; readonly scope: DocumentScope; readonly environmentRef: string }
  /** A file of the file store, by its path (`/scripts/x.sh`): the answer's text is what is in it. */
  | { readonly kind: 'file'; readonly scope: DocumentScope; readonly path: string }
  /** All variables of an owner: the answer's text is rooted at `variable`, name → text (see owner-variables.ts). */
  | { readonly kind: 'variables'; readonly scope: DocumentScope };

export interface StoredDocument {
  readonly yaml: string;
  /** For a template: the version that was found, also when the stable one was asked for. */
  readonly versionLabel?: string;
}

/** What the shell has loaded so far. */
export interface Documents {
  /** `undefined` = not asked for yet; `null` = there is none. */
  find(reference: DocumentReference): StoredDocument | null | undefined;
}

export const NO_DOCUMENTS: Documents = { find: () => undefined };

/** The key under which a reference is kept: equal references have equal keys. */
export function referenceKey(reference: DocumentReference): string {
  return JSON.stringify([
    reference.kind,
    reference.scope,
    'identifier' in reference ? reference.identifier : '',
    'versionLabel' in reference ? (reference.versionLabel ?? '') : '',
    'environmentRef' in reference ? reference.environmentRef : '',
    'serviceRef' in reference ? reference.serviceRef : '',
    'path' in reference ? reference.path : '',
  ]);
}

/** As people read it: `template org.build 1.2`, `infrastructure prod of environment account.live`. */
export function describeReference(reference: DocumentReference): string {
  switch (reference.kind) {
    case 'template':
      return `template ${scoped(reference.scope, reference.identifier)} ${reference.versionLabel ?? '(stable)'}`;
    case 'service':
    case 'environment':
      return `${reference.kind} ${scoped(reference.scope, reference.identifier)}`;
    case 'infrastructure':
      return `infrastructure ${reference.identifier} of environment ${reference.environmentRef}`;
    case 'serviceOverrides':
      return `overrides of service ${reference.serviceRef} in environment ${reference.environmentRef}`;
    case 'infrastructures':
      return `infrastructures of environment ${reference.environmentRef}`;
    case 'file':
      return `file ${reference.path} of the ${reference.scope === 'org' ? 'organization' : reference.scope}`;
    case 'variables':
      return `variables of the ${reference.scope === 'org' ? 'organization' : reference.scope}`;
  }
}

/** `account.id` → the scope and the bare identifier. */
export function parseScopedIdentifier(text: string): { readonly scope: DocumentScope; readonly identifier: string } {
  for (const scope of ['account', 'org'] as const) {
    if (text.startsWith(`${scope}.`)) return { scope, identifier: text.slice(scope.length + 1) };
  }
  return { scope: 'project', identifier: text };
}

function scoped(scope: DocumentScope, identifier: string): string {
  return scope === 'project' ? identifier : `${scope}.${identifier}`;
}

/** Who owns a document: a project, an organization of its account, or the account. */
export interface DocumentOwner {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export function levelOf({ orgIdentifier, projectIdentifier }: DocumentOwner): DocumentScope {
  if (projectIdentifier !== undefined) return 'project';
  return orgIdentifier === undefined ? 'account' : 'org';
}

/**
 * The one spelling of a scoped identifier: what a document of the account or an organization names without a prefix belongs to
 * the same owner.
 */
export function asProjectsWrite(scope: DocumentScope, reference: string): string {
  if (scope === 'project' || reference === '' || /^(?:account|org)\./.test(reference)) return reference;
  return `${scope}.${reference}`;
}
