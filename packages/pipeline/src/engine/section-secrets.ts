/**
 * Variables of a service, an environment or an infrastructure that are secrets (pipelines.md §5.6). What a section came to is
 * data, and in data a secret has no text: such variables are noted by name among its outcomes, and are read from the
 * section's own text, as those of a pipeline are.
 */
import type { SecretUse } from '../expressions/evaluate.ts';
import { expressionText, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { Outcomes, SectionView } from '../plan/deployment.ts';
import { isMap, member, memberText, memberTexts } from './spec-members.ts';

/** Beside what the section gives: paths of variables below its spec, as in `environment.variables.TOKEN`. */
const SECRET_VARIABLES = 'secretVariables';

/** Where a section's spec has variables, and what expressions call these. */
const VARIABLES = {
  serviceVariables: 'variables',
  serviceVariableOverrides: 'overrides',
  env: 'environment.variables',
  infra: 'variables',
} as const;

export type FoundSecrets =
  | { readonly kind: 'found'; readonly outcomes: Outcomes }
  /** The place cannot be a secret. */
  | { readonly kind: 'misplaced'; readonly place: string };

/** What is to be noted of the secrets in a section's resolved spec. */
export function noteSecrets(secrets: readonly SecretUse[]): FoundSecrets {
  const names: string[] = [];
  for (const { path } of secrets) {
    const place = path.slice(0, -1).join('.');
    const isVariable = path.at(-1) === 'value' && /^(?:variables|overrides|environment\.variables)\.[^.]+$/.test(place);
    if (!isVariable) return { kind: 'misplaced', place: path.join('.') };
    names.push(place);
  }
  return { kind: 'found', outcomes: names.length === 0 ? {} : { [SECRET_VARIABLES]: [...new Set(names)] } };
}

/** One of the roots of deployments with its secrets; `section` is the one it comes from. */
export function withSecrets(
  name: string,
  value: ScopeValue | undefined,
  section: SectionView | undefined,
): ScopeValue | undefined {
  if (section?.outcomes === undefined || !Object.hasOwn(VARIABLES, name)) return value;
  const names = memberTexts(section.outcomes, SECRET_VARIABLES);
  if (names.length === 0 || !isMap(value as Value)) return value;
  const data = value as Value;
  const place = VARIABLES[name as keyof typeof VARIABLES];
  if (name === 'serviceVariables' || name === 'serviceVariableOverrides') return overlay(data, place, names, section);
  return {
    get: (key) => {
      if (key === 'variables') return overlay(member(data, key), place, names, section);
      return isMap(data) && Object.hasOwn(data, key) ? data[key] : undefined;
    },
    keys: () => (isMap(data) ? Object.keys(data) : []),
    toValue: () => data,
  };
}

function overlay(variables: Value, place: string, names: readonly string[], { spec, scope }: SectionView): ScopeObject {
  const written = place.split('.').reduce((value, key) => member(value, key), spec);
  return {
    get: (key) => {
      if (names.includes(`${place}.${key}`)) return expressionText(memberText(member(written, key), 'value'), scope);
      return isMap(variables) && Object.hasOwn(variables, key) ? variables[key] : undefined;
    },
    keys: () => (isMap(variables) ? Object.keys(variables) : []),
    toValue: () => variables,
  };
}
