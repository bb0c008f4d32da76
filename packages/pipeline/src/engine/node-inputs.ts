/** Values that people supplied when a node was reached (`.executionInput()`, pipelines.md §2.3), put where they were asked for. */
import type { Value } from '../expressions/values.ts';
import type { ExecutionInput, PlanNode } from '../plan/plan.ts';
import type { NodeExecution } from './execution.ts';

/** A part of a node's definition (`spec`, say) with the supplied values in their places. */
export function withInput(value: Value, state: Pick<NodeExecution, 'inputs'> | undefined, part: string): Value {
  const prefix = `${part}.`;
  let result = value;
  for (const [path, supplied] of Object.entries(state?.inputs ?? {})) {
    if (path.startsWith(prefix)) result = put(result, path.slice(prefix.length).split('.'), supplied);
  }
  return result;
}

/** Members of lists are found by their name or identifier, or by position. */
function put(value: Value, [key, ...rest]: readonly string[], supplied: Value): Value {
  if (key === undefined) return supplied;
  if (Array.isArray(value)) {
    const items = value as readonly Value[];
    const index = items.findIndex((item, position) => isNamed(item, key) || String(position) === key);
    return items.map((item, position) => (position === index ? put(item, rest, supplied) : item));
  }
  const members = typeof value === 'object' && value !== null ? (value as { readonly [key: string]: Value }) : {};
  return { ...members, [key]: put(members[key] ?? null, rest, supplied) };
}

function isNamed(item: Value, key: string): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  const { name, identifier, key: itemKey } = item as { readonly [key: string]: Value };
  return name === key || identifier === key || itemKey === key;
}

/** The defaults of what a node asks for, or `undefined` when one that is required has none. */
export function defaultInputs({ executionInputs = [] }: PlanNode): Readonly<Record<string, Value>> | undefined {
  const missing = executionInputs.some((input) => input.required && input.default === undefined);
  return missing ? undefined : fillDefaults(executionInputs, {});
}

/** What was supplied, with defaults for the rest; what is not required and has none is empty. */
export function fillDefaults(
  inputs: readonly ExecutionInput[],
  supplied: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    inputs.map((input) => {
      const path = input.path.join('.');
      return [path, Object.hasOwn(supplied, path) ? (supplied[path] ?? null) : (input.default ?? '')];
    }),
  );
}
