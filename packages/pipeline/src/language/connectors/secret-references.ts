/**
 * References to secrets in the specs of connectors.
 *
 * - S1 A connector may use what its own scope may use: that of an account only secrets of the account, that of an organization
 *   those of the organization and the account. A reference without a prefix means the connector's own scope.
 */
import { asProjectsWrite, levelOf, parseScopedIdentifier, type DocumentOwner } from '../documents.ts';
import { CONNECTOR_TYPES } from './connector-types.ts';
import { checkFields, isMap, SECRET_REFERENCE, type SecretField } from './fields.ts';

type Spec = Readonly<Record<string, unknown>>;

/** Fields of types that are only kept: by their names. */
const SECRET_NAME = /Ref$/;
const OTHER_REFERENCES = new Set(['connectorRef', 'delegateRef', 'templateRef']);
const DEPTH_MAX = 16;

/** Where the spec refers to secrets. */
export function findSecretFields(type: string, spec: Spec): readonly SecretField[] {
  const known = CONNECTOR_TYPES[type];
  return known === undefined ? byName(spec, [], DEPTH_MAX) : checkFields(known.spec, spec, 'spec').secrets;
}

/** Why a connector of this owner may not use the secret; `undefined` = it may. A sentence's end. */
export function objectToReference(owner: DocumentOwner, reference: string): string | undefined {
  const level = levelOf(owner);
  const { scope } = parseScopedIdentifier(asProjectsWrite(level, reference));
  if (level === 'project' || scope === 'account' || scope === level) return undefined;
  return `is a secret of the ${scope === 'org' ? 'organization' : 'project'}, which a connector of the ${level === 'org' ? 'organization' : 'account'} cannot use`;
}

/** The spec with each reference as a project would write it, so that it means the same wherever it is read. */
export function qualifySecrets(
  type: string,
  spec: Spec,
  owner: DocumentOwner,
): { readonly spec: Spec; readonly references: readonly string[] } {
  const level = levelOf(owner);
  const copy = cloneOf(spec) as Record<string, unknown>;
  const references = findSecretFields(type, spec)
    .filter(({ reference }) => objectToReference(owner, reference) === undefined)
    .map(({ path, reference }) => {
      const qualified = asProjectsWrite(level, reference);
      setAt(copy, path, qualified);
      return qualified;
    });
  return { spec: copy, references: [...new Set(references)] };
}

/** A spec is data. */
function cloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneOf);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cloneOf(each)]));
}

function byName(value: unknown, path: readonly (string | number)[], levels: number): readonly SecretField[] {
  if (levels === 0) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => byName(item, [...path, index], levels - 1));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const here = [...path, name];
    const isReference =
      SECRET_NAME.test(name) && !OTHER_REFERENCES.has(name) && typeof each === 'string' && SECRET_REFERENCE.test(each);
    return isReference ? [{ path: here, field: here.join('.'), reference: each }] : byName(each, here, levels - 1);
  });
}

function setAt(root: Record<string, unknown>, path: readonly (string | number)[], value: string): void {
  let holder: unknown = root;
  for (const key of path.slice(0, -1)) holder = (holder as Record<string | number, unknown>)[key];
  const last = path.at(-1);
  if (last !== undefined) (holder as Record<string | number, unknown>)[last] = value;
}
