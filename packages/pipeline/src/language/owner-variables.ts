/**
 * Variables of the account, the organization and the project (`<+variable.account.V>`, `<+variable.org.V>`, `<+variable.V>`).
 * A run keeps their values as they are when it begins: a plan is data, and what is changed later is for later runs. They are
 * loaded only for texts that speak of them: a document per owner, rooted at `variable`, name → text.
 */
import type { Value } from '../expressions/values.ts';
import type { DocumentReference, Documents, DocumentScope, StoredDocument } from './documents.ts';
import { loadYaml } from './load-yaml.ts';
import { find, toValue } from './yaml-node.ts';

export const OWNER_VARIABLES_ROOT = 'variable';
/** A variable of a project that has one of these names could not be told from what stands behind it. */
export const OWNER_NAMES: readonly DocumentScope[] = ['account', 'org'];

/** Name → text, which may hold expressions. */
export type OwnerVariables = Readonly<Record<DocumentScope, Readonly<Record<string, string>>>>;

export interface OwnerVariablesResult {
  /** Absent where no text speaks of them. */
  readonly variables?: OwnerVariables;
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

const OWNERS: readonly DocumentScope[] = ['account', 'org', 'project'];
/** Finds more than there is (a sentence may end in the word), which costs a look at what is stored. */
const MENTION = /\bvariable\s*[.[]/;

/** `texts`: everything of the run that may hold expressions. */
export function readOwnerVariables(texts: readonly string[], documents: Documents): OwnerVariablesResult {
  if (!texts.some((text) => MENTION.test(text))) return { needsDocuments: [] };
  const found = OWNERS.map((scope) => ({ scope, document: documents.find({ kind: 'variables', scope }) }));
  const missing = found.filter(({ document }) => document === undefined);
  if (missing.length > 0) return { needsDocuments: missing.map(({ scope }) => ({ kind: 'variables', scope })) };
  const of = (wanted: DocumentScope): Readonly<Record<string, string>> =>
    textsOf(found.find(({ scope }) => scope === wanted)?.document ?? null);
  return { variables: { account: of('account'), org: of('org'), project: of('project') }, needsDocuments: [] };
}

function textsOf(document: StoredDocument | null): Readonly<Record<string, string>> {
  if (document === null) return {};
  const { root } = loadYaml(document.yaml);
  const variables = find(root, OWNER_VARIABLES_ROOT);
  if (variables?.kind !== 'map') return {};
  return Object.fromEntries(
    Object.entries(toValue(variables) as Readonly<Record<string, Value>>).flatMap(([name, value]) =>
      value === null || typeof value === 'object' ? [] : [[name, String(value)]],
    ),
  );
}
