/**
 * A secret as clients send it: checked, and split into what may be known and what is sealed. Objections name fields, never
 * values.
 */
import { readSshSpec } from '@bridle/pipeline';
import type { OwnerScope } from '../store/owner-scope.ts';
import type { SecretContent } from '../store/secrets.ts';
import { findReferencedManager, isOwnManager, managerNames, OWN_MANAGER } from './managers.ts';
import type { Objection } from './objection.ts';

/** One value, text or file (P1): what a delegate takes and masks. */
export const SECRET_BYTES_MAX = 262_144;
export const SECRET_IDENTIFIER_PATTERN = '^[a-zA-Z_][0-9a-zA-Z_$-]{0,127}$';

const NAME_LENGTH_MAX = 128;
const DESCRIPTION_LENGTH_MAX = 1_024;
const IDENTIFIER = new RegExp(SECRET_IDENTIFIER_PATTERN);
const TYPES = ['SecretText', 'SecretFile', 'SSHKey'];

/** What is to become of the value. */
export type GivenValue =
  | { readonly kind: 'sealed'; readonly plaintext: Uint8Array }
  /** The type keeps none here. */
  | { readonly kind: 'none' }
  /** Nothing was sent: what is there stays. */
  | { readonly kind: 'kept' };

export interface GivenSecret {
  readonly identifier: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly content: SecretContent;
  readonly value: GivenValue;
}

export type ReadSecret =
  | { readonly kind: 'read'; readonly secret: GivenSecret }
  | { readonly kind: 'invalid'; readonly objection: Objection };

type Document = Readonly<Record<string, unknown>>;

/** @param file - bytes of a secret file, sent beside the document */
export function readSecret(document: unknown, owner: OwnerScope, file?: Uint8Array): ReadSecret {
  if (!isDocument(document)) return invalid('secret', 'is missing');
  const { identifier, name, type } = document;
  if (typeof identifier !== 'string' || !IDENTIFIER.test(identifier)) {
    return invalid(
      'secret.identifier',
      'is no identifier: letters, digits, "_", "$" and "-", beginning with a letter or "_"',
    );
  }
  if (typeof type !== 'string' || !TYPES.includes(type))
    return invalid('secret.type', `is none of ${TYPES.join(', ')}`);
  if (name !== undefined && name !== null && (typeof name !== 'string' || name.length > NAME_LENGTH_MAX)) {
    return invalid('secret.name', `is no text of up to ${String(NAME_LENGTH_MAX)} characters`);
  }
  const description = document['description'] ?? '';
  if (typeof description !== 'string' || description.length > DESCRIPTION_LENGTH_MAX) {
    return invalid('secret.description', `is no text of up to ${String(DESCRIPTION_LENGTH_MAX)} characters`);
  }
  const tags = document['tags'] ?? {};
  if (!isTags(tags)) return invalid('secret.tags', 'is no map of texts');
  const scope = readScope(document, owner);
  if ('field' in scope) return { kind: 'invalid', objection: scope };
  const spec = document['spec'] ?? {};
  if (!isDocument(spec)) return invalid('secret.spec', 'is no map');
  const kept = readValue(type, spec, file);
  if ('field' in kept) return { kind: 'invalid', objection: kept };
  const { value, ...about } = kept;
  const shown = typeof name === 'string' && name !== '' ? name : identifier;
  return {
    kind: 'read',
    secret: { identifier, ...scope, content: { type, name: shown, description, tags, ...about }, value },
  };
}

type Kept = Pick<SecretContent, 'manager' | 'valueType' | 'spec'> & { readonly value: GivenValue };

function readValue(type: string, spec: Document, file: Uint8Array | undefined): Kept | Objection {
  switch (type) {
    case 'SSHKey': {
      const read = readSshSpec(spec);
      return 'field' in read ? read : { manager: '', valueType: '', spec: read.spec, value: { kind: 'none' } };
    }
    case 'SecretFile':
      return readFile(spec, file);
    default:
      return readText(spec);
  }
}

function readFile(spec: Document, file: Uint8Array | undefined): Kept | Objection {
  const manager = managerOf(spec);
  if (!isOwnManager(manager)) {
    return objection('secret.spec.secretManagerIdentifier', `keeps no files here: use ${OWN_MANAGER}`);
  }
  if (file !== undefined && file.length > SECRET_BYTES_MAX) return tooLarge('file');
  const value: GivenValue = file === undefined ? { kind: 'kept' } : { kind: 'sealed', plaintext: file };
  return { manager, valueType: '', spec: {}, value };
}

function readText(spec: Document): Kept | Objection {
  const manager = managerOf(spec);
  const valueType = spec['valueType'] ?? 'Inline';
  const { value } = spec;
  if (valueType === 'Inline') {
    if (!isOwnManager(manager)) {
      return findReferencedManager(manager) === undefined
        ? unknownManager()
        : objection('secret.spec.valueType', 'must be Reference: that manager keeps its values itself');
    }
    if (value === undefined || value === null) return { manager, valueType, spec: {}, value: { kind: 'kept' } };
    if (typeof value !== 'string') return objection('secret.spec.value', 'is no text; quote numbers and dates');
    if (value === '') return objection('secret.spec.value', 'is empty');
    const plaintext = Buffer.from(value);
    if (plaintext.length > SECRET_BYTES_MAX) return tooLarge('secret.spec.value');
    return { manager, valueType, spec: {}, value: { kind: 'sealed', plaintext } };
  }
  if (valueType !== 'Reference') return objection('secret.spec.valueType', 'is none of Inline, Reference');
  const keeper = findReferencedManager(manager);
  if (keeper === undefined) {
    return isOwnManager(manager)
      ? objection('secret.spec.valueType', `must be Inline: ${OWN_MANAGER} keeps the value itself`)
      : unknownManager();
  }
  if (typeof value !== 'string' || value === '') {
    return objection('secret.spec.value', 'is missing: what the manager calls the secret');
  }
  const problem = keeper.objectTo(value);
  if (problem !== undefined) return objection('secret.spec.value', problem);
  return { manager, valueType, spec: { reference: value }, value: { kind: 'none' } };
}

function managerOf(spec: Document): string {
  const manager = spec['secretManagerIdentifier'];
  return typeof manager === 'string' && manager !== '' ? manager : OWN_MANAGER;
}

function unknownManager(): Objection {
  return objection('secret.spec.secretManagerIdentifier', `is none of ${managerNames().join(', ')}`);
}

function tooLarge(field: string): Objection {
  return objection(field, `is longer than ${String(SECRET_BYTES_MAX)} bytes`);
}

/** What the document says of its scope must be the scope of the request. */
function readScope(
  document: Document,
  owner: OwnerScope,
): { readonly orgIdentifier?: string; readonly projectIdentifier?: string } | Objection {
  for (const field of ['orgIdentifier', 'projectIdentifier'] as const) {
    const inBody = document[field] ?? '';
    if (typeof inBody !== 'string') return objection(`secret.${field}`, 'is no text');
    if (inBody !== '' && inBody !== (owner[field] ?? '')) {
      return objection(`secret.${field}`, 'is not that of the request; send the scope in the query too');
    }
  }
  return owner.orgIdentifier === undefined
    ? {}
    : {
        orgIdentifier: owner.orgIdentifier,
        ...(owner.projectIdentifier === undefined ? {} : { projectIdentifier: owner.projectIdentifier }),
      };
}

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTags(value: unknown): value is Readonly<Record<string, string>> {
  return isDocument(value) && Object.values(value).every((tag) => typeof tag === 'string');
}

function objection(field: string, reason: string): Objection {
  return { field, reason };
}

function invalid(field: string, reason: string): ReadSecret {
  return { kind: 'invalid', objection: { field, reason } };
}
