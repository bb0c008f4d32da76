/**
 * Variables of the type Secret that a step is given: their value is the identifier of a secret, as that of a pipeline's Secret
 * variable is, and what the step gets is the secret. (The value of an output variable is a name in the script.)
 */
import type { Value } from '../expressions/values.ts';

const GIVEN = ['environmentVariables', 'inputVariables'] as const;

export function readSecretValues(spec: Value): Value {
  if (!isMap(spec)) return spec;
  const changed = GIVEN.flatMap((key): [string, Value][] => {
    const list = spec[key];
    return isList(list) ? [[key, list.map(readVariable)]] : [];
  });
  return changed.length === 0 ? spec : { ...spec, ...Object.fromEntries(changed) };
}

function readVariable(variable: Value): Value {
  if (!isMap(variable) || variable['type'] !== 'Secret') return variable;
  return { ...variable, value: secretText(variable['value'] ?? null) };
}

/** The value of a Secret as text that gives the secret: an expression gives it by itself. */
export function secretText(value: Value): Value {
  if (typeof value !== 'string' || value === '' || value.includes('<+')) return value;
  return `<+secrets.getValue(${JSON.stringify(value)})>`;
}

function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
