/** A connector's document: `connector:` with identifier, name, type and spec, as YAML or as the JSON that clients send. */
import { parseDocument, stringify } from 'yaml';
import { hasRepeatedKey } from '../repeated-keys.ts';
import type { DocumentOwner } from '../documents.ts';
import { CONNECTOR_TYPES, KEPT_TYPES } from './connector-types.ts';
import { checkFields, isMap, type FieldObjection } from './fields.ts';
import { findSecretFields, objectToReference } from './secret-references.ts';

const IDENTIFIER = /^[a-zA-Z_][0-9a-zA-Z_$]{0,127}$/;
const NAME_LENGTH_MAX = 128;
const DESCRIPTION_LENGTH_MAX = 1_024;
/** Of a document, in UTF-16 units. */
const DOCUMENT_LENGTH_MAX = 262_144;
/** Real ones nest about six deep; what follows recurses. */
const DEPTH_MAX = 32;

export interface ConnectorContent {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly yaml: string;
}

export type ReadConnector =
  | {
      readonly kind: 'read';
      readonly identifier: string;
      readonly content: ConnectorContent;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly objections: readonly FieldObjection[] };

type Document = Readonly<Record<string, unknown>>;

/** Whose the text says that the connector is, where the request does not say it. What it holds otherwise is not looked at. */
export function connectorOwner(text: string, named: DocumentOwner): DocumentOwner {
  const root = text.length > DOCUMENT_LENGTH_MAX ? undefined : parseText(text)?.root;
  const document = isMap(root) ? root['connector'] : undefined;
  const inText = (field: keyof DocumentOwner): string => {
    const value = isMap(document) ? document[field] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const orgIdentifier = named.orgIdentifier || inText('orgIdentifier');
  const projectIdentifier = named.projectIdentifier || inText('projectIdentifier');
  return {
    ...(orgIdentifier === '' ? {} : { orgIdentifier }),
    ...(projectIdentifier === '' ? {} : { projectIdentifier }),
  };
}

export function readConnector(text: string, owner: DocumentOwner): ReadConnector {
  if (text.length > DOCUMENT_LENGTH_MAX) {
    return invalid('connector', `is longer than ${String(DOCUMENT_LENGTH_MAX)} characters`);
  }
  const parsed = parseText(text);
  if (parsed === undefined) return invalid('connector', 'is neither YAML nor JSON');
  const { root, isYaml } = parsed;
  if (!isShallow(root, DEPTH_MAX)) return invalid('connector', `is nested deeper than ${String(DEPTH_MAX)} levels`);
  const document = isMap(root) ? root['connector'] : undefined;
  if (!isMap(document)) return invalid('connector', 'is missing');
  const { identifier, type, spec } = document;
  const objections: FieldObjection[] = [];
  const object = (field: string, reason: string): void => {
    objections.push({ field, reason });
  };
  if (typeof identifier !== 'string' || !IDENTIFIER.test(identifier)) {
    object('connector.identifier', 'is no identifier: letters, digits, "_" and "$", beginning with a letter or "_"');
  }
  const name = document['name'] ?? identifier;
  if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX) {
    object('connector.name', `is no text of up to ${String(NAME_LENGTH_MAX)} characters`);
  }
  const description = document['description'] ?? '';
  if (typeof description !== 'string' || description.length > DESCRIPTION_LENGTH_MAX) {
    object('connector.description', `is no text of up to ${String(DESCRIPTION_LENGTH_MAX)} characters`);
  }
  const tags = document['tags'] ?? {};
  if (!isTags(tags)) object('connector.tags', 'is no map of texts');
  objections.push(...checkScope(document, owner));
  if (typeof type !== 'string' || !(Object.hasOwn(CONNECTOR_TYPES, type) || KEPT_TYPES.has(type))) {
    object('connector.type', `is no type of connectors. Bridle works with ${Object.keys(CONNECTOR_TYPES).join(', ')}`);
  }
  const given = spec ?? {};
  if (!isMap(given)) object('connector.spec', 'is no map');
  if (objections.length > 0 || !isMap(given) || typeof description !== 'string') return { kind: 'invalid', objections };
  const judged = checkSpec(String(type), given, owner);
  if (judged.objections.length > 0) return { kind: 'invalid', objections: judged.objections };
  const content: ConnectorContent = {
    type: String(type),
    name: String(name),
    description,
    tags: isTags(tags) ? tags : {},
    spec: given,
    yaml: isYaml ? text : stringify({ connector: document }),
  };
  return { kind: 'read', identifier: String(identifier), content, warnings: judged.warnings };
}

function checkSpec(
  type: string,
  spec: Document,
  owner: DocumentOwner,
): { readonly objections: readonly FieldObjection[]; readonly warnings: readonly string[] } {
  const known = CONNECTOR_TYPES[type];
  const checked = known === undefined ? undefined : checkFields(known.spec, spec, 'connector.spec');
  const objections = [...(checked?.objections ?? []), ...(type === 'Git' ? checkGitLogin(spec) : [])];
  for (const { field, reference } of findSecretFields(type, spec)) {
    const reason = objectToReference(owner, reference);
    if (reason !== undefined) objections.push({ field, reason });
  }
  const warnings = (checked?.unknown ?? []).map((field) => `${field} is unknown; it is kept and has no effect.`);
  if (known === undefined) warnings.push(`Connectors of type ${type} are kept; no step of Bridle uses them yet.`);
  return { objections, warnings };
}

/** Generic Git connectors have their login directly in `spec`, and say beside it of which kind it is. */
function checkGitLogin({ type, spec }: Document): readonly FieldObjection[] {
  const login = isMap(spec) ? spec : {};
  const isGiven = (name: string): boolean => typeof login[name] === 'string' && login[name] !== '';
  const field = 'connector.spec.spec';
  if (type === 'Ssh') return isGiven('sshKeyRef') ? [] : [{ field: `${field}.sshKeyRef`, reason: 'is missing' }];
  // Without a user and a password: a repository that everybody may read.
  const hasUser = isGiven('username') || isGiven('usernameRef');
  if (hasUser && !isGiven('passwordRef')) return [{ field: `${field}.passwordRef`, reason: 'is missing' }];
  if (!hasUser && isGiven('passwordRef')) return [{ field: `${field}.username or usernameRef`, reason: 'is missing' }];
  return [];
}

function checkScope(document: Document, owner: DocumentOwner): readonly FieldObjection[] {
  return (['orgIdentifier', 'projectIdentifier'] as const).flatMap((field) => {
    const inBody = document[field] ?? '';
    if (inBody === '' || inBody === (owner[field] ?? '')) return [];
    return [{ field: `connector.${field}`, reason: 'is not that of the request; send the scope in the query too' }];
  });
}

/** JSON is read as JSON: a tab or a long key in it is no mistake. */
function parseText(text: string): { readonly root: unknown; readonly isYaml: boolean } | undefined {
  try {
    return { root: JSON.parse(text) as unknown, isYaml: false };
  } catch {
    // YAML, then.
  }
  try {
    const document = parseDocument(text, { version: '1.2', logLevel: 'silent', uniqueKeys: false });
    if (document.errors.length > 0 || hasRepeatedKey(document)) return undefined;
    return { root: document.toJS({ maxAliasCount: 100 }) as unknown, isYaml: true };
  } catch {
    // Too many aliases, or nested too deep for the reader.
    return undefined;
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((child) => isShallow(child, levels - 1));
}

function isTags(value: unknown): value is Readonly<Record<string, string>> {
  return isMap(value) && Object.values(value).every((tag) => typeof tag === 'string');
}

function invalid(field: string, reason: string): ReadConnector {
  return { kind: 'invalid', objections: [{ field, reason }] };
}
